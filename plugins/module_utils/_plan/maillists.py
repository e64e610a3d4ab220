# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailing lists to create and to delete: pure functions from the current and the wanted state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.show import show
from .._mail.address import duplicate_problems, local_addresses, numbered, raise_problems
from .._mail.models import Maillist
from .removals import percent_problem, raise_guard, removal_problem


@dataclass(frozen=True)
class WantedMaillists:
    """What the task says: addresses in canonical form, or uids."""

    addresses: tuple[str, ...]
    uids: tuple[int, ...]
    present: bool
    exclusive: bool
    max_removals_percent: int
    verify_count: bool = True

    @property
    def removes(self) -> bool:
        """Whether lists are deleted."""
        return self.exclusive or not self.present

    def names(self, maillist: Maillist) -> bool:
        """Return whether the task is about a list."""
        return self.exclusive or maillist.address in self.addresses or maillist.uid in self.uids


@dataclass(frozen=True)
class MaillistStep:
    """Create or delete one mailing list."""

    action: str
    maillist: str

    @property
    def phase(self) -> int:
        """All at the same time: no two steps have the same list."""
        return 0

    @property
    def names(self) -> dict[str, str]:
        """The list, for failures."""
        return {"object": self.maillist}


def wanted_maillists(params: Mapping[str, Any], domain: str) -> WantedMaillists:
    """Check the options of pdd_maillist; raises InvalidInputError with all problems."""
    uids = params["maillist_uid"] or []
    addresses, problems = local_addresses("maillist", params["maillist"] or [], domain)
    present = params["state"] == "present"
    problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in numbered("maillist_uid", uids).items())
    problems.append(percent_problem(params["max_removals_percent"]))
    if params["exclusive"] and not present:
        problems.append("exclusive: true has a meaning only with state: present")
    if params["exclusive"] and params["maillist_uid"] is not None:
        problems.append("exclusive: true needs the names of the lists (maillist), not maillist_uid")
    raise_problems(problems)
    return WantedMaillists(
        addresses=addresses,
        uids=tuple(uids),
        present=present,
        exclusive=params["exclusive"],
        max_removals_percent=params["max_removals_percent"],
        verify_count=params["verify_count"],
    )


def trusts_listing(current: Mapping[str, Maillist], wanted: WantedMaillists) -> bool:
    """Return whether the plan relies on the listing for lists that are missing."""
    uids = {maillist.uid for maillist in current.values()}
    return wanted.exclusive or not (set(wanted.addresses) <= current.keys() and set(wanted.uids) <= uids)


def unlisted_problem(address: str) -> str:
    """Return why a list does not count as missing."""
    return f"the mailing list {show(address)} exists, but is missing in the listing of mailing lists"


def unlisted_problems(unlisted: Iterable[Maillist], shortage: str | None, wanted: WantedMaillists) -> list[str]:
    """Return which lists of the task exist although they are not listed; shortage: that of the mailboxes' listing."""
    problems = [unlisted_problem(each.address) for each in unlisted if wanted.names(each)]
    return problems + ([shortage] if shortage else [])


def plan_maillists(
    current: Collection[str], wanted: Collection[str], *, present: bool, exclusive: bool
) -> list[MaillistStep]:
    """Return the steps from the domain's lists to the wanted ones; all addresses canonical."""
    if not present:
        return [MaillistStep("delete", address) for address in wanted if address in current]
    steps = [MaillistStep("create", address) for address in wanted if address not in current]
    if exclusive:
        steps += [MaillistStep("delete", address) for address in sorted(set(current) - set(wanted))]
    return steps


def apply_maillist_steps(current: Iterable[str], steps: Iterable[MaillistStep]) -> set[str]:
    """Return the lists as they are after the steps."""
    addresses = set(current)
    for step in steps:
        if step.action == "create":
            addresses.add(step.maillist)
        else:
            addresses.discard(step.maillist)
    return addresses


def guard_maillists(
    current: Collection[str], steps: Iterable[MaillistStep], wanted: WantedMaillists, domain: str
) -> None:
    """Raise a guard error if an exclusive plan would delete too many lists."""
    if not wanted.exclusive:
        return
    removed = [step.maillist for step in steps if step.action == "delete"]
    problem = removal_problem(
        "maillist",
        domain,
        existing=current,
        removed=removed,
        wanted=wanted.addresses,
        percent=wanted.max_removals_percent,
    )
    raise_guard([problem])
