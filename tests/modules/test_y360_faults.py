# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All modules for Yandex 360 with a service that throttles, falls silent, hides what is new, and is not itself."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ..conftest import Y360_MODULES, Organization
from .conftest import ROOT, Runner

MAILBOX = {"login": "anna", "password": "Made-up-9", "first_name": "A", "last_name": "B"}
MINIMUM: dict[str, dict[str, Any]] = {
    "y360_domain_info": {},
    "y360_mailbox": MAILBOX,
    "y360_mailbox_info": {},
    "y360_maillist": {"maillist": ["team"]},
    "y360_maillist_info": {},
    "y360_maillist_subscriber": {"maillist": "team", "subscribers": ["boris"]},
    "y360_signature": {"signature": "Example Ltd."},
}
"""The least that each module takes besides the options of the connection, and has something to do with."""
WRITING = [module for module in MINIMUM if not module.endswith("_info")]

pytestmark = pytest.mark.usefixtures("state_home", "impatient")
every_module = pytest.mark.parametrize("module", MINIMUM)


@pytest.fixture(autouse=True)
def _inhabitants(organization: Organization, request: pytest.FixtureRequest) -> None:
    organization.add_mailboxes("boris")
    if "y360_maillist_subscriber" in request.node.nodeid:
        organization.add_maillist("team")
    organization.forget()


def test_every_module_is_tested_here_and_in_the_action_group() -> None:
    assert set(MINIMUM) == set(Y360_MODULES)
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    assert set(groups["y360"]) == set(Y360_MODULES)


@every_module
@pytest.mark.parametrize(
    "fault",
    [
        "502:on=reads:count=3",
        "502:on=writes:count=2",
        "502:on=writes:count=2:applied",
        "html_error:on=writes:count=1",
        "fail_next:status=500",
        "fail_next:on=writes:status=503",
        "drop_after_write:count=1",
        "429:count=2:retry-after=0",
        "clip:size=1",
    ],
)
def test_faults_that_pass(run360: Runner, organization: Organization, module: str, fault: str) -> None:
    """The task does its work all the same, once, and the next one has nothing to do."""
    organization.own.arm(fault)
    result = run360(module, **MINIMUM[module], retry_timeout=20)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] is (module in WRITING)
    organization.own.arm()
    assert not run360(module, **MINIMUM[module])["changed"]


@every_module
def test_nobody_answers(run360: Runner, dead_port: int, module: str) -> None:
    result = run360(module, api_url=f"http://127.0.0.1:{dead_port}", retry_timeout=0.5, **MINIMUM[module])
    assert (result["error"]["code"], result["error"]["http_status"]) == ("unreachable", None)
    assert not result["changed"]
    assert "Traceback" not in run360.output


@every_module
def test_service_that_wants_a_long_pause(run360: Runner, organization: Organization, module: str) -> None:
    organization.own.arm("429:retry-after=600")
    result = run360(module, **MINIMUM[module], retry_timeout=5)
    assert (result["error"]["code"], result["error"]["http_status"]) == ("throttled", 429)
    assert "asks to wait 600 s" in result["msg"]
    assert result["requests"]["sent"] == 1


@every_module
def test_wrong_token(run360: Runner, module: str) -> None:
    result = run360(module, token="made-up-wrong", **MINIMUM[module])
    assert (result["error"]["code"], result["requests"]["sent"]) == ("unauthorized", 1)


@pytest.mark.parametrize("module", WRITING)
def test_check_mode_writes_nothing(run360: Runner, organization: Organization, module: str) -> None:
    assert run360(module, check=True, diff=True, **MINIMUM[module])["changed"]
    assert organization.writes() == []


def test_objects_that_are_not_visible_yet(run360: Runner, organization: Organization) -> None:
    """What an earlier task made is looked for a few times."""
    organization.own.arm("lag:requests=2")
    organization.add_mailboxes("clara")
    organization.add_maillist("late")
    options: dict[str, Any] = {"maillist": "late", "subscribers": ["clara"]}
    assert run360("y360_maillist_subscriber", **options)["failures"] == []
    assert set(organization.maillists["late"]) == {"clara"}


def test_tokens_of_the_environment_of_the_other_service(run360: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not used."""
    monkeypatch.setenv("PDD_TOKEN", "made-up-pdd")
    monkeypatch.setenv("PDD_API_URL", "http://127.0.0.1:9")
    message = run360.refused_before_any_request("y360_mailbox_info", token=None)
    assert "token is missing: give the option or the environment variable Y360_TOKEN" in message
