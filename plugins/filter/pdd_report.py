# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd_report
short_description: Write a report on domains as one HTML page
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Writes one HTML page on any number of domains from what the info modules of this collection return.
  - The page stands alone. It has no script and fetches nothing, so it can be kept, mailed and printed. It is readable
    on a phone, and light or dark as its reader likes.
  - Every text of the input stays a text in the page, whatever it looks like.
  - The same input gives the same page.
positional: _input
options:
  _input:
    description:
      - The domains, in the order of the report.
      - Of each domain everything but C(host) may be missing or V(none); the report then says that it was not read.
        Other keys than these are an error.
    type: list
    elements: dict
    required: true
    suboptions:
      host:
        description: The name of the domain in the inventory.
        type: str
        required: true
      domain:
        description: The domain, as A-label. An IDN is shown in Unicode as well.
        type: str
      details:
        description: One of the C(domains) that M(mailops.pdd.pdd_domain_info) returns.
        type: dict
      maillists:
        description: The C(maillists) that M(mailops.pdd.pdd_maillist_info) returns.
        type: list
        elements: dict
      mailboxes:
        description: The C(mailboxes) that M(mailops.pdd.pdd_mailbox_info) returns.
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
        description: How the domain differs from the wanted state; V(none) if it was not compared.
        type: dict
        suboptions:
          differences:
            description: The differences.
            type: list
            elements: dict
            required: true
            suboptions:
              object:
                description: What differs, such as the address of a mailing list.
                type: str
                required: true
              subscriber:
                description: The person it is about, if it is about one.
                type: str
              difference:
                description: What is wrong, such as V(is not subscribed).
                type: str
                required: true
          unknown:
            description: Sentences on what cannot be known. It does not count as drift.
            type: list
            elements: str
      errors:
        description: Sentences on what could not be read.
        type: list
        elements: str
  title:
    description: The title of the page.
    type: str
    default: Mail domains
  generated:
    description: When the domains were read, as the page shall show it. The page has no other time.
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
  register: boxes

- name: Write a report on them
  ansible.builtin.copy:
    content: "{{ domains | mailops.pdd.pdd_report(title='Mail at Example', generated='2026-03-01 09:00 UTC') }}"
    dest: /var/lib/example/report.html
    mode: "0600"
  vars:
    domains:
      - host: example.test
        domain: example.test
        maillists: "{{ lists.maillists }}"
        mailboxes: "{{ boxes.mailboxes }}"
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
