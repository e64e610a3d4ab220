# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all tricks: one file for each kind."""

from __future__ import annotations

from pdd_hostile.trick import Talk, Trick
from pdd_hostile.tricks import (
    bodies,
    closes,
    echoes,
    encodings,
    encryption,
    floods,
    framing,
    kept,
    lengths,
    pace,
    pages,
    statuses,
    texts,
)
from pdd_hostile.wire import whole

_FILES = (
    pace,
    floods,
    encodings,
    lengths,
    framing,
    statuses,
    bodies,
    pages,
    texts,
    echoes,
    closes,
    kept,
    encryption,
)


def _decent(talk: Talk) -> None:
    talk.send(whole(talk.body))
    talk.kept = True


DECENT = Trick("none", "the right answer", _decent, succeeds=True)
"""No trick at all, to compare with."""
TRICKS: list[Trick] = [trick for file in _FILES for trick in file.TRICKS]
