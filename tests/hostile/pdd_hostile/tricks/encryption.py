# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS that is wrong, slow or none, and tricks that are played through TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace

from pdd_hostile.trick import PAUSE, Greet, Greeting, Talk, Trick, reset, table
from pdd_hostile.tricks import closes, kept, pace
from pdd_hostile.wire import HungUpError, whole

_ALERT = b"\x15\x03\x03\x00\x02\x02\x28"  # fatal: handshake_failure
_WARNING = b"\x15\x03\x03\x00\x02\x01\x5a"  # warning: user_canceled
_RECORD = b"\x16\x03\x03\x40\x00"  # the head of a handshake record of 16 KiB
_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbad\n"
_HALF = 100  # bytes, less than any handshake of a server


def _handshake(greeting: Greeting) -> Iterator[bytes]:
    """Yield the bytes of the server's part of the handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secure = greeting.authority.right.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            secure.do_handshake()
        except ssl.SSLWantReadError:
            yield from (bytes([byte]) for byte in outgoing.read())
            data = greeting.connection.recv(65536)
            if not data:
                return
            incoming.write(data)
        else:
            return


def _silent(greeting: Greeting) -> socket.socket:
    while greeting.connection.recv(65536):
        pass
    raise HungUpError


def _dripping(greeting: Greeting) -> socket.socket:
    for byte in _handshake(greeting):
        greeting.connection.sendall(byte)
        if greeting.ended.wait(PAUSE):
            break
    raise HungUpError


def _half(greeting: Greeting) -> socket.socket:
    parts = _handshake(greeting)
    greeting.connection.sendall(b"".join(next(parts) for _byte in range(_HALF)))
    return _silent(greeting)


def _half_and_close(greeting: Greeting) -> socket.socket:
    parts = _handshake(greeting)
    greeting.connection.sendall(b"".join(next(parts) for _byte in range(_HALF)))
    raise HungUpError


def _dripping_record(greeting: Greeting) -> socket.socket:
    greeting.connection.recv(65536)
    greeting.connection.sendall(_RECORD)
    while not greeting.ended.wait(PAUSE):
        greeting.connection.sendall(b"\0")
    raise HungUpError


def _dripping_warnings(greeting: Greeting) -> socket.socket:
    greeting.connection.recv(65536)
    while not greeting.ended.wait(PAUSE):
        greeting.connection.sendall(_WARNING)
    raise HungUpError


def _flood(greeting: Greeting) -> socket.socket:
    greeting.connection.recv(65536)
    while not greeting.ended.is_set():
        greeting.connection.sendall(_RECORD + bytes(16384))
    raise HungUpError


def _close(_greeting: Greeting) -> socket.socket:
    raise HungUpError


def _reset(greeting: Greeting) -> socket.socket:
    reset(greeting.connection)
    raise HungUpError


def _answering(data: bytes) -> Greet:
    """Return what answers the first bytes of a client with such bytes, and hangs up."""

    def greet(greeting: Greeting) -> socket.socket:
        greeting.connection.recv(65536)
        greeting.connection.sendall(data)
        raise HungUpError

    return greet


def _rude(talk: Talk) -> None:
    """Close without saying so in TLS: anybody may have cut the end off."""
    talk.send(b"HTTP/1.1 200 OK\r\n\r\n", talk.body[:-1])
    reset(talk.connection)


_GREETINGS: dict[str, Greet] = {
    "never answers the handshake": _silent,
    "handshake drips": _dripping,
    "handshake stops in the middle": _half,
    "closed within the handshake": _half_and_close,
    "record of the handshake drips": _dripping_record,
    "warnings drip": _dripping_warnings,
    "handshake never ends": _flood,
    "closed before the handshake": _close,
    "reset before the handshake": _reset,
    "handshake is refused": _answering(_ALERT),
    "handshake is answered with garbage": _answering(bytes(range(256)) * 4),
    "handshake is answered with plain HTTP": _answering(_REFUSAL),
    "certificate of another host": lambda greeting: greeting.encrypt(greeting.authority.other_host),
    "certificate of long ago": lambda greeting: greeting.encrypt(greeting.authority.expired),
    "certificate of a stranger": lambda greeting: greeting.encrypt(greeting.authority.stranger),
}


def _right(talk: Talk) -> None:
    talk.send(whole(talk.body))
    talk.kept = True


TRICKS: list[Trick] = [
    *table("TLS", {"right": _right}, secure=True, succeeds=True),
    *(Trick("TLS", name, _right, secure=True, greet=greet) for name, greet in _GREETINGS.items()),
    Trick(
        "TLS", "where plain HTTP is spoken", _right, greet=lambda greeting: greeting.encrypt(greeting.authority.right)
    ),
    *table("TLS", {"closed without a word": _rude}, secure=True),
    *(
        replace(trick, kind="TLS", secure=True)
        for trick in (*pace.TRICKS, *closes.TRICKS, *kept.TRICKS)
        if trick.accepts
    ),
]
