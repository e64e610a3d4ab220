# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collects what is odd in the answers to a task, so that each kind is one warning."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from .show import show

_SHOWN = 5


class Remarks:
    """Sentences about objects, each with the first few names of these; usable from many threads."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, None]] = {}
        self._lock = threading.Lock()

    def note(self, sentence: str, name: str) -> None:
        """Note that a sentence, which ends before the names, applies to an object."""
        with self._lock:
            names = self._names.setdefault(sentence, {})
            if len(names) <= _SHOWN:
                names[name] = None

    def sentences(self) -> list[str]:
        """Return one warning for each sentence."""
        with self._lock:
            return [f"{sentence}: {_listed(names)}." for sentence, names in self._names.items()]


def _listed(names: Iterable[str]) -> str:
    shown = [f"'{show(name)}'" for name in names]
    return ", ".join(shown[:_SHOWN]) + (" and others" if len(shown) > _SHOWN else "")
