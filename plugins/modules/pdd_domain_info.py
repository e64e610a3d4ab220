#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_domain_info
short_description: Read domains of Yandex.Mail for Domain (PDD)
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads one domain, or all domains of the token's owner.
options:
  domain:
    description:
      - The domain to read, as an IDN or in Punycode, in upper or lower case.
      - The default is the environment variable E(PDD_DOMAIN). If neither is set, all domains of the token's owner are
        read.
      - An empty value is treated as not set. Use it to read all domains if C(module_defaults) set O(domain).
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.module
notes:
  - If the service counts more domains than it lists, they are read again. If some are still missing, the task warns.
seealso:
  - module: mailops.pdd.pdd_mailbox_import
  - plugin: mailops.pdd.pdd
    plugin_type: inventory
  - plugin: mailops.pdd.pdd_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all domains
  mailops.pdd.pdd_domain_info:
    token: "{{ vaulted_pdd_token }}"
  register: all_domains

- name: Read one domain
  mailops.pdd.pdd_domain_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
  register: one_domain

- name: Fail if the domain cannot receive mail
  ansible.builtin.assert:
    that: one_domain.domains[0].status == 'added'
"""

RETURN = r"""
domains:
  description: The domains, sorted by name. Values that the service does not return are V(none).
  returned: success
  type: list
  elements: dict
  contains:
    domain:
      description: The domain, in Punycode.
      type: str
      sample: example.test
    status:
      description: V(domain-activate) if the domain is not verified, V(mx-activate) if its MX record is missing,
        V(added) if it works, or the string V(none) if the service does not know it.
      type: str
      sample: added
    stage:
      description: The service's internal name of the status. V(owner-check), V(mx-check), or V(added).
      type: str
    delegated:
      description: Whether the domain is delegated to the service's name servers.
      type: bool
    language:
      description: The language of the mail interface, for example V(en), or V(none) if all domains are read.
      type: str
    aliases:
      description: The alias domains.
      type: list
      elements: str
    master_admin:
      description: Whether the token's owner is the main administrator.
      type: bool
    dkim_ready:
      description: Whether mail is signed with DKIM.
      type: bool
    mailboxes_count:
      description: The number of mailboxes.
      type: int
    mailboxes_limit:
      description: The highest number of mailboxes that the domain may have.
      type: int
error:
  description: The reason why the task failed. If several changes failed, the reason of the first.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The error code of the service, for example V(account_not_found), or a code of this collection.
        - The options are wrong, or an object in them does not exist - V(invalid_input), V(not_found).
        - A guard stopped the task before it changed anything - V(guard).
        - The request failed - V(unreachable), V(timeout), V(tls), V(redirect), V(bad_answer), V(interrupted).
        - It is not known whether a change was made - V(outcome_unknown).
        - Imports failed, or took too long - V(failed), V(removed), V(stalled), V(timeout).
      type: str
      sample: account_not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, or V(none) if there was no answer.
      type: int
    endpoint:
      description: The endpoint of the API that was called, or V(none) if none was called.
      type: str
      sample: email/ml/list
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

from ..module_utils._module.domain_info import DomainInfoBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD

MODULE = Module(PDD, DomainInfoBody, domain="optional")


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
