# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the domains of a service as hosts: what the inventory plugins of all services share."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable, to_safe_group_name
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._core.deps import IMPORT_ERROR
from ..module_utils._core.errors import ServiceError
from ..module_utils._core.paging import read_whole
from ..module_utils._core.transport import Connection, Transport
from ..module_utils._mail.address import parse_domain, raise_problems
from ._variables import Role

_INHERITED = ("validate_certs", "ca_path", "timeout", "retry_timeout", "max_connections")


class DomainInventory(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc] # Ansible has no types
    """Lists the domains of a token as hosts. The plugin of a service says which service it is, and what a domain is.

    group: the group of all hosts, and what the names of its child groups and variables begin with. templated: the
    options of the connection that can be templates; plain: those that cannot.
    """

    role: ClassVar[Role]
    group: ClassVar[str]
    templated: ClassVar[tuple[str, ...]]
    plain: ClassVar[tuple[str, ...]] = _INHERITED
    domain_class: ClassVar[type]

    def verify_file(self, path: str) -> bool:
        """Return whether a file has the name of an inventory of this plugin."""
        endings = (f".{self.group}.yml", f".{self.group}.yaml")
        return path.endswith(endings) and bool(super().verify_file(path))

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
        params = {name: self.get_option(name) for name in self.plain}
        self._params = {**params, **{name: self._string(name) for name in self.templated}}
        connection = self.role.service.read_connection(self._params)
        warning = self.role.service.find_warning(connection)
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

    def _domains(self, connection: Connection, path: str, use_cache: bool) -> list[Any]:
        """Return the domains, from the cache if it is in use and has them."""
        key = self.get_cache_key(path)
        if use_cache and self.get_option("cache"):
            try:
                return [self.domain_class(**row) for row in self._cache[key]["domains"]]
            except (KeyError, TypeError):
                self.display.vvv("The cache has no domains, or those of another version of the collection.")
        client = self.role.service.open_client(Transport(connection), "", self._params)
        domains = read_whole(client.domains)
        shortage = [f"{domains.shortage.capitalize()}."] if domains.shortage else []
        for warning in [*shortage, *client.remarks.sentences()]:
            self.display.warning(warning)
        if self.get_option("cache"):
            self._cache[key] = {"domains": [asdict(domain) for domain in domains]}
        return domains

    def _valid(self, domains: Collection[Any]) -> Iterator[Any]:
        """Yield the domains by name, without names that could be taken for a path or a pattern of hosts."""
        for domain in sorted(domains, key=lambda domain: domain.name):
            try:
                parse_domain(domain.name)
            except ValueError as error:
                self.display.warning(f"Left out {domain.name!r}: the service lists it, but it is no domain ({error}).")
            else:
                yield domain

    def _add_group(self, connection: Connection, file_options: Mapping[str, Any]) -> None:
        self.inventory.add_group(self.group)
        for name, value in self._group_variables(connection, file_options).items():
            self.inventory.set_variable(self.group, name, value)

    def _add_host(self, domain: Any) -> None:
        for each in self.groups_of(domain):
            group = self.inventory.add_group(str(to_safe_group_name(f"{self.group}_{each}")))
            self.inventory.add_child(self.group, group)
            self.inventory.add_host(domain.name, group=group)
        for name, value in self.variables_of(domain).items():
            self.inventory.set_variable(domain.name, name, wrap_var(value))  # never a template
        variables = self.inventory.get_host(domain.name).get_vars()
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, domain.name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, domain.name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, domain.name, strict=strict)

    def _group_variables(self, connection: Connection, file_options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables of the group of all domains; the tokens are not among them."""
        inherited = [name for name in _INHERITED if file_options.get(name) is not None]
        found = {name: getattr(connection, name) for name in inherited}
        return {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            f"{self.role.prefix}api_url": connection.dialect.base_urls[0],
            **{self.role.prefix + name: value for name, value in found.items()},
            **self.more_variables(self._params),
        }

    # What the service says

    def groups_of(self, domain: Any) -> list[str]:
        """Return the groups of a domain, without the name of the group of all."""
        raise NotImplementedError

    def variables_of(self, domain: Any) -> dict[str, Any]:
        """Return the variables of a domain."""
        raise NotImplementedError

    def more_variables(self, params: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - for services
        """Return further variables of the group; params: the options of the connection."""
        return {}


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
