# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a source mailbox over IMAP or POP3. Blocking, and ignorant of the emulator's state."""

from __future__ import annotations

import contextlib
import imaplib
import poplib
import ssl
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from typing import Protocol

from pdd_emulator.rules import IMAP_METHODS, SourceServer
from pdd_emulator.store import Message

_LOGIN_REFUSED = "authentication failed"
_INBOX_REFUSED = "inbox cannot be read"


class UnreachableError(Exception):
    """The source server does not answer, or the connection to it broke."""


class RefusedError(Exception):
    """The source server refuses a request; the message is the reason in a few words."""


class SourceMailbox(Protocol):
    """A connection to a source server. All methods raise `UnreachableError` and `RefusedError`, except `close`."""

    def login(self, login: str, password: str) -> None:
        """Sign in."""

    def message_ids(self) -> list[str]:
        """Return the lasting ids of the messages of INBOX, in the source's order."""

    def message(self, message_id: str) -> Message | None:
        """Return a message, None if it is gone, without marking it as read."""

    def close(self) -> None:
        """End the connection."""


def connect(server: SourceServer, timeout: float) -> SourceMailbox:
    """Connect and read the greeting; `timeout` in seconds, also for each later answer. Raises `UnreachableError`."""
    open_source = ImapMailbox if server.method in IMAP_METHODS else Pop3Mailbox
    try:
        return open_source(server, timeout)
    except (OSError, ValueError, imaplib.IMAP4.error, poplib.error_proto) as error:  # ValueError: no host name at all
        raise UnreachableError from error


class ImapMailbox:
    """An IMAP source. Ids are `UIDVALIDITY.UID`."""

    def __init__(self, server: SourceServer, timeout: float) -> None:
        if server.ssl:
            self._imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                server.server, server.port, ssl_context=_tls(), timeout=timeout
            )
        else:
            self._imap = imaplib.IMAP4(server.server, server.port, timeout=timeout)

    def login(self, login: str, password: str) -> None:
        """Sign in, by AUTHENTICATE PLAIN where it is offered, because LOGIN has no room for unusual characters."""
        with _imap_errors(_LOGIN_REFUSED):
            if "AUTH=PLAIN" in self._imap.capabilities:
                self._imap.authenticate("PLAIN", lambda _challenge: f"\0{login}\0{password}".encode())
            else:
                self._imap.login(login, password)

    def message_ids(self) -> list[str]:
        """Return the ids of the messages of INBOX, opened read-only."""
        with _imap_errors(_INBOX_REFUSED):
            _expect_ok(self._imap.select("INBOX", readonly=True)[0])
            validity = self._imap.response("UIDVALIDITY")[1][0]
            status, found = self._imap.uid("SEARCH", "ALL")
            _expect_ok(status)
        prefix = validity.decode() if validity else ""
        return [f"{prefix}.{uid.decode()}" for uid in (found[0] or b"").split()]

    def message(self, message_id: str) -> Message | None:
        """Return a message and whether it is marked as seen."""
        with _imap_errors(_INBOX_REFUSED):
            status, parts = self._imap.uid("FETCH", message_id.rpartition(".")[2], "(FLAGS BODY.PEEK[])")
            _expect_ok(status)
        for part, following in zip(parts, [*parts[1:], None], strict=True):
            if isinstance(part, tuple):
                attributes = part[0] + (following if isinstance(following, bytes) else b"")
                return Message(_subject(part[1]), b"\\seen" in attributes.lower(), part[1])
        return None

    def close(self) -> None:
        """Log out."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()


class Pop3Mailbox:
    """A POP3 source. Ids are those of UIDL; POP3 knows no read messages."""

    def __init__(self, server: SourceServer, timeout: float) -> None:
        self._numbers: dict[str, int] = {}
        if server.ssl:
            self._pop: poplib.POP3 = poplib.POP3_SSL(server.server, server.port, timeout=timeout, context=_tls())
        else:
            self._pop = poplib.POP3(server.server, server.port, timeout=timeout)

    def login(self, login: str, password: str) -> None:
        """Sign in."""
        with _pop_errors(_LOGIN_REFUSED):
            self._pop.user(login)
            self._pop.pass_(password)

    def message_ids(self) -> list[str]:
        """Return the ids of all messages."""
        with _pop_errors(_INBOX_REFUSED):
            listing = [line.decode(errors="replace").split(maxsplit=1) for line in self._pop.uidl()[1]]
            self._numbers = {message_id: int(number) for number, message_id in listing}
        return list(self._numbers)

    def message(self, message_id: str) -> Message | None:
        """Return a message, always as unread."""
        with _pop_errors(_INBOX_REFUSED):
            lines = self._pop.retr(self._numbers[message_id])[1]
        content = b"".join(line + b"\r\n" for line in lines)
        return Message(_subject(content), seen=False, content=content)

    def close(self) -> None:
        """End the session."""
        with contextlib.suppress(OSError, poplib.error_proto):
            self._pop.quit()


def _tls() -> ssl.SSLContext:
    # Whether the service verified certificates is unknown, and sources under test have self-signed ones.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@contextlib.contextmanager
def _imap_errors(refusal: str) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.abort) as error:
        raise UnreachableError from error
    except (ValueError, imaplib.IMAP4.error) as error:  # ValueError: characters that the protocol has no room for
        raise RefusedError(refusal) from error


@contextlib.contextmanager
def _pop_errors(refusal: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreachableError from error
    except (ValueError, poplib.error_proto) as error:
        if error.args[:1] == ("-ERR EOF",):  # poplib's own words for a closed connection
            raise UnreachableError from error
        raise RefusedError(refusal) from error


def _expect_ok(status: str) -> None:
    if status != "OK":
        raise imaplib.IMAP4.error(status)


def _subject(content: bytes) -> str:
    return str(BytesParser(policy=policy.default).parsebytes(content, headersonly=True)["Subject"] or "")
