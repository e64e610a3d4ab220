#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_maillist_info
short_description: Read mailing lists of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads mailing lists, their subscribers, and who may send on their behalf.
options:
  maillist:
    description:
      - The mailing lists to read, as names or as addresses.
      - If it is not set, all mailing lists of the organization are read.
    type: list
    elements: str
  senders_on_behalf:
    description:
      - Whether to read who may send on behalf of the lists. This takes one request for each list.
      - Requires O(allow_undocumented=true).
    type: bool
    default: false
  allow_undocumented:
    description:
      - Whether to rely on behavior that the vendor does not document. A permission to send on behalf of a list is part
        of it. It is not known whether the service shows the permission, or has it at all.
    type: bool
    default: false
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
notes:
  - The token needs the scopes C(directory:read_domains), C(directory:read_users) and C(directory:read_groups), and
    C(directory:read_organization) if O(organization) is not set. Where departments, shared mailboxes, or external
    contacts are members, it needs C(directory:read_departments), C(ya360_admin:mail_read_shared_mailbox_inventory), or
    C(directory:read_external_contacts). Permissions need C(ya360_admin:mail_read_mail_list_permissions).
  - A list that is deleted while it is read counts as missing.
  - Outside accounts, robots, dismissed users, and groups of the service itself are left out.
seealso:
  - module: mailops.pdd.y360_maillist
  - module: mailops.pdd.y360_maillist_subscriber
"""

EXAMPLES = r"""
- name: Read all mailing lists
  mailops.pdd.y360_maillist_info:
    token: "{{ vaulted_y360_token }}"
  register: result

- name: Show them as a variable of the role
  ansible.builtin.debug:
    msg: "{{ {'y360_domain_maillists': result.maillists} }}"
"""

RETURN = r"""
maillists:
  description: The lists, in the order of O(maillist), or sorted by address if it is not set.
  returned: success
  type: list
  elements: dict
  sample: [{"maillist": "team@example.test", "subscribers": ["anna@example.test"], "senders_on_behalf": []}]
  contains:
    maillist:
      description: The address of the list.
      type: str
    subscribers:
      description: The addresses of the subscribers, sorted.
      type: list
      elements: str
    senders_on_behalf:
      description: The addresses of the subscribers who may send on behalf of the list, sorted.
      returned: with O(senders_on_behalf=true)
      type: list
      elements: str
details:
  description: More properties of the same lists, in the same order.
  returned: success
  type: list
  elements: dict
  sample:
    - maillist: team@example.test
      uid: 17
      subscribers_count: 2
      members: [{"kind": "department", "id": "5", "name": "Sales"}]
  contains:
    maillist:
      description: The address of the list.
      type: str
    uid:
      description: The API ID.
      type: int
    subscribers_count:
      description: The service's own count of members, which may be wrong, or V(none) if it returns none.
      type: int
    members:
      description: The members that have no address, for example departments. They are not among the subscribers.
      type: list
      elements: dict
      contains:
        kind:
          description: V(user), V(group), V(department), V(external_contact), or V(shared_mailbox).
          type: str
        id:
          description: The API ID.
          type: str
        name:
          description: The name.
          type: str
missing:
  description: The addresses in O(maillist) that do not exist.
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

from ..module_utils._module.maillist_info import MaillistInfoBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import Y360

OPTIONS = {
    "maillist": {"type": "list", "elements": "str"},
    "senders_on_behalf": {"type": "bool", "default": False},
    "allow_undocumented": {"type": "bool", "default": False},
}
MODULE = Module(Y360, MaillistInfoBody, OPTIONS)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
