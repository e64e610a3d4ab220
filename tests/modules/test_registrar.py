# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registrar mode: every module does its work on the registrar's half of the API, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN
from pdd_source_server import SourceServer

from ..conftest import PDD_MODULES, Service, in_every_era
from .conftest import Runner

WRONG = "MADEUPWRONGTOKEN"
TASKS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "pdd_domain_info": ({}, set()),
    "pdd_mailbox": (
        {
            "mailboxes": [
                {"login": "vera", "password": "made-up-2", "first_name": "Vera"},
                {"login": "boris", "state": "absent"},
            ]
        },
        {"email/add", "email/edit", "email/del"},
    ),
    "pdd_mailbox_import": (
        {"external_login": "box00", "external_password": "made-up-box00", "wait": True, "poll_interval": 1},
        {"import/start_one_import"},
    ),
    "pdd_mailbox_import_info": ({}, set()),
    "pdd_mailbox_info": ({"login": ["anna"]}, set()),
    "pdd_maillist_info": ({}, set()),
    "pdd_maillist": ({"maillist": ["news"], "exclusive": True}, {"email/ml/add", "email/ml/del"}),
    "pdd_maillist_subscriber": (
        {
            "maillist": "team",
            "subscriber": ["boris", "clara"],
            "senders_on_behalf": ["boris", "clara"],
            "exclusive": True,
        },
        {"email/ml/subscribe", "email/ml/unsubscribe", "email/ml/set_can_send_on_behalf"},
    ),
    "pdd_signature": ({"signature": "Example Ltd."}, {"domain/settings/setsign"}),
}
"""A task of each module, and the writes that it needs."""

every_module = pytest.mark.parametrize("module", TASKS)


def test_every_module_is_tested_here() -> None:
    assert set(TASKS) == set(PDD_MODULES)


@pytest.fixture
def inhabitants(service: Service, state_home: Path) -> None:
    """Create what the tasks speak of."""
    assert not state_home.exists()
    service.add_mailboxes("anna", "boris", "clara")
    service.add_maillist("team", "anna", "boris")
    service.forget()


@in_every_era
@every_module
@pytest.mark.usefixtures("inhabitants")
def test_registrar_mode(run: Runner, service: Service, source: SourceServer, module: str) -> None:
    """A check run, a run and one more run: both tokens in their headers, nothing outside the registrar's tree."""
    options, writes = TASKS[module]
    if module == "pdd_mailbox_import":
        options = {**options, "server": source.host, "port": source.ports["imaps"]}
    entries, changed = [], []
    for check in (True, False, False):
        service.forget()
        result = run(module, check=check, oauth_token=f"{OAUTH_TOKEN} ", **options)
        assert not result.get("failed"), result
        changed.append(result["changed"])
        assert set(service.writes()) == (writes if result["changed"] and not check else set())
        entries += service.requests()
    assert changed == [bool(writes), bool(writes), False]
    for entry in entries:
        assert entry["path"].startswith("/api2/registrar/")
        assert entry["headers"]["authorization"] == f"OAuth {OAUTH_TOKEN}"
        assert entry["headers"]["pddtoken"] == TOKEN
        assert OAUTH_TOKEN not in f"{entry['params']} {entry['path']} {entry['query']}"


@every_module
@pytest.mark.usefixtures("inhabitants")
def test_wrong_oauth_token(run: Runner, service: Service, source: SourceServer, module: str) -> None:
    options, _writes = TASKS[module]
    if module == "pdd_mailbox_import":
        options = {**options, "server": source.host}
    before = (service.mailboxes, service.maillists)
    result = run(module, oauth_token=WRONG, **options)
    assert result["failed"]
    assert not result["changed"]
    assert result["error"]["code"] == "bad_oauth"
    assert "PDD_OAUTH_TOKEN" in result["error"]["advice"]
    assert WRONG not in run.output
    assert len(service.requests()) == 1
    assert (service.mailboxes, service.maillists) == before
