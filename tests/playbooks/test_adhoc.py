# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ad-hoc commands: `ansible localhost -m mailops.pdd.…`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN
from pdd_source_server import SourceServer

from ..conftest import Service
from .conftest import Ansible, Finished

AdHoc = Callable[..., Finished]
"""Runs one module ad hoc, with the connection in the environment: module, options, further arguments."""


@pytest.fixture
def adhoc(ansible: Ansible, service: Service) -> AdHoc:
    """Return a function that runs a module; the connection stands in the environment, as the documentation advises."""
    environment = {"PDD_TOKEN": TOKEN, "PDD_API_URL": service.url, "PDD_DOMAIN": service.domain}
    return functools.partial(ansible.adhoc, environment=environment)


def life(adhoc: AdHoc, service: Service, module: str, options: dict[str, Any]) -> dict[str, Any]:
    """Check, run, check again and run again; returns what the first run returned."""
    service.forget()
    predicted = adhoc(module, options, "--check", "--diff")
    assert (predicted.code, service.writes()) == (0, [])
    assert "localhost | CHANGED" in predicted.output
    done = adhoc(module, options, "--diff", "-vvvv")
    assert done.code == 0
    assert done.diff == predicted.diff != ""
    assert TOKEN not in done.output
    service.forget()
    for arguments in (["--check"], []):
        again = adhoc(module, options, *arguments)
        assert "localhost | SUCCESS" in again.output
        assert again.result["changed"] is False
    assert service.writes() == []
    return done.result


def error(adhoc: AdHoc, module: str, options: dict[str, Any]) -> str:
    """Run a module that fails; returns all that the user sees."""
    failed = adhoc(module, options)
    assert failed.code == 2
    assert "localhost | FAILED!" in failed.output
    assert "Traceback" not in failed.output
    assert failed.result["msg"] in failed.output
    return failed.output


def test_maillist(adhoc: AdHoc, service: Service) -> None:
    assert life(adhoc, service, "pdd_maillist", {"maillist": ["team"]})["created"] == service.addresses("team")
    assert set(service.maillists) == {"team"}
    assert "'team@other.test' is not in the domain" in error(adhoc, "pdd_maillist", {"maillist": ["team@other.test"]})
    life(adhoc, service, "pdd_maillist", {"maillist": ["team"], "state": "absent"})
    assert service.maillists == {}


def test_maillist_subscriber(adhoc: AdHoc, service: Service) -> None:
    service.add_mailboxes("anna")
    service.add_maillist("team")
    desired = {"maillist": "team", "subscriber": ["anna"], "can_send_on_behalf": True}
    life(adhoc, service, "pdd_maillist_subscriber", desired)
    assert service.maillists == {"team": {"anna": True}}
    text = error(adhoc, "pdd_maillist_subscriber", {"maillist": "gone", "subscriber": ["anna"]})
    assert f"no such mailing list: {service.address('gone')}" in text
    life(adhoc, service, "pdd_maillist_subscriber", {"maillist": "team", "subscriber": ["anna"], "state": "absent"})
    assert service.maillists == {"team": {}}


def test_mailbox_import(adhoc: AdHoc, service: Service, source: SourceServer, dead_port: int) -> None:
    account = {"external_login": "anna", "external_password": "made-up-anna"}
    server = {"server": source.host, "port": source.ports["imaps"]}
    options = {**server, **account, "wait": True, "poll_interval": 1}
    assert life(adhoc, service, "pdd_mailbox_import", options)["import"]["imported_messages"] == 3
    gone = {**server, **account, "external_login": "boris", "port": dead_port}
    assert "the service cannot connect to the source server" in error(adhoc, "pdd_mailbox_import", gone)
    adhoc("pdd_mailbox_import", {**gone, "external_password": "made-up-boris", "check_settings": False})
    life(adhoc, service, "pdd_mailbox_import", {"state": "stopped"})


def test_mailbox(adhoc: AdHoc, service: Service) -> None:
    options = {"login": "vera", "password": "made-up-2", "sex": "female", "birth_date": "1990-02-03"}
    done = life(adhoc, service, "pdd_mailbox", options)
    assert (done["created"], done["mailboxes"][0]["sex"]) == (service.addresses("vera"), "female")
    text = error(adhoc, "pdd_mailbox", {"login": "abuse", "password": "made-up-2"})
    assert "'abuse' is reserved by the service, only a mailing list can have this name" in text


def test_domain_info(adhoc: AdHoc, service: Service) -> None:
    found = adhoc("pdd_domain_info", {"domain": service.domain.upper()}, "--check")
    assert "localhost | SUCCESS" in found.output
    assert [each["domain"] for each in found.result["domains"]] == [service.domain]


def test_mailbox_info(adhoc: AdHoc, service: Service) -> None:
    service.add_mailboxes("anna", "boris")
    for arguments in (["--check"], []):
        found = adhoc("pdd_mailbox_info", {"login": ["anna", "nobody"]}, *arguments)
        assert found.code == 0
        assert [each["login"] for each in found.result["mailboxes"]] == service.addresses("anna")
        assert found.result["missing"] == service.addresses("nobody")
    assert "'a b' is no address" in error(adhoc, "pdd_mailbox_info", {"login": ["a b"]})


def test_signature(adhoc: AdHoc, ansible: Ansible, service: Service) -> None:
    assert life(adhoc, service, "pdd_signature", {"signature": "Example Ltd."})["previously"] == "unknown"
    assert service.signature == "Example Ltd."
    assert ansible.state.exists()
    life(adhoc, service, "pdd_signature", {"signature": ""})
    assert service.signature == ""
    assert "required arguments: signature" in error(adhoc, "pdd_signature", {"force": True})


def test_without_a_token(ansible: Ansible, service: Service) -> None:
    failed = ansible.adhoc("pdd_maillist", {"maillist": ["team"], "domain": service.domain, "api_url": service.url})
    assert failed.code == 2
    assert "token is missing: give the option or the environment variable PDD_TOKEN" in failed.output
    assert service.requests() == []


def test_in_the_background(adhoc: AdHoc, service: Service) -> None:
    """Nothing that a module returns is taken for a word of Ansible's own."""
    service.add_mailboxes("anna")
    for module, options in (
        ("pdd_maillist", {"maillist": ["team"]}),
        ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": ["anna"]}),
    ):
        done = adhoc(module, options, "--background", "60", "--poll", "1")
        assert done.code == 0, done.output
        assert "localhost | CHANGED" in done.output
    assert service.maillists == {"team": {"anna": False}}
