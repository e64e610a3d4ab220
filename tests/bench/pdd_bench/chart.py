# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chart: how time and memory grow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from pdd_bench.growth import Point


def draw(points: Sequence[Point], file: Path) -> None:
    """Write the chart as SVG."""
    sizes = [point.subscriptions for point in points]
    # The same figures make the same file: no date, no random ids. Text stays text.
    with mpl.rc_context({"svg.hashsalt": "mailops.pdd", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9, 4), layout="constrained")
        time, memory = figure.subplots(1, 2)
        time.plot(sizes, [point.new_seconds for point in points], "o-", label="new")
        time.plot(sizes, [point.same_seconds for point in points], "s--", label="nothing to do, with rights")
        time.set(title="One task, no latency", xlabel="subscriptions", ylabel="seconds", ylim=(0, None))
        memory.plot(sizes, [point.module_peak / 1024 for point in points], "o-", label="the module")
        memory.plot(sizes, [point.controller_peak / 1024 for point in points], "s--", label="ansible-playbook")
        memory.set(title="Peak memory", xlabel="subscriptions", ylabel="megabytes", ylim=(0, None))
        for axes in (time, memory):
            axes.grid(visible=True, alpha=0.3)
            axes.legend()
        figure.savefig(file, format="svg", metadata={"Date": None})
