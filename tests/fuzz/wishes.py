# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random desired states, one kind for each module that writes, and what they mean for a domain.

This says once more, in other words than the modules do, what a desired state is: so that one mistake is not in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from pdd_hostile.disguises import SECRETS

PEOPLE = [f"person{number:02}" for number in range(14)]
NEWCOMERS = [f"newcomer{number}" for number in range(9)]
"""Whom only imports create."""
LISTS = [f"list{number}" for number in range(7)]
PASSWORD = SECRETS["password"]
Thing = tuple[str, ...]
"""Something of a domain: ("mailbox", login), ("maillist", name), ("subscriber", list, login)."""


@dataclass(frozen=True)
class Snapshot:
    """What there is: mailboxes with their properties, the subscribers of lists and whether they may send."""

    mailboxes: Mapping[str, Mapping[str, Any]]
    maillists: Mapping[str, Mapping[str, bool]]
    signature: str | None

    def things(self) -> set[Thing]:
        """Return all that could be removed."""
        lists: set[Thing] = {("maillist", name) for name in self.maillists}
        people: set[Thing] = {("subscriber", name, each) for name, people in self.maillists.items() for each in people}
        return {("mailbox", login) for login in self.mailboxes} | lists | people


class Wish(Protocol):
    """A desired state."""

    module: str

    def options(self) -> dict[str, Any]:
        """Return the options of the module, without those of the connection."""

    def unmet(self, there: Snapshot) -> Iterator[str]:
        """Yield what differs from the desired state."""

    def may_remove(self, thing: Thing, there: Snapshot) -> bool:
        """Return whether the desired state may remove something."""

    def guarded(self, there: Snapshot) -> bool:
        """Return whether so much would go that nothing must be written."""

    def needs(self) -> set[Thing]:
        """Return the lists and mailboxes that must exist before."""


def _some(random: Random, names: list[str], most: int) -> list[str]:
    return random.sample(names, random.randint(0, min(most, len(names))))


def _too_many(desired: int, existing: int, removed: int, guarded_from: int, percent: int) -> bool:
    """Return whether a removal is refused, as the documentation of `max_removals_percent` says."""
    if not removed or percent == 100:
        return False

    return not desired or (existing >= guarded_from and removed * 100 > percent * existing)


@dataclass
class Lists:
    """pdd_maillist."""

    names: list[str]
    present: bool
    exclusive: bool
    percent: int
    module = "pdd_maillist"

    @classmethod
    def draw(cls, random: Random) -> Lists:
        """Draw one."""
        present = random.random() < 0.75
        exclusive = present and random.random() < 0.5
        return cls(_some(random, LISTS, 6), present, exclusive, random.choice((30, 50, 100)))

    def options(self) -> dict[str, Any]:
        """Return the options."""
        state = {"state": "present" if self.present else "absent"}
        return {"maillist": self.names, **state, "exclusive": self.exclusive, "max_removals_percent": self.percent}

    def unmet(self, there: Snapshot) -> Iterator[str]:
        """Yield what differs."""
        for name in self.names:
            if (name in there.maillists) is not self.present:
                yield f"{name} is {'missing' if self.present else 'still there'}"
        for name in self._surplus(there):
            yield f"{name} is surplus"

    def _surplus(self, there: Snapshot) -> set[str]:
        return set(there.maillists) - set(self.names) if self.exclusive else set()

    def may_remove(self, thing: Thing, there: Snapshot) -> bool:
        """Return whether it is a list to delete, or a subscription to one."""
        gone = self._surplus(there) if self.present else set(self.names)
        return thing[0] in ("maillist", "subscriber") and thing[1] in gone

    def guarded(self, there: Snapshot) -> bool:
        """Return whether too many of four or more lists would go."""
        surplus = len(self._surplus(there))
        return _too_many(len(self.names), len(there.maillists), surplus, 4, self.percent)

    def needs(self) -> set[Thing]:
        """Return nothing."""
        return set()


@dataclass
class Roster:
    """The desired members of a list; senders: None leaves their permissions alone."""

    name: str
    people: list[str]
    senders: list[str] | None
    exclusive: bool


@dataclass
class Subscribers:
    """pdd_maillist_subscriber."""

    rosters: list[Roster]
    percent: int
    module = "pdd_maillist_subscriber"

    @classmethod
    def draw(cls, random: Random) -> Subscribers:
        """Draw one."""
        rosters = []
        for name in random.sample(LISTS, random.randint(1, 3)):
            people = _some(random, PEOPLE, 14)
            senders = _some(random, people, 5) if random.random() < 0.7 else None
            rosters.append(Roster(name, people, senders, random.random() < 0.5))
        return cls(rosters, random.choice((30, 60, 100)))

    def options(self) -> dict[str, Any]:
        """Return the options."""
        lists = [
            {
                "maillist": roster.name,
                "subscribers": roster.people,
                "exclusive": roster.exclusive,
                **({} if roster.senders is None else {"senders_on_behalf": roster.senders}),
            }
            for roster in self.rosters
        ]
        return {"maillists": lists, "max_removals_percent": self.percent}

    def unmet(self, there: Snapshot) -> Iterator[str]:
        """Yield what differs."""
        for roster in self.rosters:
            people = there.maillists.get(roster.name, {})
            for each in roster.people:
                if each not in people:
                    yield f"{each} is not on {roster.name}"
                elif roster.senders is not None and people[each] is not (each in roster.senders):
                    yield f"the permission of {each} on {roster.name} is {people[each]}"
            for each in self._surplus(roster, there):
                yield f"{each} is still on {roster.name}"

    def _surplus(self, roster: Roster, there: Snapshot) -> set[str]:
        people = there.maillists.get(roster.name, {})
        return set(people) - set(roster.people) if roster.exclusive else set()

    def may_remove(self, thing: Thing, there: Snapshot) -> bool:
        """Return whether it is a surplus subscriber of an exclusive list."""
        return thing[0] == "subscriber" and any(
            thing[1] == roster.name and thing[2] in self._surplus(roster, there) for roster in self.rosters
        )

    def guarded(self, there: Snapshot) -> bool:
        """Return whether too many of ten or more subscribers would go."""
        return any(
            _too_many(
                len(roster.people),
                len(there.maillists.get(roster.name, {})),
                len(self._surplus(roster, there)),
                10,
                self.percent,
            )
            for roster in self.rosters
        )

    def needs(self) -> set[Thing]:
        """Return the lists, and their desired members."""
        people = {each for roster in self.rosters for each in roster.people}
        return {("maillist", roster.name) for roster in self.rosters} | {("mailbox", each) for each in people}


@dataclass
class Mailboxes:
    """pdd_mailbox."""

    entries: list[dict[str, Any]]
    module = "pdd_mailbox"

    @classmethod
    def draw(cls, random: Random) -> Mailboxes:
        """Draw one. It can create all mailboxes that it does not delete."""
        entries = []
        for login in random.sample(PEOPLE, random.randint(1, 6)):
            entry: dict[str, Any] = {"login": login}
            if random.random() < 0.25:
                entries.append({**entry, "state": "absent"})
                continue
            entry["password"] = PASSWORD
            if random.random() < 0.6:
                entry["first_name"] = random.choice(("Anna", "Боб", "", "O'Neil & Sons"))
            if random.random() < 0.3:
                entry["enabled"] = random.random() < 0.5
            entries.append(entry)
        return cls(entries)

    def options(self) -> dict[str, Any]:
        """Return the options."""
        return {"mailboxes": self.entries}

    def unmet(self, there: Snapshot) -> Iterator[str]:
        """Yield what differs."""
        for entry in self.entries:
            login, mailbox = entry["login"], there.mailboxes.get(entry["login"])
            if entry.get("state") == "absent":
                if mailbox is not None:
                    yield f"{login} is still there"
            elif mailbox is None:
                yield f"{login} is missing"
            else:
                if mailbox["iname"] != entry.get("first_name", mailbox["iname"]):
                    yield f"the name of {login} is {mailbox['iname']!r}"
                if "enabled" in entry and (mailbox["enabled"] == "yes") is not entry["enabled"]:
                    yield f"enabled of {login} is {mailbox['enabled']!r}"

    def may_remove(self, thing: Thing, _there: Snapshot) -> bool:
        """Return whether it is a mailbox to delete, or a subscription of one."""
        absent = {entry["login"] for entry in self.entries if entry.get("state") == "absent"}
        return thing[0] in ("mailbox", "subscriber") and thing[-1] in absent

    def guarded(self, _there: Snapshot) -> bool:
        """Return False: each is named by itself, so none is guarded."""
        return False

    def needs(self) -> set[Thing]:
        """Return nothing."""
        return set()


@dataclass
class Imports:
    """pdd_mailbox_import, from this machine; the port is the caller's."""

    logins: list[str]
    module = "pdd_mailbox_import"

    @classmethod
    def draw(cls, random: Random) -> Imports:
        """Draw one."""
        return cls(random.sample(NEWCOMERS, random.randint(1, 6)) + _some(random, PEOPLE, 1))

    def options(self) -> dict[str, Any]:
        """Return the options."""
        boxes = [{"external_login": login, "external_password": PASSWORD} for login in self.logins]
        source = {"server": "127.0.0.1", "ssl": False, "check_settings": False}
        return {**source, "mailboxes": boxes}

    def unmet(self, there: Snapshot) -> Iterator[str]:
        """Yield what is missing."""
        yield from (f"{login} is missing" for login in self.logins if login not in there.mailboxes)

    def may_remove(self, _thing: Thing, _there: Snapshot) -> bool:
        """Return False: an import removes nothing."""
        return False

    def guarded(self, _there: Snapshot) -> bool:
        """Return False: nothing is guarded."""
        return False

    def needs(self) -> set[Thing]:
        """Return nothing."""
        return set()


@dataclass
class Signature:
    """pdd_signature."""

    text: str
    module = "pdd_signature"

    @classmethod
    def draw(cls, random: Random) -> Signature:
        """Draw one."""
        return cls(random.choice(("Example Ltd.", "<br>Пример", "", "x" * 500)))

    def options(self) -> dict[str, Any]:
        """Return the options."""
        return {"signature": self.text}

    def unmet(self, there: Snapshot) -> Iterator[str]:
        """Yield what differs."""
        if there.signature != self.text:
            yield f"the signature is {there.signature!r}"

    def may_remove(self, _thing: Thing, _there: Snapshot) -> bool:
        """Return False: a signature removes nothing."""
        return False

    def guarded(self, _there: Snapshot) -> bool:
        """Return False: nothing is guarded."""
        return False

    def needs(self) -> set[Thing]:
        """Return nothing."""
        return set()


def draw_wish(random: Random) -> Wish:
    """Return a desired state."""
    draws: tuple[Callable[[Random], Wish], ...] = (Lists.draw, Subscribers.draw, Mailboxes.draw, Imports.draw)
    return random.choice((*draws, *draws, Subscribers.draw, Signature.draw))(random)
