# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects in answers, in the spelling of both hosts (rows, index)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.paging import Listing
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._mail.models import SenderSettings, Signature
from ansible_collections.mailops.pdd.plugins.module_utils._y360.index import Directory, Users
from ansible_collections.mailops.pdd.plugins.module_utils._y360.rows import (
    Member,
    read_account,
    read_contact,
    read_domain,
    read_group,
    read_sender_settings,
    read_senders,
    to_body,
    to_sender_info,
)
from hypothesis import given
from hypothesis import strategies as st

DOMAIN, PLACE = "example.test", "some/endpoint"
UID = 1130000000000011
USER: dict[str, Any] = {
    "id": UID,
    "nickname": "Anna",
    "name": {"first": "A", "last": "B", "middle": "C"},
    "gender": "female",
    "position": "Clerk",
    "birthday": "1990-02-03",
    "aliases": ["b", "a@example.test"],
    "is_robot": False,
    "is_dismissed": False,
    "is_enabled": False,
}


@pytest.mark.parametrize("uid", [UID, str(UID)])
def test_user_of_either_host(uid: object) -> None:
    camel = {key: value for key, value in USER.items() if not key.startswith("is_")}
    camel.update(isRobot=False, isDismissed=False, isEnabled=False)
    first, second = (read_account({**row, "id": uid}, DOMAIN, PLACE) for row in (USER, camel))
    assert first == second
    assert first.is_own
    mailbox = first.mailbox
    assert (mailbox.login, mailbox.uid, mailbox.enabled, mailbox.middle_name) == ("anna@example.test", UID, False, "C")
    assert (mailbox.sex, mailbox.position, mailbox.birth_date) == ("female", "Clerk", "1990-02-03")
    assert mailbox.aliases == ("a@example.test", "b@example.test")


@pytest.mark.parametrize(
    "change", [{"id": 77}, {"is_robot": True}, {"isDismissed": "true"}, {"id": 77, "nickname": None}]
)
def test_foreign_users(change: dict[str, Any]) -> None:
    row = {key: value for key, value in USER.items() if key != "is_dismissed"}
    assert not read_account({**row, **change}, DOMAIN, PLACE).is_own


@pytest.mark.parametrize("change", [{"id": None}, {"id": "x"}, {"nickname": ""}, {"nickname": 7}])
def test_unreadable_users(change: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match="the answer has no readable"):
        read_account({**USER, **change}, DOMAIN, PLACE)


@given(st.dictionaries(st.sampled_from(list(USER)), st.none() | st.booleans() | st.text() | st.lists(st.none())))
def test_any_user(change: dict[str, Any]) -> None:
    """Is read, or is an error that is told."""
    with suppress(ServiceError):
        assert isinstance(read_account({**USER, **change}, DOMAIN, PLACE).mailbox.uid, int)


def test_groups() -> None:
    row = {"id": 7, "name": "N", "label": "News", "type": "generic", "emailId": 115, "membersCount": 2, "aliases": []}
    group = read_group(row, DOMAIN, PLACE)
    assert (group.member, group.addresses, group.email_id, group.members_count, group.is_own) == (
        Member("group", "7"),
        ("news@example.test",),
        "115",
        2,
        True,
    )
    assert read_group({**row, "label": ""}, DOMAIN, PLACE).addresses == ()
    for change in ({"removed": True}, {"type": "robots"}):
        assert not read_group({**row, **change}, DOMAIN, PLACE).is_own


def test_contacts() -> None:
    """The main address first, each once."""
    emails = [{"email": "b@x.test"}, {"email": "A@x.test", "main": True}, {"email": "B@X.test"}, {"email": ""}, None]
    contact = read_contact({"id": "6a", "firstName": "O", "lastName": "S", "emails": emails}, DOMAIN, PLACE)
    assert (contact.name, contact.addresses) == ("O S", ("a@x.test", "b@x.test"))


@pytest.mark.parametrize(
    ("row", "works"),
    [
        ({"verified": True, "mx": True, "status": None}, True),
        ({"verified": True, "mx": False, "status": {"mx": {"match": True}}}, True),
        ({"verified": True, "mx": True, "status": {"mx": {"match": False}}}, False),
        ({"verified": False, "mx": True}, False),
        ({}, False),
    ],
)
def test_domains(row: dict[str, Any], works: bool) -> None:
    assert read_domain({"name": "Example.TEST", **row}, PLACE).works is works


@pytest.mark.parametrize(
    "role", ["mail_list_half_sender", {"id": "mail_list_half_sender"}, {"name": "mail_list_half_sender"}]
)
def test_senders(role: object) -> None:
    """Roles are strings or objects; other roles and other kinds of subjects are not meant."""
    items = [
        {"roles": {"items": ["mail_list_sender", role]}, "subject": {"type": "user", "id": UID, "org_id": 7}},
        {"roles": {"items": ["mail_list_sender"]}, "subject": {"type": "user", "id": 5}},
        {"roles": {"items": [role]}, "subject": {"type": "anonymous", "id": 0}},
    ]
    assert read_senders({"grants": {"items": items}}, PLACE) == {Member("user", str(UID))}


@pytest.mark.parametrize("answer", [{}, {"grants": None}, {"grants": {"items": [{}]}}])
def test_unreadable_senders(answer: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match="no readable 'items'"):
        read_senders(answer, PLACE)


def test_signatures() -> None:
    """What is set together with them is sent back as it was."""
    info = {
        "fromName": "A",
        "signPosition": "bottom",
        "signs": [{"emails": ["a@x.test"], "isDefault": True, "text": "T", "lang": "ru"}],
    }
    settings = read_sender_settings(info, PLACE)
    assert settings.signatures == (Signature("T", is_default=True, emails=("a@x.test",), language="ru"),)
    assert settings.default == "T"
    assert to_sender_info(settings) == info
    assert read_sender_settings({}, PLACE) == SenderSettings()


def test_members_as_they_are_sent() -> None:
    """IDs are text, but for groups and departments."""
    members = [Member("user", "11"), Member("group", "7"), Member("department", "5"), Member("user", "12")]
    assert to_body([*members, Member("external_contact", "6a"), Member("shared_mailbox", "13")]) == {
        "userIds": ["11", "12"],
        "groupIds": [7],
        "departmentIds": [5],
        "externalContactIds": ["6a"],
        "sharedMailboxIds": ["13"],
    }


def test_index() -> None:
    """Of contacts with the same address, the lowest ID counts; foreign users and groups have no address."""
    rows = [
        read_contact({"id": number, "emails": [{"email": "out@x.test"}]}, DOMAIN, PLACE) for number in ("10", "9", "8")
    ]
    directory = Directory(rows)
    assert directory.by_address[Address("out@x.test")].member.id == "8"
    assert directory.address(Member("external_contact", "10")) == "out@x.test"
    users = Users(Listing([read_account(USER, DOMAIN, PLACE), read_account({**USER, "id": 77}, DOMAIN, PLACE)]))
    assert list(users.by_login) == ["anna@example.test"]
    anna = Address("anna@example.test")
    assert users.logins == {str(UID): anna}
    assert users.foreign == {"77"}
    assert users.aliases == {Address("a@example.test"): anna, Address("b@example.test"): anna}
