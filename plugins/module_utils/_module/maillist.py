# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of *_maillist: create and delete mailing lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .._core.converge import Outcome, until_visible
from .._core.errors import Ambiguity, ServiceError
from .._mail.address import Address
from .._mail.models import Maillist
from .._plan import maillists as plans
from .._plan.maillists import DesiredMaillists, MaillistState, MaillistStep
from .._plan.removals import INCOMPLETE_ADVICE, UNWRITTEN_ADVICE, raise_guard
from .body import Input, Run, WritingBody
from .subscribers import read_accounts, read_lists


class MaillistBody(WritingBody[DesiredMaillists, MaillistState, MaillistStep]):
    """Mailing lists exist, or do not."""

    def __init__(self, run: Run, desired: DesiredMaillists) -> None:
        super().__init__(run, desired)
        self._found: dict[Address, Maillist] = {}  # since the first reading, by address

    @staticmethod
    def parse(given: Input) -> DesiredMaillists:
        """Return which lists are to exist, or not."""
        return plans.parse(given.options, given.domain)

    def read(self) -> MaillistState:
        """Read all lists; those that must exist are looked for a few times."""
        lists = until_visible(self.client.transport, lambda: read_lists(self.client), self._find_missing)
        missing = self._find_missing(lists)
        if missing:
            message = f"no mailing list of {self.run.domain} has the uid {', '.join(map(str, missing))}"
            raise ServiceError("not_found", message, advice="Check maillist_uid.")
        doubts, mailboxes = self._find_doubts(self.desired, lists)
        expected = self.run.predicted
        taken = mailboxes - expected.absent if self.run.check_mode else set()
        return MaillistState(expected.without_absent(lists), tuple(doubts), frozenset(taken))

    def plan(self, state: MaillistState) -> list[MaillistStep]:
        """Return which lists to create and to delete."""
        desired = self.desired
        named = [address for address in desired.name(state.lists) if address not in state.taken]
        return plans.plan(state.lists, named, present=desired.present, exclusive=desired.exclusive)

    def guard(self, state: MaillistState, steps: Sequence[MaillistStep]) -> None:
        """Stop if lists may exist that are not listed, or if too many would be deleted."""
        raise_guard(state.doubts, advice=UNWRITTEN_ADVICE)
        plans.guard(state.lists, steps, self.desired, self.run.domain)

    def send(self, step: MaillistStep) -> None:
        """Create or delete one list."""
        if step.action == "create":
            self._found[step.maillist] = Maillist(step.maillist, self.client.add_maillist(step.maillist), 0)
        else:
            self.client.delete_maillist(step.maillist)

    def find_left(self, state: MaillistState, steps: Collection[MaillistStep]) -> Iterable[MaillistStep]:
        """Read all lists again. One that was to be deleted is gone only if it is not among the mailboxes either."""
        lists = read_lists(self.client)
        deleted = tuple(step.maillist for step in steps if step.action == "delete")
        gone = replace(self.desired, addresses=deleted, uids=(), present=False, exclusive=False)
        raise_guard(self._find_doubts(gone, lists)[0], advice=INCOMPLETE_ADVICE)
        self._found.update(lists)
        named = self.desired.name(state.lists)
        left = plans.plan(lists, named, present=self.desired.present, exclusive=self.desired.exclusive)
        return [step for step in left if step in steps]

    def settle(self, state: MaillistState, outcome: Outcome[MaillistStep]) -> None:
        """Add to failures that a mailbox has the name of a list: the service's code does not say that.

        In check mode this is known before.
        """
        outcome.failed.update(plans.find_taken(self.desired, state.taken, self.client.capabilities.taken_code))
        occupied = {step.maillist: step for step, error in outcome.failed.items() if error.ambiguity is Ambiguity.TAKEN}
        if not occupied:
            return
        try:
            mailboxes = {mailbox.login for mailbox in self.client.mailboxes() if not mailbox.is_maillist}
        except ServiceError:
            return  # the message stays as it is
        for address in mailboxes & occupied.keys():
            outcome.explain(occupied[address], f"{address} is a mailbox")

    def result(self, state: MaillistState, outcome: Outcome[MaillistStep]) -> dict[str, Any]:
        """Return the lists that are named, and what was done. Somebody else may have created one meanwhile."""
        there = {**state.lists, **self._found} if self.desired.present else state.lists
        return {
            "maillists": [_to_result(there[each]) for each in self.desired.name(there) if each in there],
            "created": sorted(step.maillist for step in outcome.done if step.action == "create"),
            "deleted": sorted(step.maillist for step in outcome.done if step.action == "delete"),
        }

    def _find_missing(self, lists: Mapping[Address, Maillist]) -> list[int]:
        """Return the uids of lists that must exist, but do not."""
        found = {maillist.uid for maillist in lists.values()}
        return [uid for uid in self.desired.uids if self.desired.present and uid not in found]

    def _find_doubts(self, desired: DesiredMaillists, lists: dict[Address, Maillist]) -> tuple[list[str], set[Address]]:
        """Look among the mailboxes for lists that count as missing; return what must stop the task, warn of the rest.

        A list that is created although it exists is refused by the service, so that is looked into in check mode only.
        Returns also the mailboxes, if they were read.
        """
        if not (plans.trusts_listing(lists, desired) and self._asks_for_accounts(desired)):
            return [], set()
        accounts = read_accounts(self.client, lists)
        addresses = accounts.mailboxes | accounts.aliases
        unlisted = [each for each in accounts.unlisted if each.address not in self.run.predicted.absent]
        problems = plans.find_unlisted_problems(unlisted, accounts.shortage, desired)
        if desired.removes and desired.verify_count:
            return problems, addresses
        for problem in problems:
            self.run.warn(f"The listing of mailing lists may be incomplete: {problem}.")
        return [], addresses

    def _asks_for_accounts(self, desired: DesiredMaillists) -> bool:
        """Return whether the mailboxes are needed: to find lists, or in check mode what has the names of new ones."""
        if self.client.capabilities.lists_maillists_twice:
            return desired.removes or self.run.check_mode
        return desired.present and self.run.check_mode


def _to_result(maillist: Maillist) -> dict[str, Any]:
    return {"maillist": maillist.address, "uid": maillist.uid, "subscribers_count": maillist.subscribers_count}
