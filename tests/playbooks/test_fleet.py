# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many domains as inventory hosts: forks, strategies, politeness in sum, and more than one controller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import TOKEN, Emulator

from ..conftest import Service
from .conftest import ROOT, Ansible

PROVISION = "mailops.pdd.provision"
SETSIGN = "domain/settings/setsign"
DOCUMENT = (ROOT / "docs" / "performance.md").read_text()


def block(part: str) -> Any:
    """Return the content of the one YAML block of the document in which a text stands."""
    [found] = [each for each in re.findall(r"^```yaml\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE) if part in each]
    return yaml.safe_load(found)


def domains(emulator: Emulator, service: Service, number: int, people: Sequence[str]) -> list[Service]:
    """Return so many domains of one owner, each with the same mailboxes."""
    fleet = [Service(emulator.api(f"d{index:02}.{service.domain}")) for index in range(number)]
    for each in fleet:
        each.add_mailboxes(*people)
    service.forget()
    return fleet


def inventory(ansible: Ansible, fleet: Sequence[Service], people: Sequence[str], **variables: Any) -> Path:
    """Write an inventory of domains that all want one list, with one token for all."""
    return ansible.inventory(
        {each.domain: {} for each in fleet},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=fleet[0].url,
        pdd_domain_maillists=[{"maillist": "team", "subscribers": list(people), "senders_on_behalf": [people[0]]}],
        **variables,
    )


def is_provisioned(domain: Service, people: Sequence[str]) -> bool:
    """Return whether a domain is as inventory() wants it."""
    return domain.maillists == {"team": {name: name == people[0] for name in people}}


@pytest.mark.parametrize("how", [{}, {"strategy": "linear", "serial": 5}], ids=["free", "serial"])
def test_strategies(ansible: Ansible, emulator: Emulator, service: Service, how: dict[str, Any]) -> None:
    """The play of the documentation provisions all domains, host by host or in batches; again there is nothing."""
    people = ("anna", "boris", "vera")
    fleet = domains(emulator, service, 12, people)
    [play] = block("strategy: free")
    path = ansible.write("play.yml", [{**play, **how}])
    hosts = inventory(ansible, fleet, people)
    done = ansible.playbook(path, hosts, "--forks", "6")
    assert done.code == 0, done.output
    assert done.output.count("PLAY [") == (3 if "serial" in how else 1)
    assert [each.domain for each in fleet if not is_provisioned(each, people)] == []
    service.forget()
    again = ansible.playbook(path, hosts, "--forks", "6")
    assert again.code == 0, again.output
    assert {domain: counts["changed"] for domain, counts in again.recap.items()} == {each.domain: 0 for each in fleet}
    assert service.writes() == []


@pytest.fixture
def faulty(service: Service) -> Iterator[Service]:
    """Return the service; it has no faults any more when the test has ended."""
    yield service
    service.api.control_put("/faults", [])


@pytest.mark.parametrize(("throttle", "crowded"), [(2, False), (0, True)])
def test_politeness_in_sum(ansible: Ansible, emulator: Emulator, faulty: Service, throttle: int, crowded: bool) -> None:
    """At most pdd_domain_throttle times max_connections requests are in flight, and more where nothing holds back."""
    people = [f"box{index:02}" for index in range(20)]
    fleet = domains(emulator, faulty, 6, people)
    faulty.api.control_put("/faults", ["busy:limit=4"])
    faulty.api.control_put("/latency", {"latency": 0.3})
    hosts = inventory(ansible, fleet, people, pdd_domain_throttle=throttle, pdd_domain_max_connections=2)
    done = ansible.playbook(PROVISION, hosts, "--forks", "6")
    [refused] = faulty.api.control("/faults")
    assert (refused["struck"] > 0) == crowded
    assert done.code == 0, done.output
    assert [each.domain for each in fleet if not is_provisioned(each, people)] == []


def test_slices(ansible: Ansible, emulator: Emulator, service: Service, tmp_path: Path) -> None:
    """Controllers with a slice of the inventory each do together, at the same time, what one does alone.

    Each of them sets the signature once, since none knows of the others.
    """
    people = ("anna", "boris")
    fleet = domains(emulator, service, 6, people)
    controllers = [ansible]
    for number in (2, 3):
        (tmp_path / str(number)).mkdir()
        controllers.append(Ansible(tmp_path / str(number)))
    count = len(controllers)
    hosts = [
        inventory(controller, fleet[index::count], people, pdd_domain_signature="Example Ltd.")
        for index, controller in enumerate(controllers)
    ]
    with ThreadPoolExecutor(count) as jobs:
        runs = list(jobs.map(lambda pair: pair[0].playbook(PROVISION, pair[1]), zip(controllers, hosts, strict=True)))
    assert [run.output for run in runs if run.code] == []
    assert [each.domain for each in fleet if not is_provisioned(each, people)] == []
    assert service.calls().count(SETSIGN) == count
    assert service.calls().count("email/ml/subscribe") == len(fleet) * len(people)
