# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the cost of one task grows with the number of subscriptions."""

from __future__ import annotations

from dataclasses import dataclass

from pdd_bench import cases
from pdd_bench.compare import Bench, say

_SUBSCRIBERS = 100  # of a list, at most


@dataclass(frozen=True)
class Point:
    """What so many subscriptions cost without latency; seconds after the play's start-up, peaks in kilobytes."""

    subscriptions: int
    new_seconds: float
    same_seconds: float
    module_peak: int
    controller_peak: int


def measure(bench: Bench) -> list[Point]:
    """Measure new subscriptions with permissions, and the same again, for each size."""
    points = []
    for number in bench.scale.growth:
        say(f"growth, {number:,} subscriptions")
        subscribers = min(number, _SUBSCRIBERS)
        case = cases.subscribing(bench, maillists=number // subscribers, subscribers=subscribers, new=True, rights=True)
        start_up = bench.plays.run([]).seconds
        new, same = bench.plays.run([case.task]), bench.plays.run([case.task])
        process = bench.plays.run([case.task], direct=False)
        bench.service.forget()
        points.append(
            Point(
                subscriptions=number,
                new_seconds=new.seconds - start_up,
                same_seconds=same.seconds - start_up,
                module_peak=process.module_peak,
                controller_peak=max(new.controller_peak, same.controller_peak),
            )
        )
    return points
