# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_drift
short_description: List how a domain differs from the desired state, after a check run
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Takes what tasks of this collection returned in check mode, of which it reads C(changes), and lists the
    differences, one for each mailbox, mailing list, and subscriber of a list.
  - The role P(mailops.pdd.pdd_domain#role) applies it to its own tasks, in the variable C(pdd_domain_drift).
  - Ansible takes no string in what it returns for a template.
options:
  _input:
    description:
      - Registered results, by what the tasks manage. Any of the keys may be missing, and what was skipped counts as
        missing. A value is a result, or a list of results.
    type: dict
    required: true
    suboptions:
      signature:
        description: Of M(mailops.pdd.pdd_signature).
        type: raw
      imports:
        description: Of M(mailops.pdd.pdd_mailbox_import).
        type: raw
      mailboxes:
        description: Of M(mailops.pdd.pdd_mailbox).
        type: raw
      maillists:
        description: Of M(mailops.pdd.pdd_maillist).
        type: raw
      subscribers:
        description: Of M(mailops.pdd.pdd_maillist_subscriber).
        type: raw
seealso:
  - module: mailops.pdd.pdd_mailbox
  - module: mailops.pdd.pdd_mailbox_import
  - module: mailops.pdd.pdd_maillist
  - module: mailops.pdd.pdd_maillist_subscriber
  - module: mailops.pdd.pdd_signature
"""

EXAMPLES = r"""
- name: See who is on the list
  mailops.pdd.pdd_maillist_subscriber:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    maillist: team
    subscribers: [anna, boris]
    exclusive: true
  check_mode: true
  register: team

- name: Show how that differs from the desired state
  ansible.builtin.debug:
    msg: "{{ ({'subscribers': team} | mailops.pdd.pdd_drift).sentences }}"
"""

RETURN = r"""
_value:
  description: How the domain differs, and what nobody can tell.
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
          description: The subscriber; V(none) if the difference lies in the object itself.
          type: str
        difference:
          description: What differs, in words.
          type: str
    sentences:
      description: The same differences, each as a line for people.
      type: list
      elements: str
    unknown:
      description:
        - What would be written in any case, since the service cannot be asked for it. That is the signature where it is
          not known what was set last, and passwords with O(mailops.pdd.pdd_mailbox#module:update_password=always).
      type: list
      elements: str
"""

from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._drift import drift


def pdd_drift(results: Any) -> dict[str, list[Any]]:
    """Return the differences, and what is not known; none of it is a template."""
    if not isinstance(results, dict):
        raise AnsibleFilterError(f"pdd_drift takes a dictionary of registered results, not {type(results).__name__}")
    found: dict[str, list[Any]] = wrap_var(drift(results))
    return found


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"pdd_drift": pdd_drift}
