#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_mailbox
short_description: Create, change, and delete mailboxes of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Creates, changes, blocks, and deletes mailboxes of a domain. Properties that are not set stay unchanged.
  - A mailbox is created only if it has a password. Leave the password out to set properties of a mailbox that an import
    creates.
  - Deleting a mailbox deletes its mail permanently.
options:
  login:
    description:
      - The mailbox, as name or as address of the domain.
      - The name of a new mailbox has at most 30 Latin letters, digits, hyphens, and dots. It begins with a letter, and
        ends with a letter or digit. V(abuse) and V(postmaster) are reserved for mailing lists.
      - Exactly one of O(login) and O(mailboxes) is required.
    type: str
  password:
    description: &password
      - The password. It is required to create a mailbox.
      - Without a password, a mailbox that does not exist is an error. In check mode it is planned as existing, because
        an import of the same play may create it, see O(expected_present).
      - '6 to 30 characters (6 to 20 for a new mailbox), different from the login. Latin letters, digits, and any of
        V(! @ # $ % ^ & * ( \) _ - + : ; , .) are allowed.'
    type: str
  update_password:
    description:
      - V(on_create) sets the password of new mailboxes only.
      - V(always) sets it in every run. The task is then always changed, because a password cannot be read.
    type: str
    choices: [on_create, always]
    default: on_create
  first_name: &first_name
    description: The first name.
    type: str
  last_name: &last_name
    description: The last name.
    type: str
  birth_date: &birth_date
    description: The date of birth as C(YYYY-MM-DD). Put it into quotes, so that it is a string in YAML.
    type: str
  sex: &sex
    description: The sex.
    type: str
    choices: [male, female, unset]
  hint_question: &hint_question
    description:
      - The secret question.
      - If it differs from the current one and no answer is set, the task fails before it changes anything.
    type: str
  hint_answer: &hint_answer
    description:
      - The answer to the secret question, which is required with it.
      - It is sent only if the question differs, because it cannot be read.
    type: str
  enabled: &enabled
    description: V(false) blocks the mailbox. V(true) unblocks it.
    type: bool
  state: &state
    description:
      - V(present) creates or changes the mailbox.
      - V(absent) deletes it with all its mail. Other properties are then ignored.
    type: str
    choices: [present, absent]
    default: present
  verify_count:
    description:
      - Whether the listing of mailboxes must be complete before a mailbox that is not found counts as deleted.
      - If the service counts more mailboxes than it lists, they are read again. If mailboxes are still missing, and one
        with O(state=absent) is not listed, the task fails before it changes anything.
      - With V(false), the task warns instead.
    type: bool
    default: true
    version_added: 1.1.0
  expected_present:
    description:
      - The mailboxes that earlier tasks of the same play create, for example imports, as names or as addresses.
      - In check mode, they are planned as existing. The option has no effect in a real run.
      - If it is set, even to an empty list, a mailbox without O(password) that neither exists nor is expected is an
        error in check mode, too.
    type: list
    elements: str
    aliases: [imported]
    version_added: 1.1.0
  expected_absent:
    description:
      - The mailboxes and mailing lists that earlier tasks of the same play remove, as names or as addresses.
      - In check mode, they are planned as removed, so that their addresses are free. The option has no effect in a real
        run.
    type: list
    elements: str
    version_added: 1.1.0
  mailboxes:
    description:
      - The mailboxes with their properties, to manage many mailboxes in one task.
      - Of the other options, only O(expected_absent), O(expected_present), O(update_password), and O(verify_count) can
        be combined with it.
    type: list
    elements: dict
    suboptions:
      login:
        description:
          - The mailbox, as name or as address of the domain.
          - O(login) lists the rules for the name of a new mailbox.
        type: str
        required: true
      password:
        description: *password
        type: str
      update_password:
        description:
          - V(on_create) sets the password only if the mailbox is new. V(always) sets it in every run.
          - The default is the value of O(update_password).
        type: str
        choices: [on_create, always]
      first_name: *first_name
      last_name: *last_name
      birth_date: *birth_date
      sex: *sex
      hint_question: *hint_question
      hint_answer: *hint_answer
      enabled: *enabled
      state: *state
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows what changes, and two other mailboxes or properties of the task before and after each change. Of
      passwords it shows only that one is set anew.
  idempotent:
    support: full
    details: Not with O(update_password=always).
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.module
  - mailops.pdd.passwords
notes:
  - Only mailboxes of O(domain) are managed. If the service lists others, for example of alias domains, they are left
    alone, with a warning.
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

- name: Block one mailbox, and delete another one with all its mail
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
  description: The mailboxes of the task after the changes, or in check mode after the planned changes.
  returned: success
  type: list
  elements: dict
  contains:
    login:
      description: The address of the mailbox.
      type: str
      sample: anna@example.test
    uid:
      description: The API ID, or V(none) in check mode for a mailbox that would be created.
      type: int
    enabled:
      description: V(false) if the mailbox is blocked, otherwise V(true).
      type: bool
    first_name:
      description: The first name. It is empty if it is not set.
      type: str
    last_name:
      description: The last name. It is empty if it is not set.
      type: str
    birth_date:
      description: The date of birth as C(YYYY-MM-DD), or V(none) if it is not set.
      type: str
    sex:
      description: V(male), V(female), or V(unset).
      type: str
    hint_question:
      description: The secret question. It is empty if it is not set.
      type: str
    ready:
      description: Whether the mailbox can send. If V(false), its owner may have to sign in once.
      type: bool
    aliases:
      description: Other addresses of the mailbox.
      type: list
      elements: str
created:
  description: The addresses of the mailboxes that were created, or in check mode would be created.
  returned: success
  type: list
  elements: str
  sample: ["anna@example.test"]
updated:
  description: The addresses of the existing mailboxes that were changed, or in check mode would be changed.
  returned: success
  type: list
  elements: str
  sample: []
deleted:
  description: The addresses of the mailboxes that were deleted, or in check mode would be deleted.
  returned: success
  type: list
  elements: str
  sample: []
changes:
  description:
    - The changes of the task, sorted by name.
    - In check mode, and if the task fails before it changes anything because of what it has read (for example with the
      error code V(guard)), these are the planned changes.
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
      description: V(create), V(delete), or V(update). Each property is an entry with V(update), also if the mailbox is
        new.
      type: str
    property:
      description: The name of the option, for example V(first_name) or V(password).
      returned: with RV(changes[].action=update)
      type: str
    before:
      description: The value before, or V(none) if it was not set. Not returned for a password.
      returned: with RV(changes[].action=update)
      type: raw
    after:
      description: The value after the change. Not returned for a password.
      returned: with RV(changes[].action=update)
      type: raw
failures:
  description:
    - The changes that failed. All other changes were made. The next run makes only those that are left.
    - Empty if the task succeeds.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    action:
      description: The action that failed. V(create), V(update), or V(delete).
      type: str
    object:
      description: The address of the mailbox.
      type: str
    count:
      description: The number of failures that this entry stands for, usually V(1). If the service stops answering,
        one entry stands for all failures of the same action with the same reason, and RV(failures[].object) contains
        the first object.
      type: int
    error:
      description: The reason, with the same keys as RV(error).
      type: dict
error:
  description: The reason why the task failed. If several changes failed, the reason of the first.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The error code of the service, for example V(account_not_found), or a code of this collection.
        - The options are wrong, or an object in them does not exist - V(invalid_input), V(not_found).
        - A guard stopped the task before it changed anything - V(guard).
        - The request failed - V(unreachable), V(timeout), V(tls), V(redirect), V(bad_answer), V(interrupted).
        - It is not known whether a change was made - V(outcome_unknown).
        - Imports failed, or took too long - V(failed), V(removed), V(stalled), V(timeout).
      type: str
      sample: account_not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, or V(none) if there was no answer.
      type: int
    endpoint:
      description: The endpoint of the API that was called, or V(none) if none was called.
      type: str
      sample: email/ml/list
    advice:
      description: What to do next.
      type: str
requests:
  description: The requests that the task sent to the service.
  returned: always
  type: dict
  sample: {"sent": 3, "retried": 0, "throttled_seconds": 0.0}
  contains:
    sent:
      description: The number of requests.
      type: int
    retried:
      description: The number of requests among them that were retries.
      type: int
    throttled_seconds:
      description: The number of seconds that the task waited because the service throttled it.
      type: float
"""

from typing import Any

from ..module_utils._module.mailbox import MailboxBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
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
MODULE = Module(
    PDD,
    MailboxBody,
    OPTIONS,
    constraints={
        "required_one_of": [("login", "mailboxes")],
        "mutually_exclusive": [("login", "mailboxes")],
        "required_by": {
            name: ["login"] for name in MAILBOX if MAILBOX[name].get("default") is None and name != "login"
        },
    },
)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
