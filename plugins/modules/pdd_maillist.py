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
  - Creates or deletes mailing lists of a domain. One request reads all lists, and only differences are written.
  - Use M(mailops.pdd.pdd_maillist_subscriber) to manage the subscribers of a list.
options:
  maillist:
    description:
      - The mailing lists, as names or as addresses of the domain.
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
      - Whether to delete all other mailing lists of the domain. Requires O(maillist) and O(state=present).
      - O(max_removals_percent) and O(verify_count) protect against mistakes.
    type: bool
    default: false
  max_removals_percent:
    description:
      - The highest percentage of the mailing lists of the domain that O(exclusive=true) may delete.
      - If the task would delete more, it fails before it changes anything, also in check mode.
      - The percentage is ignored for a domain with fewer than four lists.
      - If O(maillist) is empty, the task fails whenever it would delete anything.
      - V(100) turns all of these checks off.
    type: int
    default: 30
  verify_count:
    description:
      - Whether to check the listing of mailing lists against the listing of mailboxes before lists are deleted.
      - The service lists mailing lists in both, but counts only the latter. If the listings differ, they are read
        again. If they still differ, or the mailboxes cannot be read in full, the task fails before it changes anything.
      - The check takes one request for each 500 mailboxes. It takes place with O(exclusive=true), and with
        O(state=absent) if a list is not found.
      - With V(false), the task warns instead.
    type: bool
    default: true
    version_added: 1.1.0
  expected_absent:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play remove, as names or addresses. It has an effect
        in check mode only, where they are still there, and count as removed, so that their addresses are free.
    type: list
    elements: str
    version_added: 1.1.0
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
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.module
notes:
  - Only mailing lists of O(domain) are managed. If the service lists others, they are left alone, with a warning.
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

- name: Delete all mailing lists except for these two, however many there are
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
  description: The lists of the task after the changes, or in check mode after the planned changes.
  returned: success
  type: list
  elements: dict
  sample: [{"maillist": "team@example.test", "uid": 1130000001234566, "subscribers_count": 3}]
  contains:
    maillist:
      description: The address of the list.
      type: str
    uid:
      description: The API ID, or V(none) in check mode for a list that would be created.
      type: int
    subscribers_count:
      description: The service's own count of subscribers, or V(none) if it returns none.
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

from ..module_utils._module.maillist import MaillistBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD

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
    PDD,
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
