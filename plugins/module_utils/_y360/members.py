# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Members of lists: what an address stands for, and the address of what is a member (docs/api/y360.md, 3, 7 and 8).

A member is a user, a group, a department, a shared mailbox, or an external contact. A list shows only IDs of most of
these, so what they are is read where it is needed, once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping

from .._core.rows import objects
from .._core.transport import Transport
from .._core.values import to_string
from .._mail.address import Address
from .._mail.models import Unaddressed
from .api import OTHERS_ON_PAGE, USERS_ON_PAGE, Api
from .index import Directory, Users
from .once import Once
from .rows import (
    CONTACT,
    DEPARTMENT,
    FIRST_OWN_ID,
    GROUP,
    MEMBER_KINDS,
    SHARED,
    USER,
    Member,
    Named,
    read_contact,
    read_department,
    read_id,
    read_member,
    read_shared,
)


class Membership:
    """Who is in a list: members by address, and those that have none; usable from many threads."""

    def __init__(self) -> None:
        self.by_address: dict[Address, list[Member]] = {}
        self.unaddressed: list[Unaddressed] = []
        self._senders: Once[frozenset[Member]] | None = None
        self._lock = threading.Lock()

    def senders(self, read: Callable[[], frozenset[Member]]) -> Once[frozenset[Member]]:
        """Return who may send on behalf of the list, which is read when it is needed."""
        with self._lock:
            self._senders = self._senders or Once(read)
            return self._senders


class Members:
    """What can be a member in one organization; usable from many threads."""

    def __init__(
        self,
        transport: Transport,
        api: Api,
        users: Once[Users],
        groups: Once[Directory],
        *,
        main_domain: str,
        domains: Callable[[], frozenset[str]],
    ) -> None:
        self._transport = transport
        self._api = api
        self._users = users
        self._groups = groups
        self._main_domain = main_domain
        self._domains = domains
        self._departments = Once(self._read_departments)
        self._shared = Once(self._read_shared)
        self._contacts = Once(self._read_contacts)
        self._adding = threading.Lock()
        self._added: dict[Address, Member] = {}

    def reset(self) -> None:
        """Forget what was read."""
        for each in (self._departments, self._shared, self._contacts):
            each.reset()

    def is_outside(self, address: Address) -> bool:
        """Return whether an address is in no domain of the organization."""
        return address.domain not in self._domains()

    def resolve(self, address: Address) -> Address:
        """Return the main address of what an address belongs to: aliases are in no other namespace than logins."""
        if self.is_outside(address):
            return address
        own = Address(f"{address.local}@{self._main_domain}")
        groups = self._groups.peek()
        group = groups.by_address.get(own) if groups else None
        return group.addresses[0] if group else self._users.get().aliases.get(own, own)

    def find(self, address: Address) -> Member | None:
        """Return what has an address."""
        user = self.find_user(address)
        if user:
            return user
        address = self.resolve(address)
        own = (self._groups, self._departments, self._shared)
        directories = (self._contacts,) if self.is_outside(address) else own
        found = (directory.get().by_address.get(address) for directory in directories)
        return next((each.member for each in found if each), None)

    def find_user(self, address: Address) -> Member | None:
        """Return the mailbox that has an address, if it is one."""
        mailbox = self._users.get().by_login.get(self.resolve(address))
        return Member(USER, str(mailbox.uid)) if mailbox else None

    def add_contact(self, address: Address) -> Member:
        """Make an external contact, with a name made of its address, since the service demands one."""
        endpoint = self._api.directory("external_contacts")
        body = {
            "firstName": address.local,
            "lastName": address.domain,
            "emails": [{"email": address, "type": "work", "main": True}],
        }
        with self._adding:
            if address not in self._added:
                self._added[address] = Member(CONTACT, read_id(self._api.write("POST", endpoint, body), endpoint))
            return self._added[address]

    def read(self, group: str) -> Membership:
        """Read the members of a group. What is not of this organization is left out."""
        endpoint = self._api.directory(f"groups/{group}/members", version=2)
        answer = self._api.read(endpoint)
        found = Membership()
        for kind, (key, _ids) in MEMBER_KINDS.items():
            for row in objects({key: answer.get(key)}, key, endpoint):
                named = read_member(kind, row, endpoint)
                if self._is_foreign(named.member):
                    continue
                address = self._address(named.member, row)
                if address:
                    found.by_address.setdefault(address, []).append(named.member)
                else:
                    found.unaddressed.append(Unaddressed(kind, named.member.id, named.name))
        return found

    def _is_foreign(self, member: Member) -> bool:
        if member.kind == USER:
            return int(member.id) < FIRST_OWN_ID or member.id in self._users.get().foreign
        group = self._groups.get().by_member.get(member) if member.kind == GROUP else None
        return group is not None and not group.is_own

    def _address(self, member: Member, row: Mapping[str, object]) -> Address | None:
        if member.kind == USER:
            known = self._users.get().logins.get(member.id)
            nickname = to_string(row.get("nickname"))  # of a user who is newer than the listing
            return known or (Address.parse(nickname, self._main_domain) if nickname else None)
        directories = {
            GROUP: self._groups,
            DEPARTMENT: self._departments,
            SHARED: self._shared,
            CONTACT: self._contacts,
        }
        return directories[member.kind].get().address(member)

    def _read_departments(self) -> Directory:
        endpoint = f"v1/directory/organizations/{self._api.organization}/departments"
        return Directory(
            self._api.offsets(
                endpoint,
                lambda row: read_department(row, self._main_domain, endpoint),
                of="the departments",
                size=USERS_ON_PAGE,
                identify=lambda row: row.member,
            )
        )

    def _read_shared(self) -> Directory:
        """Read all shared mailboxes: the listing has only their IDs."""
        endpoint = f"admin/v1/org/{self._api.organization}/mailboxes/shared"
        listing = self._api.pages(
            endpoint,
            "resources",
            lambda row: Named(Member(SHARED, read_id(row, endpoint, "resourceId")), "", ()),
            of="the shared mailboxes",
            size=OTHERS_ON_PAGE,
            identify=lambda row: row.member,
        )

        def read(row: Named) -> Named:
            place = f"{endpoint}/{row.member.id}"
            return read_shared({"id": row.member.id, **self._api.read(place)}, self._main_domain, place)

        return Directory(self._transport.read_all(read, listing))

    def _read_contacts(self) -> Directory:
        endpoint = self._api.directory("external_contacts")
        return Directory(
            self._api.pages(
                endpoint,
                "contacts",
                lambda row: read_contact(row, self._main_domain, endpoint),
                of="the external contacts",
                size=OTHERS_ON_PAGE,
                identify=lambda row: row.member,
            )
        )


def lists_of(groups: Directory) -> Iterator[tuple[Address, Named]]:
    """Yield the groups that are mailing lists, with their addresses."""
    for group in groups.rows:
        if group.is_own and group.addresses:
            yield group.addresses[0], group
