# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the plans share: the guard before removals, which every exclusive plan passes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .._core.errors import ServiceError

ALL = 100
# What to do about an incomplete listing, and what to add before anything was written.
INCOMPLETE_ADVICE = "Run the task again later, or turn this check off with verify_count: false."
UNWRITTEN_ADVICE = f"Nothing was written. {INCOMPLETE_ADVICE}"
_PLURALS = {"maillist": "mailing lists", "subscriber": "subscribers"}
# Fewer of a kind than this may go without a question.
_GUARDED_FROM = {"maillist": 4, "subscriber": 10}


def check_removals(
    kind: str, place: str, *, existing: Collection[str], removed: Collection[str], kept: Collection[str], percent: int
) -> str | None:
    """Return why an exclusive plan must not remove what it would, if so.

    kept: what is named in the options. percent: max_removals_percent.
    """
    if not removed or percent >= ALL:
        return None
    counts = f"{len(removed)} of the {len(existing)} {_PLURALS[kind]} of {place}"
    if not kept:
        return f"nothing is desired, so exclusive would remove {counts}; only max_removals_percent: {ALL} allows that"
    if len(existing) < _GUARDED_FROM[kind] or len(removed) * 100 <= percent * len(existing):
        return None
    return (
        f"exclusive would remove {counts}, more than max_removals_percent: {percent} allows ({ALL} allows everything)"
    )


def raise_guard(problems: Iterable[str | None], *, advice: str | None = None) -> None:
    """Raise one guard error with all problems, if there are any."""
    found = [problem for problem in problems if problem]
    if found:
        raise ServiceError("guard", "; ".join(found), advice=advice)


def check_percent(percent: int) -> str | None:
    """Return what is wrong with max_removals_percent, if anything."""
    if 0 <= percent <= ALL:
        return None
    return f"max_removals_percent: {percent} is not between 0 and {ALL}"
