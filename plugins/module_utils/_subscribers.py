# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads mailing lists with their subscribers, and holds what was read against the service's own counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ._client import Maillist, PddClient
from ._plan import raise_guard
from ._plan_subscribers import ListState

# By address of a list: of whom, among its subscribers, the right to send on behalf is read.
Rights = Callable[[str, Iterable[str]], Iterable[str]]


def read_lists(client: PddClient) -> dict[str, Maillist]:
    """Return all lists by address."""
    return {maillist.address: maillist for maillist in client.maillists()}


def read_states(client: PddClient, addresses: Iterable[str], rights: Rights) -> dict[str, ListState]:
    """Read the subscribers of these lists, all lists at once, then the rights that are asked for."""
    named = list(addresses)
    subscribers = dict(zip(named, client.transport.read_all(client.subscribers, named)))
    states = {address: ListState(tuple(people), {}) for address, people in subscribers.items()}
    asked = [(address, each) for address, people in subscribers.items() for each in rights(address, people)]
    answers = client.transport.read_all(lambda pair: client.can_send_on_behalf(*pair), asked)
    for (address, each), may_send in zip(asked, answers):
        states[address].rights[each] = may_send
    return states


def verify_counts(
    client: PddClient,
    counted: Iterable[str],
    lists: dict[str, Maillist],
    states: dict[str, ListState],
    rights: Rights,
    *,
    advice: str,
) -> list[str]:
    """Hold the subscribers of lists against the service's own counts, and read again, in place, what is short.

    Returns warnings about more subscribers than counted, or no count. Raises a guard error with the advice if a list
    stays short.
    """

    def found(address: str) -> int:
        return len(states[address].subscribers)

    def short(address: str) -> bool:
        return found(address) < (lists[address].subscribers_count or 0)

    counted = list(counted)
    again = [address for address in counted if short(address)]
    if again:
        lists.update(read_lists(client))
        states.update(read_states(client, again, rights))
    problems = [
        f"{address}: only {found(address)} subscribers can be read, but the service counts "
        f"{lists[address].subscribers_count}"
        for address in again
        if short(address)
    ]
    raise_guard(problems, advice=advice)
    counts = {address: lists[address].subscribers_count for address in counted}
    return [
        f"{address}: {found(address)} subscribers were read, the service counts {'none' if count is None else count}."
        for address, count in counts.items()
        if count is None or found(address) > count
    ]
