#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_maillist_info
short_description: Read mailing lists of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads mailing lists, their subscribers, and who may send on their behalf.
  - RV(maillists) has the format of O(mailops.pdd.pdd_maillist_subscriber#module:maillists) and of the role
    P(mailops.pdd.pdd_domain#role), so that it can be written back.
options:
  maillist:
    description:
      - The mailing lists to read, as names or as addresses.
      - If it is not set, all mailing lists of the domain are read.
    type: list
    elements: str
  senders_on_behalf:
    description: Whether to read who may send on behalf of the lists. This takes one request for each subscriber.
    type: bool
    default: true
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.module
notes:
  - If the service counts more subscribers than it lists, they are read again. If some are still missing, the task
    fails.
  - The service lists mailing lists a second time among the mailboxes. The mailboxes are therefore read as well, unless
    all lists of O(maillist) are found. If a list is found only there, the task fails.
  - Mailing lists of other domains are left out with a warning. A list that is deleted while it is read counts as
    missing.
seealso:
  - module: mailops.pdd.pdd_maillist
  - module: mailops.pdd.pdd_maillist_subscriber
  - plugin: mailops.pdd.pdd_export
    plugin_type: filter
  - plugin: mailops.pdd.pdd_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all mailing lists
  mailops.pdd.pdd_maillist_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
  register: result

- name: Show them as a variable of the role
  ansible.builtin.debug:
    msg: "{{ {'pdd_domain_maillists': result.maillists} }}"
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
  sample: [{"maillist": "team@example.test", "uid": 1130000001234566, "subscribers_count": 1}]
  contains:
    maillist:
      description: The address of the list.
      type: str
    uid:
      description: The API ID.
      type: int
    subscribers_count:
      description: The service's own count of subscribers, or V(none) if it returns none.
      type: int
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

from ..module_utils._module.maillist_info import MaillistInfoBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD

OPTIONS = {
    "maillist": {"type": "list", "elements": "str"},
    "senders_on_behalf": {"type": "bool", "default": True},
}
MODULE = Module(PDD, MaillistInfoBody, OPTIONS)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
