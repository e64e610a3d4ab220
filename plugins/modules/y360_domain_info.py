#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: y360_domain_info
short_description: Read domains of a Yandex 360 for Business organization
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads one domain, or all domains of the organization.
options:
  domain:
    description:
      - The domain to read, as an IDN or in Punycode, in upper or lower case. It can be any domain of the organization.
      - The default is the environment variable E(Y360_DOMAIN). If neither is set, all domains of the organization are
        read.
      - An empty value is treated as not set. Use it to read all domains if C(module_defaults) set O(domain).
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.module
notes:
  - The token needs the scope C(directory:read_domains), and C(directory:read_organization) if O(organization) is not
    set.
  - If the service counts more domains than it lists, they are read again. If some are still missing, the task warns.
seealso:
  - module: mailops.pdd.y360_mailbox_info
"""

EXAMPLES = r"""
- name: Read all domains
  mailops.pdd.y360_domain_info:
    token: "{{ vaulted_y360_token }}"
  register: all_domains

- name: Show the main domain
  ansible.builtin.debug:
    msg: "{{ all_domains.domains | selectattr('main') | map(attribute='name') | first }}"

- name: Read one domain
  mailops.pdd.y360_domain_info:
    token: "{{ vaulted_y360_token }}"
    domain: example.test
  register: one_domain

- name: Fail if the domain cannot receive mail
  ansible.builtin.assert:
    that: one_domain.domains[0].works
"""

RETURN = r"""
domains:
  description: The domains, sorted by name. Values that the service does not return are V(none).
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The domain, in Punycode.
      type: str
      sample: example.test
    main:
      description: Whether it is the main domain, which has the mailboxes and mailing lists. The others are aliases.
      type: bool
    verified:
      description: Whether the organization has proved that it owns the domain, or V(none).
      type: bool
    mx:
      description: Whether the MX record is the one of the service, or V(none).
      type: bool
    spf:
      description: Whether the SPF record is the one of the service, or V(none).
      type: bool
    ns:
      description: Whether the NS records are those of the service, or V(none).
      type: bool
    dkim:
      description: Whether the DKIM record is the one of the service, or V(none).
      type: bool
    delegated:
      description: Whether the domain is delegated to the service's name servers, or V(none).
      type: bool
    works:
      description: Whether the domain is verified, and its MX record is the one of the service.
      type: bool
error:
  description: The reason why the task failed. If several changes failed, the reason of the first.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - A code of this collection. The service's own words are in RV(error.message).
        - The service refuses the token or what it is used for - V(unauthorized), V(forbidden).
        - The service refuses a value, does not find an object, or has given the name to another one -
          V(invalid_input), V(not_found), V(conflict). It refuses a request for another reason - V(refused).
        - The options are wrong, or an object in them does not exist - V(invalid_input), V(not_found).
        - A guard stopped the task before it changed anything - V(guard).
        - The request failed - V(unreachable), V(timeout), V(tls), V(throttled), V(redirect), V(bad_answer),
          V(interrupted).
        - It is not known whether a change was made - V(outcome_unknown).
      type: str
      sample: not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, or V(none) if there was no answer.
      type: int
    endpoint:
      description: The endpoint of the API that was called, or V(none) if none was called.
      type: str
      sample: directory/v1/org/123456/users
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
from ..module_utils._module.services import Y360

MODULE = Module(Y360, DomainInfoBody, domain="optional")


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
