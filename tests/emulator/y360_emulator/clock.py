# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in the forms of the API (docs/api/y360.md, 1.7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_MOSCOW = timezone(timedelta(hours=3))


def now() -> str:
    """Return the present time."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moscow(time: str) -> str:
    """Return a time as the other host shows updates: with microseconds, and its distance from UTC."""
    return datetime.fromisoformat(time).astimezone(_MOSCOW).isoformat(timespec="microseconds")
