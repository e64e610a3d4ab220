#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_mailbox_info
short_description: Read mailboxes of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads the properties of mailboxes.
  - Outside accounts, robots, and dismissed users are left out.
options:
  login:
    description:
      - The mailboxes to read, as names or as addresses. An alias means its mailbox.
      - If neither this option nor O(uid) is set, all mailboxes of the organization are read.
    type: list
    elements: str
  uid:
    description: The mailboxes to read, as API IDs.
    type: list
    elements: int
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
notes:
  - The token needs the scopes C(directory:read_domains) and C(directory:read_users), and
    C(directory:read_organization) if O(organization) is not set.
  - One request reads 1,000 mailboxes. If the service counts more than it lists, they are read again. If some are still
    missing, the task warns.
seealso:
  - module: mailops.pdd.y360_domain_info
  - module: mailops.pdd.y360_mailbox
"""

EXAMPLES = r"""
- name: Read two mailboxes
  mailops.pdd.y360_mailbox_info:
    token: "{{ vaulted_y360_token }}"
    login: [anna, boris]
  register: result

- name: Show which mailboxes are blocked
  ansible.builtin.debug:
    msg: "{{ result.mailboxes | rejectattr('enabled') | map(attribute='login') }}"
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

from ..module_utils._module.mailbox_info import MailboxInfoBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import Y360

OPTIONS = {
    "login": {"type": "list", "elements": "str"},
    "uid": {"type": "list", "elements": "int"},
}
MODULE = Module(Y360, MailboxInfoBody, OPTIONS)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
