# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains and addresses in one canonical form: lower case, Punycode, `name` = `name@domain`."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from typing import TypeVar

from .._core.deps import idna
from .._core.errors import InvalidInputError

Value = TypeVar("Value")

# What can stand in the local part of an address without quoting or hiding something; not the rules for a new login.
_LOCAL_PART = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x20\x7f]+")
_ASCII_HOST = re.compile(r"[A-Za-z0-9_.:-]+")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_ASCII_BLANKS = f"{string.whitespace}\x1c\x1d\x1e\x1f"


def canonical_domain(domain: str) -> str:
    """Return the domain in lower case and Punycode; raises ValueError if it is no valid domain name."""
    encoded = _to_punycode(domain)
    if "." not in encoded.strip("."):
        raise ValueError("it has no dot")
    if encoded.endswith("."):
        raise ValueError("it ends with a dot")
    return encoded


def lenient_domain(domain: str) -> str:
    """Return the domain in canonical form, or as the service sent it, in lower case, where it has none."""
    try:
        return canonical_domain(domain)
    except ValueError:
        return domain.strip(_ASCII_BLANKS).translate(_ASCII_LOWER)


def canonical_host(host: str) -> str:
    """Return a host name or an IP address as it is sent, an IDN in Punycode; raises ValueError if it is neither."""
    name = host.strip(_ASCII_BLANKS)
    if _ASCII_HOST.fullmatch(name):
        return name
    if not name or name.isascii():
        raise ValueError("there is a character that no name has")
    return _to_punycode(name)


def canonical_address(address: str, domain: str) -> str:
    """Return `name` or `name@domain` in canonical form; domain is canonical and stands in for a missing one.

    Never fails: what the service sends is compared as it is where it has no canonical form. Of the local part nothing
    but ASCII is changed, since case and normal forms of other letters make different addresses the same: the lower case
    of the KELVIN SIGN is k.
    """
    local, at, host = address.strip(_ASCII_BLANKS).rpartition("@")
    name = (local if at else host).translate(_ASCII_LOWER)
    return f"{name}@{lenient_domain(host) if at else domain}"


def local_part(address: str) -> str:
    """Return what stands before the @."""
    return address.rpartition("@")[0]


def in_domain(address: str, domain: str) -> bool:
    """Tell whether a canonical address lies in the canonical domain."""
    return address.endswith(f"@{domain}")


def address_problem(place: str, address: str) -> str | None:
    """Say what is wrong with the syntax of an address or bare name, if anything."""
    local, at, host = address.strip(_ASCII_BLANKS).rpartition("@")
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


def _to_punycode(name: str) -> str:
    """Return a host name in lower case and Punycode; raises ValueError if it is none."""
    try:
        encoded: str = idna.encode(name.strip(_ASCII_BLANKS), uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(str(error)) from None
    return encoded.lower()
