# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read mailing lists with their subscribers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._mail.address import local_addresses, raise_problems
from .._mail.models import Maillist
from .._plan.maillists import unlisted_problem
from .._plan.removals import raise_guard
from .._plan.subscribers import describe
from .run import Result, Task
from .subscribers import (
    find_unlisted,
    read_lists,
    read_states,
    verify_counts,
)

ADVICE = "Run the task again later."


@dataclass(frozen=True)
class AskedMaillists:
    """What is asked for: addresses, None for all lists."""

    addresses: tuple[str, ...] | None
    senders: bool


def asked_maillists(params: Mapping[str, Any], domain: str) -> AskedMaillists:
    addresses, problems = local_addresses("maillist", params["maillist"] or [], domain)
    raise_problems(problems)
    return AskedMaillists(
        addresses=None if params["maillist"] is None else addresses, senders=params["senders_on_behalf"]
    )


def execute(task: Task, asked: AskedMaillists) -> Result:
    lists = read_lists(task.client)
    verify_lists(task, asked, lists)
    named = sorted(lists) if asked.addresses is None else asked.addresses

    def rights(_address: str, people: Iterable[str]) -> Iterable[str]:
        return people if asked.senders else ()

    states = read_states(task.client, lists, named, rights)
    for warning in verify_counts(task.client, lists, states, rights, strict=lambda _address: True, advice=ADVICE):
        task.warn(warning)
    return Result(
        values={
            "maillists": [
                {"maillist": address, **describe(state, rights=asked.senders)} for address, state in states.items()
            ],
            "details": [
                {
                    "maillist": address,
                    "uid": lists[address].uid,
                    "subscribers_count": lists[address].subscribers_count,
                }
                for address in states
            ],
            "missing": [address for address in asked.addresses or () if address not in states],
        }
    )


def verify_lists(task: Task, asked: AskedMaillists, lists: dict[str, Maillist]) -> None:
    """Look among the mailboxes for lists that are not listed; what is written back must not lack one."""
    if asked.addresses is not None and set(asked.addresses) <= lists.keys():
        return
    unlisted, shortage = find_unlisted(task.client, lists)
    raise_guard(
        (
            unlisted_problem(each.address)
            for each in unlisted
            if asked.addresses is None or each.address in asked.addresses
        ),
        advice=ADVICE,
    )
    if shortage:
        task.warn(f"Mailing lists may be missing: {shortage}.")
