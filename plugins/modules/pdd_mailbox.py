#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_mailbox
short_description: Create, change and delete mailboxes of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Creates, changes, blocks and deletes one or many mailboxes of a domain in one task. What a task does not mention is
    left alone.
  - Only a mailbox that is given a password is created. To give properties to a mailbox that an import creates, leave
    the password out.
  - Deleting a mailbox deletes its mail for good.
options:
  login:
    description:
      - The mailbox, as name or as address of the domain. Exactly one of O(login) and O(mailboxes) is needed.
      - The name of a new mailbox has at most 30 Latin letters, digits, hyphens and dots, begins with a letter and ends
        with a letter or digit. V(abuse) and V(postmaster) are reserved for mailing lists.
    type: str
  password:
    description:
      - The password. Without it, a mailbox that does not exist is an error, and in check mode planned as if it did,
        since an import of the same play may create it.
      - '6 to 30 characters (6 to 20 for a new mailbox), different from the login. Latin letters, digits, and any of
        V(! @ # $ % ^ & * ( \) _ - + : ; , .) are allowed.'
    type: str
  update_password:
    description:
      - With V(on_create), the password of a mailbox that exists is left alone.
      - With V(always), it is set in each run, and the task is changed in each run, since the service cannot be asked
        for a password.
    type: str
    choices: [on_create, always]
    default: on_create
  first_name:
    description: First name.
    type: str
  last_name:
    description: Last name.
    type: str
  birth_date:
    description: Date of birth as C(YYYY-MM-DD). Best in quotes, since older Ansible cannot hand on a date in a list.
    type: str
  sex:
    description: Sex.
    type: str
    choices: [male, female, unset]
  hint_question:
    description:
      - The secret question.
      - Without O(hint_answer) it is only compared, and the task fails before it writes anything if it differs.
    type: str
  hint_answer:
    description: Its answer, which is sent whenever the question differs, since the service cannot be asked for it.
    type: str
  enabled:
    description: Whether the mailbox is not blocked.
    type: bool
  state:
    description: Whether the mailbox is to exist. With V(absent), everything but O(login) is ignored.
    type: str
    choices: [present, absent]
    default: present
  verify_count:
    description:
      - Whether the listing of the mailboxes must be complete before a mailbox counts as absent. If the service counts
        more mailboxes than it lists, they are read again. If the listing is still incomplete, and a mailbox with
        O(state=absent) is not in it, the task fails before it writes anything.
      - With V(false), the task warns, and such a mailbox counts as absent.
    type: bool
    default: true
    version_added: 1.1.0
  imported:
    description:
      - Mailboxes that an import of the same play creates, as names or addresses. It has an effect in check mode only,
        where they cannot be there yet, and are planned as if they were.
    type: list
    elements: str
  mailboxes:
    description: Many mailboxes in one task, instead of the options above but O(imported), O(update_password), and
      O(verify_count).
    type: list
    elements: dict
    suboptions:
      login:
        description: As O(login).
        type: str
        required: true
      password:
        description: As O(password).
        type: str
      update_password:
        description: As O(update_password), which goes for the entries that do not say it.
        type: str
        choices: [on_create, always]
      first_name:
        description: As O(first_name).
        type: str
      last_name:
        description: As O(last_name).
        type: str
      birth_date:
        description: As O(birth_date).
        type: str
      sex:
        description: As O(sex).
        type: str
        choices: [male, female, unset]
      hint_question:
        description: As O(hint_question).
        type: str
      hint_answer:
        description: As O(hint_answer).
        type: str
      enabled:
        description: As O(enabled).
        type: bool
      state:
        description: As O(state).
        type: str
        choices: [present, absent]
        default: present
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows the properties that the task names. Of passwords it shows only that one is set anew.
  idempotent:
    support: full
    details: With O(update_password=always), never.
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.connection.module
notes:
  - Only mailboxes of O(domain) are managed. Others that the service lists, such as those of alias domains, are named in
    a warning and left alone.
  - Ansible masks passwords in the output of the tasks that carry them, by replacing equal text, also where that is part
    of a login. M(mailops.pdd.pdd_mailbox_info) shows logins as they are.
seealso:
  - module: mailops.pdd.pdd_mailbox_import
  - module: mailops.pdd.pdd_mailbox_info
  - plugin: mailops.pdd.pdd_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Create a mailbox with a password that is generated once and kept in a file
  mailops.pdd.pdd_mailbox:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    login: anna
    password: "{{ lookup('ansible.builtin.password', 'passwords/anna', length=16, chars=['ascii_letters', 'digits']) }}"
    first_name: Anna
    last_name: Example

- name: Block one mailbox, and delete another with all its mail
  mailops.pdd.pdd_mailbox:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    mailboxes:
      - login: boris
        enabled: false
      - login: clara
        state: absent

- name: Set a new password
  mailops.pdd.pdd_mailbox:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    login: anna
    password: "{{ vaulted_password_anna }}"
    update_password: always
"""

RETURN = r"""
mailboxes:
  description: The mailboxes that the task names, as they are afterwards (in check mode, as they would be).
  returned: success
  type: list
  elements: dict
  contains:
    login:
      description: The address.
      type: str
      sample: anna@example.test
    uid:
      description: The id of the service; V(none) in check mode for a mailbox that would be created.
      type: int
    enabled:
      description: Whether the mailbox is not blocked.
      type: bool
    first_name:
      description: First name, empty if unset.
      type: str
    last_name:
      description: Last name, empty if unset.
      type: str
    birth_date:
      description: Date of birth as C(YYYY-MM-DD), V(none) if unset.
      type: str
    sex:
      description: One of V(male), V(female) and V(unset).
      type: str
    hint_question:
      description: The secret question, empty if unset.
      type: str
    ready:
      description: Whether the mailbox worked when it was read. The owner may have to sign in once before he can send.
      type: bool
    aliases:
      description: Other addresses of the mailbox.
      type: list
      elements: str
created:
  description: Addresses of the mailboxes that were (in check mode, would be) created.
  returned: success
  type: list
  elements: str
  sample: ["anna@example.test"]
updated:
  description: Addresses of the mailboxes that existed and were (in check mode, would be) changed.
  returned: success
  type: list
  elements: str
  sample: []
changes:
  description: The properties of these mailboxes that were (in check mode, would be) changed.
  returned: success
  type: list
  elements: dict
  sample: [{"login": "anna@example.test", "property": "first_name", "before": "", "after": "Anna"}]
  contains:
    login:
      description: The address of the mailbox.
      type: str
    property:
      description: The option, such as V(first_name), or V(password).
      type: str
    before:
      description: Its value before; V(none) for a password.
      type: raw
    after:
      description: Its value afterwards; V(none) for a password.
      type: raw
deleted:
  description: Addresses of the mailboxes that were (in check mode, would be) deleted.
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
      description: The address of the mailbox.
      type: str
    count:
      description: Always V(1), except where the task gave up because the service no longer answered. What was then not
        even sent shares one entry for each action.
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
from dataclasses import replace
from typing import Any

from ..module_utils._core.converge import Outcome, until_visible
from ..module_utils._core.errors import PddError
from ..module_utils._core.paging import Listing, read_whole
from ..module_utils._mail.address import raise_problems
from ..module_utils._mail.models import Mailbox
from ..module_utils._module.run import Result, Task, failure_message, run_module
from ..module_utils._plan.mailboxes import (
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
    wanted_mailboxes,
)
from ..module_utils._plan.removals import raise_guard

MAILBOX: dict[str, dict[str, Any]] = {
    "login": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "first_name": {"type": "str"},
    "last_name": {"type": "str"},
    "birth_date": {"type": "str"},
    "sex": {"type": "str", "choices": ["male", "female", "unset"]},
    "hint_question": {"type": "str"},
    "hint_answer": {"type": "str", "no_log": True},
    "enabled": {"type": "bool"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
OPTIONS: dict[str, dict[str, Any]] = {
    **MAILBOX,
    "verify_count": {"type": "bool", "default": True},
    "imported": {"type": "list", "elements": "str"},
    "mailboxes": {
        "type": "list",
        "elements": "dict",
        "options": {
            **MAILBOX,
            "login": {"type": "str", "required": True},
            "update_password": {"type": "str", "choices": ["on_create", "always"], "no_log": False},
        },
    },
}


def execute(task: Task, wanted: Sequence[WantedMailbox]) -> Result:
    """Create and delete first, then change what exists, new mailboxes among it."""
    by_login = {each.login: each for each in wanted}
    before = read_mailboxes(task, wanted)
    steps = plan_existence(before, wanted)
    raise_problems(new_password_problems(steps, by_login))
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
        task.warn(f"The listing is incomplete: of the mailboxes and mailing lists of {task.domain} {listing.shortage}.")


def require_listed(task: Task, wanted: Iterable[WantedMailbox], listing: Listing[Mailbox]) -> None:
    """Raise a guard error if a mailbox that is to be absent may be what an incomplete listing lacks."""
    doubtful = doubtful_removals(by_login(listing), wanted) if listing.shortage else []
    if doubtful:
        problem = f"of the mailboxes and mailing lists of {task.domain} {listing.shortage}"
        message = f"{problem}, so nobody knows whether there is {', '.join(doubtful)}"
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
        if error.code == "occupied" and step.login in found:
            error.message += f"; {step.login} is a mailing list"
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


def main() -> None:
    run_module(
        options=OPTIONS,
        wanted=wanted_mailboxes,
        execute=execute,
        required_one_of=[("login", "mailboxes")],
        mutually_exclusive=[("login", "mailboxes")],
        required_by={name: ["login"] for name in MAILBOX if MAILBOX[name].get("default") is None and name != "login"},
    )


if __name__ == "__main__":
    main()
