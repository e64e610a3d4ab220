# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_mailbox_info: mailboxes of an organization, and nothing that is none."""

from __future__ import annotations

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_mailbox_info"


@pytest.fixture
def foreign(organization: Organization) -> list[str]:
    """Add what is not ours: an outside account, a robot, and a dismissed user; returns their logins."""
    organization.own.put_user(77, nickname="guest", outside_email="guest@elsewhere.test")
    for number, kind in ((1130000000009001, "is_robot"), (1130000000009002, "is_dismissed")):
        organization.own.put_user(number, nickname=kind.replace("_", "-"), first="R", last="R", **{kind: True})
    return ["guest", "is-robot", "is-dismissed"]


@pytest.mark.usefixtures("foreign")
def test_all_mailboxes(run360: Runner, organization: Organization) -> None:
    """With two requests, and without foreign users."""
    user = organization.own.add_user(
        "anna",
        gender="female",
        birthday="1990-02-03",
        position="Clerk",
        name={"first": "A", "last": "B", "middle": "C"},
    )
    organization.own.ok("POST", f"/directory/v1/org/{{o}}/users/{user['id']}/aliases", {"alias": "anna.b"})
    organization.forget()
    result = run360(MODULE)
    assert result["mailboxes"] == [
        {
            "login": organization.address("anna"),
            "uid": int(user["id"]),
            "enabled": True,
            "first_name": "A",
            "last_name": "B",
            "middle_name": "C",
            "birth_date": "1990-02-03",
            "sex": "female",
            "position": "Clerk",
            "ready": True,
            "aliases": [organization.address("anna.b")],
        }
    ]
    assert organization.calls() == ["domains/list", "users/search"]


def test_some_mailboxes(run360: Runner, organization: Organization, foreign: list[str]) -> None:
    """By name, alias and uid, in the order asked."""
    anna, boris = organization.add_mailboxes("anna", "boris")
    organization.own.ok("POST", f"/directory/v1/org/{{o}}/users/{boris}/aliases", {"alias": "bob"})
    result = run360(MODULE, login=["bob", "nobody", *foreign], uid=[anna, 5])
    assert [each["login"] for each in result["mailboxes"]] == organization.addresses("boris", "anna")
    assert result["missing"] == [*organization.addresses("nobody", *foreign), "5"]


def test_many_mailboxes(run360: Runner, organization: Organization) -> None:
    """To the last page, also if the service lowers the size of pages."""
    logins = [f"box{number:02}" for number in range(25)]
    organization.add_mailboxes(*logins)
    organization.own.arm("clip:size=10")
    organization.forget()
    assert [each["login"] for each in run360(MODULE)["mailboxes"]] == organization.addresses(*logins)
    assert organization.calls().count("users/search") == 3
