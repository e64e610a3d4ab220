# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create and delete mailing lists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .._core.converge import Outcome, until_visible
from .._core.errors import Ambiguity, PddError
from .._mail.models import Maillist
from .._plan.maillists import (
    MaillistStep,
    WantedMaillists,
    apply_maillist_steps,
    guard_maillists,
    plan_maillists,
    trusts_listing,
    unlisted_problems,
)
from .._plan.removals import raise_guard
from .run import Result, Task, failure_message
from .subscribers import find_unlisted, read_lists


def execute(task: Task, wanted: WantedMaillists) -> Result:
    lists = find_lists(task, wanted)
    verify_lists(task, wanted, lists)
    named = name_lists(lists, wanted)
    before = set(lists)
    steps = plan_maillists(before, named, present=wanted.present, exclusive=wanted.exclusive)
    guard_maillists(before, steps, wanted, task.domain)

    def send(step: MaillistStep) -> None:
        if step.action == "create":
            lists[step.maillist] = Maillist(step.maillist, task.client.add_maillist(step.maillist), 0)
        else:
            task.client.delete_maillist(step.maillist)

    def plan_again(doubtful: Collection[MaillistStep]) -> list[MaillistStep]:
        again = read_lists(task.client)
        deleted = tuple(step.maillist for step in doubtful if step.action == "delete")
        verify_lists(task, replace(wanted, addresses=deleted, uids=(), present=False, exclusive=False), again)
        lists.update(again)
        left = plan_maillists(again, named, present=wanted.present, exclusive=wanted.exclusive)
        return [step for step in left if step in doubtful]

    outcome = task.apply(steps, send, plan_again)
    explain_occupied(task, outcome)
    after = apply_maillist_steps(before, outcome.done)
    exist = after | set(lists) if wanted.present else after  # somebody else may have created one meanwhile
    shown = before | after if wanted.exclusive else set(named)
    return Result(
        changed=bool(outcome.done),
        values={
            "maillists": [as_returned(lists, address) for address in named if address in exist],
            "created": sorted(step.maillist for step in outcome.done if step.action == "create"),
            "deleted": sorted(step.maillist for step in outcome.done if step.action == "delete"),
        },
        before={"maillists": sorted(shown & before)},
        after={"maillists": sorted(shown & after)},
        failures=outcome.failures,
        message=failure_message(outcome),
    )


def find_lists(task: Task, wanted: WantedMaillists) -> dict[str, Maillist]:
    """Read all lists by address; lists that must exist are looked for a few times."""

    def missing(lists: dict[str, Maillist]) -> list[int]:
        found = {maillist.uid for maillist in lists.values()}
        return [uid for uid in wanted.uids if wanted.present and uid not in found]

    lists = until_visible(lambda: read_lists(task.client), missing)
    if missing(lists):
        uids = ", ".join(map(str, missing(lists)))
        raise PddError(
            "not_found", f"no mailing list of {task.domain} has the uid {uids}", advice="Check maillist_uid."
        )
    return lists


def verify_lists(task: Task, wanted: WantedMaillists, lists: dict[str, Maillist]) -> None:
    """Look among the mailboxes for lists that would be taken for missing, and fail if some would not be deleted.

    A list that is created although it exists is refused by the service, so that is looked into in check mode only.
    """
    if not trusts_listing(lists, wanted) or not (wanted.removes or task.check_mode):
        return
    problems = unlisted_problems(*find_unlisted(task.client, lists), wanted)
    if wanted.removes and wanted.verify_count:
        advice = "Nothing was written. Run the task again later, or turn this check off with verify_count: false."
        raise_guard(problems, advice=advice)
    for problem in problems:
        task.warn(f"The listing of mailing lists may be incomplete: {problem}.")


def name_lists(lists: dict[str, Maillist], wanted: WantedMaillists) -> list[str]:
    """Return the addresses of the lists that the task names."""
    by_uid = {maillist.uid: maillist.address for maillist in lists.values()}
    return [*wanted.addresses, *(by_uid[uid] for uid in wanted.uids if uid in by_uid)]


def explain_occupied(task: Task, outcome: Outcome[MaillistStep]) -> None:
    """Say what has the name of a list that could not be created: the service's code does not."""
    occupied = {step.maillist: step for step, error in outcome.failed.items() if error.ambiguity is Ambiguity.TAKEN}
    if not occupied:
        return
    try:
        mailboxes = {mailbox.login for mailbox in task.client.mailboxes() if not mailbox.is_maillist}
    except PddError:
        return  # the message stays as it is
    for address in mailboxes & set(occupied):
        outcome.explain(occupied[address], f"{address} is a mailbox")


def as_returned(lists: dict[str, Maillist], address: str) -> dict[str, object]:
    maillist = lists.get(address, Maillist(address, None, 0))
    return {"maillist": address, "uid": maillist.uid, "subscribers_count": maillist.subscribers_count}
