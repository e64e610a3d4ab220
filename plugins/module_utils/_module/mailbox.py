# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create, change and delete mailboxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .._core.converge import Outcome, until_visible
from .._core.errors import Ambiguity, PddError
from .._core.paging import Listing, read_whole
from .._mail.address import raise_problems
from .._mail.models import Mailbox
from .._plan.mailboxes import (
    MailboxStep,
    WantedMailbox,
    apply_mailbox_steps,
    as_returned,
    blank_mailbox,
    describe,
    doubtful_removals,
    new_password_problems,
    plan_existence,
    plan_updates,
    property_changes,
    taken_addresses,
    unanswered_questions,
)
from .._plan.removals import raise_guard
from .run import Result, Task, failure_message


def execute(task: Task, wanted: Sequence[WantedMailbox]) -> Result:
    """Create and delete first, then change what exists, new mailboxes among it."""
    by_login = {each.login: each for each in wanted}
    before = read_mailboxes(task, wanted)
    steps = plan_existence(before, wanted)
    raise_problems(new_password_problems(steps, by_login, task.client.rules))
    raise_problems(unanswered_questions(apply_mailbox_steps(before, steps, by_login), wanted))
    existence, there = write_existence(task, by_login, before, steps)
    created = [step.login for step in existence.done if step.action == "create"]
    updates = write_updates(task, by_login, there, created)
    after = apply_mailbox_steps(there, updates.done, by_login)
    updated = [step for step in updates.done if step.login not in created]
    outcome = Outcome(
        done=existence.done + updates.done,
        failed={**taken_addresses(before, wanted), **existence.failed, **updates.failed},
    )
    named = [after[each.login] for each in wanted if each.present and each.login in after]
    return Result(
        changed=bool(outcome.done),
        values={
            "mailboxes": [as_returned(mailbox) for mailbox in named if not mailbox.is_maillist],
            "created": sorted(created),
            "updated": sorted({step.login for step in updated}),
            "changes": property_changes(there, updated, by_login),
            "deleted": sorted(step.login for step in existence.done if step.action == "delete"),
        },
        before=describe(before, (), wanted),
        after=describe(after, updates.done, wanted),
        failures=outcome.failures,
        message=failure_message(outcome),
    )


def by_login(accounts: Iterable[Mailbox]) -> dict[str, Mailbox]:
    return {mailbox.login: mailbox for mailbox in accounts}


def read_mailboxes(task: Task, wanted: Sequence[WantedMailbox]) -> dict[str, Mailbox]:
    """Read all mailboxes. One that cannot be created must exist, or, in check mode, is taken for an imported one."""

    def missing(accounts: Iterable[Mailbox]) -> list[str]:
        there = by_login(accounts)
        return [each.login for each in wanted if each.present and not each.password and each.login not in there]

    def read() -> Listing[Mailbox]:
        return read_whole(task.client.mailboxes)

    listing = read() if task.check_mode else until_visible(read, missing)
    check_shortage(task, wanted, listing)
    if task.check_mode:
        imported = [each.login for each in wanted if each.present and each.imported]
        return {**{login: blank_mailbox(login) for login in [*missing(listing), *imported]}, **by_login(listing)}
    if missing(listing):
        message = f"no such mailbox: {', '.join(missing(listing))}"
        raise PddError("not_found", message, advice="Only a mailbox that is given a password is created.")
    return by_login(listing)


def check_shortage(task: Task, wanted: Sequence[WantedMailbox], listing: Listing[Mailbox]) -> None:
    """Fail if a mailbox would be taken for deleted although the service counts more than it lists, else warn of it."""
    if listing.shortage:
        require_listed(task, wanted, listing)
        task.warn(f"The listing is incomplete: {listing.shortage}.")


def require_listed(task: Task, wanted: Iterable[WantedMailbox], listing: Listing[Mailbox]) -> None:
    """Raise a guard error if a mailbox that is to be absent may be what an incomplete listing lacks."""
    doubtful = doubtful_removals(by_login(listing), wanted) if listing.shortage else []
    if doubtful:
        message = f"{listing.shortage}, so nobody knows whether there is {', '.join(doubtful)}"
        advice = "Nothing was written. Run the task again later, or turn this check off with verify_count: false."
        raise_guard([message], advice=advice)


def write_existence(
    task: Task, wanted: Mapping[str, WantedMailbox], before: Mapping[str, Mailbox], steps: Sequence[MailboxStep]
) -> tuple[Outcome[MailboxStep], dict[str, Mailbox]]:
    """Create and delete; returns the outcome and the mailboxes as they are then."""
    uids: dict[str, int | None] = {}
    found: dict[str, Mailbox] = {}

    def send(step: MailboxStep) -> None:
        if step.action == "create":
            uids[step.login] = task.client.add_mailbox(step.login, wanted[step.login].password or "")
        else:
            task.client.delete_mailbox(step.login)

    def plan_again(doubtful: Collection[MailboxStep]) -> list[MailboxStep]:
        listing = read_whole(task.client.mailboxes)
        require_listed(task, [wanted[step.login] for step in doubtful], listing)
        accounts = by_login(listing)
        found.update({step.login: accounts[step.login] for step in doubtful if step.login in accounts})
        taken = [step for step in doubtful if step.login in accounts and accounts[step.login].is_maillist]
        return taken + plan_existence(accounts, [wanted[step.login] for step in doubtful])

    outcome = task.apply(steps, send, plan_again)
    there = apply_mailbox_steps(before, outcome.done, wanted)
    there.update({login: replace(there[login], uid=uid) for login, uid in uids.items() if login in there})
    # What was settled by reading is as it was read: somebody else may have made it.
    there.update({login: mailbox for login, mailbox in found.items() if wanted[login].present})
    for step, error in outcome.failed.items():
        if error.ambiguity is Ambiguity.TAKEN and step.login in found:
            outcome.explain(step, f"{step.login} is a mailing list")
    return outcome, there


def write_updates(
    task: Task, wanted: Mapping[str, WantedMailbox], there: Mapping[str, Mailbox], created: Collection[str]
) -> Outcome[MailboxStep]:
    """Send the properties that differ."""

    def send(step: MailboxStep) -> None:
        each = wanted[step.login]
        values = {**each.properties, "password": each.password}
        changes = {name: values[name] for name in step.properties}
        if "hint_question" in changes:
            changes["hint_answer"] = each.hint_answer
        task.client.edit_mailbox(step.login, changes)

    def plan_again(doubtful: Collection[MailboxStep]) -> list[MailboxStep]:
        accounts = by_login(task.client.mailboxes())
        invisible = [step for step in doubtful if step.login not in accounts]
        return invisible + plan_updates(accounts, [wanted[step.login] for step in doubtful], created)

    return task.apply(plan_updates(there, wanted.values(), created), send, plan_again)
