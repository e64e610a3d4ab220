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
changes:
  description:
    - What was changed, sorted by name.
    - In check mode, and in a task that stops before its first write because of what it has read, such as with the error
      code V(guard), what would be changed.
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

from ..module_utils._module.maillist import MaillistBody
from ..module_utils._module.run import run_module
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


def main() -> None:
    run_module(
        PDD,
        MaillistBody,
        options=OPTIONS,
        required_one_of=[("maillist", "maillist_uid")],
        mutually_exclusive=[("maillist", "maillist_uid")],
    )


if __name__ == "__main__":
    main()
