# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content encodings that were not asked for, are not known, or are broken."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

from pdd_hostile.trick import Play, Trick, table
from pdd_hostile.wire import whole


def encoded(name: bytes, encode: Callable[[bytes], bytes]) -> Play:
    """Return a trick that encodes the correct answer, with a header that names the encoding."""
    return lambda talk: talk.send(whole(encode(talk.body), b"Content-Encoding: " + name))


def _raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


def _same(body: bytes) -> bytes:
    return body


TRICKS: list[Trick] = [
    *table(
        "encoding",
        {
            "gzip": encoded(b"gzip", gzip.compress),
            "GZip": encoded(b"GZip", gzip.compress),
            "deflate": encoded(b"deflate", zlib.compress),
            "identity": encoded(b"identity", _same),
        },
        succeeds=True,
    ),
    *table(
        "encoding",
        {
            "raw deflate": encoded(b"deflate", _raw_deflate),
            "gzip twice": encoded(b"gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
            "br": encoded(b"br", _same),
            "zstd": encoded(b"zstd", _same),
            "compress": encoded(b"compress", _same),
            "an unknown one": encoded(b"x-made-up", _same),
            "one that is no text": encoded(b"\xff\x00\x01", _same),
            "gzip that is none": encoded(b"gzip", _same),
            "deflate that is none": encoded(b"deflate", _same),
            "gzip that is cut": encoded(b"gzip", lambda body: gzip.compress(body)[:-12]),
            "gzip with a wrong sum": encoded(b"gzip", lambda body: gzip.compress(body)[:-8] + bytes(8)),
            "gzip of nothing": encoded(b"gzip", lambda _body: b""),
            "gzip and more": encoded(b"gzip", lambda body: gzip.compress(body) + b"more"),
            "gzip of two parts": encoded(b"gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
            "gzip of a name that never ends": encoded(b"gzip", lambda _body: b"\x1f\x8b\x08\x08" + b"x" * 100000),
        },
        credible=True,
    ),
]
