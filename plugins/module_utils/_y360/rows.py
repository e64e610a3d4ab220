# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the objects in the service's answers: pure functions that raise ServiceError.

IDs are read as numbers or strings, and keys in the spelling of both hosts (docs/api/y360.md, 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .._core.rows import malformed, objects
from .._core.show import show
from .._core.values import to_flag, to_int, to_string
from .._mail.address import Address, normalize_domain
from .._mail.models import Mailbox, OrganizationDomain, SenderSettings, Signature

FIRST_OWN_ID = 1_130_000_000_000_000
"""Accounts with lower IDs are of other services, and only invited (docs/api/y360.md, 1.7)."""

USER, GROUP, DEPARTMENT, CONTACT, SHARED = "user", "group", "department", "external_contact", "shared_mailbox"
MEMBER_KINDS = {
    USER: ("users", "userIds"),
    GROUP: ("groups", "groupIds"),
    DEPARTMENT: ("departments", "departmentIds"),
    CONTACT: ("externalContacts", "externalContactIds"),
    SHARED: ("sharedMailboxes", "sharedMailboxIds"),
}
"""Under which keys members of a kind are listed, and sent."""
HALF_SENDER = "mail_list_half_sender"
"""The role of those who may send on behalf of a list."""
_WITH_NUMBERS = (GROUP, DEPARTMENT)
_GENDERS = ("male", "female")
_CAPITAL = re.compile(r"(?<=[a-z0-9])[A-Z]")


class Member(NamedTuple):
    """What a list can have as a member: its kind, and its ID as text."""

    kind: str
    id: str


@dataclass(frozen=True)
class Account:
    """A user. is_own: a mailbox of the organization; others are never shown, counted, or removed."""

    mailbox: Mailbox
    is_own: bool


@dataclass(frozen=True)
class Named:
    """A group, a department, a shared mailbox, or an external contact.

    addresses: the main one first; empty if it has none. email_id: of its permissions. is_own: a group that is neither
    removed nor one of the service's own.
    """

    member: Member
    name: str
    addresses: tuple[Address, ...]
    email_id: str = ""
    members_count: int | None = None
    is_own: bool = True


def pick(row: Mapping[str, Any], key: str) -> Any:
    """Return a value by its key in camel case, or in snake case as the second host has it."""
    return row[key] if key in row else row.get(_CAPITAL.sub(lambda found: f"_{found[0].lower()}", key))


def read_id(row: Mapping[str, Any], endpoint: str, key: str = "id") -> str:
    """Return an ID as text."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or not str(value).strip():
        raise malformed(endpoint, key)
    return str(value).strip()


def read_domain(row: Mapping[str, Any], endpoint: str) -> OrganizationDomain:
    """Read a row of the domains."""
    name = row.get("name")
    if not isinstance(name, str) or not name:
        raise malformed(endpoint, "name")
    status = row.get("status")
    checks = status if isinstance(status, dict) else {}

    def matches(key: str) -> bool | None:
        found = checks.get(key)
        return to_flag(found.get("match")) if isinstance(found, dict) else None

    verified, mx = to_flag(row.get("verified")), matches("mx")
    mx = to_flag(row.get("mx")) if mx is None else mx
    return OrganizationDomain(
        name=normalize_domain(name),
        main=to_flag(row.get("master")) is True,
        verified=verified,
        mx=mx,
        spf=matches("spf"),
        ns=matches("ns"),
        dkim=matches("dkim"),
        delegated=to_flag(row.get("delegated")),
        works=bool(verified and mx),
    )


def read_account(row: Mapping[str, Any], domain: str, endpoint: str) -> Account:
    """Read a user; domain: the main one of the organization."""
    uid = to_int(row.get("id"))
    if uid is None:
        raise malformed(endpoint, "id")
    names = row.get("name")
    names = names if isinstance(names, dict) else {}
    enabled = to_flag(pick(row, "isEnabled")) is not False
    is_own = uid >= FIRST_OWN_ID and not (to_flag(pick(row, "isRobot")) or to_flag(pick(row, "isDismissed")))
    gender = to_string(row.get("gender"))
    nickname = row.get("nickname")
    if is_own and not (isinstance(nickname, str) and nickname.strip()):
        raise malformed(endpoint, "nickname")
    return Account(
        Mailbox(
            login=Address.parse(to_string(nickname), domain),
            uid=uid,
            enabled=enabled,
            first_name=to_string(names.get("first")),
            last_name=to_string(names.get("last")),
            birth_date=to_string(row.get("birthday")) or None,
            sex=gender if gender in _GENDERS else "unset",
            hint_question="",
            ready=enabled,
            aliases=_aliases(row, domain),
            is_maillist=False,
            middle_name=to_string(names.get("middle")),
            position=to_string(row.get("position")),
        ),
        is_own,
    )


def read_group(row: Mapping[str, Any], domain: str, endpoint: str) -> Named:
    """Read a group. One without a label is no mailing list, and has no address."""
    removed, kind = to_flag(row.get("removed")), to_string(row.get("type")) or "generic"
    return Named(
        Member(GROUP, read_id(row, endpoint)),
        to_string(row.get("name")),
        _labelled(row, domain),
        email_id=to_string(pick(row, "emailId")),
        members_count=to_int(pick(row, "membersCount")),
        is_own=kind == "generic" and not removed,
    )


def read_department(row: Mapping[str, Any], domain: str, endpoint: str) -> Named:
    """Read a department. One with a label has an address."""
    return Named(
        Member(DEPARTMENT, read_id(row, endpoint)),
        to_string(row.get("name")),
        _labelled(row, domain),
        email_id=to_string(pick(row, "emailId")),
        is_own=not to_flag(row.get("removed")),
    )


def read_shared(row: Mapping[str, Any], domain: str, endpoint: str) -> Named:
    """Read a shared mailbox."""
    email = to_string(row.get("email"))
    addresses = (Address.parse(email, domain),) if email else ()
    return Named(Member(SHARED, read_id(row, endpoint)), to_string(row.get("name")), addresses)


def read_contact(row: Mapping[str, Any], domain: str, endpoint: str) -> Named:
    """Read an external contact."""
    emails = row.get("emails")
    found = [each for each in emails if isinstance(each, dict)] if isinstance(emails, list) else []
    found.sort(key=lambda each: to_flag(each.get("main")) is not True)
    addresses = (Address.parse(to_string(each.get("email")), domain) for each in found if each.get("email"))
    return Named(Member(CONTACT, read_id(row, endpoint)), _full_name(row), tuple(dict.fromkeys(addresses)))


def read_member(kind: str, row: Mapping[str, Any], endpoint: str) -> Named:
    """Read a member as a list shows it, with its name, and without an address."""
    name = row.get("name")
    text = name if isinstance(name, str) else _full_name(row)
    return Named(Member(kind, read_id(row, endpoint)), show(text), ())


def to_body(members: Iterable[Member]) -> dict[str, list[int | str]]:
    """Return members as they are sent."""
    body: dict[str, list[int | str]] = {}
    for member in members:
        key = MEMBER_KINDS[member.kind][1]
        body.setdefault(key, []).append(int(member.id) if member.kind in _WITH_NUMBERS else member.id)
    return body


def read_senders(answer: Mapping[str, Any], endpoint: str) -> frozenset[Member]:
    """Return who may send on behalf of a list, among its permissions. Roles are strings, or objects with a name."""
    grants = answer.get("grants")
    found = set()
    for item in objects(grants if isinstance(grants, dict) else {}, "items", endpoint):
        roles, subject = item.get("roles"), item.get("subject")
        names = roles.get("items") if isinstance(roles, dict) else None
        if not isinstance(subject, dict) or not isinstance(names, list):
            raise malformed(endpoint, "items")
        if subject.get("type") == USER and HALF_SENDER in map(_role, names):
            found.add(Member(USER, read_id(subject, endpoint)))
    return frozenset(found)


def read_sender_settings(answer: Mapping[str, Any], endpoint: str) -> SenderSettings:
    """Read the signatures of a mailbox."""
    signatures = []
    for row in objects({"signs": answer.get("signs")}, "signs", endpoint):
        emails = row.get("emails")
        signatures.append(
            Signature(
                text=to_string(row.get("text")),
                is_default=to_flag(row.get("isDefault")) is True,
                emails=tuple(map(str, emails)) if isinstance(emails, list) else (),
                language=to_string(row.get("lang")),
            )
        )
    others = {key: value for key, value in answer.items() if key != "signs"}
    return SenderSettings(tuple(signatures), others)


def to_sender_info(settings: SenderSettings) -> dict[str, Any]:
    """Return the signatures of a mailbox as they are sent."""
    signs = [
        {
            "emails": list(each.emails),
            "isDefault": each.is_default,
            "text": each.text,
            **({"lang": each.language} if each.language else {}),
        }
        for each in settings.signatures
    ]
    return {**settings.others, "signs": signs}


def _role(role: object) -> object:
    """Return the name of a role."""
    if not isinstance(role, dict):
        return role
    return next((role[key] for key in ("id", "name", "role") if isinstance(role.get(key), str)), None)


def _full_name(row: Mapping[str, Any]) -> str:
    parts = (to_string(row.get(key)) for key in ("firstName", "middleName", "lastName"))
    return " ".join(filter(None, parts))


def _labelled(row: Mapping[str, Any], domain: str) -> tuple[Address, ...]:
    label = to_string(row.get("label")).strip()
    return (Address.parse(label, domain), *_aliases(row, domain)) if label else ()


def _aliases(row: Mapping[str, Any], domain: str) -> tuple[Address, ...]:
    aliases = row.get("aliases")
    texts = (alias for alias in aliases if isinstance(alias, str) and alias) if isinstance(aliases, list) else ()
    return tuple(sorted(Address.parse(alias.partition("@")[0], domain) for alias in texts))
