# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module pays before its first request."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from pdd_bench.compare import Bench, Task, say

_COLLECTIONS = Path(__file__).parents[3] / ".venv" / "collections"
_MODULE = "ansible_collections.mailops.pdd.plugins.modules.pdd_maillist_subscriber"
_STEPS = {
    "Python itself": "pass",
    "Ansible's `basic`": "import ansible.module_utils.basic",
    "the library `requests`": "import ansible.module_utils.basic, requests",
    "the collection's own files": f"import {_MODULE}",
    "one TLS context, if the URL is https": (
        f"import {_MODULE}, certifi, ssl; ssl.create_default_context(cafile=certifi.where())"
    ),
}


def measure(bench: Bench) -> dict[str, float]:
    """Return the milliseconds that each step adds to the one before, and what tasks cost in a play."""
    say("start-up")
    times: dict[str, list[float]] = {step: [] for step in _STEPS}
    for _round in range(bench.scale.starts):
        for step, code in _STEPS.items():
            times[step].append(_seconds(code))
    # The least disturbed of many, and in turns: what other processes do only adds.
    least = {step: min(seconds) * 1000 for step, seconds in times.items()}
    before = 0.0
    added = {}
    for step, milliseconds in least.items():
        added[step] = milliseconds - before
        before = milliseconds
    return {**added, **_tasks(bench)}


def _tasks(bench: Bench) -> dict[str, float]:
    """Return the milliseconds of tasks in a play, the start-up of the play subtracted."""
    tasks: dict[str, Task] = {
        "a task with `ansible.builtin.ping`": {"ansible.builtin.ping": {}},
        "a task that lists the mailing lists (1 request)": {
            "mailops.pdd.pdd_maillist_info": {**bench.connection, "maillist": []}
        },
    }
    bench.service.empty_maillists(0)
    costs: dict[str, list[float]] = {name: [] for name in tasks}
    for _round in range(bench.scale.rounds):
        start_up = bench.plays.run([]).seconds
        for name, task in tasks.items():
            costs[name].append((bench.plays.run([task]).seconds - start_up) * 1000)
    return {name: median(values) for name, values in costs.items()}


def _seconds(code: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(_COLLECTIONS)}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return time.perf_counter() - start
