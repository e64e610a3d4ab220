# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of an organization's state, for tests: everything by its address."""

from __future__ import annotations

from typing import Any

from y360_emulator import forms
from y360_emulator.forms import Forms
from y360_emulator.records import Department, Group, User
from y360_emulator.store import Member, Permission, Store

Picture = dict[str, Any]


def of(store: Store, organization: int) -> Picture:
    """Return the picture of an organization; what has no address is under `#` and its ID."""
    return _Painter(store, organization).picture()


class _Painter:
    def __init__(self, store: Store, organization: int) -> None:
        self._store = store
        self._o = organization
        self._forms = Forms(store, organization)

    def picture(self) -> Picture:
        store, o = self._store, self._o
        users = {self._forms.email(user): self._user(user) for user in store.users.page(o)}
        groups = {self._key(group): self._group(group) for group in store.groups.page(o)}
        departments = {self._key(item): self._department(item) for item in store.departments.page(o)}
        shared = {self._forms.address(item.label): item for item in store.shared.page(o)}
        return {
            "id": o,
            "domains": {item.id: forms.domain(item) for item in store.domains.page(o)},
            "users": users,
            "groups": groups,
            "departments": departments,
            "external_contacts": [forms.contact(item) for item in store.contacts.page(o)],
            "shared_mailboxes": {
                address: {**forms.shared(item, address), "actors": self._actors(item.id)}
                for address, item in shared.items()
            },
            "delegated_mailboxes": {str(item.id): self._actors(item.id) for item in store.delegated.page(o)},
        }

    def _key(self, item: Group | Department) -> str:
        return self._forms.address(item.label) or f"#{item.id}"

    def _user(self, user: User) -> Picture:
        return {
            **self._forms.user(user),
            "password": user.password,
            "passwordChangeRequired": user.password_change_required,
            "senderInfo": self._forms.sender_info(user),
            "rules": [*user.rules],
        }

    def _group(self, group: Group) -> Picture:
        members = self._store.members(self._o, group.id)
        permissions = self._permissions(group.email_id)
        return {
            **self._forms.group(group),
            "member_names": [self._member_name(member) for member in members],
            "permissions": permissions,
        }

    def _department(self, department: Department) -> Picture:
        return {**self._forms.department(department), "permissions": self._permissions(department.email_id)}

    def _permissions(self, email_id: int) -> dict[str, list[str]]:
        granted: dict[str, list[str]] = {}
        for permission in self._store.permissions(self._o, email_id) if email_id else ():
            granted.setdefault(permission.role, []).append(self._subject_name(permission))
        return granted

    def _actors(self, resource: int) -> dict[str, list[str]]:
        return {str(actor): roles for actor, roles in self._store.actors(self._o, resource).items()}

    def _subject_name(self, permission: Permission) -> str:
        if permission.kind in {"anonymous", "organization"}:
            return permission.kind
        return self._member_name(Member(permission.kind, str(permission.id)))

    def _member_name(self, member: Member) -> str:
        """Return the address of a member, or its kind and ID."""
        store, o, (kind, number) = self._store, self._o, member
        if kind == "user" and (user := store.users.get(o, int(number))):
            return self._forms.email(user)
        if kind == "external_contact" and (contact := store.contacts.get(o, number)):
            return str(contact.emails[0]["email"])
        owner: Any = None
        if kind == "group":
            owner = store.groups.get(o, int(number))
        elif kind == "department":
            owner = store.departments.get(o, int(number))
        elif kind == "shared_mailbox":
            owner = store.shared.get(o, int(number))
        return (self._forms.address(owner.label) if owner else "") or f"{kind}#{number}"
