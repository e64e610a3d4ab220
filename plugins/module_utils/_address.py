# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains and addresses in one canonical form: lower case, A-labels, `name` = `name@domain`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from ._deps import idna
from ._errors import InvalidInputError

Value = TypeVar("Value")

# What can stand in the local part of an address without quoting or hiding something; not the rules for a new login.
_LOCAL_PART = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x20\x7f]+")


def canonical_domain(domain: str) -> str:
    """Return the domain as lower-case A-labels; raises ValueError if it is no valid domain name."""
    try:
        encoded: str = idna.encode(domain.strip(), uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(str(error)) from None
    if "." not in encoded.strip("."):
        raise ValueError("it has no dot")
    if encoded.endswith("."):
        raise ValueError("it ends with a dot")
    return encoded.lower()


def lenient_domain(domain: str) -> str:
    """Return the domain in canonical form, or as the service sent it, in lower case, where it has none."""
    try:
        return canonical_domain(domain)
    except ValueError:
        return domain.strip().lower()


def canonical_address(address: str, domain: str) -> str:
    """Return `name` or `name@domain` in canonical form; domain is canonical and stands in for a missing one.

    Never fails: what the service sends is compared as it is where it has no canonical form.
    """
    local, at, host = address.strip().lower().rpartition("@")
    return f"{local}@{lenient_domain(host)}" if at else f"{host}@{domain}"


def local_part(address: str) -> str:
    """Return what stands before the @."""
    return address.rpartition("@")[0]


def in_domain(address: str, domain: str) -> bool:
    """Tell whether a canonical address lies in the canonical domain."""
    return address.endswith(f"@{domain}")


def address_problem(place: str, address: str) -> str | None:
    """Say what is wrong with the syntax of an address or bare name, if anything."""
    local, at, host = address.strip().rpartition("@")
    if not _LOCAL_PART.fullmatch(local if at else host):
        return f"{place}: {address!r} is no address (wanted: name or name@domain)"
    if not at:
        return None
    try:
        canonical_domain(host)
    except ValueError as error:
        return f"{place}: {address!r} has no valid domain ({error})"
    return None


def local_address_problem(place: str, address: str, domain: str) -> str | None:
    """Say what is wrong with an address that must lie in the managed domain, if anything."""
    problem = address_problem(place, address)
    if problem:
        return problem
    if not in_domain(canonical_address(address, domain), domain):
        return f"{place}: {address!r} is not in the domain {domain}"
    return None


def duplicate_problems(places: Iterable[tuple[str, str, str]]) -> list[str]:
    """Name both places of each value that stands twice; places: (place, value as written, canonical form)."""
    first: dict[str, tuple[str, str]] = {}
    problems = []
    for place, written, canonical in places:
        if canonical in first:
            problems.append(f"{place}: {written!r} is the same as {first[canonical][1]!r} in {first[canonical][0]}")
        else:
            first[canonical] = (place, written)
    return problems


def numbered(option: str, values: Iterable[Value]) -> dict[str, Value]:
    """Give each value of a list option its place, such as `subscribers[2]`."""
    return {f"{option}[{index}]": value for index, value in enumerate(values)}


def local_addresses(option: str, names: Iterable[str], domain: str) -> tuple[tuple[str, ...], list[str | None]]:
    """Return the addresses that a list option names in the managed domain, in canonical form, and what is wrong."""
    places = numbered(option, names)
    addresses = {place: canonical_address(name, domain) for place, name in places.items()}
    problems = [local_address_problem(place, name, domain) for place, name in places.items()]
    problems += duplicate_problems((place, name, addresses[place]) for place, name in places.items())
    return tuple(addresses.values()), problems


def raise_problems(problems: Iterable[str | None]) -> None:
    """Raise InvalidInputError with all problems at once, if there are any."""
    found = [problem for problem in problems if problem]
    if found:
        raise InvalidInputError(found)
