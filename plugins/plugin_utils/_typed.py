# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the role of a host, and which variables it takes: its own, or those of the twin that the user has set instead.

Pure, but for the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._variables import PDD_DOMAIN, ROLES, Names, Role, Spec

Template = Callable[[list[Any]], list[Any]]
"""As Ansible's: called with a list of one value, it returns an empty list if the value is `omit`."""

SERVICE = "mailops_service"
"""The host variable that says which service a host is on."""
_IN_PLAYBOOK = "_mailops_playbook"
"""What the playbooks set: their hosts are on PDD if they do not say otherwise. Elsewhere the role decides."""


def role_of(variables: Mapping[str, Any], template: Template, default: Role) -> Role | None:
    """Return the role of a host, None if mailops_service cannot be read, or is no service."""
    try:
        found = template([variables.get(SERVICE)])
    except Exception:
        return None
    if not found or not found[0]:
        return PDD_DOMAIN if variables.get(_IN_PLAYBOOK) else default
    return ROLES.get(str(found[0]))


def service_problems(variables: Mapping[str, Any], template: Template, role: Role) -> list[str]:
    """Return why it cannot be told on which service a host is, if so."""
    if role_of(variables, template, role):
        return []
    return [f"{SERVICE} is none of {' and '.join(ROLES)}"]


def find_names(role: Role, needed: Iterable[str], variables: Mapping[str, Any], template: Template) -> Names:
    """Return what the variables are called. Those of the twin are taken that are not set under their own names."""
    twins = {
        name
        for name in role.shared.intersection(needed)
        if not _is_set(variables.get(role.prefix + name), template, may_be_empty=role.main[name].get("kind") == "html")
    }
    return Names(role, frozenset(twins))


def find_spec(names: Names, needed: Spec) -> Spec:
    """Return the argument spec of variables, by their whole names."""
    return {names[name]: option for name, option in needed.items()}


def _is_set(value: Any, template: Template, *, may_be_empty: bool) -> bool:
    """Return whether a variable has a value. What cannot be templated has one: it is an error."""
    if not isinstance(value, str):
        return value is not None
    try:
        found = template([value])
    except Exception:
        return True
    return bool(found) and found[0] is not None and (may_be_empty or str(found[0]).strip() != "")
