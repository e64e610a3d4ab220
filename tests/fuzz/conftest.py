# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trying one seed after the other for some seconds.

The generators are plain ones with a seed, and not Hypothesis: modules send requests from many threads and pause for
times that are random, so a case does not repeat to the letter, which Hypothesis calls flaky instead of telling what
happened; and a time that is given is easier to keep this way. Each case has a seed of its own, and does the same things
for it in every run.

The environment variable FUZZ_SECONDS says how long each fuzzer runs. FUZZ_SEED is the first seed, `new` a random one;
where the seconds are 0, it is the only one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import SystemRandom

import pytest
from pdd_hostile.stage import without_late

SECONDS = float(os.environ.get("FUZZ_SECONDS", "20"))
_GIVEN = os.environ.get("FUZZ_SEED", "1")
SEED = SystemRandom().randrange(10**9) if _GIVEN == "new" else int(_GIVEN)
_TRIED = "seeds that were tried"

Attempt = Callable[[int], list[str]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the seeds."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.getreports(key)]
    lines = [str(value) for report in reports for name, value in report.user_properties if name == _TRIED]
    if lines:
        terminalreporter.section("fuzzers")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def fuzz(record_property: Callable[[str, object], None], request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return a function that calls another one with seeds, in so many threads, and fails with what it returns."""

    def run(attempt: Attempt, threads: int) -> None:
        deadline = time.monotonic() + SECONDS
        seeds = count(SEED)

        def named(seed: int) -> list[str]:
            return [f"SEED={seed}: {line}" for line in attempt(seed)]

        def work() -> Iterator[tuple[int, list[str]]]:
            while True:
                seed = next(seeds)
                yield seed, named(seed)
                if time.monotonic() >= deadline:
                    return

        with ThreadPoolExecutor(threads) as pool:
            workers = [pool.submit(lambda: list(work())) for _thread in range(threads if SECONDS else 1)]
            tried = sorted(pair for worker in workers for pair in worker.result())
        name = request.node.name
        record_property(_TRIED, f"{name}: {len(tried)} cases, SEED={tried[0][0]} to SEED={tried[-1][0]}")
        wrong = without_late(named, tried)
        if wrong:
            again = f"again: make fuzz SECONDS=0 SEED=number PYTEST='-k {name}'"
            pytest.fail("\n".join([f"{len(wrong)} offences; {again}", *wrong]), pytrace=False)

    return run
