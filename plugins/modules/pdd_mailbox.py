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
        since an import of the same play may create it, see O(expected_present).
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
  expected_present:
    description:
      - Mailboxes that earlier tasks of the same play create, such as imports, as names or addresses. It has an effect
        in check mode only, where they cannot be there yet, and are planned as if they were.
      - If it is given, even as an empty list, a mailbox without O(password) that is neither there nor expected is an
        error in check mode as well.
    type: list
    elements: str
    aliases: [imported]
    version_added: 1.1.0
  expected_absent:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play remove, as names or addresses. It has an effect
        in check mode only, where they are still there, and count as removed, so that their addresses are free.
    type: list
    elements: str
    version_added: 1.1.0
  mailboxes:
    description: Many mailboxes in one task, instead of the options above but O(expected_absent),
      O(expected_present), O(update_password), and O(verify_count).
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
    details: Shows what changes, and two other mailboxes or properties of the task before and after each change. Of
      passwords it shows only that one is set anew.
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
deleted:
  description: Addresses of the mailboxes that were (in check mode, would be) deleted.
  returned: success
  type: list
  elements: str
  sample: []
changes:
  description:
    - What was changed, sorted by name.
    - In check mode, and in a task that stops before its first write because of what it has read, such as with the error
      code V(guard), what would be changed.
  returned: always
  type: list
  elements: dict
  sample:
    - kind: mailbox
      name: anna@example.test
      action: update
      property: first_name
      before: ""
      after: Anna
  contains:
    kind:
      description: Always V(mailbox).
      type: str
    name:
      description: The address of the mailbox.
      type: str
    action:
      description: V(create), V(delete), or V(update) for each property, also for those of a new mailbox.
      type: str
    property:
      description: The option, such as V(first_name), or V(password).
      returned: with RV(changes[].action=update)
      type: str
    before:
      description: Its value before, V(none) if unset. A password has none.
      returned: with RV(changes[].action=update)
      type: raw
    after:
      description: Its value afterwards. A password has none.
      returned: with RV(changes[].action=update)
      type: raw
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

from typing import Any

from ..module_utils._module.mailbox import MailboxBody
from ..module_utils._module.run import run_module
from ..module_utils._module.services import PDD

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
    "expected_present": {"type": "list", "elements": "str", "aliases": ["imported"]},
    "expected_absent": {"type": "list", "elements": "str"},
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


def main() -> None:
    run_module(
        PDD,
        MailboxBody,
        options=OPTIONS,
        required_one_of=[("login", "mailboxes")],
        mutually_exclusive=[("login", "mailboxes")],
        required_by={name: ["login"] for name in MAILBOX if MAILBOX[name].get("default") is None and name != "login"},
    )


if __name__ == "__main__":
    main()
