# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads mailing lists with their subscribers, and holds what was read against the service's own counts.

Others may change the lists meanwhile, so what vanishes between two requests is read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .._core.converge import looks, read_found
from .._core.errors import ServiceError
from .._core.paging import read_whole
from .._core.show import show
from .._mail.address import Address
from .._mail.models import Maillist
from .._mail.service import MailService
from .._plan.subscribers import ListState

# By address of a list: of whom, among its subscribers, the permission to send on behalf is read.
Permissions = Callable[[Address, Iterable[Address]], Iterable[Address]]
Value = TypeVar("Value")


def read_lists(client: MailService) -> dict[Address, Maillist]:
    """Return all lists by address."""
    return {maillist.address: maillist for maillist in client.maillists()}


def read_states(
    client: MailService, lists: dict[Address, Maillist], addresses: Iterable[Address], permissions: Permissions
) -> dict[Address, ListState]:
    """Read the subscribers of these lists, all lists at once, then the permissions that are asked for.

    Lists that vanish meanwhile are left out, and so are such subscribers; lists is then read again, in place. Raises
    account_not_found if the service goes on listing what it does not find.
    """
    pending = named = [address for address in addresses if address in lists]
    states: dict[Address, ListState] = {}
    known: dict[tuple[Address, Address], bool] = {}
    lost: dict[Address, ServiceError] = {}
    for _look in looks(client.transport):
        people, lost = read_found(client.transport, client.subscribers, pending)
        states.update({address: ListState(tuple(each), {}) for address, each in people.items()})
        asked = [(address, each) for address in people for each in permissions(address, people[address])]
        unknown = [pair for pair in asked if pair not in known]
        answers, strangers = read_found(client.transport, lambda pair: client.can_send_on_behalf(*pair), unknown)
        known.update(answers)
        lost.update({address: error for (address, _each), error in strangers.items()})
        for address, each in known.keys() & set(asked):
            states[address].permissions[each] = known[address, each]
        if lost:
            _replace(lists, read_lists(client))
        pending = [address for address in lost if address in lists]
        if not pending:
            return {address: states[address] for address in named if address in lists}
    raise lost[pending[0]]


def verify_counts(
    client: MailService,
    lists: dict[Address, Maillist],
    states: dict[Address, ListState],
    permissions: Permissions,
    *,
    strict: Callable[[Address], bool],
) -> tuple[list[str], list[str]]:
    """Hold the subscribers of lists against the service's own counts, and read again, in place, what is short.

    Returns what is wrong with lists that stay short and for which strict(address) is true; and warnings about other
    lists that stay short, and about strict ones with more subscribers than counted, or without a count.
    """
    if not client.capabilities.counts_subscribers:
        return [], []

    def found(address: Address) -> int:
        return len(states[address].subscribers)

    def is_short(address: Address) -> bool:
        return found(address) < (lists[address].subscribers_count or 0)

    again = [address for address in states if is_short(address)]
    if again:
        _replace(lists, read_lists(client))
        states.update(read_states(client, lists, again, permissions))
        _replace(states, {address: state for address, state in states.items() if address in lists})
    short = {
        address: f"{show(address)}: only {found(address)} subscribers can be read, but the service counts "
        f"{lists[address].subscribers_count}"
        for address in again
        if address in states and is_short(address)
    }
    problems = [problem for address, problem in short.items() if strict(address)]
    counts = {address: lists[address].subscribers_count for address in states if strict(address)}
    return problems, [f"{problem}." for address, problem in short.items() if not strict(address)] + [
        f"{show(address)}: {found(address)} subscribers were read, "
        f"the service counts {'none' if count is None else count}."
        for address, count in counts.items()
        if count is None or found(address) > count
    ]


@dataclass(frozen=True)
class Accounts:
    """What stands among the domain's mailboxes.

    unlisted: mailing lists that are not in the listing of these. mailboxes: addresses. aliases: further ones of
    mailboxes. shortage: half a sentence, if the service counts more accounts than it lists.
    """

    unlisted: list[Maillist]
    mailboxes: set[Address]
    aliases: set[Address]
    shortage: str | None


def read_accounts(client: MailService, lists: dict[Address, Maillist]) -> Accounts:
    """Read the domain's mailboxes, and the lists among them.

    The listing of lists has no count of its own; that of mailboxes has one, and includes lists (docs/api/pdd.md, 3.5).
    While the two differ, they are read again a few times, lists in place.
    """
    for _look in looks(client.transport):
        accounts = read_whole(client.mailboxes)
        unlisted = [
            Maillist(each.login, each.uid, None) for each in accounts if each.is_maillist and each.login not in lists
        ]
        if not unlisted:
            break
        _replace(lists, read_lists(client))
    return Accounts(
        unlisted=[each for each in unlisted if each.address not in lists],
        mailboxes={each.login for each in accounts if not each.is_maillist},
        aliases={alias for each in accounts for alias in each.aliases},
        shortage=accounts.shortage,
    )


def _replace(old: dict[Address, Value], new: Mapping[Address, Value]) -> None:
    """Put other values into a dict that others hold."""
    old.clear()
    old.update(new)
