# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is exported from Yandex 360 provisions the same state."""

from __future__ import annotations

from y360_emulator.testing import TOKEN

from ..conftest import Organization
from .conftest import Ansible, variables_in

SIGNATURE = "<div>{{ 1 + 1 }} Example Ltd.</div>"


def test_export_and_back(ansible: Ansible, organization: Organization) -> None:
    """Without a change, the signature included. Nothing secret is written, and nothing is a template."""
    domain = organization.domain
    organization.add_mailboxes("anna", "boris")
    organization.add_maillist("team", "anna", "boris")
    task = {
        "mailops.pdd.y360_signature": {**organization.connection, "signature": "{{ given }}"},
        "vars": {"given": "{{ lookup('ansible.builtin.file', 'signature.txt') }}"},
    }
    (ansible.directory / "signature.txt").write_text(SIGNATURE)
    play = ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    signed = ansible("playbook", play)
    assert signed.code == 0, signed.output
    inventory = ansible.inventory(
        {domain: {}},
        mailops_service="yandex360",
        y360_domain_token=TOKEN,
        y360_domain_organization=organization.own.organization,
        y360_domain_api_url=organization.url,
    )
    organization.forget()
    exported = ansible.playbook("mailops.pdd.export", inventory)
    assert exported.code == 0, exported.output
    assert organization.own.writes() == []
    text = (ansible.directory / "host_vars" / f"{domain}.yml").read_text()
    assert TOKEN not in text
    variables = variables_in(text)
    assert variables["y360_domain_signature"] == SIGNATURE
    assert [each["login"] for each in variables["y360_domain_mailboxes"]] == organization.addresses("anna", "boris")
    assert variables["y360_domain_maillists"] == [
        {"maillist": organization.address("team"), "subscribers": organization.addresses("anna", "boris")}
    ]
    again = ansible.playbook("mailops.pdd.provision", inventory)
    assert again.code == 0, again.output
    assert (again.changed(domain), organization.own.writes()) == ([], [])


def test_different_signatures_are_left_alone(ansible: Ansible, organization: Organization) -> None:
    organization.add_mailboxes("anna", "boris")
    options = {**organization.connection, "signature": "Example Ltd.", "login": ["anna"]}
    assert ansible.adhoc("y360_signature", options).code == 0
    inventory = ansible.inventory(
        {organization.domain: {"mailops_service": "yandex360"}},
        y360_domain_token=TOKEN,
        y360_domain_organization=organization.own.organization,
        y360_domain_api_url=organization.url,
    )
    exported = ansible.playbook("mailops.pdd.export", inventory)
    assert exported.code == 0, exported.output
    assert "signature: not all mailboxes have the same one" in exported.output
    assert "signature" not in (ansible.directory / "host_vars" / f"{organization.domain}.yml").read_text()
