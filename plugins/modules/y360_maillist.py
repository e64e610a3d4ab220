#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_maillist
short_description: Create and delete mailing lists of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Creates or deletes mailing lists of an organization. One request reads 1,000 groups, and only differences are
    written.
  - Use M(mailops.pdd.y360_maillist_subscriber) to manage the subscribers of a list.
  - A mailing list is a group that has an address. Its name is the part of the address before the C(@).
  - Deleting a mailing list deletes the group, which may serve other ends, for example access to files. This cannot be
    undone.
options:
  maillist:
    description:
      - The mailing lists, as names or as addresses of the main domain.
      - Exactly one of O(maillist) and O(maillist_uid) is required.
    type: list
    elements: str
  maillist_uid:
    description:
      - The mailing lists, as API IDs.
      - With O(state=present), the lists must exist, because the service assigns the IDs.
    type: list
    elements: int
  state:
    description: V(present) creates the lists. V(absent) deletes them.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Whether to delete all other mailing lists of the organization. Requires O(maillist) and O(state=present).
      - O(max_removals_percent) protects against mistakes.
    type: bool
    default: false
  max_removals_percent:
    description:
      - The highest percentage of the mailing lists of the organization that O(exclusive=true) may delete.
      - If the task would delete more, it fails before it changes anything, also in check mode.
      - The percentage is ignored for an organization with fewer than four lists.
      - If O(maillist) is empty, the task fails whenever it would delete anything.
      - V(100) turns all of these checks off.
    type: int
    default: 30
  verify_count:
    description: It has no effect. It exists so that tasks for M(mailops.pdd.pdd_maillist) can be used unchanged.
    type: bool
    default: true
  expected_absent:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play remove, as names or addresses. It has an effect
        in check mode only, where they are still there, and count as removed, so that their addresses are free.
    type: list
    elements: str
attributes:
  check_mode:
    support: full
    details: A list whose address a mailbox has fails in check mode as well.
  diff_mode:
    support: full
    details: Shows the lists that are created and deleted, and two others before and after each of them.
  idempotent:
    support: full
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
notes:
  - The token needs the scopes C(directory:read_domains), C(directory:write_groups) and, in check mode,
    C(directory:read_users), and C(directory:read_organization) if O(organization) is not set.
  - Groups that are no mailing lists, and groups of the service itself, are left alone.
seealso:
  - module: mailops.pdd.y360_maillist_info
  - module: mailops.pdd.y360_maillist_subscriber
"""

EXAMPLES = r"""
- name: Create two mailing lists
  mailops.pdd.y360_maillist:
    token: "{{ vaulted_y360_token }}"
    maillist:
      - team
      - news@example.test

- name: Delete a mailing list
  mailops.pdd.y360_maillist:
    token: "{{ vaulted_y360_token }}"
    maillist: news
    state: absent

- name: Delete all mailing lists except for these two, however many there are
  mailops.pdd.y360_maillist:
    token: "{{ vaulted_y360_token }}"
    maillist:
      - team
      - everybody
    exclusive: true
    max_removals_percent: 100
"""

RETURN = r"""
maillists:
  description: The lists of the task after the changes, or in check mode after the planned changes.
  returned: success
  type: list
  elements: dict
  sample: [{"maillist": "team@example.test", "uid": 17, "subscribers_count": 3}]
  contains:
    maillist:
      description: The address of the list.
      type: str
    uid:
      description: The API ID, or V(none) in check mode for a list that would be created.
      type: int
    subscribers_count:
      description: The service's own count of members, which may be wrong, or V(none) if it returns none.
      type: int
created:
  description: The addresses of the lists that were created, or in check mode would be created.
  returned: success
  type: list
  elements: str
  sample: ["team@example.test"]
deleted:
  description: The addresses of the lists that were deleted, or in check mode would be deleted.
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
  sample: [{"kind": "maillist", "name": "team@example.test", "action": "create"}]
  contains:
    kind:
      description: Always V(maillist).
      type: str
    name:
      description: The address of the mailing list.
      type: str
    action:
      description: V(create) or V(delete).
      type: str
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
      description: The action that failed. V(create) or V(delete).
      type: str
    object:
      description: The address of the mailing list.
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

from ..module_utils._module.maillist import MaillistBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import Y360

OPTIONS = {
    "maillist": {"type": "list", "elements": "str"},
    "maillist_uid": {"type": "list", "elements": "int"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "exclusive": {"type": "bool", "default": False},
    "max_removals_percent": {"type": "int", "default": 30},
    "verify_count": {"type": "bool", "default": True},
    "expected_absent": {"type": "list", "elements": "str"},
}
MODULE = Module(
    Y360,
    MaillistBody,
    OPTIONS,
    constraints={
        "required_one_of": [("maillist", "maillist_uid")],
        "mutually_exclusive": [("maillist", "maillist_uid")],
    },
)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
