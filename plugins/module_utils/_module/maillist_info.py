# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of *_maillist_info: read mailing lists with their subscribers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from .._mail.address import Address, parse_local_list, raise_problems
from .._mail.models import Maillist
from .._plan import subscribers as plans
from .._plan.maillists import explain_unlisted
from .._plan.removals import raise_guard
from .._plan.subscriber_options import undocumented_problem
from .body import InfoBody, Input
from .subscribers import read_accounts, read_lists, read_states, verify_counts

_ADVICE = "Run the task again later."


@dataclass(frozen=True)
class AskedMaillists:
    """The lists to read, None for all of them, and whether to read who may send on their behalf."""

    addresses: tuple[Address, ...] | None
    senders: bool


class MaillistInfoBody(InfoBody[AskedMaillists]):
    """Reads mailing lists. What is written back must not lack anything, so an incomplete listing is an error."""

    @staticmethod
    def parse(given: Input) -> AskedMaillists:
        """Return which lists to read."""
        names = given.options["maillist"]
        addresses, problems = parse_local_list("maillist", names or [], given.domain)
        if given.options["senders_on_behalf"]:
            problems.append(undocumented_problem(given.options, "senders_on_behalf"))
        raise_problems(problems)
        return AskedMaillists(None if names is None else addresses, given.options["senders_on_behalf"])

    def read(self) -> dict[str, Any]:
        """Read all lists, then the subscribers of those that were asked for."""
        asked = self.desired
        lists = read_lists(self.client)
        self._verify(lists)
        named = sorted(lists) if asked.addresses is None else asked.addresses

        def permissions(_address: Address, people: Iterable[Address]) -> Iterable[Address]:
            return people if asked.senders else ()

        states = read_states(self.client, lists, named, permissions)
        doubts, warnings = verify_counts(self.client, lists, states, permissions, strict=lambda _address: True)
        raise_guard(doubts, advice=_ADVICE)
        for warning in warnings:
            self.run.warn(warning)
        return {
            "maillists": [
                {"maillist": address, **plans.to_result(state, permissions=asked.senders)}
                for address, state in states.items()
            ],
            "details": [self._describe(lists[address]) for address in states],
            "missing": [address for address in asked.addresses or () if address not in states],
        }

    def _describe(self, maillist: Maillist) -> dict[str, Any]:
        address = maillist.address
        members = {"members": [asdict(each) for each in self.client.unaddressed(address)]}
        return {
            "maillist": address,
            "uid": maillist.uid,
            "subscribers_count": maillist.subscribers_count,
            **(members if self.client.capabilities.has_unaddressed else {}),
        }

    def _verify(self, lists: dict[Address, Maillist]) -> None:
        """Look among the mailboxes for lists that are not listed."""
        asked = self.desired.addresses
        if not self.client.capabilities.lists_maillists_twice or (asked is not None and set(asked) <= lists.keys()):
            return
        accounts = read_accounts(self.client, lists)
        missing = [each.address for each in accounts.unlisted if asked is None or each.address in asked]
        raise_guard((explain_unlisted(address) for address in missing), advice=_ADVICE)
        if accounts.shortage:
            self.run.warn(f"Mailing lists may be missing: {accounts.shortage}.")
