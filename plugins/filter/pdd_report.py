# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_report
short_description: Create an HTML report on domains
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Returns one HTML page about any number of domains, from the results of the info modules of this collection.
  - The page is self-contained. It has no scripts, loads nothing, fits on a phone, can be printed, and follows the light
    or dark mode of the browser.
  - Every string of the input is escaped.
  - The same input always gives the same page.
positional: _input
options:
  _input:
    description:
      - The domains, in the order of the report.
      - All keys but C(host) are optional. If one is missing or V(none), the report shows it as not read.
      - Unknown keys are an error.
    type: list
    elements: dict
    required: true
    suboptions:
      host:
        description: The name of the domain in the inventory.
        type: str
        required: true
      domain:
        description: The domain, in Punycode. An IDN is also shown in Unicode.
        type: str
      details:
        description: The entry of the domain in the C(domains) that M(mailops.pdd.pdd_domain_info) or
          M(mailops.pdd.y360_domain_info) returns.
        type: dict
      maillists:
        description: The C(maillists) that M(mailops.pdd.pdd_maillist_info) or
          M(mailops.pdd.y360_maillist_info) returns.
        type: list
        elements: dict
      mailboxes:
        description: The C(mailboxes) that M(mailops.pdd.pdd_mailbox_info) or
          M(mailops.pdd.y360_mailbox_info) returns.
        type: list
        elements: dict
      import:
        description: The C(import) that M(mailops.pdd.pdd_mailbox_import_info) returns.
        type: dict
      failed_boxes:
        description: The C(failed_boxes) that M(mailops.pdd.pdd_mailbox_import_info) returns.
        type: list
        elements: dict
      drift:
        description: The differences between the domain and its desired state, or V(none) if it was not compared.
        type: dict
        suboptions:
          differences:
            description: The differences.
            type: list
            elements: dict
            required: true
            suboptions:
              object:
                description: The object that differs, for example the address of a mailing list.
                type: str
                required: true
              subscriber:
                description: The subscriber that differs, if any.
                type: str
              difference:
                description: The difference, for example V(is not subscribed).
                type: str
                required: true
          unknown:
            description: Sentences about what cannot be compared. They do not count as differences.
            type: list
            elements: str
      errors:
        description: Sentences about what could not be read.
        type: list
        elements: str
  title:
    description: The title of the page.
    type: str
    default: Mail domains
  generated:
    description: The time when the domains were read, in the format that the page shows. The page contains no other
      time.
    type: str
seealso:
  - module: mailops.pdd.pdd_domain_info
  - module: mailops.pdd.pdd_maillist_info
  - module: mailops.pdd.pdd_mailbox_info
  - module: mailops.pdd.pdd_mailbox_import_info
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
  register: mailboxes

- name: Write a report about them
  ansible.builtin.copy:
    content: "{{ domains | mailops.pdd.pdd_report(title='Mail at Example', generated='2026-03-01 09:00 UTC') }}"
    dest: /var/lib/example/report.html
    mode: "0600"
  vars:
    domains:
      - host: example.test
        domain: example.test
        maillists: "{{ lists.maillists }}"
        mailboxes: "{{ mailboxes.mailboxes }}"
"""

RETURN = r"""
_value:
  description: The page.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils._report_input import ReportError
from ..plugin_utils._report_page import write_report


def pdd_report(domains: Any, title: Any = "Mail domains", generated: Any = None) -> str:
    try:
        page: str = wrap_var(write_report(domains, title, generated))
    except ReportError as error:
        raise AnsibleFilterError(f"pdd_report cannot write the report: {error}.") from None
    return page


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"pdd_report": pdd_report}
