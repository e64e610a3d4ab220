# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings that lie about how many pages they have, and what is on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import whole

_NAMES = ("login", "name", "maillist", "external_login", "internal_login")


def _listings(answer: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield where the lists of an answer are: the object, and the key."""
    for key, value in list(answer.items()):
        if isinstance(value, dict):
            yield from _listings(value)
        elif isinstance(value, list) and key != "aliases":
            yield answer, key


def _count(answer: dict[str, Any], value: object) -> None:
    """Replace each count in an answer by a number."""
    for key, old in list(answer.items()):
        if isinstance(old, dict):
            _count(old, value)
        elif key in ("page", "pages", "total", "found", "cnt", "on_page") or "_pages" in key or "_count" in key:
            answer[key] = value


def counting(value: object) -> Play:
    """Return a trick that replaces each count by a number."""

    def play(talk: Talk) -> None:
        _count(talk.answer, value)
        talk.send(whole(talk.body))
        talk.kept = True

    return play


def new_rows(number: int) -> Play:
    """Return a trick that has so many new rows on each page, for ever."""

    def play(talk: Talk) -> None:
        _count(talk.answer, 10**9)
        for place, key in _listings(talk.answer):
            patterns = place[key] or [{"login": "anna", "name": "a.test"}]
            place[key] = [_renamed(patterns[0], f"{talk.number}-{row}") for row in range(number)]
        talk.send(whole(talk.body))
        talk.kept = True

    return play


def _renamed(row: Any, name: str) -> Any:
    if isinstance(row, str):
        return f"box{name}@example.test"
    copy = dict(row)
    for key in copy.keys() & set(_NAMES):
        copy[key] = f"box{name}.test" if key == "name" else f"box{name}@example.test"
    return {**copy, "uid": int(name.replace("-", "0"))} if "uid" in copy else copy


def _first_page_again(talk: Talk) -> None:
    """Send the same rows under any number, and promise many more."""
    _count(talk.answer, 10**9)
    for place, key in _listings(talk.answer):
        place[key] = [_renamed(row, "1") for row in place[key]] or [{"login": "anna", "name": "a.test"}]
    talk.send(whole(talk.body))
    talk.kept = True


def _no_rows(talk: Talk) -> None:
    _count(talk.answer, 10**9)
    for place, key in _listings(talk.answer):
        place[key] = []
    talk.send(whole(talk.body))
    talk.kept = True


_COUNTS = {"none": 0, "minus one": -1, "a billion": 10**9, "more than a float": 10**400, "a text": "many", "null": None}

TRICKS: list[Trick] = table(
    "pages",
    {
        "new rows for ever, one on each page": new_rows(1),
        "new rows for ever, five hundred on each page": new_rows(500),
        "a hundred thousand rows on each page": new_rows(100_000),
        "the same rows for ever": _first_page_again,
        "no rows of a billion": _no_rows,
        **{f"every count is {name}": counting(value) for name, value in _COUNTS.items()},
    },
    credible=True,
    alters=True,
)
