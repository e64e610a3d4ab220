# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one fault does to a task: lost answers, late visibility, a service that takes little, short listings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._pdd import client
from pdd_emulator.testing import WRITES as DOCUMENTED_WRITES
from pdd_source_server import SourceServer

from ..conftest import Service
from .cases import repeated
from .conftest import Middleman, Runner

ANNA_TO_TEAM = {"maillist": "team", "subscriber": "anna"}
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "domain/settings/setsign": ("pdd_signature", {"signature": "Example Ltd."}),
    "email/add": ("pdd_mailbox", {"login": "vera", "password": "made-up-2"}),
    "email/edit": ("pdd_mailbox", {"login": "anna", "first_name": "Anna"}),
    "email/del": ("pdd_mailbox", {"login": "anna", "state": "absent"}),
    "email/ml/add": ("pdd_maillist", {"maillist": ["news"]}),
    "email/ml/del": ("pdd_maillist", {"maillist": ["team"], "state": "absent"}),
    "email/ml/subscribe": ("pdd_maillist_subscriber", {"maillist": "team", "subscriber": "boris"}),
    "email/ml/unsubscribe": ("pdd_maillist_subscriber", {**ANNA_TO_TEAM, "state": "absent"}),
    "email/ml/set_can_send_on_behalf": ("pdd_maillist_subscriber", {**ANNA_TO_TEAM, "can_send_on_behalf": True}),
    "import/start_one_import": (
        "pdd_mailbox_import",
        {"external_login": "clara", "external_password": "made-up-1", "check_settings": False},
    ),
    "import/stop_all_imports": ("pdd_mailbox_import", {"state": "stopped"}),
}
"""Every call that modules write with, and a task that needs it once."""
SETTERS = ("domain/settings/setsign", "email/edit", "email/ml/set_can_send_on_behalf", "import/stop_all_imports")
"""Those that only set a value, and may therefore be repeated."""

each_write = pytest.mark.parametrize("action", WRITES)


@pytest.fixture
def fault(service: Service) -> Iterator[Callable[..., None]]:
    """Return a way to let the service have faults."""

    def arm(*specs: str) -> None:
        service.api.control_put("/faults", specs)
        service.forget()

    yield arm
    service.api.session.delete(f"{service.url}/control/faults", timeout=60).raise_for_status()


@pytest.fixture
def imports(service: Service, dead_port: int) -> Iterator[dict[str, Any]]:
    """Return the options of a source server that never answers; whatever is imported from there is stopped."""
    yield {"server": "127.0.0.1", "port": dead_port, "ssl": False}
    service.api.call("import/stop_all_imports")


@dataclass(frozen=True)
class Task:
    """A write, and the module and the options that need it."""

    action: str
    module: str
    options: dict[str, Any]


@pytest.fixture
def task(service: Service, imports: dict[str, Any], action: str) -> Task:
    """Return the task for a write, where anna and boris are, and anna is on the list `team`."""
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team", "anna")
    module, options = WRITES[action]
    if action == "import/start_one_import":
        return Task(action, module, {**options, **imports})
    if action == "import/stop_all_imports":
        source = {"method": "imap", "server": imports["server"], "port": imports["port"], "ssl": "no"}
        service.api.ok("import/start_one_import", {**source, "ext-login": "vera", "ext-passwd": "made-up-1"})
    return Task(action, module, options)


# Lost answers


def test_every_write_is_tested_here() -> None:
    """All calls that write and stand in the client."""
    calls = Path(client.__file__).read_text()
    assert {action for action in DOCUMENTED_WRITES if f'"{action}"' in calls} == set(WRITES)


@pytest.mark.parametrize("lost", ["reset", "unknown", "502", "truncated"])
@each_write
@pytest.mark.usefixtures("state_home")
def test_lost_answer(
    run: Runner,
    service: Service,
    fault: Callable[..., None],
    task: Task,
    lost: str,
) -> None:
    """The write was carried out, and its answer lost: it is recognised, and counts as the change that it is."""
    action, module, options = task.action, task.module, task.options
    fault(f"{lost}:applied:on={action}:count=1")
    result = run(module, **options)
    assert (result["changed"], result["failures"], result.get("failed", False)) == (True, [], False)
    sent = service.writes()
    assert set(sent) == {action}
    assert len(sent) == (2 if action in SETTERS else 1)
    assert repeated(service.requests()) == {}
    service.forget()
    again = run(module, **options)
    assert (again["changed"], again["failures"], service.writes()) == (False, [], [])


@pytest.mark.parametrize("lost", ["reset", "unknown", "502", "truncated"])
@each_write
@pytest.mark.usefixtures("state_home", "impatient")
def test_lost_request(
    run: Runner,
    service: Service,
    fault: Callable[..., None],
    task: Task,
    lost: str,
) -> None:
    """The write was not carried out, which the answer does not tell: it is sent once more, but for an import."""
    action, module, options = task.action, task.module, task.options
    fault(f"{lost}:on={action}:count=1")
    result = run(module, **options)
    once = action == "import/start_one_import"
    assert result["changed"] is not once
    assert [failure["error"]["code"] for failure in result["failures"]] == ["outcome_unknown"] * once
    assert service.writes() == [action] * (1 if once else 2)
    again = run(module, **options)
    assert (again["changed"], again["failures"]) == (once, [])
    assert repeated(service.requests()) == {}


def test_lost_import_that_becomes_visible_late(
    run: Runner, service: Service, source: SourceServer, middleman: Middleman
) -> None:
    """The mailbox is looked for until it is there."""
    looks = iter(range(3))  # the first one is before the start

    def hide(answer: dict[str, Any]) -> None:
        if next(looks, None) is not None:
            answer["accounts"] = []

    middleman.edit("email/list", hide)
    middleman.lose("import/start_one_import", applied=True)
    options: dict[str, Any] = {"server": source.host, "port": source.ports["imaps"], "api_url": middleman.url}
    result = run("pdd_mailbox_import", **options, external_login="anna", external_password="made-up-anna")
    assert result["imported"] == service.addresses("anna")
    assert service.writes() == ["import/start_one_import"]


@pytest.mark.usefixtures("impatient")
def test_no_import_is_started_twice(
    run: Runner, service: Service, fault: Callable[..., None], imports: dict[str, Any]
) -> None:
    """Whatever becomes of the answers, runs that follow each other start each import once."""
    boxes = [{"external_login": f"box{number}", "external_password": "made-up-1"} for number in range(40)]
    lost = ("reset", "500:applied", "unknown:applied", "html", "truncated:applied", "empty")
    fault(*(f"{kind}:on=import/start_one_import:skip={3 * place}:rate=0.3" for place, kind in enumerate(lost)))
    results = [run("pdd_mailbox_import", **imports, check_settings=False, mailboxes=boxes) for _run in range(12)]
    assert {failure["error"]["code"] for result in results for failure in result["failures"]} == {"outcome_unknown"}
    assert results[-1]["failures"] == []
    assert sum(entry["applied"] for entry in service.requests() if entry["write"]) == len(boxes)
    assert repeated(service.requests()) == {}
    assert len(service.mailboxes) == len(boxes)


# Visibility


def test_new_list_that_is_not_visible_yet(run: Runner, service: Service, fault: Callable[..., None]) -> None:
    """Two tasks of a play: the second one looks for the list until it is there."""
    service.add_mailboxes("anna")
    fault("invisible:seconds=1:count=1")
    assert run("pdd_maillist", maillist=["team"])["created"] == service.addresses("team")
    result = run("pdd_maillist_subscriber", maillist="team", subscriber="anna")
    assert result["maillists"][0]["added"] == service.addresses("anna")
    assert service.calls().count("email/ml/list") > 2


@pytest.mark.usefixtures("impatient")
def test_list_that_stays_invisible(run: Runner, service: Service, fault: Callable[..., None]) -> None:
    """It is not looked for for ever."""
    service.add_mailboxes("anna")
    fault("invisible:seconds=60:count=1")
    run("pdd_maillist", maillist=["team"])
    result = run("pdd_maillist_subscriber", maillist="team", subscriber="anna")
    assert result["error"]["code"] == "not_found"
    assert f"no such mailing list: {service.address('team')}" in result["msg"]
    assert service.writes() == ["email/ml/add"]


# Politeness


@pytest.mark.parametrize("little", ["busy:limit=2", "rate:limit=20", "busy:limit=2:retry-after=1"])
def test_service_that_takes_little(run: Runner, service: Service, fault: Callable[..., None], little: str) -> None:
    """The task slows down instead of failing, and says so."""
    service.api.control_put("/latency", {"latency": 0.02})
    fault(little)
    names = [f"list{number}" for number in range(40)]
    result = run("pdd_maillist", maillist=names, max_connections=8)
    assert (len(result["created"]), result["failures"]) == (40, [])
    assert result["requests"]["throttled_seconds"] > 0
    turned_away = sum(entry["status"] == 429 for entry in service.requests())
    assert result["requests"] == {**result["requests"], "sent": 41 + turned_away, "retried": turned_away}
    assert 0 < turned_away < 40


def test_service_that_takes_all_is_not_held_back(run: Runner) -> None:
    result = run("pdd_maillist", maillist=[f"list{number}" for number in range(40)])
    assert result["requests"] == {"sent": 41, "retried": 0, "throttled_seconds": 0.0}


# Listings cut short


def people(service: Service, number: int, *lists: str) -> list[str]:
    """Create lists with so many subscribers; returns their logins."""
    logins = [f"person{each}" for each in range(number)]
    service.add_mailboxes(*logins)
    for name in lists:
        service.add_maillist(name, *logins)
    return logins


@pytest.mark.parametrize("check", [True, False])
def test_short_listing_removes_nobody(run: Runner, service: Service, fault: Callable[..., None], check: bool) -> None:
    """Who is not seen would not be removed and not be added; nothing is done for the complete list either."""
    logins = people(service, 4, "team", "news")
    fault("short:drop=1")
    desired = [{"maillist": name, "subscribers": logins[:3], "exclusive": True} for name in ("team", "news")]
    result = run("pdd_maillist_subscriber", check=check, maillists=desired)
    assert result["error"]["code"] == "guard"
    assert "only 3 subscribers can be read, but the service counts 4" in result["msg"]
    assert "verify_count" in result["msg"]
    assert service.writes() == []


def test_short_listing_is_not_exported(run: Runner, service: Service, fault: Callable[..., None]) -> None:
    people(service, 4, "team")
    fault("short:drop=1")
    result = run("pdd_maillist_info")
    assert (result["error"]["code"], "maillists" in result) == ("guard", False)
    fault("short:drop=1:count=1")
    assert len(run("pdd_maillist_info")["maillists"][0]["subscribers"]) == 4


# Removal of many


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("kept", [0, 6])
def test_removal_is_counted_for_each_list(run: Runner, service: Service, kept: int, check: bool) -> None:
    """Half of one of the lists, or all of it where somebody's default is an empty list."""
    logins = people(service, 10, "team", "news")
    service.forget()
    desired = [
        {"maillist": "team", "subscribers": logins, "exclusive": True},
        {"maillist": "news", "subscribers": logins[:kept], "exclusive": True},
    ]
    result = run("pdd_maillist_subscriber", check=check, maillists=desired)
    assert (result["error"]["code"], result["changed"]) == ("guard", False)
    assert f"{10 - kept} of the 10 subscribers of {service.address('news')}" in result["msg"]
    assert service.address("team") not in result["msg"]
    assert service.writes() == []
    assert set(service.maillists["news"]) == set(logins)
