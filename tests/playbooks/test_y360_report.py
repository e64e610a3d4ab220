# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report shows domains of both services on one page."""

from __future__ import annotations

from typing import Any

from pdd_emulator.testing import TOKEN as PDD_TOKEN
from y360_emulator.testing import TOKEN

from ..conftest import Organization, Service
from .conftest import Ansible


def test_both_services_on_one_page(ansible: Ansible, organization: Organization, service: Service) -> None:
    organization.add_mailboxes("anna")
    organization.add_maillist("team", "anna")
    hosts: dict[str, dict[str, Any]] = {
        service.domain: {"pdd_domain_token": PDD_TOKEN, "pdd_domain_api_url": service.url},
        organization.domain: {
            "mailops_service": "yandex360",
            "y360_domain_token": TOKEN,
            "y360_domain_organization": organization.own.organization,
            "y360_domain_api_url": organization.url,
            "y360_domain_maillists": [{"maillist": "news"}],
        },
    }
    organization.forget()
    done = ansible.playbook("mailops.pdd.report", ansible.inventory(hosts))
    assert done.code == 0, done.output
    page = (ansible.directory / "pdd_report.html").read_text()
    for shown in (service.domain, organization.address("anna"), "MX record", "the mailing list would be created"):
        assert shown in page
    assert organization.own.writes() == []
    assert TOKEN not in done.output + page


def test_domain_that_cannot_be_read(ansible: Ansible, organization: Organization) -> None:
    """The page says so, and the play fails at its end."""
    inventory = ansible.inventory(
        {organization.domain: {"mailops_service": "yandex360"}},
        y360_domain_token="MADEUPWRONGTOKEN",
        y360_domain_organization=organization.own.organization,
        y360_domain_api_url=organization.url,
    )
    done = ansible.playbook("mailops.pdd.report", inventory)
    assert done.code == 2
    page = (ansible.directory / "pdd_report.html").read_text()
    assert "the token is wrong, or has expired" in page
    assert "MADEUPWRONGTOKEN" not in done.output + page
