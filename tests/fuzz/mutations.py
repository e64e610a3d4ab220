# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrupt correct answers: their bytes, or their JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from pdd_hostile.trick import Talk, Trick
from pdd_hostile.wire import chunk, head, to_json, whole

NASTY: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**63,
    10**30,
    10**400,
    float("inf"),
    float("nan"),
    "",
    " ",
    "0",
    "-1",
    "yes",
    "no",
    "ok",
    "error",
    "none",
    "@",
    "a@b@c",
    "@example.test",
    "anna",
    "ANNA@EXAMPLE.TEST",
    "anna@other.test",
    "пример@пример.test",
    "xn--",
    "a" * 70 + ".test",
    "\u212a",
    "\u0130",
    "\ud800",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "a\nb",
    "{{ 7 * 7 }}",
    "%s{0}",
    "../../x",
    "unknown",
    "occupied",
    "account_not_found",
    "no_auth,unknown",
    [],
    {},
    [[]],
    [None],
    ["anna", None],
    {"": ""},
    [{}],
    [{"login": None}],
    "x" * 5000,
    ["anna@example.test"] * 300,
)
"""Values for the place of any other."""
KEYS = (
    "success",
    "error",
    "domain",
    "login",
    "maillist",
    "uid",
    "cnt",
    "total",
    "pages",
    "page",
    "",
    "\ud800",
    "constructor",
)
PIECES = (
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff\xfe",
    b":",
    b";",
    b" ",
    b"0",
    b"-1",
    b"99999999999",
    b"Content-Length: 5\r\n",
    b"Content-Length: -5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: deflate, gzip\r\n",
    b"Retry-After: 1\r\n",
    b"Retry-After: Feb : , 0\r\n",
    b"Location: /\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 429 Slow\r\n",
    b"HTTP/1.1 500 No\r\n",
    b"{",
    b"}",
    b"[",
    b'"',
    b"\\",
    b"\\ud800",
    b"1e999",
    b"NaN",
)
"""Bytes that mean something somewhere in an answer."""


def fuzz(seed: int) -> Trick:
    """Return a trick that does something else to each answer. It depends on the seed and the request alone."""
    met: Counter[bytes] = Counter()

    def play(talk: Talk) -> None:
        met[talk.request.raw] += 1
        request = f"{talk.request.action} {sorted(talk.request.params.items())} {met[talk.request.raw]}"
        random = Random(f"{seed} {request}")
        random.choice(_PLAYS)(talk, random)

    return Trick("fuzz", f"SEED={seed}", play, credible=True, alters=True)


def _in_bytes(talk: Talk, random: Random) -> None:
    answer = bytearray(random.choice(_FRAMES)(talk.body))
    for _change in range(random.choice((1, 1, 2, 3, 8))):
        random.choice(_CHANGES)(answer, random)
    talk.send(bytes(answer))


def _in_json(talk: Talk, random: Random) -> None:
    answer = talk.answer
    for _change in range(random.choice((1, 1, 1, 2, 3, 6))):
        answer = changed(answer, random)
    talk.send(random.choice(_FRAMES)(to_json(answer)))


def _cut(talk: Talk, random: Random) -> None:
    answer = whole(talk.body)
    talk.send(answer[: random.randrange(len(answer))])
    if random.random() < 0.5:
        talk.reset()


def _right(talk: Talk, _random: Random) -> None:
    talk.send(whole(talk.body))
    talk.kept = True


_PLAYS: tuple[Callable[[Talk, Random], None], ...] = (_in_bytes, _in_bytes, _in_json, _in_json, _in_json, _cut, _right)
_FRAMES: tuple[Callable[[bytes], bytes], ...] = (
    whole,
    lambda body: head(b"Transfer-Encoding: chunked") + chunk(body) + chunk(b""),
    lambda body: head() + body,
)


def _flip(answer: bytearray, random: Random) -> None:
    if answer:
        answer[random.randrange(len(answer))] = random.randrange(256)


def _delete(answer: bytearray, random: Random) -> None:
    start = random.randrange(len(answer) + 1)
    del answer[start : start + random.choice((1, 2, 10, 100))]


def _repeat(answer: bytearray, random: Random) -> None:
    start = random.randrange(len(answer) + 1)
    answer[start:start] = answer[start : start + random.choice((1, 5, 50))] * random.choice((1, 2, 100))


def _insert(answer: bytearray, random: Random) -> None:
    start = random.randrange(len(answer) + 1)
    answer[start:start] = random.choice(PIECES)


def _insert_line(answer: bytearray, random: Random) -> None:
    places = [place + 2 for place in range(len(answer)) if answer.startswith(b"\r\n", place)] or [0]
    place = random.choice(places)
    answer[place:place] = random.choice(PIECES)


_CHANGES = (_flip, _delete, _repeat, _insert, _insert_line)


def changed(value: Any, random: Random) -> Any:
    """Return JSON with something changed: a value, a key, a row, or a type."""
    inside = isinstance(value, (dict, list)) and bool(value) and random.random() < 0.85
    if not inside:
        return random.choice(NASTY)
    if isinstance(value, dict):
        return _changed_object(value, random)
    place = random.randrange(len(value))
    rows = [*value[:place], changed(value[place], random), *value[place + 1 :]]
    return random.choice((rows, rows, rows, value[:place], value + value, [*value, random.choice(NASTY)]))


def _changed_object(value: dict[str, Any], random: Random) -> dict[str, Any]:
    key = random.choice(list(value))
    rest = {name: each for name, each in value.items() if name != key}
    what = random.random()
    if what < 0.1:
        return rest
    if what < 0.2:
        return {**value, random.choice(KEYS): random.choice(NASTY)}
    if what < 0.25:
        return {**rest, random.choice(KEYS): value[key]}
    if what < 0.3:
        return {**rest, key: json.dumps(value[key])}
    return {**value, key: changed(value[key], random)}
