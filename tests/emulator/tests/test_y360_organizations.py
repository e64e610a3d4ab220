# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token's own call, organizations, and their mail settings (docs/api/y360.md, 1.2, 2.1, 5)."""

from __future__ import annotations

from y360_emulator import scopes
from y360_emulator.testing import Api, Emulator

MAIL = "/v1/admin/org/{o}/mail-settings"


def test_whoami(org: Api) -> None:
    """The scopes and organizations of a token."""
    limited = org.put_token("limited", login="boss@example.test", scopes=["directory:read_users"], organizations=[])
    assert limited.get("/whoami") == {"login": "boss@example.test", "scopes": ["directory:read_users"], "orgIds": []}
    own = org.get("/whoami")
    assert org.organization in own["orgIds"]
    assert own["scopes"] == [*scopes.ALL]


def test_list() -> None:
    """Organizations come by pages, which a token of its own kind continues."""
    given = [word for number in range(1, 13) for word in ("--organization", f"{number}:org{number}.test")]
    with Emulator(*given) as running:
        api = Api(running.url, 1, "org1.test")
        first = api.get("/directory/v1/org")
        assert first["organizations"][0] == {
            "id": 1,
            "name": "Organization 1",
            "email": "owner-1@yandex.example",
            "phone": "",
            "fax": "",
            "language": "ru",
            "subscriptionPlan": "free",
        }
        second = api.get("/directory/v1/org", pageToken=first["nextPageToken"])
        assert [item["id"] for item in first["organizations"] + second["organizations"]] == [*range(1, 13)]
        assert second["nextPageToken"] == ""
        assert len(api.get("/directory/v1/org", pageSize=500, pageToken="")["organizations"]) == 12
        assert api.error("GET", "/directory/v1/org", params={"pageToken": "x"}) == (400, "Bad Request")
        assert api.error("GET", "/directory/v1/org/1") == (404, "Not Found")


def test_mail_settings(org: Api) -> None:
    """Settings are switches; only those that are named change."""
    before = org.get(MAIL)
    assert before["enable_imap"]
    after = org.ok("PATCH", MAIL, {"enable_imap": False})
    assert after == org.get(MAIL) == {**before, "enable_imap": False}
    for bad in ({}, {"unknown": True}, {"enable_pop": "yes"}):
        assert org.error("PATCH", MAIL, bad) == (400, "Bad Request")
