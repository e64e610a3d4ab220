# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_domain_parts
short_description: Return what each task of a role works with
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Takes the variables that M(mailops.pdd.pdd_domain_input) returns, and what the tasks of the role
    P(mailops.pdd.pdd_domain#role) or P(mailops.pdd.y360_domain#role) have returned so far. Returns what each task is
    given, without what depends on an object that could not be made, and what has failed. The roles are the only ones
    that need it.
  - Ansible takes no string in what it returns for a template.
options:
  _input:
    description: RV(mailops.pdd.pdd_domain_input#module:variables).
    type: dict
    required: true
  results:
    description:
      - Registered results, by the part of the role. Those of tasks that did not run can be missing.
      - The parts are V(removals), V(freed), V(signature), V(imports), V(mailboxes), V(absent), V(maillists),
        V(subscribers), and V(wait). V(existing) is the result of M(mailops.pdd.y360_mailbox_info).
    type: dict
    default: {}
  signs:
    description: Whether this host sets the signature.
    type: bool
    default: true
  checks:
    description:
      - Whether the tasks run in check mode. Then placeholders replace the secrets of mailboxes, because Ansible masks
        all text that equals a secret of the task in its result.
    type: bool
    default: false
  checked:
    description:
      - All that M(mailops.pdd.pdd_domain_input) has returned, of which RV(mailops.pdd.pdd_domain_input#module:service),
        RV(mailops.pdd.pdd_domain_input#module:twins), RV(mailops.pdd.pdd_domain_input#module:refused), and
        RV(mailops.pdd.pdd_domain_input#module:nameless) are used.
      - Without it, the role is P(mailops.pdd.pdd_domain#role).
    type: dict
    default: {}
    version_added: 1.1.0
  all_parts:
    description:
      - Whether all parts of the role run. Otherwise, a list that is not desired is not deleted before others for its
        address, because the part that needs the address may not run.
    type: bool
    default: true
    version_added: 1.1.0
seealso:
  - module: mailops.pdd.pdd_domain_input
"""

EXAMPLES = r"""
- name: Check the variables
  mailops.pdd.pdd_domain_input:
    entry_point: validate
  register: checked
  vars:
    pdd_domain_name: example.test
    pdd_domain_maillists:
      - maillist: team

- name: Show which mailing lists the role would create
  ansible.builtin.debug:
    msg: "{{ (checked.variables | mailops.pdd.pdd_domain_parts).maillists }}"
"""

RETURN = r"""
_value:
  description: What each task is given, and what has failed.
  type: dict
  sample:
    maillists: [team]
    failure: ""
  contains:
    removals:
      description: The mailboxes that are to be absent.
      type: list
      elements: dict
    freed:
      description: The mailing lists that go first, because a mailbox gets their address.
      type: list
      elements: str
    signature:
      description: The signature; empty if this host sets none.
      type: list
      elements: str
    imports:
      description: The source servers with their mailboxes.
      type: list
      elements: dict
    mailboxes:
      description: The mailboxes that are to be present.
      type: list
      elements: dict
    imported:
      description: The addresses of the mailboxes that the imports create.
      type: list
      elements: str
    made:
      description: The addresses of all mailboxes and mailing lists that the tasks create.
      type: list
      elements: str
    made_mailboxes:
      description: The addresses of the mailboxes that the tasks create and do not block.
      type: list
      elements: str
    gone_mailboxes:
      description: The addresses of the mailboxes that the tasks remove or block.
      type: list
      elements: str
    refused:
      description: What keeps the role from beginning.
      type: list
      elements: str
    freed_addresses:
      description: The addresses that the first tasks remove.
      type: list
      elements: str
    removed:
      description: The addresses that all tasks remove.
      type: list
      elements: str
    absent:
      description: The other mailing lists that are to be absent.
      type: list
      elements: str
    maillists:
      description: The names of the mailing lists that are to be present.
      type: list
      elements: str
    exclusive:
      description: Whether all other mailing lists are to be deleted.
      type: bool
    subscribers:
      description: The mailing lists with their subscribers.
      type: list
      elements: dict
    wait:
      description: The source servers whose imports are waited for.
      type: list
      elements: dict
    failure:
      description: What could not be done, in sentences; empty if nothing has failed.
      type: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._parts import Parts
from ..plugin_utils._variables import PDD_DOMAIN, ROLES, Names


def pdd_domain_parts(
    variables: Mapping[str, Any],
    results: Mapping[str, Any] | None = None,
    *,
    signs: bool = True,
    checks: bool = False,
    checked: Mapping[str, Any] | None = None,
    all_parts: bool = True,
) -> dict[str, Any]:
    """Return what the tasks of the role are given; no string in it is a template."""
    if not isinstance(variables, Mapping) or "name" not in variables:
        raise AnsibleFilterError("pdd_domain_parts takes the variables that pdd_domain_input returns")
    known = checked or {}
    role = ROLES[known.get("service", PDD_DOMAIN.service_name)]
    parts = Parts(_plain(variables), results or {}, Names(role, frozenset(known.get("twins", ()))), all_parts=all_parts)
    refused = parts.find_refused(known.get("refused", ()), known.get("nameless", ()))
    found: dict[str, Any] = wrap_var({**parts.as_dict(signs=signs, checks=checks), "refused": refused})
    return found


def _plain(value: Any) -> Any:
    """Return a value in containers of Python: those of Ansible may be lazy, and cannot be copied as such."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"pdd_domain_parts": pdd_domain_parts}
