#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_signature
short_description: Set the signature of mailboxes of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Makes a text the default signature of mailboxes, or removes it.
  - The service has no common signature. Each mailbox has signatures of its own. Run the task again for mailboxes that
    are created later.
options:
  signature:
    description:
      - The signature. It can be HTML.
      - It is required with O(state=present). With O(state=absent), the default is what this module has set.
    type: str
  login:
    description:
      - The mailboxes, as names or as addresses. An alias means its mailbox.
      - If it is not set, all mailboxes of the organization that are not blocked.
    type: list
    elements: str
  state:
    description:
      - V(present) makes O(signature) the default signature.
      - V(absent) removes it. No other signature becomes the default one.
    type: str
    choices: [present, absent]
    default: present
  keep_own:
    description:
      - Whether to keep a different default signature of a mailbox as a further one, which its owner can choose.
      - What this module has set is never kept.
    type: bool
    default: true
  state_path:
    description:
      - The file that remembers digests of the signatures that were set, as the service stored them. So a signature of
        this module is told from one of the owner, and a text that the service changes is not set in every run.
      - The default is C(mailops.pdd/memory.json) in E(XDG_STATE_HOME), or in C(~/.local/state) if that is not set.
      - If the file cannot be used, the task warns.
    type: path
  expected_present:
    description:
      - Mailboxes that earlier tasks of the same play create, as names or addresses. It has an effect in check mode
        only, where they are not there yet, and count as mailboxes without a signature.
    type: list
    elements: str
  expected_absent:
    description:
      - Mailboxes that earlier tasks of the same play remove, as names or addresses. It has an effect in check mode
        only, where they are still there, and count as removed.
    type: list
    elements: str
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Shows all signatures of the mailboxes that change.
  idempotent:
    support: full
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
notes:
  - The token needs the scopes C(directory:read_domains), C(directory:read_users),
    C(ya360_admin:mail_read_user_settings) and C(ya360_admin:mail_write_user_settings), and
    C(directory:read_organization) if O(organization) is not set.
  - One request for each mailbox reads its signatures, and one more sets them if they differ.
seealso:
  - module: mailops.pdd.y360_mailbox
"""

EXAMPLES = r"""
- name: Set the signature of all mailboxes
  mailops.pdd.y360_signature:
    token: "{{ vaulted_y360_token }}"
    signature: |
      <div>-- <br>Example Ltd.</div>

- name: Set another signature for one mailbox
  mailops.pdd.y360_signature:
    token: "{{ vaulted_y360_token }}"
    signature: <div>-- <br>Example Ltd., Support</div>
    login: [anna]

- name: Remove the signatures that were set
  mailops.pdd.y360_signature:
    token: "{{ vaulted_y360_token }}"
    state: absent
"""

RETURN = r"""
signature:
  description: The signature of the task, or V(none) if it is not set.
  returned: success
  type: str
changed_mailboxes:
  description: The addresses of the mailboxes whose signatures were changed, or in check mode would be changed.
  returned: success
  type: list
  elements: str
  sample: ["anna@example.test"]
changes:
  description:
    - The changes of the task, sorted by name.
    - In check mode, and if the task fails before it changes anything because of what it has read (for example with the
      error code V(guard)), these are the planned changes.
  returned: always
  type: list
  elements: dict
  sample:
    - kind: signature
      name: anna@example.test
      action: update
      property: signature
      before: null
      after: "<div>Example Ltd.</div>"
  contains:
    kind:
      description: Always V(signature).
      type: str
    name:
      description: The address of the mailbox.
      type: str
    action:
      description: Always V(update).
      type: str
    property:
      description: Always V(signature).
      type: str
    before:
      description: The default signature before, or V(none) if there was none.
      type: str
    after:
      description: The default signature afterwards, or V(none) if there is none.
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
      description: The action that failed. Always V(update).
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

from ..module_utils._module.mailbox_signature import MailboxSignatureBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import Y360

OPTIONS = {
    "signature": {"type": "str"},
    "login": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "keep_own": {"type": "bool", "default": True},
    "state_path": {"type": "path"},
    "expected_present": {"type": "list", "elements": "str"},
    "expected_absent": {"type": "list", "elements": "str"},
}
MODULE = Module(
    Y360,
    MailboxSignatureBody,
    OPTIONS,
    constraints={"required_if": [("state", "present", ["signature"])]},
)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
