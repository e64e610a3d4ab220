# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Indexes from addresses to IDs, and back, of what the service lists. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .._core.paging import Listing
from .._mail.address import Address
from .._mail.models import Mailbox
from .rows import Account, Member, Named


class Users:
    """The users of an organization. Those that are no mailboxes of its own have an ID, and nothing else."""

    def __init__(self, listing: Listing[Account]) -> None:
        self.mailboxes = Listing((each.mailbox for each in listing if each.is_own), listing.shortage)
        self.by_login: dict[Address, Mailbox] = {each.login: each for each in self.mailboxes}
        self.logins = {str(each.uid): each.login for each in self.mailboxes}
        self.foreign = frozenset(str(each.mailbox.uid) for each in listing if not each.is_own)
        self.aliases = {alias: each.login for each in self.mailboxes for alias in each.aliases}


class Directory:
    """Groups, departments, shared mailboxes, or external contacts. If two have one address, the lowest ID counts."""

    def __init__(self, rows: Iterable[Named], shortage: str | None = None) -> None:
        self.rows = sorted(rows, key=lambda row: (len(row.member.id), row.member.id))
        self.shortage = shortage
        self.by_member = {row.member: row for row in self.rows}
        self.by_address: dict[Address, Named] = {}
        for row in self.rows:
            for address in row.addresses if row.is_own else ():
                self.by_address.setdefault(address, row)

    def address(self, member: Member) -> Address | None:
        """Return the main address of a member, if it has one."""
        row = self.by_member.get(member)
        return row.addresses[0] if row and row.is_own and row.addresses else None
