# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show strings of others, for example of the service, as one short line that no terminal acts on."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 300
_MOST_NAMES = 10


def escape(text: str) -> str:
    """Return the string with control characters, escape sequences and invisible marks escaped."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def show(text: object) -> str:
    """Return a string for a message: escaped, and cut after 300 characters."""
    whole = str(text)
    shown = escape(whole[:_LONGEST])
    return shown if len(whole) <= _LONGEST else f"{shown}… ({len(whole)} characters)"


def show_names(names: Iterable[str]) -> str:
    """Return names for a message; after ten, the others are counted."""
    shown = [show(name) for name in names]
    more = len(shown) - _MOST_NAMES
    return ", ".join(shown[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
