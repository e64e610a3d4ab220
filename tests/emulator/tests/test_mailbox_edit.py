# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`email/edit`: what is given, empty or left out; when a mailbox is ready; aliases (docs/api/pdd.md, 2.2, 3.2a)."""

from __future__ import annotations

import signal
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import Api, Emulator

PASSWORD = "secret-1"
PERSON = {
    "iname": "Anna",
    "fname": "Muster",
    "birth_date": "1990-02-28",
    "sex": "2",
    "hintq": "Colour?",
    "hinta": "green",
}
NOT_GIVEN = {"enabled": "", "birth_date": "", "sex": ""}
"""What counts as not given if it is empty."""
CLEARED = {"iname": "", "fname": "", "hintq": "", "hinta": ""}
"""What becomes empty if it is empty."""


@pytest.fixture
def anna(api: Api) -> int:
    """Return the uid of the mailbox `anna`."""
    uid: int = api.ok("email/add", {"login": "anna", "password": PASSWORD})["uid"]
    return uid


def picture(api: Api) -> dict[str, Any]:
    """Return all that the emulator knows of Anna."""
    mailbox: dict[str, Any] = api.control("")["mailboxes"][f"anna@{api.domain}"]
    return mailbox


def test_everything_empty(api: Api, anna: int) -> None:
    """A form that is sent as it is: names and hints are cleared, the rest stays."""
    api.ok("email/edit", {"uid": anna, **PERSON, "enabled": "no"})
    account = api.ok("email/edit", {"login": "anna", "uid": "", **NOT_GIVEN, **CLEARED})["account"]
    assert account.items() >= {"birth_date": "1990-02-28", "sex": 2, "enabled": "no"}.items()
    assert account.items() >= {"iname": "", "fname": "", "fio": "", "hintq": ""}.items()
    assert picture(api)["hinta"] == ""
    assert picture(api)["password"] == PASSWORD


def test_everything_empty_from_the_start(api: Api, anna: int) -> None:
    """Nothing that was unset is set by it."""
    before = picture(api)
    api.ok("email/edit", {"uid": anna, **NOT_GIVEN, **CLEARED})
    assert picture(api) == before


@pytest.mark.parametrize("era", ["2017", "2021", "strings"])
@pytest.mark.parametrize("empty", sorted(NOT_GIVEN))
def test_empty_is_not_given(era: str, empty: str) -> None:
    """In every era, also together with what is given."""
    with Emulator("--era", era) as running:
        api = running.api("example.test")
        api.ok("email/add", {"login": "anna", "password": PASSWORD})
        api.ok("email/edit", {"login": "anna", **PERSON, "enabled": "no"})
        before = picture(api)
        api.ok("email/edit", {"login": "anna", empty: "", "iname": "Eva"})
        assert picture(api)["iname"] == "Eva"
        assert picture(api)[empty] == before[empty]


def test_ready_needs_both_names(api: Api, anna: int) -> None:
    """A new mailbox is not ready, and nothing but both names makes it so, together or one after the other."""
    others = {name: value for name, value in PERSON.items() if name not in {"iname", "fname"}}
    assert picture(api)["ready"] == "no"
    assert api.ok("email/edit", {"uid": anna, **others})["account"]["ready"] == "no"
    assert api.ok("email/edit", {"uid": anna, "iname": "Anna"})["account"]["ready"] == "no"
    assert api.ok("email/edit", {"uid": anna, "iname": "", "fname": "Muster"})["account"]["ready"] == "no"
    assert api.ok("email/edit", {"uid": anna, "iname": "Anna"})["account"]["ready"] == "yes"


@pytest.mark.parametrize("names", [names for count in (1, 2) for names in combinations(["iname", "fname"], count)])
def test_ready_once_is_ready_ever(api: Api, anna: int, names: tuple[str, ...]) -> None:
    """Names that are taken away do not undo it."""
    assert api.ok("email/edit", {"uid": anna, "iname": "Anna", "fname": "Muster"})["account"]["ready"] == "yes"
    assert api.ok("email/edit", {"uid": anna, **dict.fromkeys(names, "")})["account"]["ready"] == "yes"
    assert api.ok("email/list")["accounts"][0]["ready"] == "yes"


def test_ready_by_control(api: Api, anna: int) -> None:
    """A test can switch it either way, whatever the names; only an edit of them switches it, too."""
    api.ok("email/edit", {"uid": anna, "iname": "Anna", "fname": "Muster"})
    for ready, shown in [(True, "yes"), (False, "no"), (True, "yes")]:
        api.control_put("mailboxes/anna", {"ready": ready})
        assert api.ok("email/details", {"uid": anna})["account"]["ready"] == shown
        assert api.ok("email/edit", {"uid": anna, "sex": "1"})["account"]["ready"] == shown
        assert api.ok("email/list")["accounts"][0]["ready"] == shown


def test_lists_are_not_ready(api: Api) -> None:
    """They never are."""
    api.ok("email/ml/add", {"maillist": "team"})
    assert api.ok("email/list")["accounts"][0]["ready"] == "no"


def test_aliases(api: Api, anna: int) -> None:
    """A test can set them: they are full addresses, in the order given, in every answer with an account."""
    api.control_put("mailboxes/anna", {"aliases": ["Ann", f"a.muster@{api.domain.upper()}", "anna@alias.test"]})
    aliases = [f"ann@{api.domain}", f"a.muster@{api.domain}", "anna@alias.test"]
    assert api.ok("email/list")["accounts"][0]["aliases"] == aliases
    assert api.ok("email/details", {"uid": anna})["account"]["aliases"] == aliases
    assert api.ok("email/edit", {"uid": anna, "sex": "1"})["account"]["aliases"] == aliases
    api.control_put("mailboxes/anna", {"aliases": []})
    assert api.ok("email/list")["accounts"][0]["aliases"] == []


@pytest.mark.usefixtures("anna")
def test_aliases_are_only_shown(api: Api) -> None:
    """They are neither found nor taken."""
    api.control_put("mailboxes/anna", {"aliases": ["ann"]})
    assert api.error("email/details", {"login": "ann"}) == "account_not_found"
    assert api.ok("email/add", {"login": "ann", "password": PASSWORD})


def test_control_changes_only_what_it_names(api: Api, anna: int) -> None:
    """Attributes that are set one by one are all there in the end, and leave the rest alone."""
    api.ok("email/edit", {"uid": anna, **PERSON})
    before = picture(api)
    changes: list[dict[str, Any]] = [{"aliases": ["ann"]}, {"ready": False}, {"blocked": True}]
    for change in changes:
        api.control_put("mailboxes/anna", change)
    expected = {"aliases": [f"ann@{api.domain}"], "ready": "no", "blocked": True, "enabled": "no"}
    assert picture(api) == {**before, **expected}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart(tmp_path: Path, number: signal.Signals) -> None:
    """Aliases and readiness are kept."""
    emulator = Emulator("--state", str(tmp_path / "state"))
    api = emulator.api("example.test")
    for login in ("anna", "boris", "clara"):
        api.ok("email/add", {"login": login, "password": PASSWORD})
    api.ok("email/edit", {"login": "anna", "iname": "Anna", "fname": "Muster"})
    api.control_put("mailboxes/boris", {"ready": True, "aliases": ["bo"]})
    accounts = api.ok("email/list")["accounts"]
    emulator.stop(number)
    with Emulator("--state", str(tmp_path / "state")) as restarted:
        assert Api(restarted.url, "example.test").ok("email/list")["accounts"] == accounts
    assert [account["ready"] for account in accounts] == ["no", "yes", "yes"]
    assert [account["aliases"] for account in accounts] == [[], ["bo@example.test"], []]
