# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_domain_input
short_description: Read the checked variables of a role
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Returns the same as M(mailops.pdd.pdd_domain_input). The roles P(mailops.pdd.pdd_domain#role) and
    P(mailops.pdd.y360_domain#role) use it if their first task was skipped, for example with C(--start-at-task). It has
    no other use.
options:
  _terms:
    description: The entry points of the role.
    type: list
    elements: str
    choices: [main, export, report, validate]
    required: true
  service:
    description:
      - The service whose role is meant. With V(yandex360), it is P(mailops.pdd.y360_domain#role).
    type: str
    choices: [pdd, yandex360]
    default: pdd
    version_added: 1.1.0
seealso:
  - module: mailops.pdd.pdd_domain_input
"""

EXAMPLES = r"""
- name: Show the mailing lists in the variables
  ansible.builtin.debug:
    msg: "{{ (query('mailops.pdd.pdd_domain_input', 'validate') | first).variables.maillists }}"
  vars:
    pdd_domain_name: example.test
    pdd_domain_maillists:
      - maillist: team
"""

RETURN = r"""
_raw:
  description: For each entry point, the result of M(mailops.pdd.pdd_domain_input).
  type: list
  elements: dict
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ..module_utils._core.errors import InvalidInputError
from ..plugin_utils._domain_input import read_domain
from ..plugin_utils._variables import ROLES


class LookupModule(LookupBase):  # type: ignore[misc]  # core has no annotations
    """Read variables as the action of the same name does."""

    def run(
        self, terms: Sequence[str], variables: Mapping[str, Any] | None = None, **options: Any
    ) -> list[dict[str, Any]]:
        """Return the variables of each entry point."""
        self.set_options(var_options=variables, direct=options)
        role, given = ROLES[self.get_option("service")], variables or {}
        context = {"task": current_task(), "check_mode": bool(given.get("ansible_check_mode"))}
        try:
            return [read_domain(role, term, given, self._templar.template, **context) for term in terms]
        except InvalidInputError as error:
            raise AnsibleError(error.sentence()) from None


def current_task() -> Any:
    """Return the task whose arguments are templated, or None where Ansible does not say."""
    try:
        from ansible._internal._task import TaskContext  # noqa: PLC0415 - not in every Ansible

        return TaskContext.current().task
    except (ImportError, AttributeError, ReferenceError):
        return None
