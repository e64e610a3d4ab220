#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_maillist_subscriber
short_description: Manage subscribers of mailing lists of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Manages the subscribers of mailing lists, and which of them may send on behalf of a list (put its address into the
    header From).
  - A task manages either one list (O(maillist) and O(subscriber)) or many lists (O(maillists)). The lists must exist.
    Use M(mailops.pdd.y360_maillist) to create them.
  - A subscriber can be a mailbox, another mailing list, a department that has an address, a shared mailbox, or somebody
    outside the organization. An alias, also in an alias domain, means its mailbox.
  - All changes of one list take one request to add and one to remove up to 500 subscribers.
  - A name without a domain is an address of the main domain. An IDN equals its Punycode. The case of Latin letters is
    ignored, and all other letters are compared in Unicode's normal form C. Invisible and full-width characters are
    refused.
options:
  maillist:
    description: The mailing list, as name or as address of the main domain.
    type: str
  maillist_uid:
    description: The mailing list, as API ID.
    type: int
  subscriber:
    description:
      - The subscribers to add or to remove, as names or as addresses.
      - For addresses outside the organization, see O(outside_subscribers).
    type: list
    elements: str
    aliases: [subscribers]
  subscriber_uid:
    description:
      - The subscribers to add or to remove, as API IDs of their mailboxes.
    type: list
    elements: int
  can_send_on_behalf:
    description:
      - Whether all of O(subscriber) may send on behalf of the list. Requires O(state=present) and
        O(allow_undocumented=true). Only mailboxes can have this permission.
      - If neither this option nor O(senders_on_behalf) is set, the permissions of existing subscribers stay unchanged.
    type: bool
  senders_on_behalf:
    description:
      - The subscribers out of O(subscriber) who may send on behalf of the list. The others may not.
      - Requires O(state=present) and O(allow_undocumented=true). Mutually exclusive with O(can_send_on_behalf).
    type: list
    elements: str
  state:
    description: V(present) adds the subscribers. V(absent) removes them.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Whether to remove all other subscribers of the list. Requires O(state=present).
      - O(max_removals_percent) protects against mistakes.
      - Members that have no address, for example departments, are kept, with a warning.
    type: bool
    default: false
  maillists:
    description:
      - The mailing lists with their subscribers, to manage many lists in one task.
      - Mutually exclusive with O(maillist), O(maillist_uid), O(subscriber), O(subscriber_uid), O(can_send_on_behalf),
        O(senders_on_behalf), O(exclusive), and O(state=absent).
    type: list
    elements: dict
    suboptions:
      maillist:
        description: The mailing list, as name or as address of the main domain.
        type: str
        required: true
      subscribers:
        description:
          - The subscribers, as names or as addresses.
          - If it is not set, the list stays unchanged.
        type: list
        elements: str
      senders_on_behalf:
        description:
          - The subscribers out of O(maillists[].subscribers) who may send on behalf of the list. The others may not.
          - If it is not set, the permissions of existing subscribers stay unchanged. Requires
            O(allow_undocumented=true).
        type: list
        elements: str
      exclusive:
        description:
          - Whether to remove all other subscribers of the list. Requires O(maillists[].subscribers).
          - O(max_removals_percent) protects against mistakes.
        type: bool
        default: false
  max_removals_percent:
    description:
      - The highest percentage of the subscribers of a list that O(exclusive=true) may remove.
      - If the task would remove more from one list, it fails before it changes any list, also in check mode.
      - The percentage is ignored for lists with fewer than ten subscribers.
      - If the desired subscribers are an empty list, the task fails whenever it would remove anybody.
      - V(100) turns all of these checks off.
    type: int
    default: 30
  outside_subscribers:
    description:
      - What to do with new subscribers whose addresses are in no domain of the organization.
      - V(refuse) fails before anything is changed, also in check mode.
      - V(contacts) makes an external contact of each address that has none, and subscribes it. The contact appears in
        the address book of everybody in the organization. It is not known whether mail to the list reaches contacts.
    type: str
    choices: [refuse, contacts]
    default: refuse
  allow_undocumented:
    description:
      - Whether to set permissions to send on behalf of a list by a call that the vendor does not document. It is not
        known whether the service has it, and whether it shows these permissions.
    type: bool
    default: false
  state_path:
    description:
      - The file that remembers which permissions to send were given, in case the service does not show them.
      - The default is C(mailops.pdd/memory.json) in E(XDG_STATE_HOME), or in C(~/.local/state) if that is not set.
      - If the file cannot be used, the task warns.
    type: path
  verify_count:
    description: It has no effect. It exists so that tasks for M(mailops.pdd.pdd_maillist_subscriber) can be used
      unchanged.
    type: bool
    default: true
  expected_present:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play create, as names or addresses. It has an effect
        in check mode only.
      - If it is given, even as an empty list, a check run fails for a new subscriber from O(domain) who is no mailbox,
        mailing list or alias, and is not listed here. Otherwise, the task warns about the subscriber, because an
        earlier task of the play may create the mailbox.
    type: list
    elements: str
  expected_absent:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play remove, as names or addresses. It has an effect
        in check mode only, where they are still there, and count as removed, with their subscriptions.
    type: list
    elements: str
attributes:
  check_mode:
    support: full
    details: A list that does not exist is planned as empty, because an earlier task of the play may create it. It is
      returned in RV(assumed). In a real run it is an error. For subscribers that do not exist, see O(expected_present).
  diff_mode:
    support: full
    details: Shows what changes, each subscriber with its list, and two others before and after each of them.
      Permissions are shown if the task manages them.
  idempotent:
    support: full
    details: Permissions that the service does not show are those that this module has set, see O(state_path).
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
notes:
  - The token needs the scopes C(directory:read_domains), C(directory:read_users) and C(directory:write_groups), and
    C(directory:read_organization) if O(organization) is not set. Where departments, shared mailboxes, or external
    contacts are subscribers, it needs C(directory:read_departments),
    C(ya360_admin:mail_read_shared_mailbox_inventory), or C(directory:write_external_contacts). Permissions need
    C(ya360_admin:mail_read_mail_list_permissions) and C(ya360_admin:mail_write_mail_list_permissions).
  - Outside accounts, robots, dismissed users, and groups of the service itself are left alone.
seealso:
  - module: mailops.pdd.y360_maillist
  - module: mailops.pdd.y360_maillist_info
"""

EXAMPLES = r"""
- name: Add two subscribers to a mailing list
  mailops.pdd.y360_maillist_subscriber:
    token: "{{ vaulted_y360_token }}"
    maillist: team
    subscribers:
      - anna
      - boris@example.test

- name: Allow a subscriber to send on behalf of a mailing list
  mailops.pdd.y360_maillist_subscriber:
    token: "{{ vaulted_y360_token }}"
    maillist: team
    subscriber: anna
    can_send_on_behalf: true
    allow_undocumented: true

- name: Remove a subscriber from a mailing list
  mailops.pdd.y360_maillist_subscriber:
    token: "{{ vaulted_y360_token }}"
    maillist: team
    subscriber: boris
    state: absent

- name: Manage subscribers of many mailing lists, also outside the organization
  mailops.pdd.y360_maillist_subscriber:
    token: "{{ vaulted_y360_token }}"
    maillists:
      - maillist: team
        subscribers: [anna, boris]
        exclusive: true
      - maillist: news
        subscribers: [anna, outside@elsewhere.test]
    outside_subscribers: contacts
"""

RETURN = r"""
maillists:
  description: The changes in each list of the task, or in check mode the planned changes.
  returned: success
  type: list
  elements: dict
  sample:
    - maillist: team@example.test
      uid: 17
      added: ["anna@example.test"]
      removed: []
      senders_added: ["anna@example.test"]
      senders_removed: []
      subscribers_count: 3
  contains:
    maillist:
      description: The address of the list.
      type: str
    uid:
      description: The API ID, or V(none) in check mode for a list that does not exist.
      type: int
    added:
      description: The subscribers that were added.
      type: list
      elements: str
    removed:
      description: The subscribers that were removed.
      type: list
      elements: str
    senders_added:
      description: The subscribers that got the permission to send on behalf of the list, including new subscribers.
      type: list
      elements: str
    senders_removed:
      description: The existing subscribers that lost the permission to send on behalf of the list.
      type: list
      elements: str
    subscribers_count:
      description: The number of subscribers after the changes.
      type: int
assumed:
  description: In check mode, the addresses of lists that do not exist and are planned as empty.
  returned: success
  type: list
  elements: str
  sample: []
rights_readable:
  description: Whether the service shows permissions to send on behalf of a list, or V(none) if it is not known yet, or
    the task manages none.
  returned: success
  type: bool
changes:
  description:
    - The changes of the task, sorted by name.
    - In check mode, and if the task fails before it changes anything because of what it has read (for example with the
      error code V(guard)), these are the planned changes.
  returned: always
  type: list
  elements: dict
  sample:
    - kind: subscriber
      name: team@example.test
      action: add
      subscriber: anna@example.test
    - kind: sender
      name: team@example.test
      action: add
      subscriber: anna@example.test
  contains:
    kind:
      description: V(subscriber), or V(sender) for the permission to send on behalf of the list.
      type: str
    name:
      description: The address of the mailing list.
      type: str
    action:
      description: V(add) or V(remove).
      type: str
    subscriber:
      description: The address of the subscriber.
      returned: with up to 1,000 changes
      type: str
    subscribers:
      description: The addresses of the subscribers. If there are more than 1,000 changes, those with the same kind,
        name, and action share one entry.
      returned: with more than 1,000 changes
      type: list
      elements: str
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
      description: The action that failed. V(subscribe), V(unsubscribe), or V(set_can_send_on_behalf).
      type: str
    object:
      description: The address of the mailing list.
      type: str
    subscriber:
      description: The address of the subscriber.
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

from ..module_utils._module.maillist_subscriber import SubscriberBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import Y360

OPTIONS = {
    "maillist": {"type": "str"},
    "maillist_uid": {"type": "int"},
    "subscriber": {"type": "list", "elements": "str", "aliases": ["subscribers"]},
    "subscriber_uid": {"type": "list", "elements": "int"},
    "can_send_on_behalf": {"type": "bool"},
    "senders_on_behalf": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "exclusive": {"type": "bool", "default": False},
    "maillists": {
        "type": "list",
        "elements": "dict",
        "options": {
            "maillist": {"type": "str", "required": True},
            "subscribers": {"type": "list", "elements": "str"},
            "senders_on_behalf": {"type": "list", "elements": "str"},
            "exclusive": {"type": "bool", "default": False},
        },
    },
    "outside_subscribers": {"type": "str", "choices": ["refuse", "contacts"], "default": "refuse"},
    "allow_undocumented": {"type": "bool", "default": False},
    "state_path": {"type": "path"},
    "max_removals_percent": {"type": "int", "default": 30},
    "verify_count": {"type": "bool", "default": True},
    "expected_present": {"type": "list", "elements": "str"},
    "expected_absent": {"type": "list", "elements": "str"},
}
MODULE = Module(
    Y360,
    SubscriberBody,
    OPTIONS,
    constraints={
        "required_one_of": [("maillist", "maillist_uid", "maillists"), ("subscriber", "subscriber_uid", "maillists")],
        "mutually_exclusive": [
            ("maillist", "maillist_uid"),
            ("subscriber", "subscriber_uid"),
            ("can_send_on_behalf", "senders_on_behalf"),
        ],
    },
)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
