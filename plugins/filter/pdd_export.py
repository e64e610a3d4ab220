# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_export
short_description: Turn mailboxes and mailing lists into variables of a role
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads what info modules returned, and returns the variables with which the role P(mailops.pdd.pdd_domain#role), or
    with O(service=yandex360) the role P(mailops.pdd.y360_domain#role), provisions the same state. They contain no
    secrets, and always have the same order.
  - Ansible never runs the returned strings as templates. Use P(mailops.pdd.unsafe_yaml#filter) to write them into a
    file, so that this also applies when the file is read.
positional: domain
options:
  _input:
    description: The results of the info modules.
    type: dict
    required: true
    suboptions:
      maillists:
        description: The C(maillists) that M(mailops.pdd.pdd_maillist_info) or
          M(mailops.pdd.y360_maillist_info) returns.
        type: list
        elements: dict
        required: true
      mailboxes:
        description: The C(mailboxes) that M(mailops.pdd.pdd_mailbox_info) or M(mailops.pdd.y360_mailbox_info) returns.
        type: list
        elements: dict
        required: true
      signatures:
        description:
          - The C(changes) that M(mailops.pdd.y360_signature) returns in check mode for a signature that no mailbox has.
          - If all mailboxes have the same signature, it is among the variables.
        type: list
        elements: dict
        default: []
  domain:
    description: The domain, as an IDN or in Punycode. Objects of other domains, for example of alias domains, are left
      out.
    type: str
    required: true
  exclusive:
    description: Whether the role removes mailing lists and subscribers that are not in the variables.
    type: bool
    default: false
  service:
    description: The service whose role takes the variables.
    type: str
    choices: [pdd, yandex360]
    default: pdd
    version_added: 1.1.0
seealso:
  - module: mailops.pdd.pdd_mailbox_info
  - module: mailops.pdd.pdd_maillist_info
  - plugin: mailops.pdd.unsafe_yaml
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the mailing lists
  mailops.pdd.pdd_maillist_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
  register: lists

- name: Read the mailboxes
  mailops.pdd.pdd_mailbox_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    counters: false
  register: mailboxes

- name: Show the variables of the domain
  ansible.builtin.debug:
    msg: "{{ (found | mailops.pdd.pdd_export('example.test')).variables }}"
  vars:
    found:
      maillists: "{{ lists.maillists }}"
      mailboxes: "{{ mailboxes.mailboxes }}"
"""

RETURN = r"""
_value:
  description: The variables, and what they cannot contain.
  type: dict
  sample:
    variables:
      pdd_domain_mailboxes: []
      pdd_domain_maillists:
        - maillist: team@example.test
          subscribers: [anna@example.test]
          senders_on_behalf: []
    left_out: []
    unset: []
  contains:
    variables:
      description:
        - O(mailops.pdd.pdd_domain#role:main:pdd_domain_mailboxes),
          O(mailops.pdd.pdd_domain#role:main:pdd_domain_maillists), and with O(exclusive=true)
          O(mailops.pdd.pdd_domain#role:main:pdd_domain_maillists_exclusive).
        - With O(service=yandex360), those of the role P(mailops.pdd.y360_domain#role).
      type: dict
    left_out:
      description: Sentences about mailboxes, mailing lists, and subscribers that the variables cannot contain.
      type: list
      elements: str
    unset:
      description: Sentences about properties that the variables cannot contain. The role leaves them unchanged.
      type: list
      elements: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._mail.address import parse_domain
from ..plugin_utils._export import role_variables
from ..plugin_utils._variables import PDD_DOMAIN, ROLES


def pdd_export(
    found: Mapping[str, Any], domain: str, *, exclusive: bool = False, service: str = PDD_DOMAIN.service_name
) -> dict[str, Any]:
    """Return the role's variables, and what they cannot express; no string in them is a template."""
    try:
        name = parse_domain(domain)
        variables, left_out, unset = role_variables(
            found["maillists"],
            found["mailboxes"],
            name,
            exclusive=exclusive,
            role=ROLES[service],
            signatures=found.get("signatures", ()),
        )
    except ValueError as error:
        raise AnsibleFilterError(f"pdd_export: {domain!r} is no valid domain name ({error})") from None
    except (KeyError, TypeError) as error:
        if service not in ROLES:
            raise AnsibleFilterError(f"pdd_export: service is none of {' and '.join(ROLES)}") from None
        message = "pdd_export takes maillists and mailboxes as the info modules return them"
        raise AnsibleFilterError(f"{message} ({type(error).__name__}: {error})") from None
    exported: dict[str, Any] = wrap_var({"variables": variables, "left_out": left_out, "unset": unset})
    return exported


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"pdd_export": pdd_export}
