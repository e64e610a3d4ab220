# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that never end, are too large, or lie about their length (exchange, answers, faults)."""

from __future__ import annotations

import gzip
import itertools
import json
import zlib

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.raw_server import (
    BODY,
    GOOD,
    Pieces,
    RawServer,
    assert_no_secret,
    drip,
    failure,
)
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import OK, connection

PATH = "section/action"
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"11\r\n" + BODY + b"\r\n"
LAST_CHUNK = b"0\r\n\r\n"
MANY = 120


def ok_after(start: bytes, slow: bytes, end: bytes) -> Pieces:
    """Return an answer of which the middle drips; it is right in the end, for whoever waits so long."""
    return lambda: itertools.chain([start], drip(slow)(), [end])


SLOW: dict[str, Pieces] = {
    "status line": ok_after(b"", b"HTTP/1.1 200 " + b"O" * MANY, b"\r\n" + GOOD.partition(b"\r\n")[2]),
    "header": ok_after(HEAD, b"X-Slow: " + b"x" * MANY, b"\r\n" + GOOD.partition(b"\r\n")[2]),
    "headers": ok_after(HEAD, b"X: y\r\n" * (MANY // 6), GOOD.partition(b"\r\n")[2]),
    "100 Continue": ok_after(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * (MANY // 25), GOOD),
    "body": ok_after(HEAD + b"Content-Length: %d\r\n\r\n" % (MANY + len(BODY)), b" " * MANY, BODY),
    "body without length": ok_after(HEAD + b"Connection: close\r\n\r\n", b" " * MANY, BODY),
    "chunks": ok_after(CHUNKED, b"1\r\n \r\n" * (MANY // 6), CHUNK + LAST_CHUNK),
    "chunk size": ok_after(CHUNKED, b"0" * MANY, CHUNK + LAST_CHUNK),
    "chunk extension": ok_after(CHUNKED, b"11;" + b"x" * MANY, CHUNK[2:] + LAST_CHUNK),
    "trailers": ok_after(CHUNKED + CHUNK + b"0\r\n", b"X: y\r\n" * (MANY // 6), b"\r\n"),
}


@pytest.mark.parametrize("part", SLOW)
def test_slow_answer_ends_with_the_timeout(part: str) -> None:
    """However often a byte comes: the timeout is that of the whole request. A write is then settled by reading."""
    with RawServer(SLOW[part]) as server:
        with failure("timeout") as caught:
            Transport(connection(server.url, timeout=0.4, retry_timeout=0)).write(PATH, {"a": "b"})
        assert caught[0].delivery is Delivery.UNKNOWN
        assert f"no answer from {server.url} within 0.4 s" in caught[0].message


@pytest.mark.parametrize("part", SLOW)
def test_answer_in_small_pieces_is_read(part: str) -> None:
    """It is no fault to be slow within the timeout."""
    with RawServer(SLOW[part]) as server:
        assert Transport(connection(server.url, timeout=60)).read(PATH, {}) == OK


def endless(start: bytes, piece: bytes) -> Pieces:
    """Return an answer without end."""
    return lambda: itertools.chain([start], itertools.repeat(piece * 10_000))


def bomb(times: int = 1) -> bytes:
    """Return 64 MiB that are compressed, and compressed again, so often."""
    packed = bytes(64 << 20)
    for _time in range(times):
        packed = gzip.compress(packed, 1)
    encodings = b", ".join([b"gzip"] * times)
    return HEAD + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encodings, len(packed)) + packed


LARGE: dict[str, bytes | Pieces] = {
    "body": endless(HEAD + b"Connection: close\r\n\r\n", b" "),
    "chunks": endless(CHUNKED, CHUNK),
    "huge chunk": endless(CHUNKED + b"ffffffffff\r\n", b" "),
    "gzip": bomb(),
}
MALFORMED: dict[str, bytes | Pieces] = {
    "status line": endless(b"HTTP/1.1 200 ", b"O"),
    "header": endless(HEAD + b"X: ", b"x"),
    "headers": endless(HEAD, b"X: y\r\n"),
    "chunk size": endless(CHUNKED, b"0"),
    "chunk extension": endless(CHUNKED + b"11;", b"x"),
    "gzip in gzip": bomb(2),
    "unknown compression": HEAD + b"Content-Encoding: br\r\nContent-Length: 17\r\n\r\n" + BODY,
    "half of gzip": HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(BODY)[:-9],
    "two lengths": HEAD + b"Content-Length: 1, 2\r\n\r\n" + BODY,
    "chunk of -1 bytes": endless(CHUNKED + b"-1\r\n", b" "),
    "chunk of -5 bytes": CHUNKED + b"-5\r\n" + CHUNK + LAST_CHUNK,
    "version of HTTP": b"HTTP/9.9 200 OK\r\n\r\n",
    "status": b"HTTP/1.1 2000 OK\r\n\r\n",
    "values": HEAD + b"Connection: close\r\n\r\n[" + b"{}," * 1_000_001 + b"{}]",
    "number": HEAD + b'Connection: close\r\n\r\n{"success": "ok", "uid": ' + b"9" * 1_000_000 + b"}",
}
BAD = {**LARGE, **MALFORMED}


@pytest.mark.parametrize("part", LARGE)
def test_answer_that_is_too_long(part: str) -> None:
    """It is given up after 16 MiB, compressed or not; whether the write was applied nobody knows."""
    with RawServer(LARGE[part]) as server:
        with failure("bad_answer") as caught:
            Transport(connection(server.url, timeout=60, retry_timeout=0)).write(PATH, {"a": "b"})
        assert caught[0].delivery is Delivery.UNKNOWN
        assert caught[0].message == "the answer is longer than 16 MiB"


@pytest.mark.parametrize("part", MALFORMED)
def test_malformed_answer(part: str) -> None:
    """Nothing of the libraries' own errors escapes, and nothing counts as unsent that was sent."""
    with RawServer(MALFORMED[part]) as server:
        with pytest.raises(ServiceError) as caught:
            Transport(connection(server.url, timeout=60, retry_timeout=0)).write(PATH, {"a": "b"})
        assert caught.value.code in ("bad_answer", "unreachable")
        assert caught.value.delivery is Delivery.UNKNOWN
        assert server.requests == 1
        assert_no_secret(caught.value)


@pytest.mark.parametrize("part", BAD)
def test_reading_again_after_such_an_answer(part: str) -> None:
    """Over a new connection."""
    with RawServer(BAD[part], GOOD) as server:
        assert Transport(connection(server.url, timeout=60, retry_timeout=60)).read(PATH, {}) == OK


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "deflate", "identity", ""])
def test_compressed_answer(encoding: str) -> None:
    """Both forms that servers send."""
    forms = {"deflate": zlib.compress(BODY), "identity": BODY, "": BODY}
    packed = forms.get(encoding, gzip.compress(BODY))
    head = b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding.encode(), len(packed))
    with RawServer(HEAD + head + packed) as server:
        assert Transport(connection(server.url)).read(PATH, {}) == OK


def test_large_answer_is_read() -> None:
    """A listing may have some megabytes."""
    rows = [f"person{number}@example.test" for number in range(200_000)]
    body = json.dumps({"success": "ok", "subscribers": rows}).encode()
    with RawServer(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) as server:
        assert Transport(connection(server.url)).read(PATH, {})["subscribers"] == rows


KINDS_OF_BODIES = {
    b"": "empty",
    b"<!DOCTYPE html><p>Welcome": "HTML or XML, not JSON",
    b"\xef\xbb\xbf <html>": "HTML or XML, not JSON",
    b'{"success": "ok"': "malformed or incomplete JSON",
    b"welcome": "not JSON",
    b'["ok"]': "JSON, but not an object",
    b'{"ok": true}': "JSON without a readable 'success'",
}


@pytest.mark.parametrize("body", KINDS_OF_BODIES)
def test_answer_of_something_else(body: bytes) -> None:
    """The message says what came, and quotes nothing of it."""
    with RawServer(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) as server:
        with failure("bad_answer") as caught:
            Transport(connection(server.url, retry_timeout=0)).read(PATH, {})
        kind = KINDS_OF_BODIES[body]
        assert caught[0].message == f"the answer cannot be read, because it is {kind} (HTTP status 200)"
