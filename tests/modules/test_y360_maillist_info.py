# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_maillist_info: mailing lists with their members of all kinds."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_maillist_info"
V1 = "/directory/v1/org/{o}"


def add_all_kinds(organization: Organization) -> int:
    """Make a list with members of all kinds, and foreign ones; returns its uid."""
    own = organization.own
    [anna] = organization.add_mailboxes("anna")
    team = organization.add_maillist("team")
    sub, plain = own.add_group("sub")["id"], own.add_group("", name="Plain")["id"]
    sales = own.ok("POST", f"{V1}/departments", {"name": "Sales", "parentId": 1, "label": "sales"})["id"]
    bare = own.ok("POST", f"{V1}/departments", {"name": "Bare", "parentId": 1})["id"]
    person = {"firstName": "O", "lastName": "S", "emails": [{"email": "Out@Elsewhere.test", "main": True}]}
    contact = own.ok("POST", f"{V1}/external_contacts", person)["id"]
    box = {"email": organization.address("support"), "name": "Support"}
    shared = own.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", box)["resourceId"]
    own.put_user(77, nickname="guest", outside_email="guest@elsewhere.test")
    own.put_user(1130000000009001, nickname="robot", first="R", last="R")
    own.add_members(
        team,
        userIds=[str(anna), "77", "1130000000009001"],
        groupIds=[sub, plain],
        departmentIds=[sales, bare],
        externalContactIds=[contact],
        sharedMailboxIds=[shared],
    )
    own.put_user(1130000000009001, is_robot=True)
    return team


def test_members_of_all_kinds(run360: Runner, organization: Organization) -> None:
    team = add_all_kinds(organization)
    organization.forget()
    result = run360(MODULE, maillist=["team"])
    subscribers = [*organization.addresses("anna", "sales", "sub", "support"), "out@elsewhere.test"]
    assert result["maillists"] == [{"maillist": organization.address("team"), "subscribers": sorted(subscribers)}]
    [details] = result["details"]
    assert details["uid"] == team
    assert [(each["kind"], each["name"]) for each in details["members"]] == [("group", "Plain"), ("department", "Bare")]
    assert sorted(organization.calls()) == [
        "departments/search",
        "domains/list",
        "external_contacts/list",
        "groups/list",
        "mailboxes/get_shared",
        "mailboxes/list_shared",
        "members/list",
        "users/search",
    ]


def test_all_lists(run360: Runner, organization: Organization) -> None:
    """Without groups that are none, and with one request for the members of each."""
    organization.add_mailboxes("anna")
    organization.add_maillist("team", "anna")
    organization.add_maillist("news")
    organization.add_maillist("gone")
    organization.own.put_group(organization.groups["gone"]["id"], removed=True)
    organization.own.put_group(organization.add_maillist("robots"), type="robots")
    organization.own.add_group("")
    organization.forget()
    result = run360(MODULE)
    assert result["maillists"] == [
        {"maillist": organization.address("news"), "subscribers": []},
        {"maillist": organization.address("team"), "subscribers": organization.addresses("anna")},
    ]
    assert len(organization.calls()) == 5
    assert run360(MODULE, maillist=["gone", "robots"])["missing"] == organization.addresses("gone", "robots")


def test_senders(run360: Runner, organization: Organization) -> None:
    """One request for each list."""
    organization.add_mailboxes("anna", "boris")
    organization.add_maillist("team", "anna", "boris", senders=("boris",))
    organization.forget()
    result = run360(MODULE, senders_on_behalf=True, allow_undocumented=True)
    assert result["maillists"][0]["senders_on_behalf"] == organization.addresses("boris")
    assert organization.calls().count("permissions/get") == 1
    message = run360.refused_before_any_request(MODULE, senders_on_behalf=True, domain=organization.domain)
    assert "needs allow_undocumented: true" in message


@pytest.mark.parametrize("scope", ["departments", "external_contacts"])
def test_missing_scope_for_members(run360: Runner, organization: Organization, scope: Any) -> None:
    add_all_kinds(organization)
    scopes = [f"directory:read_{each}" for each in ("domains", "groups", "users", "departments", "external_contacts")]
    scopes = [each for each in scopes if not each.endswith(scope)] + ["ya360_admin:mail_read_shared_mailbox_inventory"]
    token = organization.own.put_token(f"made-up-{scope}", scopes=scopes).token
    result = run360(MODULE, token=token)
    assert f"the token lacks the scope directory:read_{scope}" in result["msg"]
