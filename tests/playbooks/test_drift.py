# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook mailops.pdd.provision with pdd_fail_on_drift: a check run that fails where a domain differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdd_emulator.testing import TOKEN

from ..conftest import Service
from .conftest import Ansible, Finished

PROVISION = "mailops.pdd.provision"
LIST = "List how the domain differs from the inventory"
FAIL = "Fail if the domain differs from the inventory"


@pytest.fixture
def inventory(ansible: Ansible, service: Service) -> Path:
    """Write an inventory for a domain, and provision it."""
    service.add_mailboxes("anna", "boris", "clara")
    team = {"maillist": "team", "subscribers": ["anna", "boris"], "senders_on_behalf": ["anna"], "exclusive": True}
    path = ansible.inventory(
        {service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        pdd_domain_signature="Example Ltd.",
        pdd_domain_mailboxes=[{"login": "anna", "first_name": "Anna"}],
        pdd_domain_maillists=[team, {"maillist": "news"}],
        pdd_domain_maillists_exclusive=True,
    )
    assert ansible.playbook(PROVISION, path).code == 0
    service.forget()
    return path


def compare(ansible: Ansible, inventory: Path, *arguments: str) -> Finished:
    """Run the nightly command."""
    return ansible.playbook(PROVISION, inventory, "--check", "-e", "pdd_fail_on_drift=true", *arguments)


def test_no_drift(ansible: Ansible, service: Service, inventory: Path) -> None:
    done = compare(ansible, inventory)
    assert done.code == 0, done.output
    assert done.tasks(service.domain)[FAIL] == "ok"
    assert service.writes() == []


def test_drift(ansible: Ansible, service: Service, inventory: Path) -> None:
    """Each difference is a line that names list and person; nothing is changed, and provisioning ends the drift."""
    service.api.ok("email/ml/unsubscribe", {"maillist": "team", "subscriber": "boris"})
    service.api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "clara"})
    set_right = {"maillist": "team", "subscriber": "anna", "can_send_on_behalf": "no"}
    service.api.ok("email/ml/set_can_send_on_behalf", set_right)
    service.api.ok("email/ml/del", {"maillist": "news"})
    service.add_maillist("stranger")
    service.api.ok("email/edit", {"login": "anna", "iname": "Annabelle"})
    service.forget()
    done = compare(ansible, inventory)
    assert done.code == 2
    assert done.tasks(service.domain)[FAIL] == "fatal"
    anna, boris, clara, team = service.addresses("anna", "boris", "clara", "team")
    for line in (
        f"{anna}: first_name is 'Annabelle', and should be 'Anna'",
        f"{service.address('news')}: is missing, the mailing list would be created",
        f"{service.address('stranger')}: is there, the mailing list would be deleted",
        f"{team}: {boris} is not subscribed",
        f"{team}: {clara} is subscribed, and should not be",
        f"{team}: {anna} may not send on behalf of the list",
    ):
        assert f'"{line}"' in done.output
    assert f"{service.domain} differs from the inventory" in done.output
    assert "The previous task lists all differences: 6" in done.output
    assert service.writes() == []
    lists_only = compare(ansible, inventory, "--tags", "maillists")
    assert "The previous task lists all differences: 5" in lists_only.output
    assert ansible.playbook(PROVISION, inventory).code == 0
    assert compare(ansible, inventory).code == 0


def test_unknown_signature_is_no_drift(ansible: Ansible, inventory: Path) -> None:
    """It is listed apart; one that is known to differ is drift."""
    ansible.state.unlink()
    unknown = compare(ansible, inventory)
    assert unknown.code == 0, unknown.output
    assert "it is not known which one was set last, and the service does not return it" in unknown.output
    assert ansible.playbook(PROVISION, inventory).code == 0
    different = compare(ansible, inventory, "-e", "pdd_domain_signature=Another")
    assert different.code == 2
    assert "signature: is not the one that was set last" in different.output


def test_domain_that_cannot_be_compared(ansible: Ansible, service: Service, inventory: Path) -> None:
    """A removal that is guarded fails as provisioning would, and the other parts are compared."""
    for name in ("one", "two", "three", "four", "five"):
        service.add_maillist(name)
    service.api.ok("email/ml/unsubscribe", {"maillist": "team", "subscriber": "boris"})
    service.forget()
    done = compare(ansible, inventory)
    assert done.code == 2
    assert "exclusive would remove 5 of the 7 mailing lists" in done.output
    assert f'"{service.address("team")}: {service.address("boris")} is not subscribed"' in done.output
    assert done.tasks(service.domain)[LIST] == "ok"
    assert FAIL not in done.tasks(service.domain)
    assert service.writes() == []
