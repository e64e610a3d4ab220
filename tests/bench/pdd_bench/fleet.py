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
_NOTHING: Task = {"ansible.builtin.debug": {"msg": "nothing"}}


@dataclass(frozen=True)
class FleetRun:
    """A run over all domains, in the processes of the tasks.

    The floor sends the same requests over as many connections as all forks have. nothing_seconds: what Ansible needs if
    the task does nothing. process_seconds: for each domain, in processes of their own.
    """

    forks: int
    latency: float
    domains: int
    requests: int
    seconds: float
    floor_seconds: float
    nothing_seconds: float
    process_seconds: float

    @property
    def domain_seconds(self) -> float:
        """The seconds for each domain."""
        return self.seconds / self.domains


class Fleet:
    """Domains that all get a new list."""

    def __init__(self, emulator: Emulator, plays: Plays, scale: Scale) -> None:
        self._plays = plays
        self._scale = scale
        self._services = [Service(emulator, f"fleet{index:03}.test") for index in range(scale.domains)]
        for service in self._services:
            people = service.mailboxes(_PEOPLE)
        self._any = self._services[0]  # the journal and the latency are the emulator's
        self._hosts = [service.domain for service in self._services]
        self._task: Task = {
            "mailops.pdd.pdd_maillist_subscriber": {
                "api_url": emulator.url,
                "token": self._any.token,
                "domain": "{{ inventory_hostname }}",
                "maillists": [{"maillist": "list000", "subscribers": people}],
            }
        }

    def measure(self, forks: int, latency: float) -> FleetRun:
        """Measure with so many forks: in the processes of the tasks, in others, without a task, and the floor."""
        say(f"{len(self._hosts)} domains, {forks} forks, {latency * 1000:.0f} ms")
        self._prepare(latency)
        direct = self._plays.run([self._task], self._hosts, forks)
        calls = self._any.calls()
        self._prepare(latency)
        some = self._hosts[: self._scale.process_domains]
        process = self._plays.run([self._task], some, forks, direct=False)
        nothing = self._plays.run([_NOTHING], self._hosts, forks)
        self._prepare(latency)
        bare = floor.with_asyncio(self._any.url, self._any.token, calls, CONNECTIONS * forks)
        self._any.set_latency(0)
        return FleetRun(
            forks=forks,
            latency=latency,
            domains=len(self._hosts),
            requests=len(calls),
            seconds=direct.seconds,
            floor_seconds=bare,
            nothing_seconds=nothing.seconds,
            process_seconds=process.seconds / len(some),
        )

    def _prepare(self, latency: float) -> None:
        self._any.set_latency(0)
        for service in self._services:
            service.empty_maillists(1)
        self._any.forget()
        self._any.set_latency(latency)


def measure(emulator: Emulator, plays: Plays, scale: Scale) -> list[FleetRun]:
    """Measure a new list in every domain, with each number of forks, without latency and with it."""
    fleet = Fleet(emulator, plays, scale)
    return [fleet.measure(forks, latency) for latency in (0.0, LATENCY) for forks in scale.forks]
