# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, their aliases and contacts (docs/api/y360.md, 2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from y360_emulator.testing import CLOUD, DIRECTORY, MOVED, PASSWORD, Api

USERS = f"{DIRECTORY}/users"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
FUTURE = "2999-01-01"


def new(**changes: Any) -> dict[str, Any]:
    """Return the body of a request that creates a user."""
    name = {"first": "Anna", "last": "Test"}
    return {"nickname": "anna", "departmentId": 1, "name": name, "password": PASSWORD, **changes}


def contact(value: str, *, main: bool) -> dict[str, Any]:
    """Return the contact of an address of a user."""
    return {"type": "email", "value": value, "main": main, "alias": not main, "synthetic": True, "label": ""}


def test_create(org: Api) -> None:
    """The answer is the whole user; what was not given is empty, but there."""
    user = org.ok("POST", USERS, new())
    assert re.fullmatch(r"1130\d{12}", user["id"])
    assert TIME.fullmatch(user["createdAt"])
    assert user["createdAt"] == user["updatedAt"]
    assert user == {
        "id": user["id"],
        "nickname": "anna",
        "departmentId": 1,
        "email": f"anna@{org.domain}",
        "name": {"first": "Anna", "last": "Test", "middle": ""},
        "gender": "",
        "position": "",
        "avatarId": "",
        "about": "",
        "birthday": "",
        "contacts": [contact(f"anna@{org.domain}", main=True)],
        "aliases": [],
        "groups": [],
        "externalId": "",
        "isAdmin": False,
        "isRobot": False,
        "isDismissed": False,
        "isEnabled": True,
        "timezone": "Europe/Moscow",
        "language": "ru",
        "createdAt": user["createdAt"],
        "updatedAt": user["updatedAt"],
    }
    assert org.get(f"{USERS}/{user['id']}") == user


def test_create_with_everything(org: Api) -> None:
    """All fields are stored; keys that are not known are ignored, and `isEnabled` is one of them here."""
    fields = {
        "gender": "female",
        "position": "Engineer",
        "about": "Lives here",
        "birthday": "1990-02-28",
        "externalId": "ours:anna",
        "timezone": "Asia/Omsk",
        "language": "en",
        "isAdmin": True,
    }
    contacts = [{"type": "phone", "value": "+7", "label": "desk"}]
    more = {"displayName": "Anna T.", "contacts": contacts, "isEnabled": False, "unknown": 1}
    name = {"first": " Anna ", "last": "Test", "middle": "M"}
    user = org.ok("POST", USERS, new(nickname="Anna", name=name, passwordChangeRequired=True, **fields, **more))
    assert user["nickname"] == "anna"
    assert user["name"] == {"first": "Anna", "last": "Test", "middle": "M"}
    assert {key: user[key] for key in fields} == fields
    assert user["isEnabled"]
    assert user["displayName"] == "Anna T."
    assert user["contacts"][1:] == [{**contacts[0], "main": False, "alias": False, "synthetic": False}]
    stored = org.state()["users"][user["email"]]
    assert (stored["password"], stored["passwordChangeRequired"]) == (PASSWORD, True)
    assert "displayName" not in org.get(USERS)["users"][0]


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"nickname": None}, 400, "Bad Request"),
        ({"nickname": 7}, 400, "Bad Request"),
        ({"nickname": "an na"}, 400, "login.prohibitedsymbols"),
        ({"nickname": "анна"}, 400, "login.prohibitedsymbols"),
        ({"nickname": "-anna"}, 400, "login.prohibitedsymbols"),
        ({"nickname": "anna."}, 400, "login.prohibitedsymbols"),
        ({"nickname": "an..na"}, 400, "login.prohibitedsymbols"),
        ({"nickname": "a" * 41}, 400, "login.prohibitedsymbols"),
        ({"departmentId": None}, 400, "Bad Request"),
        ({"departmentId": 99}, 404, "Not Found"),
        ({"name": None}, 400, "invalid_name"),
        ({"name": {"first": "Anna"}}, 400, "invalid_name"),
        ({"name": {"first": " ", "last": "Test"}}, 400, "invalid_name"),
        ({"name": "Anna"}, 400, "Bad Request"),
        ({"password": None}, 400, "Bad Request"),
        ({"password": "Short-1"}, 400, "password.short"),
        ({"nickname": "anna.test", "password": "Anna.Test"}, 400, "password.likelogin"),
        ({"password": "пароль-123"}, 400, "password.prohibitedsymbols"),
        ({"password": "1234567890"}, 400, "password.weak"),
        ({"password": "Password1"}, 400, "password.weak"),
        ({"birthday": "28.02.1990"}, 400, "invalid_birthday"),
        ({"birthday": "1990-02-30"}, 400, "invalid_birthday"),
        ({"birthday": FUTURE}, 400, "invalid_birthday"),
        ({"gender": "f"}, 400, "invalid_gender"),
        ({"contacts": [{"type": "fax", "value": "1"}]}, 400, "Bad Request"),
        ({"contacts": [{"type": "phone"}]}, 400, "Bad Request"),
        ({"isAdmin": "yes"}, 400, "Bad Request"),
    ],
)
def test_refused(org: Api, change: dict[str, Any], status: int, message: str) -> None:
    """What breaks a rule is refused, and changes nothing."""
    assert org.error("POST", USERS, new(**change)) == (status, message)
    assert org.state()["users"] == {}


@pytest.mark.parametrize("nickname", ["a", "1", "a_b", "a-b.c", "A" * 40])
def test_nicknames(org: Api, nickname: str) -> None:
    """What a nickname may be, in lower case."""
    assert org.ok("POST", USERS, new(nickname=nickname))["nickname"] == nickname.lower()


@pytest.mark.parametrize("taken", ["boris", "b.alias", "news", "sales", "support"])
def test_one_name_space(org: Api, taken: str) -> None:
    """A name belongs to one user, alias, group, department, or shared mailbox of an organization."""
    boris = org.add_user("boris")
    org.ok("POST", f"{USERS}/{boris['id']}/aliases", {"alias": "b.alias"})
    org.add_group("news")
    org.ok("POST", f"{DIRECTORY}/departments", {"name": "Sales", "parentId": 1, "label": "sales"})
    org.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", {"email": f"support@{org.domain}", "name": "Support"})
    assert org.error("POST", USERS, new(nickname=taken.upper())) == (409, "some_user_has_this_login")
    message = "some_user_has_this_login" if taken in {"boris", "b.alias"} else "some_group_has_this_label"
    body = {"name": "Group", "label": taken}
    assert org.error("POST", f"{DIRECTORY}/groups", body) == (409, message)
    assert org.error("POST", f"{DIRECTORY}/departments", {**body, "parentId": 1}) == (409, message)


def test_same_name_elsewhere(org: Api, yandex360: Any) -> None:
    """Other organizations have names of their own; IDs are unique."""
    other = yandex360.api()
    assert org.add_user("anna")["id"] != other.add_user("anna")["id"]


def test_list(org: Api) -> None:
    """Users come by pages, in the order of their IDs."""
    ids = [org.add_user(f"user{number}")["id"] for number in range(12)]
    first, second, third = (org.get(USERS, page=page, perPage=5) for page in (1, 2, 3))
    assert [user["id"] for page in (first, second, third) for user in page["users"]] == ids
    assert {key: second[key] for key in second if key != "users"} == {
        "page": 2,
        "pages": 3,
        "perPage": 5,
        "total": 12,
    }
    assert len(org.get(USERS)["users"]) == 10
    assert org.get(USERS, email="nobody@example.test")["total"] == 12


def test_edit(org: Api, anna: str) -> None:
    """Only what is named changes; the answer is the whole user."""
    before = org.get(f"{USERS}/{anna}")
    changes = {"position": "Boss", "birthday": "1990-02-28", "gender": "female", "isAdmin": True}
    after = org.ok("PATCH", f"{USERS}/{anna}", changes)
    assert after == {**before, **changes, "updatedAt": after["updatedAt"]}
    assert after["updatedAt"] > before["updatedAt"]
    cleared = org.ok("PATCH", f"{USERS}/{anna}", {"birthday": "", "gender": ""})
    assert (cleared["birthday"], cleared["gender"]) == ("", "")
    assert org.ok("PATCH", f"{USERS}/{anna}", {"name": {"middle": "M"}})["name"] == {
        "first": "Anna",
        "last": "Test",
        "middle": "M",
    }


def test_edit_without_a_change(org: Api, anna: str) -> None:
    """The time of the update stays."""
    before = org.get(f"{USERS}/{anna}")
    assert org.ok("PATCH", f"{USERS}/{anna}", {}) == before
    assert org.ok("PATCH", f"{USERS}/{anna}", {"name": {"first": "Anna"}, "isEnabled": True}) == before


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"password": "short"}, 400, "password.short"),
        ({"password": PASSWORD}, 400, "password.equals_previous"),
        ({"passwordChangeRequired": True}, 400, "Bad Request"),
        ({"name": {"first": ""}}, 400, "invalid_name"),
        ({"departmentId": 99}, 404, "Not Found"),
        ({"nickname": "boris"}, 409, "some_user_has_this_login"),
        ({"nickname": "_"}, 400, "login.prohibitedsymbols"),
        ({"isEnabled": 1}, 400, "Bad Request"),
    ],
)
def test_edit_refused(org: Api, anna: str, change: dict[str, Any], status: int, message: str) -> None:
    """What breaks a rule is refused as a whole."""
    org.add_user("boris")
    before = org.state()
    assert org.error("PATCH", f"{USERS}/{anna}", {"position": "Boss", **change}) == (status, message)
    assert org.state() == before


def test_password(org: Api, anna: str) -> None:
    """The password is stored, and shown to nobody but tests."""
    after = org.ok("PATCH", f"{USERS}/{anna}", {"password": "Other-Pass-2", "passwordChangeRequired": True})
    stored = org.state()["users"][f"anna@{org.domain}"]
    assert (stored["password"], stored["passwordChangeRequired"]) == ("Other-Pass-2", True)
    assert "password" not in after


def test_block(org: Api, anna: str, news: dict[str, Any]) -> None:
    """A blocked user stays in lists; the time of the last change is shown from then on."""
    org.add_members(news["id"], userIds=[anna])
    after = org.ok("PATCH", f"{USERS}/{anna}", {"isEnabled": False})
    assert after["isEnabled"] is False
    assert TIME.fullmatch(after["isEnabledUpdatedAt"])
    assert after["groups"] == [news["id"]]


def test_rename(org: Api, anna: str) -> None:
    """The former nickname becomes an alias, and is taken until that is removed."""
    after = org.ok("PATCH", f"{USERS}/{anna}", {"nickname": "ann"})
    assert (after["nickname"], after["email"], after["aliases"]) == ("ann", f"ann@{org.domain}", ["anna"])
    assert org.error("PATCH", f"{USERS}/{anna}", {"nickname": "anna"}) == (409, "some_user_has_this_login")
    org.ok("DELETE", f"{USERS}/{anna}/aliases/anna")
    assert org.ok("PATCH", f"{USERS}/{anna}", {"nickname": "anna"})["aliases"] == ["ann"]


def test_delete(org: Api, anna: str) -> None:
    """A user has to be disabled before; afterwards the name is free, and the ID unknown."""
    response = org.request("DELETE", f"{USERS}/{anna}")
    assert (response.status_code, response.json()["code"]) == (400, 9)
    org.ok("PATCH", f"{USERS}/{anna}", {"isEnabled": False})
    assert org.ok("DELETE", f"{USERS}/{anna}") == {"userId": anna, "deleted": True}
    assert org.error("DELETE", f"{USERS}/{anna}") == (404, "Not Found")
    assert org.error("GET", f"{USERS}/{anna}") == (404, "Not Found")
    assert org.get(USERS)["total"] == 0
    assert org.add_user("anna")["id"] != anna


def test_delete_removes_traces(org: Api, anna: str, news: dict[str, Any]) -> None:
    """Memberships, permissions, roles, and aliases vanish with a user."""
    org.ok("POST", f"{USERS}/{anna}/aliases", {"alias": "a"})
    org.add_members(news["id"], userIds=[anna])
    subject = {"type": "user", "id": int(anna), "org_id": org.organization}
    roles = ["mail_list_sender", "mail_list_half_sender"]
    action = {"type": "grant", "roles": roles, "subjects": [subject]}
    org.ok("POST", f"/v1/admin/org/{{o}}/mail-lists/{news['emailId']}/update-permissions", {"role_actions": [action]})
    org.ok("PATCH", f"{USERS}/{anna}", {"isEnabled": False})
    org.ok("DELETE", f"{USERS}/{anna}")
    group = org.state()["groups"][news["email"]]
    assert group["member_names"] == []
    assert group["permissions"] == {"mail_list_sender": ["anonymous"]}
    org.add_user("a")


def test_delete_missing(org: Api, anna: str) -> None:
    """The call may be gone: the path is still there."""
    org.settings(delete="missing")
    try:
        response = org.request("DELETE", f"{USERS}/{anna}")
    finally:
        org.settings(delete="allowed")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, PATCH"


@pytest.mark.parametrize("user", ["1130000000000999", "99", "9" * 30])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown(org: Api, method: str, user: str) -> None:
    """There is no such user."""
    assert org.error(method, f"{USERS}/{user}", {}) == (404, "Not Found")


def test_no_number(org: Api) -> None:
    """IDs are numbers."""
    assert org.error("GET", f"{USERS}/anna") == (400, "Bad Request")


# The other host


def test_search(org: Api, anna: str) -> None:
    """Names are written another way there, and IDs are numbers."""
    org.ok("POST", f"{USERS}/{anna}/aliases", {"alias": "a.t"})
    answer = org.get(f"{CLOUD}/users")
    user = answer["items"][0]
    assert {**answer, "items": []} == {"limit": 20, "offset": 0, "total": 1, "items": []}
    assert user["id"] == int(anna)
    assert user["department_id"] == 1
    assert user["default_email"] == user["email"] == f"anna@{org.domain}"
    assert user["aliases"] == ["a.t"]
    assert [item["value"] for item in user["contacts"]] == [f"anna@{org.domain}", f"a.t@{org.domain}"]
    assert user["display_name"] == ""
    assert user["created_at"].endswith("Z")
    assert user["updated_at"].endswith("+03:00")
    assert "groups" not in user


def test_search_by_address(org: Api, anna: str) -> None:
    """Any of a user's addresses on any domain of the organization will do."""
    org.ok("POST", f"{USERS}/{anna}/aliases", {"alias": "a.t"})
    org.add_user("boris")
    org.add_group("news")
    alias_domain = org.domain.replace("main", "alias")
    for email in (f"ANNA@{org.domain}", f"a.t@{org.domain}", f"anna@{alias_domain}", f"a.t@{alias_domain}"):
        answer = org.get(f"{CLOUD}/users", email=email)
        assert [item["id"] for item in answer["items"]] == [int(anna)]
        assert answer["total"] == 1
    for email in (f"nobody@{org.domain}", "anna@elsewhere.test", "anna", f"news@{org.domain}"):
        assert org.get(f"{CLOUD}/users", email=email)["items"] == []


def test_cloud_edit(org: Api, anna: str) -> None:
    """The display name, which cannot be cleared, and the address from which mail is sent."""
    path = f"{CLOUD}/users/{anna}"
    org.ok("POST", f"{USERS}/{anna}/aliases", {"alias": "a.t"})
    body = {"display_name": "Anna T.", "default_email": f"a.t@{org.domain}"}
    user = org.ok("PATCH", path, body)
    assert {key: user[key] for key in body} == body
    assert org.ok("PATCH", path, {"display_name": ""})["display_name"] == "Anna T."
    assert org.ok("PATCH", path, {"display_name": None})["display_name"] == "Anna T."
    assert org.error("PATCH", path, {"default_email": f"b@{org.domain}"}) == (400, "invalid_email")
    assert org.get(f"{USERS}/{anna}")["displayName"] == "Anna T."
    org.ok("DELETE", f"{USERS}/{anna}/aliases/a.t")
    assert org.get(f"{CLOUD}/users")["items"][0]["default_email"] == f"anna@{org.domain}"


# Aliases and contacts


@pytest.mark.parametrize("base", [DIRECTORY, MOVED])
def test_aliases(org: Api, anna: str, base: str) -> None:
    """An alias is a local part; its contact comes and goes with it."""
    path = f"{base}/users/{anna}/aliases"
    user = org.ok("POST", path, {"alias": "Anna_T"})
    assert user["aliases"] == ["anna_t"]
    assert user["contacts"][1] == contact(f"anna_t@{org.domain}", main=False)
    assert org.error("POST", path, {"alias": "anna_t"}) == (409, "some_user_has_this_login")
    assert org.error("POST", path, {"alias": f"a@{org.domain}"}) == (400, "login.prohibitedsymbols")
    assert org.ok("DELETE", f"{path}/anna_t") == {"alias": "anna_t", "removed": True}
    assert org.error("DELETE", f"{path}/anna_t") == (404, "Not Found")
    assert len(org.get(f"{USERS}/{anna}")["contacts"]) == 1


def test_ten_aliases(org: Api, anna: str) -> None:
    """There are ten at most."""
    for number in range(10):
        org.ok("POST", f"{USERS}/{anna}/aliases", {"alias": f"a{number}"})
    assert org.error("POST", f"{USERS}/{anna}/aliases", {"alias": "more"}) == (400, "too_many_aliases")


@pytest.mark.parametrize("base", [DIRECTORY, MOVED])
def test_contacts(org: Api, anna: str, base: str) -> None:
    """Contacts are replaced as a whole, apart from those of addresses."""
    path = f"{base}/users/{anna}/contacts"
    for value in ("one", "two"):
        user = org.ok("PUT", path, {"contacts": [{"type": "skype", "value": value}]})
        assert [item["value"] for item in user["contacts"]] == [f"anna@{org.domain}", value]
    assert org.ok("PUT", path, {"contacts": user["contacts"]})["contacts"] == user["contacts"]
    assert len(org.ok("DELETE", path)["contacts"]) == 1


def test_avatar(org: Api, anna: str) -> None:
    """A picture gives the user an ID of an avatar."""
    assert org.ok("PUT", f"{USERS}/{anna}/avatar", data=b"image")["url"]
    assert org.get(f"{USERS}/{anna}")["avatarId"]
    assert org.error("PUT", f"{USERS}/{anna}/avatar") == (400, "Bad Request")


def test_second_factor(org: Api, anna: str) -> None:
    """Nobody has a second factor."""
    path = f"{USERS}/{anna}/2fa"
    assert org.get(path) == {"userId": anna, "has2fa": False, "hasSecurityPhone": False}
    assert org.ok("DELETE", path) == {}
    assert org.error("DELETE", f"{USERS}/9/2fa") == (404, "Not Found")


# Accounts of other kinds


def test_from_outside(org: Api) -> None:
    """An account from outside is listed, and cannot be changed."""
    org.put_user(4711, nickname="guest", outside_email="guest@yandex.example")
    (user,) = org.get(USERS)["users"]
    assert (user["id"], user["email"]) == ("4711", "guest@yandex.example")
    for method, tail, body in (
        ("PATCH", "", {"position": "Boss"}),
        ("DELETE", "", None),
        ("POST", "/aliases", {"alias": "a"}),
    ):
        assert org.error(method, f"{USERS}/4711{tail}", body) == (403, "Forbidden")
    assert org.error("PATCH", f"{CLOUD}/users/4711", {"display_name": "x"}) == (403, "Forbidden")
    assert org.get(f"{CLOUD}/users", email="Guest@yandex.example")["items"][0]["id"] == 4711
    org.add_user("guest")


def test_robots_and_dismissed(org: Api, anna: str) -> None:
    """Tests can make a user a robot or a dismissed one."""
    org.put_user(1130000000900000, nickname="robot", is_robot=True)
    org.put_user(anna, is_dismissed=True)
    shown = {user["nickname"]: (user["isRobot"], user["isDismissed"]) for user in org.get(USERS)["users"]}
    assert shown == {"anna": (False, True), "robot": (True, False)}
    assert int(org.add_user("boris")["id"]) > 1130000000900000
