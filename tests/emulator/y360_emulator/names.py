# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Local parts: what they may be, and whose they are. All kinds of objects share one name space.

See docs/api/y360.md, 2.3 and 3.3.
"""

from __future__ import annotations

import re

from y360_emulator.endpoint import Call
from y360_emulator.errors import bad, conflict, failed_precondition
from y360_emulator.store import Name, Store

USER = "user"
GROUP = "group"
DEPARTMENT = "department"
SHARED = "shared_mailbox"

MOST_ALIASES = 10
BAD_LOGIN = "login.prohibitedsymbols"

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_LABEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,38}[a-z0-9]")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOMAIN_LONGEST = 253


def login(text: str) -> str:
    """Check a nickname or alias, and return it as it is stored."""
    if not _LOGIN.fullmatch(text.lower()) or ".." in text:
        raise bad(BAD_LOGIN)
    return text.lower()


def label(text: str) -> str:
    """Check the label of a group or department, and return it as it is stored."""
    if not _LABEL.fullmatch(text.lower()) or ".." in text:
        raise bad(BAD_LOGIN)
    return text.lower()


def domain_name(text: str) -> str:
    """Check the name of a domain, and return it in Punycode."""
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise bad() from None
    if len(name) > _DOMAIN_LONGEST or not _DOMAIN.fullmatch(name):
        raise bad()
    return name


def take(call: Call, name: str, owner: Name) -> None:
    """Give a local part to somebody. Raises the error 409 if it is taken, even by the same."""
    present = call.store.owner_of(call.o, name)
    if present:
        of_group = present.kind != USER and owner.kind in {GROUP, DEPARTMENT}
        raise conflict("some_group_has_this_label" if of_group else "some_user_has_this_login")
    call.store.take_name(call.o, name, owner)


def change_label(call: Call, present: str, desired: str, owner: Name) -> str:
    """Give another label, or none, to a group or department, and return it."""
    name = label(desired) if desired else ""
    if name == present:
        return name
    if name:
        take(call, name, owner)
    if present:
        call.store.free_name(call.o, present)
    return name


def new_alias(call: Call, aliases: list[str], owner: Name) -> list[str]:
    """Return the aliases of an object with the one that a call adds."""
    name = login(call.body.text("alias"))
    if len(aliases) >= MOST_ALIASES:
        raise failed_precondition("too_many_aliases")
    take(call, name, owner)
    return [*aliases, name]


def main_domain(store: Store, organization: int) -> str:
    """Return the name of the main domain."""
    return next(domain.id for domain in store.domains.page(organization) if domain.master)


def find(store: Store, organization: int, text: str) -> Name | None:
    """Return what an address belongs to, on any domain of the organization, in any case of letters."""
    name, _at, domain = text.lower().rpartition("@")
    if domain not in {each.id for each in store.domains.page(organization)}:
        return None
    return store.owner_of(organization, name)
