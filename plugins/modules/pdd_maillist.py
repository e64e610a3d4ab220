#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_maillist
short_description: Create and delete mailing lists of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Creates or deletes one or many mailing lists of a domain in one task. All lists of the domain are read with one
    request, and only what is missing or too much is written.
  - Who is subscribed to a list is managed by M(mailops.pdd.pdd_maillist_subscriber).
options:
  maillist:
    description:
      - The mailing lists, as names or as addresses of the domain.
      - Exactly one of O(maillist) and O(maillist_uid) is needed.
    type: list
    elements: str
  maillist_uid:
    description:
      - The mailing lists, as ids of the service. With O(state=present) they must exist, since the service assigns ids.
    type: list
    elements: int
  state:
    description: Whether the lists are to exist.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Whether all other mailing lists of the domain are deleted. Needs O(maillist) and O(state=present).
      - See O(max_removals_percent) for what protects against a mistake.
    type: bool
    default: false
  max_removals_percent:
    description:
      - With O(exclusive=true), how much of what exists may be deleted. The task fails before the first write, in check
        mode too, if four or more lists exist and more than this percentage of them would be deleted, or if O(maillist)
        is empty and there is something to delete.
      - V(100) allows everything.
    type: int
    default: 30
  verify_count:
    description:
      - Whether a list must be missing among the mailboxes of the domain as well before it counts as absent. The service
        does not count mailing lists, but lists them a second time among the mailboxes, which it counts. If a list that
        is to be deleted is found only there, both listings are read again. If they still differ, or the mailboxes
        cannot be read in full, the task fails before it writes anything.
      - This applies to O(exclusive=true), and to O(state=absent) with a list that is not listed. It takes one request
        for each 500 mailboxes.
      - With V(false), the task warns instead.
    type: bool
    default: true
    version_added: 1.1.0
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows the lists that the task names, with O(exclusive=true) all lists of the domain.
  idempotent:
    support: full
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.connection.module
notes:
  - Only mailing lists of O(domain) are managed. Others that the service lists are named in a warning and left alone.
seealso:
  - module: mailops.pdd.pdd_maillist_info
  - module: mailops.pdd.pdd_maillist_subscriber
  - plugin: mailops.pdd.pdd_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Create two mailing lists
  mailops.pdd.pdd_maillist:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist:
      - team
      - news@example.test

- name: Delete a mailing list
  mailops.pdd.pdd_maillist:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: news
    state: absent

- name: Keep exactly these lists, even if most of the others go
  mailops.pdd.pdd_maillist:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist:
      - team
      - everybody
    exclusive: true
    max_removals_percent: 100
"""

RETURN = r"""
maillists:
  description: The lists that the task names, as they are afterwards (in check mode, as they would be).
  returned: success
  type: list
  elements: dict
  sample: [{"maillist": "team@example.test", "uid": 1130000001234566, "subscribers_count": 3}]
  contains:
    maillist:
      description: The address.
      type: str
    uid:
      description: The id of the service; V(none) in check mode for a list that would be created.
      type: int
    subscribers_count:
      description: How many subscribers the service counts; V(none) if it does not say.
      type: int
created:
  description: Addresses of the lists that were (in check mode, would be) created.
  returned: success
  type: list
  elements: str
  sample: ["team@example.test"]
deleted:
  description: Addresses of the lists that were (in check mode, would be) deleted.
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

from collections.abc import Collection
from dataclasses import replace

from ..module_utils._core.converge import Outcome, until_visible
from ..module_utils._core.errors import PddError
from ..module_utils._mail.models import Maillist
from ..module_utils._module.run import Result, Task, failure_message, run_module
from ..module_utils._module.subscribers import find_unlisted, read_lists
from ..module_utils._plan.maillists import (
    MaillistStep,
    WantedMaillists,
    apply_maillist_steps,
    guard_maillists,
    plan_maillists,
    trusts_listing,
    unlisted_problems,
    wanted_maillists,
)
from ..module_utils._plan.removals import raise_guard

OPTIONS = {
    "maillist": {"type": "list", "elements": "str"},
    "maillist_uid": {"type": "list", "elements": "int"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "exclusive": {"type": "bool", "default": False},
    "max_removals_percent": {"type": "int", "default": 30},
    "verify_count": {"type": "bool", "default": True},
}


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
    problems = unlisted_problems(*find_unlisted(task.client, lists), wanted, task.domain)
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
    occupied = {step.maillist: error for step, error in outcome.failed.items() if error.code == "occupied"}
    if not occupied:
        return
    try:
        mailboxes = {mailbox.login for mailbox in task.client.mailboxes() if not mailbox.is_maillist}
    except PddError:
        return  # the message stays as it is
    for address in mailboxes & set(occupied):
        occupied[address].message += f"; {address} is a mailbox"


def as_returned(lists: dict[str, Maillist], address: str) -> dict[str, object]:
    maillist = lists.get(address, Maillist(address, None, 0))
    return {"maillist": address, "uid": maillist.uid, "subscribers_count": maillist.subscribers_count}


def main() -> None:
    run_module(
        options=OPTIONS,
        wanted=wanted_maillists,
        execute=execute,
        required_one_of=[("maillist", "maillist_uid")],
        mutually_exclusive=[("maillist", "maillist_uid")],
    )


if __name__ == "__main__":
    main()
