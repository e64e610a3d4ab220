# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Organizations and tokens, as the command line and the control paths name them."""

from __future__ import annotations

from dataclasses import replace

from y360_emulator import clock, names, scopes
from y360_emulator.errors import ApiError
from y360_emulator.records import ROOT_DEPARTMENT, Department, Domain, Organization
from y360_emulator.store import Store, Token


def add_organization(store: Store, number: int, domains: list[str]) -> None:
    """Create an organization, the first domain is its main one; what is there already stays.

    Raises ValueError if a domain belongs to another organization.
    """
    now = clock.now()
    if store.organizations.get(number, number) is None:
        store.organizations.put(Organization(number, f"Organization {number}", f"owner-{number}@yandex.example"))
        store.departments.put(Department(number, ROOT_DEPARTMENT, "All staff", created=now))
        store.skip_to(number, "department", ROOT_DEPARTMENT)
    taken = {domain.id: domain.organization for domain in store.domains.everywhere()}
    has_main = any(domain.master for domain in store.domains.page(number))
    for name in domains:
        if taken.get(name, number) != number:
            raise ValueError(f"the domain {name} belongs to the organization {taken[name]}")
        if name not in taken:
            domain = Domain(number, name, added=now, checked=now, verified=True, mx=True, spf=True)
            store.domains.put(replace(domain, master=not has_main))
            has_main = True


def organization(text: str) -> tuple[int, list[str]]:
    """Read `ID:example.test[:alias.test...]`. Raises ValueError."""
    number, *domains = text.split(":")
    if not number.isascii() or not number.isdecimal() or not 0 < int(number) < 1 << 31 or not domains:
        raise ValueError(f"{text!r} is no organization: ID:example.test[:alias.test...] is")
    try:
        return int(number), [names.domain_name(domain) for domain in domains]
    except ApiError:
        raise ValueError(f"{text!r} is no organization: it has no domain names") from None


def token(text: str) -> Token:
    """Read `TOKEN[=scope,scope...]`: the token of an owner of all organizations. Raises ValueError."""
    name, equals, granted = text.partition("=")
    if not name or not name.isascii() or not name.isprintable() or " " in name:
        raise ValueError("a token consists of visible ASCII characters, without =")
    own = granted.split(",") if granted else []
    unknown = [scope for scope in own if scope not in scopes.ALL and not scope.startswith(scopes.USERS)]
    if unknown:
        raise ValueError(f"there is no scope {unknown[0]!r}")
    return Token(name, "owner", "admin@yandex.example", own if equals else scopes.ALL, None, None)
