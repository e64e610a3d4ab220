# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator of Yandex 360 answers in the forms of the examples in docs/api/y360.md."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from y360_emulator.testing import CLOUD, DIRECTORY, V2, Api, Emulator

FACTS = (Emulator.cwd.parent.parent / "docs" / "api" / "y360.md").read_text()
EXAMPLES: list[dict[str, Any]] = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", FACTS, re.DOTALL)]


def example(*keys: str) -> dict[str, Any]:
    """Return the example that has all of these keys."""
    (found,) = [each for each in EXAMPLES if each.keys() >= set(keys)]
    return found


def form(value: Any) -> Any:
    """Return the keys and types of a value; of lists the form of their first element."""
    if isinstance(value, dict):
        return {key: form(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [form(item) for item in value[:1]]
    return type(value).__name__


@pytest.fixture
def vera(org: Api) -> dict[str, Any]:
    """Return a user with all that the example has."""
    user = org.add_user("vera", displayName="Vera E.")
    group = org.add_group("first")
    org.add_members(group["id"], userIds=[user["id"]])
    answer: dict[str, Any] = org.ok("POST", f"{DIRECTORY}/users/{user['id']}/aliases", {"alias": "v.e"})
    return answer


def test_token(org: Api) -> None:
    """The call about the token, and the organizations."""
    assert form(org.get("/whoami")) == form(example("orgIds"))
    assert form(org.get("/directory/v1/org")) == form(example("organizations"))


def test_user(vera: dict[str, Any]) -> None:
    """A user."""
    assert form(vera) == form(example("nickname", "displayName"))


def test_group(org: Api, vera: dict[str, Any]) -> None:
    """A group and its members."""
    inner = org.add_group("inner")
    contact = {"firstName": "Out", "lastName": "Side", "emails": [{"email": "out@elsewhere.test"}]}
    box = {"email": f"support@{org.domain}", "name": "Support"}
    group = org.add_group("news")
    org.add_members(
        group["id"],
        userIds=[vera["id"]],
        groupIds=[inner["id"]],
        departmentIds=[1],
        externalContactIds=[org.ok("POST", f"{DIRECTORY}/external_contacts", contact)["id"]],
        sharedMailboxIds=[org.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", box)["resourceId"]],
    )
    assert form(org.get(f"{DIRECTORY}/groups/{group['id']}")) == form(example("memberOf"))
    assert form(org.get(f"{V2}/groups/{group['id']}/members")) == form(example("externalContacts"))


def test_permissions(org: Api, vera: dict[str, Any]) -> None:
    """The body of the example is taken, and gives the other example."""
    group = org.add_group("news")
    path = f"/v1/admin/org/{{o}}/mail-lists/{group['emailId']}"
    text = json.dumps(example("role_actions")).replace("1130000000000011", vera["id"])
    org.ok("POST", f"{path}/update-permissions", json.loads(text.replace("123456", str(org.organization))))
    shown = org.get(f"{path}/permissions")["grants"]["items"]
    anybody, user = example("grants")["grants"]["items"]
    assert [form(item) for item in shown] == [form(user)]
    assert form(anybody["subject"]) == {"id": "int", "type": "str"}


def test_settings(org: Api, vera: dict[str, Any]) -> None:
    """The example of a signature can be sent, and is the answer."""
    path = f"/admin/v1/org/{{o}}/mail/users/{vera['id']}/settings/sender_info"
    assert org.ok("POST", path, example("signs")) == example("signs")


def test_others(org: Api) -> None:
    """A domain, a department, and a contact; the example of a contact can be sent."""
    assert form(org.get(f"{DIRECTORY}/domains")["domains"][0]) == form(example("master"))
    assert form(org.get(f"{DIRECTORY}/departments")["departments"][0]) == form(example("headId"))
    path = f"{DIRECTORY}/external_contacts"
    contact = org.get(f"{path}/{org.ok('POST', path, example('emails'))['id']}")
    own = {"id", "createdAt", "updatedAt"}
    assert {key: contact[key] for key in contact.keys() - own} == {
        key: value for key, value in example("emails").items() if key not in own
    }


def test_errors(org: Api) -> None:
    """Errors of both hosts."""
    reader = org.put_token("reader", scopes=[])
    first, second = (reader.request("GET", path).json() for path in (f"{DIRECTORY}/users", f"{CLOUD}/users"))
    assert form(first) == form(example("code"))
    assert first["message"] == example("code")["message"]
    assert form(second) == form(next(each for each in EXAMPLES if each.get("error") == "invalid_argument"))
