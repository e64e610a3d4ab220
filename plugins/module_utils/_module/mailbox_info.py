# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read mailboxes and their counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .._core.converge import looks, read_found
from .._core.paging import read_whole
from .._core.show import show
from .._mail.address import (
    duplicate_problems,
    local_addresses,
    numbered,
    raise_problems,
)
from .._mail.models import Counters, Mailbox
from .._plan.mailboxes import as_returned
from .run import Result, Task


@dataclass(frozen=True)
class WantedMailboxes:
    """What is asked for: addresses and uids, everything if there are none of both."""

    logins: tuple[str, ...]
    uids: tuple[int, ...]
    everything: bool
    counters: bool


def wanted_mailboxes(params: Mapping[str, Any], domain: str) -> WantedMailboxes:
    uids = numbered("uid", params["uid"] or [])
    logins, problems = local_addresses("login", params["login"] or [], domain)
    problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in uids.items())
    raise_problems(problems)
    everything = params["login"] is None and params["uid"] is None
    return WantedMailboxes(logins, tuple(uids.values()), everything, params["counters"])


def execute(task: Task, wanted: WantedMailboxes) -> Result:
    listing = read_whole(task.client.mailboxes)
    if listing.shortage:
        task.warn(f"Mailboxes may be missing: {listing.shortage}.")
    mailboxes = [mailbox for mailbox in listing if not mailbox.is_maillist]
    found, missing = mailboxes, []
    if not wanted.everything:
        known: dict[object, Mailbox] = {mailbox.login: mailbox for mailbox in mailboxes}
        known.update({mailbox.uid: mailbox for mailbox in mailboxes})
        asked = [*wanted.logins, *wanted.uids]
        found = list({known[each].login: known[each] for each in asked if each in known}.values())
        missing = [str(each) for each in asked if each not in known]
    counters = read_counters(task, found) if wanted.counters else {}
    vanished = [mailbox.login for mailbox in found if wanted.counters and mailbox.login not in counters]
    return Result(
        values={
            "mailboxes": [
                {**as_returned(each), **({"counters": asdict(counters[each.login])} if wanted.counters else {})}
                for each in found
                if each.login not in vanished
            ],
            "missing": missing + vanished if not wanted.everything else missing,
        }
    )


def read_counters(task: Task, mailboxes: Sequence[Mailbox]) -> dict[str, Counters]:
    """Read all counters at once; mailboxes that were deleted since they were listed are left out."""
    client = task.client
    counters: dict[str, Counters] = {}
    pending = [mailbox.login for mailbox in mailboxes]
    for _look in looks():
        found, lost = read_found(client.transport, client.counters, pending)
        counters.update(found)
        listed = {mailbox.login for mailbox in client.mailboxes()} if lost else set()
        pending = [login for login in lost if login in listed]
        if not pending:
            break
    if pending:
        task.warn(f"Left out, because the service lists them, but does not find them: {', '.join(map(show, pending))}.")
    return counters
