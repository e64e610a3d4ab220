# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads listings to their end, whatever the service says of it (docs/api/pdd.md, 1.7), and says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from .errors import ServiceError

# What keeps a task below 300 MB of memory, and lets it end within seconds. The largest domain seen has far less: a row
# takes about 700 bytes and 80 characters, and 2,000 pages hold 40,000 domains, of which a page has 20.
MOST_ROWS = 200_000
MOST_PAGES = 2_000
MOST_CHARACTERS = 30_000_000

Row = TypeVar("Row")


class Listing(list[Row]):
    """The rows of a listing. shortage: if the service counts more than can be read, that, as half a sentence."""

    def __init__(self, rows: Iterable[Row] = (), shortage: str | None = None) -> None:
        super().__init__(rows)
        self.shortage = shortage


class Counted(Protocol):
    """What was read of something that the service counts as well."""

    @property
    def shortage(self) -> str | None:
        """What is missing, as half a sentence, if the service counts more than can be read."""


AnyCounted = TypeVar("AnyCounted", bound=Counted)


def read_whole(read: Callable[[], AnyCounted]) -> AnyCounted:
    """Read, and once more if the service counts more than it lists."""
    found = read()
    return read() if found.shortage else found


def all_pages(
    read: Callable[[int], dict[str, Any]],
    *,
    endpoint: str,
    of: str,
    rows: Callable[[Mapping[str, Any]], list[Row]],
    key: Callable[[Row], object],
    count: Callable[[Mapping[str, Any]], tuple[int | None, int | None]],
) -> tuple[Listing[Row], dict[str, Any]]:
    """Read all pages, none of them twice; returns their rows, each key once, and the first answer.

    read: takes the number of a page, from 1. of: what the rows are, for messages. The end is a page with nothing new,
    or exactly the service's own count (of rows, of pages): it may cap the size of a page, repeat its last page, or move
    rows between pages while they are read. A count below what a page holds is wrong, so nothing is concluded from it.
    Raises bad_answer if there is no end.
    """
    found: dict[object, Row] = {}
    first: dict[str, Any] = {}
    characters = most = 0
    for page in range(1, MOST_PAGES + 1):
        answer = read(page)
        first = first or answer
        before = len(found)
        for row in rows(answer):
            if found.setdefault(key(row), row) is row:
                characters += _characters(tuple(vars(row).values()))
        if len(found) > MOST_ROWS or characters > MOST_CHARACTERS:
            break
        total, pages = count(answer)
        most = max(most, total or 0)  # a row that is deleted meanwhile moves others to pages that were read
        complete = len(found) == total and page >= (pages or 0)
        if complete or len(found) == before:
            return Listing(found.values(), _shortage(of, len(found), most, page, pages)), first
    raise endless(endpoint)


def endless(endpoint: str) -> ServiceError:
    """Return the error of a listing that is larger than any can be."""
    message = f"the listing does not end within {MOST_ROWS} rows, {MOST_PAGES} pages and {MOST_CHARACTERS} characters"
    return ServiceError("bad_answer", message, endpoint=endpoint, http_status=200)


def _shortage(of: str, found: int, total: int, page: int, pages: int | None) -> str | None:
    if found < total:
        return f"of {of} only {found} can be read, but the service counts {total}"
    if not total and page < (pages or 0):
        return f"of {of} only {page} pages can be read, but the service counts {pages}"
    return None


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    return sum(map(_characters, value)) if isinstance(value, tuple) else 0
