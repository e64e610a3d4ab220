# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of *_mailbox_info: read mailboxes and their counters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .._core.converge import looks, read_found
from .._core.paging import read_whole
from .._core.show import show
from .._mail.address import Address, duplicate_problems, numbered, parse_local_list, raise_problems
from .._mail.models import Counters, Mailbox
from .._mail.service import CounterService
from .._plan import mailboxes as plans
from .body import InfoBody, Input


@dataclass(frozen=True)
class AskedMailboxes:
    """The mailboxes to read, by addresses and uids; everything: there are none of both."""

    logins: tuple[Address, ...]
    uids: tuple[int, ...]
    everything: bool
    counters: bool


class MailboxInfoBody(InfoBody[AskedMailboxes]):
    """Reads mailboxes. Only where the service has counters, there is an option for them."""

    client: CounterService

    @staticmethod
    def parse(given: Input) -> AskedMailboxes:
        """Return which mailboxes to read."""
        options = given.options
        uids = numbered("uid", options["uid"] or [])
        logins, problems = parse_local_list("login", options["login"] or [], given.domain)
        problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in uids.items())
        raise_problems(problems)
        everything = options["login"] is None and options["uid"] is None
        return AskedMailboxes(logins, tuple(uids.values()), everything, options.get("counters", False))

    def read(self) -> dict[str, Any]:
        """Read the listing, and the counters. Who is gone by then counts as missing if he was asked for."""
        listing = read_whole(self.client.mailboxes)
        if listing.shortage:
            self.run.warn(f"Mailboxes may be missing: {listing.shortage}.")
        found, missing = self._select(mailbox for mailbox in listing if not mailbox.is_maillist)
        if not self.desired.counters:
            return {"mailboxes": [self._to_result(each) for each in found], "missing": missing}
        counters = self._read_counters(found)
        vanished = [each.login for each in found if each.login not in counters]
        return {
            "mailboxes": [
                {**self._to_result(each), "counters": asdict(counters[each.login])}
                for each in found
                if each.login in counters
            ],
            "missing": missing if self.desired.everything else missing + vanished,
        }

    def _to_result(self, mailbox: Mailbox) -> dict[str, Any]:
        return plans.to_result(mailbox, self.client.capabilities)

    def _select(self, mailboxes: Iterable[Mailbox]) -> tuple[list[Mailbox], list[str]]:
        """Return the mailboxes that were asked for, in that order, and what is not there."""
        mailboxes = list(mailboxes)
        if self.desired.everything:
            return mailboxes, []
        known: dict[Any, Mailbox] = {mailbox.login: mailbox for mailbox in mailboxes}
        known.update({mailbox.uid: mailbox for mailbox in mailboxes})
        logins = {self.client.resolve(login): login for login in self.desired.logins}
        asked: list[Any] = [*logins, *self.desired.uids]
        found = list({known[each].login: known[each] for each in asked if each in known}.values())
        return found, [str(logins.get(each, each)) for each in asked if each not in known]

    def _read_counters(self, mailboxes: Sequence[Mailbox]) -> dict[Address, Counters]:
        """Read all counters at once; mailboxes that were deleted since they were listed are left out."""
        counters: dict[Address, Counters] = {}
        pending = [mailbox.login for mailbox in mailboxes]
        for _look in looks(self.client.transport):
            found, lost = read_found(self.client.transport, self.client.counters, pending)
            counters.update(found)
            listed = {mailbox.login for mailbox in self.client.mailboxes()} if lost else set()
            pending = [login for login in lost if login in listed]
            if not pending:
                break
        if pending:
            logins = ", ".join(map(show, pending))
            self.run.warn(f"Left out, because the service lists them, but does not find them: {logins}.")
        return counters
