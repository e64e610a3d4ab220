# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin of Yandex 360, through the commands that users run."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import TOKEN

from ..conftest import Organization
from ..leaks import files_with
from .conftest import Ansible, Finished
from .test_inventory import plain

FILE = "example.y360.yml"
SENT = {"Y360_TOKEN": TOKEN}
CACHE = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "cache"}


def listing(ansible: Ansible, place: Organization, /, *arguments: str, **options: Any) -> Finished:
    """Run `ansible-inventory` on a file of these options."""
    given = {
        "plugin": "mailops.pdd.y360",
        "api_url": place.url,
        "organization": place.own.organization,
        **options,
    }
    return ansible("inventory", "-i", ansible.write(FILE, given), *arguments, **SENT)


def test_groups_and_variables(ansible: Ansible, organization: Organization) -> None:
    """The token is nowhere."""
    alias = f"alias.{organization.domain}"
    organization.own.put_domain(alias, verified=False, mx=False)
    listed = listing(ansible, organization, "--list", timeout=9)
    assert listed.code == 0, listed.output
    found = plain(listed.result)
    assert found["y360_main"]["hosts"] == [organization.domain]
    assert organization.domain in found["y360_status_works"]["hosts"]
    assert found["y360_status_not_verified"]["hosts"] == [alias]
    variables = found["_meta"]["hostvars"]
    assert (variables[alias]["y360_main"], variables[alias]["y360_verified"]) == (False, False)
    expected = {
        "ansible_connection": "local",
        "mailops_service": "yandex360",
        "y360_domain_api_url": organization.url,
        "y360_domain_organization": organization.own.organization,
        "y360_domain_timeout": 9.0,
        "y360_works": True,
    }
    found = {name: variables[organization.domain][name] for name in expected}
    assert found == expected
    assert TOKEN not in listed.output
    assert files_with([TOKEN], ansible.root) == []


def test_cache(ansible: Ansible, organization: Organization) -> None:
    organization.forget()
    for _run in range(2):
        listed = listing(ansible, organization, "--graph", **CACHE)
        assert f"|--{organization.domain}" in listed.output
    assert len(organization.own.journal()) == 1


def test_playbook_over_the_main_domain(ansible: Ansible, organization: Organization) -> None:
    (ansible.directory / "host_vars").mkdir()
    ansible.write(f"host_vars/{organization.domain}.yml", {"y360_domain_maillists": [{"maillist": "team"}]})
    assert listing(ansible, organization, "--graph").code == 0
    done = ansible("playbook", "-i", FILE, "mailops.pdd.provision", "-e", "pdd_hosts=y360_main", **SENT)
    assert done.code == 0, done.output
    assert organization.maillists == {"team": {}}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"organization": 0}, "organization: '0' is no ID of an organization"),
        ({"nonsense": 1}, "nonsense: there is no such option"),
        ({"api_url": "nowhere"}, "api_url: no URL of the form"),
    ],
)
def test_refused(ansible: Ansible, organization: Organization, options: dict[str, Any], said: str) -> None:
    refused = listing(ansible, organization, "--list", "-vvvv", **options)
    assert said in " ".join(refused.output.split())
    assert "Traceback" not in refused.output
