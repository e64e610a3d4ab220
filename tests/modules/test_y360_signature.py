# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""y360_signature: the default signature of each mailbox, beside those of its owner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ..conftest import Organization
from .conftest import Runner

MODULE = "y360_signature"
TEXT = "<div>-- <br/>Example Ltd.</div>"
OTHER = "<div>Another Ltd.</div>"


@pytest.fixture(autouse=True)
def _memory(state_home: Path) -> Path:
    return state_home


def signs(organization: Organization, login: str) -> list[tuple[str, bool]]:
    """Return the signatures of a mailbox, and which is the default one."""
    return [(each["text"], each["isDefault"]) for each in organization.users[login]["senderInfo"]["signs"]]


def set_own(organization: Organization, login: str, *texts: str) -> None:
    """Let the owner of a mailbox set signatures, the first is the default one."""
    rows = [{"emails": [], "isDefault": not number, "text": text, "lang": "en"} for number, text in enumerate(texts)]
    path = f"/admin/v1/org/{{o}}/mail/users/{organization.users[login]['id']}/settings/sender_info"
    organization.own.ok("POST", path, {**organization.users[login]["senderInfo"], "signs": rows})


@pytest.mark.parametrize("run360", ["process", "direct"], indirect=True)
def test_all_mailboxes(run360: Runner, organization: Organization) -> None:
    """That are enabled; with one request to read each, and one to set what differs."""
    organization.add_mailboxes("anna", "boris", "clara")
    clara = organization.users["clara"]["id"]
    organization.own.ok("PATCH", f"/directory/v1/org/{{o}}/users/{clara}", {"isEnabled": False})
    organization.own.put_user(77, nickname="guest", outside_email="guest@elsewhere.test")
    result = run360.check_then_run_twice(MODULE, signature=TEXT)
    assert result["changed_mailboxes"] == organization.addresses("anna", "boris")
    assert (signs(organization, "anna"), signs(organization, "clara")) == ([(TEXT, True)], [])
    assert result["requests"]["sent"] == 2 + 2 + 2
    organization.forget()
    run360(MODULE, signature=TEXT)
    assert sorted(organization.calls()) == ["domains/list", "sender_info/get", "sender_info/get", "users/search"]


def test_own_signatures_are_kept(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    set_own(organization, "anna", "mine", "further")
    before = organization.users["anna"]["senderInfo"]
    run360.check_then_run_twice(MODULE, signature=TEXT)
    assert signs(organization, "anna") == [(TEXT, True), ("mine", False), ("further", False)]
    after = organization.users["anna"]["senderInfo"]
    assert {**after, "signs": None} == {**before, "signs": None}
    run360.check_then_run_twice(MODULE, signature=OTHER)
    assert signs(organization, "anna") == [(OTHER, True), ("mine", False), ("further", False)]


def test_own_signature_is_not_kept(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    set_own(organization, "anna", "mine", "further")
    run360.check_then_run_twice(MODULE, signature=TEXT, keep_own=False)
    assert signs(organization, "anna") == [(TEXT, True), ("further", False)]


def test_owner_chose_another_one(run360: Runner, organization: Organization) -> None:
    """The desired one becomes the default one again, and is there once."""
    organization.add_mailboxes("anna")
    set_own(organization, "anna", "mine", TEXT)
    run360.check_then_run_twice(MODULE, signature=TEXT)
    assert signs(organization, "anna") == [(TEXT, True), ("mine", False)]


@pytest.mark.parametrize("fault", [None, "502:on=sender_info/set:count=1:applied", "502:on=sender_info/set:count=1"])
def test_service_that_changes_the_text(run360: Runner, organization: Organization, fault: str | None) -> None:
    """It is recognized as it was stored, also after a lost answer, and replaced by the next one."""
    organization.add_mailboxes("anna")
    set_own(organization, "anna", "mine")
    organization.own.arm("sanitize", *filter(None, [fault]))
    assert run360(MODULE, signature=f"<script>x</script>{TEXT}")["failures"] == []
    stored = TEXT.replace("<br/>", "<br>")
    assert signs(organization, "anna") == [(stored, True), ("mine", False)]
    assert not run360(MODULE, signature=f"<script>x</script>{TEXT}")["changed"]
    assert run360(MODULE, signature=OTHER)["changed"]
    assert signs(organization, "anna") == [(OTHER, True), ("mine", False)]


@pytest.mark.parametrize("given", [None, TEXT])
def test_absent(run360: Runner, organization: Organization, given: str | None) -> None:
    """The given text, or what was set last; the owner's own ones stay."""
    organization.add_mailboxes("anna", "boris")
    set_own(organization, "anna", "mine")
    run360(MODULE, signature=TEXT)
    result = run360.check_then_run_twice(MODULE, state="absent", signature=given)
    assert result["changed_mailboxes"] == organization.addresses("anna", "boris")
    assert (signs(organization, "anna"), signs(organization, "boris")) == ([("mine", False)], [])


def test_some_mailboxes(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna", "boris")
    result = run360.check_then_run_twice(MODULE, signature=TEXT, login=["boris"])
    assert result["changed_mailboxes"] == organization.addresses("boris")
    missing = run360(MODULE, signature=TEXT, login=["nobody"])
    assert (missing["error"]["code"], missing["changed"]) == ("not_found", False)


def test_mailboxes_of_the_same_play(run360: Runner, organization: Organization) -> None:
    """Check mode counts those that the play makes, and not those that it removes."""
    organization.add_mailboxes("anna")
    options: dict[str, Any] = {"expected_present": ["boris"], "expected_absent": ["anna"]}
    checked = run360(MODULE, check=True, signature=TEXT, **options)
    assert checked["changed_mailboxes"] == organization.addresses("boris")
    assert run360(MODULE, signature=TEXT, **options)["changed_mailboxes"] == organization.addresses("anna")


def test_partial_failure(run360: Runner, organization: Organization) -> None:
    organization.add_mailboxes("anna", "boris", "clara")
    organization.own.arm("fail_next:on=sender_info/set:status=400")
    result = run360(MODULE, signature=TEXT)
    assert len(result["failures"]) == 1
    assert len(result["changed_mailboxes"] if "changed_mailboxes" in result else result["changes"]) == 2


def test_state_file_that_cannot_be_used(run360: Runner, organization: Organization, tmp_path: Path) -> None:
    """It is no reason to fail, and warned of."""
    organization.add_mailboxes("anna")
    (tmp_path / "file").write_text("x")
    result = run360(MODULE, signature=TEXT, state_path=str(tmp_path / "file"))
    assert result["changed"]
    [warning] = [each for each in map(str, result["warnings"]) if "state_path" in each]
    assert "was not written by this module" in warning
    assert (tmp_path / "file").read_text() == "x"
