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
  description: The mailboxes, in the order in which they were asked for.
  returned: success
  type: list
  elements: dict
  contains:
    login:
      description: The address.
      type: str
      sample: anna@example.test
    uid:
      description: The id of the service.
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
      description: Whether the mailbox works. The owner may have to sign in once before he can send.
      type: bool
    aliases:
      description: Other addresses of the mailbox.
      type: list
      elements: str
    counters:
      description: How many messages are unread and new.
      returned: with O(counters=true)
      type: dict
      sample: {"unread": 2, "new": 1}
missing:
  description: What was asked for and does not exist, as addresses and ids in the form of texts.
  returned: success
  type: list
  elements: str
  sample: []
error:
  description: What went wrong, in a task that fails.
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

from ..module_utils._module.mailbox_info import MailboxInfoBody
from ..module_utils._module.run import run_module
from ..module_utils._module.services import PDD

OPTIONS = {
    "login": {"type": "list", "elements": "str"},
    "uid": {"type": "list", "elements": "int"},
    "counters": {"type": "bool", "default": True},
}


def main() -> None:
    run_module(PDD, MailboxInfoBody, options=OPTIONS)


if __name__ == "__main__":
    main()
