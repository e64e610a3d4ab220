# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""External contacts (docs/api/y360.md, 8.2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from y360_emulator.testing import DIRECTORY, Api

CONTACTS = f"{DIRECTORY}/external_contacts"
EMAIL = {"email": "out@elsewhere.test", "type": "work", "main": True}
BODY: dict[str, Any] = {"firstName": "Out", "lastName": "Side", "emails": [EMAIL]}


def test_create(org: Api) -> None:
    """The ID has 24 hex digits; the same address may be there twice."""
    body = {**BODY, "externalId": "ours:out", "company": "Elsewhere", "phones": [{"phone": "+7", "type": "ip"}]}
    first, second = (org.ok("POST", CONTACTS, body) for _round in range(2))
    assert re.fullmatch(r"[0-9a-f]{24}", first["id"])
    assert first["id"] < second["id"]
    contact = org.get(f"{CONTACTS}/{first['id']}")
    assert contact == {
        "id": first["id"],
        "firstName": "Out",
        "lastName": "Side",
        "middleName": "",
        "title": "",
        "company": "Elsewhere",
        "department": "",
        "address": "",
        "externalId": "ours:out",
        "emails": [EMAIL],
        "phones": [{"phone": "+7", "type": "ip", "main": False}],
        "createdAt": contact["createdAt"],
        "updatedAt": contact["createdAt"],
    }
    assert [item["id"] for item in org.get(CONTACTS)["contacts"]] == [first["id"], second["id"]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"firstName": ""}, "invalid_name"),
        ({"lastName": None}, "invalid_name"),
        ({"emails": []}, "Bad Request"),
        ({"emails": None}, "Bad Request"),
        ({"emails": [{"email": "out"}]}, "Bad Request"),
        ({"emails": [{"email": "out@elsewhere.test", "type": "home"}]}, "Bad Request"),
        ({"phones": [{"phone": "1", "type": "fax"}]}, "Bad Request"),
        ({"phones": [{"phone": "1", "main": True}, {"phone": "2", "main": True}]}, "Bad Request"),
    ],
)
def test_refused(org: Api, change: dict[str, Any], message: str) -> None:
    """What breaks a rule is refused."""
    assert org.error("POST", CONTACTS, {**BODY, **change}) == (400, message)


def test_edit(org: Api) -> None:
    """Names change by one call, addresses and numbers by others."""
    path = f"{CONTACTS}/{org.ok('POST', CONTACTS, BODY)['id']}"
    assert org.ok("PATCH", path, {"title": "Dr", "emails": []}) == {"id": path.rpartition("/")[2]}
    assert org.error("PATCH", path, {"firstName": ""}) == (400, "invalid_name")
    emails = [{"email": "a@elsewhere.test"}, {"email": "b@elsewhere.test"}]
    org.ok("PUT", f"{path}/emails", {"emails": emails})
    org.ok("PUT", f"{path}/phones", {"phones": [{"phone": "+7", "main": True}]})
    contact = org.get(path)
    assert contact["title"] == "Dr"
    assert [(item["email"], item["main"]) for item in contact["emails"]] == [
        ("a@elsewhere.test", True),
        ("b@elsewhere.test", False),
    ]
    assert contact["phones"] == [{"phone": "+7", "type": "", "main": True}]
    assert contact["updatedAt"] > contact["createdAt"]


def test_delete(org: Api) -> None:
    """A contact goes once."""
    path = f"{CONTACTS}/{org.ok('POST', CONTACTS, BODY)['id']}"
    assert org.ok("DELETE", path) == {}
    for method in ("GET", "PATCH", "DELETE"):
        assert org.error(method, path, {}) == (404, "Not Found")


def test_list(org: Api) -> None:
    """Contacts come by pages; there is no filter."""
    for _round in range(11):
        org.ok("POST", CONTACTS, BODY)
    page = org.get(CONTACTS, email="nobody@elsewhere.test")
    assert (len(page["contacts"]), page["pages"], page["total"]) == (10, 2, 11)
