# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domains and addresses in one form: lower case, Punycode, `name` = `name@domain`."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from .._core.deps import idna
from .._core.errors import InvalidInputError

Value = TypeVar("Value")

# What can stand in the local part of an address without quoting or hiding something; not the rules for a new login.
_LOCAL_PART = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x20\x7f]+")
# What cannot be seen, although its category in Unicode does not say so: other default ignorables, and blank Braille.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp", "Zs")
WITHOUT_JOINERS = str.maketrans("", "", "\u200c\u200d")  # which are letters of some domain names
# All but three signs, of which normalizing makes other characters that are ASCII.
_NORMALIZED = re.compile("[^\u037e\u1fef\u212a]+")
_ASCII_HOST = re.compile(r"[A-Za-z0-9_.:-]+")
_LONGEST_HOST = 253
_PLAIN_HOST = re.compile(r"(?:(?=[^.]{1,63}(?:\.|$))[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?!$)|$))+")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_ASCII_BLANKS = f"{string.whitespace}\x1c\x1d\x1e\x1f"


class Address(str):
    """An address in its one form, equal to its string: `name@domain` with the domain in lower case and Punycode.

    In the local part, only ASCII letters are changed to lower case, and nothing becomes ASCII, because that would make
    different addresses the same: the lower case of the KELVIN SIGN is k. Apart from this, it is in NFC.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, domain: str) -> Address:
        """Return the address that `name` or `name@domain` stands for; domain is the one for a name.

        Never fails: a malformed address of the service stays as it is.
        """
        local, at, host = text.strip(_ASCII_BLANKS).rpartition("@")
        name = _NORMALIZED.sub(lambda found: unicodedata.normalize("NFC", found[0]), local if at else host)
        name = name.translate(_ASCII_LOWER)
        return cls(f"{name}@{normalize_domain(host) if at else domain}")

    @property
    def local(self) -> str:
        """The part before the @."""
        return self.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.rpartition("@")[2]

    def is_in(self, domain: str) -> bool:
        """Return whether the address is in a domain, and not in a subdomain."""
        return self.domain == domain


def parse_domain(text: str) -> str:
    """Return a domain in lower case and Punycode. Raise ValueError if it is no valid domain name."""
    encoded = _to_punycode(text)
    if "." not in encoded.strip("."):
        raise ValueError("it has no dot")
    if encoded.endswith("."):
        raise ValueError("it ends with a dot")
    return encoded


def normalize_domain(text: str) -> str:
    """Return a domain that the service sent as parse_domain() does, or in lower case if it is no valid name."""
    try:
        return parse_domain(text)
    except ValueError:
        return text.strip(_ASCII_BLANKS).translate(_ASCII_LOWER)


def parse_host(text: str) -> str:
    """Return a host name or an IP address as it is sent, an IDN in Punycode. Raise ValueError if it is neither."""
    name = text.strip(_ASCII_BLANKS)
    if _ASCII_HOST.fullmatch(name):
        return name
    if not name or name.isascii():
        raise ValueError("there is a character that no name has")
    return _to_punycode(name)


class Named(NamedTuple):
    """An address in the options: its place, the string as written, and the address that it means."""

    place: str
    written: str
    address: Address


def parse_named(place: str, written: str, domain: str) -> Named:
    """Return the address in one place; domain is the one for a name without."""
    return Named(place, written, Address.parse(written, domain))


def parse_list(option: str, written: Iterable[str], domain: str) -> list[Named]:
    """Return the addresses in a list option."""
    return [parse_named(place, each, domain) for place, each in numbered(option, written).items()]


def address_problem(place: str, written: str) -> str | None:
    """Return what is wrong with the syntax of an address or bare name, if anything."""
    local, at, host = written.strip(_ASCII_BLANKS).rpartition("@")
    if not _LOCAL_PART.fullmatch(local if at else host):
        return f"{place}: {written!r} is no address (expected: name or name@domain)"
    hidden = find_hidden(local if at else host) or find_hidden(host.translate(WITHOUT_JOINERS))
    if hidden:
        return f"{place}: {written!r} has {hidden}"
    if not at:
        return None
    try:
        parse_domain(host)
    except ValueError as error:
        return f"{place}: {written!r} has no valid domain ({error})"
    return None


def hidden_problem(place: str, written: str) -> str | None:
    """Return which character of a name cannot be seen, or is another one than it seems to be, if any."""
    hidden = find_hidden(written.strip(_ASCII_BLANKS))
    return f"{place}: {written!r} has {hidden}" if hidden else None


def find_hidden(text: str) -> str | None:
    """Return the first character of a name that cannot be seen, or is another one than it seems to be, in words."""
    for each in text:
        kind = "invisible" if _is_invisible(each) else "full-width or half-width" if _has_other_width(each) else None
        if kind:
            return f"the {kind} character U+{ord(each):04X} ({unicodedata.name(each, 'without a name')})"
    return None


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or bool(_IGNORABLE.match(character))


def _has_other_width(character: str) -> bool:
    return unicodedata.east_asian_width(character) in ("F", "H")


def local_address_problem(named: Named, domain: str) -> str | None:
    """Return what is wrong with an address that must be in the managed domain, if anything."""
    problem = address_problem(named.place, named.written)
    if problem or named.address.is_in(domain):
        return problem
    return f"{named.place}: {named.written!r} is not in the domain {domain}"


def duplicate_problems(places: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the places of each value that is given twice; places: (place, value as written, what it means)."""
    first: dict[str, tuple[str, str]] = {}
    problems = []
    for place, written, value in places:
        if value in first:
            problems.append(f"{place}: {written!r} is the same as {first[value][1]!r} in {first[value][0]}")
        else:
            first[value] = (place, written)
    return problems


def numbered(option: str, values: Iterable[Value]) -> dict[str, Value]:
    """Return each value of a list option by its place, such as `subscribers[2]`."""
    return {f"{option}[{index}]": value for index, value in enumerate(values)}


def parse_local_list(option: str, written: Iterable[str], domain: str) -> tuple[tuple[Address, ...], list[str | None]]:
    """Return the addresses in a list option, which must be in the managed domain, and what is wrong with them."""
    names = parse_list(option, written, domain)
    problems = [local_address_problem(named, domain) for named in names]
    return tuple(named.address for named in names), problems + duplicate_problems(names)


def raise_problems(problems: Iterable[str | None]) -> None:
    """Raise InvalidInputError with all problems at once, if there are any."""
    found = [problem for problem in problems if problem]
    if found:
        raise InvalidInputError(found)


def _to_punycode(name: str) -> str:
    """Return a host name in lower case and Punycode; raise ValueError if it is none.

    Names that need no encoding are told apart, because idna takes longer than all else of a long listing.
    """
    plain = name.strip(_ASCII_BLANKS).translate(_ASCII_LOWER)
    if len(plain) <= _LONGEST_HOST and _PLAIN_HOST.fullmatch(plain):
        return plain
    try:
        encoded: str = idna.encode(plain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError(str(error)) from None
    return encoded.lower()
