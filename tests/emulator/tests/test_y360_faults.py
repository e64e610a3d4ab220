# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults and switches of the emulator of Yandex 360 (docs/api/y360.md, 11)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from y360_emulator.faults import CREATING, SWITCHES, Fault, Faults
from y360_emulator.testing import CLOUD, DIRECTORY, Api, Emulator

USERS = f"{DIRECTORY}/users"
GROUPS = f"{DIRECTORY}/groups"
SPOILT = ["500", "502", "html_error", "reset", "truncated", "silent:seconds=0", "empty", "html"]
BOXES = "/admin/v1/org/{o}/mailboxes"


@pytest.fixture(scope="module")
def faulty() -> Iterator[Emulator]:
    """Return an emulator for faults."""
    with Emulator("--seed", "7") as running:
        yield running
        assert running.stop() == 0
    assert running.errors == ""


@pytest.fixture
def org(faulty: Emulator) -> Iterator[Api]:
    """Return a client of a new organization; faults end with the test."""
    api = faulty.api()
    api.forget()
    yield api
    api.arm()


def exists(org: Api, label: str) -> bool:
    """Return whether a list was created."""
    return f"{label}@{org.domain}" in org.state()["groups"]


def create(org: Api) -> requests.Response:
    """Send a write."""
    return org.request("POST", GROUPS, {"name": "News", "label": "news"})


@pytest.mark.parametrize(
    "spec", ["500", "502", "html_error", "reset", "truncated", "silent:seconds=0", "empty", "html"]
)
@pytest.mark.parametrize("applied", ["", ":applied"])
def test_before_and_after(org: Api, spec: str, applied: str) -> None:
    """The call is carried out or not, the client cannot tell; the journal can."""
    org.arm(spec + applied)
    with contextlib.suppress(requests.RequestException):
        assert "emailId" not in create(org).json()
    assert exists(org, "news") == bool(applied)
    entry = org.journal()[-1]
    assert (entry["fault"], entry["applied"], entry["write"]) == (spec + applied, bool(applied), True)
    assert (entry["call"], entry["json"]) == ("groups/create", {"name": "News", "label": "news"})


@pytest.mark.parametrize(
    ("spec", "status", "body"),
    [
        ("429", 429, {"code": 8, "message": "Too Many Requests"}),
        ("500", 500, {"code": 13, "message": "Internal Server Error"}),
        ("fail_next", 500, {"code": 13, "message": "Internal Server Error"}),
        ("fail_next:status=503", 503, {"code": 14, "message": "Service Unavailable"}),
        ("fail_next:status=409", 409, {"code": 6, "message": "Conflict"}),
    ],
)
def test_answers(org: Api, spec: str, status: int, body: dict[str, Any]) -> None:
    """Errors have the form of the host."""
    org.arm(spec)
    response = create(org)
    assert response.status_code == status
    assert {key: response.json()[key] for key in body} == body
    assert response.headers["X-Request-Id"] == response.json()["details"][0]["requestId"]
    assert ("Retry-After" in response.headers) == (status == 429)


def test_form_of_the_other_host(org: Api) -> None:
    """So they have on the other host."""
    org.arm("429:retry-after=5")
    response = org.request("GET", f"{CLOUD}/users")
    assert (response.json()["error"], response.headers["Retry-After"]) == ("resource_exhausted", "5")


def test_fail_next(org: Api) -> None:
    """It strikes once, or as often as it shall."""
    for spec, times in (("fail_next:status=502", 1), ("fail_next:status=502:count=3", 3)):
        org.arm(spec)
        statuses = [org.request("GET", USERS).status_code for _round in range(times + 1)]
        assert statuses == [502] * times + [200]
        assert org.struck() == [times]


def test_rate_limit(org: Api) -> None:
    """So many requests a second, and no more."""
    org.arm("rate_limit:limit=2:on=users/list")
    statuses = [org.request("GET", USERS) for _round in range(3)]
    assert [response.status_code for response in statuses] == [200, 200, 429]
    assert statuses[-1].headers["Retry-After"] == "1"
    assert org.request("GET", GROUPS).status_code == 200


def test_drop_after_write(org: Api) -> None:
    """Reads are let by."""
    org.arm("drop_after_write")
    org.get(GROUPS)
    with pytest.raises(requests.ConnectionError):
        create(org)
    assert exists(org, "news")


def test_html_error(org: Api) -> None:
    """The body is no JSON."""
    org.arm("html_error:on=reads")
    response = org.request("GET", USERS)
    assert response.status_code == 502
    assert response.headers["Content-Type"].startswith("text/html")


# Switches


def test_lag(org: Api) -> None:
    """A new object is missing in the next listings of its kind, not elsewhere."""
    org.arm("lag:requests=2")
    group = create(org).json()
    assert org.get(f"{GROUPS}/{group['id']}") == group
    assert org.get(GROUPS)["total"] == 0
    assert org.get(USERS)["total"] == 0
    assert org.get(f"{CLOUD}/groups", email=group["email"])["total"] == 0
    assert org.get(GROUPS)["groups"] == [group]


def test_lag_of_all_kinds(org: Api) -> None:
    """Each kind of object has listings of its own."""
    org.arm("lag:requests=1")
    user = org.add_user("anna")
    contact = {"firstName": "Out", "lastName": "Side", "emails": [{"email": "out@elsewhere.test"}]}
    org.ok("POST", f"{DIRECTORY}/external_contacts", contact)
    org.ok("POST", f"{DIRECTORY}/departments", {"name": "Sales", "parentId": 1})
    org.ok("PUT", f"{BOXES}/shared", {"email": f"support@{org.domain}", "name": "Support"})
    for path, total in (
        (f"{CLOUD}/users?email={user['email']}", 1),
        (f"{DIRECTORY}/external_contacts", 1),
        (f"{DIRECTORY}/departments", 2),
        (f"{BOXES}/shared", 1),
    ):
        assert [org.get(path)["total"] for _round in range(2)] == [total - 1, total]


def test_clip(org: Api) -> None:
    """Pages are smaller than asked for, and say so."""
    for number in range(5):
        org.add_group(f"list{number}")
    org.arm("clip:size=2")
    answer = org.get(GROUPS, perPage=1000, page=3)
    assert (len(answer["groups"]), answer["perPage"], answer["pages"], answer["total"]) == (1, 2, 3, 5)
    answer = org.get(f"{CLOUD}/groups", limit=1000, offset=2)
    assert (len(answer["items"]), answer["limit"], answer["offset"], answer["total"]) == (2, 2, 2, 5)


def test_sanitize(org: Api) -> None:
    """Signatures are cleaned before they are stored."""
    user = org.add_user("anna")
    path = f"/admin/v1/org/{{o}}/mail/users/{user['id']}/settings/sender_info"
    text = "<b>Anna</b><br/><script>x()</script><BR />"
    body = {"signs": [{"text": text, "isDefault": True}]}
    assert org.ok("POST", path, body)["signs"][0]["text"] == text
    org.arm("sanitize")
    assert org.ok("POST", path, body)["signs"][0]["text"] == "<b>Anna</b><br><br>"
    assert org.get(path)["signs"][0]["text"] == "<b>Anna</b><br><br>"


def test_no_seats(org: Api) -> None:
    """Nothing that costs a seat can be created."""
    org.arm("no_seats")
    user = {"nickname": "anna", "departmentId": 1, "name": {"first": "A", "last": "B"}, "password": "Made-Up-1"}
    for path, body in ((USERS, user), (GROUPS, {"name": "News"}), (f"{DIRECTORY}/domains", {"domain": "b.test"})):
        assert org.error("POST", path, body) == (403, "Forbidden")
    org.ok("POST", f"{DIRECTORY}/departments", {"name": "Sales", "parentId": 1})


@pytest.mark.parametrize(
    ("specs", "shown", "roles"),
    [
        (["task_polls:polls=0"], ["complete"], 1),
        (["task_polls:polls=3"], ["running"] * 3 + ["complete"], 1),
        (["task_error"], ["running", "error"], 0),
        (["task_error", "task_polls:polls=0"], ["error"], 0),
    ],
)
def test_tasks(org: Api, specs: list[str], shown: list[str], roles: int) -> None:
    """Tasks take longer, or fail; switches may strike together."""
    org.arm(*specs)
    user = org.add_user("anna")
    box = org.ok("PUT", f"{BOXES}/shared", {"email": f"support@{org.domain}", "name": "Support"})["resourceId"]
    body = {"roles": ["shared_mailbox_owner"]}
    task = org.ok("POST", f"{BOXES}/set/{box}", body, params={"actorId": user["id"]})["taskId"]
    assert [org.get(f"{BOXES}/tasks/{task}")["status"] for _poll in shown] == shown
    assert len(org.get(f"{BOXES}/actors/{box}")["actors"]) == roles


def test_delete_enabled(org: Api) -> None:
    """The service may delete users that are enabled."""
    org.arm("delete_needs_disabled:off")
    assert org.ok("DELETE", f"{USERS}/{org.add_user('anna')['id']}")["deleted"]


def test_delete_leaves_dismissed(org: Api) -> None:
    """The deleted user is still listed, and that is all; the name is free."""
    org.arm("delete_needs_disabled:off", "delete_leaves_dismissed")
    path = f"{USERS}/{org.add_user('anna')['id']}"
    org.ok("DELETE", path)
    (user,) = org.get(USERS)["users"]
    assert (user["isDismissed"], user["isEnabled"]) == (True, False)
    assert org.error("DELETE", path) == (404, "Not Found")
    assert org.get(f"{CLOUD}/users", email=user["email"])["total"] == 0
    org.add_user("anna")


@pytest.mark.parametrize(("spec", "status"), [("users_delete_missing", 405), ("users_delete_missing:status=404", 404)])
def test_delete_missing(org: Api, spec: str, status: int) -> None:
    """The service may not delete users any more."""
    user = org.add_user("anna")
    org.arm(spec)
    assert org.error("DELETE", f"{USERS}/{user['id']}")[0] == status
    assert org.get(f"{USERS}/{user['id']}") == user


def test_switch_beside_a_fault(org: Api) -> None:
    """A switch does not keep a fault from striking the same request."""
    org.arm("clip:size=1", "500:count=1", "502:count=1")
    assert [org.request("GET", GROUPS).status_code for _round in range(3)] == [500, 502, 200]
    assert org.struck() == [1, 1, 1]
    struck = [(entry["fault"], entry["switches"]) for entry in org.journal(call="groups/list")]
    assert struck == [("500:count=1", []), ("502:count=1", []), (None, ["clip:size=1"])]


def test_command_line() -> None:
    """All of them can be given from the start."""
    with Emulator(
        "--fault", "no_seats", "--fault", "fail_next", "--delete", "missing", "--half-sender", "hidden"
    ) as it:
        org = it.api()
        assert org.request("GET", USERS).status_code == 500
        assert create(org).status_code == 403
        settings = org.control("/settings")
        assert (settings["delete"], settings["half_sender"]) == ("missing", "hidden")


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("unknown", "no kind 'unknown'"),
        ("lag", "needs requests="),
        ("lag:requests=0", "at least 1"),
        ("clip", "needs size="),
        ("rate_limit", "needs limit="),
        ("fail_next:status=200", "a status from 400 to 599"),
        ("task_polls", "needs polls="),
        ("delete_needs_disabled", "needs off"),
        ("delete_needs_disabled:off=1", "off has no value"),
    ],
)
def test_bad_specs(org: Api, spec: str, complaint: str) -> None:
    """A bad spec is refused with a sentence."""
    response = requests.put(f"{org.url}/control/faults", json=[spec], timeout=10)
    assert response.status_code == 400
    assert complaint in response.json()["error"]


def test_kinds() -> None:
    """Each switch is a kind, and what creates objects is a call."""
    assert Fault.options.keys() > SWITCHES
    assert len(CREATING) == 5
    faults = Faults(["lag:requests=1:on=groups", "clip:size=3"])
    assert faults.switched("groups/create", writes=True).keys() == {"lag", "clip"}
    assert faults.switched("users/create", writes=True).keys() == {"clip"}
