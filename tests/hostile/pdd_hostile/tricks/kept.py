# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are announced as kept, and dropped before the next request, as some middleboxes do.

The next request on such a connection is lost; on a new one it is answered.
"""

from __future__ import annotations

from pdd_hostile.trick import Talk, Trick, table
from pdd_hostile.wire import whole


def _close(_talk: Talk) -> None:
    """Hang up, which is done after every trick."""


def _at_once(talk: Talk) -> None:
    """Close the connection after the answer, which announces that it is kept."""
    talk.send(whole(talk.body, b"Connection: keep-alive", b"Keep-Alive: timeout=120"))


_DROPS = {
    "closed at the next request": _close,
    "reset at the next request": lambda talk: talk.reset(),
    "silent at the next request": lambda talk: talk.hold(),
}

TRICKS: list[Trick] = [
    *table("kept", _DROPS, reused=True),
    *table("kept", {"closed after the answer": _at_once}, credible=True),
]
