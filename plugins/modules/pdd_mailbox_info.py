#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_mailbox_info
short_description: Read mailboxes of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads the properties of mailboxes, and their numbers of unread and new messages.
  - Mailing lists, which the service lists among the mailboxes, are left out.
options:
  login:
    description:
      - The mailboxes to read, as names or as addresses.
      - If neither this option nor O(uid) is set, all mailboxes of the domain are read.
    type: list
    elements: str
  uid:
    description: The mailboxes to read, as API IDs.
    type: list
    elements: int
  counters:
    description:
      - Whether to read the numbers of unread and new messages. This takes one request for each mailbox.
      - It is unknown whether reading resets the number of new messages. The emulator does not reset it.
    type: bool
    default: true
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.module
notes:
  - If the service counts more mailboxes than it lists, they are read again. If some are still missing, the task warns.
  - Mailboxes of other domains, for example of alias domains, are left out with a warning.
  - A mailbox that is deleted while it is read is left out. It is returned in RV(missing) if O(login) or O(uid) contains
    it.
seealso:
  - module: mailops.pdd.pdd_mailbox
  - module: mailops.pdd.pdd_mailbox_import
  - plugin: mailops.pdd.pdd_export
    plugin_type: filter
  - plugin: mailops.pdd.pdd_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read two mailboxes
  mailops.pdd.pdd_mailbox_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    login: [anna, boris]
  register: result

- name: Show the numbers of unread and new messages
  ansible.builtin.debug:
    msg: "{{ result.mailboxes | items2dict(key_name='login', value_name='counters') }}"
"""

RETURN = r"""
mailboxes:
  description: The mailboxes, in the order of O(login) and O(uid).
  returned: success
  type: list
  elements: dict
  contains:
    login:
      description: The address of the mailbox.
      type: str
      sample: anna@example.test
    uid:
      description: The API ID.
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
    counters:
      description: The numbers of unread and of new messages.
      returned: with O(counters=true)
      type: dict
      sample: {"unread": 2, "new": 1}
missing:
  description: The addresses and API IDs in O(login) and O(uid) that do not exist, as strings.
  returned: success
  type: list
  elements: str
  sample: []
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

from ..module_utils._module.mailbox_info import MailboxInfoBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD

OPTIONS = {
    "login": {"type": "list", "elements": "str"},
    "uid": {"type": "list", "elements": "int"},
    "counters": {"type": "bool", "default": True},
}
MODULE = Module(PDD, MailboxInfoBody, OPTIONS)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
