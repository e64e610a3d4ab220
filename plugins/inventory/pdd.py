# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pdd
short_description: Domains of Yandex.Mail for Domain (PDD) as hosts
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Lists all domains of the token's owner as hosts. The name of a host is the domain in Punycode. Invalid domain names
    are left out with a warning.
  - The name of the inventory file ends with C(.pdd.yml) or C(.pdd.yaml).
  - The group C(pdd) contains all hosts. It has one child group for each status, for example C(pdd_status_added),
    C(pdd_status_mx_activate), C(pdd_status_domain_activate), or C(pdd_status_unknown) if the service returns none.
    Characters that are not allowed in group names become C(_).
  - The group C(pdd) has the following variables. C(group_vars) take precedence over them.
  - C(ansible_connection=local) - the modules run on the controller, in the process of the task.
  - C(ansible_python_interpreter) - the Python that runs Ansible, for other modules.
  - C(pdd_domain_api_url) - O(api_url), for the role P(mailops.pdd.pdd_domain#role).
  - C(pdd_domain_validate_certs), C(pdd_domain_ca_path), C(pdd_domain_timeout), C(pdd_domain_retry_timeout),
    C(pdd_domain_max_connections) - the options of the same names, if the inventory file sets them.
  - Each host has the following variables. A value that the service does not return is V(none).
  - C(pdd_status) - V(domain-activate) if the domain is not verified, V(mx-activate) if its MX record is missing,
    V(added) if it works.
  - C(pdd_stage) - the service's internal name of the status.
  - C(pdd_delegated) - whether the domain is delegated to the service's name servers.
  - C(pdd_aliases) - the list of its alias domains.
  - C(pdd_master_admin) - whether the token's owner is the main administrator.
  - C(pdd_dkim_ready) - whether its mail is signed with DKIM.
  - C(pdd_mailboxes_count) - the number of its mailboxes.
  - C(pdd_mailboxes_limit) - the highest number of mailboxes that it may have.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices:
      - mailops.pdd.pdd
extends_documentation_fragment:
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.plugin
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The token is never a variable of a host, because inventories are printed and cached. C(mailops.pdd.provision),
    C(mailops.pdd.export), and C(mailops.pdd.report) take it from E(PDD_TOKEN), or from the variable C(pdd_domain_token)
    in C(-e @vault.yml). In registrar mode, the same applies to E(PDD_OAUTH_TOKEN) and C(pdd_domain_oauth_token).
  - O(token), O(oauth_token), and O(api_url) can be vaulted values or templates, for example lookups. Templates can use
    the extra variables of the command line, which C(ansible-inventory --list) and C(--host) print.
  - Strings from the service are never run as templates. C(ansible-inventory) may show them as C(__ansible_unsafe).
  - If Ansible cannot read an inventory, it only warns. Set E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) in pipelines, so
    that the run fails. Ansible then tries its own plugins, which may quote the file. Do not write a token into it in
    clear.
  - A cache belongs to the path of the inventory file only. Use C(ansible-playbook --flush-cache) after you change the
    account or O(api_url).
seealso:
  - module: mailops.pdd.pdd_domain_info
"""

EXAMPLES = r"""
# domains.pdd.yml, with the token in the environment variable PDD_TOKEN:
#   ansible-inventory -i domains.pdd.yml --graph
plugin: mailops.pdd.pdd
api_url: https://pdd.example.test

---
# With a variable of a vaulted file, and a cache:
#   ansible-inventory -i domains.pdd.yml -e @vault.yml --graph
plugin: mailops.pdd.pdd
api_url: https://pdd.example.test
token: "{{ vaulted_pdd_token }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/lib/example/inventory
cache_timeout: 3600

---
# With a token from a file, and with your own groups and variables:
plugin: mailops.pdd.pdd
api_url: https://pdd.example.test
token: "{{ lookup('ansible.builtin.file', '/var/lib/example/pdd_token') }}"
strict: true
compose:
  mailboxes_left: pdd_mailboxes_limit - pdd_mailboxes_count
groups:
  unsigned: not pdd_dkim_ready
keyed_groups:
  - prefix: under
    key: inventory_hostname.split('.') | last
"""

from dataclasses import asdict
from typing import Any

from ..module_utils._mail.models import Domain
from ..plugin_utils._inventory import DomainInventory
from ..plugin_utils._variables import PDD_DOMAIN


class InventoryModule(DomainInventory):
    """Lists the domains of the token's owner as hosts."""

    NAME = "mailops.pdd.pdd"
    role = PDD_DOMAIN
    group = "pdd"
    templated = ("token", "oauth_token", "api_url")
    domain_class = Domain

    def groups_of(self, domain: Domain) -> list[str]:
        """Return the group of its status, which the service may not return."""
        return [f"status_{domain.status or 'unknown'}"]

    def variables_of(self, domain: Domain) -> dict[str, Any]:
        """Return all that a listing contains."""
        properties = {**asdict(domain), "aliases": list(domain.aliases)}
        return {f"pdd_{name}": value for name, value in properties.items() if name not in ("name", "language")}
