# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_signature: the common signature of all domains of the token's owner."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN

from ..conftest import Service, in_every_era
from .conftest import MODULES, Middleman, Runner, remembered_digests

MODULE = "pdd_signature"
HEADERS = {"before_header": "signature", "after_header": "signature"}
CHANGE = {"kind": "signature", "name": "signature", "action": "update"}
TEXT = "Example Ltd., 1 Example Street"


@pytest.fixture
def state_file(state_home: Path) -> Path:
    """Return where the module remembers what it set, unless it is told otherwise."""
    return state_home / "mailops.pdd" / "signatures.json"


@pytest.fixture
def remembered(run: Runner, service: Service, state_file: Path) -> Path:
    """Set the signature once; returns the state file."""
    run(MODULE, signature=TEXT)
    service.forget()
    return state_file


@in_every_era
def test_set_once(run: Runner, service: Service, state_file: Path) -> None:
    result = run.check_then_run_twice(MODULE, signature=TEXT)
    assert (result["changed"], result["signature"], result["previously"]) == (True, TEXT, "unknown")
    assert result["failures"] == []
    assert result["diff"] == {"before": "(unknown)\n", "after": f"{TEXT}\n", **HEADERS}
    assert result["changes"] == [{**CHANGE, "previously": "unknown"}]
    assert service.signature == TEXT
    assert run(MODULE, signature=TEXT)["previously"] == "same"
    assert state_file.exists()


@pytest.mark.usefixtures("remembered")
def test_known_signature_costs_no_request(run: Runner, service: Service) -> None:
    result = run(MODULE, signature=TEXT, diff=True)
    assert result["requests"]["sent"] == 0
    assert result["diff"] == {"before": f"{TEXT}\n", "after": f"{TEXT}\n", **HEADERS}
    assert result["changes"] == []
    assert service.requests() == []


@pytest.mark.usefixtures("remembered")
def test_another_text(run: Runner, service: Service) -> None:
    result = run.check_then_run_twice(MODULE, signature="Example & Söhne\n<br>\u2028№ 1")
    assert (result["changed"], result["previously"]) == (True, "different")
    assert result["diff"]["before"] == "(different)\n"
    assert result["changes"] == [{**CHANGE, "previously": "different"}]
    assert service.signature == "Example & Söhne\n<br>\u2028№ 1"


@pytest.mark.usefixtures("remembered")
def test_empty_text(run: Runner, service: Service) -> None:
    assert run.check_then_run_twice(MODULE, signature="")["changed"]
    assert service.signature == ""


@pytest.mark.usefixtures("remembered")
def test_force(run: Runner, service: Service) -> None:
    for check, writes in ((True, []), (False, ["domain/settings/setsign"])):
        result = run(MODULE, signature=TEXT, force=True, check=check)
        assert (result["changed"], result["previously"]) == (True, "same")
        assert service.writes() == writes


@pytest.mark.usefixtures("state_home")
def test_domain_is_accepted_and_ignored(run: Runner, service: Service) -> None:
    assert run(MODULE, signature=TEXT, domain=None)["changed"]
    assert not run(MODULE, signature=TEXT, domain="no domain at all")["changed"]
    assert [set(entry["params"]) for entry in service.requests()] == [{"signature"}]


def test_state_file(remembered: Path) -> None:
    assert remembered.stat().st_mode & 0o777 == 0o600
    assert remembered.parent.stat().st_mode & 0o777 == 0o700
    content = remembered.read_text()
    assert TOKEN not in content
    assert TEXT not in content
    assert json.loads(content)["mailops.pdd"] == "digests of signatures"
    ((owner, digest),) = remembered_digests(remembered).items()
    assert len(owner) == len(digest) == 64
    left = {each.name for each in remembered.parent.iterdir()}
    assert left == {"signatures.json", "signatures.json.lock"}


def test_state_path(run: Runner, service: Service, state_file: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "a new place" / "digests"
    assert run.check_then_run_twice(MODULE, signature=TEXT, state_path=str(chosen))["changed"]
    assert chosen.exists()
    assert not state_file.exists()
    assert run(MODULE, signature=TEXT)["previously"] == "unknown"
    assert service.writes() == ["domain/settings/setsign"]


def test_owners_and_services_are_kept_apart(run: Runner, service: Service, remembered: Path) -> None:
    other = run(MODULE, signature=TEXT, oauth_token=OAUTH_TOKEN)
    assert other["previously"] == "unknown"
    another = run(MODULE, signature="Another", api_url=service.url.replace("127.0.0.1", "localhost"))
    assert another["previously"] == "unknown"
    assert run(MODULE, signature=TEXT)["previously"] == "same"
    assert run(MODULE, signature=TEXT, api_url=f"{service.url}/")["previously"] == "same"
    assert len(remembered_digests(remembered)) == 3


def test_check_mode_leaves_no_trace(run: Runner, service: Service, state_home: Path) -> None:
    result = run(MODULE, signature=TEXT, check=True)
    assert (result["changed"], result["previously"]) == (True, "unknown")
    assert not state_home.exists()
    assert service.requests() == []


def test_refused_signature_is_forgotten(run: Runner, remembered: Path, middleman: Middleman) -> None:
    """What the service has after a failure is not known, so the next run sets it, whatever was remembered."""
    run(MODULE, signature=TEXT, api_url=middleman.url)
    assert sorted(map(len, remembered_digests(remembered).values())) == [64, 64]
    middleman.lose("domain/settings/setsign", applied=True)
    lost = run(MODULE, signature="New", api_url=middleman.url, retry_timeout=0)
    assert lost["failed"]
    assert lost["error"]["http_status"] == 502
    assert sorted(map(len, remembered_digests(remembered).values())) == [0, 64]
    again = run(MODULE, signature=TEXT, api_url=middleman.url)
    assert (again["changed"], again["previously"]) == (True, "unknown")


def test_forgotten_before_it_is_sent(run: Runner, remembered: Path, middleman: Middleman) -> None:
    """A task that is killed while it sends must not leave a digest of what may no longer hold."""
    run(MODULE, signature=TEXT, api_url=middleman.url)
    seen: list[list[int]] = []

    def look(forward: Callable[[], Any]) -> Any:
        seen.append(sorted(map(len, remembered_digests(remembered).values())))
        return forward()

    middleman.on("domain/settings/setsign", look)
    run(MODULE, signature="New", api_url=middleman.url)
    assert seen == [[0, 64]]
    assert sorted(map(len, remembered_digests(remembered).values())) == [64, 64]


def test_lost_answer_is_repeated(run: Runner, service: Service, state_home: Path, middleman: Middleman) -> None:
    middleman.lose("domain/settings/setsign", applied=True)
    result = run(MODULE, signature=TEXT, api_url=middleman.url)
    assert result["changed"]
    assert result["requests"]["retried"] == 1
    assert service.signature == TEXT
    assert state_home.exists()


def test_tasks_at_the_same_time(service: Service, state_file: Path) -> None:
    """No task, each of another owner as far as the module knows, loses what another one remembers meanwhile."""
    service.api.control_put("/latency", {"latency": 0.5})
    options = [
        {"signature": f"Text {number}", "token": TOKEN, "oauth_token": token, "api_url": service.url}
        for number, token in enumerate((OAUTH_TOKEN, ""))
    ]
    options += [{**each, "api_url": service.url.replace("127.0.0.1", "localhost")} for each in options]
    command = [sys.executable, "-m", f"{MODULES}.{MODULE}"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    tasks = [
        subprocess.Popen(
            [*command, json.dumps({"ANSIBLE_MODULE_ARGS": each})],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in options
    ]
    results = [json.loads(task.communicate()[0]) for task in tasks]
    assert [result["changed"] for result in results] == [True] * len(options)
    assert len(remembered_digests(state_file)) == len(options)


def test_state_path_that_is_no_path(run: Runner) -> None:
    assert r"state_path: 'a\x00b' is no path" in run.refused_before_any_request(
        MODULE, signature=TEXT, state_path="a\0b"
    )


@pytest.mark.usefixtures("state_home")
def test_signature_is_needed(run: Runner, service: Service) -> None:
    assert "signature" in run.refused_by_ansible(MODULE)
    assert service.requests() == []


def test_wrong_token(run: Runner, state_file: Path) -> None:
    result = run(MODULE, signature=TEXT, token="WRONG")
    assert result["error"]["code"] == "bad_token"
    assert "Cannot set the signature" in result["msg"]
    assert not result["changed"]
    assert set(remembered_digests(state_file).values()) == {""}
