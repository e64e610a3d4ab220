# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers on loopback that answer with whatever bytes a test gives them, and what the errors they cause must hold."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from time import sleep

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import ServiceError
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import OAUTH_TOKEN, TOKEN

BODY = b'{"success": "ok"}'
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(BODY), BODY)
RESET = b""


Pieces = Callable[[], Iterable[bytes]]
CLOSE: Pieces = tuple
"""An answer without pieces, after which even a server that keeps connections closes."""


def drip(answer: bytes) -> Pieces:
    """Return an answer that comes byte by byte, in some seconds."""

    def pieces() -> Iterator[bytes]:
        for byte in answer:
            sleep(0.01)
            yield bytes([byte])

    return pieces


class RawServer:
    """Answers each connection with the next bytes, the last ones without end, then ends it; RESET resets it.

    An answer may also come in pieces, which end when nobody takes them. With a TLS context it is a proxy that answers
    inside the tunnel in the service's place. With keep, a connection is not ended, and each gets all answers anew.
    """

    def __init__(self, *answers: bytes | Pieces, tls: ssl.SSLContext | None = None, keep: bool = False) -> None:
        self.requests = 0
        self.connections = 0
        self._tls = tls
        self._keep = keep
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> RawServer:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End also while waiting for a connection."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _address = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            answers = list(self._answers) if self._keep else self._answers
            threading.Thread(target=self._serve_one, args=(peer, answers)).start()

    def _serve_one(self, peer: socket.socket, answers: list[bytes | Pieces]) -> None:
        with peer, suppress(OSError):
            if self._tls:
                with self._open_tunnel(peer, self._tls) as inside:
                    self._answer(inside, answers)
            else:
                self._answer(peer, answers)

    def _answer(self, peer: socket.socket, answers: list[bytes | Pieces]) -> None:
        with peer.makefile("rb") as stream:
            while self._read_request(stream):
                self.requests += 1
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer == RESET:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                for piece in answer() if callable(answer) else [answer]:
                    peer.sendall(piece)
                if answer in (RESET, CLOSE) or not self._keep:
                    return

    @staticmethod
    def _read_request(stream: BufferedReader) -> bool:
        """Read one request; returns False if none came."""
        length, lines = 0, 0
        for line in iter(stream.readline, b""):
            lines += 1
            if line == b"\r\n":
                break
            name, _colon, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        stream.read(length)
        return lines > 0

    @staticmethod
    def _open_tunnel(peer: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        with peer.makefile("rb") as stream:
            while stream.readline() != b"\r\n":
                pass
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        return context.wrap_socket(peer, server_side=True)


@contextmanager
def failure(code: str) -> Iterator[list[ServiceError]]:
    """Expect an error with this code and no secret in it; it is put into the list."""
    caught: list[ServiceError] = []
    with pytest.raises(ServiceError) as raised:
        yield caught
    assert raised.value.code == code
    assert_no_secret(raised.value)
    caught.append(raised.value)


def assert_no_secret(error: ServiceError) -> None:
    """Look for the tokens in everything that an exception may show."""
    shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    shown += f"{error!r} {error.args} {error.as_dict()} {error.sentence()}"
    assert TOKEN not in shown
    assert OAUTH_TOKEN not in shown
