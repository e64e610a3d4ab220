# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service, or the task, ends in the middle of its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN, Emulator, wait_until

from ..conftest import Service
from . import cases
from .conftest import MODULES, Runner, remembered_digests

LATENCY = ("--latency", "0.01")
"""Slow enough to be met in the middle of its work."""


def written(service: Service) -> int:
    """Count the writes so far."""
    return sum(entry["applied"] and entry["write"] for entry in service.requests())


def start_module(module: str, options: dict[str, Any]) -> subprocess.Popen[str]:
    """Start a module as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", f"{MODULES}.{module}", json.dumps({"ANSIBLE_MODULE_ARGS": options})],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize("module", cases.WRITING)
def test_service_that_is_killed_and_comes_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, dead_port: int, module: str
) -> None:
    """On the same port, with the state that it had: the task goes on where it was."""
    case = cases.WRITING[module](dead_port)
    state = ("--state", str(tmp_path / "state.sqlite"))
    first = Emulator(*state)
    service = Service(first.api("example.test"))
    case.prepare(service)
    service.api.control_put("/latency", {"latency": 0.01})
    service.forget()

    def replace() -> Emulator:
        wait_until(lambda: written(service) >= 50)
        first.stop(signal.SIGKILL)
        return Emulator(*state, "--port", service.url.rpartition(":")[2], *LATENCY)

    run = Runner(service, capsys)
    with ThreadPoolExecutor() as pool:
        replacing = pool.submit(replace)
        result = run(module, **case.options, retry_timeout=20)
        second = replacing.result()
    with second:
        codes = {failure["error"]["code"] for failure in result["failures"]}
        assert codes <= ({"outcome_unknown"} if module == "pdd_mailbox_import" else set())
        assert result["requests"]["retried"] > 0
        assert (case.left(service) == 0) == (codes == set())
        assert run(module, **case.options)["failures"] == []
        assert case.left(service) == 0
        assert run("pdd_mailbox_import_info")["import"]["total_boxes"] == 200 * (module == "pdd_mailbox_import")
        service.forget()
        assert not run(module, **case.options)["changed"]
        assert service.writes() == []


def test_service_that_is_gone_for_good(capsys: pytest.CaptureFixture[str]) -> None:
    """2,000 writes are waiting; the task ends soon after the time that it was given, and says little."""
    emulator = Emulator(*LATENCY)
    service = Service(emulator.api("example.test"))

    def kill() -> float:
        wait_until(lambda: written(service) >= 50)
        emulator.stop(signal.SIGKILL)
        return time.monotonic()

    run = Runner(service, capsys)
    with ThreadPoolExecutor() as pool:
        killing = pool.submit(kill)
        result = run("pdd_maillist", maillist=cases.numbered("list", 0, 2000), retry_timeout=3)
    assert time.monotonic() - killing.result() < 3 + 10
    assert result["changed"]
    assert result["created"]
    assert sum(failure["count"] for failure in result["failures"]) == 2000 - len(result["created"])
    assert len(result["failures"]) < 20
    assert result["error"]["code"] in {"unreachable", "outcome_unknown", "timeout"}
    assert f"of 2000 failed, {len(result['created'])} done" in result["msg"]
    assert len(result["msg"]) < 600
    assert result["requests"]["sent"] < len(result["created"]) + 200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("applied", [False, True])
def test_signature_task_that_is_killed(
    run: Runner, service: Service, state_home: Path, number: signal.Signals, applied: bool
) -> None:
    """While it waits for the answer: the state can be read, its lock is free, and the next run sets the text."""
    state = state_home / "mailops.pdd" / "signatures.json"
    run("pdd_signature", signature="Old")
    service.forget()
    service.api.control_put("/faults", ["silent:seconds=60" + ":applied" * applied])
    options = {"signature": "New", "token": TOKEN, "api_url": service.url}
    with start_module("pdd_signature", options) as task:
        wait_until(service.requests)
        task.send_signal(number)
        task.communicate(timeout=30)
    assert task.returncode != 0
    service.api.session.delete(f"{service.url}/control/faults", timeout=60).raise_for_status()
    assert set(remembered_digests(state).values()) == {""}
    assert state.stat().st_mode & 0o777 == 0o600
    result = run("pdd_signature", signature="New")
    assert (result["changed"], result["previously"], service.signature) == (True, "unknown", "New")
    assert not run("pdd_signature", signature="New")["changed"]


def test_state_file_is_whole_at_any_time(run: Runner, service: Service, state_home: Path) -> None:
    """Tasks are killed at any moment while they write; there is never half a file, and the next task adds to it."""
    state = state_home / "mailops.pdd" / "signatures.json"
    state.parent.mkdir(parents=True)
    old = {f"{number:064}": f"{number:064}" for number in range(2000)}
    state.write_text(json.dumps(old))
    for number in range(6):
        options = {"signature": f"Text {number}", "token": TOKEN, "api_url": service.url}
        service.forget()
        with start_module("pdd_signature", options) as task:
            wait_until(lambda: any(state.parent.glob(".signatures.json.*")) or service.requests())
            time.sleep(number / 1000)
            task.kill()
        assert old.items() <= json.loads(state.read_text()).items()
    assert run("pdd_signature", signature="New")["changed"]
    assert old.items() < json.loads(state.read_text()).items()
    assert service.signature == "New"
