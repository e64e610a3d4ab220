# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long to try and how much at once: arithmetic for the transport, without I/O, threads or a clock of its own."""

from __future__ import annotations

import random
from datetime import timezone
from email.utils import parsedate_to_datetime

_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
_ANSWERS_TO_WIDEN = 10


def backoff(attempt: int) -> float:
    """Return the pause in seconds after the given failed attempt (1, 2, …): doubling, with jitter."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads requests, keeps no secret


def retry_after(header: str | None, date: str | None, now: float) -> float | None:
    """Read a Retry-After header (seconds or an HTTP date) as seconds from the answer.

    date: the answer's own Date header, which counts; now: seconds since the epoch by the local clock, if there is none.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until, answered_at = _timestamp(text), _timestamp(date or "")
    if until is None:
        return None
    return max(0.0, until - (now if answered_at is None else answered_at))


def _timestamp(text: str) -> float | None:
    """Read an HTTP date as seconds since the epoch; None if it is none."""
    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:  # a date without a zone is in GMT, as all of HTTP's are
            date = date.replace(tzinfo=timezone.utc)
        return date.timestamp()
    except (TypeError, ValueError, OverflowError, LookupError, AttributeError):  # what the parser fails with
        return None


class Budget:
    """Counts the time without any answered request; every answer starts it anew.

    It runs only while requests fail, so a task that merely waits does not use it up.
    """

    def __init__(self, seconds: float) -> None:
        self.failures = 0  # in a row
        self._seconds = seconds
        self._last_answer: float | None = None
        self._failing_since: float | None = None

    def answered(self, now: float) -> None:
        """Note an answered request."""
        self.failures = 0
        self._last_answer = now
        self._failing_since = None

    def failed(self, sent_at: float) -> None:
        """Note a request, sent at the given time, that was not answered."""
        self.failures += 1
        if self._failing_since is None:
            self._failing_since = sent_at if self._last_answer is None else max(sent_at, self._last_answer)

    def remaining(self, now: float) -> float | None:
        """Return the seconds left, or None while nothing is failing."""
        if self._failing_since is None:
            return None
        return max(0.0, self._failing_since + self._seconds - now)


class Limit:
    """How many requests may be in flight: halves when the service says that it is too much, and recovers.

    Answers to requests that were sent before the last change say nothing about the new limit, hence the epoch.
    """

    def __init__(self, ceiling: int) -> None:
        self.ceiling = ceiling
        self.current = ceiling
        self.epoch = 0
        self._answers = 0

    def answered(self) -> None:
        """Note an answered request; after enough of them one more is allowed at a time."""
        self._answers += 1
        if self._answers >= _ANSWERS_TO_WIDEN and self.current < self.ceiling:
            self.current += 1
            self._answers = 0

    def throttled(self, epoch: int) -> None:
        """Note that the service held back a request of the given epoch."""
        self._answers = 0
        if epoch == self.epoch:
            self.current = max(1, self.current // 2)
            self.epoch += 1
