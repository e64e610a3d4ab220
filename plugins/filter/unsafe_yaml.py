# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: unsafe_yaml
short_description: Write YAML in which nothing is a template
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Returns YAML that gives the same data when it is read as a file of variables.
  - Every string is tagged C(!unsafe), and so is every key with other characters than letters, digits, and C(_). Ansible
    therefore never runs a name that somebody else chose as a template.
  - Strings that YAML without quotes reads as something else, for example V(yes), V(12), and the empty string, are
    quoted and not tagged. They cannot be templates, and if they were tagged, ansible-core would not read them as
    strings.
options:
  _input:
    description: Data that consists of dictionaries, lists, strings, numbers, booleans, and nulls.
    type: raw
    required: true
seealso:
  - plugin: mailops.pdd.pdd_export
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the mailboxes
  mailops.pdd.pdd_mailbox_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
  register: result

- name: Show them as YAML in which no name is a template
  ansible.builtin.debug:
    msg: "{{ result.mailboxes | mailops.pdd.unsafe_yaml }}"
"""

RETURN = r"""
_value:
  description: The YAML, with a final line feed.
  type: str
  sample: "greeting: !unsafe '{{ 1 + 1 }}'\n"
"""

from typing import Any

import yaml
from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._export import unsafe_yaml as write_yaml


def unsafe_yaml(value: Any) -> str:
    """Return the value as YAML without templates."""
    try:
        text: str = wrap_var(write_yaml(value))
    except yaml.YAMLError as error:
        raise AnsibleFilterError(f"unsafe_yaml: {error}") from None
    return text


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"unsafe_yaml": unsafe_yaml}
