# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets at most so many requests of a task through at the same time, and none during a pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .budget import Limit
from .interrupt import Interrupt


class Gate:
    """What every request passes; usable from many threads. Times in seconds."""

    def __init__(self, ceiling: int, interrupt: Interrupt) -> None:
        self.limit = Limit(ceiling)
        self.throttled_seconds = 0.0
        self._interrupt = interrupt
        self._changed = threading.Condition()  # its lock can be taken twice
        self._in_flight = 0
        self._closed_until = 0.0

    @contextmanager
    def passage(self) -> Iterator[int]:
        """Wait for a place; yields the limit's epoch. Raises ServiceError if the task is interrupted meanwhile."""
        with self._changed:
            while True:
                self._interrupt.check()
                pause = self._closed_until - time.monotonic()
                if pause <= 0 and self._in_flight < self.limit.current:
                    break
                self._changed.wait(self._interrupt.tick(pause if pause > 0 else None))
            self._in_flight += 1
            epoch = self.limit.epoch
        try:
            yield epoch
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def answered(self) -> None:
        """Note an answered request."""
        with self._changed:
            self.limit.answered()

    def close(self, pause: float) -> float:
        """Let nothing through for so many seconds; returns how many were not closed before."""
        with self._changed:
            now = time.monotonic()
            longer = max(0.0, now + pause - max(now, self._closed_until))
            self._closed_until = max(self._closed_until, now + pause)
            return longer

    def throttled(self, epoch: int, pause: float) -> None:
        """Let nothing through for so many seconds because the service asks for it, and fewer at once from then on."""
        with self._changed:
            self.throttled_seconds += self.close(pause)
            self.limit.throttled(epoch)
