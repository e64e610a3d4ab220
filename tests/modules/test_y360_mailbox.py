# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_mailbox: mailboxes of an organization are created, changed, and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_mailbox"
PASSWORD = "Made-up-9"
PERSON: dict[str, Any] = {"first_name": "Anna", "last_name": "Example"}
NEW = {**PERSON, "password": PASSWORD}
ALL = {"middle_name": "M", "birth_date": "1990-02-03", "sex": "female", "position": "Clerk"}


@pytest.mark.parametrize("run360", ["process", "direct"], indirect=True)
def test_create(run360: Runner, organization: Organization) -> None:
    """With all properties in one request, besides those for aliases and for a blocked mailbox."""
    options = {**NEW, **ALL, "aliases": ["a.example", "ann"], "enabled": False, "password_change_required": True}
    result = run360.check_then_run_twice(MODULE, login="Anna", **options)
    anna = organization.users["anna"]
    assert (anna["name"], anna["gender"], anna["birthday"], anna["position"], anna["isEnabled"]) == (
        {"first": "Anna", "last": "Example", "middle": "M"},
        "female",
        "1990-02-03",
        "Clerk",
        False,
    )
    assert (anna["password"], anna["passwordChangeRequired"], sorted(anna["aliases"])) == (
        PASSWORD,
        True,
        ["a.example", "ann"],
    )
    assert (result["created"], result["updated"]) == (organization.addresses("anna"), [])
    assert result["mailboxes"] == run360("y360_mailbox_info")["mailboxes"]
    assert [(each["action"], each.get("property")) for each in result["changes"]] == [
        ("create", None),
        *(("update", name) for name in ("first_name", "last_name", "middle_name", "birth_date", "sex", "position")),
        ("update", "enabled"),
        ("update", "aliases"),
        ("update", "aliases"),
    ]
    assert PASSWORD not in str(result["changes"])


def test_requests(run360: Runner, organization: Organization) -> None:
    """One for each mailbox that is created or changed, two for one that is deleted or created as blocked."""
    organization.add_mailboxes("boris", "clara", "dora")
    organization.forget()
    entries = [
        {"login": "anna", **NEW},
        {"login": "boris", "position": "Clerk", "sex": "male"},
        {"login": "clara", "state": "absent"},
        {"login": "dora", "first_name": "Dora"},
        {"login": "emil", **NEW, "enabled": False},
    ]
    result = run360(MODULE, mailboxes=entries)
    assert sorted(organization.writes()) == [
        "users/create",
        "users/create",
        "users/delete",
        *["users/edit"] * 3,
    ]
    assert result["requests"]["sent"] == 2 + 6
    organization.forget()
    assert not run360(MODULE, mailboxes=[each for each in entries if each["login"] != "emil"])["changed"]
    assert organization.calls() == ["domains/list", "users/search"]


def test_change(run360: Runner, organization: Organization) -> None:
    """A name is sent as a whole."""
    organization.own.add_user("anna", name={"first": "A", "last": "B", "middle": "C"})
    result = run360.check_then_run_twice(MODULE, login="anna", last_name="Changed", enabled=False, **ALL)
    assert organization.users["anna"]["name"] == {"first": "A", "last": "Changed", "middle": "M"}
    assert result["updated"] == organization.addresses("anna")
    result = run360.check_then_run_twice(MODULE, login="anna", sex="unset", enabled=True)
    assert (organization.users["anna"]["gender"], organization.users["anna"]["isEnabled"]) == ("", True)


def test_password(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    assert not run360(MODULE, login="anna", password=PASSWORD)["changed"]
    options: dict[str, Any] = {
        "login": "anna",
        "password": PASSWORD,
        "update_password": "always",
        "password_change_required": True,
    }
    assert run360(MODULE, **options)["changed"]
    anna = organization.users["anna"]
    assert (anna["password"], anna["passwordChangeRequired"]) == (PASSWORD, True)
    assert PASSWORD not in run360.output


def test_aliases(run360: Runner, organization: Organization) -> None:
    """Exactly these, and one can move from one mailbox to another."""
    organization.add_mailboxes("anna", "boris")
    run360.check_then_run_twice(MODULE, login="anna", aliases=["one", "two"])
    entries = [{"login": "boris", "aliases": ["two"]}, {"login": "anna", "aliases": [organization.address("one")]}]
    run360.check_then_run_twice(MODULE, mailboxes=entries)
    assert {login: user["aliases"] for login, user in organization.users.items()} == {"anna": ["one"], "boris": ["two"]}
    run360.check_then_run_twice(MODULE, login="anna", aliases=[])
    assert organization.users["anna"]["aliases"] == []


def test_login_that_is_an_alias(run360: Runner, organization: Organization) -> None:
    """It is not created, in check mode as well; and not deleted, since its mailbox has another name."""
    run360(MODULE, login="anna", **NEW, aliases=["ann"])
    for check in (True, False):
        result = run360(MODULE, check=check, login="ann", **NEW)
        assert result["failures"][0]["error"]["code"] == "conflict"
        assert f"is an alias of {organization.address('anna')}" in result["msg"]
    assert not run360(MODULE, login="ann", state="absent")["changed"]
    assert list(organization.users) == ["anna"]


@pytest.mark.usefixtures("impatient")
def test_names_that_a_list_has(run360: Runner, organization: Organization) -> None:
    """They are told in check mode too, as a login and as an alias."""
    organization.add_maillist("team")
    organization.add_maillist("news")
    entries = [{"login": "team", **NEW}, {"login": "anna", **NEW, "aliases": ["news", "ann"]}]
    for check in (True, False):
        result = run360(MODULE, check=check, mailboxes=entries)
        objects = {failure["object"]: failure["error"] for failure in result["failures"]}
        assert {name: error["code"] for name, error in objects.items()} == dict.fromkeys(
            organization.addresses("team", "anna"), "conflict"
        )
        for name, error in zip(("team", "news"), objects.values(), strict=True):
            assert f"{organization.address(name)} is a mailing list" in error["message"]
        assert result["created"] == organization.addresses("anna")
    assert organization.users["anna"]["aliases"] == ["ann"]


def test_aliases_that_another_mailbox_has(run360: Runner, organization: Organization) -> None:
    """They are left to it, and one that is free after the task is given."""
    organization.add_mailboxes("anna", "boris", "clara")
    run360(MODULE, login="boris", aliases=["bob"])
    entries = [{"login": "anna", "aliases": ["bob", "clara", "ann"]}, {"login": "clara", "state": "absent"}]
    results = [run360(MODULE, check=check, mailboxes=entries) for check in (True, False)]
    for result in results:
        [failure] = result["failures"]
        assert (
            failure["error"]["message"]
            == f"{organization.address('bob')} is an alias of {organization.address('boris')}"
        )
    assert results[0]["changes"] == results[1]["changes"]
    assert sorted(organization.users["anna"]["aliases"]) == ["ann", "clara"]
    message = run360.refused_before_any_request(
        MODULE,
        domain=organization.domain,
        mailboxes=[{"login": "anna", "aliases": ["x"]}, {"login": "boris", "aliases": ["x", "anna"]}],
    )
    assert "mailboxes[1].aliases[0]: 'x' is the same as 'x' in mailboxes[0].aliases[0]" in message
    assert "mailboxes[1].aliases[1]: 'anna' is the same as" in message


@pytest.mark.usefixtures("impatient")
def test_incomplete_new_mailboxes(run360: Runner, organization: Organization) -> None:
    """All are told at once, in check mode too, and nothing is written."""
    organization.add_mailboxes("boris")
    entries = [
        {"login": "anna", "password": PASSWORD, "first_name": "Anna"},
        {"login": "boris", "password": PASSWORD},
        {"login": "clara", "password": PASSWORD},
        {"login": "dora", **PERSON},
    ]
    organization.forget()
    checked = run360(MODULE, check=True, mailboxes=entries)
    assert checked["error"]["code"] == "invalid_input"
    result = run360(MODULE, mailboxes=entries)
    for words in ("mailboxes[0].last_name of anna", "mailboxes[2].first_name and mailboxes[2].last_name of clara"):
        assert words in checked["msg"]
        assert words in result["msg"]
    assert f"no such mailbox: {organization.address('dora')}" in result["msg"]
    assert organization.writes() == []


def test_rules(run360: Runner, organization: Organization) -> None:
    """Those that are known are checked before any request if the domain is given."""
    message = run360.refused_before_any_request(
        MODULE,
        domain=organization.domain,
        mailboxes=[
            {"login": "-a", **NEW},
            {"login": "anna", "password": "short"},
            {"login": "boris", "aliases": [f"a{number}" for number in range(11)]},
            {"login": "clara", "aliases": ["clara", "x@elsewhere.test"]},
            {"login": "dora", "password_change_required": True},
        ],
    )
    words = ("'-a' is no valid login", "at least 8", "11 aliases", "'clara' is the same as", "x@elsewhere.test", "dora")
    assert all(each in message for each in words)


def test_delete(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna", "boris")
    result = run360.check_then_run_twice(MODULE, login="anna", state="absent")
    assert result["deleted"] == organization.addresses("anna")
    assert list(organization.users) == ["boris"]


@pytest.mark.parametrize("status", [404, 405])
def test_service_that_deletes_no_more(run360: Runner, organization: Organization, status: int) -> None:
    """The mailbox stays blocked, which is a change, and the failure says what to do."""
    organization.add_mailboxes("anna")
    organization.own.arm(f"users_delete_missing:status={status}")
    result = run360(MODULE, diff=True, login="anna", state="absent")
    assert result["failed"]
    assert result["changed"]
    assert [(each["property"], each["before"], each["after"]) for each in result["changes"]] == [
        ("enabled", True, False)
    ]
    assert "console" in result["error"]["advice"]
    assert organization.users["anna"]["isEnabled"] is False
    again = run360(MODULE, login="anna", state="absent")
    assert (again["failed"], again["changed"]) == (True, False)


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("call", ["users/create", "users/edit", "users/delete", "aliases/add"])
def test_lost_answers(run360: Runner, organization: Organization, call: str, applied: bool) -> None:
    """They are settled by reading, and nothing is done twice."""
    organization.add_mailboxes("boris", "clara")
    organization.own.arm(f"502:on={call}:count=1{':applied' if applied else ''}")
    result = run360(
        MODULE,
        mailboxes=[
            {"login": "anna", **NEW},
            {"login": "boris", "position": "Clerk", "aliases": ["bob"]},
            {"login": "clara", "state": "absent"},
        ],
    )
    assert result["failures"] == []
    assert sorted(organization.users) == ["anna", "boris"]
    assert organization.users["boris"]["aliases"] == ["bob"]
    assert len(result["changes"]) == 6
    assert organization.own.struck() == [1]


def test_partial_failure(run360: Runner, organization: Organization) -> None:
    """The rest is done; the service's word is quoted."""
    result = run360(MODULE, mailboxes=[{"login": "anna", **NEW, "password": "12345678"}, {"login": "boris", **NEW}])
    assert result["created"] == organization.addresses("boris")
    assert (result["error"]["code"], result["error"]["http_status"]) == ("invalid_input", 400)
    assert "password.weak" in result["msg"]
    assert "1 of 2 failed, 1 done." in result["msg"]


def test_missing_scope(run360: Runner, organization: Organization) -> None:
    """It is found out once, and then nothing is sent that needs it."""
    scopes = ["directory:read_users", "directory:read_domains"]
    token = organization.own.put_token("made-up-reader", scopes=scopes).token
    organization.forget()
    logins = [f"box{number}" for number in range(9)]
    result = run360(MODULE, token=token, max_connections=1, mailboxes=[{"login": each, **NEW} for each in logins])
    assert "the token lacks the scope directory:write_users" in result["msg"]
    assert {failure["error"]["code"] for failure in result["failures"]} == {"forbidden"}
    assert organization.calls() == ["domains/list", "users/search", "users/create", "whoami"]


def test_foreign_users_are_left_alone(run360: Runner, organization: Organization) -> None:
    organization.own.put_user(77, nickname="guest", outside_email="guest@elsewhere.test")
    organization.own.put_user(1130000000009001, nickname="robot", first="R", last="R", is_robot=True)
    assert not run360(MODULE, mailboxes=[{"login": each, "state": "absent"} for each in ("guest", "robot")])["changed"]
