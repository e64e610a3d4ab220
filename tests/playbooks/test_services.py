# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide that compares the services: its tables say what the code does."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

import pytest
import yaml
from ansible_collections.mailops.pdd.plugins.module_utils._mail.rules import Rules
from ansible_collections.mailops.pdd.plugins.module_utils._mail.service import Capabilities
from ansible_collections.mailops.pdd.plugins.module_utils._module.services import PDD, Y360, Service

from ..conftest import MODULES
from ..tables import read_table

GUIDE = "guide_services"


@dataclass(frozen=True)
class Side:
    """A service, and the modules for it, which have names with a prefix."""

    prefix: str
    service: Service

    @property
    def can(self) -> Capabilities:
        """What its client says of itself."""
        return self.service.capabilities

    @property
    def rules(self) -> Rules:
        """The rules for what is created."""
        return self.service.rules

    def has(self, kind: str) -> bool:
        """Return whether there is a module for a kind of object."""
        return f"{self.prefix}_{kind}" in MODULES

    def options(self, kind: str) -> Container[str]:
        """Return the options of a module; none if there is no such module."""
        options: Container[str] = self._load(kind).MODULE.options if self.has(kind) else ()
        return options

    @property
    def returned(self) -> set[str]:
        """What is returned of a domain."""
        return set(yaml.safe_load(self._load("domain_info").RETURN)["domains"]["contains"])

    def _load(self, kind: str) -> Any:
        return import_module(f"ansible_collections.mailops.pdd.plugins.modules.{self.prefix}_{kind}")


SIDES = [Side("pdd", PDD), Side("y360", Y360)]


def has(kind: str, *options: str) -> Callable[[Side], bool]:
    """Return what finds out whether there is a module for a kind of object, which has these options."""
    return lambda side: side.has(kind) and all(option in side.options(kind) for option in options)


def has_properties(*names: str) -> Callable[[Side], bool]:
    """Return what finds out whether mailboxes have these properties, all or none of them, and a module sets them."""

    def find(side: Side) -> bool:
        found = {name in side.can.properties for name in names}
        assert found == {name in side.options("mailbox") for name in names}
        assert len(found) == 1
        return found.pop()

    return find


CAPABILITIES: dict[str, Callable[[Side], bool]] = {
    "Create, change, block, and delete mailboxes": has("mailbox", "enabled", "state"),
    "Delete a mailbox with one request": lambda side: not side.can.disables_before_delete,
    "Create a mailbox without first and last name": lambda side: not side.rules.creation_problem("", "anna", {}),
    "First name, last name, date of birth, sex": has_properties("first_name", "last_name", "birth_date", "sex"),
    "Middle name, position": has_properties("middle_name", "position"),
    "Secret question and its answer": lambda side: (
        has_properties("hint_question")(side) and has("mailbox", "hint_answer")(side)
    ),
    "Aliases of mailboxes": has("mailbox", "aliases"),
    "Require a new password at the next login": has("mailbox", "password_change_required"),
    "Import mail from other servers": lambda side: side.can.can_import and side.has("mailbox_import"),
    "Numbers of unread and new messages": lambda side: side.can.has_counters and has("mailbox_info", "counters")(side),
    "Create and delete mailing lists, also all others": has("maillist", "state", "exclusive"),
    "Subscribe and unsubscribe mailboxes, also all others": has("maillist_subscriber", "state", "exclusive"),
    "Compare the number of subscribers with the one that the service counts": lambda side: side.can.counts_subscribers,
    "Members of a list that have no address": lambda side: side.can.has_unaddressed,
    "Subscribers outside the domain": has("maillist_subscriber", "subscriber"),
    "Permission to send on behalf of a list": has("maillist_subscriber", "senders_on_behalf", "can_send_on_behalf"),
    "Read these permissions in any case": lambda side: not side.can.hides_permissions,
    "One signature for all mailboxes": has("signature", "signature"),
    "Signatures of single mailboxes": has("signature", "login"),
    "Read signatures": lambda side: side.can.can_read_signature,
    "Status of a domain, number of mailboxes": lambda side: {"status", "mailboxes_count"} <= side.returned,
    "Checks of the domain's MX and SPF records": lambda side: {"mx", "spf"} <= side.returned,
    "Find out the domain if it is not set": lambda side: side.service.finds_domain,
}
"""What says whether a service has what a row of the table is about."""

MENTIONED = {
    "Subscribers outside the domain": "outside_subscribers",
    "Permission to send on behalf of a list": "allow_undocumented",
}
"""Options of one service that the table says are necessary."""


@pytest.mark.parametrize("row", read_table(GUIDE, "Capabilities"), ids=lambda row: row[0])
def test_capabilities(row: list[str]) -> None:
    name, *cells = row
    for side, cell in zip(SIDES, cells, strict=True):
        assert cell.split(",")[0].split(".")[0] == ("Yes" if CAPABILITIES[name](side) else "No")
        option = MENTIONED.get(name)
        if option:
            assert (f"``{option}=" in cell) is (option in side.options("maillist_subscriber"))


def test_every_capability_has_a_row() -> None:
    """So has each that the services differ in."""
    assert [row[0] for row in read_table(GUIDE, "Capabilities")] == list(CAPABILITIES)
    differing = {
        "can_import",
        "can_read_signature",
        "counts_subscribers",
        "disables_before_delete",
        "has_counters",
        "has_unaddressed",
        "hides_permissions",
        "properties",
        "subscribers_at_once",
    }
    of_no_concern = {
        "creation_properties",
        "has_ready",
        "lists_maillists_twice",
        "missing_code",
        "resolves_aliases",
        "taken_code",
    }
    assert {field.name for field in fields(Capabilities)} == differing | of_no_concern
    listed = {name for side in SIDES for name in side.can.properties}
    assert listed - {"first_name", "last_name", "birth_date", "sex", "middle_name", "position", "hint_question"} == {
        "enabled"
    }


def longest(problem: Callable[[str], str | None]) -> int | None:
    """Return how many characters a value has at most, None if there is no limit."""
    allowed = [length for length in range(1, 200) if not problem("ab" * (length // 2) + "c" * (length % 2))]
    return None if allowed[-1] == 199 else allowed[-1]


LIMITS: dict[str, Callable[[Side], int | None]] = {
    "Characters in the name of a new mailbox, at most": lambda side: longest(
        lambda login: side.rules.login_problem("", login)
    ),
    "Characters in a password, at least": lambda side: next(
        length for length in range(1, 99) if not side.rules.password_problem("", "a" * length, "anna")
    ),
    "Characters in the password of a new mailbox, at most": lambda side: longest(
        lambda password: side.rules.password_problem("", password, "anna", is_new=True)
    ),
    "Aliases of a mailbox, at most": lambda side: next(
        (count for count in range(99) if side.rules.aliases_problem("", "anna", count + 1)), None
    ),
    "Subscribers in one request": lambda side: side.can.subscribers_at_once,
    "Requests at the same time, by default": lambda side: side.service.options["max_connections"]["default"],
}
"""What finds out a limit; None: there is none."""


@pytest.mark.parametrize("row", read_table(GUIDE, "Known limits"), ids=lambda row: row[0])
def test_limits(row: list[str]) -> None:
    name, *cells = row
    for side, cell in zip(SIDES, cells, strict=True):
        limit = LIMITS[name](side)
        assert cell == (str(limit) if limit else cell)
        assert cell.isdigit() is bool(limit)


def test_every_limit_has_a_row() -> None:
    assert [row[0] for row in read_table(GUIDE, "Known limits")] == list(LIMITS)
