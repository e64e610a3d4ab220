#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_maillist_subscriber
short_description: Manage who is subscribed to mailing lists of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Subscribes people to mailing lists, unsubscribes them, and says who may send on behalf of a list, that is, put its
    address into From.
  - One task manages one list (O(maillist) and O(subscriber)) or many (O(maillists)). The lists must exist; see
    M(mailops.pdd.pdd_maillist).
  - Addresses are compared in one canonical form. The case of Latin letters does not matter, an IDN is the same as its
    Punycode, and a name without a domain means an address of O(domain). Other letters are compared as they are.
options:
  maillist:
    description: The one mailing list, as name or as address of the domain.
    type: str
  maillist_uid:
    description: The one mailing list, as id of the service.
    type: int
  subscriber:
    description:
      - Who is subscribed to the list, or not, as names or as addresses. Addresses of other domains are sent as they
        are.
    type: list
    elements: str
    aliases: [subscribers]
  subscriber_uid:
    description:
      - The same as ids of the mailboxes. To find their addresses costs a listing of all mailboxes of the domain.
    type: list
    elements: int
  can_send_on_behalf:
    description:
      - Whether everybody in O(subscriber) may send on behalf of the list.
      - If neither this nor O(senders_on_behalf) is given, rights are left alone.
    type: bool
  senders_on_behalf:
    description:
      - Who of O(subscriber) may send on behalf of the list. All others in O(subscriber) may not.
    type: list
    elements: str
  state:
    description: Whether everybody in O(subscriber) is to be subscribed.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Whether everybody else is unsubscribed.
      - See O(max_removals_percent) and O(verify_count) for what protects against a mistake.
    type: bool
    default: false
  maillists:
    description:
      - Many lists in one task. It excludes all options above but O(state=present).
    type: list
    elements: dict
    suboptions:
      maillist:
        description: The mailing list, as name or as address of the domain.
        type: str
        required: true
      subscribers:
        description: Who is subscribed to the list. If not given, the list is left alone.
        type: list
        elements: str
      senders_on_behalf:
        description:
          - Who of O(maillists[].subscribers) may send on behalf of the list. All others named there may not.
          - If not given, rights are left alone.
        type: list
        elements: str
      exclusive:
        description: Whether everybody else is unsubscribed.
        type: bool
        default: false
  max_removals_percent:
    description:
      - How much of a list may be unsubscribed because somebody is not named. The task fails before the first write, in
        check mode too, if a list with ten or more subscribers would lose more than this percentage of them, or if
        nobody is wanted and somebody is subscribed. If one list fails, nothing is written for any.
      - V(100) allows everything.
    type: int
    default: 30
  verify_count:
    description:
      - Whether the subscribers of a list are counted before its removals are planned, that is, with O(exclusive=true),
        and with O(state=absent) if somebody is not listed. If fewer are read than the service itself counts, they are
        read again, and if they are still fewer, the task fails before the first write.
      - With V(false), and where nobody is removed, the task warns instead.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
    details: A list that does not exist yet is planned as empty, since an earlier task of the play may be creating it.
      It is named in RV(assumed). In a real run it is an error.
  diff_mode:
    support: full
    details: Shows all subscribers of the lists that the task names, and the rights of those whose rights it manages.
  idempotent:
    support: full
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.connection.module
seealso:
  - module: mailops.pdd.pdd_maillist
  - module: mailops.pdd.pdd_maillist_info
  - plugin: mailops.pdd.pdd_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Subscribe two people to a list, without touching the others
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscribers:
      - anna
      - boris@example.test

- name: Let somebody send on behalf of a list
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscriber: anna
    can_send_on_behalf: true

- name: Unsubscribe somebody
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscriber: boris
    state: absent

- name: Say exactly who is on many lists, and who may send on their behalf
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillists:
      - maillist: team
        subscribers: [anna, boris]
        senders_on_behalf: [anna]
        exclusive: true
      - maillist: news
        subscribers: [anna]
"""

RETURN = r"""
maillists:
  description: What changed in each list that the task names (in check mode, what would change).
  returned: success
  type: list
  elements: dict
  sample:
    - maillist: team@example.test
      uid: 1130000001234566
      added: ["anna@example.test"]
      removed: []
      senders_added: ["anna@example.test"]
      senders_removed: []
      subscribers_count: 3
  contains:
    maillist:
      description: The address of the list.
      type: str
    uid:
      description: The id of the service; V(none) for a list that does not exist yet (check mode).
      type: int
    added:
      description: Who was subscribed.
      type: list
      elements: str
    removed:
      description: Who was unsubscribed.
      type: list
      elements: str
    senders_added:
      description: Who was given the right to send on behalf, new subscribers included.
      type: list
      elements: str
    senders_removed:
      description: Who was subscribed with the right to send on behalf and no longer has it.
      type: list
      elements: str
    subscribers_count:
      description: How many are subscribed afterwards.
      type: int
assumed:
  description: In check mode, lists that do not exist yet and were planned as empty.
  returned: success
  type: list
  elements: str
  sample: []
failures:
  description:
    - What could not be done. Everything else was done, and the next run does only this.
    - Empty if the task succeeds.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    action:
      description: What was tried.
      type: str
    object:
      description: The address of the mailing list.
      type: str
    subscriber:
      description: The address of the subscriber.
      type: str
    count:
      description: Always V(1), except where the service no longer answered. Then one entry stands for all that failed
        for the same reason, and RV(failures[].object) names the first.
      type: int
    error:
      description: As RV(error).
      type: dict
error:
  description: What went wrong, in a task that fails; with more than one failure, the first of them.
  returned: failure
  type: dict
  contains:
    code:
      description: The code of the service, or one of V(invalid_input), V(not_found), V(unreachable), V(timeout),
        V(tls), V(bad_answer), V(redirect), V(outcome_unknown), V(guard), V(stalled),
        V(interrupted).
      type: str
      sample: account_not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, V(none) if there was none.
      type: int
    endpoint:
      description: The part of the API that was called, V(none) if none was.
      type: str
      sample: email/ml/list
    advice:
      description: What to do.
      type: str
requests:
  description: What the task cost the service.
  returned: always
  type: dict
  sample: {"sent": 3, "retried": 0, "throttled_seconds": 0.0}
  contains:
    sent:
      description: How many requests were sent.
      type: int
    retried:
      description: How many of them repeated another one.
      type: int
    throttled_seconds:
      description: For how many seconds the service held the task back.
      type: float
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..module_utils._core.converge import Outcome, until_visible
from ..module_utils._core.errors import PddError
from ..module_utils._mail.models import Maillist
from ..module_utils._module.run import Result, Task, failure_message, run_module
from ..module_utils._module.subscribers import (
    Rights,
    find_unlisted,
    read_lists,
    read_states,
    verify_counts,
)
from ..module_utils._plan.maillists import unlisted_problem
from ..module_utils._plan.removals import raise_guard
from ..module_utils._plan.subscribers import (
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
    wanted_subscribers,
)

OPTIONS = {
    "maillist": {"type": "str"},
    "maillist_uid": {"type": "int"},
    "subscriber": {"type": "list", "elements": "str", "aliases": ["subscribers"]},
    "subscriber_uid": {"type": "list", "elements": "int"},
    "can_send_on_behalf": {"type": "bool"},
    "senders_on_behalf": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "exclusive": {"type": "bool", "default": False},
    "maillists": {
        "type": "list",
        "elements": "dict",
        "options": {
            "maillist": {"type": "str", "required": True},
            "subscribers": {"type": "list", "elements": "str"},
            "senders_on_behalf": {"type": "list", "elements": "str"},
            "exclusive": {"type": "bool", "default": False},
        },
    },
    "max_removals_percent": {"type": "int", "default": 30},
    "verify_count": {"type": "bool", "default": True},
}


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
        if error.code != "account_not_found":
            continue
        gone = step.maillist in vanished
        error.message += f"; {step.maillist if gone else step.subscriber} does not exist"


def main() -> None:
    run_module(
        options=OPTIONS,
        wanted=wanted_subscribers,
        execute=execute,
        required_one_of=[("maillist", "maillist_uid", "maillists"), ("subscriber", "subscriber_uid", "maillists")],
        mutually_exclusive=[
            ("maillist", "maillist_uid"),
            ("subscriber", "subscriber_uid"),
            ("can_send_on_behalf", "senders_on_behalf"),
        ],
    )


if __name__ == "__main__":
    main()
