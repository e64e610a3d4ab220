# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Departments (docs/api/y360.md, 8.1)."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import CLOUD, DIRECTORY, Api

DEPARTMENTS = f"{DIRECTORY}/departments"


@pytest.fixture
def sales(org: Api) -> dict[str, Any]:
    """Return a department with an address."""
    answer: dict[str, Any] = org.ok("POST", DEPARTMENTS, {"name": "Sales", "parentId": 1, "label": "sales"})
    return answer


def test_root(org: Api) -> None:
    """There is a root, whose staff is everybody."""
    org.add_user("anna")
    answer = org.get(DEPARTMENTS)
    (root,) = answer.pop("departments")
    assert answer == {"page": 1, "pages": 1, "perPage": 10, "total": 1}
    assert root == {
        "id": 1,
        "name": "All staff",
        "parentId": 0,
        "description": "",
        "createdAt": root["createdAt"],
        "externalId": "",
        "label": "",
        "email": "",
        "emailId": "",
        "headId": "",
        "membersCount": 1,
        "aliases": [],
    }
    assert org.get(f"{DEPARTMENTS}/1") == root


def test_create(org: Api, sales: dict[str, Any]) -> None:
    """A department with a label is a list; its staff is also that of departments below it."""
    assert (sales["id"], sales["email"]) == (2, f"sales@{org.domain}")
    assert sales["emailId"].startswith("1150")
    below = org.ok("POST", DEPARTMENTS, {"name": "Export", "parentId": str(sales["id"]), "externalId": "ours"})
    assert (below["parentId"], below["externalId"]) == (2, "ours")
    org.add_user("anna", departmentId=below["id"])
    assert [item["membersCount"] for item in org.get(DEPARTMENTS)["departments"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"parentId": 1}, 400, "invalid_name"),
        ({"name": "Sales"}, 400, "Bad Request"),
        ({"name": "Sales", "parentId": 99}, 404, "Not Found"),
        ({"name": "Sales", "parentId": 1, "label": "s"}, 400, "login.prohibitedsymbols"),
    ],
)
def test_refused(org: Api, body: dict[str, Any], status: int, message: str) -> None:
    """What breaks a rule is refused."""
    assert org.error("POST", DEPARTMENTS, body) == (status, message)


def test_list(org: Api, sales: dict[str, Any]) -> None:
    """Those below one department, by ID or by name."""
    org.ok("POST", DEPARTMENTS, {"name": "Accounting", "parentId": 1})
    org.ok("POST", DEPARTMENTS, {"name": "Export", "parentId": sales["id"]})

    def listed(**query: Any) -> list[str]:
        return [item["name"] for item in org.get(DEPARTMENTS, **query)["departments"]]

    assert listed(parentId=1) == ["Sales", "Accounting"]
    assert listed(orderBy="name") == ["Accounting", "All staff", "Export", "Sales"]
    assert listed(perPage=1, page=2) == ["Sales"]
    assert org.error("GET", DEPARTMENTS, params={"orderBy": "size"}) == (400, "Bad Request")


def test_edit(org: Api, sales: dict[str, Any]) -> None:
    """Only what is named changes."""
    path = f"{DEPARTMENTS}/{sales['id']}"
    assert org.ok("PATCH", path, {"description": "They sell"}) == {**sales, "description": "They sell"}
    assert org.ok("PATCH", path, {"label": ""})["emailId"] == ""
    below = org.ok("POST", DEPARTMENTS, {"name": "Export", "parentId": sales["id"]})
    assert org.error("PATCH", path, {"parentId": below["id"]}) == (400, "department_loop")
    assert org.error("PATCH", path, {"parentId": sales["id"]}) == (400, "department_loop")
    assert org.error("PATCH", f"{DEPARTMENTS}/1", {"parentId": 2}) == (400, "department_loop")
    assert org.ok("PATCH", f"{DEPARTMENTS}/{below['id']}", {"parentId": 1})["parentId"] == 1


def test_delete(org: Api, sales: dict[str, Any]) -> None:
    """Only a department without staff and departments below it can be deleted."""
    path = f"{DEPARTMENTS}/{sales['id']}"
    below = org.ok("POST", DEPARTMENTS, {"name": "Export", "parentId": sales["id"]})
    user = org.add_user("anna", departmentId=below["id"])
    for busy in (path, f"{DEPARTMENTS}/{below['id']}", f"{DEPARTMENTS}/1"):
        response = org.request("DELETE", busy)
        assert (response.status_code, response.json()["code"]) == (400, 9)
    org.ok("PATCH", f"{DIRECTORY}/users/{user['id']}", {"departmentId": 1})
    org.ok("DELETE", f"{DEPARTMENTS}/{below['id']}")
    assert org.ok("DELETE", path) == {"id": sales["id"], "removed": True}
    assert org.error("DELETE", path) == (404, "Not Found")
    org.add_group("sales")


def test_aliases(org: Api, sales: dict[str, Any]) -> None:
    """Departments have aliases, too."""
    path = f"{DEPARTMENTS}/{sales['id']}/aliases"
    assert org.ok("POST", path, {"alias": "shop"})["aliases"] == ["shop"]
    assert org.error("POST", path, {"alias": "sales"}) == (409, "some_group_has_this_label")
    assert org.ok("DELETE", f"{path}/shop") == {"alias": "shop", "removed": True}
    assert org.error("DELETE", f"{path}/shop") == (404, "Not Found")


def test_other_host(org: Api, sales: dict[str, Any]) -> None:
    """Names are written another way there; a department can be found by its address."""
    known = org.get(f"{CLOUD}/departments/{sales['id']}")
    assert (known["parent_id"], known["parent"], known["removed"]) == (1, {"id": 1}, False)
    assert "email_id" not in known
    assert org.get(f"{CLOUD}/departments")["total"] == 2
    found = org.get(f"{CLOUD}/departments", email=sales["email"])
    assert found == {"limit": 20, "offset": 0, "total": 1, "items": [known]}
    assert org.get(f"{CLOUD}/departments", is_2fa_enabled="true")["items"] == []
