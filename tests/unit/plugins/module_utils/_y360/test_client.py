# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client with canned answers: what is asked, how often, and what an address stands for (client, members, api)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Ambiguity, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Connection
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._plan.subscriber_options import DesiredList, resolve
from ansible_collections.mailops.pdd.plugins.module_utils._plan.subscribers import ListState, apply_steps, plan
from ansible_collections.mailops.pdd.plugins.module_utils._y360.client import Y360Client
from ansible_collections.mailops.pdd.plugins.module_utils._y360.dialect import Y360Dialect
from hypothesis import given
from hypothesis import strategies as st

ORGANIZATION = 7
MAIN, ALIAS = "example.test", "alias.test"
FIRST = 1130000000000001
USERS, GROUPS = "v1/directory/organizations/7/users", "directory/v1/org/7/groups"
MEMBERS = "directory/v2/org/7/groups/{}/members"
CONTACTS, DEPARTMENTS = "directory/v1/org/7/external_contacts", "v1/directory/organizations/7/departments"
SHARED = "admin/v1/org/7/mailboxes/shared"


class FakeTransport:
    """Answers with rows, in pages as they are asked for, and notes what was written."""

    def __init__(self, rows: Mapping[str, list[dict[str, Any]]], answers: Mapping[str, Any]) -> None:
        self.connection = Connection(Y360Dialect("https://a.test", "https://c.test", "made-up"))
        self.rows = rows
        self.answers = answers
        self.asked: list[str] = []
        self.written: list[tuple[str, str, Any]] = []

    def read(self, endpoint: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a read."""
        self.asked.append(endpoint)
        if endpoint in self.answers:
            answer: dict[str, Any] = self.answers[endpoint]
            return answer
        rows = self.rows.get(endpoint, [])
        if "limit" in params:
            limit, start = min(int(params["limit"]), 2), int(params["offset"])
            return {"items": rows[start : start + limit], "limit": limit, "offset": start, "total": len(rows)}
        key = {"shared": "resources", "external_contacts": "contacts"}.get(*[endpoint.rpartition("/")[2]] * 2)
        return {key: rows, "page": 1, "pages": 1, "total": len(rows)}

    def write(self, endpoint: str, params: Mapping[str, Any], *, method: str, **_options: bool) -> dict[str, Any]:
        """Answer a write with a new ID."""
        self.written.append((method, endpoint, params))
        return {"id": str(FIRST + 900 + len(self.written)), "label": params.get("label"), "name": "N", "emailId": "5"}

    def read_all(self, call: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Call with every item."""
        return [call(each) for each in items]


def user(number: int, nickname: str, *aliases: str, **more: Any) -> dict[str, Any]:
    """Return a row of the users."""
    name = {"first": nickname, "last": "X", "middle": "M"}
    return {"id": FIRST + number, "nickname": nickname, "aliases": list(aliases), "name": name, **more}


def client(answers: Mapping[str, Any] | None = None, **rows: list[dict[str, Any]]) -> tuple[Y360Client, FakeTransport]:
    """Return a client of an organization with these objects."""
    domains = [{"name": ALIAS, "master": False}, {"name": MAIN, "master": True}]
    places = {"users": USERS, "groups": GROUPS, "contacts": CONTACTS, "departments": DEPARTMENTS, "shared": SHARED}
    found = {places[key]: value for key, value in rows.items()}
    transport = FakeTransport({"directory/v1/org/7/domains": domains, **found}, answers or {})
    made = Y360Client(transport, "", ORGANIZATION)  # type: ignore[arg-type]
    transport.asked.clear()
    return made, transport


def test_main_domain_is_found() -> None:
    made, _transport = client()
    assert made.domain == MAIN
    made.check_domain()
    made.domain = ALIAS
    with pytest.raises(ServiceError, match="is an alias domain of the organization 7, whose main domain is 'example"):
        made.check_domain()


def test_users_are_read_once_to_the_last_page() -> None:
    """In steps of the size that the service lowers pages to."""
    made, transport = client(users=[user(number, f"u{number}") for number in range(5)])
    assert [each.login.local for each in made.mailboxes()] == [f"u{number}" for number in range(5)]
    assert made.resolve(Address("u1@alias.test")) == "u1@example.test"
    assert transport.asked == [USERS] * 3


LOCALS = st.sampled_from(["anna", "ann", "an", "team", "nobody"])


@given(LOCALS, st.sampled_from([MAIN, ALIAS, "elsewhere.test"]))
def test_an_address_stands_for_one_thing(local: str, domain: str) -> None:
    """Aliases and alias domains lead to the same mailbox, and what is outside stays."""
    made, _transport = client(users=[user(1, "anna", "ann", "an")], groups=[{"id": 5, "name": "T", "label": "team"}])
    made.maillists()
    expected = f"{local}@{domain}"
    if domain != "elsewhere.test":
        expected = f"{'anna' if local in ('ann', 'an') else local}@{MAIN}"
    resolved = made.resolve(Address(f"{local}@{domain}"))
    assert resolved == expected
    assert made.resolve(resolved) == resolved
    assert made.is_outside(resolved) is (domain == "elsewhere.test")


def test_members() -> None:
    """Of each kind by its address; what is foreign is left out, and what has no address is named."""
    made, transport = client(
        {
            MEMBERS.format(5): {
                "users": [
                    {"id": str(FIRST + 1)},
                    {"id": "77"},
                    {"id": str(FIRST + 2)},
                    {"id": str(FIRST + 9), "nickname": "new"},
                ],
                "groups": [{"id": 6, "name": "Sub"}, {"id": 8, "name": "Robots"}, {"id": 9, "name": "Plain"}],
                "departments": None,
                "externalContacts": [{"id": "6a", "firstName": "O", "lastName": "S"}],
            }
        },
        users=[user(1, "anna"), user(2, "robot", isRobot=True)],
        groups=[
            {"id": 5, "name": "T", "label": "team"},
            {"id": 6, "name": "S", "label": "sub"},
            {"id": 8, "name": "R", "label": "robots", "type": "robots"},
            {"id": 9, "name": "P", "label": ""},
        ],
        contacts=[{"id": "6a", "emails": [{"email": "out@elsewhere.test"}]}],
    )
    assert [each.address for each in made.maillists()] == ["team@example.test", "sub@example.test"]
    team = Address("team@example.test")
    assert made.subscribers(team) == [
        "anna@example.test",
        "new@example.test",
        "sub@example.test",
        "out@elsewhere.test",
    ]
    assert [(each.kind, each.name) for each in made.unaddressed(team)] == [("group", "Plain")]
    assert sorted(set(transport.asked)) == sorted([GROUPS, MEMBERS.format(5), USERS, CONTACTS])
    made.unsubscribe_all(team, [Address("anna@example.test"), Address("out@elsewhere.test")])
    body = {"userIds": [str(FIRST + 1)], "externalContactIds": ["6a"]}
    assert transport.written == [("PATCH", f"{MEMBERS.format(5)}/delete", body)]


def test_subscribing() -> None:
    """With one request, and one more for each contact that is new, also if two lists get it."""
    made, transport = client(
        {f"{SHARED}/{FIRST + 50}": {"email": "box@example.test", "name": "B"}},
        users=[user(1, "anna", "ann")],
        groups=[{"id": 5, "name": "T", "label": "team"}, {"id": 6, "name": "N", "label": "news"}],
        departments=[{"id": 3, "name": "Sales", "label": "sales"}],
        shared=[{"resourceId": str(FIRST + 50)}],
    )
    made.maillists()
    people = [Address(each) for each in ("anna@example.test", "sales@example.test", "box@example.test", "o@out.test")]
    for name in ("team", "news"):
        made.subscribe_all(Address(f"{name}@example.test"), people)
    contact = str(FIRST + 901)
    body = {"userIds": [str(FIRST + 1)], "departmentIds": [3], "sharedMailboxIds": [str(FIRST + 50)]}
    assert [entry[:2] for entry in transport.written] == [
        ("POST", CONTACTS),
        ("PATCH", f"{MEMBERS.format(5)}/add"),
        ("PATCH", f"{MEMBERS.format(6)}/add"),
    ]
    assert [entry[2] for entry in transport.written[1:]] == [{**body, "externalContactIds": [contact]}] * 2
    with pytest.raises(ServiceError) as caught:
        made.subscribe(Address("team@example.test"), Address("nobody@example.test"))
    assert caught.value.ambiguity is Ambiguity.MISSING


def test_mailboxes_are_written() -> None:
    """By their IDs, also if they are new, and a name as a whole."""
    made, transport = client(users=[user(1, "anna")])
    made.mailboxes()
    anna, boris = Address("anna@example.test"), Address("boris@example.test")
    made.add_mailbox(
        boris, "Made-up-9", {"first_name": "B", "last_name": "C", "sex": "unset", "birth_date": "1990-02-03"}
    )
    made.edit_mailbox(anna, {"last_name": "New", "enabled": False})
    made.add_alias(boris, Address("bob@example.test"))
    made.remove_alias(anna, Address("ann@example.test"))
    made.delete_mailbox(anna)
    users = "directory/v1/org/7/users"
    assert transport.written == [
        (
            "POST",
            users,
            {
                "nickname": "boris",
                "departmentId": 1,
                "password": "Made-up-9",
                "gender": "",
                "birthday": "1990-02-03",
                "name": {"first": "B", "last": "C"},
            },
        ),
        (
            "PATCH",
            f"{users}/{FIRST + 1}",
            {"isEnabled": False, "name": {"first": "anna", "last": "New", "middle": "M"}},
        ),
        ("POST", f"{users}/{FIRST + 901}/aliases", {"alias": "bob"}),
        ("DELETE", f"{users}/{FIRST + 1}/aliases/ann", {}),
        ("DELETE", f"{users}/{FIRST + 1}", {}),
    ]
    assert transport.asked == [USERS]


def test_permissions() -> None:
    """They are those of the list's own ID for mail, and are read once for each list."""
    grants = {"items": [{"roles": {"items": ["mail_list_half_sender"]}, "subject": {"type": "user", "id": FIRST + 1}}]}
    place = "v1/admin/org/7/mail-lists/115"
    made, transport = client(
        {f"{place}/permissions": {"grants": grants}, MEMBERS.format(5): {}},
        users=[user(1, "anna"), user(2, "boris")],
        groups=[{"id": 5, "name": "T", "label": "team", "emailId": "115"}],
    )
    made.maillists()
    team, anna, boris = (Address(f"{name}@example.test") for name in ("team", "anna", "boris"))
    made.subscribers(team)
    assert [made.can_send_on_behalf(team, each) for each in (anna, boris)] == [True, False]
    assert transport.asked.count(f"{place}/permissions") == 1
    made.set_can_send_on_behalf(team, boris, can_send_on_behalf=True)
    [(method, endpoint, body)] = transport.written
    assert (method, endpoint) == ("POST", f"{place}/update-permissions")
    subject = {"type": "user", "id": FIRST + 2, "org_id": 7}
    assert body == {"role_actions": [{"type": "grant", "roles": ["mail_list_half_sender"], "subjects": [subject]}]}
    assert made.permission_key(team, anna) == f"115/{FIRST + 1}"
    with pytest.raises(ServiceError, match="is no mailbox"):
        made.set_can_send_on_behalf(team, team, can_send_on_behalf=True)


def test_organizations() -> None:
    """The only one is taken; none and several are errors that say how many, and what to do."""
    pages = {"organizations": [{"id": 7, "name": "One"}], "nextPageToken": ""}
    transport = FakeTransport(
        {"directory/v1/org/7/domains": [{"name": MAIN, "master": True}]}, {"directory/v1/org": pages}
    )
    assert Y360Client(transport, "", None).domain == MAIN  # type: ignore[arg-type]
    for rows, words in (
        ([], "no organization"),
        ([{"id": 7}, {"id": "8", "name": "Two"}], "2 organizations (7, 8 Two)"),
    ):
        transport.answers = {"directory/v1/org": {"organizations": rows}}
        with pytest.raises(ServiceError) as caught:
            Y360Client(transport, "", None)  # type: ignore[arg-type]
        assert words in caught.value.message
        assert "organization" in (caught.value.advice or "")


SPELLINGS = {
    "anna@example.test": ("anna@example.test", "ann@example.test", "ann@alias.test", "anna@alias.test"),
    "boris@example.test": ("boris@example.test", "boris@alias.test"),
    "sub@example.test": ("sub@example.test", "sub@alias.test"),
    "out@elsewhere.test": ("out@elsewhere.test",),
}
"""Who can be a member, a nested list and somebody outside among them, and how each can be written."""
IDS: dict[str, dict[str, Any]] = {
    "anna@example.test": {"userIds": str(FIRST + 1)},
    "boris@example.test": {"userIds": str(FIRST + 2)},
    "sub@example.test": {"groupIds": 6},
    "out@elsewhere.test": {"externalContactIds": "6a"},
}
FOREIGN: dict[str, list[dict[str, Any]]] = {
    "users": [{"id": "77"}, {"id": str(FIRST + 3)}],
    "groups": [{"id": 8, "name": "R"}, {"id": 9, "name": "P"}],
}


@given(
    st.sets(st.sampled_from(list(SPELLINGS))),
    st.lists(st.sampled_from([each for texts in SPELLINGS.values() for each in texts]), unique=True),
    st.booleans(),
)
def test_plans_with_all_kinds_of_members(current: set[str], written: list[str], exclusive: bool) -> None:
    """Whatever the spelling: afterwards the right ones are there, nothing is left, and nothing foreign is touched."""
    foreign = {key: list(rows) for key, rows in FOREIGN.items()}
    answer: dict[str, list[dict[str, Any]]] = {"externalContacts": [], **foreign}
    for each in current:
        [(key, number)] = IDS[each].items()
        answer[{"userIds": "users", "groupIds": "groups", "externalContactIds": "externalContacts"}[key]].append(
            {"id": number, "name": "N"}
        )
    made, transport = client(
        {MEMBERS.format(5): answer},
        users=[user(1, "anna", "ann"), user(2, "boris"), user(3, "robot", isRobot=True)],
        groups=[
            {"id": 5, "name": "T", "label": "team"},
            {"id": 6, "name": "S", "label": "sub"},
            {"id": 8, "name": "R", "label": "robots", "type": "robots"},
            {"id": 9, "name": "P", "label": ""},
        ],
        contacts=[{"id": "6a", "emails": [{"email": "out@elsewhere.test"}]}],
    )
    team = Address("team@example.test")
    made.maillists()
    before = ListState(tuple(made.subscribers(team)))
    assert set(before.subscribers) == current
    asked = DesiredList(team, tuple(map(Address, written)), exclusive=exclusive)
    desired = resolve(asked, {}, {}, made.resolve)
    steps = plan(team, before, desired, grants_on_subscribe=False)
    reached = apply_steps(before, steps)
    wanted = {address for address, texts in SPELLINGS.items() if set(texts) & set(written)}
    assert set(reached.subscribers) == (wanted if exclusive else wanted | current)
    assert plan(team, reached, desired, grants_on_subscribe=False) == []
    for action, write in (("subscribe", made.subscribe_all), ("unsubscribe", made.unsubscribe_all)):
        people = [step.subscriber for step in steps if step.action == action]
        if people:
            write(team, people)
    sent = {(key, number) for _method, _place, body in transport.written for key, ids in body.items() for number in ids}
    changed = wanted - current | (current - wanted if exclusive else set())
    assert sent == {pair for each in changed for pair in IDS[each].items()}
