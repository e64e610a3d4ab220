# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_drift
short_description: List the differences between a domain and its desired state
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads the C(changes) that tasks of this collection returned in check mode, and returns one difference for each
    mailbox, mailing list, and subscriber.
  - The roles P(mailops.pdd.pdd_domain#role) and P(mailops.pdd.y360_domain#role) apply it to their own tasks, in the
    variables C(pdd_domain_drift) and C(y360_domain_drift).
  - Ansible never runs the returned strings as templates.
options:
  _input:
    description:
      - Registered results. A value is one result or a list of results.
      - Missing keys and skipped tasks are ignored.
    type: dict
    required: true
    suboptions:
      signature:
        description: The result of M(mailops.pdd.pdd_signature).
        type: raw
      imports:
        description: The result of M(mailops.pdd.pdd_mailbox_import).
        type: raw
      mailboxes:
        description: The result of M(mailops.pdd.pdd_mailbox).
        type: raw
      maillists:
        description: The result of M(mailops.pdd.pdd_maillist).
        type: raw
      subscribers:
        description: The result of M(mailops.pdd.pdd_maillist_subscriber).
        type: raw
seealso:
  - module: mailops.pdd.pdd_mailbox
  - module: mailops.pdd.pdd_mailbox_import
  - module: mailops.pdd.pdd_maillist
  - module: mailops.pdd.pdd_maillist_subscriber
  - module: mailops.pdd.pdd_signature
"""

EXAMPLES = r"""
- name: Compare the subscribers of a mailing list with the desired ones
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscribers: [anna, boris]
    exclusive: true
  check_mode: true
  register: team

- name: Show the differences
  ansible.builtin.debug:
    msg: "{{ ({'subscribers': team} | mailops.pdd.pdd_drift).sentences }}"
"""

RETURN = r"""
_value:
  description: The differences, and what cannot be compared.
  type: dict
  sample:
    differences:
      - object: team@example.test
        subscriber: boris@example.test
        difference: is not subscribed
    sentences:
      - "team@example.test: boris@example.test is not subscribed"
    unknown: []
  contains:
    differences:
      description: The differences.
      type: list
      elements: dict
      contains:
        object:
          description: The mailbox or mailing list, or V(signature).
          type: str
        subscriber:
          description: The subscriber that differs, or V(none) if the mailbox or mailing list itself differs.
          type: str
        difference:
          description: The difference, in words.
          type: str
    sentences:
      description: The same differences, each as one readable line.
      type: list
      elements: str
    unknown:
      description:
        - What would be set in any case, because it cannot be read from the service.
        - These are the signature if the last one is not known, and passwords with
          O(mailops.pdd.pdd_mailbox#module:update_password=always).
      type: list
      elements: str
"""

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._drift import drift


def pdd_drift(results: Any) -> dict[str, list[Any]]:
    """Return the differences, and what cannot be compared; none of it is a template."""
    if not isinstance(results, dict):
        raise AnsibleFilterError(f"pdd_drift takes a dictionary of registered results, not {type(results).__name__}")
    found: dict[str, list[Any]] = wrap_var(drift(results))
    return found


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"pdd_drift": pdd_drift}
