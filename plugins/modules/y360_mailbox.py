#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_mailbox
short_description: Create, change, and delete mailboxes of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Creates, changes, blocks, and deletes mailboxes of an organization. Properties that are not set stay unchanged.
  - A mailbox is created only if it has a password, a first name, and a last name.
  - Deleting a mailbox deletes its mail permanently.
options:
  login:
    description:
      - The mailbox, as name or as address of the main domain.
      - The name of a new mailbox has at most 40 Latin letters, digits, hyphens, underscores, and dots. It begins and
        ends with a letter or digit.
      - Exactly one of O(login) and O(mailboxes) is required.
    type: str
  password:
    description: &password
      - The password. It is required to create a mailbox.
      - Without a password, a mailbox that does not exist is an error. In check mode it is planned as existing, see
        O(expected_present).
      - It has at least 8 characters. The service may refuse it for other reasons.
    type: str
  password_change_required: &password_change_required
    description:
      - Whether the owner must change the password at the next login.
      - It has an effect only together with a password that is being set.
    type: bool
  update_password:
    description:
      - V(on_create) sets the password of new mailboxes only.
      - V(always) sets it in every run. The task is then always changed, because a password cannot be read.
    type: str
    choices: [on_create, always]
    default: on_create
  first_name: &first_name
    description: The first name. It is required to create a mailbox.
    type: str
  last_name: &last_name
    description: The last name. It is required to create a mailbox.
    type: str
  middle_name: &middle_name
    description: The middle name.
    type: str
  birth_date: &birth_date
    description: The date of birth as C(YYYY-MM-DD). Put it into quotes, so that it is a string in YAML.
    type: str
  sex: &sex
    description: The sex.
    type: str
    choices: [male, female, unset]
  position: &position
    description: The position in the organization, for example V(Accountant).
    type: str
  aliases: &aliases
    description:
      - All further names of the mailbox, as names or as addresses of the main domain. Others are removed.
      - There are at most 10. If it is not set, they stay unchanged.
    type: list
    elements: str
  enabled: &enabled
    description: V(false) blocks the mailbox. V(true) unblocks it.
    type: bool
  state: &state
    description:
      - V(present) creates or changes the mailbox.
      - V(absent) blocks it, and then deletes it with all its mail. Other properties are then ignored.
      - The vendor does not document the deletion any more. If the service refuses it, the mailbox stays blocked, and
        the task fails with the advice to delete it in the administrator's console.
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
  expected_present:
    description:
      - The mailboxes that earlier tasks of the same play create, as names or as addresses.
      - In check mode, they are planned as existing. The option has no effect in a real run.
      - If it is set, even to an empty list, a mailbox without O(password) that neither exists nor is expected is an
        error in check mode, too.
    type: list
    elements: str
  expected_absent:
    description:
      - The mailboxes and mailing lists that earlier tasks of the same play remove, as names or as addresses.
      - In check mode, they are planned as removed, so that their addresses are free. The option has no effect in a real
        run.
    type: list
    elements: str
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
      password_change_required: *password_change_required
      update_password:
        description:
          - V(on_create) sets the password only if the mailbox is new. V(always) sets it in every run.
          - The default is the value of O(update_password).
        type: str
        choices: [on_create, always]
      first_name: *first_name
      last_name: *last_name
      middle_name: *middle_name
      birth_date: *birth_date
      sex: *sex
      position: *position
      aliases: *aliases
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
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
  - mailops.pdd.passwords
notes:
  - The token needs the scopes C(directory:read_domains) and C(directory:write_users), C(directory:read_groups) in check
    mode, and C(directory:read_organization) if O(organization) is not set.
  - An alias is no mailbox. It cannot be created as one, and deleting it changes nothing.
  - Outside accounts, robots, and dismissed users of the organization are left alone.
  - Each mailbox takes a seat of the organization's plan.
seealso:
  - module: mailops.pdd.y360_mailbox_info
  - module: mailops.pdd.y360_signature
"""

EXAMPLES = r"""
- name: Create a mailbox with a password that is generated once and kept in a file
  mailops.pdd.y360_mailbox:
    token: "{{ vaulted_y360_token }}"
    login: anna
    password: "{{ lookup('ansible.builtin.password', 'passwords/anna', length=16, chars=['ascii_letters', 'digits']) }}"
    first_name: Anna
    last_name: Example
    aliases: [anna.example]

- name: Block one mailbox, and delete another one with all its mail
  mailops.pdd.y360_mailbox:
    token: "{{ vaulted_y360_token }}"
    mailboxes:
      - login: boris
        enabled: false
      - login: clara
        state: absent

- name: Set a new password
  mailops.pdd.y360_mailbox:
    token: "{{ vaulted_y360_token }}"
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
    ready:
      description: The same as RV(mailboxes[].enabled), because the service has no other state.
      type: bool
    aliases:
      description: Other addresses of the mailbox.
      type: list
      elements: str
    middle_name:
      description: The middle name. It is empty if it is not set.
      type: str
    position:
      description: The position. It is empty if it is not set.
      type: str
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
      description: The name of the option, for example V(first_name) or V(password). Each alias that is added or removed
        is an entry with V(aliases).
      returned: with RV(changes[].action=update)
      type: str
    before:
      description: The value before, or V(none) if it was not set, or if an alias is added. Not returned for a password.
      returned: with RV(changes[].action=update)
      type: raw
    after:
      description: The value after the change, or V(none) if an alias is removed. Not returned for a password.
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
        - A code of this collection. The service's own words are in RV(error.message).
        - The service refuses the token or what it is used for - V(unauthorized), V(forbidden).
        - The service refuses a value, does not find an object, or has given the name to another one -
          V(invalid_input), V(not_found), V(conflict). It refuses a request for another reason - V(refused).
        - The options are wrong, or an object in them does not exist - V(invalid_input), V(not_found).
        - A guard stopped the task before it changed anything - V(guard).
        - The request failed - V(unreachable), V(timeout), V(tls), V(throttled), V(redirect), V(bad_answer),
          V(interrupted).
        - It is not known whether a change was made - V(outcome_unknown).
      type: str
      sample: not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, or V(none) if there was no answer.
      type: int
    endpoint:
      description: The endpoint of the API that was called, or V(none) if none was called.
      type: str
      sample: directory/v1/org/123456/users
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
from ..module_utils._module.services import Y360

MAILBOX: dict[str, dict[str, Any]] = {
    "login": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "password_change_required": {"type": "bool", "no_log": False},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "first_name": {"type": "str"},
    "last_name": {"type": "str"},
    "middle_name": {"type": "str"},
    "birth_date": {"type": "str"},
    "sex": {"type": "str", "choices": ["male", "female", "unset"]},
    "position": {"type": "str"},
    "aliases": {"type": "list", "elements": "str"},
    "enabled": {"type": "bool"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
OPTIONS: dict[str, dict[str, Any]] = {
    **MAILBOX,
    "verify_count": {"type": "bool", "default": True},
    "expected_present": {"type": "list", "elements": "str"},
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
    Y360,
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
