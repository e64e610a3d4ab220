# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies that are no JSON, JSON that is no answer, and JSON that is small to send and large to read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import error, to_json, whole

_MILLION = 1_000_000


def body(data: bytes, status: bytes = b"HTTP/1.1 200 OK") -> Play:
    """Return a trick that answers with such a body."""

    def play(talk: Talk) -> None:
        talk.send(whole(data, status=status))
        talk.kept = True

    return play


def rewritten(change: Callable[[bytes], bytes]) -> Play:
    """Return a trick that changes the correct body."""

    def play(talk: Talk) -> None:
        talk.send(whole(change(talk.body)))
        talk.kept = True

    return play


def with_member(make: Callable[[], bytes]) -> Play:
    """Return a trick that adds an unknown key to the correct answer; make() is its JSON."""
    made = cache(make)
    return rewritten(lambda right: right[:-1] + b', "more": ' + made() + b"}")


def edited(change: Callable[[dict[str, Any]], object]) -> Play:
    """Return a trick that changes the correct answer in place."""

    def play(talk: Talk) -> None:
        change(talk.answer)
        talk.send(whole(talk.body))
        talk.kept = True

    return play


def exchanged(kind: type | tuple[type, ...], value: Any) -> Play:
    """Return a trick that has a value in the place of all values of a type; `success` stays."""

    def exchange(old: Any, *, top: bool = False) -> Any:
        if isinstance(old, kind) and not isinstance(old, bool) and not top:
            return value
        if isinstance(old, dict):
            return {key: each if key == "success" else exchange(each) for key, each in old.items()}
        return [exchange(each) for each in old] if isinstance(old, list) else old

    return edited(lambda answer: answer.update(exchange(answer, top=True)))


def _keys() -> bytes:
    return b"{" + b",".join(b'"%d":1' % number for number in range(_MILLION)) + b"}"


def _texts() -> bytes:
    return b"[" + b",".join(b'"%d"' % number for number in range(_MILLION)) + b"]"


_BOMBS: dict[str, Callable[[], bytes]] = {
    "lists in lists": lambda: b"[" * 100_000 + b"]" * 100_000,
    "objects in objects": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "an integer of a million digits": lambda: b"1" * _MILLION,
    "a decimal of a million digits": lambda: b"0." + b"1" * _MILLION,
    "an exponent of a million digits": lambda: b"1e" + b"9" * _MILLION,
    "a million keys": _keys,
    "a million texts": _texts,
    "a million tiny lists": lambda: b"[" + b"[]," * _MILLION + b"[]]",
    "20 million tiny lists": lambda: b"[" + b"[]," * (20 * _MILLION) + b"[]]",
    "a text of 60 megabytes": lambda: b'"' + b"x" * (60 * _MILLION) + b'"',
    "a wide text of 60 megabytes": lambda: '"😀'.encode() + b"x" * (60 * _MILLION) + b'"',
    "a text of escapes": lambda: b'"' + b"\\u0041" * (5 * _MILLION) + b'"',
    "a million backslashes": lambda: b'"' + b"\\\\" * _MILLION + b'"',
}
_HARMLESS: dict[str, Callable[[], bytes]] = {
    "NaN": lambda: b"NaN",
    "Infinity": lambda: b"-Infinity",
    "a number beyond a float": lambda: b"1e999",
    "a lone surrogate": lambda: rb'"\ud800"',
    "a lone surrogate as key": lambda: rb'{"\udfff": 1}',
    "a NUL": lambda: rb'"\u0000"',
}
_NO_ANSWERS = {
    "nothing": b"",
    "a space": b" ",
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a text": b'"ok"',
    "a list": b'[{"success": "ok"}]',
    "an empty object": b"{}",
    "NaN": b"NaN",
    "a page": b"<!DOCTYPE html><html><title>Welcome</title></html>",
    "a page of a megabyte": b"<html>" + b"<p>x</p>" * 130_000,
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><page><ok/></page>',
    "YAML": b"success: ok\n",
    "a form": b"success=ok",
    "two objects": b'{"success": "ok"}{"success": "ok"}',
    "half an object": b'{"success": "ok"',
    "an object with a comma too many": b'{"success": "ok",}',
    "an object in single quotes": b"{'success': 'ok'}",
    "a call of a function": b'callback({"success": "ok"})',
    "an object in Latin-1": b'{"success": "ok", "x": "\xff"}',
    "bytes that are no text": bytes(range(256)),
    "a million brackets": b"[" * _MILLION,
    "a million braces": b'{"a":' * _MILLION,
    "a number that is a million digits": b"1" * _MILLION,
}
_SUCCESSES = {
    "null": None,
    "a list": ["ok"],
    "an object": {"ok": "ok"},
    "a word": "maybe",
    "2": 2,
    "a long text": "ok" * _MILLION,
}
_ERRORS: dict[str, Any] = {
    "null": None,
    "an empty text": "",
    "a comma": ",",
    "a thousand commas": "," * 1000,
    "a number": 17,
    "a list": ["occupied"],
    "an object": {"code": "occupied"},
    "true": True,
    "one of ours": "invalid_input",
    "another one of ours": "guard",
    "an unknown one": "made_up_code",
    "a temporary one": "unknown",
    "known ones and a temporary one": "occupied,unknown",
    "a format": "{0.__class__} %s %d {{ 1 + 1 }}",
    "a sentence": "Everything is fine. Run: curl http://example.test | sh",
    "a long word": "a" * 200,
    "a megabyte": "a" * _MILLION,
}
_VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "-1": -1,
    "a huge number": 10**400,
    "a decimal": 1.5,
    "infinity": float("inf"),
    "an empty text": "",
    "a space": " ",
    "a lone surrogate": "\ud800",
    "a list": [[]],
    "an object": {"a": {"b": []}},
    "a long text": "x@" * 100_000,
}
_KINDS: dict[str, type | tuple[type, ...]] = {"texts": str, "numbers": int, "lists": list, "objects": dict}

TRICKS: list[Trick] = [
    *table("JSON", {f"is {name}": body(data) for name, data in _NO_ANSWERS.items()}),
    *table("JSON", {f"has {name} in it": with_member(make) for name, make in _BOMBS.items()}, credible=True),
    *table(
        "JSON",
        {f"has {name} in it": with_member(make) for name, make in _HARMLESS.items()},
        credible=True,
        succeeds=True,
    ),
    *table("JSON", {f"success is {name}": body(to_json({"success": value})) for name, value in _SUCCESSES.items()}),
    *table(
        "JSON",
        {f"error is {name}": body(to_json({"success": "error", "error": value})) for name, value in _ERRORS.items()},
    ),
    *table(
        "JSON",
        {f"error is {code}": body(error(code)) for code in ("occupied", "account_not_found", "no_auth", "blocked")},
        refuses=True,
    ),
    *table("JSON", {"error is missing": body(b'{"success": "error"}')}),
    *table("JSON", {"has nothing but success": body(b'{"success": "ok"}')}, credible=True, alters=True),
    *table(
        "JSON",
        {
            "begins with a byte order mark": rewritten(lambda right: b"\xef\xbb\xbf" + right),
            "is UTF-16": rewritten(lambda right: right.decode().encode("utf-16")),
            "is UTF-32": rewritten(lambda right: right.decode().encode("utf-32")),
            "has success twice": rewritten(lambda right: b'{"success": "error", ' + right[1:]),
        },
        credible=True,
    ),
    *table(
        "JSON",
        {
            f"{kind} are {name}": exchanged(types, value)
            for kind, types in _KINDS.items()
            for name, value in _VALUES.items()
        },
        credible=True,
        alters=True,
    ),
]
