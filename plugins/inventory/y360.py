# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: y360
short_description: Domains of an organization on Yandex 360 for Business as hosts
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Lists all domains of an organization as hosts. The name of a host is the domain in Punycode. Invalid domain names
    are left out with a warning.
  - The name of the inventory file ends with C(.y360.yml) or C(.y360.yaml).
  - The group C(y360) contains all hosts. It has the child groups C(y360_status_works), C(y360_status_mx_missing), and
    C(y360_status_not_verified). The group C(y360_main) has the main domain, which is the one that
    C(mailops.pdd.provision), C(mailops.pdd.export), and C(mailops.pdd.report) can be run for.
  - The group C(y360) has the following variables. C(group_vars) take precedence over them.
  - C(mailops_service=yandex360) - for the playbooks of the collection.
  - C(ansible_connection=local) - the modules run on the controller, in the process of the task.
  - C(ansible_python_interpreter) - the Python that runs Ansible, for other modules.
  - C(y360_domain_api_url) - O(api_url), for the role P(mailops.pdd.y360_domain#role).
  - C(y360_domain_organization), C(y360_domain_cloud_api_url) - the options of the same names, if they are set.
  - C(y360_domain_validate_certs), C(y360_domain_ca_path), C(y360_domain_timeout), C(y360_domain_retry_timeout),
    C(y360_domain_max_connections) - the options of the same names, if the inventory file sets them.
  - Each host has the variables C(y360_main), C(y360_verified), C(y360_mx), C(y360_spf), C(y360_ns), C(y360_dkim),
    C(y360_delegated), and C(y360_works), with the values that M(mailops.pdd.y360_domain_info) returns.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices:
      - mailops.pdd.y360
extends_documentation_fragment:
  - mailops.pdd.y360_connection
  - mailops.pdd.http_options
  - mailops.pdd.y360_connection.plugin
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The token is never a variable of a host, because inventories are printed and cached. The playbooks take it from
    E(Y360_TOKEN), or from the variable C(y360_domain_token) in C(-e @vault.yml).
  - O(token), O(api_url), and O(cloud_api_url) can be vaulted values or templates, for example lookups. Templates can
    use the extra variables of the command line, which C(ansible-inventory --list) and C(--host) print.
  - Strings from the service are never run as templates. C(ansible-inventory) may show them as C(__ansible_unsafe).
  - If Ansible cannot read an inventory, it only warns. Set E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) in pipelines, so
    that the run fails. Ansible then tries its own plugins, which may quote the file. Do not write a token into it in
    clear.
  - A cache belongs to the path of the inventory file only. Use C(ansible-playbook --flush-cache) after you change the
    organization or O(api_url).
seealso:
  - module: mailops.pdd.y360_domain_info
"""

EXAMPLES = r"""
# example.y360.yml, with the token in the environment variable Y360_TOKEN:
#   ansible-inventory -i example.y360.yml --graph
#   ansible-playbook -i example.y360.yml mailops.pdd.report -e pdd_hosts=y360_main
plugin: mailops.pdd.y360

---
# With a variable of a vaulted file, and a cache:
#   ansible-inventory -i example.y360.yml -e @vault.yml --graph
plugin: mailops.pdd.y360
organization: 123456
token: "{{ vaulted_y360_token }}"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/lib/example/inventory
cache_timeout: 3600

---
# With your own groups:
plugin: mailops.pdd.y360
strict: true
groups:
  unsigned: not y360_dkim
"""

from collections.abc import Mapping
from typing import Any

from ..module_utils._mail.models import OrganizationDomain
from ..module_utils._y360.connection import read_option, read_organization
from ..plugin_utils._inventory import DomainInventory
from ..plugin_utils._variables import Y360_DOMAIN


class InventoryModule(DomainInventory):
    """Lists the domains of the organization as hosts."""

    NAME = "mailops.pdd.y360"
    role = Y360_DOMAIN
    group = "y360"
    templated = ("token", "api_url", "cloud_api_url")
    plain = (*DomainInventory.plain, "organization")
    domain_class = OrganizationDomain

    def groups_of(self, domain: OrganizationDomain) -> list[str]:
        """Return whether mail for the domain reaches the service, and if not, why; and whether it is the main one."""
        status = "works" if domain.works else "mx_missing" if domain.verified else "not_verified"
        return [f"status_{status}", *(["main"] if domain.main else [])]

    def variables_of(self, domain: OrganizationDomain) -> dict[str, Any]:
        """Return all that a listing contains."""
        return {f"y360_{name}": value for name, value in domain.to_result().items() if name != "name"}

    def more_variables(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the service, and the options that say where it is and which organization is meant, if given."""
        prefix = self.role.prefix
        given = {"organization": read_organization(params), "cloud_api_url": read_option(params, "cloud_api_url")}
        found = {f"{prefix}{name}": value for name, value in given.items() if value is not None}
        return {"mailops_service": self.role.service_name, **found}
