# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_maillist_subscriber: members of groups, of all kinds, and who may send on behalf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_maillist_subscriber"
V1 = "/directory/v1/org/{o}"
WRITES = {"members/add", "members/remove", "permissions/update", "external_contacts/create"}


@pytest.fixture(autouse=True)
def _memory(state_home: Path) -> Path:
    return state_home


@pytest.mark.parametrize("run360", ["process", "direct"], indirect=True)
def test_add_and_remove(run360: Runner, organization: Organization) -> None:
    """One request for all that are added, and one for all that are removed."""
    names = [f"box{number:02}" for number in range(30)]
    organization.add_mailboxes(*names)
    uid = organization.add_maillist("team", *names[:15])
    options = {"maillist": "team", "subscribers": names[10:], "exclusive": True, "max_removals_percent": 100}
    result = run360.check_then_run_twice(MODULE, **options)
    assert set(organization.maillists["team"]) == set(names[10:])
    [team] = result["maillists"]
    assert (team["uid"], len(team["added"]), len(team["removed"]), team["subscribers_count"]) == (uid, 15, 10, 20)
    assert result["rights_readable"] is None


def test_requests(run360: Runner, organization: Organization) -> None:
    """An idempotent task reads domains, groups, users, and the members of each list."""
    organization.add_mailboxes("anna", "boris")
    for name in ("one", "two", "three"):
        organization.add_maillist(name, "anna")
    entries = [{"maillist": name, "subscribers": ["anna"]} for name in ("one", "two", "three")]
    organization.forget()
    assert not run360(MODULE, maillists=entries)["changed"]
    assert sorted(organization.calls()) == ["domains/list", "groups/list", *["members/list"] * 3, "users/search"]
    organization.forget()
    run360(MODULE, maillists=[{**each, "subscribers": ["anna", "boris"]} for each in entries])
    assert organization.writes() == ["members/add"] * 3


def test_more_than_one_request_takes(run360: Runner, organization: Organization) -> None:
    names = [f"box{number:04}" for number in range(501)]
    for number, name in enumerate(names):
        organization.own.put_user(1130000000200000 + number, nickname=name, first="A", last="B")
    organization.add_maillist("team")
    organization.forget()
    run360(MODULE, maillist="team", subscribers=names)
    assert sorted(len(entry["json"]["userIds"]) for entry in organization.own.writes()) == [1, 500]
    organization.forget()
    run360(MODULE, maillist="team", subscribers=names, state="absent")
    assert organization.writes() == ["members/remove"] * 2


def test_aliases(run360: Runner, organization: Organization) -> None:
    """They stand for their mailbox, also in the alias domain, and two spellings are one subscriber."""
    [anna] = organization.add_mailboxes("anna")
    organization.own.ok("POST", f"{V1}/users/{anna}/aliases", {"alias": "ann"})
    organization.add_maillist("team")
    alias = next(name for name in organization.own.state()["domains"] if name != organization.domain)
    spellings = ["ann", f"Anna@{alias}", f"ann@{alias}"]
    result = run360.check_then_run_twice(MODULE, maillist="team", subscribers=spellings, exclusive=True)
    assert result["maillists"][0]["added"] == organization.addresses("anna")
    run360.check_then_run_twice(MODULE, maillist="team", subscriber=["ann"], state="absent")
    assert organization.maillists["team"] == {}


def test_all_kinds(run360: Runner, organization: Organization) -> None:
    """A list, a department, and a shared mailbox, by their addresses; nested ones are one member each."""
    own = organization.own
    organization.add_mailboxes("anna")
    organization.add_maillist("sub", "anna")
    organization.add_maillist("team")
    own.ok("POST", f"{V1}/departments", {"name": "Sales", "parentId": 1, "label": "sales"})
    own.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", {"email": organization.address("support"), "name": "Support"})
    options = {"maillist": "team", "subscribers": ["sub", "sales", "support"], "exclusive": True}
    result = run360.check_then_run_twice(MODULE, **options)
    assert result["maillists"][0]["added"] == organization.addresses("sales", "sub", "support")
    result = run360.check_then_run_twice(MODULE, **{**options, "subscribers": ["sub"]})
    assert result["maillists"][0]["removed"] == organization.addresses("sales", "support")


def test_outside_is_refused(run360: Runner, organization: Organization) -> None:
    """Only where somebody outside would be added."""
    organization.add_mailboxes("anna")
    organization.add_maillist("team")
    people = ["anna", "out@elsewhere.test", "two@elsewhere.test"]
    organization.forget()
    for check in (True, False):
        result = run360(MODULE, check=check, maillist="team", subscribers=people)
        assert result["error"]["code"] == "invalid_input"
        assert all(each in result["msg"] for each in ("out@elsewhere.test", "two@elsewhere.test", "refuse"))
    assert organization.writes() == []
    assert not run360(MODULE, maillist="team", subscribers=people[1:], state="absent")["changed"]


def test_outside_contacts(run360: Runner, organization: Organization) -> None:
    """A contact is found by its address, or made once, and subscribed; later it needs no permission to stay."""
    own = organization.own
    person = {"firstName": "O", "lastName": "S", "emails": [{"email": "Old@elsewhere.test", "main": True}]}
    own.ok("POST", f"{V1}/external_contacts", person)
    organization.add_maillist("team")
    organization.add_maillist("news")
    people = ["old@elsewhere.test", "new@elsewhere.test"]
    entries = [{"maillist": name, "subscribers": people, "exclusive": True} for name in ("team", "news")]
    result = run360.check_then_run_twice(MODULE, maillists=entries, outside_subscribers="contacts")
    assert [each["added"] for each in result["maillists"]] == [sorted(people)] * 2
    contacts = own.state()["external_contacts"]
    assert sorted(each["emails"][0]["email"].lower() for each in contacts) == sorted(people)
    assert not run360(MODULE, maillists=entries)["changed"]
    run360.check_then_run_twice(MODULE, maillists=[{**each, "subscribers": people[:1]} for each in entries])


def test_foreign_members_stay(run360: Runner, organization: Organization) -> None:
    """And those without an address, of which the task warns."""
    own = organization.own
    [anna] = organization.add_mailboxes("anna")
    team = organization.add_maillist("team")
    own.put_user(77, nickname="guest", outside_email="guest@elsewhere.test")
    plain = own.add_group("", name="Plain")["id"]
    robots = organization.add_maillist("robots")
    own.put_group(robots, type="robots")
    own.add_members(team, userIds=[str(anna), "77"], groupIds=[plain, robots])
    result = run360(MODULE, maillist="team", subscribers=[], exclusive=True, max_removals_percent=100)
    assert result["maillists"][0]["removed"] == organization.addresses("anna")
    assert len(organization.groups["team"]["member_names"]) == 3
    [warning] = [each for each in map(str, result["warnings"]) if "without an address" in each]
    assert "Plain" in warning
    assert not run360(MODULE, maillist="team", subscribers=[], exclusive=True)["changed"]


@pytest.mark.usefixtures("impatient")
def test_unknown_subscribers(run360: Runner, organization: Organization) -> None:
    """They fail alone: the others of their request are subscribed."""
    names = [f"box{number}" for number in range(8)]
    organization.add_mailboxes(*names)
    organization.add_maillist("team")
    people = [*names[:4], "nobody", *names[4:]]
    checked = run360(MODULE, check=True, maillist="team", subscribers=people, expected_present=[])
    result = run360(MODULE, maillist="team", subscribers=people)
    for each in (checked, result):
        assert [failure["subscriber"] for failure in each["failures"]] == organization.addresses("nobody")
        assert each["error"]["code"] == "not_found"
    assert set(organization.maillists["team"]) == set(names)


def test_refused_member_fails_alone(run360: Runner, organization: Organization) -> None:
    """A list cannot be in itself; the service refuses the whole request, so it is sent in parts."""
    organization.add_mailboxes("anna", "boris", "clara")
    organization.add_maillist("team")
    result = run360(MODULE, maillist="team", subscribers=["anna", "team", "boris", "clara"])
    assert [failure["subscriber"] for failure in result["failures"]] == organization.addresses("team")
    assert set(organization.maillists["team"]) == {"anna", "boris", "clara"}


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("call", ["members/add", "members/remove", "external_contacts/create", "permissions/update"])
def test_lost_answers(run360: Runner, organization: Organization, call: str, applied: bool) -> None:
    organization.add_mailboxes("anna", "boris", "clara")
    organization.add_maillist("team", "clara")
    organization.own.arm(f"502:on={call}:count=1{':applied' if applied else ''}")
    result = run360(
        MODULE,
        maillist="team",
        subscribers=["anna", "boris", "out@elsewhere.test"],
        senders_on_behalf=["boris"],
        exclusive=True,
        outside_subscribers="contacts",
        allow_undocumented=True,
    )
    assert result["failures"] == []
    assert organization.own.struck() == [1]
    assert organization.maillists["team"] == {"anna": False, "boris": True, "out@elsewhere.test": False}
    assert len(result["changes"]) == 5
    contacts = organization.own.state()["external_contacts"]
    assert len(contacts) == 1


@pytest.mark.parametrize("half_sender", ["visible", "hidden"])
def test_senders(run360: Runner, organization: Organization, half_sender: str) -> None:
    """Given and taken, one request each, whether the service shows them or not."""
    organization.own.settings(half_sender=half_sender)
    organization.add_mailboxes("anna", "boris", "clara")
    organization.add_maillist("team", "anna")
    options: dict[str, Any] = {"maillist": "team", "subscribers": ["anna", "boris"], "allow_undocumented": True}
    result = run360.check_then_run_twice(MODULE, **options, senders_on_behalf=["anna", "boris"])
    assert result["maillists"][0]["senders_added"] == organization.addresses("anna", "boris")
    assert result["rights_readable"] is (half_sender == "visible")
    assert organization.maillists["team"] == {"anna": True, "boris": True}
    result = run360.check_then_run_twice(MODULE, **options, senders_on_behalf=["boris"])
    assert result["maillists"][0]["senders_removed"] == organization.addresses("anna")
    assert organization.maillists["team"] == {"anna": False, "boris": True}
    options = {**options, "subscribers": ["anna"], "exclusive": True}
    result = run360.check_then_run_twice(MODULE, **options, senders_on_behalf=[])
    assert result["maillists"][0]["senders_removed"] == organization.addresses("boris")
    permissions = organization.groups["team"]["permissions"]
    assert permissions.get("mail_list_half_sender", []) == []


def test_permission_that_somebody_took(run360: Runner, organization: Organization) -> None:
    """It is given again where the service shows permissions."""
    organization.add_mailboxes("anna", "boris")
    organization.add_maillist("team", "anna", "boris")
    options: dict[str, Any] = {
        "maillist": "team",
        "subscribers": ["anna"],
        "can_send_on_behalf": True,
        "allow_undocumented": True,
    }
    run360(MODULE, **options)
    group, anna = organization.groups["team"], organization.users["anna"]
    subject = {"type": "user", "id": int(anna["id"]), "org_id": organization.own.organization}
    action = {"type": "revoke", "roles": ["mail_list_half_sender"], "subjects": [subject]}
    path = f"/v1/admin/org/{{o}}/mail-lists/{group['emailId']}/update-permissions"
    organization.own.ok("POST", path, {"role_actions": [action]})
    assert run360(MODULE, **options)["changed"]


def test_senders_need_consent(run360: Runner, organization: Organization) -> None:
    message = run360.refused_before_any_request(
        MODULE, domain=organization.domain, maillist="team", subscribers=["anna"], senders_on_behalf=[]
    )
    assert "senders_on_behalf needs allow_undocumented: true" in message


def test_service_that_refuses_the_permission(run360: Runner, organization: Organization) -> None:
    organization.own.settings(half_sender="refused")
    organization.add_mailboxes("anna")
    organization.add_maillist("team")
    result = run360(MODULE, maillist="team", subscribers=["anna"], can_send_on_behalf=True, allow_undocumented=True)
    assert [each["action"] for each in result["failures"]] == ["set_can_send_on_behalf"]
    assert result["changed"]


def test_sender_that_is_no_mailbox(run360: Runner, organization: Organization) -> None:
    organization.add_maillist("sub")
    organization.add_maillist("team")
    result = run360(MODULE, maillist="team", subscribers=["sub"], can_send_on_behalf=True, allow_undocumented=True)
    assert "only a mailbox can send" in result["msg"]


def test_guard(run360: Runner, organization: Organization) -> None:
    names = [f"box{number:02}" for number in range(12)]
    organization.add_mailboxes(*names)
    organization.add_maillist("team", *names)
    organization.forget()
    for check in (True, False):
        result = run360(MODULE, check=check, maillist="team", subscribers=names[:2], exclusive=True)
        assert result["error"]["code"] == "guard"
    assert WRITES.isdisjoint(organization.calls())


def test_list_that_does_not_exist_yet(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    result = run360(MODULE, check=True, maillist="team", subscribers=["anna"])
    assert (result["assumed"], result["changed"]) == (organization.addresses("team"), True)


@pytest.mark.usefixtures("impatient")
def test_list_that_does_not_exist(run360: Runner) -> None:
    result = run360(MODULE, maillist="team", subscribers=["anna"])
    assert result["error"]["code"] == "not_found"


def test_uids(run360: Runner, organization: Organization) -> None:
    [anna] = organization.add_mailboxes("anna")
    team = organization.add_maillist("team")
    run360.check_then_run_twice(MODULE, maillist_uid=team, subscriber_uid=[anna])
    assert set(organization.maillists["team"]) == {"anna"}
