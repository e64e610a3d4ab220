# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator with what the cases need in it."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pdd_emulator.testing import TOKEN, Api, Emulator

_PREPARING = 4  # connections


@dataclass(frozen=True)
class Call:
    """A request as the journal has it; path begins with `/api2/`."""

    method: str
    path: str
    params: dict[str, str]


class Service:
    """One domain of a running emulator, with mailboxes and mailing lists."""

    def __init__(self, emulator: Emulator, domain: str) -> None:
        self.url = emulator.url
        self.token = TOKEN
        self.domain = domain
        self._api: Api = emulator.api(domain)
        self._mailboxes: list[str] = []
        self.maillists: list[str] = []

    def mailboxes(self, number: int) -> list[str]:
        """Return so many mailboxes; those that are missing are created."""
        missing = [f"box{index:05}" for index in range(len(self._mailboxes), number)]
        with ThreadPoolExecutor(_PREPARING) as threads:
            list(threads.map(self._add_mailbox, missing))
        self._mailboxes += missing
        return self._mailboxes[:number]

    def empty_maillists(self, number: int) -> list[str]:
        """Return so many mailing lists, all of them without subscribers; no others exist."""
        for name in self.maillists:
            self._api.ok("email/ml/del", {"maillist": name})
        self.maillists = [f"list{index:03}" for index in range(number)]
        for name in self.maillists:
            self._api.ok("email/ml/add", {"maillist": name})
        return self.maillists

    def set_latency(self, seconds: float) -> None:
        """Have the emulator answer after so many seconds."""
        self._api.control_put("/latency", {"latency": seconds})

    def forget(self) -> None:
        """Empty the journal."""
        self._api.session.delete(f"{self.url}/control/requests", timeout=60).raise_for_status()

    def calls(self) -> list[Call]:
        """Return the requests since forget(), in the order of arrival."""
        entries: list[dict[str, Any]] = self._api.control("/requests")
        return [Call(entry["method"], entry["path"], entry["params"]) for entry in entries]

    def subscriptions(self) -> int:
        """Return how many subscriptions the domain has."""
        return sum(len(people) for people in self._api.control("")["maillists"].values())

    def _add_mailbox(self, login: str) -> None:
        self._api.ok("email/add", {"login": login, "password": "made-up-1"})


def read_twice(calls: list[Call]) -> int:
    """Return how many reads were sent that had been sent before."""
    reads = Counter((call.path, json.dumps(call.params, sort_keys=True)) for call in calls if call.method == "GET")
    return sum(number - 1 for number in reads.values())
