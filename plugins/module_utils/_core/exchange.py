# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request and its answer: how long they may take in all, and how much may come back."""

from __future__ import annotations

import http.client
import io
import logging
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from requests import Response

# A listing of 10,000 subscribers is below 1 MiB. Parsed, this much can take ten times as much memory.
LONGEST_ANSWER = 16 << 20
# Status line, headers and the framing of chunks come on top.
_LONGEST_ON_THE_WIRE = 2 * LONGEST_ANSWER
_AT_ONCE = 64 << 10
_GZIP_OR_ZLIB = 47
_local = threading.local()


class Exchange:
    """What is known of one request while it runs, in the thread that sends it. Times in seconds.

    is_fresh: it must not use a connection that was used before. is_connected: it has opened one of its own. is_sent:
    something of the request may have left. is_too_long: the answer had more than is read of one. sock: where it runs,
    once connected.
    """

    def __init__(self, timeout: float, *, is_fresh: bool) -> None:
        self.is_fresh = is_fresh
        self.is_connected = False
        self.is_sent = False
        self.is_too_long = False
        self.sock: socket.socket | None = None
        self._deadline = time.monotonic() + timeout
        self._left = _LONGEST_ON_THE_WIRE

    @property
    def is_late(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() >= self._deadline

    @property
    def is_unanswered(self) -> bool:
        """Whether it was sent over a connection that was used before, and no byte has come back in its time."""
        return self.is_sent and not self.is_connected and self._left == _LONGEST_ON_THE_WIRE and not self.is_late

    def restart(self) -> None:
        """Begin anew over a fresh connection, in the time that is left."""
        self.is_fresh = True
        self.is_sent = False
        self.sock = None

    def remaining(self) -> float:
        """Return the time that is left. Raises TimeoutError if none is."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the request is over")
        return left

    def count(self, received: int) -> None:
        """Note that so many bytes were received. Raises OSError if they are too many."""
        self._left -= received
        if self._left < 0:
            self.refuse()

    def refuse(self) -> None:
        """Raise OSError because the answer is too long."""
        self.is_too_long = True
        raise OSError("the answer is too long")

    def abort(self) -> None:
        """End it from another thread, which makes its own thread raise an exception; what is not sent is never sent."""
        self._deadline = 0.0
        sock = getattr(self.sock, "socket", self.sock)  # with TLS inside of TLS, the connection to the proxy
        if sock is not None:
            with suppress(OSError):  # it may have ended already
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, which the other thread uses


def current() -> Exchange:
    """Return the exchange of this thread."""
    exchange: Exchange = _local.exchange
    return exchange


class _Silence(logging.Filter):
    """Keeps out of logs what libraries say of an exchange: it may quote an answer, which may echo a secret."""

    def filter(self, _record: logging.LogRecord) -> bool:
        """Return whether this thread has no exchange."""
        return not hasattr(_local, "exchange")


_SILENCE = _Silence()


def silence_libraries() -> None:
    """Have the loggers of urllib3 write nothing about exchanges. Ansible may have a log that takes everything."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "urllib3":
            logging.getLogger(name).addFilter(_SILENCE)


@contextmanager
def exchanging(exchange: Exchange) -> Iterator[None]:
    """Make an exchange that of this thread."""
    _local.exchange = exchange
    try:
        yield
    finally:
        del _local.exchange


class LimitedResponse(http.client.HTTPResponse):
    """Reads an answer, from its first byte, within the limits of the exchange of this thread."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Limited(sock, current()))


class _Limited(io.RawIOBase):
    """A socket to read from that ends with the time and the bytes of an exchange."""

    def __init__(self, sock: socket.socket, exchange: Exchange) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._exchange = exchange

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what has come, at most as much as the buffer holds. Raises OSError."""
        self._sock.settimeout(self._exchange.remaining())
        received: int | None = self._raw.readinto(buffer)
        self._exchange.count(received or 0)
        return received

    def close(self) -> None:
        """Let the socket go."""
        self._raw.close()
        super().close()


def read_body(response: Response) -> bytes:
    """Return the body of an answer, decompressed. Raises OSError if it is too long, ValueError if it is malformed.

    It is not left to urllib3, which decompresses without a limit.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    chunks = iter(lambda: response.raw.read(_AT_ONCE, decode_content=False), b"")
    if encoding in ("gzip", "x-gzip", "deflate"):
        chunks = _decompress(chunks)
    elif encoding not in ("", "identity"):
        raise ValueError("the answer is compressed in a way that was not asked for")
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > LONGEST_ANSWER:
            current().refuse()
    return bytes(body)


def _decompress(chunks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    for chunk in chunks:
        waiting = chunk
        while waiting:
            try:
                yield decoder.decompress(waiting, _AT_ONCE)
            except zlib.error:
                raise ValueError("the answer cannot be decompressed") from None
            waiting = decoder.unconsumed_tail
    if not decoder.eof:
        raise ValueError("the compressed answer ended too early")
