# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Arithmetic of retries: pauses, Retry-After, budget, limit (budget)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.budget import Budget, Limit, backoff, retry_after
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.fixture
def _far_west(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set a local time that is not GMT."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "EST+9")
        time.tzset()
        yield
    time.tzset()


@given(st.integers(1, 10_000))
def test_pause_is_positive_and_bounded(attempt: int) -> None:
    """With jitter, and never above eight seconds."""
    longest = min(8.0, 0.25 * 2.0 ** min(attempt - 1, 5))
    assert longest / 2 <= backoff(attempt) <= longest


def test_pause_has_jitter() -> None:
    """Tasks that failed together do not come back together."""
    assert len({backoff(3) for _time in range(20)}) > 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("3", 3.0),
        (" 120 ", 120.0),
        ("Tue, 14 Nov 2023 22:13:25 GMT", 5.0),
        ("Tuesday, 14-Nov-23 22:13:25 GMT", 5.0),
        ("Tue, 14 Nov 2023 23:13:25 +0100", 5.0),
        ("Tue, 14 Nov 2023 22:13:15 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0665", None),
        ("Tue, 99 Nov 2023 22:13:25 GMT", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """Seconds or a date; a date in the past asks for no pause, and what cannot be read does not count."""
    assert retry_after(header, None, NOW) == seconds


@pytest.mark.usefixtures("_far_west")
def test_retry_after_in_the_old_form_is_in_gmt() -> None:
    """The third form of a date in HTTP (asctime) names no zone and means GMT."""
    assert retry_after("Tue Nov 14 22:13:25 2023", None, NOW) == 5.0


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d\d:\d\d:\d\d( GMT)?"))
def test_any_retry_after_is_read(header: str) -> None:
    """As seconds from now, or not at all."""
    seconds = retry_after(header, None, NOW)
    assert seconds is None or seconds >= 0


def test_huge_retry_after_stays_huge() -> None:
    """It must lie past every budget."""
    seconds = retry_after("9" * 400, None, NOW)
    assert seconds is not None
    assert seconds > 1e8


def test_budget_runs_only_while_requests_fail() -> None:
    """A task that waits for something does not use it up."""
    budget = Budget(60)
    assert budget.remaining(1000.0) is None
    budget.answered(1000.0)
    assert budget.remaining(5000.0) is None


def test_budget_counts_from_the_first_failed_request() -> None:
    """From the time when it was sent; later failures do not prolong it."""
    budget = Budget(60)
    budget.failed(100.0)
    assert budget.remaining(130.0) == 30.0
    budget.failed(125.0)
    assert budget.remaining(130.0) == 30.0
    assert budget.remaining(160.0) == 0.0
    assert budget.remaining(1000.0) == 0.0


def test_every_answer_starts_the_budget_anew() -> None:
    """Also when a request that was sent before the answer fails later."""
    budget = Budget(60)
    budget.failed(100.0)
    budget.answered(150.0)
    assert budget.remaining(155.0) is None
    budget.failed(140.0)
    assert budget.remaining(155.0) == 55.0
    budget.answered(156.0)
    budget.failed(200.0)
    assert budget.remaining(200.0) == 60.0


def test_no_budget() -> None:
    """It is used up with the first failure."""
    budget = Budget(0)
    assert budget.remaining(1.0) is None
    budget.failed(1.0)
    assert budget.remaining(1.0) == 0.0


def test_limit_halves_and_recovers() -> None:
    """Down to one, up one by one, never above the ceiling."""
    limit = Limit(8)
    falling = []
    for _time in range(5):
        limit.throttled(limit.epoch)
        falling.append(limit.current)
    assert falling == [4, 2, 1, 1, 1]
    rising = []
    for _time in range(200):
        limit.answered()
        rising.append(limit.current)
    assert sorted(rising) == rising
    assert set(rising) == set(range(1, 9))


def test_limit_falls_once_for_requests_sent_together() -> None:
    """Eight of them, held back all at once, say one thing only."""
    limit = Limit(8)
    epoch = limit.epoch
    for _time in range(8):
        limit.throttled(epoch)
    assert limit.current == 4


def test_throttling_interrupts_the_recovery() -> None:
    """Answers before it do not count towards the next step up."""
    limit = Limit(8)
    limit.throttled(limit.epoch)
    stale = limit.epoch - 1
    for _time in range(100):
        for _time in range(5):
            limit.answered()
        limit.throttled(stale)
    assert limit.current == 4


@given(st.integers(1, 20), st.lists(st.booleans(), max_size=300))
def test_limit_stays_between_one_and_the_ceiling(ceiling: int, held_back: list[bool]) -> None:
    """Whatever the service says."""
    limit = Limit(ceiling)
    for each in held_back:
        if each:
            limit.throttled(limit.epoch)
        else:
            limit.answered()
        assert 1 <= limit.current <= ceiling
