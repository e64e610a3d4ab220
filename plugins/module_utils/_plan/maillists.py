# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailing lists to create and to delete: pure functions from the current and the desired state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ServiceError
from .._core.show import show
from .._mail.address import Address, duplicate_problems, numbered, parse_local_list, raise_problems
from .._mail.models import Maillist
from .changes import Change
from .diff import line
from .removals import check_percent, check_removals, raise_guard


@dataclass(frozen=True)
class DesiredMaillists:
    """The lists that are named, by addresses or by uids, and whether they are to exist."""

    addresses: tuple[Address, ...]
    uids: tuple[int, ...]
    present: bool
    exclusive: bool
    max_removals_percent: int
    verify_count: bool = True

    @property
    def removes(self) -> bool:
        """Whether lists are deleted."""
        return self.exclusive or not self.present

    def is_about(self, maillist: Maillist) -> bool:
        """Return whether a list may be created or deleted."""
        return self.exclusive or maillist.address in self.addresses or maillist.uid in self.uids

    def name(self, lists: Mapping[Address, Maillist]) -> list[Address]:
        """Return the addresses of the lists that are named; uids that no list has are left out."""
        by_uid = {maillist.uid: maillist.address for maillist in lists.values()}
        return [*self.addresses, *(by_uid[uid] for uid in self.uids if uid in by_uid)]


@dataclass(frozen=True)
class MaillistState:
    """The domain's lists by address.

    doubts: why a list that is missing may be there, if that must stop the task. taken: addresses that mailboxes have,
    in check mode, as far as they were read.
    """

    lists: Mapping[Address, Maillist]
    doubts: tuple[str, ...] = ()
    taken: frozenset[Address] = frozenset()

    def after(self, steps: Iterable[MaillistStep]) -> MaillistState:
        """Return the state after steps; lists that are created have no uid yet."""
        lists = dict(self.lists)
        for step in steps:
            if step.action == "create":
                lists[step.maillist] = Maillist(step.maillist, None, 0)
            else:
                lists.pop(step.maillist, None)
        return replace(self, lists=lists)

    def lines(self) -> Iterable[str]:
        """Return the lines of the diff."""
        return (line(address, "mailing list") for address in self.lists)


@dataclass(frozen=True)
class MaillistStep:
    """Create or delete one mailing list."""

    action: str
    maillist: Address

    @property
    def phase(self) -> int:
        """All at the same time: no two steps have the same list."""
        return 0

    @property
    def names(self) -> dict[str, str]:
        """The list, for failures."""
        return {"object": self.maillist}

    @property
    def changes(self) -> list[Change]:
        """The list."""
        return [Change("maillist", self.maillist, self.action)]


def parse(options: Mapping[str, Any], domain: str) -> DesiredMaillists:
    """Check the options of pdd_maillist; raises InvalidInputError with all problems."""
    uids = options["maillist_uid"] or []
    addresses, problems = parse_local_list("maillist", options["maillist"] or [], domain)
    present = options["state"] == "present"
    problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in numbered("maillist_uid", uids).items())
    problems.append(check_percent(options["max_removals_percent"]))
    if options["exclusive"] and not present:
        problems.append("exclusive: true has a meaning only with state: present")
    if options["exclusive"] and options["maillist_uid"] is not None:
        problems.append("exclusive: true needs the names of the lists (maillist), not maillist_uid")
    raise_problems(problems)
    return DesiredMaillists(
        addresses=addresses,
        uids=tuple(uids),
        present=present,
        exclusive=options["exclusive"],
        max_removals_percent=options["max_removals_percent"],
        verify_count=options["verify_count"],
    )


def trusts_listing(current: Mapping[Address, Maillist], desired: DesiredMaillists) -> bool:
    """Return whether the plan relies on the listing for lists that are missing."""
    uids = {maillist.uid for maillist in current.values()}
    return desired.exclusive or not (set(desired.addresses) <= current.keys() and set(desired.uids) <= uids)


def explain_unlisted(address: Address) -> str:
    """Return why a list does not count as missing."""
    return f"the mailing list {show(address)} exists, but is missing in the listing of mailing lists"


def find_unlisted_problems(unlisted: Iterable[Maillist], shortage: str | None, desired: DesiredMaillists) -> list[str]:
    """Return which lists of the task exist although they are not listed; shortage: that of the mailboxes' listing."""
    problems = [explain_unlisted(each.address) for each in unlisted if desired.is_about(each)]
    return problems + ([shortage] if shortage else [])


def plan(
    current: Collection[Address], named: Collection[Address], *, present: bool, exclusive: bool
) -> list[MaillistStep]:
    """Return the steps from the domain's lists to the desired ones."""
    if not present:
        return [MaillistStep("delete", address) for address in named if address in current]
    steps = [MaillistStep("create", address) for address in named if address not in current]
    if exclusive:
        steps += [MaillistStep("delete", address) for address in sorted(set(current) - set(named))]
    return steps


def find_taken(desired: DesiredMaillists, taken: Collection[Address], code: str) -> dict[MaillistStep, ServiceError]:
    """Return the failures of lists that cannot be because a mailbox has their address; code: of these."""
    return {
        MaillistStep("create", address): ServiceError(
            code,
            f"{address} is a mailbox",
            advice="Choose another name, or remove what has it.",
            attempt=f"create the mailing list {address}",
        )
        for address in desired.addresses
        if desired.present and address in taken
    }


def guard(current: Collection[Address], steps: Iterable[MaillistStep], desired: DesiredMaillists, domain: str) -> None:
    """Raise a guard error if an exclusive plan would delete too many lists."""
    if not desired.exclusive:
        return
    removed = [step.maillist for step in steps if step.action == "delete"]
    problem = check_removals(
        "maillist",
        domain,
        existing=current,
        removed=removed,
        kept=desired.addresses,
        percent=desired.max_removals_percent,
    )
    raise_guard([problem])
