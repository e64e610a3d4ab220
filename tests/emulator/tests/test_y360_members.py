# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of groups, in both versions of the calls (docs/api/y360.md, 3.3)."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import DIRECTORY, MOVED, V2, Api

NOBODY: dict[str, list[Any]] = {
    "users": [],
    "groups": [],
    "departments": [],
    "externalContacts": [],
    "sharedMailboxes": [],
}
Ids = dict[str, list[Any]]


@pytest.fixture
def path(news: dict[str, Any]) -> str:
    """Return the path of a list's members in the second version."""
    return f"{V2}/groups/{news['id']}/members"


@pytest.fixture
def ids(org: Api, anna: str) -> Ids:
    """Return IDs of all kinds of members."""
    inner = org.add_group("inner", name="Inner")
    sales = org.ok("POST", f"{DIRECTORY}/departments", {"name": "Sales", "parentId": 1})
    org.add_user("boris", departmentId=sales["id"])
    contact = {"emails": [{"email": "out@elsewhere.test"}], "firstName": "Out", "lastName": "Side"}
    shared = {"email": f"support@{org.domain}", "name": "Support"}
    return {
        "userIds": [anna],
        "groupIds": [inner["id"]],
        "departmentIds": [sales["id"]],
        "externalContactIds": [org.ok("POST", f"{DIRECTORY}/external_contacts", contact)["id"]],
        "sharedMailboxIds": [org.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", shared)["resourceId"]],
    }


def test_add_and_remove(org: Api, path: str, ids: Ids, news: dict[str, Any]) -> None:
    """All kinds of members come and go with one call each, which can be repeated."""
    assert org.get(path) == NOBODY
    for _round in range(2):
        assert org.ok("PATCH", f"{path}/add", ids) == {}
        assert org.get(path) == {
            "users": [
                {
                    "id": ids["userIds"][0],
                    "nickname": "anna",
                    "departmentId": 1,
                    "email": f"anna@{org.domain}",
                    "name": {"first": "Anna", "last": "Test", "middle": ""},
                    "gender": "",
                    "position": "",
                    "avatarId": "",
                }
            ],
            "groups": [{"id": ids["groupIds"][0], "name": "Inner", "membersCount": 0}],
            "departments": [{"id": ids["departmentIds"][0], "name": "Sales", "membersCount": 1}],
            "externalContacts": [
                {"id": ids["externalContactIds"][0], "firstName": "Out", "lastName": "Side", "middleName": ""}
            ],
            "sharedMailboxes": [{"id": ids["sharedMailboxIds"][0], "name": "Support"}],
        }
    group = org.get(f"{DIRECTORY}/groups/{news['id']}")
    assert group["membersCount"] == 5
    assert [item["type"] for item in group["members"]] == ["user", "department", "group"]
    assert org.state()["groups"][news["email"]]["member_names"] == [
        f"anna@{org.domain}",
        f"department#{ids['departmentIds'][0]}",
        f"inner@{org.domain}",
        "out@elsewhere.test",
        f"support@{org.domain}",
    ]
    for _round in range(2):
        assert org.ok("PATCH", f"{path}/delete", ids) == {}
        assert org.get(path) == NOBODY


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"userIds": ["1130000000000999"]}, (404, "Not Found")),
        ({"userIds": [str(1 << 64)]}, (404, "Not Found")),
        ({"groupIds": [99]}, (404, "Not Found")),
        ({"departmentIds": [99]}, (404, "Not Found")),
        ({"externalContactIds": ["6a1b"]}, (404, "Not Found")),
        ({"sharedMailboxIds": ["1130000000000999"]}, (404, "Not Found")),
        ({"userIds": ["anna"]}, (400, "Bad Request")),
        ({"userIds": "1"}, (400, "Bad Request")),
        ({"externalContactIds": [7]}, (400, "Bad Request")),
    ],
)
def test_all_or_nothing(org: Api, path: str, ids: Ids, body: Ids, error: tuple[int, str]) -> None:
    """One bad ID keeps all others from being added."""
    assert org.error("PATCH", f"{path}/add", {**ids, **body}) == error
    assert org.get(path) == NOBODY


def test_id_of_another_kind(org: Api, path: str, ids: Ids) -> None:
    """An ID is one of its kind."""
    assert org.error("PATCH", f"{path}/add", {"userIds": ids["sharedMailboxIds"]}) == (404, "Not Found")
    assert org.error("PATCH", f"{path}/add", {"sharedMailboxIds": ids["userIds"]}) == (404, "Not Found")


def test_loops(org: Api, path: str, news: dict[str, Any]) -> None:
    """No group becomes a part of itself, at any depth; the same group twice at one place is no loop."""
    outer, outermost = org.add_group("outer"), org.add_group("outermost")
    org.add_members(outer["id"], groupIds=[news["id"]])
    org.add_members(outermost["id"], groupIds=[outer["id"], news["id"]])
    for group in (news, outer, outermost):
        assert org.error("PATCH", f"{path}/add", {"groupIds": [group["id"]]}) == (400, "group_loop")
    assert org.get(path) == NOBODY


def test_nested_members_stay(org: Api, path: str, anna: str) -> None:
    """Who is in a group through another one is no direct member."""
    inner = org.add_group("inner")
    org.add_members(inner["id"], userIds=[anna])
    org.ok("PATCH", f"{path}/add", {"groupIds": [inner["id"]]})
    org.ok("PATCH", f"{path}/delete", {"userIds": [anna]})
    assert org.get(path)["users"] == []
    assert org.get(f"{V2}/groups/{inner['id']}/members")["users"][0]["id"] == anna


def test_dismissed(org: Api, path: str, anna: str) -> None:
    """A dismissed user cannot be added."""
    org.put_user(anna, is_dismissed=True)
    assert org.error("PATCH", f"{path}/add", {"userIds": [anna]}) == (404, "Not Found")


def test_vanishing(org: Api, path: str, ids: Ids) -> None:
    """What is deleted is no member any more."""
    org.ok("PATCH", f"{path}/add", ids)
    org.ok("PATCH", f"{DIRECTORY}/users/{ids['userIds'][0]}", {"isEnabled": False})
    for member in (
        f"{DIRECTORY}/users/{ids['userIds'][0]}",
        f"{DIRECTORY}/groups/{ids['groupIds'][0]}",
        f"{DIRECTORY}/external_contacts/{ids['externalContactIds'][0]}",
        f"/admin/v1/org/{{o}}/mailboxes/shared/{ids['sharedMailboxIds'][0]}",
    ):
        org.ok("DELETE", member)
    assert {key: len(value) for key, value in org.get(path).items() if value} == {"departments": 1}


# Version 1


@pytest.mark.parametrize("base", [DIRECTORY, MOVED])
def test_first_version(org: Api, base: str, path: str, ids: Ids, news: dict[str, Any]) -> None:
    """One member at a time, of three kinds; others are not shown, and stay."""
    org.ok("PATCH", f"{path}/add", ids)
    old = f"{base}/groups/{news['id']}/members"
    shown = org.get(path)
    assert org.get(old) == {key: shown[key] for key in ("users", "groups", "departments")}
    user = int(ids["userIds"][0])
    members = {"members": [{"type": "user", "id": user}]}
    assert [item["id"] for item in org.ok("PUT", old, members)["users"]] == [str(user)]
    rest = org.get(path)
    assert {key: len(value) for key, value in rest.items() if value} == {
        "users": 1,
        "externalContacts": 1,
        "sharedMailboxes": 1,
    }
    assert org.ok("DELETE", old) == {"users": [], "groups": [], "departments": []}
    assert len(org.get(path)["externalContacts"]) == 1


def test_add_one(org: Api, anna: str, news: dict[str, Any]) -> None:
    """The form of the ID depends on the host."""
    old, moved = (f"{base}/groups/{news['id']}/members" for base in (DIRECTORY, MOVED))
    assert org.ok("POST", old, {"id": anna}) == {"id": anna, "type": "user", "added": True}
    assert org.ok("POST", old, {"type": "user", "id": anna})["added"] is False
    body = {"type": "department", "id": 1}
    assert org.ok("POST", moved, body) == {"id": 1, "type": "department", "added": True}
    assert org.error("POST", moved, {"id": anna}) == (400, "Bad Request")
    assert org.error("POST", old, {"type": "user", "id": "99"}) == (404, "Not Found")
    assert org.error("POST", old, {"type": "robot", "id": "1"}) == (400, "Bad Request")
    assert org.error("POST", old, {"type": "group", "id": news["id"]}) == (400, "group_loop")


def test_remove_one(org: Api, anna: str, news: dict[str, Any]) -> None:
    """The answer says whether there was such a member."""
    path = f"{DIRECTORY}/groups/{news['id']}/members"
    org.ok("POST", path, {"id": anna})
    assert org.ok("DELETE", f"{path}/user/{anna}") == {"id": anna, "type": "user", "deleted": True}
    assert org.ok("DELETE", f"{path}/user/{anna}")["deleted"] is False
    assert org.error("DELETE", f"{path}/robot/1") == (400, "Bad Request")
    assert org.error("DELETE", f"{path}/user/anna") == (400, "Bad Request")


def test_unknown_group(org: Api) -> None:
    """There is no such group."""
    for method, path in (
        ("GET", f"{V2}/groups/99/members"),
        ("PATCH", f"{V2}/groups/99/members/add"),
        ("PATCH", f"{V2}/groups/99/members/delete"),
        ("PUT", f"{MOVED}/groups/99/members"),
        ("DELETE", f"{DIRECTORY}/groups/99/members"),
    ):
        assert org.error(method, path, {}) == (404, "Not Found")
