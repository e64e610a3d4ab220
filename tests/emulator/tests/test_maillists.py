# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on mailing lists (docs/api/pdd.md, 2.3)."""

from __future__ import annotations

import pytest
from pdd_emulator.testing import Api

NAMING_BOTH = [
    "email/ml/subscribe",
    "email/ml/unsubscribe",
    "email/ml/get_can_send_on_behalf",
    "email/ml/set_can_send_on_behalf",
]
RIGHT = {"can_send_on_behalf": "yes"}


@pytest.fixture
def team(api: Api) -> int:
    """Return the uid of the list `team`; the mailboxes `anna`, `boris` and `clara` exist too."""
    for login in ("anna", "boris", "clara"):
        api.ok("email/add", {"login": login, "password": "secret-1"})
    uid: int = api.ok("email/ml/add", {"maillist": "team"})["uid"]
    return uid


def subscribers(api: Api) -> list[str]:
    """Return the names of the subscribers of `team`."""
    answer = api.ok("email/ml/subscribers", {"maillist": "team"})
    return [address.removesuffix(f"@{api.domain}") for address in answer["subscribers"]]


@pytest.mark.parametrize("spelling", ["team", "Team@{}", "postmaster", "abuse@{}"])
def test_add(api: Api, spelling: str) -> None:
    """A list is added by name or address; the reserved names are for lists."""
    answer = api.ok("email/ml/add", {"maillist": spelling.format(api.domain)})
    address = f"{spelling.partition('@')[0].lower()}@{api.domain}"
    assert answer == {"maillist": address, "uid": answer["uid"]}
    assert api.ok("email/ml/list") == {"maillists": [{"maillist": address, "uid": answer["uid"], "cnt": 0}]}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "no_maillist"),
        ({"maillist": ""}, "login-empty"),
        ({"maillist": "t" * 31}, "login-toolong"),
        ({"maillist": "te_am"}, "badlogin"),
        ({"maillist": "new@other.test"}, "badlogin"),
        ({"maillist": "TEAM"}, "occupied"),
        ({"maillist": "anna"}, "occupied"),
    ],
)
@pytest.mark.usefixtures("team")
def test_add_errors(api: Api, params: dict[str, str], code: str) -> None:
    """The rules are those of mailboxes."""
    assert api.error("email/ml/add", params) == code
    assert len(api.ok("email/ml/list")["maillists"]) == 1


def test_delete(api: Api, team: int) -> None:
    """A list goes with its subscriptions, also those to other lists; mailboxes stay."""
    api.ok("email/ml/add", {"maillist": "all"})
    api.ok("email/ml/subscribe", {"maillist": "all", "subscriber": "team"})
    api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "anna"})
    assert api.ok("email/ml/del", {"maillist_uid": team}) == {"maillist": f"team@{api.domain}"}
    assert [(item["maillist"], item["cnt"]) for item in api.ok("email/ml/list")["maillists"]] == [
        (f"all@{api.domain}", 0)
    ]
    assert api.ok("email/list")["total"] == 4
    assert api.error("email/ml/del", {"maillist": "anna"}) == "account_not_found"


def test_subscribe(api: Api, team: int) -> None:
    """Both are named by name, address or uid; the answer tells the right, which is `no` if not given."""
    clara = api.ok("email/details", {"login": "clara"})["uid"]
    for params, subscriber, right in (
        ({"maillist": "team", "subscriber": "boris"}, "boris", "no"),
        ({"maillist_uid": team, "subscriber_uid": clara, "can_send_on_behalf": "yes"}, "clara", "yes"),
        ({"maillist": f"TEAM@{api.domain}", "subscriber": f"Anna@{api.domain}", "subscriber_uid": ""}, "anna", "no"),
    ):
        assert api.ok("email/ml/subscribe", params) == {
            "maillist": f"team@{api.domain}",
            "uid": team,
            "subscriber": f"{subscriber}@{api.domain}",
            "can_send_on_behalf": right,
        }
    addresses = [f"{login}@{api.domain}" for login in ("boris", "clara", "anna")]
    answer = api.ok("email/ml/subscribers", {"maillist": "team"})
    assert answer == {"maillist": f"team@{api.domain}", "uid": team, "subscribers": addresses}
    assert api.ok("email/ml/list")["maillists"][0]["cnt"] == 3


@pytest.mark.usefixtures("team")
def test_subscribe_again(api: Api) -> None:
    """It succeeds, keeps the place in the order, and changes the right only if one is given."""
    for login in ("anna", "boris"):
        api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": login})
    for params, right in ((RIGHT, "yes"), ({}, "yes"), ({"can_send_on_behalf": "no"}, "no")):
        answer = api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "anna", **params})
        assert answer["can_send_on_behalf"] == right
        assert subscribers(api) == ["anna", "boris"]
    api.ok("email/ml/unsubscribe", {"maillist": "team", "subscriber": "anna"})
    api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "anna"})
    assert subscribers(api) == ["boris", "anna"]


@pytest.mark.usefixtures("team")
def test_list_in_a_list(api: Api) -> None:
    """A list may be a subscriber."""
    api.ok("email/ml/add", {"maillist": "all"})
    api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "all"})
    assert subscribers(api) == ["all"]


def test_unsubscribe(api: Api, team: int) -> None:
    """Who is not subscribed cannot be unsubscribed."""
    named = {"maillist": "team", "subscriber": "anna"}
    api.ok("email/ml/subscribe", named)
    assert api.ok("email/ml/unsubscribe", named) == {
        "maillist": f"team@{api.domain}",
        "uid": team,
        "subscriber": f"anna@{api.domain}",
    }
    assert subscribers(api) == []
    assert api.error("email/ml/unsubscribe", named) == "account_not_found"


def test_right(api: Api, team: int) -> None:
    """The right to send on behalf is written and read by subscription."""
    named = {"maillist": "team", "subscriber": "anna"}
    anna = api.ok("email/details", {"login": "anna"})["uid"]
    for login in ("anna", "boris"):
        api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": login})
    pair = {"maillist": f"team@{api.domain}", "uid": team, "subscriber": f"anna@{api.domain}"}
    for right in ("yes", "no", "yes"):
        answer = api.ok("email/ml/set_can_send_on_behalf", {**named, "can_send_on_behalf": right})
        assert answer == {**pair, "can_send_on_behalf": right}
        answer = api.ok("email/ml/get_can_send_on_behalf", named)
        assert answer == {**pair, "subscriber_uid": anna, "can_send_on_behalf": right}
    boris = api.ok("email/ml/get_can_send_on_behalf", {**named, "subscriber": "boris"})
    assert boris["can_send_on_behalf"] == "no"


@pytest.mark.parametrize("action", NAMING_BOTH)
@pytest.mark.usefixtures("team")
def test_naming_errors(api: Api, action: str) -> None:
    """The list, the subscriber, the right, and only then whether they exist."""
    for params, code in (
        ({"subscriber": "anna"}, "no_maillist"),
        ({"maillist": "", "maillist_uid": ""}, "no_maillist"),
        ({"maillist": "nobody"}, "no_subscriber"),
        ({"maillist": "nobody", "subscriber": ""}, "no_subscriber"),
        ({"maillist": "nobody", "subscriber": "anna", **RIGHT}, "account_not_found"),
        ({"maillist": "boris", "subscriber": "anna", **RIGHT}, "account_not_found"),
        ({"maillist_uid": "team", "subscriber": "anna", **RIGHT}, "account_not_found"),
        ({"maillist": "team@other.test", "subscriber": "anna", **RIGHT}, "account_not_found"),
        ({"maillist": "team", "subscriber": "nobody", **RIGHT}, "account_not_found"),
        ({"maillist": "team", "subscriber": "anna@other.test", **RIGHT}, "account_not_found"),
    ):
        assert api.error(action, params) == code, params
    if action != "email/ml/subscribe":
        assert api.error(action, {"maillist": "team", "subscriber": "anna", **RIGHT}) == "account_not_found"


@pytest.mark.parametrize("action", ["email/ml/del", "email/ml/subscribers"])
@pytest.mark.usefixtures("team")
def test_naming_a_list_errors(api: Api, action: str) -> None:
    """A mailbox is no list."""
    assert api.error(action) == "no_maillist"
    for params in ({"maillist": "nobody"}, {"maillist": "anna"}, {"maillist": "team", "maillist_uid": "1"}):
        assert api.error(action, params) == "account_not_found"


def test_errors_of_the_right(api: Api) -> None:
    """It is mandatory to set it, and `yes` or `no` everywhere."""
    named = {"maillist": "nobody", "subscriber": "nobody"}
    assert api.error("email/ml/set_can_send_on_behalf", named) == "no_can_send_on_behalf"
    for action in ("email/ml/set_can_send_on_behalf", "email/ml/subscribe"):
        for right in ("", "1", "YES"):
            assert api.error(action, {**named, "can_send_on_behalf": right}) == "bad_can_send_on_behalf"
