# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provision random inventories of two domains, with faults, and with a colleague who changes things."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from pdd_emulator.testing import TOKEN, Emulator
from pdd_source_server import SourceServer

from ..conftest import Service
from ..playbooks.conftest import Ansible, Finished
from .episodes import KINDS, Colleague
from .wishes import LISTS, PEOPLE, Mailboxes, Snapshot, Subscribers

_PROVISION = "mailops.pdd.provision"
_BOXES = [f"box{number:02}" for number in range(12)]
"""Accounts on the old mail server."""
_LOST = [f"{kind}:rate=0.1" for kind in KINDS if not kind.startswith("silent")]


@dataclass
class Domain:
    """One host of an inventory: its domain on the service, its variables, and what they ask for."""

    service: Service
    variables: dict[str, Any]
    mailboxes: Mailboxes
    subscribers: Subscribers
    imports: list[str]

    def unmet(self) -> Iterator[str]:
        """Yield what differs from the desired state."""
        there = Snapshot(self.service.mailboxes, self.service.maillists, self.service.signature)
        for line in (*self.mailboxes.unmet(there), *self.subscribers.unmet(there)):
            yield f"{self.service.domain}: {line}"
        lists = {roster.name for roster in self.subscribers.rosters}
        absent = set(self.variables["pdd_domain_maillists_absent"])
        surplus = set(there.maillists) - lists if self.variables["pdd_domain_maillists_exclusive"] else set()
        yield from (f"{self.service.domain}: {name} is still there" for name in absent & set(there.maillists) | surplus)
        yield from (f"{self.service.domain}: {login} is missing" for login in set(self.imports) - set(there.mailboxes))


def draw_domain(random: Random, service: Service, source: SourceServer) -> Domain:
    """Fill a domain, and draw variables that do not contradict each other."""
    service.add_mailboxes(*random.sample(PEOPLE, 9))
    there = list(service.mailboxes)
    for name in random.sample(LISTS, 4):
        service.add_maillist(name, *random.sample(there, random.randint(0, 9)))
    mailboxes, subscribers = Mailboxes.draw(random), Subscribers.draw(random)
    gone = {entry["login"] for entry in mailboxes.entries if entry.get("state") == "absent"}
    for roster in subscribers.rosters:
        roster.people = [each for each in roster.people if each not in gone]
        if roster.senders is not None:
            roster.senders = [each for each in roster.senders if each in roster.people]
    imports = random.sample(_BOXES, random.randint(0, 3))
    rosters: list[Mapping[str, Any]] = subscribers.options()["maillists"]
    accounts = [{"external_login": login, "external_password": f"made-up-{login}"} for login in imports]
    server = {"server": source.host, "port": source.ports["imaps"], "mailboxes": accounts}
    others = [name for name in LISTS if name not in {roster["maillist"] for roster in rosters}]
    variables = {
        "pdd_domain_mailboxes": mailboxes.entries,
        "pdd_domain_maillists": rosters,
        "pdd_domain_maillists_absent": random.sample(others, random.randint(0, 2)),
        "pdd_domain_maillists_exclusive": random.random() < 0.3,
        "pdd_domain_imports": [server] if imports else [],
        "pdd_domain_max_removals_percent": subscribers.percent,
    }
    return Domain(service, variables, mailboxes, subscribers, imports)


class InventoryEpisode:
    """One inventory of two domains, provisioned again and again; all is drawn from one seed."""

    def __init__(self, seed: int, emulator: Emulator, ansible: Ansible, source: SourceServer) -> None:
        self._random = Random(seed)
        self._ansible = ansible
        services = [Service(emulator.api(f"{name}{seed}.test")) for name in ("first", "second")]
        self._domains = [draw_domain(self._random, service, source) for service in services]
        variables: dict[str, Any] = {"pdd_domain_token": TOKEN, "pdd_domain_api_url": emulator.url}
        if self._random.random() < 0.5:
            variables["pdd_domain_signature"] = "Example Ltd."
        self._inventory = ansible.inventory(
            {domain.service.domain: domain.variables for domain in self._domains}, **variables
        )
        self._wrong: list[str] = []

    def play(self) -> list[str]:
        """Provision with faults, in check mode, without faults, and once more; return what is wrong."""
        self._run_with_faults()
        self._forget()
        predicted = self._run("--check")
        if self._writes():
            self._wrong.append(f"a check run writes {self._writes()}")
        done = self._run()
        self._compare(predicted, done)
        if done.code == 0:
            self._wrong += [line for domain in self._domains for line in domain.unmet()]
            self._forget()
            again = self._run()
            changed = [name for domain in self._domains for name in again.changed(domain.service.domain)]
            if again.code or changed or self._writes():
                self._wrong.append(f"the next run ends with {again.code}, changes {changed}, writes {self._writes()}")
        return self._wrong

    def _run_with_faults(self) -> None:
        colleagues = [Colleague(domain.service, str(self._random.random())) for domain in self._domains]
        faults = self._random.sample(_LOST, self._random.randint(0, 3))
        self._first.api.control_put("/faults", faults)
        busy = [threading.Thread(target=each.act, args=(self._random.choice((0, 1, 3)),)) for each in colleagues]
        for each in busy:
            each.start()
        self._run("-e", "pdd_domain_timeout=1", "-e", "pdd_domain_retry_timeout=3")
        for each in busy:
            each.join()
        self._first.api.session.delete(f"{self._first.url}/control/faults", timeout=60).raise_for_status()

    @property
    def _first(self) -> Service:
        return self._domains[0].service

    def _run(self, *arguments: str) -> Finished:
        done = self._ansible.playbook(_PROVISION, self._inventory, *arguments)
        if "Traceback" in done.output or "Nothing was sent" in done.output:
            self._wrong.append(f"{arguments}: {done.output[-2000:]}")
        return done

    def _compare(self, predicted: Finished, done: Finished) -> None:
        """Hold a check run against the run: the tasks that are changed, and the hosts that fail."""
        for domain in self._domains:
            host = domain.service.domain
            one, other = predicted.changed(host), done.changed(host)
            if one != other:
                self._wrong.append(f"{host}: predicts that {one} change, and {other} do")
            fails = [run.recap.get(host, {}).get("failed") for run in (predicted, done)]
            if fails[0] != fails[1]:
                self._wrong.append(
                    f"{host}: predicts {fails[0]} failures, and there are {fails[1]}; {done.output[-1500:]}"
                )

    def _forget(self) -> None:
        self._first.forget()  # the journal is the emulator's

    def _writes(self) -> list[str]:
        return self._first.writes()
