# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers on loopback: rightly, until it is time for the trick."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Self

from pdd_hostile.authority import HOST, Authority
from pdd_hostile.domain import Domain
from pdd_hostile.trick import Greeting, Moment, Talk, Trick
from pdd_hostile.wire import HungUpError, Request, read_request, to_json, whole

_WAITING = 64  # connections that nobody has accepted yet


@dataclass(frozen=True)
class Entry:
    """A request that came, and whether the trick met it."""

    request: Request
    struck: bool


class HostileServer:
    """A server on a port of its own, until the end of the `with` block; it raises there if a trick has a fault.

    before: a server that has ended, whose place it takes: with the same port, and what the service knew.
    """

    def __init__(self, trick: Trick, moment: Moment, authority: Authority, before: HostileServer | None = None) -> None:
        self.domain: Domain = before.domain if before else Domain()
        self.journal: list[Entry] = []
        self._trick = trick
        self._moment = moment
        self._authority = authority
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._faults: list[Exception] = []
        self._listener = socket.create_server(
            (HOST, before.port if before else 0), backlog=_WAITING if trick.accepts else 0
        )
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if trick.secure else ''}://{HOST}:{self.port}"
        if trick.accepts:
            self._start(self._accept)
        else:
            self._fill_backlog()

    def __enter__(self) -> Self:
        """Return the server, which runs already."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close all connections."""
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(timeout=30)
        for connection in self._connections:
            connection.close()
        if self._faults:
            raise self._faults[0]

    @property
    def struck(self) -> list[Request]:
        """The requests that met the trick."""
        return [entry.request for entry in self.journal if entry.struck]

    @property
    def writes(self) -> list[Request]:
        """The writes that came."""
        return [entry.request for entry in self.journal if entry.request.writes]

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _fill_backlog(self) -> None:
        """Connect until the system takes no more, so that others wait."""
        for _connection in range(8):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((HOST, self.port))
            self._connections.add(filler)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self._connections.add(connection)
                self._start(self._serve, connection)

    def _serve(self, accepted: socket.socket) -> None:
        """Answer all requests of a connection."""
        connection = accepted
        try:
            connection = self._greet(accepted)
            with self._lock:
                self._connections.add(connection)
            unread = bytearray()
            used = False
            while self._answer(connection, read_request(connection, unread), used=used):
                used = True
        except (OSError, HungUpError):
            pass
        except Exception as error:
            self._faults.append(error)
        finally:
            with self._lock:
                self._connections -= {accepted, connection}
            connection.close()
            accepted.close()

    def _greet(self, accepted: socket.socket) -> socket.socket:
        """Return the connection on which requests come."""
        greeting = Greeting(accepted, self._authority, self._ended)
        if self._trick.greet:
            return self._trick.greet(greeting)
        return greeting.encrypt(self._authority.right) if self._trick.secure else accepted

    def _answer(self, connection: socket.socket, request: Request, *, used: bool) -> bool:
        """Answer a request; returns whether the connection stays open."""
        with self._lock:
            strikes = self._strikes(request, used=used)
            self.journal.append(Entry(request, struck=strikes))
            applied = not strikes or self._moment is Moment.APPLIED or self._trick.carries_out
            answer = (self.domain if applied else deepcopy(self.domain)).answer(request.action, request.params)
            number = len(self.struck)
        if not strikes:
            connection.sendall(whole(to_json(answer)))
            return True
        talk = Talk(connection, request, answer, number, self._ended)
        self._trick.play(talk)
        return talk.kept

    def _strikes(self, request: Request, *, used: bool) -> bool:
        if len(self.struck) >= self._trick.times or (self._trick.reused and not used):
            return False
        if self._moment is Moment.FIRST:
            return True
        return bool(self.journal) if self._moment is Moment.LATER else request.writes
