# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Subscribe, unsubscribe, and set who may send on behalf of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from .._core.converge import Outcome, until_visible
from .._core.errors import Ambiguity, PddError
from .._mail.models import Maillist
from .._plan.maillists import unlisted_problem
from .._plan.removals import raise_guard
from .._plan.subscribers import (
    ListState,
    SubscriberStep,
    WantedList,
    WantedSubscribers,
    apply_subscriber_steps,
    changes,
    describe,
    guard_problems,
    plan_list,
    resolve,
    trusts_listing,
)
from .run import Result, Task, failure_message
from .subscribers import (
    Rights,
    find_unlisted,
    read_lists,
    read_states,
    verify_counts,
)


def execute(task: Task, request: WantedSubscribers) -> Result:
    lists = find_lists(task, request.lists)
    wanted = resolve_lists(task, lists, request.lists)
    managed = {address: each for address, each in wanted.items() if each.subscribers is not None}
    before = read_managed(task, request, lists, managed)
    assumed = [address for address in wanted if address not in lists]
    warn_of_assumed(task, lists, assumed)
    before.update({address: ListState() for address in assumed if address in managed})
    plans = {address: plan_list(address, before[address], each) for address, each in managed.items()}
    raise_guard(
        problem
        for address, plan in plans.items()
        for problem in guard_problems(address, before[address], managed[address], plan, request.max_removals_percent)
    )
    outcome = write(task, request, managed, [step for plan in plans.values() for step in plan])
    done: dict[str, list[SubscriberStep]] = {address: [] for address in wanted}
    for step in outcome.done:
        done[step.maillist].append(step)
    after = {address: apply_subscriber_steps(state, done[address]) for address, state in before.items()}

    def as_returned(address: str) -> dict[str, object]:
        maillist = lists.get(address, Maillist(address, None, 0))
        count = len(after[address].subscribers) if address in after else maillist.subscribers_count
        return {"maillist": address, "uid": maillist.uid, **changes(done[address]), "subscribers_count": count}

    return Result(
        changed=bool(outcome.done),
        values={"maillists": [as_returned(address) for address in wanted], "assumed": assumed},
        before={address: describe(state, rights=managed[address].manages_rights) for address, state in before.items()},
        after={address: describe(state, rights=managed[address].manages_rights) for address, state in after.items()},
        failures=outcome.failures,
        message=failure_message(outcome),
    )


def find_lists(task: Task, wanted: Sequence[WantedList]) -> dict[str, Maillist]:
    """Read all lists by address. Those that are named must exist, except in check mode: a play may be creating them."""
    if task.check_mode:
        return read_lists(task.client)
    named = [each.maillist for each in wanted if each.maillist is not None]
    lists = until_visible(lambda: read_lists(task.client), lambda found: set(named) - found.keys())
    require_lists(task, lists, named)
    return lists


def require_lists(task: Task, lists: Collection[str], named: Iterable[str]) -> None:
    """Raise not_found if a list does not exist, except in check mode."""
    missing = [address for address in named if address not in lists]
    if missing and not task.check_mode:
        addresses = ", ".join(missing)
        raise PddError("not_found", f"no such mailing list: {addresses}", advice="Create it with pdd_maillist first.")


def resolve_lists(task: Task, lists: Mapping[str, Maillist], wanted: Sequence[WantedList]) -> dict[str, WantedList]:
    """Return what is wanted by the lists' addresses, with addresses in the place of uids."""
    list_uids = {maillist.uid: maillist.address for maillist in lists.values() if maillist.uid is not None}
    people_uids = {uid for each in wanted for uid in each.subscriber_uids or ()}
    logins: dict[int, str] = {}
    if people_uids:
        logins = until_visible(
            lambda: {mailbox.uid: mailbox.login for mailbox in task.client.mailboxes() if mailbox.uid is not None},
            lambda found: people_uids - set(found),
        )
    resolved = [resolve(each, list_uids, logins) for each in wanted]
    return {each.maillist: each for each in resolved if each.maillist is not None}


def read_managed(
    task: Task, request: WantedSubscribers, lists: dict[str, Maillist], managed: Mapping[str, WantedList]
) -> dict[str, ListState]:
    """Read the lists that exist, and count their subscribers. What is not there any more then is missing in both."""
    rights = asked_rights(managed)
    states = read_states(task.client, lists, managed, rights)

    def strict(address: str) -> bool:
        return request.verify_count and trusts_listing(states[address], managed[address])

    advice = "Nothing was written. Run the task again later, or turn this check off with verify_count: false."
    for warning in verify_counts(task.client, lists, states, rights, strict=strict, advice=advice):
        task.warn(warning)
    require_lists(task, states, managed)
    return states


def warn_of_assumed(task: Task, lists: dict[str, Maillist], assumed: Collection[str]) -> None:
    """Warn of lists that are planned as empty only because the service does not list them."""
    unlisted = find_unlisted(task.client, lists)[0] if assumed else []
    for maillist in unlisted:
        if maillist.address in assumed:
            task.warn(f"{unlisted_problem(maillist.address)}; it is planned as empty.")


def asked_rights(wanted: Mapping[str, WantedList]) -> Rights:
    """Return whose rights the plan is about: of those who are named and subscribed, where rights are managed."""

    def rights(address: str, people: Iterable[str]) -> Iterable[str]:
        each = wanted[address]
        return set(each.subscribers or ()).intersection(people) if each.manages_rights else ()

    return rights


def write(
    task: Task, request: WantedSubscribers, wanted: Mapping[str, WantedList], steps: Sequence[SubscriberStep]
) -> Outcome[SubscriberStep]:
    client = task.client
    vanished: set[str] = set()

    def send(step: SubscriberStep) -> None:
        if step.action == "subscribe":
            client.subscribe(step.maillist, step.subscriber, can_send_on_behalf=step.can_send_on_behalf)
        elif step.action == "unsubscribe":
            client.unsubscribe(step.maillist, step.subscriber)
        else:
            may_send = bool(step.can_send_on_behalf)
            client.set_can_send_on_behalf(step.maillist, step.subscriber, can_send_on_behalf=may_send)

    def plan_again(doubtful: Collection[SubscriberStep]) -> list[SubscriberStep]:
        people: dict[str, set[str]] = {step.maillist: set() for step in doubtful}
        for step in doubtful:
            people[step.maillist].add(step.subscriber)
        states = read_again(task, request, wanted, people)
        vanished.clear()
        vanished.update(people.keys() - states.keys())
        left = [step for step in doubtful if step.maillist in vanished]
        plans = [step for address, state in states.items() for step in plan_list(address, state, wanted[address])]
        return left + [step for step in plans if step.subscriber in people[step.maillist]]

    outcome = task.apply(steps, send, plan_again)
    explain_not_found(outcome, vanished)
    return outcome


def read_again(
    task: Task, request: WantedSubscribers, wanted: Mapping[str, WantedList], people: Mapping[str, set[str]]
) -> dict[str, ListState]:
    """Read the lists of these people, by list; raises a guard error if one may be what an incomplete listing lacks."""
    lists = read_lists(task.client)

    def rights(address: str, each: Iterable[str]) -> Iterable[str]:
        return people[address].intersection(asked_rights(wanted)(address, each))

    states = read_states(task.client, lists, people, rights)
    if request.verify_count:
        verify_counts(
            task.client,
            lists,
            states,
            rights,
            strict=lambda address: trusts_listing(states[address], wanted[address]),
            advice="",
        )
    return states


def explain_not_found(outcome: Outcome[SubscriberStep], vanished: Collection[str]) -> None:
    """Say whether the list or the subscriber is what the service did not find: its code does not."""
    for step, error in outcome.failed.items():
        if error.ambiguity is Ambiguity.MISSING:
            gone = step.maillist in vanished
            outcome.explain(step, f"{step.maillist if gone else step.subscriber} does not exist")
