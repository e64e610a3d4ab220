# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail settings of users (docs/api/y360.md, 5)."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import DIRECTORY, Api


@pytest.fixture
def path(anna: str) -> str:
    """Return the path of a user's settings."""
    return f"/admin/v1/org/{{o}}/mail/users/{anna}/settings"


def sign(text: str, **changes: Any) -> dict[str, Any]:
    """Return a signature."""
    return {"emails": [], "isDefault": True, "text": text, "lang": "ru", **changes}


def test_defaults(org: Api, path: str) -> None:
    """A new mailbox has no signature, and sends by the user's name and address."""
    assert org.get(f"{path}/sender_info") == {
        "fromName": "Anna Test",
        "defaultFrom": f"anna@{org.domain}",
        "signs": [],
        "signPosition": "bottom",
    }


def test_signatures(org: Api, path: str) -> None:
    """Signatures are replaced as a whole and stored as they are; what is left out stays."""
    before = org.get(f"{path}/sender_info")
    signs = [sign("<div>One<br/></div>", emails=[f"anna@{org.domain}"]), sign("Two", isDefault=True, lang="en")]
    after = org.ok("POST", f"{path}/sender_info", {"signs": signs, "signPosition": "under"})
    assert after == {**before, "signs": signs, "signPosition": "under"}
    assert org.ok("POST", f"{path}/sender_info", {"fromName": "Anna"}) == {**after, "fromName": "Anna"}
    assert org.ok("POST", f"{path}/sender_info", {"signs": [{"text": "x"}]})["signs"] == [sign("x", isDefault=False)]
    for text, value in (("True", True), ("false", False)):
        shown = org.ok("POST", f"{path}/sender_info", {"signs": [{"text": "x", "isDefault": text}]})
        assert shown["signs"] == [sign("x", isDefault=value)]
    assert org.ok("POST", f"{path}/sender_info", {"signs": []})["signs"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"signPosition": "top"},
        {"signs": "x"},
        {"signs": ["x"]},
        {"signs": [{"text": 1}]},
        {"signs": [{"isDefault": "yes"}]},
        {"fromName": 1},
    ],
)
def test_refused(org: Api, path: str, body: dict[str, Any]) -> None:
    """Values have their types."""
    assert org.error("POST", f"{path}/sender_info", body) == (400, "Bad Request")


def test_address_book(org: Api, path: str) -> None:
    """A switch."""
    assert org.get(f"{path}/address_book") == {"collectAddresses": True}
    for value in (False, True):
        body = {"collectAddresses": value}
        assert org.ok("POST", f"{path}/address_book", body) == body == org.get(f"{path}/address_book")
    assert org.error("POST", f"{path}/address_book", {}) == (400, "Bad Request")


def test_rules(org: Api, path: str) -> None:
    """Automatic replies and forwarding; the same rule twice makes two."""
    path = f"{path}/user_rules"
    reply = {"ruleName": "Away", "text": "Back on Monday"}
    forward = {"ruleName": "To boss", "address": f"boss@{org.domain}", "withStore": True}
    numbers = [org.ok("POST", path, body)["ruleId"] for body in ({"autoreply": reply}, {"forward": forward})]
    again = org.ok("POST", path, {"autoreply": reply})["ruleId"]
    assert org.get(path) == {
        "autoreplies": [{"ruleId": numbers[0], **reply}, {"ruleId": again, **reply}],
        "forwards": [{"ruleId": numbers[1], **forward}],
    }
    assert org.ok("DELETE", f"{path}/{numbers[0]}") == {}
    assert org.error("DELETE", f"{path}/{numbers[0]}") == (404, "Not Found")
    outside = {"forward": {**forward, "address": "boss@elsewhere.test"}}
    assert org.error("POST", path, outside) == (400, "invalid_forward_address")
    assert org.error("POST", path, {}) == (400, "Bad Request")


@pytest.mark.parametrize("name", ["sender_info", "address_book", "user_rules"])
def test_from_outside(org: Api, name: str) -> None:
    """Accounts from outside have no mail settings."""
    org.put_user(4711, outside_email="guest@yandex.example")
    assert org.error("GET", f"/admin/v1/org/{{o}}/mail/users/4711/settings/{name}") == (404, "Not Found")


def test_alias_as_sender(org: Api, anna: str, path: str) -> None:
    """Whoever sends from an alias sends from the main address again when that is gone."""
    org.ok("POST", f"{DIRECTORY}/users/{anna}/aliases", {"alias": "a.t"})
    org.ok("POST", f"{path}/sender_info", {"defaultFrom": f"a.t@{org.domain}"})
    org.ok("DELETE", f"{DIRECTORY}/users/{anna}/aliases/a.t")
    assert org.get(f"{path}/sender_info")["defaultFrom"] == f"anna@{org.domain}"
