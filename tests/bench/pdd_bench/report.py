# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the figures in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from pdd_bench.cases import ONE, URI
from pdd_bench.compare import Compared
from pdd_bench.fleet import FleetRun
from pdd_bench.growth import Point
from pdd_bench.scale import CONNECTIONS, LATENCY, Scale
from pdd_bench.ways import Ways

_RATIO_WITH_LATENCY = 1.10
_RATIO_WITHOUT = 1.35
_TIMES_FASTER = 100
_MEGABYTES = 150
_RESULT_BYTES = 1_000_000
_ROLE_RATIO = 1 / 3
_MORE_THAN_DEBUG = 40
_FLEET_RATIO = 1.5


@dataclass(frozen=True)
class Figures:
    """All that was measured. ceiling: requests a second; result_bytes: what the task with the big list returns."""

    scale: Scale
    subscriptions: Sequence[Compared]
    counters: Sequence[Compared]
    big_list: Sequence[Compared]
    result_bytes: int
    ceiling: float
    fleet: Sequence[FleetRun]
    growth: Sequence[Point]
    start_up: dict[str, float]
    ways: Ways


def markdown(figures: Figures) -> str:
    """Return all tables."""
    compared = [*figures.subscriptions, *figures.counters, *figures.big_list]
    parts = [
        _conditions(figures),
        "### Goals",
        _goals(figures),
        "### One task beside a bare client",
        _one_task(compared),
        "### One task beside loops over tasks",
        _loops([each for each in compared if each.loops]),
        "### Memory and the size of the result",
        _memory(figures),
        "### In the process of the task, and in a process of its own",
        _ways(figures.ways),
        "### Hundreds of domains as inventory hosts",
        _fleet(figures.fleet),
        "### Growth",
        _growth(figures.growth),
        "### Start-up",
        "Each of the first five is what it adds to those above it; the others are whole tasks in a play.",
        _table(["step", "milliseconds"], [[step, f"{cost:.0f}"] for step, cost in figures.start_up.items()]),
    ]
    return "\n\n".join(parts)


def _conditions(figures: Figures) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("ansible-core", "requests"))
    return (
        f"Measured on {os.cpu_count()} cores with Python {platform.python_version()}, {versions}; "
        f"{CONNECTIONS} connections; medians of {figures.scale.rounds} pairs; load average at the end "
        f"{os.getloadavg()[0]:.1f}. The emulator answers {figures.ceiling:,.0f} requests a second to a bare client."
    )


def _goals(figures: Figures) -> str:
    rows: list[tuple[str, str, bool]] = []
    for latency, limit, client in (
        (LATENCY, _RATIO_WITH_LATENCY, "the bare client"),
        (0.0, _RATIO_WITHOUT, "a bare client with requests"),
    ):
        ratios = [each.ratio for each in figures.subscriptions if each.latency == latency and _is_many(each)]
        goal = f"at {latency * 1000:.0f} ms, new and nothing to do: at most {limit:.2f} times {client}"
        rows.append((goal, f"at most {max(ratios):.2f}", max(ratios) <= limit))
    for loop in (URI, ONE):
        times = [each.times_faster(loop) for each in figures.subscriptions if each.latency == 0]
        goal = f"at 0 ms, for each subscriber: at least {_TIMES_FASTER} times faster than {_LOOPS[loop]}"
        rows.append((goal, f"at least {min(times):.0f}", min(times) >= _TIMES_FASTER))
    everything = [*figures.subscriptions, *figures.counters, *figures.big_list]
    more = sum(each.sent - each.needed for each in everything)
    rows.append(("no more requests than needed", f"{more} more", more == 0))
    repeated = sum(each.repeated for each in everything)
    rows.append(("nothing is read twice", f"{repeated} reads", repeated == 0))
    peak = max(each.module_peak for each in figures.big_list) / 1024
    rows.append((f"{_big(figures)}: memory below {_MEGABYTES} MB", f"{peak:.0f} MB", peak < _MEGABYTES))
    size = figures.result_bytes
    rows.append((f"{_big(figures)}: result below 1 MB", f"{size / 1e6:.2f} MB", size < _RESULT_BYTES))
    rows += _goals_of_direct_execution(figures)
    return _table(["goal", "measured", ""], [[goal, found, "met" if met else "not met"] for goal, found, met in rows])


def _goals_of_direct_execution(figures: Figures) -> Iterator[tuple[str, str, bool]]:
    ways, fleet = figures.ways, max(figures.fleet, key=lambda run: (run.latency, run.forks))
    ratio = ways.role_processor_ratio
    goal = f"`provision` over {ways.domains} domains, nothing to do: a third of the processor time at most"
    yield goal, f"{ratio:.2f} times", ratio <= _ROLE_RATIO
    more = ways.more_than_debug
    goal = f"a task with one request: at most {_MORE_THAN_DEBUG} ms longer than `ansible.builtin.debug`"
    yield goal, f"{more:.0f} ms", more <= _MORE_THAN_DEBUG
    ratio = fleet.seconds / fleet.floor_seconds
    where = f"{fleet.domains} domains, {fleet.forks} forks, {fleet.latency * 1000:.0f} ms"
    goal = f"{where}: at most {_FLEET_RATIO} times the bare client with as many connections"
    yield (
        goal,
        f"{ratio:.1f} times; Ansible alone {fleet.nothing_seconds / fleet.floor_seconds:.1f}",
        ratio <= _FLEET_RATIO,
    )


_LOOPS = {URI: "`ansible.builtin.uri` in a loop", ONE: "the one-subscriber form in a loop"}


def _is_many(each: Compared) -> bool:
    """Return whether a case sends a request for each item; else it is over before the module has started."""
    return each.needed > each.items


def _big(figures: Figures) -> str:
    return f"{figures.scale.big_list:,} subscribers"


def _one_task(compared: Iterable[Compared]) -> str:
    head = ["case", "latency, ms", "one task, s", "bare client, s", "ratio", "requests sent", "needed", "read twice"]
    return _table(
        head,
        [
            [
                each.title,
                f"{each.latency * 1000:.0f}",
                f"{each.seconds:.2f}",
                f"{each.floor_seconds:.2f}",
                f"{each.ratio:.2f}",
                f"{each.sent:,}",
                f"{each.needed:,}",
                f"{each.repeated:,}",
            ]
            for each in compared
        ],
    )


def _loops(compared: Iterable[Compared]) -> str:
    head = [
        "case",
        "latency, ms",
        "one task, ms an item",
        "`uri` in a loop",
        "times",
        "one-item form in a loop",
        "times",
    ]
    return _table(
        head,
        [
            [
                each.title,
                f"{each.latency * 1000:.0f}",
                f"{each.item_milliseconds:.2f}",
                f"{each.loops[URI]:.0f}",
                f"{each.times_faster(URI):.0f}",
                f"{each.loops[ONE]:.0f}",
                f"{each.times_faster(ONE):.0f}",
            ]
            for each in compared
        ],
    )


def _memory(figures: Figures) -> str:
    rows = [[each.title, _megabytes(each.module_peak), _megabytes(each.controller_peak)] for each in figures.big_list]
    table = _table(["case", "module, MB at most", "ansible-playbook, MB at most"], rows)
    return f"{table}\n\nThe result of the first of them has {figures.result_bytes:,} bytes."


def _ways(ways: Ways) -> str:
    tasks = _table(["task", "milliseconds"], [[name, f"{cost:.0f}"] for name, cost in ways.task_milliseconds.items()])
    times = zip(("time", "processor time"), (ways.role_seconds, ways.role_processor_seconds), strict=True)
    head = [f"`provision`, {ways.domains} domains, nothing to do", "in the process of the task, s", "in its own, s"]
    role = _table(head, [[name, f"{direct:.1f}", f"{process:.1f}"] for name, (direct, process) in times])
    return f"{tasks}\n\n{role}"


def _fleet(runs: Iterable[FleetRun]) -> str:
    head = [
        "forks",
        "latency, ms",
        "domains",
        "requests",
        "s",
        "ms for each domain",
        "in a process of its own, ms",
        "`debug` instead, ms",
        "bare client, s",
    ]
    return _table(
        head,
        [
            [
                str(run.forks),
                f"{run.latency * 1000:.0f}",
                str(run.domains),
                f"{run.requests:,}",
                f"{run.seconds:.1f}",
                f"{run.domain_seconds * 1000:.0f}",
                f"{run.process_seconds * 1000:.0f}",
                f"{run.nothing_seconds / run.domains * 1000:.0f}",
                f"{run.floor_seconds:.1f}",
            ]
            for run in runs
        ],
    )


def _growth(points: Iterable[Point]) -> str:
    head = ["subscriptions", "new, s", "nothing to do, s", "module, MB at most", "ansible-playbook, MB at most"]
    return _table(
        head,
        [
            [
                f"{point.subscriptions:,}",
                f"{point.new_seconds:.2f}",
                f"{point.same_seconds:.2f}",
                _megabytes(point.module_peak),
                _megabytes(point.controller_peak),
            ]
            for point in points
        ],
    )


def _megabytes(kilobytes: int) -> str:
    return f"{kilobytes / 1024:.0f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
