# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may send to a list, and from it (docs/api/y360.md, 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from y360_emulator.testing import DIRECTORY, Api

SENDER = "mail_list_sender"
HALF_SENDER = "mail_list_half_sender"
ANYBODY = {"type": "anonymous", "id": 0}


class Lists:
    """The permissions of one list."""

    def __init__(self, org: Api, email_id: str) -> None:
        self.org = org
        self.path = f"/v1/admin/org/{{o}}/mail-lists/{email_id}"

    def shown(self) -> list[tuple[str, int, list[str]]]:
        """Return the subjects and their roles."""
        items = self.org.get(f"{self.path}/permissions")["grants"]["items"]
        return [(item["subject"]["type"], item["subject"]["id"], item["roles"]["items"]) for item in items]

    def send(self, action: str, *subjects: dict[str, Any], role: str = SENDER) -> Any:
        """Send one action."""
        actions = [{"type": action, "roles": [role], "subjects": [*subjects]}]
        return self.org.request("POST", f"{self.path}/update-permissions", {"role_actions": actions})


@pytest.fixture
def lists(org: Api, news: dict[str, Any]) -> Lists:
    """Return the permissions of a new list."""
    return Lists(org, news["emailId"])


@pytest.fixture
def user(org: Api, anna: str) -> dict[str, Any]:
    """Return a user as a subject."""
    return {"type": "user", "id": int(anna), "org_id": org.organization}


def test_new_list(org: Api, lists: Lists) -> None:
    """Anybody may send to a new list."""
    assert org.get(f"{lists.path}/permissions") == {
        "grants": {"items": [{"roles": {"items": [SENDER]}, "subject": ANYBODY}]}
    }


def test_restrict(org: Api, lists: Lists, user: dict[str, Any]) -> None:
    """Actions are carried out in their order; the answer has no body. Doing it again changes nothing."""
    actions = [
        {"type": "revoke", "roles": [SENDER], "subjects": [ANYBODY]},
        {"type": "grant", "roles": [SENDER], "subjects": [user]},
    ]
    for _round in range(2):
        response = org.request("POST", f"{lists.path}/update-permissions", {"role_actions": actions})
        assert (response.status_code, response.content) == (204, b"")
        assert org.get(f"{lists.path}/permissions")["grants"]["items"] == [
            {"roles": {"items": [SENDER]}, "subject": user}
        ]


def test_empty(lists: Lists) -> None:
    """If nobody may send, there is nothing to show."""
    assert lists.send("revoke", ANYBODY).status_code == 204
    assert lists.shown() == []


def test_subjects(org: Api, lists: Lists, news: dict[str, Any]) -> None:
    """There are subjects of six kinds."""
    shared = org.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", {"email": f"help@{org.domain}", "name": "Help"})
    own = {"org_id": org.organization}
    subjects = [
        {"type": "organization", **own},
        {"type": "group", "id": news["id"], **own},
        {"type": "department", "id": 1, **own},
        {"type": "shared_mailbox", "id": int(shared["resourceId"]), **own},
    ]
    assert lists.send("grant", *subjects).status_code == 204
    assert [kind for kind, _id, _roles in lists.shown()] == ["anonymous", *(item["type"] for item in subjects)]


def test_overwrite(org: Api, lists: Lists, user: dict[str, Any]) -> None:
    """`overwrite` replaces the subjects of the kinds that it names, and no others."""
    boris = {**user, "id": int(org.add_user("boris")["id"])}
    lists.send("grant", user)
    lists.send("overwrite", boris)
    assert lists.shown() == [("anonymous", 0, [SENDER]), ("user", boris["id"], [SENDER])]


def test_of_department(org: Api, user: dict[str, Any]) -> None:
    """Departments with a label are lists, too."""
    sales = org.ok("POST", f"{DIRECTORY}/departments", {"name": "Sales", "parentId": 1, "label": "sales"})
    lists = Lists(org, sales["emailId"])
    assert lists.send("grant", user).status_code == 204
    assert len(lists.shown()) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"role_actions": None},
        {"role_actions": []},
        {"type": "give"},
        {"roles": []},
        {"roles": ["owner"]},
        {"roles": SENDER},
        {"subjects": []},
        {"subjects": [{"type": "user", "id": 1130000000000999}]},
        {"subjects": [{"type": "user", "id": 1130000000000999, "org_id": 1}]},
        {"subjects": [{"type": "robot", "id": 1}]},
        {"subjects": [{"type": "user", "id": "anna"}]},
    ],
)
def test_refused(org: Api, lists: Lists, change: dict[str, Any]) -> None:
    """A bad action keeps those before it from being carried out."""
    first = {"type": "revoke", "roles": [SENDER], "subjects": [ANYBODY]}
    bad = {"type": "grant", "roles": [SENDER], "subjects": [ANYBODY], **change}
    body = {"role_actions": [first, bad]} if "role_actions" not in change else change
    response = org.request("POST", f"{lists.path}/update-permissions", body)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_argument")
    assert lists.shown() == [("anonymous", 0, [SENDER])]


def test_unknown_user(org: Api, lists: Lists) -> None:
    """A subject has to exist."""
    subject = {"type": "user", "id": 1130000000000999, "org_id": org.organization}
    assert lists.send("grant", subject).status_code == 400


@pytest.mark.parametrize("number", ["1150000000000999", "0", "9" * 30])
def test_unknown_list(org: Api, number: str) -> None:
    """There is no such list."""
    assert org.error("GET", f"/v1/admin/org/{{o}}/mail-lists/{number}/permissions") == (404, "Not Found")


def test_unknown_organization(org: Api) -> None:
    """Unlike elsewhere, this is told apart from one that is not the caller's."""
    assert org.error("GET", "/v1/admin/org/2147480000/mail-lists/1/permissions") == (404, "Not Found")


# Sending from a list


@pytest.fixture
def mode(org: Api) -> Iterator[Any]:
    """Return what sets what the service does with the undocumented role."""
    yield lambda name: org.settings(half_sender=name)
    org.settings(half_sender="visible")


def test_visible(lists: Lists, user: dict[str, Any]) -> None:
    """The role is shown beside the other one of the same user."""
    lists.send("grant", user)
    assert lists.send("grant", user, role=HALF_SENDER).status_code == 204
    assert lists.shown()[1:] == [("user", user["id"], [SENDER, HALF_SENDER])]
    lists.send("revoke", user, role=HALF_SENDER)
    assert lists.shown()[1:] == [("user", user["id"], [SENDER])]


def test_hidden(org: Api, lists: Lists, user: dict[str, Any], news: dict[str, Any], mode: Any) -> None:
    """The role is taken, and never shown."""
    mode("hidden")
    assert lists.send("grant", user, role=HALF_SENDER).status_code == 204
    assert lists.shown() == [("anonymous", 0, [SENDER])]
    assert org.state()["groups"][news["email"]]["permissions"][HALF_SENDER] == [f"anna@{org.domain}"]
    assert lists.send("revoke", user, role=HALF_SENDER).status_code == 204
    assert HALF_SENDER not in org.state()["groups"][news["email"]]["permissions"]


def test_not_taken(lists: Lists, user: dict[str, Any], mode: Any) -> None:
    """The role is refused."""
    mode("refused")
    assert lists.send("grant", user, role=HALF_SENDER).status_code == 400
    assert lists.send("grant", user).status_code == 204


def test_only_users(lists: Lists, news: dict[str, Any], org: Api) -> None:
    """Nobody but users can send from a list."""
    group = {"type": "group", "id": news["id"], "org_id": org.organization}
    assert lists.send("grant", ANYBODY, role=HALF_SENDER).status_code == 400
    assert lists.send("grant", group, role=HALF_SENDER).status_code == 400


def test_gone_with_the_list(org: Api, lists: Lists, user: dict[str, Any], news: dict[str, Any]) -> None:
    """The permissions of a list vanish with it, and do not come back."""
    lists.send("grant", user)
    org.ok("PATCH", f"{DIRECTORY}/groups/{news['id']}", {"label": ""})
    assert org.error("GET", f"{lists.path}/permissions") == (404, "Not Found")
    again = org.ok("PATCH", f"{DIRECTORY}/groups/{news['id']}", {"label": "news"})
    assert Lists(org, again["emailId"]).shown() == [("anonymous", 0, [SENDER])]
