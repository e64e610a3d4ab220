# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m pdd_bench`: measures everything side by side and prints the figures.

The full benchmark writes them into docs/performance.md, and the chart beside it; the quick one only prints.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from pdd_emulator.testing import Emulator

from pdd_bench import cases, chart, fleet, floor, growth, report, startup, ways
from pdd_bench.compare import Bench, say
from pdd_bench.plays import Plays
from pdd_bench.report import Figures
from pdd_bench.scale import CONNECTIONS, FULL, LATENCY, QUICK, Scale
from pdd_bench.service import Service

_DOCS = Path(__file__).parents[3] / "docs"
_BEGIN = "<!-- figures: written by make bench -->\n"
_END = "<!-- end of the figures -->\n"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="pdd_bench", description=__doc__)
    parser.add_argument("size", choices=["full", "quick"], nargs="?", default="full")
    size = parser.parse_args().size
    with tempfile.TemporaryDirectory(prefix="mailops.pdd-bench-") as directory, Emulator() as emulator:
        figures = _measure(emulator, Plays(Path(directory)), FULL if size == "full" else QUICK)
    text = report.markdown(figures)
    sys.stdout.write(f"{text}\n")
    if size == "quick":
        say("the goals are those of the full benchmark: in small tasks the start-up of Python is most of the time")
    else:
        chart.draw(figures.growth, _DOCS / "performance.svg")
        _write(_DOCS / "performance.md", text)


def _measure(emulator: Emulator, plays: Plays, scale: Scale) -> Figures:
    def bench(domain: str) -> Bench:
        return Bench(Service(emulator, domain), plays, scale)

    start_up = startup.measure(bench("start.test"))
    lists = bench("lists.test")
    subscriptions = [lists.compare(case, latency) for latency in (0, LATENCY) for case in cases.subscriptions(lists)]
    mailboxes = bench("counters.test")
    counters = [mailboxes.compare(cases.counters(mailboxes), latency) for latency in (0, LATENCY)]
    big = bench("big.test")
    return Figures(
        scale=scale,
        subscriptions=subscriptions,
        counters=counters,
        big_list=[big.compare(case, 0) for case in cases.big_list(big)],
        result_bytes=_result_bytes(big),
        ceiling=_ceiling(mailboxes),
        fleet=fleet.measure(emulator, plays, scale),
        growth=growth.measure(bench("growth.test")),
        start_up=start_up,
        ways=ways.measure(emulator, plays, scale),
    )


def _result_bytes(big: Bench) -> int:
    """Return the size of the result of the task that has most to tell."""
    say("the size of a result")
    new = next(cases.big_list(big))
    new.prepare()
    [(module, options)] = new.task.items()
    return len(big.plays.module_output(module, options).encode())


def _ceiling(bench: Bench) -> float:
    """Return how many requests a second the emulator answers to the leanest client."""
    say("the emulator's ceiling")
    calls = bench.calls(cases.counters(bench))
    return len(calls) / floor.with_asyncio(bench.service.url, bench.service.token, calls, CONNECTIONS)


def _write(file: Path, text: str) -> None:
    """Put the figures in the place of the former ones."""
    before, _begin, rest = file.read_text().partition(_BEGIN)
    _former, _end, after = rest.partition(_END)
    file.write_text(f"{before}{_BEGIN}\n{text}\n\n{_END}{after}")


if __name__ == "__main__":
    main()
