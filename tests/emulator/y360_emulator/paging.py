# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles of paging (docs/api/y360.md, 1.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from y360_emulator.errors import bad

MOST = 1000
_DIGITS = 9
T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """What a request asks for, in numbers that are clipped already."""

    offset: int
    size: int
    number: int = 1

    def of(self, items: Sequence[T]) -> Sequence[T]:
        """Return the items of the page."""
        return items[self.offset : self.offset + self.size]

    def form(self, total: int) -> dict[str, int]:
        """Return what the host with numbered pages adds to a list."""
        pages = max(1, -(-total // self.size))
        return {"page": self.number, "pages": pages, "perPage": self.size, "total": total}

    def cloud_form(self, total: int) -> dict[str, int]:
        """Return what the host with offsets adds to a list."""
        return {"limit": self.size, "offset": self.offset, "total": total}


def numbered(query: Mapping[str, str], *, default: int = 10, most: int = MOST) -> Page:
    """Read `page` and `perPage`. Chosen: page 0 is page 1, and perPage 0 the default."""
    number = max(1, integer(query, "page", 1))
    size = min(most, integer(query, "perPage", default) or default)
    return Page((number - 1) * size, size, number)


def offset(query: Mapping[str, str], *, most: int = MOST) -> Page:
    """Read `limit` and `offset`, which has to be a multiple of it. Chosen: the default is 20."""
    size = min(most, integer(query, "limit", 20))
    start = integer(query, "offset", 0)
    if not size or start % size:
        raise bad()
    return Page(start, size)


def integer(query: Mapping[str, str], name: str, default: int) -> int:
    """Read a parameter that is a number, an empty one as not given."""
    text = query.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS:
        raise bad()
    return int(text)


def flag(query: Mapping[str, str], name: str) -> bool | None:
    """Read a parameter that is true or false, None if it is not given."""
    text = query.get(name, "").lower()
    if not text:
        return None
    if text not in {"true", "false"}:
        raise bad()
    return text == "true"


Answer = dict[str, Any]
