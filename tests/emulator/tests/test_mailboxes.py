# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on mailboxes (docs/api/pdd.md, 1.5, 1.6, 2.2)."""

from __future__ import annotations

from typing import Any

import pytest
from pdd_emulator.testing import Api, Emulator

FIRST_UID = 1130000001234567
PASSWORD = "secret-1"
UNSET: dict[str, Any] = {
    "enabled": "yes",
    "fio": "",
    "fname": "",
    "iname": "",
    "birth_date": None,
    "sex": None,
    "hintq": "",
    "ready": "no",
    "aliases": [],
    "maillist": "no",
}
PERSON = {
    "iname": "Anna",
    "fname": "Muster",
    "birth_date": "1990-02-28",
    "sex": "2",
    "hintq": "Colour?",
    "hinta": "green",
}


@pytest.fixture
def anna(api: Api) -> int:
    """Return the uid of the mailbox `anna`."""
    uid: int = api.ok("email/add", {"login": "anna", "password": PASSWORD})["uid"]
    return uid


@pytest.mark.parametrize("spelling", ["anna", "Anna", "anna@{}", "ANNA@{}"])
def test_add(api: Api, spelling: str) -> None:
    """A mailbox is added by name or address, in any letter case, with its password."""
    answer = api.ok("email/add", {"login": spelling.format(api.domain), "password": PASSWORD})
    assert answer == {"login": f"anna@{api.domain}", "uid": answer["uid"]}
    assert isinstance(answer["uid"], int)
    assert answer["uid"] >= FIRST_UID
    assert api.control("password?login=anna") == {"password": PASSWORD}


@pytest.mark.parametrize(
    "login", ["a", "a1", "a.b-c", "a" * 30, "a" + "1" * 29, "x..y", "abuse1", "A-B", "post.master"]
)
def test_good_logins(api: Api, login: str) -> None:
    """These names may be given."""
    assert api.ok("email/add", {"login": login, "password": PASSWORD})["login"] == f"{login.lower()}@{api.domain}"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "no_login"),
        ({"login": ""}, "login-empty"),
        ({"login": "a" * 31}, "login-toolong"),
        ({"login": "1" * 31}, "login-toolong"),
        ({"login": "1anna"}, "badlogin"),
        ({"login": "-anna"}, "badlogin"),
        ({"login": "anna-"}, "badlogin"),
        ({"login": "anna."}, "badlogin"),
        ({"login": "an_na"}, "badlogin"),
        ({"login": "анна"}, "badlogin"),
        ({"login": "anna\n"}, "badlogin"),
        ({"login": " anna"}, "badlogin"),
        ({"login": "anna@other.test"}, "badlogin"),
        ({"login": "anna@"}, "badlogin"),
        ({"login": "@"}, "badlogin"),
        ({"login": "abuse"}, "login_reserved"),
        ({"login": "Postmaster"}, "login_reserved"),
        ({"login": "anna"}, "no_password"),
        ({"login": "anna", "password": ""}, "passwd-empty"),
        ({"login": "anna", "password": "12345"}, "passwd-tooshort"),
        ({"login": "anna", "password": "a b"}, "passwd-tooshort"),
        ({"login": "anna", "password": "x" * 21}, "passwd-toolong"),
        ({"login": "anna", "password": "ä" * 21}, "passwd-toolong"),
        ({"login": "anna", "password": "secret 1"}, "badpasswd"),
        ({"login": "anna", "password": "пароль-1"}, "badpasswd"),
        ({"login": "anna", "password": "secret-1\n"}, "badpasswd"),
        ({"login": "bobbob", "password": "bobbob"}, "passwd-likelogin"),
        ({"login": "BobBob", "password": "bobbob"}, "passwd-likelogin"),
        ({"login": "taken", "password": "12345"}, "passwd-tooshort"),
        ({"login": "taken", "password": PASSWORD}, "occupied"),
        ({"login": "Taken", "password": PASSWORD}, "occupied"),
        ({"login": "team", "password": PASSWORD}, "occupied"),
    ],
)
def test_add_errors(api: Api, params: dict[str, str], code: str) -> None:
    """Login checks, password checks, then whether the name is taken: the first wrong thing is reported."""
    api.ok("email/add", {"login": "taken", "password": PASSWORD})
    api.ok("email/ml/add", {"maillist": "team"})
    before = api.ok("email/list")
    assert api.error("email/add", params) == code
    assert api.ok("email/list") == before


@pytest.mark.parametrize("password", ["123456", "x" * 20, "aZ09!@#$%^&*()_-+:;,", "......"])
def test_good_passwords(api: Api, password: str) -> None:
    """These passwords may be given."""
    api.ok("email/add", {"login": "anna", "password": password})
    assert api.control("password?login=anna") == {"password": password}


def test_uids_are_not_reused(api: Api) -> None:
    """Mailboxes and lists take uids from one ascending sequence."""
    uids = []
    for _round in range(2):
        uids.append(api.ok("email/add", {"login": "anna", "password": PASSWORD})["uid"])
        uids.append(api.ok("email/ml/add", {"maillist": "team"})["uid"])
        api.ok("email/ml/del", {"maillist": "team"})
        api.ok("email/del", {"login": "anna"})
    assert uids == sorted(set(uids))


def test_list(api: Api, anna: int) -> None:
    """The list has mailboxes and mailing lists, the newest first, in the forms of 2017."""
    team = api.ok("email/ml/add", {"maillist": "team"})["uid"]
    assert api.ok("email/list") == {
        "page": 1,
        "pages": 1,
        "on_page": 30,
        "total": 2,
        "found": 2,
        "box_limit": 1000,
        "direction": "desc",
        "order": "uid",
        "offset": None,
        "accounts": [
            {**UNSET, "login": f"team@{api.domain}", "uid": team, "maillist": "yes"},
            {**UNSET, "login": f"anna@{api.domain}", "uid": anna},
        ],
    }


def test_empty_list(api: Api) -> None:
    """An empty domain has no pages."""
    answer = api.ok("email/list")
    assert (answer["pages"], answer["total"], answer["found"], answer["accounts"]) == (0, 0, 0, [])


@pytest.mark.parametrize(
    ("asked", "answered", "found"),
    [
        ({"on_page": 2}, {"page": 1, "on_page": 2, "pages": 3}, ["e", "d"]),
        ({"page": 3, "on_page": 2}, {"page": 3, "on_page": 2, "pages": 3}, ["a"]),
        ({"page": 4, "on_page": 2}, {"page": 4, "on_page": 2, "pages": 3}, []),
        ({"page": 0, "on_page": 0}, {"page": 1, "on_page": 1, "pages": 5}, ["e"]),
        ({"on_page": 5000}, {"page": 1, "on_page": 1000, "pages": 1}, ["e", "d", "c", "b", "a"]),
        ({"on_page": 1000}, {"page": 1, "on_page": 1000, "pages": 1}, ["e", "d", "c", "b", "a"]),
    ],
)
def test_list_paging(api: Api, asked: dict[str, int], answered: dict[str, int], found: list[str]) -> None:
    """What is out of range is clamped silently; a page past the end is empty."""
    for login in "abcde":
        api.ok("email/ml/add", {"maillist": login})
    answer = api.ok("email/list", asked)
    assert answer.items() >= {**answered, "total": 5, "found": len(found)}.items()
    assert [account["login"].partition("@")[0] for account in answer["accounts"]] == found


def test_edit(api: Api, anna: int) -> None:
    """Names make the mailbox ready; what is not given stays, an empty name becomes empty."""
    account = {**UNSET, "login": f"anna@{api.domain}", "uid": anna}
    changed = {"fio": "Muster Anna", "iname": "Anna", "fname": "Muster", "birth_date": "1990-02-28", "hintq": "Colour?"}
    answer = api.ok("email/edit", {"login": "anna", **PERSON})
    assert answer == {
        "login": f"anna@{api.domain}",
        "uid": anna,
        "account": {**account, **changed, "sex": 2, "ready": "yes"},
    }
    assert api.ok("email/list")["accounts"] == [answer["account"]]
    answer = api.ok("email/edit", {"uid": anna, "fname": "", "sex": "0"})
    assert answer["account"] == {**account, **changed, "fname": "", "fio": "Anna", "sex": 0, "ready": "yes"}


def test_edit_password_and_enabled(api: Api, anna: int) -> None:
    """A password may have 30 characters here; a mailbox switched off can be switched on again."""
    answer = api.ok("email/edit", {"uid": anna, "password": "x" * 30, "enabled": "no"})
    assert "x" * 30 not in str(answer)
    assert answer["account"]["enabled"] == "no"
    assert api.control("password?login=anna") == {"password": "x" * 30}
    assert api.ok("email/edit", {"uid": anna, "enabled": "yes"})["account"]["enabled"] == "yes"
    assert api.control("password?login=anna") == {"password": "x" * 30}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"password": "x"}, "no_uid_or_login"),
        ({"login": "", "uid": ""}, "no_uid_or_login"),
        ({"login": "nobody", "password": ""}, "passwd-tooshort"),
        ({"login": "nobody", "password": "12345"}, "passwd-tooshort"),
        ({"login": "nobody", "password": "x" * 31}, "passwd-toolong"),
        ({"login": "nobody", "password": "secret 1"}, "badpasswd"),
        ({"login": "nobody", "enabled": "1"}, "bad_enabled"),
        ({"login": "nobody", "birth_date": "1990-02-30"}, "bad_birth_date"),
        ({"login": "nobody", "birth_date": "19900228"}, "bad_birth_date"),
        ({"login": "nobody", "birth_date": "0000-01-01"}, "bad_birth_date"),
        ({"login": "nobody", "sex": "3"}, "bad_sex"),
        ({"login": "nobody", "iname": "x"}, "account_not_found"),
        ({"login": "team", "iname": "x"}, "account_not_found"),
        ({"login": "charlie", "iname": "x", "password": "Charlie"}, "passwd-likelogin"),
    ],
)
def test_edit_errors(api: Api, params: dict[str, str], code: str) -> None:
    """The parameters are checked before the mailbox is looked for, and nothing changes."""
    api.ok("email/add", {"login": "charlie", "password": PASSWORD})
    api.ok("email/ml/add", {"maillist": "team"})
    before = api.control("")
    assert api.error("email/edit", params) == code
    assert api.control("") == before


@pytest.mark.parametrize(
    "action", ["email/edit", "email/del", "email/counters", "email/details", "email/get_oauth_token"]
)
def test_naming_a_mailbox(emulator: Emulator, api: Api, anna: int, action: str) -> None:
    """By login in any form or by uid; of both the uid counts, unless it is empty. Lists are not found."""
    team = api.ok("email/ml/add", {"maillist": "team"})["uid"]
    stranger = emulator.api("stranger.test")
    assert api.error(action) == "no_uid_or_login"
    for params in (
        {"login": "nobody"},
        {"login": "anna@other.test"},
        {"login": "anna@"},
        {"uid": anna + 10**6},
        {"uid": -1},
        {"uid": "anna"},
        {"uid": 10**40},
        {"uid": f"{anna}x"},
        {"login": "team"},
        {"uid": team},
        {"uid": anna + 10**6, "login": "anna"},
    ):
        assert api.error(action, params) == "account_not_found", params
    assert stranger.error(action, {"uid": anna}) == "account_not_found"
    templates: list[dict[str, str]] = [
        {"login": "{login}", "uid": ""},
        {"login": "{login}@{domain}"},
        {"uid": "{uid}", "login": ""},
        {"uid": "{uid}", "login": "nobody"},
    ]
    for number, template in enumerate(templates):
        login = f"Mailbox{number}"
        uid = api.ok("email/add", {"login": login, "password": PASSWORD})["uid"]
        params = {key: text.format(login=login, uid=uid, domain=api.domain.upper()) for key, text in template.items()}
        assert api.ok(action, params)["login"] == f"mailbox{number}@{api.domain}"


def test_delete(api: Api, anna: int) -> None:
    """A deleted mailbox is gone; the answer names it without its uid."""
    assert api.call("email/del", {"uid": anna}) == {
        "domain": api.domain,
        "login": f"anna@{api.domain}",
        "success": "ok",
    }
    assert api.error("email/del", {"uid": anna}) == "account_not_found"
    assert api.ok("email/list")["total"] == 0


def test_delete_ends_subscriptions(api: Api, anna: int) -> None:
    """A mailbox of the same name that comes later is not subscribed."""
    api.ok("email/ml/add", {"maillist": "team"})
    api.ok("email/ml/subscribe", {"maillist": "team", "subscriber_uid": anna})
    api.ok("email/del", {"login": "anna"})
    assert api.ok("email/ml/subscribers", {"maillist": "team"})["subscribers"] == []
    api.ok("email/add", {"login": "anna", "password": PASSWORD})
    assert api.ok("email/ml/list")["maillists"][0]["cnt"] == 0


def test_counters_and_details(api: Api, anna: int) -> None:
    """The counters of a new mailbox are zero; the details are those of the list."""
    named = {"login": f"anna@{api.domain}", "uid": anna}
    assert api.ok("email/counters", {"login": "anna"}) == {**named, "counters": {"unread": 0, "new": 0}}
    assert api.ok("email/details", {"login": "anna"}) == {**named, "account": {**UNSET, **named}}


def test_oauth_token(api: Api, anna: int) -> None:
    """Each token is another one; who is switched off gets none."""
    first, second = (api.ok("email/get_oauth_token", {"uid": anna}) for _round in range(2))
    assert first.keys() == {"login", "uid", "oauth-token"}
    assert first["oauth-token"] != second["oauth-token"]
    api.ok("email/edit", {"uid": anna, "enabled": "no"})
    assert api.error("email/get_oauth_token", {"uid": anna}) == "user_blocked"


def test_blocked_by_the_service(api: Api, anna: int) -> None:
    """A blocked mailbox is listed as not enabled, can be read, but not be changed."""
    api.control_put("mailboxes/anna", {"blocked": True})
    assert api.ok("email/list")["accounts"][0]["enabled"] == "no"
    for action in ("email/edit", "email/del", "email/get_oauth_token"):
        assert api.error(action, {"uid": anna, "enabled": "yes"}) == "user_blocked"
    assert api.error("email/edit", {"uid": anna, "sex": "x"}) == "bad_sex"
    assert api.ok("email/counters", {"uid": anna})
    api.control_put("mailboxes/anna", {"blocked": False})
    assert api.ok("email/del", {"uid": anna})
