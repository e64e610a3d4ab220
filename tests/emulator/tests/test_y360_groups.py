# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups as mailing lists (docs/api/y360.md, 3)."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import CLOUD, DIRECTORY, V2, Api

GROUPS = f"{DIRECTORY}/groups"


def test_create(org: Api) -> None:
    """A group with a label has an address and its ID."""
    group = org.ok("POST", GROUPS, {"name": "News", "label": "News"})
    assert group["emailId"].startswith("1150")
    assert group == {
        "id": 1,
        "name": "News",
        "type": "generic",
        "description": "",
        "membersCount": 0,
        "label": "news",
        "email": f"news@{org.domain}",
        "emailId": group["emailId"],
        "aliases": [],
        "externalId": "",
        "removed": False,
        "members": [],
        "memberOf": [],
        "createdAt": group["createdAt"],
    }
    assert org.get(f"{GROUPS}/1") == group


def test_create_with_everything(org: Api, anna: str, news: dict[str, Any]) -> None:
    """Members of three kinds can be given at once; IDs may be numbers or strings."""
    ids = {"user": int(anna), "group": str(news["id"]), "department": 1}
    body = {
        "name": "All",
        "label": "all",
        "description": "Everybody",
        "externalId": "ours:all",
        "members": [{"type": kind, "id": number} for kind, number in ids.items()],
    }
    group = org.ok("POST", GROUPS, body)
    assert group["membersCount"] == 3
    assert group["members"] == [{"type": kind, "id": str(number)} for kind, number in ids.items()]
    assert (group["description"], group["externalId"]) == ("Everybody", "ours:all")
    assert org.get(f"{GROUPS}/{news['id']}")["memberOf"] == [group["id"]]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "invalid_name"),
        ({"name": " "}, 400, "invalid_name"),
        ({"name": "N"}, 400, "name_too_short"),
        ({"name": 7}, 400, "Bad Request"),
        ({"name": "News", "label": "n"}, 400, "login.prohibitedsymbols"),
        ({"name": "News", "label": "news@example.test"}, 400, "login.prohibitedsymbols"),
        ({"name": "News", "label": "-news"}, 400, "login.prohibitedsymbols"),
        ({"name": "News", "label": "новости"}, 400, "login.prohibitedsymbols"),
        ({"name": "News", "label": "n" * 41}, 400, "login.prohibitedsymbols"),
        ({"name": "News", "members": [{"type": "user", "id": "1130000000000999"}]}, 404, "Not Found"),
        ({"name": "News", "members": [{"type": "robot", "id": "1"}]}, 400, "Bad Request"),
        ({"name": "News", "members": [{"type": "user", "id": "anna"}]}, 400, "Bad Request"),
        ({"name": "News", "members": "anna"}, 400, "Bad Request"),
    ],
)
def test_refused(org: Api, body: dict[str, Any], status: int, message: str) -> None:
    """What breaks a rule is refused, and changes nothing."""
    assert org.error("POST", GROUPS, body) == (status, message)
    assert org.state()["groups"] == {}


def test_without_label(org: Api) -> None:
    """A group without a label has no address; any number of them may have the same name."""
    groups = [org.ok("POST", GROUPS, {"name": "Same"}) for _round in range(2)]
    assert [group["id"] for group in groups] == [1, 2]
    assert {(group["label"], group["email"], group["emailId"]) for group in groups} == {("", "", "")}


def test_edit(org: Api, anna: str, news: dict[str, Any]) -> None:
    """Only what is named changes; members are replaced."""
    path = f"{GROUPS}/{news['id']}"
    assert org.ok("PATCH", path, {"description": "New"}) == {**news, "description": "New"}
    for members in ([{"id": anna}], [{"type": "department", "id": 1}], []):
        group = org.ok("PATCH", path, {"members": members})
        assert [item["id"] for item in group["members"]] == [str(item["id"]) for item in members]
    assert org.error("PATCH", path, {"name": "N"}) == (400, "name_too_short")
    assert org.error("PATCH", path, {"members": [{"type": "group", "id": news["id"]}]}) == (400, "group_loop")


def test_label(org: Api, news: dict[str, Any]) -> None:
    """A label can be changed, removed, and added later; its former name is free."""
    path = f"{GROUPS}/{news['id']}"
    renamed = org.ok("PATCH", path, {"label": "fresh"})
    assert (renamed["email"], renamed["emailId"]) == (f"fresh@{org.domain}", news["emailId"])
    removed = org.ok("PATCH", path, {"label": ""})
    assert (removed["label"], removed["email"], removed["emailId"]) == ("", "", "")
    added = org.ok("PATCH", path, {"label": "news"})
    assert added["emailId"] not in {"", news["emailId"]}
    org.add_group("fresh")
    assert org.error("PATCH", path, {"label": "fresh"}) == (409, "some_group_has_this_label")
    assert org.ok("PATCH", path, {"label": "news"}) == added


def test_delete(org: Api, anna: str, news: dict[str, Any]) -> None:
    """A group goes with its memberships on both sides; its members stay, its name is free."""
    outer = org.add_group("outer")
    org.add_members(news["id"], userIds=[anna])
    org.add_members(outer["id"], groupIds=[news["id"]])
    path = f"{GROUPS}/{news['id']}"
    assert org.ok("DELETE", path) == {"id": news["id"], "removed": True}
    assert org.error("DELETE", path) == (404, "Not Found")
    assert org.error("GET", path) == (404, "Not Found")
    assert org.get(f"{GROUPS}/{outer['id']}")["members"] == []
    assert org.get(f"{DIRECTORY}/users/{anna}")["groups"] == []
    assert org.add_group("news")["emailId"] != news["emailId"]


def test_list(org: Api) -> None:
    """Groups come by pages, in the order of their IDs."""
    ids = [org.add_group(f"list{number}")["id"] for number in range(11)]
    assert [group["id"] for group in org.get(GROUPS)["groups"]] == ids[:10]
    last = org.get(GROUPS, page=2)
    assert [group["id"] for group in last.pop("groups")] == ids[10:]
    assert last == {"page": 2, "pages": 2, "perPage": 10, "total": 11}


def test_service_groups_and_tombstones(org: Api, news: dict[str, Any]) -> None:
    """Service groups are listed and cannot be changed; removed groups may be listed, and are gone otherwise."""
    org.put_group(50, type="robots", name="Robots")
    org.put_group(news["id"], removed=True)
    assert [(item["type"], item["removed"]) for item in org.get(GROUPS)["groups"]] == [
        ("generic", True),
        ("robots", False),
    ]
    for method, path, body in (
        ("PATCH", f"{GROUPS}/50", {"name": "Other"}),
        ("DELETE", f"{GROUPS}/50", None),
        ("PATCH", f"{V2}/groups/50/members/add", {}),
    ):
        assert org.error(method, path, body) == (403, "Forbidden")
    assert org.error("GET", f"{GROUPS}/{news['id']}") == (404, "Not Found")
    assert org.add_group("other")["id"] == 51


def test_wrong_count(org: Api, news: dict[str, Any]) -> None:
    """The number of members need not be right."""
    org.put_group(news["id"], members_count=7)
    assert org.get(f"{GROUPS}/{news['id']}")["membersCount"] == 7


# The other host


def test_search(org: Api, anna: str, news: dict[str, Any]) -> None:
    """There is no ID of the address there, and there are no members."""
    org.add_members(news["id"], userIds=[anna])
    known = org.get(f"{CLOUD}/groups/{news['id']}")
    assert known == {
        "id": news["id"],
        "name": "News",
        "type": "generic",
        "description": "",
        "members_count": 1,
        "label": "news",
        "email": news["email"],
        "aliases": [],
        "removed": False,
        "member_of": [],
        "created_at": news["createdAt"],
        "is_2fa_enabled": False,
    }
    assert org.get(f"{CLOUD}/groups") == {"limit": 20, "offset": 0, "total": 1, "items": [known]}
    assert org.get(f"{CLOUD}/groups", is_2fa_enabled="true")["total"] == 0
    assert org.error("GET", f"{CLOUD}/groups", params={"is_2fa_enabled": "perhaps"}) == (400, "Bad Request")


def test_search_by_address(org: Api, news: dict[str, Any]) -> None:
    """The address of a list on any domain of the organization will do."""
    org.add_user("anna")
    org.add_group("other")
    for email in (news["email"], news["email"].upper(), f"news@{org.domain.replace('main', 'alias')}"):
        assert [item["id"] for item in org.get(f"{CLOUD}/groups", email=email)["items"]] == [news["id"]]
    for email in (f"anna@{org.domain}", "news@elsewhere.test", f"nobody@{org.domain}"):
        assert org.get(f"{CLOUD}/groups", email=email) == {"limit": 20, "offset": 0, "total": 0, "items": []}
