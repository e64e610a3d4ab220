# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start imports of mailboxes and wait for them, or stop them all."""

from __future__ import annotations

import time

from .._core.converge import Outcome, until_visible
from .._core.errors import Delivery, PddError
from .._core.paging import read_whole
from .._mail.address import raise_problems
from .._mail.models import ImportTask, Source
from .._plan.imports import (
    RUNNING,
    ImportPlan,
    ImportStep,
    Waiting,
    WantedImports,
    Watch,
    describe,
    failed_imports,
    import_as_returned,
    new_password_problems,
    plan_imports,
    taken_addresses,
)
from .progress import Progress
from .run import Result, Task, failure_message


def execute(task: Task, wanted: WantedImports) -> Result:
    return start(task, wanted, wanted.source) if wanted.source else stop(task)


def stop(task: Task) -> Result:
    status = task.client.import_task()
    running = status.state in RUNNING
    if running and not task.check_mode:
        task.client.stop_imports()
        status = task.client.import_task()
    return Result(
        changed=running,
        values={"imported": [], "existing": [], "import": import_as_returned(status)},
        before={"imports": "running" if running else "stopped"},
        after={"imports": "stopped"},
    )


def start(task: Task, wanted: WantedImports, source: Source) -> Result:
    plan, status = read_plan(task, wanted)
    raise_problems(new_password_problems(plan, task.client.rules))
    if plan.start:
        check_domain(task)
        if wanted.check_settings:
            task.client.check_source(source)
    outcome = start_boxes(task, source, plan)
    started = [step.address for step in outcome.done]
    outcome.failed.update(taken_addresses(plan))
    if wanted.waiting and not task.check_mode:
        status = wait(task, wanted, wanted.waiting, outcome)
    else:
        outcome.failed.update(failed_imports(plan.failed.values()))
        if status is None or (started and not task.check_mode):
            status = read_status(task)
    if status and status.shortage:
        task.warn(f"A failed import may go unnoticed: {status.shortage}.")
    return Result(
        changed=bool(started),
        values={"imported": started, "existing": list(plan.existing), "import": status and import_as_returned(status)},
        before=describe(plan, ()),
        after=describe(plan, started),
        failures=outcome.failures,
        message=failure_message(outcome),
    )


def read_plan(task: Task, wanted: WantedImports) -> tuple[ImportPlan, ImportTask | None]:
    """Read what exists, and the imports only if a mailbox of this task is among it: its import may have failed."""
    accounts = read_whole(task.client.mailboxes)
    if accounts.shortage:
        task.warn(f"A mailbox that exists may be imported again: {accounts.shortage}.")
    mailboxes = {account.login for account in accounts if not account.is_maillist}
    maillists = {account.login for account in accounts if account.is_maillist}
    status = read_whole(task.client.import_task) if any(box.internal in mailboxes for box in wanted.boxes) else None
    return plan_imports(wanted, mailboxes, maillists, status.failed_boxes if status else ()), status


def check_domain(task: Task) -> None:
    """Fail if the domain is known not to be verified: the service would not import. Where it cannot tell, go on."""
    try:
        status = task.client.domain_details().status
    except PddError:
        return
    if status in ("domain-activate", "none"):
        message = f"the domain {task.domain} is not verified (its status is {status}), so nothing can be imported"
        raise PddError("guard", message, advice="Verify the domain first.", endpoint="domain/details")


def start_boxes(task: Task, source: Source, plan: ImportPlan) -> Outcome[ImportStep]:
    """Start all imports. None is ever started twice: what has an unknown outcome is looked for."""
    boxes = {ImportStep("start", box.internal): box for box in plan.start}
    if task.check_mode:
        return Outcome(done=list(boxes))
    outcome: Outcome[ImportStep] = Outcome()
    lost: dict[ImportStep, PddError] = {}
    for step, result in task.client.transport.map(lambda each: task.client.start_import(source, boxes[each]), boxes):
        if not isinstance(result, PddError):
            outcome.done.append(step)
        elif result.delivery is Delivery.UNKNOWN:
            lost[step] = result
        else:
            outcome.failed[step] = result
    # A mailbox that was there before says nothing about whether its import was started again.
    found = look_for(task, [step.address for step in lost]) - set(plan.existing) if lost else set()
    for step, error in lost.items():
        if step.address in found:
            outcome.done.append(step)
        else:
            outcome.failed[step] = error.unsettled("whether the import was started is not known")
    return outcome


def look_for(task: Task, addresses: list[str]) -> set[str]:
    """Return those of the addresses that are mailboxes, after looking for them for some seconds."""
    try:
        logins = until_visible(
            lambda: {mailbox.login for mailbox in task.client.mailboxes()}, lambda found: set(addresses) - found
        )
    except PddError:
        return set()
    return logins & set(addresses)


def wait(task: Task, wanted: WantedImports, waiting: Waiting, outcome: Outcome[ImportStep]) -> ImportTask | None:
    """Wait until the imports have ended, and note in outcome those of this task that failed."""
    watch = Watch(waiting, started=len(outcome.done), now=time.monotonic())
    progress = Progress(wanted.progress_paths, task.warn)
    status, ended_badly = None, None
    try:
        while True:
            status = task.client.import_task()
            progress.tell(watch.news(status))
            if watch.ended(status, time.monotonic()):
                break
            task.client.transport.sleep(min(waiting.poll_interval, waiting.timeout))
    except PddError as error:
        ended_badly = error
    named = {box.internal for box in wanted.boxes}
    if status:
        outcome.failed.update(failed_imports(box for box in status.failed_boxes if box.internal in named))
    explained = ended_badly and ended_badly.code == "failed" and outcome.failed
    if ended_badly and not explained:
        outcome.failed[ImportStep("wait", task.domain)] = ended_badly
    return status


def read_status(task: Task) -> ImportTask | None:
    """Read the imports after they were started, when an error must not hide what was done."""
    try:
        return task.client.import_task()
    except PddError as error:
        task.warn(error.sentence())
        return None
