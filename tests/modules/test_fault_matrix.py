# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module against every fault, with hundreds of objects.

A task converges to exactly the wanted state, or fails with a sentence and a code; nothing is doubled and nothing is
lost, the next run writes what is left, and the one after that nothing. The table stands at the end of the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils import _budget, _converge
from pdd_emulator.testing import Emulator

from ..conftest import FAULT_TABLE, Service
from . import cases
from .conftest import Runner

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
ELSEWHERE = ":to=http://127.0.0.1:9/elsewhere"
READ_FAULTS = (*LOST, *HARMLESS, "redirect", "short:drop=2")
FAULTS = (*(f"{kind}{applied}" for kind in LOST for applied in ("", ":applied")), *READ_FAULTS[len(LOST) :])
SLOWED = {"busy:limit=2": 0.004}
"""The latency of the service with these faults, in seconds: else two requests are never there at the same time."""

WRITING: dict[str, Callable[[int], cases.Case]] = {
    "pdd_maillist": lambda _port: cases.maillists(),
    "pdd_maillist_subscriber": lambda _port: cases.subscribers(),
    "pdd_mailbox": lambda _port: cases.mailboxes(),
    "pdd_mailbox_import": cases.imports,
}
"""The task of each module that writes; it may use a port where nothing answers."""

READING: dict[str, Callable[[dict[str, Any]], int]] = {
    "pdd_mailbox_info": lambda result: len(result["mailboxes"]),
    "pdd_maillist_info": lambda result: len(result["maillists"][0]["subscribers"]),
    "pdd_mailbox_import_info": lambda result: len(result["failed_boxes"]),
    "pdd_domain_info": lambda result: len(result["domains"]),
}
"""The modules that read, and how much they have read."""
IN_EVERY_RUN = dict.fromkeys(("requests", "invocation"))
"""What differs between two runs that read the same."""

with_all_faults = pytest.mark.parametrize("fault", FAULTS)
at_both_rates = pytest.mark.parametrize("rate", RATES)

Arm = Callable[[str, float], dict[str, Any]]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Return an emulator whose faults strike in the same way in every run."""
    with Emulator("--seed", str(SEED)) as running:
        yield running
    assert running.errors == ""


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between tries."""
    monkeypatch.setattr(_budget, "_FIRST_PAUSE", 0.005)
    monkeypatch.setattr(_converge, "VISIBILITY_PAUSES", (0.05, 0.1, 0.2, 0.4))


@pytest.fixture
def arm(service: Service) -> Iterator[Arm]:
    """Return a way to let a fault strike; it returns options that suit the fault."""

    def arm(fault: str, rate: float) -> dict[str, Any]:
        service.api.control_put("/faults", [f"{fault}:rate={rate}" + ELSEWHERE * (fault == "redirect")])
        service.api.control_put("/latency", {"latency": SLOWED.get(fault, 0)})
        return {"timeout": 0.4 if fault.startswith("silent") else 30, "retry_timeout": 20}

    yield arm
    disarm(service)


def disarm(service: Service) -> int:
    """Take all faults away; returns how often they have struck."""
    struck: int = sum(each["struck"] for each in service.api.control("/faults"))
    service.api.session.delete(f"{service.url}/control/faults", timeout=60).raise_for_status()
    service.api.control_put("/latency", {"latency": 0})
    return struck


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


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Return a way to put a cell into the table."""

    def note(module: str, fault: str, rate: float, code: str, results: list[dict[str, Any]]) -> None:
        sent, retried = (sum(result["requests"][key] for result in results) for key in ("sent", "retried"))
        record_property(FAULT_TABLE, [module, fault, rate, code, sent, retried])

    return note


@at_both_rates
@with_all_faults
@pytest.mark.parametrize("module", WRITING)
def test_writing(
    run: Runner,
    service: Service,
    arm: Arm,
    dead_port: int,
    note: Callable[..., None],
    module: str,
    fault: str,
    rate: float,
) -> None:
    case = WRITING[module](dead_port)
    case.prepare(service)
    service.forget()
    result = run(module, **case.options, **arm(fault, rate))
    disarm(service)
    code = check_failure(result, allowed_failures(module, fault))
    note(module, fault, rate, code, [result])
    journal = service.requests()
    left = case.left(service)
    assert (left == 0) == (code == "")
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
def test_signature(run: Runner, service: Service, arm: Arm, note: Callable[..., None], fault: str, rate: float) -> None:
    """There is one for each owner, so many texts follow each other."""
    options = arm(fault, rate)
    results = []
    for number in range(12):
        text = f"Text {number} with {fault} at {rate}"
        service.forget()
        results.append(run("pdd_signature", signature=text, **options))
        assert (service.signature == text) or check_failure(results[-1], allowed_failures("pdd_signature", fault))
        journal = service.writes()
        assert (len(journal), results[-1]["changed"]) == (results[-1]["requests"]["sent"], "failed" not in results[-1])
    disarm(service)
    failed = "failed" in results[-1]
    codes = {result["error"]["code"] for result in results if "failed" in result}
    note("pdd_signature", fault, rate, "".join(codes), results)
    service.forget()
    assert run("pdd_signature", signature=text)["changed"] is failed
    assert service.signature == text
    assert len(service.writes()) == failed
    assert not run("pdd_signature", signature=text)["changed"]


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
def test_reading(
    run: Runner,
    arm: Arm,
    service: Service,
    filled: str,
    note: Callable[..., None],
    module: str,
    fault: str,
    rate: float,
) -> None:
    """Whatever happens on the way, what is read is complete and right, or the task fails."""
    options = {"domain": "" if module == "pdd_domain_info" else filled}
    result = run(module, **options, **arm(fault, rate))
    disarm(service)
    code = check_failure(result, allowed_failures(module, fault))
    note(module, fault, rate, code, [result])
    right = run(module, **options)
    assert READING[module](right) >= 200
    assert code or {**result, **IN_EVERY_RUN} == {**right, **IN_EVERY_RUN}
    assert service.writes() == []
