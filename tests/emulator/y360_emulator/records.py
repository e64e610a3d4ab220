# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the state, as they are stored. Derived values are not: addresses, memberships, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIRST_USER = 1130000000000000
"""Accounts of the organization's domain have IDs above it; others are accounts from outside."""

FIRST_EMAIL_ID = 1150000000000000
ROOT_DEPARTMENT = 1


@dataclass(frozen=True)
class Organization:
    """An organization; `applications` are service applications."""

    id: int
    name: str
    owner: str
    mail_settings: Mapping[str, bool] = field(default_factory=dict)
    applications_active: bool = False
    applications: Sequence[Mapping[str, Any]] = ()

    @property
    def organization(self) -> int:
        """The ID, under the name that it has in all other objects."""
        return self.id


@dataclass(frozen=True)
class Domain:
    """A domain, which is its own ID; of checks that were never made the result is None."""

    organization: int
    id: str
    added: str
    checked: str
    master: bool = False
    technical: bool = False
    country: str = "ru"
    verified: bool = False
    mx: bool | None = False
    spf: bool | None = False
    ns: bool | None = False
    dkim: bool | None = None
    dkim_enabled: bool = False


@dataclass(frozen=True)
class User:
    """A user; `outside_email` is the address of an account from outside."""

    organization: int
    id: int
    nickname: str
    created: str
    updated: str
    department: int = ROOT_DEPARTMENT
    first: str = ""
    last: str = ""
    middle: str = ""
    display_name: str = ""
    password: str = ""
    password_change_required: bool = False
    gender: str = ""
    position: str = ""
    about: str = ""
    birthday: str = ""
    avatar: str = ""
    external_id: str = ""
    timezone: str = "Europe/Moscow"
    language: str = "ru"
    contacts: Sequence[Mapping[str, str]] = ()
    aliases: Sequence[str] = ()
    is_admin: bool = False
    is_robot: bool = False
    is_dismissed: bool = False
    is_enabled: bool = True
    is_enabled_updated: str = ""
    outside_email: str = ""
    default_from: str = ""
    from_name: str = ""
    signs: Sequence[Mapping[str, Any]] = ()
    sign_position: str = "bottom"
    collect_addresses: bool = True
    rules: Sequence[Mapping[str, Any]] = ()

    @property
    def is_outside(self) -> bool:
        """Whether the account is not of the organization's domain."""
        return self.id < FIRST_USER


@dataclass(frozen=True)
class Group:
    """A group, which is a mailing list if it has a label; `members_count` overrides the count if it is set."""

    organization: int
    id: int
    name: str
    created: str
    type: str = "generic"
    description: str = ""
    external_id: str = ""
    label: str = ""
    email_id: int = 0
    aliases: Sequence[str] = ()
    removed: bool = False
    members_count: int | None = None


@dataclass(frozen=True)
class Department:
    """A department, which is a mailing list if it has a label."""

    organization: int
    id: int
    name: str
    created: str
    parent: int = 0
    description: str = ""
    external_id: str = ""
    label: str = ""
    email_id: int = 0
    aliases: Sequence[str] = ()


@dataclass(frozen=True)
class Contact:
    """An external contact; the ID has 24 hex digits."""

    organization: int
    id: str
    created: str
    updated: str
    emails: Sequence[Mapping[str, Any]]
    phones: Sequence[Mapping[str, Any]] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SharedMailbox:
    """A shared mailbox."""

    organization: int
    id: int
    label: str
    name: str
    description: str
    created: str
    updated: str


@dataclass(frozen=True)
class Delegated:
    """A user's mailbox to which others may be given access; the ID is the user's."""

    organization: int
    id: int


@dataclass(frozen=True)
class Task:
    """A change of roles that is under way; it runs for so many polls more."""

    organization: int
    id: str
    resource: int
    actor: int
    roles: Sequence[str]
    polls: int
    fails: bool
    done: bool = False


@dataclass(frozen=True)
class DnsRecord:
    """A DNS record of a delegated domain."""

    organization: int
    id: int
    domain: str
    content: Mapping[str, Any]
