# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that never end, as fast as they are read, and small ones that become huge."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import chunk, head, whole

_MEGABYTE = 1 << 20
_SPACES = b" " * 65536
_CHUNKED = b"Transfer-Encoding: chunked"
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_RAW, _ZLIB = -zlib.MAX_WBITS, zlib.MAX_WBITS


def flooding(before: bytes, piece: bytes) -> Play:
    """Return a trick that sends something, and then a piece again and again."""

    def play(talk: Talk) -> None:
        talk.send(before)
        talk.flood(piece)

    return play


def _trailers(talk: Talk) -> None:
    talk.send(head(_CHUNKED), chunk(talk.body), b"0\r\n")
    talk.flood(b"X-Trailer: 1\r\n" * 1000)


@cache
def _deflated(megabytes: int, window: int) -> bytes:
    """Return so many megabytes of spaces, deflated; each is compressed by itself, so that one has to be computed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    first = packer.compress(b" " * _MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    next_one = packer.compress(b" " * _MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + next_one * (megabytes - 1)


def compressed(encoding: bytes, data: bytes) -> Play:
    """Return a trick that sends a body with a content encoding."""
    return lambda talk: talk.send(whole(data, b"Content-Encoding: " + encoding))


def _padded(talk: Talk) -> None:
    """Send the correct answer after very many spaces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    spaces = b"".join(packer.compress(b" " * _MEGABYTE) for _megabyte in range(400))
    talk.send(whole(spaces + packer.compress(talk.body) + packer.flush(), b"Content-Encoding: gzip"))


@cache
def _nested(times: int) -> bytes:
    data = _GZIP_HEAD + _deflated(2048, _RAW)
    for _time in range(times - 1):
        data = gzip.compress(data)
    return data


def _many_encodings(talk: Talk) -> None:
    body = talk.body
    for _time in range(60):
        body = gzip.compress(body, 1)
    talk.send(whole(body, b"Content-Encoding: " + b", ".join([b"gzip"] * 60)))


TRICKS: list[Trick] = [
    *table("flood", {"gzip sixty times": _many_encodings}, credible=True),
    *table(
        "flood",
        {
            "body without a length": flooding(head(), _SPACES),
            "body of a terabyte": flooding(head(b"Content-Length: 1000000000000"), _SPACES),
            "body of letters": flooding(head() + b'{"success": "', b"x" * 65536),
            "chunks": flooding(head(_CHUNKED), chunk(_SPACES)),
            "tiny chunks": flooding(head(_CHUNKED), chunk(b" ") * 10000),
            "chunk of a terabyte": flooding(head(_CHUNKED) + b"ffffffffff\r\n", _SPACES),
            "chunk size": flooding(head(_CHUNKED), b"0" * 65536),
            "chunk extensions": flooding(head(_CHUNKED) + b"1", b";x=y" * 10000),
            "trailers": _trailers,
            "status line": flooding(b"HTTP/1.1 200 ", b"O" * 65536),
            "empty lines": flooding(b"", b"\r\n" * 10000),
            "header": flooding(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 65536),
            "headers": flooding(b"HTTP/1.1 200 OK\r\n", b"X-Header: 1\r\n" * 5000),
            "folded header": flooding(b"HTTP/1.1 200 OK\r\nX: 1\r\n", b" more\r\n" * 5000),
            "100 Continue": flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
            "headers of 100 Continue": flooding(b"HTTP/1.1 100 Continue\r\n", b"X: 1\r\n" * 5000),
            "gzip of two gigabytes": compressed(b"gzip", _GZIP_HEAD + _deflated(2048, _RAW)),
            "gzip of two gigabytes in gzip": compressed(b"gzip, gzip", _nested(2)),
            "gzip of two gigabytes in gzip in gzip": compressed(b"gzip, gzip, gzip", _nested(3)),
            "deflate of two gigabytes": compressed(b"deflate", _deflated(2048, _ZLIB)),
            "raw deflate of two gigabytes": compressed(b"deflate", _deflated(2048, _RAW)),
            "gzip of the answer after 400 megabytes": _padded,
            "gzip for ever": flooding(head(b"Content-Encoding: gzip") + _GZIP_HEAD, _deflated(1, _RAW)),
            "gzip of nothing for ever": flooding(head(b"Content-Encoding: gzip"), gzip.compress(b"") * 3000),
        },
    ),
]
