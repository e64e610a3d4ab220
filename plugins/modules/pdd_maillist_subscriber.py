#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_maillist_subscriber
short_description: Manage who is subscribed to mailing lists of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Subscribes people to mailing lists, unsubscribes them, and says who may send on behalf of a list, that is, put its
    address into From.
  - One task manages one list (O(maillist) and O(subscriber)) or many (O(maillists)). The lists must exist; see
    M(mailops.pdd.pdd_maillist).
  - Addresses are compared in one canonical form. The case of Latin letters does not matter, an IDN is the same as its
    Punycode, and a name without a domain means an address of O(domain). Other letters are compared in
    Unicode's normal form C. Invisible and full-width characters are refused.
options:
  maillist:
    description: The one mailing list, as name or as address of the domain.
    type: str
  maillist_uid:
    description: The one mailing list, as id of the service.
    type: int
  subscriber:
    description:
      - Who is subscribed to the list, or not, as names or as addresses. Addresses of other domains are sent as they
        are.
    type: list
    elements: str
    aliases: [subscribers]
  subscriber_uid:
    description:
      - The same as ids of the mailboxes. To find their addresses costs a listing of all mailboxes of the domain.
    type: list
    elements: int
  can_send_on_behalf:
    description:
      - Whether everybody in O(subscriber) may send on behalf of the list.
      - If neither this nor O(senders_on_behalf) is given, rights are left alone.
    type: bool
  senders_on_behalf:
    description:
      - Who of O(subscriber) may send on behalf of the list. All others in O(subscriber) may not.
    type: list
    elements: str
  state:
    description: Whether everybody in O(subscriber) is to be subscribed.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description:
      - Whether everybody else is unsubscribed.
      - See O(max_removals_percent) and O(verify_count) for what protects against a mistake.
    type: bool
    default: false
  maillists:
    description:
      - Many lists in one task. It excludes all options above but O(state=present).
    type: list
    elements: dict
    suboptions:
      maillist:
        description: The mailing list, as name or as address of the domain.
        type: str
        required: true
      subscribers:
        description: Who is subscribed to the list. If not given, the list is left alone.
        type: list
        elements: str
      senders_on_behalf:
        description:
          - Who of O(maillists[].subscribers) may send on behalf of the list. All others named there may not.
          - If not given, rights are left alone.
        type: list
        elements: str
      exclusive:
        description: Whether everybody else is unsubscribed.
        type: bool
        default: false
  max_removals_percent:
    description:
      - How much of a list may be unsubscribed because somebody is not named. The task fails before the first write, in
        check mode too, if a list with ten or more subscribers would lose more than this percentage of them, or if
        nobody is wanted and somebody is subscribed. If one list fails, nothing is written for any.
      - V(100) allows everything.
    type: int
    default: 30
  verify_count:
    description:
      - Whether the subscribers of a list are counted before its removals are planned, that is, with O(exclusive=true),
        and with O(state=absent) if somebody is not listed. If fewer are read than the service itself counts, they are
        read again, and if they are still fewer, the task fails before the first write.
      - With V(false), and where nobody is removed, the task warns instead.
    type: bool
    default: true
  expected_present:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play create, as names or addresses. It has an effect
        in check mode only.
      - If it is given, even as an empty list, a check run fails for a new subscriber from O(domain) who is no mailbox,
        mailing list or alias, and is not named here. Otherwise the task warns of him, since an earlier task of the play
        may be creating him. Either takes one request for each 500 mailboxes, and only if there are new subscribers.
    type: list
    elements: str
    version_added: 1.1.0
  expected_absent:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play remove, as names or addresses. It has an effect
        in check mode only, where they are still there, and count as removed, with their subscriptions.
    type: list
    elements: str
    version_added: 1.1.0
attributes:
  check_mode:
    support: full
    details: A list that does not exist yet is planned as empty, since an earlier task of the play may be creating it.
      It is named in RV(assumed). In a real run it is an error. For subscribers that do not exist yet, see
      O(expected_present).
  diff_mode:
    support: full
    details: Shows what changes, each subscriber with its list, and two others before and after each of them.
      Permissions are shown if the task manages them.
  idempotent:
    support: full
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.connection.module
seealso:
  - module: mailops.pdd.pdd_maillist
  - module: mailops.pdd.pdd_maillist_info
  - plugin: mailops.pdd.pdd_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Subscribe two people to a list, without touching the others
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscribers:
      - anna
      - boris@example.test

- name: Let somebody send on behalf of a list
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscriber: anna
    can_send_on_behalf: true

- name: Unsubscribe somebody
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscriber: boris
    state: absent

- name: Say exactly who is on many lists, and who may send on their behalf
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillists:
      - maillist: team
        subscribers: [anna, boris]
        senders_on_behalf: [anna]
        exclusive: true
      - maillist: news
        subscribers: [anna]
"""

RETURN = r"""
maillists:
  description: What changed in each list that the task names (in check mode, what would change).
  returned: success
  type: list
  elements: dict
  sample:
    - maillist: team@example.test
      uid: 1130000001234566
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
      description: The id of the service; V(none) for a list that does not exist yet (check mode).
      type: int
    added:
      description: Who was subscribed.
      type: list
      elements: str
    removed:
      description: Who was unsubscribed.
      type: list
      elements: str
    senders_added:
      description: Who was given the right to send on behalf, new subscribers included.
      type: list
      elements: str
    senders_removed:
      description: Who was subscribed with the right to send on behalf and no longer has it.
      type: list
      elements: str
    subscribers_count:
      description: How many are subscribed afterwards.
      type: int
assumed:
  description: In check mode, lists that do not exist yet and were planned as empty.
  returned: success
  type: list
  elements: str
  sample: []
changes:
  description:
    - What was changed, sorted by name.
    - In check mode, and in a task that stops before its first write because of what it has read, such as with the error
      code V(guard), what would be changed.
    - If there are more than 1,000 changes, those with the same kind, name and action share an entry, which has the list
      RV(changes[].subscribers) in the place of RV(changes[].subscriber).
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
      description: The addresses of subscribers.
      returned: with more than 1,000 changes
      type: list
      elements: str
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
    subscriber:
      description: The address of the subscriber.
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

from ..module_utils._module.maillist_subscriber import SubscriberBody
from ..module_utils._module.run import run_module
from ..module_utils._module.services import PDD

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
    "max_removals_percent": {"type": "int", "default": 30},
    "verify_count": {"type": "bool", "default": True},
    "expected_present": {"type": "list", "elements": "str"},
    "expected_absent": {"type": "list", "elements": "str"},
}


def main() -> None:
    run_module(
        PDD,
        SubscriberBody,
        options=OPTIONS,
        required_one_of=[("maillist", "maillist_uid", "maillists"), ("subscriber", "subscriber_uid", "maillists")],
        mutually_exclusive=[
            ("maillist", "maillist_uid"),
            ("subscriber", "subscriber_uid"),
            ("can_send_on_behalf", "senders_on_behalf"),
        ],
    )


if __name__ == "__main__":
    main()
