# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a trick is: a small function that answers one request on an open connection."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import repeat
from threading import Event
from typing import Any

from pdd_hostile.authority import Authority
from pdd_hostile.wire import HungUpError, Request, to_json

PAUSE = 0.05
"""Seconds between two bytes that drip: far less than any timeout, so that none for a single read ever ends it."""


class Moment(Enum):
    """Which requests meet the trick; all others are answered rightly.

    A write that meets it is not carried out, unless the moment or the trick demands it.
    """

    FIRST = "from the first request on"
    LATER = "from the second request on"
    WRITES = "at all writes"
    APPLIED = "at all writes, which are carried out"


@dataclass
class Talk:
    """A request on a connection, and how a trick answers it. The connection is closed afterwards, unless `kept`.

    answer: what a decent service would say. number: how many requests the trick has met, this one included. All that
    sends raises HungUpError, or OSError, when nobody listens any more.
    """

    connection: socket.socket
    request: Request
    answer: dict[str, Any]
    number: int
    ended: Event
    kept: bool = False

    @property
    def body(self) -> bytes:
        """The decent answer, as JSON."""
        return to_json(self.answer)

    def send(self, *data: bytes) -> None:
        """Send bytes at once."""
        self.connection.sendall(b"".join(data))

    def drip(self, pieces: Iterable[bytes]) -> None:
        """Send pieces one by one, with pauses."""
        for piece in pieces:
            self.send(piece)
            if self.ended.wait(PAUSE):
                raise HungUpError

    def drip_for_ever(self, piece: bytes) -> None:
        """Send the same again and again, with pauses."""
        self.drip(repeat(piece))

    def flood(self, piece: bytes) -> None:
        """Send the same again and again, as fast as it is taken."""
        while not self.ended.is_set():
            self.send(piece)
        raise HungUpError

    def hold(self) -> None:
        """Send nothing until the client closes the connection."""
        while self.connection.recv(65536):
            pass

    def reset(self) -> None:
        """Break the connection."""
        reset(self.connection)


def reset(connection: socket.socket) -> None:
    """Close a connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


Play = Callable[[Talk], object]


@dataclass
class Greeting:
    """A new connection, on which a trick may do anything before it returns the one on which requests come."""

    connection: socket.socket
    authority: Authority
    ended: Event

    def encrypt(self, context: ssl.SSLContext) -> socket.socket:
        """Do the TLS handshake."""
        self.connection = context.wrap_socket(self.connection, server_side=True)
        return self.connection


Greet = Callable[[Greeting], socket.socket]


@dataclass(frozen=True)
class Trick:
    """A trick, and what may come of it."""

    kind: str
    name: str
    play: Play
    secure: bool = False
    """It speaks TLS, and the URL begins with https."""
    greet: Greet | None = None
    """What it does to new connections, before there is a request."""
    accepts: bool = True
    """It takes connections at all."""
    reused: bool = False
    """It is played only on connections that have carried a request before."""
    credible: bool = False
    """Its answer may be believed, so what it reports about a write must be true."""
    alters: bool = False
    """Its content, if it is believed, differs from the correct answer."""
    succeeds: bool = False
    """Its answer is correct, so the task must succeed."""
    refuses: bool = False
    """It reports that the request was not carried out, which must be true."""
    throttles: bool = False
    """It reports that, too, and that the request may be sent again."""
    times: int = 1_000_000_000
    """How often it is played; after that all answers are correct."""

    def __str__(self) -> str:
        """Return its name, with its kind."""
        return f"{self.kind}: {self.name}"

    def moments(self, *, writing: bool) -> list[Moment]:
        """Return the moments at which it can be played to a module that writes, or does not."""
        if self.greet or not self.accepts:
            return [Moment.FIRST]
        if not writing:
            return [Moment.FIRST, Moment.LATER]
        lies = {Moment.WRITES} if self.carries_out else {Moment.APPLIED} if self.refuses or self.throttles else set()
        return [moment for moment in Moment if moment not in lies]

    @property
    def carries_out(self) -> bool:
        """Whether the writes that meet it are carried out at any moment, because it says so."""
        return (self.credible or self.succeeds) and not self.throttles


def table(kind: str, plays: Mapping[str, Play], **features: Any) -> list[Trick]:
    """Return tricks of one kind and with the same features."""
    return [Trick(kind, name, play, **features) for name, play in plays.items()]
