# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module against every fault, with hundreds of objects.

A task converges to exactly the desired state, or fails with a sentence and a code; nothing is doubled and nothing is
lost, the next run writes what is left, and the one after that nothing. The table stands at the end of the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core import budget, converge
from pdd_emulator.testing import Emulator

from ..conftest import FAULT_TABLE, Service
from . import cases
from .conftest import Runner
from .test_connection import MINIMUM

SEED = 214
RATES = (0.05, 0.33)
LOST = ("unknown", "500", "502", "reset", "truncated", "silent:seconds=60", "empty", "html", "array")
"""Faults that leave open whether a write was carried out; each strikes before and after that."""
HARMLESS = (
    "429",
    "429:retry-after=1:count=1",
    "slow:seconds=0.05",
    "invisible:seconds=0.3",
    "busy:limit=2",
    "rate:limit=100",
)
READ_FAULTS = (*LOST, *HARMLESS, "redirect", "short:drop=2")
FAULTS = (*(f"{kind}{applied}" for kind in LOST for applied in ("", ":applied")), *READ_FAULTS[len(LOST) :])
SLOWED = {"busy:limit=2": 0.004}
"""The latency of the service with these faults, in seconds: else two requests are never there at the same time."""

READING: dict[str, Callable[[dict[str, Any]], int]] = {
    "pdd_mailbox_info": lambda result: len(result["mailboxes"]),
    "pdd_maillist_info": lambda result: len(result["maillists"][0]["subscribers"]),
    "pdd_mailbox_import_info": lambda result: len(result["failed_boxes"]),
    "pdd_domain_info": lambda result: len(result["domains"]),
}
"""The modules that read, and how much they have read."""
IN_EVERY_RUN = dict.fromkeys(("requests", "invocation"))
"""What differs between two runs that read the same."""

Note = Callable[[str, object], None]

with_all_faults = pytest.mark.parametrize("fault", FAULTS)
at_both_rates = pytest.mark.parametrize(
    ("rate", "run"), list(zip(RATES, ("direct", "process"), strict=True)), indirect=["run"]
)
"""Each module meets each fault in the process of the task, and in a process of its own."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Return an emulator whose faults strike in the same way in every run."""
    with Emulator("--seed", str(SEED)) as running:
        yield running
    assert running.errors == ""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between tries."""
    monkeypatch.setattr(budget, "_FIRST_PAUSE", 0.005)
    monkeypatch.setattr(converge, "VISIBILITY_PAUSES", (0.05, 0.1, 0.2, 0.4))


class Trial:
    """A fault, a domain, and runs of modules there with the fault and without."""

    def __init__(self, run: Runner, service: Service, fault: str, rate: float, note: Note) -> None:
        self.run = run
        self.service = service
        self.fault = fault
        self.rate = rate
        self._note = note

    def struck(self, module: str, *tasks: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Run tasks under the fault, and put what they cost into the table; returns what they return."""
        self.service.forget()
        url = ":to=http://127.0.0.1:9/elsewhere" * (self.fault == "redirect")
        self.service.api.control_put("/faults", [f"{self.fault}:rate={self.rate}{url}"])
        self.service.api.control_put("/latency", {"latency": SLOWED.get(self.fault, 0)})
        patience: dict[str, Any] = {"timeout": 0.4 if self.fault.startswith("silent") else 30, "retry_timeout": 20}
        results = [self.run(module, **task, **patience) for task in tasks]
        self.end()
        codes = {check_failure(result, allowed_failures(module, self.fault)) for result in results} - {""}
        cost = [sum(result["requests"][key] for result in results) for key in ("sent", "retried")]
        self._note(FAULT_TABLE, [module, self.fault, self.rate, "".join(codes), *cost, SEED])
        return results

    def end(self) -> None:
        """Take the fault away."""
        self.service.api.session.delete(f"{self.service.url}/control/faults", timeout=60).raise_for_status()
        self.service.api.control_put("/latency", {"latency": 0})


@pytest.fixture
def trial(run: Runner, service: Service, fault: str, rate: float, record_property: Note) -> Iterator[Trial]:
    """Return the test's fault and domain."""
    trial = Trial(run, service, fault, rate, record_property)
    yield trial
    trial.end()


def allowed_failures(module: str, fault: str) -> set[str]:
    """Return the codes that a module may fail with under a fault; no other module fails at all."""
    if fault == "redirect":
        return {"redirect"}
    if fault.startswith("short"):
        return {"guard"}
    lost = fault.startswith(tuple(kind.partition(":")[0] for kind in LOST))
    return {"outcome_unknown"} if lost and module == "pdd_mailbox_import" else set()


def check_failure(result: dict[str, Any], allowed: set[str]) -> str:
    """Check that a failed task says what it should; returns its code, empty if it has not failed."""
    if not result.get("failed"):
        return ""
    code: str = result["error"]["code"]
    assert code in allowed, result["msg"]
    assert result["msg"].endswith(".")
    assert len(result["msg"]) < 600
    return code


def test_every_module_is_tested_here() -> None:
    assert {*cases.WRITING, *READING, "pdd_signature"} == set(MINIMUM)


@at_both_rates
@with_all_faults
@pytest.mark.parametrize("module", cases.WRITING)
def test_writing(trial: Trial, dead_port: int, module: str) -> None:
    run, service = trial.run, trial.service
    case = cases.WRITING[module](dead_port)
    case.prepare(service)
    [result] = trial.struck(module, case.options)
    journal = service.requests()
    left = case.left(service)
    assert (left > 0) is result.get("failed", False)
    stop_imports(service)
    assert not run(module, **case.options).get("failed")
    assert (len(service.writes()), case.left(service)) == (left, 0)
    assert cases.repeated(journal + service.requests()) == {}
    stop_imports(service)
    again = run(module, **case.options)
    assert (again["changed"], again["failures"], service.writes()) == (False, [], [])


def stop_imports(service: Service) -> None:
    """End the emulator's attempts to reach a source server that is not there, and empty the journal."""
    service.api.call("import/stop_all_imports")
    service.forget()


@at_both_rates
@with_all_faults
@pytest.mark.usefixtures("state_home")
def test_signature(trial: Trial) -> None:
    """There is one for each owner, so many texts follow each other."""
    run, service = trial.run, trial.service
    tasks: list[dict[str, Any]] = [
        {"signature": f"Text {number} with {trial.fault} at {trial.rate}"} for number in range(12)
    ]
    results = trial.struck("pdd_signature", *tasks)
    failed = results[-1].get("failed", False)
    assert [result["changed"] for result in results] == [not result.get("failed") for result in results]
    assert len(service.writes()) == sum(result["requests"]["sent"] for result in results)
    assert failed or service.signature == tasks[-1]["signature"]
    service.forget()
    assert run("pdd_signature", **tasks[-1])["changed"] is failed
    assert (len(service.writes()), service.signature) == (failed, tasks[-1]["signature"])
    assert not run("pdd_signature", **tasks[-1])["changed"]


@pytest.fixture(scope="module")
def filled(emulator: Emulator) -> str:
    """Return a domain with hundreds of everything, among hundreds of domains."""
    service = Service(emulator.api("filled.test"))
    logins = cases.numbered("box", 0, 200)
    service.add_mailboxes(*logins)
    service.add_maillist("everybody", *logins, senders=tuple(logins[:100]))
    for login in logins:
        service.api.control_put(f"failed_boxes/{login}", {"last_error": "made up"})
    for name in cases.numbered("place", 0, 200):
        service.api.control_put(f"/domains/{name}.test", {"status": "added"})
    return service.domain


@at_both_rates
@pytest.mark.parametrize("fault", READ_FAULTS)
@pytest.mark.parametrize("module", READING)
def test_reading(trial: Trial, filled: str, module: str) -> None:
    """Whatever happens on the way, what is read is complete and right, or the task fails."""
    task: dict[str, Any] = {"domain": "" if module == "pdd_domain_info" else filled}
    [result] = trial.struck(module, task)
    right = trial.run(module, **task)
    assert READING[module](right) >= 200
    assert result.get("failed") or {**result, **IN_EVERY_RUN} == {**right, **IN_EVERY_RUN}
    assert trial.service.writes() == []
