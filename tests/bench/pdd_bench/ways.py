# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two ways to run a module: in the process of its task, and in a process of its own. Pairs of both in one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from pdd_emulator.testing import Emulator

from pdd_bench.compare import Task, say
from pdd_bench.plays import Plays, Run
from pdd_bench.scale import Scale
from pdd_bench.service import Service

_FORKS = 5  # Ansible's default
_PEOPLE = 4
_OFF = ("-e", "mailops_direct=false")


@dataclass(frozen=True)
class Ways:
    """What was measured; medians of pairs, the ratio too.

    task_milliseconds: what a task costs, by what it does. role: seconds of `provision` over domains with nothing to do,
    each in the process of the task and in a process of its own.
    """

    task_milliseconds: Mapping[str, float]
    domains: int
    role_seconds: tuple[float, float]
    role_processor_seconds: tuple[float, float]
    role_processor_ratio: float

    @property
    def more_than_debug(self) -> float:
        """How many milliseconds a task with one request takes longer than one that does nothing."""
        return self.task_milliseconds[DIRECT] - self.task_milliseconds[DEBUG]


DEBUG = "`ansible.builtin.debug`"
DIRECT = "one request, in the process of the task"
PROCESS = "one request, in a process of its own"


def measure(emulator: Emulator, plays: Plays, scale: Scale) -> Ways:
    """Measure tasks with one request, and the whole role."""
    pairs = list(_role(emulator, plays, scale))
    direct, process = ([pair[index] for pair in pairs] for index in (0, 1))
    return Ways(
        task_milliseconds=_tasks(Service(emulator, "ways.test"), plays, scale),
        domains=scale.role_domains,
        role_seconds=(median(run.seconds for run in direct), median(run.seconds for run in process)),
        role_processor_seconds=(
            median(run.processor_seconds for run in direct),
            median(run.processor_seconds for run in process),
        ),
        role_processor_ratio=median(one.processor_seconds / other.processor_seconds for one, other in pairs),
    )


def _tasks(service: Service, plays: Plays, scale: Scale) -> dict[str, float]:
    """Return the milliseconds of each task of plays of many; the start-up of the play is subtracted."""
    say("a task both ways")
    service.empty_maillists(0)
    connection = {"api_url": service.url, "token": service.token, "domain": service.domain}
    one: Task = {"mailops.pdd.pdd_maillist_info": {**connection, "maillist": []}}
    nothing: Task = {"ansible.builtin.debug": {"msg": "nothing"}}
    costs: dict[str, list[float]] = {}
    for _round in range(scale.rounds):
        start_up = plays.run([]).seconds
        for name, task, direct in ((DEBUG, nothing, True), (DIRECT, one, True), (PROCESS, one, False)):
            seconds = plays.run([task] * scale.tasks, direct=direct).seconds - start_up
            costs.setdefault(name, []).append(seconds / scale.tasks * 1000)
    return {name: median(values) for name, values in costs.items()}


def _role(emulator: Emulator, plays: Plays, scale: Scale) -> list[tuple[Run, Run]]:
    services = [Service(emulator, f"role{index:03}.test") for index in range(scale.role_domains)]
    for service in services:
        people = service.mailboxes(_PEOPLE)
    variables: dict[str, Any] = {
        "pdd_domain_api_url": emulator.url,
        "pdd_domain_token": services[0].token,
        "pdd_domain_signature": "Example Ltd.",
        "pdd_domain_mailboxes": [{"login": login, "first_name": "Anna"} for login in people],
        "pdd_domain_maillists": [{"maillist": "team", "subscribers": people, "exclusive": True}],
    }
    hosts = [service.domain for service in services]

    def provision(*more: str) -> Run:
        return plays.playbook("mailops.pdd.provision", hosts, _FORKS, variables, *more)

    say(f"the role over {len(hosts)} domains, both ways")
    provision()
    return [(provision(), provision(*_OFF)) for _round in range(scale.rounds)]
