# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hundreds of domains as inventory hosts, each with one task, and Ansible's forks."""

from __future__ import annotations

from dataclasses import dataclass

from pdd_emulator.testing import Emulator

from pdd_bench import floor
from pdd_bench.compare import Task, say
from pdd_bench.plays import Plays
from pdd_bench.scale import CONNECTIONS, LATENCY, Scale
from pdd_bench.service import Service

_PEOPLE = 10  # on the one list of each domain


@dataclass(frozen=True)
class FleetRun:
    """A run over all domains; the floor sends the same requests over as many connections as one task has."""

    forks: int
    domains: int
    requests: int
    seconds: float
    floor_seconds: float


def measure(emulator: Emulator, plays: Plays, scale: Scale) -> list[FleetRun]:
    """Measure a new list in every domain, with each number of forks."""
    services = [Service(emulator, f"fleet{index:03}.test") for index in range(scale.domains)]
    for service in services:
        people = service.mailboxes(_PEOPLE)
    hosts = [service.domain for service in services]
    task: Task = {
        "mailops.pdd.pdd_maillist_subscriber": {
            "api_url": emulator.url,
            "token": services[0].token,
            "domain": "{{ inventory_hostname }}",
            "maillists": [{"maillist": "list000", "subscribers": people}],
        }
    }
    any_of_them = services[0]  # the journal and the latency are the emulator's

    def prepare() -> None:
        any_of_them.set_latency(0)
        for service in services:
            service.empty_maillists(1)
        any_of_them.forget()
        any_of_them.set_latency(LATENCY)

    runs = []
    for forks in scale.forks:
        say(f"{len(hosts)} domains, {forks} forks")
        prepare()
        seconds = plays.run([task], hosts, forks).seconds
        calls = any_of_them.calls()
        prepare()
        bare = floor.with_asyncio(emulator.url, any_of_them.token, calls, CONNECTIONS)
        runs.append(FleetRun(forks, len(hosts), len(calls), seconds, bare))
    any_of_them.set_latency(0)
    return runs
