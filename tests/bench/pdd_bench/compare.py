# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures one task, loops over tasks, and the floor side by side."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from pdd_bench import floor
from pdd_bench.plays import Plays, Run
from pdd_bench.scale import CONNECTIONS, Scale
from pdd_bench.service import Call, Service, read_twice

Task = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Something to do: by one task, or by the items of loops over tasks.

    prepare: brings the service to the state in which it is to be done. needed: the requests that it takes at least.
    loops: tasks with `loop`, by name; the number of their items is that of the scale.
    """

    title: str
    items: int
    task: Task
    prepare: Callable[[], object]
    needed: int
    loops: Mapping[str, Task]


@dataclass(frozen=True)
class Compared:
    """What came of a case. Seconds are medians, the play's start-up is subtracted, ratios are medians of pairs.

    loops: milliseconds for each item, by name. repeated: reads that were sent more than once.
    """

    title: str
    latency: float
    items: int
    seconds: float
    floor_seconds: float
    ratio: float
    loops: dict[str, float]
    sent: int
    needed: int
    repeated: int
    module_peak: int
    controller_peak: int

    @property
    def item_milliseconds(self) -> float:
        """What the one task needs for each item."""
        return self.seconds / self.items * 1000

    def times_faster(self, loop: str) -> float:
        """How many times longer an item takes in a loop."""
        return self.loops[loop] / self.item_milliseconds


class Bench:
    """Where everything is measured."""

    def __init__(self, service: Service, plays: Plays, scale: Scale) -> None:
        self.service = service
        self.plays = plays
        self.scale = scale

    @property
    def connection(self) -> dict[str, str]:
        """The options of the connection of every task."""
        return {"api_url": self.service.url, "token": self.service.token, "domain": self.service.domain}

    def compare(self, case: Case, latency: float) -> Compared:
        """Measure a case: the floor and the task in turns, then the loops."""
        say(f"{case.title}, {latency * 1000:.0f} ms")
        calls = self.calls(case)
        client = floor.with_asyncio if latency else floor.with_requests
        pairs: list[tuple[float, float]] = []
        runs: list[Run] = []
        for _round in range(self.scale.rounds):
            start_up = self.plays.run([]).seconds
            self._prepare(case, latency)
            bare = client(self.service.url, self.service.token, calls, CONNECTIONS)
            self._prepare(case, latency)
            runs.append(self.plays.run([case.task]))
            pairs.append((bare, runs[-1].seconds - start_up))
        # Only a process of its own has a peak of its own.
        self._prepare(case, 0)
        process = self.plays.run([case.task], direct=False)
        loops = {name: self._loop(case, task, latency, start_up) for name, task in case.loops.items()}
        self.service.set_latency(0)
        return Compared(
            title=case.title,
            latency=latency,
            items=case.items,
            seconds=median(task for _bare, task in pairs),
            floor_seconds=median(bare for bare, _task in pairs),
            ratio=median(task / bare for bare, task in pairs),
            loops=loops,
            sent=len(calls),
            needed=case.needed,
            repeated=read_twice(calls),
            module_peak=process.module_peak,
            controller_peak=max(run.controller_peak for run in runs),
        )

    def calls(self, case: Case) -> list[Call]:
        """Return the requests that the task sends."""
        case.prepare()
        self.service.forget()
        self.plays.run([case.task])
        return self.service.calls()

    def _loop(self, case: Case, task: Task, latency: float, start_up: float) -> float:
        """Return the milliseconds for each item of a loop."""
        self._prepare(case, latency)
        return (self.plays.run([task]).seconds - start_up) / self.scale.loop_items * 1000

    def _prepare(self, case: Case, latency: float) -> None:
        """Prepare at once, then have the service answer slowly."""
        self.service.set_latency(0)
        case.prepare()
        self.service.forget()
        self.service.set_latency(latency)


def say(text: str) -> None:
    """Print the progress of the benchmark."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()
