# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_maillist: groups with an address are created and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_maillist"


@pytest.mark.parametrize("run360", ["process", "direct"], indirect=True)
def test_create(run360: Runner, organization: Organization) -> None:
    """With the label as name, and one request for each."""
    result = run360.check_then_run_twice(MODULE, maillist=["team", organization.address("News")])
    assert result["created"] == organization.addresses("news", "team")
    assert {name: group["name"] for name, group in organization.groups.items()} == {"team": "team", "news": "news"}
    assert [each["uid"] for each in result["maillists"]] == [
        organization.groups[name]["id"] for name in ("team", "news")
    ]
    assert result["requests"]["sent"] == 2 + 2
    organization.forget()
    run360(MODULE, maillist=["team"])
    assert organization.calls() == ["domains/list", "groups/list"]


def test_delete(run360: Runner, organization: Organization) -> None:
    uid = organization.add_maillist("team")
    organization.add_maillist("news")
    organization.add_maillist("old")
    run360.check_then_run_twice(MODULE, maillist=["news"], state="absent")
    assert run360(MODULE, maillist_uid=[uid], state="absent")["deleted"] == organization.addresses("team")
    assert list(organization.groups) == ["old"]


def test_exclusive(run360: Runner, organization: Organization) -> None:
    """Groups that are no lists of ours are neither deleted nor counted."""
    for name in ("one", "two", "three"):
        organization.add_maillist(name)
    organization.own.put_group(organization.add_maillist("robots"), type="robots")
    organization.own.put_group(organization.add_maillist("gone"), removed=True)
    organization.own.add_group("")
    result = run360.check_then_run_twice(MODULE, maillist=["one"], exclusive=True)
    assert result["deleted"] == organization.addresses("three", "two")
    assert {"one", "robots", "gone"} <= set(organization.groups)


def test_guard(run360: Runner, organization: Organization) -> None:
    for name in ("one", "two", "three", "four"):
        organization.add_maillist(name)
    organization.forget()
    for check in (True, False):
        result = run360(MODULE, check=check, maillist=["one"], exclusive=True)
        assert result["error"]["code"] == "guard"
        assert len(result["changes"]) == 3
    assert organization.writes() == []


@pytest.mark.usefixtures("impatient")
def test_name_that_a_mailbox_has(run360: Runner, organization: Organization) -> None:
    """Also as an alias; told in check mode too."""
    [anna] = organization.add_mailboxes("anna")
    organization.own.ok("POST", f"/directory/v1/org/{{o}}/users/{anna}/aliases", {"alias": "ann"})
    results = [run360(MODULE, check=check, maillist=["anna", "ann", "team"]) for check in (True, False)]
    for result in results:
        assert [each["error"]["code"] for each in result["failures"]] == ["conflict", "conflict"]
        assert result["created"] == organization.addresses("team")
    assert f"{organization.address('anna')} is a mailbox" in results[1]["msg"]


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize(("call", "options"), [("groups/create", {}), ("groups/delete", {"state": "absent"})])
def test_lost_answers(
    run360: Runner, organization: Organization, call: str, options: dict[str, Any], applied: bool
) -> None:
    """They are settled by reading, and nothing is done twice."""
    for name in ("one", "two", "three") if options else ():
        organization.add_maillist(name)
    organization.own.arm(f"502:on={call}:count=2{':applied' if applied else ''}")
    result = run360(MODULE, maillist=["one", "two", "three"], **options)
    assert result["failures"] == []
    assert len(result["changes"]) == 3
    assert len(organization.groups) == (0 if options else 3)
    assert organization.own.struck() == [2]


def test_name_that_the_service_refuses(run360: Runner, organization: Organization) -> None:
    result = run360(MODULE, maillist=["x", "team"])
    assert result["error"]["code"] == "invalid_input"
    assert result["created"] == organization.addresses("team")
