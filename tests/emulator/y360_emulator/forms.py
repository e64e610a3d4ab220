# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of objects in answers (docs/api/y360.md, 2.2, 3.2, 6, 7, 8). Derived values are computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from y360_emulator import clock, names
from y360_emulator.records import (
    Contact,
    Department,
    DnsRecord,
    Domain,
    Group,
    Organization,
    SharedMailbox,
    User,
)
from y360_emulator.store import Member, Store

Answer = dict[str, Any]

SPF = "v=spf1 redirect=_spf.yandex.net"
MX = "mx.yandex.net."
NS = "dns1.yandex.net."
MEMBER_KINDS = ("user", "group", "department")
"""The kinds of members that the first version of the calls knows."""


class Forms:
    """The forms of the objects of an organization."""

    def __init__(self, store: Store, organization: int) -> None:
        self._store = store
        self._o = organization

    @cached_property
    def _domain(self) -> str:
        return names.main_domain(self._store, self._o)

    @cached_property
    def _staff(self) -> Counter[int]:
        """The number of users of each department, nested ones included."""
        parents = {each.id: each.parent for each in self._store.departments.page(self._o)}
        staff: Counter[int] = Counter()
        for user in self._store.users.page(self._o):
            department = user.department
            while department in parents:
                staff[department] += 1
                department = parents[department]
        return staff

    def address(self, name: str) -> str:
        """Return the address of a local part, empty if that is empty."""
        return f"{name}@{self._domain}" if name else ""

    def email(self, user: User) -> str:
        """Return the main address of a user."""
        return user.outside_email or self.address(user.nickname)

    # Users

    def user(self, user: User, *, listed: bool = False) -> Answer:
        """Return a user as the first host shows it; listings do not have the display name."""
        answer = {
            **self.short_user(user),
            "about": user.about,
            "birthday": user.birthday,
            "contacts": self._contacts(user),
            "aliases": [*user.aliases],
            "groups": self.groups_of(user),
            "externalId": user.external_id,
            "isAdmin": user.is_admin,
            "isRobot": user.is_robot,
            "isDismissed": user.is_dismissed,
            "isEnabled": user.is_enabled,
            "timezone": user.timezone,
            "language": user.language,
            "createdAt": user.created,
            "updatedAt": user.updated,
        }
        if user.is_enabled_updated:
            answer["isEnabledUpdatedAt"] = user.is_enabled_updated
        if user.display_name and not listed:
            answer["displayName"] = user.display_name
        return answer

    def short_user(self, user: User) -> Answer:
        """Return a user as lists of members show it."""
        return {
            "id": str(user.id),
            "nickname": user.nickname,
            "departmentId": user.department,
            "email": self.email(user),
            "name": {"first": user.first, "last": user.last, "middle": user.middle},
            "gender": user.gender,
            "position": user.position,
            "avatarId": user.avatar,
        }

    def cloud_user(self, user: User) -> Answer:
        """Return a user as the other host shows it."""
        answer = {
            "id": user.id,
            "nickname": user.nickname,
            "department_id": user.department,
            "email": self.email(user),
            "default_email": user.default_from or self.email(user),
            "name": {"first": user.first, "middle": user.middle, "last": user.last},
            "display_name": user.display_name,
            "gender": user.gender,
            "position": user.position,
            "avatar_id": user.avatar,
            "about": user.about,
            "birthday": user.birthday,
            "contacts": [_without_empty_label(contact) for contact in self._contacts(user)],
            "aliases": [*user.aliases],
            "external_id": user.external_id,
            "is_admin": user.is_admin,
            "is_robot": user.is_robot,
            "is_dismissed": user.is_dismissed,
            "is_2fa_enabled": False,
            "is_enabled": user.is_enabled,
            "timezone": user.timezone,
            "language": user.language,
            "created_at": user.created,
            "updated_at": clock.moscow(user.updated),
        }
        return answer | ({"is_enabled_updated_at": user.is_enabled_updated} if user.is_enabled_updated else {})

    def groups_of(self, user: User) -> list[int]:
        """Return the groups of which a user is a direct member."""
        return self._store.groups_of(self._o, Member("user", str(user.id)))

    def _contacts(self, user: User) -> list[Answer]:
        """Return the contacts of a user: those of the addresses appear by themselves."""
        synthetic = [(self.email(user), True), *((self.address(alias), False) for alias in user.aliases)]
        own = {"main": False, "alias": False, "synthetic": False}
        return [
            {"type": "email", "value": value, "main": main, "alias": not main, "synthetic": True, "label": ""}
            for value, main in synthetic
        ] + [{**contact, **own} for contact in user.contacts]

    def sender_info(self, user: User) -> Answer:
        """Return a user's signatures and sender."""
        return {
            "fromName": user.from_name or f"{user.first} {user.last}".strip(),
            "defaultFrom": user.default_from or self.email(user),
            "signs": [*user.signs],
            "signPosition": user.sign_position,
        }

    # Groups

    def group(self, group: Group) -> Answer:
        """Return a group as the first host shows it."""
        members = self._store.members(self._o, group.id)
        return {
            "id": group.id,
            "name": group.name,
            "type": group.type,
            "description": group.description,
            "membersCount": len(members) if group.members_count is None else group.members_count,
            "label": group.label,
            "email": self.address(group.label),
            "emailId": _email_id(group),
            "aliases": [*group.aliases],
            "externalId": group.external_id,
            "removed": group.removed,
            "members": [{"type": kind, "id": number} for kind, number in members if kind in MEMBER_KINDS],
            "memberOf": self._store.groups_of(self._o, Member("group", str(group.id))),
            "createdAt": group.created,
        }

    def cloud_group(self, group: Group) -> Answer:
        """Return a group as the other host shows it: without members and the ID of its address."""
        known = self.group(group)
        return {
            "id": group.id,
            "name": group.name,
            "type": group.type,
            "description": group.description,
            "members_count": known["membersCount"],
            "label": group.label,
            "email": known["email"],
            "aliases": known["aliases"],
            "removed": group.removed,
            "member_of": known["memberOf"],
            "created_at": group.created,
            "is_2fa_enabled": False,
        }

    def members(self, members: Iterable[Member]) -> Answer:
        """Return members of all kinds as the second version of the calls shows them."""
        shown: dict[str, list[Answer]] = {
            "user": [],
            "group": [],
            "department": [],
            "external_contact": [],
            "shared_mailbox": [],
        }
        for member in members:
            shown[member.kind].append(self._member(member))
        return {
            "users": shown["user"],
            "groups": shown["group"],
            "departments": shown["department"],
            "externalContacts": shown["external_contact"],
            "sharedMailboxes": shown["shared_mailbox"],
        }

    def _member(self, member: Member) -> Answer:
        kind, number = member
        if kind == "user" and (user := self._store.users.get(self._o, int(number))):
            return self.short_user(user)
        if kind == "group" and (group := self._store.groups.get(self._o, int(number))):
            return {"id": group.id, "name": group.name, "membersCount": self._store.count_members(self._o, group.id)}
        if kind == "department" and (department := self._store.departments.get(self._o, int(number))):
            return {"id": department.id, "name": department.name, "membersCount": self._staff[department.id]}
        if kind == "shared_mailbox" and (shared := self._store.shared.get(self._o, int(number))):
            return {"id": str(shared.id), "name": shared.name}
        contact = self._store.contacts.get(self._o, number)
        assert contact, "members are removed together with what they are"
        return {"id": contact.id, **{key: contact.texts.get(key, "") for key in CONTACT_NAMES}}

    # Departments

    def department(self, department: Department) -> Answer:
        """Return a department as the first host shows it."""
        return {
            "id": department.id,
            "name": department.name,
            "parentId": department.parent,
            "description": department.description,
            "createdAt": department.created,
            "externalId": department.external_id,
            "label": department.label,
            "email": self.address(department.label),
            "emailId": _email_id(department),
            "headId": "",
            "membersCount": self._staff[department.id],
            "aliases": [*department.aliases],
        }

    def cloud_department(self, department: Department) -> Answer:
        """Return a department as the other host shows it. Chosen: with the parent in both documented forms."""
        return {
            "id": department.id,
            "name": department.name,
            "parent_id": department.parent,
            "parent": {"id": department.parent},
            "description": department.description,
            "created_at": department.created,
            "external_id": department.external_id,
            "label": department.label,
            "email": self.address(department.label),
            "head_id": 0,
            "members_count": self._staff[department.id],
            "aliases": [*department.aliases],
            "removed": False,
            "is_2fa_enabled": False,
        }


CONTACT_NAMES = ("firstName", "lastName", "middleName")
CONTACT_TEXTS = (*CONTACT_NAMES, "title", "company", "department", "address", "externalId")


def contact(item: Contact) -> Answer:
    """Return an external contact."""
    return {
        "id": item.id,
        **{key: item.texts.get(key, "") for key in CONTACT_TEXTS},
        "emails": [*item.emails],
        "phones": [*item.phones],
        "createdAt": item.created,
        "updatedAt": item.updated,
    }


def shared(item: SharedMailbox, address: str) -> Answer:
    """Return a shared mailbox."""
    return {
        "id": str(item.id),
        "email": address,
        "name": item.name,
        "description": item.description,
        "createdAt": item.created,
        "updatedAt": item.updated,
    }


def organization(item: Organization) -> Answer:
    """Return an organization."""
    return {
        "id": item.id,
        "name": item.name,
        "email": item.owner,
        "phone": "",
        "fax": "",
        "language": "ru",
        "subscriptionPlan": "free",
    }


def domain(item: Domain) -> Answer:
    """Return a domain; `mx` and `delegated` are the results of the last check."""
    return {
        "name": item.id,
        "country": item.country,
        "mx": bool(item.mx),
        "delegated": bool(item.ns),
        "master": item.master,
        "verified": item.verified,
        "status": {
            "name": item.id,
            "lastCheck": item.checked,
            "lastAdded": item.added,
            "spf": _check(item.spf, SPF),
            "mx": _check(item.mx, MX),
            "ns": _check(item.ns, NS),
            "dkim": _check(item.dkim, "v=DKIM1"),
        },
    }


def dns_record(item: DnsRecord) -> Answer:
    """Return a DNS record."""
    return {"recordId": item.id, **item.content}


def _check(result: bool | None, value: str) -> Answer | None:
    return None if result is None else {"match": result, "value": value if result else ""}


def _email_id(owner: Group | Department) -> str:
    return str(owner.email_id) if owner.email_id else ""


def _without_empty_label(item: Mapping[str, Any]) -> Answer:
    return {key: value for key, value in item.items() if key != "label" or value}
