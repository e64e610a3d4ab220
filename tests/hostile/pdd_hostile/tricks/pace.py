# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that come slowly, stop, or never come: each byte is in time for a timeout that counts from the last one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import chunk, head, whole

_CHUNKED = b"Transfer-Encoding: chunked"
_LONG = b"Content-Length: 1000000"


def dripping(before: bytes, piece: bytes) -> Play:
    """Return a trick that sends something at once, and then a piece again and again."""

    def play(talk: Talk) -> None:
        talk.send(before)
        talk.drip_for_ever(piece)

    return play


def silent(*before: bytes) -> Play:
    """Return a trick that sends something, and then nothing more."""

    def play(talk: Talk) -> None:
        talk.send(*before)
        talk.hold()

    return play


def _bytes(data: bytes) -> Iterator[bytes]:
    return (bytes([byte]) for byte in data)


def _body_with_length(talk: Talk) -> None:
    talk.send(head(b"Content-Length: %d" % (len(talk.body) + 10000)))
    talk.drip(chain(_bytes(talk.body), repeat(b" ")))


def _half_body(talk: Talk) -> None:
    talk.send(whole(talk.body)[:-10])
    talk.hold()


def _no_end(talk: Talk) -> None:
    """Send a whole answer, but not the end, which would say that it is whole."""
    talk.send(head(b"Content-Type: application/json"), talk.body)
    talk.hold()


def _last_chunk_missing(talk: Talk) -> None:
    talk.send(head(_CHUNKED), chunk(talk.body))
    talk.hold()


def _trailers(talk: Talk) -> None:
    talk.send(head(_CHUNKED), chunk(talk.body), b"0\r\n")
    talk.drip_for_ever(b"X-Trailer: 1\r\n")


def _slow(talk: Talk) -> None:
    answer = whole(talk.body)
    step = len(answer) // 5 + 1
    talk.drip(answer[start : start + step] for start in range(0, len(answer), step))
    talk.kept = True


TRICKS: list[Trick] = [
    *table(
        "pace",
        {
            "status line drips": dripping(b"HTTP/1.1 200 O", b"K"),
            "empty lines before the status line drip": dripping(b"", b"\r\n"),
            "header drips": dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
            "headers drip": dripping(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n"),
            "headers drip byte by byte": dripping(b"HTTP/1.1 200 OK\r\n", b"X"),
            "body drips": _body_with_length,
            "body drips without a length": dripping(head(), b" "),
            "chunks drip": dripping(head(_CHUNKED), chunk(b" ")),
            "chunk drips": dripping(head(_CHUNKED) + b"fffff\r\n", b" "),
            "chunk size drips": dripping(head(_CHUNKED), b"0"),
            "chunk extension drips": dripping(head(_CHUNKED) + b"1;x=", b"x"),
            "trailers drip": _trailers,
            "100 Continue drips": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            "100 Continue drips byte by byte": lambda talk: talk.drip(_bytes(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)),
            "headers of 100 Continue drip": dripping(b"HTTP/1.1 100 Continue\r\n", b"X: 1\r\n"),
            "102 Processing drips": dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
            "silence": silent(),
            "silence after the status line": silent(b"HTTP/1.1 200 OK\r\n"),
            "silence within the headers": silent(b"HTTP/1.1 200 OK\r\nContent-Le"),
            "silence after the headers": silent(head(_LONG)),
            "silence within the body": _half_body,
            "silence within a chunk": silent(head(_CHUNKED), b'10\r\n{"succ'),
            "silence within a chunk size": silent(head(_CHUNKED), b"1"),
            "silence instead of the last chunk": _last_chunk_missing,
            "silence after a body without a length": _no_end,
            "silence after 100 Continue": silent(b"HTTP/1.1 100 Continue\r\n\r\n"),
        },
    ),
    *table("pace", {"answer takes a moment": _slow}, succeeds=True),
    *table("pace", {"connections are never accepted": lambda talk: talk.hold()}, accepts=False),
]
