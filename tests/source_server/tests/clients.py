# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail clients on the standard library, that read an account as an import does."""

from __future__ import annotations

import imaplib
import poplib
import ssl
from typing import NamedTuple

from pdd_source_server import SourceServer


class LoginRefusedError(Exception):
    """The server refused the login."""


class Mail(NamedTuple):
    """A message as a client sees it; POP3 knows no flags."""

    identifier: bytes
    content: bytes
    flags: frozenset[bytes] = frozenset()


def read_mail(server: SourceServer, protocol: str, login: str, password: str) -> list[Mail]:
    """Log in, read every message without a change to it, and log out; raises LoginRefusedError."""
    if protocol.startswith("imap"):
        return _read_imap(imap_client(server, protocol), login, password)
    return _read_pop3(_pop3_client(server, protocol), login, password)


def imap_client(server: SourceServer, protocol: str = "imap") -> imaplib.IMAP4:
    """Return a client that is connected and not logged in."""
    port = server.ports[protocol]
    if protocol == "imap":
        return imaplib.IMAP4(server.host, port)
    return imaplib.IMAP4_SSL(server.host, port, ssl_context=_tls(server))


def _pop3_client(server: SourceServer, protocol: str) -> poplib.POP3:
    port = server.ports[protocol]
    if protocol == "pop3":
        return poplib.POP3(server.host, port)
    return poplib.POP3_SSL(server.host, port, context=_tls(server))


def _tls(server: SourceServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_file)


def _read_imap(client: imaplib.IMAP4, login: str, password: str) -> list[Mail]:
    with client:
        try:
            client.login(login, password)
        except imaplib.IMAP4.error as refusal:
            raise LoginRefusedError from refusal
        client.select("INBOX", readonly=True)
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        return [_fetch(client, uid) for uid in uids]


def _fetch(client: imaplib.IMAP4, uid: bytes) -> Mail:
    (envelope, content), _end = client.uid("FETCH", uid.decode(), "(FLAGS BODY.PEEK[])")[1]
    # Whether a message is recent depends on who looked before.
    flags = frozenset(imaplib.ParseFlags(envelope)) - {b"\\Recent"}
    return Mail(uid, content, flags)


def _read_pop3(client: poplib.POP3, login: str, password: str) -> list[Mail]:
    try:
        client.user(login)
        client.pass_(password)
    except poplib.error_proto as refusal:
        client.close()
        raise LoginRefusedError from refusal
    identifiers = [line.split()[1] for line in client.uidl()[1]]
    contents = [b"".join(line + b"\r\n" for line in client.retr(n + 1)[1]) for n in range(len(identifiers))]
    client.quit()
    return [Mail(identifier, content) for identifier, content in zip(identifiers, contents, strict=True)]
