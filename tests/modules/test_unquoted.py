# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What YAML reads as something else than a string, where one is expected: `no`, `1.0`, and a password `01234567`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._module.services import PDD

from ..conftest import PDD_MODULES as NAMES
from ..conftest import Service
from .conftest import MODULES, Runner
from .test_connection import MINIMUM

MODULE = "pdd_mailbox"
BOX = {"external_login": "anna", "external_password": "made-up-1"}
ENTRIES: dict[str, dict[str, Any]] = {
    "pdd_mailbox": {"mailboxes": [{"login": "anna"}]},
    "pdd_mailbox_import": {"server": "127.0.0.1", "mailboxes": [BOX]},
    "pdd_maillist_subscriber": {"maillists": [{"maillist": "team"}]},
}
"""The options for many objects, of the modules that have them."""
ALONE = {key: {**BOX, "mailboxes": None} for key in (*BOX, "internal_login", "internal_password")}
"""What goes with options that exclude those."""


@dataclass(frozen=True)
class Option:
    """An option that takes strings; entries: the option in whose entries it stands, if it does."""

    module: str
    entries: str | None
    name: str
    is_list: bool
    is_secret: bool

    def __str__(self) -> str:
        """Return the name of a test."""
        return f"{self.module}-{self.entries or ''}-{self.name}"


def options_for_strings() -> Iterator[Option]:
    """Yield all of all modules."""
    for module in NAMES:
        spec = {**PDD.options, **getattr(import_module(f"{MODULES}.{module}"), "OPTIONS", {})}
        many = [(key, option["options"]) for key, option in spec.items() if "options" in option]
        for entries, options in [(None, spec), *many]:
            for name, option in options.items():
                is_list = option["type"] == "list"
                if option["elements" if is_list else "type"] in ("str", "path") and "choices" not in option:
                    yield Option(module, entries, name, is_list, bool(option.get("no_log")))


@pytest.mark.parametrize("option", list(options_for_strings()), ids=str)
def test_every_option(run: Runner, service: Service, option: Option) -> None:
    """It is refused with the advice to quote it, without being quoted itself."""
    module, entries, name = option.module, option.entries, option.name
    for value, what in (
        (False, "boolean"),
        (1234.5, "number"),
        (34712345, "number"),
        ({"made": "up-value"}, "not a string"),
    ):
        given: Any = [value] if option.is_list else value
        if entries:
            options = {**ENTRIES[module], entries: [{**ENTRIES[module][entries][0], name: given}]}
        else:
            options = {**MINIMUM[module], **ALONE.get(name, {}), name: given}
        result = run.unchecked(module, **{"api_url": "none", **options})  # so nothing is sent, should all be fine
        if what == "number" and isinstance(value, int) and not option.is_secret:
            assert "is a number" not in result["msg"]
            continue
        assert result["error"]["code"] == "invalid_input"
        assert result["requests"]["sent"] == 0
        place = f"{entries}[0].{name}" if entries else name
        place += "[0]" if option.is_list else ""
        assert f"{place} is" in result["msg"], result["msg"]
        assert what in result["msg"]
        assert str(value) not in result["msg"]
        assert "quote it" in result["msg"] or what == "not a string"
    assert service.requests() == []


def test_all_are_named_at_once(run: Runner) -> None:
    desired = [{"login": False, "password": 342391}, {"login": "1st", "password": "made-up-1", "first_name": False}]
    message = run.refused_before_any_request(MODULE, mailboxes=desired)
    for words in (
        "mailboxes[0].login is a boolean, not a string",
        "mailboxes[0].password is a number, not a string",
        "mailboxes[1].first_name is a boolean",
        "mailboxes[1].login: '1st'",
    ):
        assert words in message
    assert "342391" not in run.output


def test_one_name_without_brackets(run: Runner) -> None:
    assert "maillist is a boolean" in run.refused_before_any_request("pdd_maillist", maillist=True)
    assert "subscribers is a boolean" in run.refused_before_any_request(
        "pdd_maillist_subscriber", maillist="team", subscribers=False
    )


def test_whole_numbers_are_names(run: Runner, service: Service) -> None:
    for names in ([2024, 2025], 2026):
        predicted = run("pdd_maillist", check=True, maillist=names)
        assert predicted["created"] == service.addresses(*map(str, names if isinstance(names, list) else [names]))
    lists = [{"maillist": 2024, "subscribers": [2025], "senders_on_behalf": [2025]}]
    [result] = run("pdd_maillist_subscriber", check=True, maillists=lists)["maillists"]
    assert result["senders_added"] == service.addresses("2025")


def test_strings_are_strings(run: Runner, service: Service) -> None:
    """Also those of an ad-hoc command that look like something else."""
    assert run("pdd_maillist", maillist="no,on,True")["created"] == service.addresses("no", "on", "true")
    assert run(MODULE, login="off", password="342391", first_name="No")["created"] == service.addresses("off")
