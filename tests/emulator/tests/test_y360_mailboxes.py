# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared and delegated mailboxes (docs/api/y360.md, 7)."""

from __future__ import annotations

from typing import Any

import pytest
from y360_emulator.testing import DIRECTORY, Api

BOXES = "/admin/v1/org/{o}/mailboxes"
OWNER = "shared_mailbox_owner"
HALF_SENDER = "shared_mailbox_half_sender"


@pytest.fixture
def support(org: Api) -> str:
    """Return the ID of a shared mailbox."""
    body = {"email": f"Support@{org.domain}", "name": "Support", "description": "Helps"}
    return str(org.ok("PUT", f"{BOXES}/shared", body)["resourceId"])


def set_roles(org: Api, resource: str, actor: str, *roles: str, **query: str) -> str:
    """Begin to change roles, and return the path of the task."""
    answer = org.ok("POST", f"{BOXES}/set/{resource}", {"roles": [*roles]}, params={"actorId": actor, **query})
    return f"{BOXES}/tasks/{answer['taskId']}"


def finish(org: Api, task: str) -> list[str]:
    """Poll a task to its end, and return what it showed."""
    shown: list[str] = []
    while not shown or shown[-1] == "running":
        shown.append(org.get(task)["status"])
    return shown


def test_shared(org: Api, support: str) -> None:
    """A shared mailbox has an ID of the kind that users have."""
    assert support.startswith("1130")
    box = org.get(f"{BOXES}/shared/{support}")
    assert box == {
        "id": support,
        "email": f"support@{org.domain}",
        "name": "Support",
        "description": "Helps",
        "createdAt": box["createdAt"],
        "updatedAt": box["createdAt"],
    }
    assert org.get(f"{BOXES}/shared") == {
        "resources": [{"resourceId": support, "count": 0}],
        "page": 1,
        "perPage": 10,
        "total": 1,
    }


@pytest.mark.parametrize(
    ("email", "name", "status", "message"),
    [
        ("support@{0}", "Other", 409, "resource_already_exists"),
        ("anna@{0}", "Other", 409, "passport_email_taken"),
        ("other@elsewhere.test", "Other", 400, "invalid_data"),
        ("other", "Other", 400, "invalid_data"),
        ("other@{0}", "", 400, "invalid_data"),
        ("other@{0}", "O", 400, "invalid_data"),
        ("other@{0}", "Support", 400, "invalid_data"),
        ("o ther@{0}", "Other", 400, "login.prohibitedsymbols"),
    ],
)
@pytest.mark.usefixtures("support", "anna")
def test_shared_refused(org: Api, email: str, name: str, status: int, message: str) -> None:
    """What breaks a rule is refused."""
    body = {"email": email.format(org.domain), "name": name}
    assert org.error("PUT", f"{BOXES}/shared", body) == (status, message)


def test_edit_shared(org: Api, support: str) -> None:
    """The address stays."""
    path = f"{BOXES}/shared/{support}"
    assert org.ok("PUT", path, {"name": "Helpdesk", "email": "x@elsewhere.test"}) == {"resourceId": support}
    box = org.get(path)
    assert (box["name"], box["description"], box["email"]) == ("Helpdesk", "Helps", f"support@{org.domain}")
    assert org.error("PUT", path, {"name": "H"}) == (400, "invalid_data")


def test_delete_shared(org: Api, support: str, anna: str) -> None:
    """Roles vanish with a mailbox, and its name is free."""
    finish(org, set_roles(org, support, anna, OWNER))
    assert org.ok("DELETE", f"{BOXES}/shared/{support}") == {}
    assert org.error("DELETE", f"{BOXES}/shared/{support}") == (404, "Not Found")
    assert org.error("GET", f"{BOXES}/actors/{support}") == (404, "Not Found")
    assert org.get(f"{BOXES}/resources/{anna}") == {"resources": []}
    org.add_group("support")


def test_roles(org: Api, support: str, anna: str) -> None:
    """Roles appear when the task is complete; later ones replace them, none takes them away."""
    for roles in ([OWNER], [HALF_SENDER, "shared_mailbox_reader"], []):
        before = org.get(f"{BOXES}/actors/{support}")
        task = set_roles(org, support, anna, *roles, notify="none")
        assert org.get(f"{BOXES}/actors/{support}") == before
        assert finish(org, task) == ["running", "complete"]
        assert org.get(f"{BOXES}/actors/{support}") == {"actors": [{"actorId": anna, "roles": roles}] if roles else []}
        own = [{"resourceId": support, "type": "shared", "roles": roles}] if roles else []
        assert org.get(f"{BOXES}/resources/{anna}") == {"resources": own}


def test_counts(org: Api, support: str, anna: str) -> None:
    """The listing says how many have access; the same request twice is no problem."""
    boris = org.add_user("boris")["id"]
    for task in [set_roles(org, support, user, OWNER) for user in (anna, boris, anna)]:
        assert finish(org, task) == ["running", "complete"]
    assert org.get(f"{BOXES}/shared")["resources"] == [{"resourceId": support, "count": 2}]
    assert org.state()["shared_mailboxes"][f"support@{org.domain}"]["actors"] == {anna: [OWNER], boris: [OWNER]}


def test_delegated(org: Api, anna: str) -> None:
    """A user's mailbox has to be made one that others can be given access to."""
    boris = str(org.add_user("boris")["id"])
    query = {"actorId": boris}
    assert org.error("POST", f"{BOXES}/set/{anna}", {"roles": [OWNER]}, params=query) == (404, "Not Found")
    for _round in range(2):
        assert org.ok("PUT", f"{BOXES}/delegated", {"resourceId": anna}) == {"resourceId": anna}
    finish(org, set_roles(org, anna, boris, OWNER))
    assert org.get(f"{BOXES}/delegated")["resources"] == [{"resourceId": anna, "count": 1}]
    assert org.get(f"{BOXES}/resources/{boris}")["resources"][0]["type"] == "delegated"
    assert org.ok("DELETE", f"{BOXES}/delegated/{anna}") == {}
    assert org.error("DELETE", f"{BOXES}/delegated/{anna}") == (404, "Not Found")
    assert org.get(f"{BOXES}/resources/{boris}")["resources"] == []
    assert org.error("PUT", f"{BOXES}/delegated", {"resourceId": "99"}) == (404, "Not Found")


def test_deleted_actor(org: Api, support: str, anna: str) -> None:
    """Roles vanish with a user, also those of a task that is not complete."""
    finish(org, set_roles(org, support, anna, OWNER))
    task = set_roles(org, support, anna, HALF_SENDER)
    org.ok("PATCH", f"{DIRECTORY}/users/{anna}", {"isEnabled": False})
    org.ok("DELETE", f"{DIRECTORY}/users/{anna}")
    finish(org, task)
    assert org.get(f"{BOXES}/actors/{support}") == {"actors": []}


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [
        ({"actorId": ""}, {"roles": [OWNER]}, 400),
        ({"actorId": "99"}, {"roles": [OWNER]}, 404),
        ({"actorId": "anna"}, {"roles": [OWNER]}, 400),
        ({"notify": "me"}, {"roles": [OWNER]}, 400),
        ({}, {"roles": ["owner"]}, 400),
        ({}, {}, 400),
    ],
)
def test_roles_refused(org: Api, support: str, anna: str, query: Any, body: Any, status: int) -> None:  # noqa: PLR0917
    """What breaks a rule is refused."""
    assert org.error("POST", f"{BOXES}/set/{support}", body, params={"actorId": anna, **query})[0] == status


def test_unknown_task(org: Api) -> None:
    """There is no such task."""
    assert org.error("GET", f"{BOXES}/tasks/6f1d") == (404, "Not Found")


def test_forty_mailboxes(org: Api, anna: str) -> None:
    """A user has roles on forty mailboxes at most."""
    for number in range(41):
        body = {"email": f"box{number}@{org.domain}", "name": f"Box {number}"}
        box = str(org.ok("PUT", f"{BOXES}/shared", body)["resourceId"])
        if number < 40:
            finish(org, set_roles(org, box, anna, OWNER))
    query = {"actorId": anna}
    assert org.error("POST", f"{BOXES}/set/{box}", {"roles": [OWNER]}, params=query) == (400, "Failed Precondition")
