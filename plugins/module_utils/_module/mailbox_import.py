# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bodies of pdd_mailbox_import: start imports and wait for them, or stop all of the domain."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence, Set
from typing import Any

from .._core.converge import Outcome, until_visible
from .._core.errors import Delivery, ServiceError
from .._core.paging import read_whole
from .._mail.address import raise_problems
from .._mail.models import Box, FailedBox, ImportStatus, Source
from .._mail.service import ImportService
from .._plan import imports as plans
from .._plan.imports import DesiredImports, ImportPlan, ImportState, ImportStep, RunningState
from .._plan.removals import UNWRITTEN_ADVICE, raise_guard
from .._plan.watch import Waiting, Watch
from .body import Input, Run, WritingBody
from .progress import Progress


class MailboxImportBody(WritingBody[DesiredImports, ImportState, ImportStep]):
    """Mailboxes of the source server are imported, or were."""

    client: ImportService

    def __init__(self, run: Run, desired: DesiredImports, source: Source) -> None:
        super().__init__(run, desired)
        self._source = source
        self._boxes: dict[str, Box] = {box.internal: box for box in desired.boxes}
        self._status: ImportStatus | None = None

    @staticmethod
    def parse(given: Input) -> DesiredImports:
        """Return what to import from where, or nothing if all imports are to stop."""
        return plans.parse(given.options, given.domain, given.defaults, given.rules)

    @classmethod
    def open(cls, run: Run, desired: DesiredImports) -> MailboxImportBody | StopBody:
        """Return the body that starts imports, or the one that stops them."""
        return cls(run, desired, desired.source) if desired.source else StopBody(run, desired)

    def read(self) -> ImportState:
        """Read what exists, and the imports only if a mailbox of this task is there: its import may have failed."""
        accounts = read_whole(self.client.mailboxes)
        gone = self.run.predicted.absent
        mailboxes = {account.login for account in accounts if not account.is_maillist} - gone
        maillists = {account.login for account in accounts if account.is_maillist} - gone
        status = read_whole(self.client.import_status) if mailboxes.intersection(self._boxes) else None
        failed = status.failed_boxes if status else ()
        plan = plans.compare(self.desired, mailboxes, maillists, failed)
        return ImportState(plan, status, doubts=tuple(self._find_doubts(plan, accounts.shortage)))

    def plan(self, state: ImportState) -> list[ImportStep]:
        """Return which imports to start."""
        return [ImportStep("start", box.internal) for box in state.plan.start if box.internal not in state.started]

    def guard(self, state: ImportState, steps: Sequence[ImportStep]) -> None:
        """Stop if a mailbox may exist already, or the service would refuse a password, the domain, or the source."""
        raise_guard(state.doubts, advice=UNWRITTEN_ADVICE)
        raise_problems(plans.check_new_passwords(state.plan, self.client.rules))
        if steps:
            self._require_verified_domain()
            if self.desired.check_settings:
                self.client.check_source(self._source)

    def send(self, step: ImportStep) -> None:
        """Start one import."""
        self.client.start_import(self._source, self._boxes[step.address])

    def write(self, state: ImportState, steps: Sequence[ImportStep]) -> Outcome[ImportStep]:
        """Start all imports, each once: one that may have been started is looked for, and never started again."""
        outcome = self.send_once(steps)
        lost = {step: error for step, error in outcome.failed.items() if error.delivery is Delivery.UNKNOWN}
        # A mailbox that was there before says nothing about whether its import was started again.
        found = self._look_for({step.address for step in lost}) - set(state.plan.existing) if lost else set()
        for step, error in lost.items():
            if step.address in found:
                del outcome.failed[step]
                outcome.done.append(step)
            else:
                outcome.failed[step] = error.unsettled("whether the import was started is not known")
        return outcome

    def settle(self, state: ImportState, outcome: Outcome[ImportStep]) -> None:
        """Wait for the imports, and add those of this task that failed."""
        outcome.failed.update(plans.find_taken(state.plan))
        self._warn_of_skipped(state.plan)
        if self.desired.waiting and not self.run.check_mode:
            self._status = self._wait(self.desired.waiting, outcome)
        else:
            self._add_failed(outcome, state.plan.failed.values())
            is_old = state.status is None or (outcome.done and not self.run.check_mode)
            self._status = self._read_status() if is_old else state.status
        if self._status and self._status.shortage:
            self.run.warn(f"A failed import may go unnoticed: {self._status.shortage}.")

    def result(self, state: ImportState, outcome: Outcome[ImportStep]) -> dict[str, Any]:
        """Return what was started, what existed, and the state of all imports."""
        started = {step.address for step in outcome.done}
        return {
            "imported": [step.address for step in outcome.done],
            "existing": list(state.plan.existing),
            "skipped_existing": list(state.plan.skipped),
            "starts": {address: address in started for address in self._boxes},
            "import": plans.to_result(self._status) if self._status else None,
        }

    def _find_doubts(self, plan: ImportPlan, shortage: str | None) -> list[str]:
        """Return why mailboxes that count as new may be what an incomplete listing lacks, or warn of it."""
        new = [box.internal for box in plans.find_new(plan)]
        if not shortage or not new:
            return []
        if self.desired.verify_count:
            return [f"{shortage}, so it is unknown whether these exist: {', '.join(new)}"]
        self.run.warn(f"A mailbox that exists may be imported again: {shortage}.")
        return []

    def summarize(self, outcome: Outcome[ImportStep]) -> str:
        """Return how many imports of the task failed, whenever that was."""
        return plans.summarize(self._boxes, outcome.failed)

    def _add_failed(self, outcome: Outcome[ImportStep], boxes: Iterable[FailedBox]) -> None:
        """Add the imports of this task that failed, but those that are known to have failed already."""
        known = {step.address for step in outcome.failed}
        own = (box for box in boxes if box.internal in self._boxes and box.internal not in known)
        outcome.failed.update(plans.find_failed(own))

    def _warn_of_skipped(self, plan: ImportPlan) -> None:
        """Warn of mailboxes that exist, unless they are known to be imported: the service names only failed ones."""
        known = plan.failed.keys() | (self.run.expected.present or frozenset())
        skipped = [address for address in plan.skipped if address not in known]
        if skipped:
            self.run.warn(plans.explain_skipped(skipped))

    def _look_for(self, addresses: Set[str]) -> Set[str]:
        """Return those of the addresses that are mailboxes, after looking for them for some seconds."""
        try:
            logins = until_visible(
                self.client.transport,
                lambda: {mailbox.login for mailbox in self.client.mailboxes()},
                lambda found: addresses - found,
            )
        except ServiceError:
            return set()
        return logins & addresses

    def _require_verified_domain(self) -> None:
        """Raise if the service is known not to import into the domain. If it cannot tell, go on."""
        try:
            status = self.client.domain_details().status
        except ServiceError:
            return
        if status in ("domain-activate", "none"):
            message = (
                f"the domain {self.run.domain} is not verified (its status is {status}), so nothing can be imported"
            )
            raise ServiceError("guard", message, advice="Verify the domain first.", endpoint="domain/details")

    def _wait(self, waiting: Waiting, outcome: Outcome[ImportStep]) -> ImportStatus | None:
        """Wait until the imports have ended, and note in outcome those of this task that failed."""
        watch = Watch(waiting, started=len(outcome.done), now=time.monotonic())
        progress = Progress(self.desired.progress_paths, warn=self.run.warn, show=self.run.show)
        status, ended_badly = None, None
        try:
            while True:
                status = self.client.import_status()
                progress.tell(watch.find_news(status))
                if watch.has_ended(status, time.monotonic()):
                    break
                self.client.transport.sleep(min(waiting.poll_interval, waiting.timeout))
        except ServiceError as error:
            ended_badly = error
        if status:
            self._add_failed(outcome, status.failed_boxes)
        explained = ended_badly and ended_badly.code == "failed" and outcome.failed
        if ended_badly and not explained:
            outcome.failed[ImportStep("wait", self.run.domain)] = ended_badly
        return status

    def _read_status(self) -> ImportStatus | None:
        """Read the imports after they were started, when an error must not hide what was done."""
        try:
            return self.client.import_status()
        except ServiceError as error:
            self.run.warn(error.sentence())
            return None


class StopBody(WritingBody[DesiredImports, RunningState, ImportStep]):
    """No import of the domain runs."""

    client: ImportService
    has_one_object = True
    parse = MailboxImportBody.parse

    def read(self) -> RunningState:
        """Read the state of the imports."""
        self._status = self.client.import_status()
        return RunningState(self.run.domain, plans.is_running(self._status))

    def plan(self, state: RunningState) -> list[ImportStep]:
        """Return the step that stops all imports, if one runs."""
        return [ImportStep("stop", state.domain)] if state.is_running else []

    def send(self, step: ImportStep) -> None:
        """Stop all imports."""
        self.client.stop_imports()

    def write(self, state: RunningState, steps: Sequence[ImportStep]) -> Outcome[ImportStep]:
        """Stop all imports. The client has repeated what can be repeated."""
        return self.send_once(steps)

    def settle(self, state: RunningState, outcome: Outcome[ImportStep]) -> None:
        """Read what came of it."""
        if outcome.done and not self.run.check_mode:
            self._status = self.client.import_status()

    def summarize(self, outcome: Outcome[ImportStep]) -> str:
        """Return nothing: all imports are stopped at once."""
        return ""

    def result(self, state: RunningState, outcome: Outcome[ImportStep]) -> dict[str, Any]:
        """Return the state of all imports."""
        return {
            "imported": [],
            "existing": [],
            "skipped_existing": [],
            "starts": {},
            "import": plans.to_result(self._status),
        }
