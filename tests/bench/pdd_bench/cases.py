# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases that are measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pdd_bench.compare import Bench, Case, Task

URI = "uri"
ONE = "one subscriber"
_MANAGE = "mailops.pdd.pdd_maillist_subscriber"
_INFO = "mailops.pdd.pdd_mailbox_info"
_MAILBOXES_ON_PAGE = 500
_ITEM = "{{ 'box%05d' | format(item) }}"


def subscriptions(bench: Bench) -> Iterator[Case]:
    """Yield the cases of many subscriptions in some lists, with loops that do the same."""
    scale = bench.scale
    for rights in scale.rights:
        for new in (True, False):
            case = subscribing(bench, maillists=scale.maillists, subscribers=scale.subscribers, new=new, rights=rights)
            yield replace(case, loops=_loops(bench, rights=rights))


def big_list(bench: Bench) -> Iterator[Case]:
    """Yield the cases of one list with many subscribers."""
    for new in (True, False):
        yield subscribing(bench, maillists=1, subscribers=bench.scale.big_list, new=new, rights=True)


def counters(bench: Bench) -> Case:
    """Return the case of many counters; the domain must have no other mailboxes."""
    number = bench.scale.counters
    logins = bench.service.mailboxes(number)
    return Case(
        title=f"{number:,} counters",
        items=number,
        task={_INFO: {**bench.connection, "login": logins}},
        prepare=lambda: None,
        needed=math.ceil(number / _MAILBOXES_ON_PAGE) + number,
        loops={
            URI: _loop(bench, "ansible.builtin.uri", _uri(bench, "GET", "email/counters", {"login": _ITEM})),
            ONE: _loop(bench, _INFO, {**bench.connection, "login": _ITEM}),
        },
    )


def subscribing(bench: Bench, *, maillists: int, subscribers: int, new: bool, rights: bool) -> Case:
    """Return the case of one task that subscribes the same mailboxes to lists; with permissions the first may send."""
    people = bench.service.mailboxes(subscribers)
    names = bench.service.empty_maillists(maillists)
    number = maillists * subscribers
    senders = {"senders_on_behalf": people[:1]} if rights else {}
    desired = [{"maillist": name, "subscribers": people, **senders} for name in names]
    task: Task = {_MANAGE: {**bench.connection, "maillists": desired}}

    def prepare() -> None:
        if new:
            bench.service.empty_maillists(maillists)
        elif bench.service.subscriptions() != number:
            bench.plays.run([task])

    lists = "1 list" if maillists == 1 else f"{maillists} lists"
    return Case(
        title=f"{number:,} subscriptions in {lists}, {'new' if new else 'nothing to do'}{', rights' * rights}",
        items=number,
        task=task,
        prepare=prepare,
        needed=1 + maillists + number * (new or rights),
        loops={},
    )


def _loops(bench: Bench, *, rights: bool) -> Mapping[str, Task]:
    """Return what subscribes to the first list one by one.

    uri does not look before it writes, so it sends the same request whether there is something to do or not.
    """
    right = {"can_send_on_behalf": "no"} if rights else {}
    one = {"can_send_on_behalf": False} if rights else {}
    names = {"maillist": bench.service.maillists[0], "subscriber": _ITEM}
    return {
        URI: _loop(bench, "ansible.builtin.uri", _uri(bench, "POST", "email/ml/subscribe", {**names, **right})),
        ONE: _loop(bench, _MANAGE, {**bench.connection, **names, **one}),
    }


def _loop(bench: Bench, module: str, options: Mapping[str, Any]) -> Task:
    """Return a task that loops; the first mailbox is left out, because it may send on behalf."""
    return {module: options, "loop": list(range(1, bench.scale.loop_items + 1))}


def _uri(bench: Bench, method: str, endpoint: str, params: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of uri for a call."""
    values = {"domain": bench.service.domain, **params}
    url = f"{bench.service.url}/api2/admin/{endpoint}"
    common = {"method": method, "headers": {"PddToken": bench.service.token}}
    if method == "GET":
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return {**common, "url": f"{url}?{query}"}
    return {**common, "url": url, "body_format": "form-urlencoded", "body": values}
