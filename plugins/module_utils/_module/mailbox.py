# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of *_mailbox: create, change and delete mailboxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .._core.converge import Outcome, until_visible
from .._core.errors import Ambiguity, ServiceError
from .._core.paging import Listing, read_whole
from .._mail.address import Address, raise_problems
from .._mail.models import Mailbox
from .._mail.service import AliasService
from .._plan import mailboxes as plans
from .._plan.mailboxes import DesiredMailbox, MailboxState, MailboxStep
from .._plan.removals import INCOMPLETE_ADVICE, UNWRITTEN_ADVICE, raise_guard
from .body import Input, Run, WritingBody
from .subscribers import read_lists


class MailboxBody(WritingBody[tuple[DesiredMailbox, ...], MailboxState, MailboxStep]):
    """Mailboxes exist, or do not, and have properties. Only where aliases can be set, there is an option for them."""

    client: AliasService

    def __init__(self, run: Run, desired: tuple[DesiredMailbox, ...]) -> None:
        super().__init__(run, desired)
        self._by_login = {each.login: each for each in desired}
        self._uids: dict[Address, int | None] = {}  # of mailboxes that were created
        self._found: dict[Address, Mailbox] = {}  # mailboxes as they were when they were read again
        self._disabled: set[Address] = set()  # mailboxes that were blocked so that they can be deleted

    @staticmethod
    def parse(given: Input) -> tuple[DesiredMailbox, ...]:
        """Return what the options say of each mailbox."""
        return plans.parse(given.options, given.domain, given.rules)

    def read(self) -> MailboxState:
        """Read all mailboxes. One that cannot be created must exist; in check mode an earlier task may create it."""

        def read() -> Listing[Mailbox]:
            return read_whole(self.client.mailboxes)

        transport = self.client.transport
        listing = read() if self.run.check_mode else until_visible(transport, read, self._find_missing)
        doubts = self._find_doubts(self.desired, listing)
        if listing.shortage and not doubts:
            self.run.warn(f"The listing is incomplete: {listing.shortage}.")
        expected = self.run.predicted
        accounts = plans.with_expected({**self._find_lists(), **_by_login(listing)}, self.desired, expected)
        missing = self._find_missing(accounts.values())
        if self.run.check_mode and not expected.is_known:
            accounts.update({login: plans.make_blank(login) for login in missing})
        elif missing and not doubts:
            steps = self._plan_existence(accounts, self.desired)
            problems = filter(None, plans.check_new(steps, self._by_login, self.client.rules))
            message = "; ".join([f"no such mailbox: {', '.join(missing)}", *problems])
            raise ServiceError("not_found", message, advice="Only a mailbox that is given a password is created.")
        return MailboxState(accounts, self.desired, doubts=tuple(doubts))

    def plan(self, state: MailboxState) -> list[MailboxStep]:
        """Return what to create, to delete and, of the mailboxes that exist, to change."""
        return [
            *self._plan_existence(state.accounts, self.desired),
            *self._plan_updates(state.accounts, self.desired, state.fresh),
        ]

    def guard(self, state: MailboxState, steps: Sequence[MailboxStep]) -> None:
        """Stop if a mailbox that seems to be gone may exist, and for what only the current state shows to be wrong."""
        raise_guard(state.doubts, advice=UNWRITTEN_ADVICE)
        raise_problems(plans.check_new(steps, self._by_login, self.client.rules))
        raise_problems(plans.find_unanswered_questions(state.after(steps).accounts, self.desired))

    def send(self, step: MailboxStep) -> None:
        """Create, delete or change one mailbox."""
        desired = self._by_login[step.login]
        if step.action == "create":
            values = {**{name: desired.properties[name] for name in step.properties}, **desired.credentials}
            self._uids[step.login] = self.client.add_mailbox(step.login, desired.password or "", values)
        elif step.action == "delete":
            self._delete(step.login)
        elif step.alias:
            change = self.client.remove_alias if step.is_removal else self.client.add_alias
            change(step.login, step.alias)
        else:
            values = {**desired.properties, "password": desired.password}
            changes = {name: values[name] for name in step.properties}
            if "password" in changes:
                changes |= desired.credentials
            if "hint_question" in changes:
                changes["hint_answer"] = desired.hint_answer
            self.client.edit_mailbox(step.login, changes)

    def _delete(self, login: Address) -> None:
        """Delete a mailbox, which some services have be blocked before."""
        if self.client.capabilities.disables_before_delete:
            self.client.edit_mailbox(login, {"enabled": False})
            self._disabled.add(login)
        self.client.delete_mailbox(login)

    def find_left(self, state: MailboxState, steps: Collection[MailboxStep]) -> Iterable[MailboxStep]:
        """Read all mailboxes again."""
        listing = read_whole(self.client.mailboxes)
        accounts = _by_login(listing)
        updates = [step for step in steps if step.action == "update"]
        existence = [step for step in steps if step.action != "update"]
        doubts = self._find_doubts([self._by_login[step.login] for step in existence], listing)
        raise_guard(doubts, advice=INCOMPLETE_ADVICE)
        self._found.update({step.login: accounts[step.login] for step in existence if step.login in accounts})
        taken = [step for step in existence if step.login in accounts and accounts[step.login].is_maillist]
        invisible = [step for step in updates if step.login not in accounts]
        return [
            *taken,
            *invisible,
            *self._plan_existence(accounts, [self._by_login[step.login] for step in existence]),
            *self._plan_updates(accounts, [self._by_login[step.login] for step in updates], state.fresh),
        ]

    def update(self, state: MailboxState, steps: Iterable[MailboxStep]) -> MailboxState:
        """Return the state after steps. What was settled by reading is as it was read: others may have made it."""
        steps = list(steps)
        after = state.after(steps)
        accounts = dict(after.accounts)
        for step in steps:
            if step.action == "create":
                accounts[step.login] = replace(accounts[step.login], uid=self._uids.get(step.login))
        found, self._found = self._found, {}
        accounts.update({login: mailbox for login, mailbox in found.items() if self._by_login[login].present})
        return replace(after, accounts=accounts)

    def settle(self, state: MailboxState, outcome: Outcome[MailboxStep]) -> None:
        """Add to failures that a mailing list has the address of the mailbox."""
        taken = [step for step, error in outcome.failed.items() if error.ambiguity is Ambiguity.TAKEN]
        maillists = {login for login, mailbox in state.accounts.items() if mailbox.is_maillist}
        if taken and not self.client.capabilities.lists_maillists_twice:
            with suppress(ServiceError):  # the message stays as it is
                maillists |= read_lists(self.client).keys()
        for step in taken:
            name = step.alias or step.login
            if name in maillists:
                outcome.explain(step, f"{name} is a mailing list")
        known = plans.find_taken(state.accounts, self.desired, self.client.capabilities.taken_code)
        outcome.failed = {**known, **outcome.failed}
        left = [step.login for step in outcome.failed if step.action == "delete" and step.login in self._disabled]
        outcome.done += [plans.make_disabled(login) for login in left if state.accounts[login].enabled]

    def result(self, state: MailboxState, outcome: Outcome[MailboxStep]) -> dict[str, Any]:
        """Return the mailboxes that the task names, and what was done."""
        named = [state.accounts[each.login] for each in self.desired if each.present and each.login in state.accounts]
        created = {step.login for step in outcome.done if step.action == "create"}
        return {
            "mailboxes": [
                plans.to_result(mailbox, self.client.capabilities) for mailbox in named if not mailbox.is_maillist
            ],
            "created": sorted(created),
            "updated": sorted({step.login for step in outcome.done if step.action == "update"} - created),
            "deleted": sorted(step.login for step in outcome.done if step.action == "delete"),
        }

    def _find_lists(self) -> dict[Address, Mailbox]:
        """Return the mailing lists that are not among the mailboxes, as far as their names may be in the way.

        In a real run, the service refuses such a name.
        """
        is_named = any(each.present and (each.password or each.aliases) for each in self.desired)
        if self.client.capabilities.lists_maillists_twice or not (self.run.check_mode and is_named):
            return {}
        return {address: replace(plans.make_blank(address), is_maillist=True) for address in read_lists(self.client)}

    def _plan_existence(
        self, accounts: Mapping[Address, Mailbox], desired: Collection[DesiredMailbox]
    ) -> list[MailboxStep]:
        return plans.plan_existence(accounts, desired, self.client.capabilities.creation_properties)

    @staticmethod
    def _plan_updates(
        accounts: Mapping[Address, Mailbox], desired: Collection[DesiredMailbox], fresh: Collection[Address]
    ) -> list[MailboxStep]:
        return [*plans.plan_updates(accounts, desired, fresh), *plans.plan_aliases(accounts, desired)]

    def _find_missing(self, accounts: Iterable[Mailbox]) -> list[Address]:
        """Return the addresses of mailboxes that must exist, but do not."""
        there = _by_login(accounts)
        return [each.login for each in self.desired if each.present and not each.password and each.login not in there]

    def _find_doubts(self, desired: Iterable[DesiredMailbox], listing: Listing[Mailbox]) -> list[str]:
        """Return why mailboxes that are to be absent may be what an incomplete listing lacks."""
        doubtful = plans.find_doubtful_removals(_by_login(listing), desired) if listing.shortage else []
        problem = f"{listing.shortage}, so it is unknown whether these exist: {', '.join(doubtful)}"
        return [problem] if doubtful else []


def _by_login(accounts: Iterable[Mailbox]) -> dict[Address, Mailbox]:
    return {mailbox.login: mailbox for mailbox in accounts}
