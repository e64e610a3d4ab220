# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For every module that writes a task with hundreds of objects: what is there before, and what it leads to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..conftest import Service

State = Mapping[Any, Any]
"""What is compared: something that one write makes right, and its value."""

ONCE = {
    "email/add": ("login",),
    "email/del": ("login",),
    "email/ml/add": ("maillist",),
    "email/ml/del": ("maillist",),
    "email/ml/subscribe": ("maillist", "subscriber"),
    "email/ml/unsubscribe": ("maillist", "subscriber"),
    "import/start_one_import": ("int-login",),
}
"""The writes that the service must carry out once and no more, with the parameters that name the object."""


@dataclass(frozen=True)
class Case:
    """A task: what is made before, what it is told, what it leads to, and how that is seen."""

    prepare: Callable[[Service], object]
    options: Mapping[str, Any]
    desired: State
    state: Callable[[Service], State]

    def left(self, service: Service) -> int:
        """Count the writes that are still needed."""
        state, absent = self.state(service), object()
        return sum(
            state.get(key, absent) != self.desired.get(key, absent) for key in state.keys() | self.desired.keys()
        )


def numbered(name: str, first: int, end: int) -> list[str]:
    """Return names with the numbers from the first to the one before the end."""
    return [f"{name}{number:03}" for number in range(first, end)]


def maillists() -> Case:
    """150 lists are created, 50 are deleted, 50 stay."""

    def prepare(service: Service) -> None:
        for name in numbered("list", 0, 100):
            service.add_maillist(name)

    desired = numbered("list", 50, 250)
    return Case(
        prepare=prepare,
        options={"maillist": desired, "exclusive": True, "max_removals_percent": 100},
        desired=dict.fromkeys(desired, True),
        state=lambda service: dict.fromkeys(service.maillists, True),
    )


def subscribers() -> Case:
    """In each of ten lists ten people are subscribed, five get the right to send, and five are removed."""
    lists, old, new = numbered("list", 0, 10), numbered("person", 0, 10), numbered("person", 5, 20)
    senders = new[:7]

    def prepare(service: Service) -> None:
        service.add_mailboxes(*dict.fromkeys(old + new))
        for name in lists:
            service.add_maillist(name, *old)

    entry = {"subscribers": new, "senders_on_behalf": senders, "exclusive": True}
    return Case(
        prepare=prepare,
        options={"maillists": [{"maillist": name, **entry} for name in lists], "max_removals_percent": 100},
        desired={(name, person): person in senders for name in lists for person in new},
        state=lambda service: {
            (name, person): right for name, people in service.maillists.items() for person, right in people.items()
        },
    )


def mailboxes() -> Case:
    """100 mailboxes are created, 20 of them with a name; 50 get another name, and 50 are deleted."""
    gone, edited = numbered("box", 0, 50), numbered("box", 50, 100)
    named, plain = numbered("box", 100, 120), numbered("box", 120, 200)

    def state(service: Service) -> State:
        there = service.mailboxes
        names = {(login, "first_name"): each["iname"] for login, each in there.items() if each["iname"]}
        return {**dict.fromkeys(there, True), **names}

    desired = [
        *({"login": login, "state": "absent"} for login in gone),
        *({"login": login, "first_name": "Anna"} for login in edited),
        *({"login": login, "first_name": "Anna", "password": "made-up-2"} for login in named),
        *({"login": login, "password": "made-up-2"} for login in plain),
    ]
    return Case(
        prepare=lambda service: service.add_mailboxes(*gone, *edited),
        options={"mailboxes": desired},
        desired={
            **dict.fromkeys(edited + named + plain, True),
            **{(login, "first_name"): "Anna" for login in edited + named},
        },
        state=state,
    )


def imports(dead_port: int) -> Case:
    """200 imports are started, from a server that does not answer, so that they never end."""
    logins = numbered("box", 0, 200)
    return Case(
        prepare=lambda _service: None,
        options={
            "server": "127.0.0.1",
            "port": dead_port,
            "ssl": False,
            "check_settings": False,
            "mailboxes": [{"external_login": login, "external_password": "made-up-1"} for login in logins],
        },
        desired=dict.fromkeys(logins, True),
        state=lambda service: dict.fromkeys(service.mailboxes, True),
    )


WRITING: dict[str, Callable[[int], Case]] = {
    "pdd_maillist": lambda _port: maillists(),
    "pdd_maillist_subscriber": lambda _port: subscribers(),
    "pdd_mailbox": lambda _port: mailboxes(),
    "pdd_mailbox_import": imports,
}
"""The task of each module that writes; it may use a port where nothing answers."""


def repeated(journal: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], int]:
    """Return the writes of a journal that were carried out more than once, though they must not be."""
    carried_out: Counter[tuple[str, ...]] = Counter()
    for entry in journal:
        action = entry["path"].split("/", 3)[3]
        if entry["applied"] and action in ONCE:
            carried_out[(action, *(entry["params"][name] for name in ONCE[action]))] += 1
    return {write: times for write, times in carried_out.items() if times > 1}
