# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listings to their end, and no further (paging)."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core import paging
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.paging import Listing, all_pages, read_whole
from ansible_collections.mailops.pdd.plugins.module_utils._core.values import to_int
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.rows import read_mailbox
from hypothesis import given
from hypothesis import strategies as st

Page = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A row with a text."""

    number: int
    text: str = ""


def read_pages(pages: Iterator[Page], asked: list[int]) -> Listing[Row]:
    """Read the pages of a service that gives one after the other, the last one for ever; asked: their numbers."""
    last: list[Page] = [{"rows": []}]

    def read(number: int) -> Page:
        asked.append(number)
        last[0] = next(pages, last[0])
        return last[0]

    listing, _first = all_pages(
        read,
        endpoint="email/list",
        of="the rows",
        rows=lambda answer: [Row(number, answer.get("text", "")) for number in answer["rows"]],
        key=lambda row: row.number,
        count=lambda answer: (to_int(answer.get("total")), to_int(answer.get("pages"))),
    )
    return listing


COUNTS = st.none() | st.integers(0, 12)


@given(
    st.lists(st.fixed_dictionaries({"rows": st.lists(st.integers(0, 9)), "total": COUNTS, "pages": COUNTS}), max_size=9)
)
def test_any_pages_come_to_an_end(pages: list[Page]) -> None:
    """No page is read twice, each row is returned once, and what is missing by the service's count is said."""
    asked: list[int] = []
    listing = read_pages(iter(pages), asked)
    assert asked == list(range(1, len(asked) + 1))
    assert len(asked) <= 12
    numbers = [row.number for row in listing]
    assert len(numbers) == len(set(numbers))
    total = max((int(page["total"] or 0) for page in pages[: len(asked)]), default=0)
    if total > len(numbers):
        assert listing.shortage == f"of the rows only {len(numbers)} can be read, but the service counts {total}"
    elif total:
        assert listing.shortage is None


def test_pages_that_are_counted_and_not_there() -> None:
    """Where rows are not counted."""
    listing = read_pages(iter([{"rows": [1], "pages": 3}, {"rows": [], "pages": 3}]), [])
    assert listing.shortage == "of the rows only 2 pages can be read, but the service counts 3"


def test_row_that_is_deleted_meanwhile() -> None:
    """It moves the next ones forward, so that one was on no page when that was read."""
    pages = [{"rows": [1, 2], "total": 4}, {"rows": [4], "total": 3}, {"rows": [], "total": 3}]
    assert read_pages(iter(pages), []).shortage == "of the rows only 3 can be read, but the service counts 4"


@pytest.mark.parametrize(("limit", "most"), [("MOST_ROWS", 71), ("MOST_PAGES", 70), ("MOST_CHARACTERS", 8)])
def test_pages_with_ever_new_rows(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    """They are an error after a number of rows, of pages, or of characters."""
    monkeypatch.setattr(paging, limit, 70)
    asked: list[int] = []
    numbers = iter(range(10**6))
    pages = ({"rows": [next(numbers)], "text": "x" * 10, "total": 10**9} for _page in numbers)
    with pytest.raises(ServiceError) as caught:
        read_pages(pages, asked)
    assert (caught.value.code, caught.value.endpoint) == ("bad_answer", "email/list")
    assert len(asked) == most


def test_largest_listing_is_small_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the rows that are allowed, mailboxes with all properties, takes less than a tenth of 300 MB."""
    monkeypatch.setattr(paging, "MOST_ROWS", paging.MOST_ROWS // 10)

    def page(number: int) -> Page:
        numbers = range((number - 1) * 500, number * 500)
        return {
            "accounts": [
                {
                    "login": f"first.last.{number}@example.test",
                    "uid": 1130000000000000 + number,
                    "iname": f"First {number}",
                    "fname": f"Last {number}",
                    "birth_date": f"19{number % 100:02}-01-01",
                    "hintq": f"What is your {number}th favourite number?",
                    "aliases": [f"alias{number}@example.test"],
                    **{f"key{key}": f"something else {number}" for key in range(20)},
                }
                for number in numbers
            ]
        }

    tracemalloc.start()
    try:
        with pytest.raises(ServiceError, match="does not end"):
            all_pages(
                page,
                endpoint="email/list",
                of="the mailboxes",
                rows=lambda answer: [read_mailbox(row, "example.test") for row in answer["accounts"]],
                key=lambda mailbox: (mailbox.uid, mailbox.login),
                count=lambda _answer: (None, None),
            )
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_short_listing_is_read_twice() -> None:
    """And no more."""
    listings = [Listing([1], "only one"), Listing([1, 2])]
    assert read_whole(lambda: listings.pop(0)) == [1, 2]
    listings = [Listing([1], "only one"), Listing([1], "only one"), Listing([1, 2])]
    assert read_whole(lambda: listings.pop(0)).shortage == "only one"
    assert len(listings) == 1
    assert read_whole(lambda: listings.pop(0)) == [1, 2]


@pytest.mark.parametrize("total", [0, 1, 3])
def test_count_below_the_rows_of_a_page_ends_nothing(total: int) -> None:
    """It is wrong, as one from a cache may be, and somebody on a later page would count as absent."""
    pages = [{"rows": [1, 2, 3, 4], "total": total}, {"rows": [5], "total": total}]
    asked: list[int] = []
    assert [row.number for row in read_pages(iter(pages), asked)] == [1, 2, 3, 4, 5]
    assert asked == [1, 2, 3]
