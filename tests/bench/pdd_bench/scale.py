# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is measured, how often: the full benchmark, and a quick look at it."""

from __future__ import annotations

from dataclasses import dataclass

LATENCY = 0.05
CONNECTIONS = 8  # the modules' default


@dataclass(frozen=True)
class Scale:
    """Sizes of the cases.

    rounds: pairs of runs; loop_items: items of the loops; starts: of a bare Python; tasks: of a play that compares the
    ways to run one; process_domains: those of a fleet whose modules have processes of their own.
    """

    maillists: int
    subscribers: int
    loop_items: int
    rounds: int
    big_list: int
    counters: int
    domains: int
    process_domains: int
    role_domains: int
    tasks: int
    forks: tuple[int, ...]
    growth: tuple[int, ...]
    starts: int
    rights: tuple[bool, ...]


FULL = Scale(
    maillists=20,
    subscribers=100,
    loop_items=10,
    rounds=3,
    big_list=10_000,
    counters=1_000,
    domains=200,
    process_domains=50,
    role_domains=50,
    tasks=20,
    forks=(1, 10, 50),
    growth=(10, 100, 1_000, 10_000),
    starts=15,
    rights=(False, True),
)
QUICK = Scale(
    maillists=4,
    subscribers=50,
    loop_items=2,
    rounds=1,
    big_list=1_000,
    counters=100,
    domains=6,
    process_domains=4,
    role_domains=4,
    tasks=4,
    forks=(1, 10),
    growth=(10, 100),
    starts=3,
    rights=(True,),
)
