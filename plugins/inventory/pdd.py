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
  - mailops.pdd.http
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

import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable, to_safe_group_name
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._core.deps import IMPORT_ERROR
from ..module_utils._core.errors import ServiceError
from ..module_utils._core.paging import read_whole
from ..module_utils._core.transport import Connection, Transport
from ..module_utils._mail.address import parse_domain, raise_problems
from ..module_utils._mail.models import Domain
from ..module_utils._pdd.client import PddClient
from ..module_utils._pdd.connection import encryption_warning, read_connection

GROUP = "pdd"
_TEMPLATED = ("token", "oauth_token", "api_url")
_INHERITED = ("validate_certs", "ca_path", "timeout", "retry_timeout", "max_connections")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc] # Ansible has no types
    """Lists the domains of the token's owner as hosts."""

    NAME = "mailops.pdd.pdd"

    def verify_file(self, path: str) -> bool:
        """Return whether a file has the name of an inventory of this plugin."""
        return path.endswith((".pdd.yml", ".pdd.yaml")) and bool(super().verify_file(path))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the domains to the inventory; raise AnsibleParserError with a sentence."""
        super().parse(inventory, loader, path, cache)
        if IMPORT_ERROR:
            raise AnsibleParserError(f"The Python that runs Ansible, {sys.executable}, lacks the library requests.")
        try:
            file_options = self._read_config_data(path)
            connection = self._connection()
            domains = self._domains(connection, path, cache)
        except ServiceError as error:
            raise AnsibleParserError(error.sentence()) from None
        self._add_group(connection, file_options)
        for domain in self._valid(domains):
            self._add_host(domain)

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Set the options. Those of the file are checked before Ansible converts them, because it is too lenient."""
        raise_problems(file_problems(direct or {}, self.option_definitions))
        super().set_options(task_keys=task_keys, var_options=var_options, direct=direct)

    def _connection(self) -> Connection:
        """Return the checked connection."""
        self.templar.available_variables = self._vars
        params = {name: self.get_option(name) for name in _INHERITED}
        connection = read_connection({**params, **{name: self._string(name) for name in _TEMPLATED}})
        warning = encryption_warning(connection)
        if warning:
            self.display.warning(warning)
        return connection

    def _string(self, name: str) -> str | None:
        """Return an option as a string. Only a value of the file is a template, none of the environment."""
        value, origin = self.get_option_and_origin(name)
        if value is not None and origin == "Direct":
            value = self._filled_in(name, value)
        return None if value is None else str(value)

    def _filled_in(self, name: str, template: str) -> Any:
        try:
            return self.templar.template(template)
        except AnsibleError as error:
            # Ansible shows the lines around it, and in one case the template itself. Both may contain a token.
            reason = str(error).replace(template, "...")
            raise AnsibleParserError(f"{name}: the template cannot be filled in ({reason}).") from None

    def _domains(self, connection: Connection, path: str, use_cache: bool) -> list[Domain]:
        """Return the domains, from the cache if it is in use and has them."""
        key = self.get_cache_key(path)
        if use_cache and self.get_option("cache"):
            try:
                return [Domain(**row) for row in self._cache[key]["domains"]]
            except (KeyError, TypeError):
                self.display.vvv("The cache has no domains, or those of another version of the collection.")
        client = PddClient(Transport(connection), "")
        domains = read_whole(client.domains)
        shortage = [f"{domains.shortage.capitalize()}."] if domains.shortage else []
        for warning in [*shortage, *client.remarks.sentences()]:
            self.display.warning(warning)
        if self.get_option("cache"):
            self._cache[key] = {"domains": [asdict(domain) for domain in domains]}
        return domains

    def _valid(self, domains: Collection[Domain]) -> Iterator[Domain]:
        """Yield the domains by name, without names that could be taken for a path or a pattern of hosts."""
        for domain in sorted(domains, key=lambda domain: domain.name):
            try:
                parse_domain(domain.name)
            except ValueError as error:
                self.display.warning(f"Left out {domain.name!r}: the service lists it, but it is no domain ({error}).")
            else:
                yield domain

    def _add_group(self, connection: Connection, file_options: Mapping[str, Any]) -> None:
        self.inventory.add_group(GROUP)
        for name, value in group_variables(connection, file_options).items():
            self.inventory.set_variable(GROUP, name, value)

    def _add_host(self, domain: Domain) -> None:
        group = self.inventory.add_group(status_group(domain.status))
        self.inventory.add_child(GROUP, group)
        self.inventory.add_host(domain.name, group=group)
        for name, value in host_variables(domain).items():
            self.inventory.set_variable(domain.name, name, wrap_var(value))  # never a template
        variables = self.inventory.get_host(domain.name).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, domain.name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, domain.name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, domain.name, strict=strict)


def file_problems(file_options: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with the options of a file, as far as Ansible does not notice; known: their documentation.

    Ansible ignores unknown options, takes a misspelt bool for false, and shows a token that is no string.
    """
    for name, value in file_options.items():
        kind = known.get(name, {}).get("type")
        if name not in known:
            yield f"{name}: there is no such option"
        elif kind in ("bool", "boolean") and not is_bool(value):
            yield f"{name}: {value!r} is neither true nor false"
        elif kind == "str" and isinstance(value, (Mapping, list)):
            yield f"{name} is not a string"


def is_bool(value: object) -> bool:
    """Return whether a value is a bool, or one of the strings that stand for one."""
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def group_variables(connection: Connection, file_options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the group of all domains; the tokens are not among them."""
    inherited = [name for name in _INHERITED if file_options.get(name) is not None]
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "pdd_domain_api_url": connection.dialect.base_urls[0],
        **{f"pdd_domain_{name}": getattr(connection, name) for name in inherited},
    }


def host_variables(domain: Domain) -> dict[str, Any]:
    """Return the variables of a domain: all that a listing contains."""
    properties = {**asdict(domain), "aliases": list(domain.aliases)}
    return {f"pdd_{name}": value for name, value in properties.items() if name not in ("name", "language")}


def status_group(status: str | None) -> str:
    """Return the name of the group of a status."""
    return str(to_safe_group_name(f"pdd_status_{status or 'unknown'}"))
