# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks on the emulator of Yandex 360, also with inventories that were written for PDD."""

from __future__ import annotations

from typing import Any

import pytest
from pdd_emulator.testing import TOKEN as PDD_TOKEN
from y360_emulator.testing import TOKEN

from ..conftest import Organization, Service
from .conftest import Ansible, Finished

PROVISION, VALIDATE = "mailops.pdd.provision", "mailops.pdd.validate"
SECRET = "made-up-1"
SIGNATURE = "<div>Example Ltd.</div>"
STATE: dict[str, Any] = {
    "pdd_domain_mailboxes": [
        {"login": "anna", "password": SECRET, "first_name": "Anna", "last_name": "Test", "sex": "female"},
        {"login": "boris", "password": SECRET, "first_name": "Boris", "last_name": "Test", "enabled": False},
        {"login": "old", "state": "absent"},
    ],
    "pdd_domain_maillists": [{"maillist": "team", "subscribers": ["anna", "boris"], "senders_on_behalf": []}],
    "pdd_domain_maillists_absent": ["former"],
    "pdd_domain_signature": SIGNATURE,
}
"""Variables as they are written for PDD."""
UNSUPPORTED: dict[str, Any] = {
    "pdd_domain_imports": [
        {"server": "old.test", "mailboxes": [{"external_login": "vera", "external_password": SECRET}]}
    ],
    "pdd_domain_mailboxes": [
        {"login": "anna", "hint_question": "Which?", "hint_answer": "made-up answer"},
        {"login": "boris", "password": SECRET},
        {"login": "vera", "password": SECRET, "first_name": "Vera"},
        {"login": "old", "state": "absent"},
    ],
    "pdd_domain_maillists": [{"maillist": "team", "subscribers": ["anna"], "senders_on_behalf": ["anna"]}],
}


def inventory_of(ansible: Ansible, organization: Organization, **variables: Any) -> Any:
    """Write an inventory for PDD, with the connection to the organization beside it."""
    connection = {
        "y360_domain_token": TOKEN,
        "y360_domain_organization": organization.own.organization,
        "y360_domain_api_url": organization.url,
    }
    return ansible.inventory({organization.domain: {}}, **{**connection, **variables})


def provision(ansible: Ansible, inventory: Any, *arguments: str) -> Finished:
    """Run the playbook for Yandex 360."""
    return ansible.playbook(PROVISION, inventory, "-e", "mailops_service=yandex360", *arguments)


def signatures(organization: Organization) -> dict[str, list[str]]:
    """Return the default signatures of the mailboxes."""
    found = {}
    for login, user in organization.users.items():
        settings = organization.own.get(f"/admin/v1/org/{{o}}/mail/users/{user['id']}/settings/sender_info")
        found[login] = [each["text"] for each in settings["signs"] if each["isDefault"]]
    return found


def prepare(organization: Organization) -> None:
    """Add what STATE removes."""
    organization.add_mailboxes("old")
    organization.add_maillist("former", "old")
    organization.forget()


def test_inventory_of_pdd_runs_unchanged(ansible: Ansible, organization: Organization) -> None:
    """The check run says what the real run changes, and another run has nothing to change."""
    prepare(organization)
    inventory = inventory_of(ansible, organization, **STATE)
    checked = provision(ansible, inventory, "--check")
    assert checked.code == 0, checked.output
    assert organization.own.writes() == []
    done = provision(ansible, inventory)
    assert done.code == 0, done.output
    assert checked.changed(organization.domain) == done.changed(organization.domain)
    assert {login: user["isEnabled"] for login, user in organization.users.items()} == {"anna": True, "boris": False}
    assert organization.maillists == {"team": {"anna": False, "boris": False}}
    assert signatures(organization)["anna"] == [SIGNATURE]
    organization.forget()
    again = provision(ansible, inventory)
    assert again.code == 0, again.output
    assert (again.changed(organization.domain), organization.own.writes()) == ([], [])
    compared = provision(ansible, inventory, "--check", "-e", "pdd_fail_on_drift=true")
    assert compared.code == 0, compared.output
    for output in (done.output, again.output):
        assert SECRET not in output
        assert TOKEN not in output


def test_own_variables_take_precedence(ansible: Ansible, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    own = {"y360_domain_maillists": [{"maillist": "own", "subscribers": ["anna"]}], "y360_domain_signature": ""}
    twins = {"pdd_domain_maillists": [{"maillist": "twin"}], "pdd_domain_signature": SIGNATURE}
    done = provision(ansible, inventory_of(ansible, organization, **own, **twins))
    assert done.code == 0, done.output
    assert organization.maillists == {"own": {"anna": False}}
    assert signatures(organization)["anna"] in ([], [""])


def test_refusals_all_at_once(ansible: Ansible, organization: Organization) -> None:
    """Before the first write, in the words of the variables that are set; who exists needs no names."""
    organization.add_mailboxes("boris", "old")
    organization.forget()
    inventory = inventory_of(ansible, organization, **UNSUPPORTED)
    refused = provision(ansible, inventory)
    assert refused.code == 2
    for said in (
        "pdd_domain_imports: Yandex 360 has no imports",
        "pdd_domain_mailboxes, 'anna': Yandex 360 has no hint_question and no hint_answer",
        "set y360_domain_ignore_unsupported: true",
        "pdd_domain_mailboxes: last_name of vera is missing",
        "pdd_domain_maillists, 'team': senders_on_behalf needs y360_domain_allow_undocumented: true",
        "Nothing was changed.",
    ):
        assert said in refused.output
    assert "of boris is missing" not in refused.output
    assert organization.own.writes() == []
    organization.forget()
    validated = ansible.playbook(VALIDATE, inventory, "-e", "mailops_service=yandex360")
    assert validated.code == 2
    assert "pdd_domain_imports: Yandex 360 has no imports" in validated.output
    assert organization.own.journal() == []
    for output in (refused.output, validated.output):
        assert SECRET not in output
        assert "made-up answer" not in output


def test_what_is_not_supported_can_be_left_out(ansible: Ansible, organization: Organization) -> None:
    organization.add_mailboxes("anna", "boris", "vera")
    flags = {"y360_domain_ignore_unsupported": True, "y360_domain_allow_undocumented": True}
    done = provision(ansible, inventory_of(ansible, organization, **UNSUPPORTED, **flags))
    assert done.code == 0, done.output
    assert "[WARNING]: pdd_domain_imports: Yandex 360 has no imports; left out." in done.output
    assert organization.maillists == {"team": {"anna": True}}


def test_token_of_one_service_is_not_sent_to_the_other(ansible: Ansible, organization: Organization) -> None:
    inventory = ansible.inventory(
        {organization.domain: {}},
        pdd_domain_token=PDD_TOKEN,
        pdd_domain_api_url=organization.url,
        y360_domain_api_url=organization.url,
        pdd_domain_maillists=[{"maillist": "team"}],
    )
    organization.forget()
    refused = provision(ansible, inventory)
    assert refused.code == 2
    assert "y360_domain_token" in refused.output
    assert PDD_TOKEN not in refused.output
    assert organization.own.journal() == []


def test_both_services_in_one_inventory(ansible: Ansible, organization: Organization, service: Service) -> None:
    """Also for the same domain, which moves from one to the other."""
    organization.add_mailboxes("anna")
    service.add_mailboxes("anna")
    hosts: dict[str, dict[str, Any]] = {
        "old": {"pdd_domain_name": service.domain, "pdd_domain_token": PDD_TOKEN, "pdd_domain_api_url": service.url},
        "new": {
            "mailops_service": "yandex360",
            "y360_domain_name": organization.domain,
            "y360_domain_token": TOKEN,
            "y360_domain_organization": organization.own.organization,
            "y360_domain_api_url": organization.url,
        },
    }
    inventory = ansible.inventory(hosts, pdd_domain_maillists=[{"maillist": "team", "subscribers": ["anna"]}])
    validated = ansible.playbook(VALIDATE, inventory)
    assert validated.code == 0, validated.output
    done = ansible.playbook(PROVISION, inventory)
    assert done.code == 0, done.output
    assert service.maillists == organization.maillists == {"team": {"anna": False}}


@pytest.mark.parametrize(
    "arguments", [("--skip-tags", "always"), ("--tags", "maillists"), ("--skip-tags", "signature")]
)
def test_tags(ansible: Ansible, organization: Organization, arguments: tuple[str, ...]) -> None:
    organization.add_mailboxes("anna")
    team = [{"maillist": "team", "subscribers": ["anna"]}]
    done = provision(ansible, inventory_of(ansible, organization, pdd_domain_maillists=team), *arguments)
    assert done.code == 0, done.output
    assert organization.maillists == {"team": {"anna": False}}


def test_unknown_service(ansible: Ansible, organization: Organization) -> None:
    refused = ansible.playbook(PROVISION, inventory_of(ansible, organization, mailops_service="y360"))
    assert refused.code == 2
    assert "mailops_service is none of pdd and yandex360" in refused.output


def test_failure_does_not_block_other_parts(ansible: Ansible, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    organization.add_maillist("vera")
    variables = {
        "y360_domain_mailboxes": [{"login": "vera", "password": SECRET, "first_name": "Vera", "last_name": "Test"}],
        "y360_domain_maillists": [{"maillist": "team", "subscribers": ["anna", "vera"]}],
    }
    done = provision(ansible, inventory_of(ansible, organization, **variables))
    assert done.code == 2
    assert done.tasks(organization.domain)["Tell what could not be done"] == "fatal"
    assert organization.maillists["team"] == {"anna": False}
    assert "Not tried to subscribe to team vera, which could not be created." in done.output


def test_drift(ansible: Ansible, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    team = [{"maillist": "team", "subscribers": ["anna"]}]
    inventory = inventory_of(ansible, organization, pdd_domain_maillists=team)
    found = provision(ansible, inventory, "--check", "-e", "pdd_fail_on_drift=true")
    assert found.code == 2
    assert f"team@{organization.domain}: is missing, the mailing list would be created" in found.output
    assert organization.maillists == {}
