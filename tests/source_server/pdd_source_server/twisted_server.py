# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP and POP3 on Twisted, read-only: nothing that a client does changes a Maildir."""
# ruff: noqa: N802, N815 - Twisted's interfaces prescribe the names
# mypy: allow-untyped-calls, allow-untyped-decorators
# (most of twisted.mail and zope.interface has no annotations)

from __future__ import annotations

import copy
import email
import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from typing import IO, Any

from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory
from twisted.internet.ssl import PrivateCertificate
from twisted.mail import imap4, pop3
from twisted.python.compat import nativeString
from zope.interface import implementer  # type: ignore[import-untyped]  # it has no annotations

from .launch import HOST, Ports
from .store import FIRST_UID, FLAGS, Store, StoredMessage


async def serve(reactor: Any, store: Store, ports: Ports) -> None:
    """Serve a store on the given ports (0: any) until standard input ends; print the ports when ready."""
    accounts: Any = Accounts(store)
    portal = Portal(accounts, [accounts])
    tls = PrivateCertificate.loadPEM(store.certificate_file.read_bytes()).options()
    imap, pop = MailFactory(ImapServer, portal), MailFactory(PopServer, portal)
    listening = {
        "imap": reactor.listenTCP(ports["imap"], imap, interface=HOST),
        "imaps": reactor.listenSSL(ports["imaps"], imap, tls, interface=HOST),
        "pop3": reactor.listenTCP(ports["pop3"], pop, interface=HOST),
        "pop3s": reactor.listenSSL(ports["pop3s"], pop, tls, interface=HOST),
    }
    ready_line = json.dumps({protocol: port.getHost().port for protocol, port in listening.items()})
    # Not before the reactor runs: only then do the signals end it cleanly.
    reactor.callWhenRunning(print, ready_line, flush=True)
    await _end_of_input(reactor)


def _end_of_input(reactor: Any) -> Deferred[None]:
    ended: Deferred[None] = Deferred()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        reactor.callFromThread(ended.callback, None)

    # Twisted's own readers refuse some kinds of standard input, such as a file.
    threading.Thread(target=watch, daemon=True).start()
    return ended


class Accounts:
    """Twisted's checker of logins and realm of mailboxes in one; both read the store anew at each login."""

    credentialInterfaces = (IUsernamePassword,)

    def __init__(self, store: Store) -> None:
        self._store = store

    def requestAvatarId(self, credentials: Any) -> str:
        """Return the login if the password is right; raises UnauthorizedLogin."""
        login: str = credentials.username.decode(errors="replace")
        password = self._store.passwords().get(login)
        if password is None or password.encode() != credentials.password:
            raise UnauthorizedLogin
        return login

    def requestAvatar(self, login: str, _mind: object, interface: Any) -> tuple[Any, Any, Callable[[], None]]:
        """Open the mailbox for the protocol that asks."""
        messages = self._store.messages(login)
        mailbox = ImapAccount(login, messages) if interface is imap4.IAccount else PopMailbox(messages)
        return interface, mailbox, lambda: None


class MailFactory(Factory):
    """Makes the protocol for each connection."""

    noisy = False

    def __init__(self, make_protocol: Callable[[], Any], portal: Portal) -> None:
        self._make_protocol = make_protocol
        self._portal = portal

    def buildProtocol(self, _address: object) -> Any:
        """Return the protocol for a new connection."""
        protocol = self._make_protocol()
        protocol.factory = self
        protocol.portal = self._portal
        return protocol


class PromptMixin:
    """Sends each part of an answer at once instead of waiting for the client to acknowledge the part before it."""

    transport: Any

    def connectionMade(self) -> None:
        """Prepare a new connection."""
        self.transport.setTcpNoDelay(True)
        super().connectionMade()  # type: ignore[misc]  # the protocol mixed with


class PopServer(PromptMixin, pop3.POP3):
    """Twisted's POP3 server."""


class PopMailbox(pop3.Mailbox):
    """A mailbox over POP3."""

    def __init__(self, messages: list[StoredMessage]) -> None:
        self._messages = messages

    def listMessages(self, i: int | None = None) -> Any:
        """Return the size of each message, or of one, in octets as sent."""
        if i is None:
            return [len(message.content) for message in self._messages]
        return len(self._message(i).content)

    def getMessage(self, i: int) -> IO[Any]:
        """Return a message; the protocol turns its line ends into CRLF."""
        return io.BytesIO(self._message(i).content.replace(b"\r\n", b"\n"))

    def getUidl(self, i: int) -> bytes:
        """Return a message's lasting identifier."""
        return self._message(i).uidl.encode("ascii")

    def _message(self, i: int) -> StoredMessage:
        if i >= len(self._messages):
            raise ValueError(i)
        return self._messages[i]


class ImapServer(PromptMixin, imap4.IMAP4Server):
    """Twisted's IMAP server, with passwords over AUTHENTICATE and an answer to a SEARCH that finds nothing."""

    def __init__(self) -> None:
        super().__init__({b"PLAIN": imap4.PLAINCredentials, b"LOGIN": imap4.LOGINCredentials})

    def do_SEARCH(self, tag: bytes, _charset: bytes | None, query: list[Any], uid: int = 0) -> None:
        """Answer SEARCH. Twisted leaves out an empty untagged response, which RFC 3501, 7.2.5 requires."""
        mailbox: Any = self.mbox
        numbered = mailbox.numbered()
        last = len(numbered)
        last_uid = numbered[-1][1].getUID() if numbered else 0
        found = [
            message.getUID() if uid else number
            for number, message in numbered
            if self._searchFilter(copy.deepcopy(query), number, message, last, last_uid)
        ]
        self.sendUntaggedResponse(b" ".join([b"SEARCH", *(b"%d" % number for number in found)]))
        self.sendPositiveResponse(tag, b"SEARCH completed")

    # Twisted finds the method and the parsers of its arguments under this name.
    select_SEARCH: Any = (do_SEARCH, imap4.IMAP4Server.opt_charset, imap4.IMAP4Server.arg_searchkeys)


class ImapAccount(imap4.MemoryAccount):
    """An account over IMAP: its one mailbox is INBOX."""

    def __init__(self, login: str, messages: list[StoredMessage]) -> None:
        super().__init__(login)
        self._messages = messages
        self.addMailbox("INBOX", ImapMailbox(messages, writeable=False))

    def select(self, name: str, readwrite: int = 1) -> ImapMailbox | None:
        """Open a mailbox, for EXAMINE without `readwrite`; None if there is no such mailbox."""
        if name.upper() != "INBOX":
            return None
        return ImapMailbox(self._messages, writeable=bool(readwrite))


@implementer(imap4.IMailbox)
class ImapMailbox:
    """A selected mailbox."""

    def __init__(self, messages: list[StoredMessage], *, writeable: bool) -> None:
        self._messages = [ImapMessage(message) for message in messages]
        self._writeable = writeable

    def numbered(self) -> list[tuple[int, ImapMessage]]:
        """Return each message with its sequence number."""
        return list(enumerate(self._messages, start=1))

    def fetch(self, messages: Any, uid: int) -> Iterator[tuple[int, ImapMessage]]:
        """Return the messages of a set of sequence numbers, or of UIDs, with their sequence numbers."""
        identified = [(message.getUID() if uid else number, number, message) for number, message in self.numbered()]
        messages.last = identified[-1][0] if identified else 0
        return ((number, message) for identifier, number, message in identified if identifier in messages)

    def getMessageCount(self) -> int:
        """Return the number of messages."""
        return len(self._messages)

    def getRecentCount(self) -> int:
        """Return 0: no message is marked as recent."""
        return 0

    def getUnseenCount(self) -> int:
        """Return the number of messages not yet read."""
        return sum("\\Seen" not in message.getFlags() for message in self._messages)

    def getUIDValidity(self) -> int:
        """Return the one constant value: UIDs never change their meaning."""
        return 1

    def getUIDNext(self) -> int:
        """Return the UID of the next message to come."""
        return len(self._messages) + FIRST_UID

    def getFlags(self) -> list[str]:
        """Return the flags that a message may have."""
        return list(FLAGS.values())

    def isWriteable(self) -> bool:
        """Note whether it is SELECT or EXAMINE."""
        return self._writeable

    def getHierarchicalDelimiter(self) -> str:
        """Return the separator of folder names."""
        return "/"

    def requestStatus(self, names: list[str]) -> dict[str, int]:
        """Answer STATUS."""
        status: dict[str, int] = imap4.statusRequestHelper(self, names)
        return status

    def addListener(self, _listener: object) -> None:
        """Do nothing: a mailbox does not change while it is open."""

    def removeListener(self, _listener: object) -> None:
        """Do nothing, as there are no listeners."""

    def store(self, *_arguments: object, **_options: object) -> None:
        """Refuse to change flags."""
        raise imap4.ReadOnlyMailbox

    def expunge(self) -> list[int]:
        """Return that nothing was deleted."""
        return []


@implementer(imap4.IMessage, imap4.IMessageFile)
class ImapMessage:
    """A message: its headers or the whole, not its MIME parts."""

    def __init__(self, stored: StoredMessage) -> None:
        self._stored = stored

    def getUID(self) -> int:
        """Return the UID."""
        return self._stored.uid

    def getFlags(self) -> tuple[str, ...]:
        """Return the flags."""
        return self._stored.flags

    def getInternalDate(self) -> bytes:
        """Return the date of delivery in the form of a Date header."""
        return formatdate(self._stored.received).encode("ascii")

    def getSize(self) -> int:
        """Return the size in octets as sent."""
        return len(self._stored.content)

    def open(self) -> IO[bytes]:
        """Return the whole message."""
        return io.BytesIO(self._stored.content)

    def getHeaders(self, negate: bool, *names: bytes) -> dict[str, str]:
        """Return the headers of the given names or, if `negate`, all others."""
        wanted = {nativeString(name).lower() for name in names}
        headers = email.message_from_bytes(self._stored.content).items()
        return {name.lower(): value for name, value in headers if (name.lower() in wanted) is not bool(negate)}
