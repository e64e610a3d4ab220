# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lies about how long an answer, or a part of it, is."""

from __future__ import annotations

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import chunk, head

_CHUNKED = b"Transfer-Encoding: chunked"
_ARABIC_5 = "\N{ARABIC-INDIC DIGIT FIVE}".encode()
_FULL_WIDTH_5 = "\N{FULLWIDTH DIGIT FIVE}".encode()


def content_length(*values: bytes) -> Play:
    """Return a trick that sends the length of the correct answer in a header; %d stands for the true length."""

    def play(talk: Talk) -> None:
        truth = b"%d" % len(talk.body)
        talk.send(head(*(b"Content-Length: " + value.replace(b"%d", truth) for value in values)), talk.body)

    return play


def differing(by: int) -> Play:
    """Return a trick that sends a length which differs from the true one by so much."""

    def play(talk: Talk) -> None:
        talk.send(head(b"Content-Length: %d" % (len(talk.body) + by)), talk.body)

    return play


def chunked(before: bytes, after: bytes = b"0\r\n\r\n") -> Play:
    """Return a trick that sends a chunk with such a size line, the correct answer in it, and what follows it."""
    return lambda talk: talk.send(
        head(_CHUNKED), before.replace(b"%x", b"%x" % len(talk.body)), talk.body, b"\r\n", after
    )


def transfer_encoding(value: bytes) -> Play:
    """Return a trick that sends the correct answer in one chunk, and names a transfer encoding."""
    return lambda talk: talk.send(head(b"Transfer-Encoding: " + value), chunk(talk.body), b"0\r\n\r\n")


def _both(talk: Talk) -> None:
    talk.send(head(_CHUNKED, b"Content-Length: 5"), chunk(talk.body), b"0\r\n\r\n")


def _no_chunks(talk: Talk) -> None:
    talk.send(head(_CHUNKED), talk.body)


def _kept_and_short(talk: Talk) -> None:
    """Leave the rest of the answer on the connection, where the next request is sent."""
    talk.send(head(b"Content-Length: %d" % (len(talk.body) - 1), b"Connection: keep-alive"), talk.body)
    talk.kept = True


TRICKS: list[Trick] = [
    *table(
        "length",
        {
            "right": content_length(b"%d"),
            "none": content_length(),
            "chunks with an extension": chunked(b'%x;name="value"\r\n'),
            "chunks with a trailer": chunked(b"%x\r\n", b"0\r\nX-Trailer: 1\r\n\r\n"),
        },
        succeeds=True,
    ),
    *table(
        "length",
        {
            "two in one header": content_length(b"1, 2"),
            "the same twice in one header": content_length(b"%d, %d"),
            "the same twice": content_length(b"%d", b"%d"),
            "two headers that differ": content_length(b"%d", b"5"),
            "two headers that differ, the wrong one first": content_length(b"5", b"%d"),
            "negative": content_length(b"-1"),
            "more negative": content_length(b"-500"),
            "huge": content_length(b"9" * 30),
            "huge beyond a float": content_length(b"9" * 400),
            "beyond what Python reads": content_length(b"9" * 5000),
            "one too short": differing(-1),
            "one too short on a kept connection": _kept_and_short,
            "ten too short": differing(-10),
            "one too long": differing(1),
            "a thousand too long": differing(1000),
            "zero": content_length(b"0"),
            "empty": content_length(b""),
            "a word": content_length(b"long"),
            "hexadecimal": content_length(b"0x10"),
            "with an underscore": content_length(b"1_0"),
            "with a plus": content_length(b"+%d"),
            "with a point": content_length(b"%d.0"),
            "with an exponent": content_length(b"1e3"),
            "with spaces": content_length(b"  %d\t "),
            "in Arabic digits": content_length(_ARABIC_5),
            "in full-width digits": content_length(_FULL_WIDTH_5),
            "with a NUL": content_length(b"%d\x00"),
            "chunks and a length": _both,
            "chunks that are none": _no_chunks,
            "chunk size negative": chunked(b"-5\r\n"),
            "chunk size with a prefix": chunked(b"0x%x\r\n"),
            "chunk size with an underscore": chunked(b"1_0\r\n"),
            "chunk size with a plus": chunked(b"+%x\r\n"),
            "chunk size with spaces": chunked(b"  %x  \r\n"),
            "chunk size huge": chunked(b"f" * 16 + b"\r\n"),
            "chunk size beyond any number": chunked(b"f" * 5000 + b"\r\n"),
            "chunk size empty": chunked(b"\r\n"),
            "chunk size a word": chunked(b"long\r\n"),
            "chunk size in Arabic digits": chunked(_ARABIC_5 + b"\r\n"),
            "chunk size in full-width digits": chunked(_FULL_WIDTH_5 + b"\r\n"),
            "chunk size with a NUL": chunked(b"%x\x00\r\n"),
            "chunk size ended by LF": chunked(b"%x\n"),
            "chunk too small": chunked(b"5\r\n"),
            "chunk too large": chunked(b"fffff\r\n"),
            "last chunk missing": chunked(b"%x\r\n", b""),
            "last chunk negative": chunked(b"%x\r\n", b"-1\r\n\r\n"),
            "last chunk with data": chunked(b"%x\r\n", b"0\r\nmore data\r\n"),
            "transfer encoding unknown": transfer_encoding(b"x-made-up"),
            "transfer encoding chunked twice": transfer_encoding(b"chunked, chunked"),
            "transfer encoding gzip, chunked": transfer_encoding(b"gzip, chunked"),
            "transfer encoding identity": transfer_encoding(b"identity"),
            "transfer encoding CHUNKED": transfer_encoding(b"CHUNKED"),
        },
        credible=True,
    ),
]
