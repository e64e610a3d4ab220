# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A value that is read when it is first needed, and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Reads a value at most once until reset() is called; usable from many threads."""

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read = read
        self._values: list[Value] = []
        self._is_taken = False
        self._lock = threading.Lock()

    def get(self) -> Value:
        """Return the value."""
        with self._lock:
            return self._kept()

    def peek(self) -> Value | None:
        """Return the value if it has been read."""
        with self._lock:
            return self._values[0] if self._values else None

    def take(self) -> Value:
        """Return a value that was not taken before: one that get() has read, else a new one."""
        with self._lock:
            if self._is_taken:
                self._values = []
            value = self._kept()
            self._is_taken = True
            return value

    def reset(self) -> None:
        """Forget the value."""
        with self._lock:
            self._values, self._is_taken = [], False

    def _kept(self) -> Value:
        if not self._values:
            self._values = [self._read()]
            self._is_taken = False
        return self._values[0]
