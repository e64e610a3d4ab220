# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent to the emulator of Yandex 360, it answers as documented, and its state stays sound."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from y360_emulator.endpoint import Endpoint
from y360_emulator.endpoints import ENDPOINTS
from y360_emulator.testing import CLOUD, DIRECTORY, V2, Api, Emulator

BOXES = "/admin/v1/org/{o}/mailboxes"
KEYS = [
    *("nickname", "departmentId", "name", "first", "last", "password", "passwordChangeRequired", "birthday", "gender"),
    *("displayName", "display_name", "default_email", "contacts", "isAdmin", "isEnabled", "alias", "label", "members"),
    *("type", "id", "userIds", "groupIds", "departmentIds", "externalContactIds", "sharedMailboxIds", "parentId"),
    *("role_actions", "roles", "subjects", "org_id", "signs", "emails", "text", "isDefault", "signPosition", "email"),
    *("forward", "autoreply", "address", "domain", "ttl", "target", "preference", "resourceId", "phones", "phone"),
    *("firstName", "lastName", "applications", "scopes", "enable_imap", "description", "externalId", "notify"),
]
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            *("", "anna", "boris", "news", "user", "group", "grant", "overwrite", "anonymous", "mail_list_sender"),
            *("1", "2", "9" * 19, "9" * 5000, "1130000000000001", "\0", "\ud800", "1990-01-01", "A", "@", "a@b@c"),
            *("anna@fuzz.test", "Long-Enough-1", "shared_mailbox_owner", "bottom", "email", "TXT", "MX", "male"),
        ]
    ),
)
NUMBERS = st.one_of(st.integers(0, 5), st.integers(), st.just(1130000000000001), st.just(1150000000000001))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), TEXTS, NUMBERS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8).map(json.dumps),
    VALUES.map(json.dumps),
    st.text(max_size=20).map(lambda text: text.encode(errors="replace").decode()),
)
PARTS = st.one_of(
    st.sampled_from(["1", "2", "1130000000000001", "1150000000000001", "anna", "fuzz.test", "user", "0"]),
    st.text(min_size=1, max_size=10).filter(lambda text: text not in {".", ".."}),
)
QUERIES = st.dictionaries(
    st.sampled_from(["page", "perPage", "limit", "offset", "email", "actorId", "orderBy", "parentId", "pageToken"]),
    st.one_of(st.integers(-1, 2000).map(str), st.text(max_size=10)),
    max_size=3,
)


@pytest.fixture(scope="module")
def org() -> Any:
    """Return the only client of an emulator."""
    with Emulator("--organization", "7:fuzz.test") as running:
        api = Api(running.url, 7, "fuzz.test")
        api.add_user("anna")
        api.add_group("news")
        api.put_domain("fuzz.test", ns=True)
        yield api
        running.stop()
    assert running.errors == ""


def filled(endpoint: Endpoint, parts: list[str]) -> str:
    """Return the path of a call with these parts in the order of its placeholders."""
    path = endpoint.path.replace("{organization}", "7")
    for part in parts:
        start, end = path.find("{"), path.find("}")
        if start < 0:
            break
        path = path[:start] + quote(part.encode(errors="replace"), safe="") + path[end + 1 :]
    return path


@settings(max_examples=600, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    endpoint=st.sampled_from(ENDPOINTS),
    parts=st.lists(PARTS, min_size=3, max_size=3),
    query=QUERIES,
    body=BODIES,
)
def test_anything(org: Api, endpoint: Endpoint, parts: list[str], query: dict[str, str], body: str) -> None:
    """The answer is JSON with a documented status, and what was written can be read."""
    params = {name: text.encode(errors="replace") for name, text in query.items()}
    response = org.request(endpoint.method, filled(endpoint, parts), data=body.encode(), params=params)
    assert response.status_code in {200, 204, 400, 403, 404, 405, 409}, response.text
    assert isinstance(response.json(), dict) if response.content else response.status_code == 204
    if endpoint.writes and response.ok:
        assert_sound(org)


NAMES = st.sampled_from(["anna", "boris", "news", "team", "a.b"])
PLACES = st.integers(0, 5)
ID_KEYS = {
    "users": "userIds",
    "groups": "groupIds",
    "departments": "departmentIds",
    "contacts": "externalContactIds",
    "mailboxes": "sharedMailboxIds",
}
KINDS = tuple(ID_KEYS)
ADDRESSED = ("users", "groups", "departments", "shared_mailboxes")
OTHER_ACTIONS = ("delete", "add", "remove", "alias", "grant", "set")
STEPS = st.one_of(
    st.tuples(st.sampled_from(["create", "rename"]), st.sampled_from(KINDS), PLACES, NAMES),
    st.tuples(
        st.sampled_from(["delete", "add", "remove", "alias", "grant", "set"]), st.sampled_from(KINDS), PLACES, NAMES
    ),
)


class Walk:
    """Steps of a client, each about an object that there is at that time, if there is any."""

    def __init__(self, org: Api) -> None:
        self._org = org

    def take(self, step: tuple[str, str, int, str]) -> None:
        """Take a step; it may be refused, never with an undocumented status."""
        action, kind, place, name = step
        response = getattr(self, f"_{action}")(kind, place, name)
        if response is not None:
            assert response.status_code in {200, 204, 400, 403, 404, 409}, response.text

    def _ids(self, kind: str) -> list[Any]:
        state = self._org.state()
        if kind == "contacts":
            return [item["id"] for item in state["external_contacts"]]
        key = "shared_mailboxes" if kind == "mailboxes" else kind
        return [item["id"] for item in state[key].values()]

    def _pick(self, kind: str, place: int) -> Any:
        ids = self._ids(kind)
        return ids[place % len(ids)] if ids else 0

    def _path(self, kind: str, place: int) -> str:
        base = {"contacts": f"{DIRECTORY}/external_contacts", "mailboxes": f"{BOXES}/shared"}
        return f"{base.get(kind, f'{DIRECTORY}/{kind}')}/{self._pick(kind, place)}"

    def _create(self, kind: str, place: int, name: str) -> Any:
        parent = self._pick("departments", place)
        path, _slash, _id = self._path(kind, place).rpartition("/")
        body = {"name": name, "label": name, "parentId": parent, "email": f"{name}@{self._org.domain}"}
        if kind == "users":
            body = {"nickname": name, "departmentId": parent, "name": {"first": name, "last": name}}
            body["password"] = "Long-Enough-1"
        if kind == "contacts":
            body = {"firstName": name, "lastName": name, "emails": [{"email": f"{name}@elsewhere.test"}]}
        return self._org.request("PUT" if kind == "mailboxes" else "POST", path, body)

    def _rename(self, kind: str, place: int, name: str) -> Any:
        body = {"nickname": name, "label": name if place else "", "name": name, "firstName": name}
        if kind == "users":
            body.pop("name")
        return self._org.request("PUT" if kind == "mailboxes" else "PATCH", self._path(kind, place), body)

    def _delete(self, kind: str, place: int, _name: str) -> Any:
        if kind == "users":
            self._org.request("PATCH", self._path(kind, place), {"isEnabled": False})
        return self._org.request("DELETE", self._path(kind, place))

    def _add(self, kind: str, place: int, _name: str, call: str = "add") -> Any:
        path = f"{V2}/groups/{self._pick('groups', place + 1)}/members/{call}"
        return self._org.request("PATCH", path, {ID_KEYS[kind]: [self._pick(kind, place) or "1"]})

    def _remove(self, kind: str, place: int, name: str) -> Any:
        return self._add(kind, place, name, "delete")

    def _alias(self, kind: str, place: int, name: str) -> Any:
        if kind not in {"users", "departments"}:
            return None
        path = f"{self._path(kind, place)}/aliases"
        response = self._org.request("POST", path, {"alias": name})
        return self._org.request("DELETE", f"{path}/{name}") if place % 2 else response

    def _grant(self, kind: str, place: int, _name: str) -> Any:
        subjects = {"users": "user", "groups": "group", "departments": "department", "mailboxes": "shared_mailbox"}
        lists = [group["emailId"] for group in self._org.state()["groups"].values() if group["emailId"]]
        if kind not in subjects or not lists:
            return None
        subject = {"type": subjects[kind], "id": int(self._pick(kind, place)), "org_id": self._org.organization}
        body = {"role_actions": [{"type": "grant", "roles": ["mail_list_sender"], "subjects": [subject]}]}
        path = f"/v1/admin/org/{{o}}/mail-lists/{lists[place % len(lists)]}/update-permissions"
        return self._org.request("POST", path, body)

    def _set(self, _kind: str, place: int, _name: str) -> Any:
        box, actor = self._pick("mailboxes", place), self._pick("users", place)
        body = {"roles": ["shared_mailbox_owner"]}
        response = self._org.request("POST", f"{BOXES}/set/{box}", body, params={"actorId": actor})
        if response.status_code == 200:
            for _poll in range(2):
                self._org.get(f"{BOXES}/tasks/{response.json()['taskId']}")
        return response


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=5, max_size=25))
def test_any_walk(yandex360: Emulator, steps: list[tuple[str, str, int, str]]) -> None:
    """Whatever clients do, nothing points to what is gone, and no name belongs to two."""
    org = yandex360.api()
    walk = Walk(org)
    first = [("create", kind, 0, name) for kind in KINDS for name in (f"{kind}1", f"{kind}2")]
    for step in first + steps:
        walk.take(step)
    assert_sound(org)


def assert_sound(org: Api) -> None:
    """Check that all listings can be read, and that the counts and back references are right."""
    users = {user["id"]: user for user in org.get(f"{DIRECTORY}/users", perPage=1000)["users"]}
    groups = {group["id"]: group for group in org.get(f"{DIRECTORY}/groups", perPage=1000)["groups"]}
    assert org.get(f"{CLOUD}/users", limit=1000)["total"] == len(users)
    names = [user["nickname"] for user in users.values()] + [
        each for user in users.values() for each in user["aliases"]
    ]
    names += [group["label"] for group in groups.values() if group["label"]]
    assert len(names) == len(set(names))
    for number, group in groups.items():
        members = org.get(f"{V2}/groups/{number}/members")
        assert group["membersCount"] == sum(len(kind) for kind in members.values())
        for user in members["users"]:
            assert number in users[user["id"]]["groups"]
    state = org.state()
    addresses = [name for kind in ADDRESSED for name in state[kind] if not name.startswith("#")]
    assert len(addresses) == len(set(addresses))
    for group in state["groups"].values():
        assert not [name for name in group["member_names"] if re.match("user#|shared_mailbox#|external_contact#", name)]
        assert not [name for names in group["permissions"].values() for name in names if name.startswith("user#")]
    for box in state["shared_mailboxes"].values():
        assert box["actors"].keys() <= users.keys()
