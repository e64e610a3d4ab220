# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Play desired states one after the other on a domain, with faults, and with a colleague who changes things."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import requests
from pdd_emulator.testing import TOKEN, Emulator
from pdd_hostile.checks import Outcome, general_offences
from pdd_hostile.stage import documentation
from pdd_hostile.tasks import Tasks

from ..conftest import Service
from ..modules.cases import repeated
from .wishes import LISTS, PASSWORD, PEOPLE, Signature, Snapshot, Thing, Wish, draw_wish

KINDS = (
    "unknown",
    "500",
    "502",
    "reset",
    "truncated",
    "silent:seconds=60",
    "empty",
    "html",
    "array",
)
_FAULTS = (
    *KINDS,
    *(f"{kind}:applied" for kind in KINDS),
    "429",
    "429:retry-after=1",
    "slow:seconds=0.05",
    "invisible:seconds=0.3",
    "busy:limit=2",
    "short:drop=2",
)
_IMPATIENT: dict[str, Any] = {"timeout": 0.5, "retry_timeout": 3}
_PATIENT: dict[str, Any] = {"timeout": 30, "retry_timeout": 60}
_KNOWN: dict[str, dict[str, Any]] = {
    module: {"expected_present": []} for module in ("pdd_mailbox", "pdd_maillist_subscriber")
}
"""What tells a check run that no earlier task creates anything."""
_SECONDS = 120
"""After which a task is ended; it has many requests, and each answer starts the time for retries anew."""


class Colleague:
    """Somebody else who changes the domain. What was touched is not checked."""

    def __init__(self, service: Service, seed: str) -> None:
        self.touched: set[Thing] = set()
        self._service = service
        self._random = Random(seed)

    def act(self, times: int) -> None:
        """Change a few things. Faults apply to these requests, too."""
        for _time in range(times):
            call, params, touched = self._draw()
            self.touched |= touched
            data = {"domain": self._service.domain, **params}
            with suppress(requests.RequestException):
                requests.post(f"{self._service.url}/api2/admin/{call}", data, headers={"PddToken": TOKEN}, timeout=1)

    def _draw(self) -> tuple[str, dict[str, str], set[Thing]]:
        person, maillist = self._random.choice(PEOPLE), self._random.choice(LISTS)
        both = {"maillist": maillist, "subscriber": person}
        everything: set[Thing] = {("subscriber", name, person) for name in LISTS}
        members: set[Thing] = {("subscriber", maillist, each) for each in PEOPLE}
        calls: list[tuple[str, dict[str, str], set[Thing]]] = [
            ("email/add", {"login": person, "password": PASSWORD}, {("mailbox", person)}),
            ("email/del", {"login": person}, {("mailbox", person), *everything}),
            ("email/edit", {"login": person, "iname": "Somebody", "enabled": "no"}, {("mailbox", person)}),
            ("email/ml/add", {"maillist": maillist}, {("maillist", maillist)}),
            ("email/ml/del", {"maillist": maillist}, {("maillist", maillist), *members}),
            ("email/ml/subscribe", {**both, "can_send_on_behalf": "yes"}, {("subscriber", maillist, person)}),
            ("email/ml/unsubscribe", both, {("subscriber", maillist, person)}),
            ("domain/settings/setsign", {"signature": "Somebody's"}, set()),
        ]
        return self._random.choice(calls)


class Episode:
    """Some rounds on a separate domain, all drawn from one seed."""

    def __init__(self, seed: int, emulator: Emulator, tasks: Tasks, folder: Path, dead_port: int) -> None:
        self._random = Random(seed)
        self._service = Service(emulator.api(f"fuzz{seed}.test"))
        self._tasks = tasks
        self._more: dict[str, dict[str, Any]] = {
            "pdd_signature": {"state_path": str(folder / f"signatures-{seed}.json")},
            "pdd_mailbox_import": {"port": dead_port},
        }
        self._told: list[str] = []
        self._wrong: list[str] = []

    def play(self) -> list[str]:
        """Play all rounds; return what is wrong, and what happened before."""
        self._service.add_mailboxes(*self._random.sample(PEOPLE, 11))
        there = list(self._service.mailboxes)
        for name in self._random.sample(LISTS, 5):
            self._service.add_maillist(name, *self._random.sample(there, self._random.randint(0, 11)))
        for _round in range(self._random.randint(1, 3)):
            self._play_round(draw_wish(self._random))
            if self._wrong:
                return ["; ".join(self._wrong), *(f"    {line}" for line in self._told)]
        return []

    def _play_round(self, desired: Wish) -> None:
        """Run with faults, without them, and once more."""
        if self._random.random() < 0.8:
            self._make(desired.needs())
        self._told.append(f"wish: {desired.module} {desired.options()}")
        self._run_with_faults(desired)
        self._run_to_the_end(desired)
        self._service.api.call("import/stop_all_imports")
        self._service.forget()

    def _make(self, things: set[Thing]) -> None:
        """Create mailboxes and lists, if they are missing."""
        for kind, name in sorted(things - self._snapshot().things()):
            if kind == "mailbox":
                self._service.add_mailboxes(name)
            else:
                self._service.add_maillist(name)

    def _run_with_faults(self, desired: Wish) -> None:
        before = self._snapshot()
        colleague = Colleague(self._service, str(self._random.random()))
        faults = [
            f"{kind}:rate={self._random.choice((0.1, 0.3, 0.6))}"
            for kind in self._random.sample(_FAULTS, self._random.randint(0, 3))
        ]
        acts = self._random.choice((0, 0, 1, 3))
        self._told.append(f"faults: {faults}; colleague: {acts}")
        with self._faults(faults):
            busy = threading.Thread(target=colleague.act, args=(acts,))
            busy.start()
            self._run(desired, _IMPATIENT)
            busy.join()
        self._check_removals(desired, before, colleague)

    def _run_to_the_end(self, desired: Wish) -> None:
        """Check that the desired state is reached without faults, if it can be, and that nothing is left to do then."""
        self._service.forget()
        before = self._snapshot()
        predicted = self._run(desired, _PATIENT, _ansible_check_mode=True, **_KNOWN.get(desired.module, {}))
        if self._service.writes():
            self._wrong.append(f"a check run writes {self._service.writes()}")
        self._service.forget()
        result = self._run(desired, _PATIENT)
        self._check_prediction(desired, predicted, result, before)
        possible = desired.needs() <= before.things()
        guarded = result.get("error", {}).get("code") == "guard"
        if guarded != desired.guarded(before) and possible:
            self._wrong.append(f"the guard {'stops' if guarded else 'does not stop'} the task")
        if guarded and self._service.writes():
            self._wrong.append("the guard stops the task after a write")
        self._check_removals(desired, before, None)
        if guarded or not possible or self._stranger_set_the_signature(desired, result):
            return
        if result.get("failed"):
            self._wrong.append("fails without a fault")
        self._wrong += desired.unmet(self._snapshot())
        self._service.forget()
        again = self._run(desired, _PATIENT)
        if again.get("changed") or again.get("failed") or self._service.writes():
            self._wrong.append(f"the next run is {again.get('changed')=}, and writes {self._service.writes()}")

    def _check_prediction(
        self, desired: Wish, predicted: dict[str, Any], result: dict[str, Any], before: Snapshot
    ) -> None:
        """Hold a check run against the run, unless a list is missing, which an earlier task might create."""
        if any(kind == "maillist" for kind, *_name in desired.needs() - before.things()):
            return
        for key in ("changed", "changes", "failed"):
            if predicted.get(key) != result.get(key):
                self._wrong.append(f"predicts {key} {predicted.get(key)!r}, and it is {result.get(key)!r}"[:500])
        failed = [[(each["action"], each["object"]) for each in run.get("failures", [])] for run in (predicted, result)]
        if sorted(failed[0]) != sorted(failed[1]):
            self._wrong.append(f"predicts failures {failed[0]}, and they are {failed[1]}")

    def _stranger_set_the_signature(self, desired: Wish, result: dict[str, Any]) -> bool:
        """Return whether a change by somebody else was not noticed, as it is documented."""
        return isinstance(desired, Signature) and result.get("previously") == "same"

    def _check_removals(self, desired: Wish, before: Snapshot, colleague: Colleague | None) -> None:
        after = self._snapshot()
        touched = colleague.touched if colleague else set()
        there = before
        if colleague and touched:  # what was created meanwhile may be removed as well
            there = Snapshot(before.mailboxes, {**after.maillists, **before.maillists}, None)
        for thing in before.things() - after.things() - touched:
            if not desired.may_remove(thing, there):
                self._wrong.append(f"removes {thing}")
        if not touched and desired.guarded(before) and before.things() - after.things():
            self._wrong.append("removes what is guarded")
        twice = repeated(entry for entry in self._service.requests() if entry["path"].endswith("start_one_import"))
        if twice:
            self._wrong.append(f"starts imports twice: {twice}")

    def _run(self, desired: Wish, patience: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Run the module, and check its output against the rules for every module."""
        service = self._service
        connection = {"api_url": service.url, "token": TOKEN, "domain": service.domain, **patience}
        options = {**connection, **desired.options(), **self._more.get(desired.module, {}), **more}
        ended = self._tasks.run(desired.module, options, seconds=_SECONDS)
        outcome = Outcome(ended, documentation(desired.module))
        self._wrong += general_offences(outcome)
        if TOKEN in ended.output + ended.errors:
            self._wrong.append("shows the token")
        brief = {
            key: str(outcome.result.get(key))[:300] for key in ("changed", "msg", "failures") if key in outcome.result
        }
        self._told.append(f"run: {brief}")
        return outcome.result

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._service.mailboxes, self._service.maillists, self._service.signature)

    @contextmanager
    def _faults(self, specs: list[str]) -> Iterator[None]:
        self._service.api.control_put("/faults", specs)
        yield
        self._service.api.session.delete(f"{self._service.url}/control/faults", timeout=60).raise_for_status()
