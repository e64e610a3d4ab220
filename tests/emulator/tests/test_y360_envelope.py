# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all calls have in common: errors, the order of checks, paging, headers (docs/api/y360.md, 1)."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
import requests
from y360_emulator import scopes
from y360_emulator.endpoint import Endpoint
from y360_emulator.endpoints import ENDPOINTS
from y360_emulator.errors import Host
from y360_emulator.testing import CLOUD, DIRECTORY, MOVED, V2, Api, Emulator

USERS = f"{DIRECTORY}/users"
PERMISSIONS = "/v1/admin/org/{o}/mail-lists/1/permissions"
NEEDS = [endpoint for endpoint in ENDPOINTS if endpoint.needs]
IN_ORGANIZATION = [endpoint for endpoint in NEEDS if "{organization}" in endpoint.path]

_numbers = count(1)


def named(endpoint: Endpoint) -> str:
    """Return the name of a case."""
    return f"{endpoint.name}-{endpoint.host.name}"


def path(endpoint: Endpoint, org: Api) -> str:
    """Return a path of a call, about objects that do not exist."""
    names = ("user", "group", "department", "list", "resource", "record", "rule", "member")
    parts = dict.fromkeys(names, "9"), {"organization": org.organization, "type": "user"}
    rest = dict.fromkeys(("alias", "domain", "contact", "task"), "nowhere.test")
    return endpoint.path.format(**parts[0], **parts[1], **rest)


def limited(org: Api, *granted: str, **changes: Any) -> Api:
    """Return a client whose token has these scopes only."""
    return org.put_token(f"limited-{next(_numbers)}", scopes=[*granted], **changes)


# Errors


def test_error_of_the_first_host(org: Api) -> None:
    """The code is one of gRPC, and the ID of the request is in the body and in a header."""
    response = org.request("GET", f"{USERS}/9")
    request_id = response.headers["X-Request-Id"]
    assert response.headers["Content-Type"] == "application/json"
    info = {"@type": "type.googleapis.com/google.rpc.RequestInfo", "requestId": request_id, "servingData": ""}
    assert response.json() == {"code": 5, "message": "Not Found", "details": [info]}


def test_error_of_the_other_host(org: Api) -> None:
    """The error is a word, and the details are an object."""
    response = org.request("GET", PERMISSIONS)
    assert response.headers["Yandex-Cloud-Request-ID"]
    assert "X-Request-Id" not in response.headers
    assert response.json() == {
        "error": "not_found",
        "description": "Not Found",
        "message": "Not Found",
        "details": {},
    }


def test_headers_of_success(org: Api) -> None:
    """Answers of both hosts have the ID of the request; each has its own."""
    ids = [org.request("GET", USERS).headers["X-Request-Id"] for _round in range(2)]
    assert ids[0] != ids[1]
    assert org.request("GET", f"{CLOUD}/users").headers["Yandex-Cloud-Request-ID"]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("", 401),
        ("OAuth wrong", 401),
        ("Bearer {0}", 401),
        ("{0}", 401),
        ("oauth {0}", 200),
        ("OAUTH  {0}", 200),
    ],
)
def test_authorization(org: Api, authorization: str, status: int) -> None:
    """Only the scheme OAuth counts, in any case."""
    headers = {"Authorization": authorization.format(org.token)} if authorization else {}
    for tail in (f"{org.url}/whoami", f"{org.url}{CLOUD}/users".format(o=org.organization)):
        response = requests.get(tail, headers=headers, timeout=10)
        assert response.status_code == status
        assert status == 200 or response.json()["message"] == "Unauthorized"


def test_token_that_is_gone(org: Api) -> None:
    """A token expires, or is deleted."""
    for change in ({"expires_in": 0}, None):
        client = org.put_token("short", expires_in=None)
        client.get("/whoami")
        if change:
            org.put_token("short", **change)
        else:
            org.control_delete("/tokens/short")
        assert client.error("GET", "/whoami") == (401, "Unauthorized")


# The order of checks


@pytest.mark.parametrize("tail", ["/", "/unknown", "/directory/v1", f"{DIRECTORY}/robots", "/v1/unknown"])
def test_unknown_path(org: Api, tail: str) -> None:
    """What is unknown is so for everybody."""
    for method in ("GET", "POST", "DELETE"):
        assert org.error(method, tail, headers={"Authorization": ""}) == (404, "Not Found")


def test_unknown_method(org: Api) -> None:
    """The method is checked before the token."""
    response = org.request("PUT", USERS, headers={"Authorization": ""})
    assert (response.status_code, response.json()["message"]) == (405, "Method Not Allowed")
    assert response.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("endpoint", NEEDS, ids=named)
def test_scopes(org: Api, endpoint: Endpoint) -> None:
    """Each call needs a scope, checked before anything else; any one that includes it will do."""
    where = path(endpoint, org)
    assert limited(org).error(endpoint.method, where) == (403, "No required scope")
    missing = next(iter(endpoint.needs[-1]))
    rest = [scope for scope in scopes.ALL if scope not in endpoint.needs[-1]]
    assert limited(org, *rest).error(endpoint.method, where) == (403, "No required scope")
    enough = [scope for needed in endpoint.needs for scope in needed if scope == missing or len(needed) == 1]
    response = limited(org, *enough).request(endpoint.method, where)
    assert response.json().get("message") != "No required scope"


@pytest.mark.parametrize("endpoint", IN_ORGANIZATION, ids=named)
def test_foreign_organization(org: Api, endpoint: Endpoint, yandex360: Emulator) -> None:
    """Calls are about organizations of the token, checked before the object and the body."""
    other = limited(yandex360.api(), *scopes.ALL, organizations=[1])
    where = path(endpoint, org)
    assert other.error(endpoint.method, where, data="no JSON") == (403, "Forbidden")
    unknown = where.replace(f"/{org.organization}/", "/2147480000/", 1) + ("/" if where.endswith("org") else "")
    assert org.error(endpoint.method, unknown)[0] == endpoint.unknown_organization
    no_number = where.replace(f"/{org.organization}", "/x", 1)
    assert org.error(endpoint.method, no_number) == (400, "Bad Request")


def test_object_before_body(org: Api, anna: str) -> None:
    """An unknown object is reported before a body that is no JSON, that before fields, those before a taken name."""
    assert org.error("PATCH", f"{USERS}/9", data="no JSON") == (404, "Not Found")
    for content in ("", "no JSON", "[]", "null", '{"nickname": 1}'):
        assert org.error("PATCH", f"{USERS}/{anna}", data=content) == (400, "Bad Request")
    body = {"nickname": "anna", "departmentId": 1, "name": {"first": "A", "last": "B"}, "password": "x"}
    assert org.error("POST", USERS, body) == (400, "password.short")


def test_slash_at_the_end(org: Api, anna: str) -> None:
    """A slash may follow the path."""
    assert org.get(f"{USERS}/{anna}/") == org.get(f"{USERS}/{anna}")
    assert org.get(f"{USERS}/", page=1)["total"] == 1


def test_hosts(org: Api) -> None:
    """Whoever asks for one of the vendor's hosts by its name gets its paths only."""
    for endpoint in (each for each in ENDPOINTS if each.method == "GET"):
        where = path(endpoint, org)
        for host in Host:
            response = org.request("GET", where, headers={"Host": f"{host.value}:443", "Authorization": ""})
            assert response.status_code == (401 if host is endpoint.host else 404), (where, host)


def test_no_body_is_too_odd(org: Api) -> None:
    """Lone surrogates, large numbers, and null are no reason to break."""
    for name in ("\ud800", "\x00", "a" * 10000):
        response = org.request("POST", f"{DIRECTORY}/groups", {"name": f"x{name}"})
        assert response.status_code == 200
    for body in ({"userIds": [1 << 70]}, {"userIds": None}, {"groupIds": [1 << 70]}):
        assert org.request("PATCH", f"{V2}/groups/1/members/add", body).status_code in {200, 404}
    huge = {"nickname": "anna", "departmentId": 1 << 70, "name": {"first": "A", "last": "B"}, "password": "Made-Up-1"}
    assert org.error("POST", USERS, huge)[0] == 404
    for content in (
        "[" * 100_000,
        '{"name": NaN}',
        b"\xff",
        '{"name": "x", "members": [{"id": "' + "9" * 5000 + '"}]}',
    ):
        assert org.request("POST", f"{DIRECTORY}/groups", data=content).status_code == 400
    assert org.journal()[-1]["json"]


# Paging


@pytest.mark.parametrize(
    ("query", "paging", "shown"),
    [
        ({}, (1, 2, 10, 12), 10),
        ({"page": 2}, (2, 2, 10, 12), 2),
        ({"page": 0}, (1, 2, 10, 12), 10),
        ({"page": 9}, (9, 2, 10, 12), 0),
        ({"page": "", "perPage": ""}, (1, 2, 10, 12), 10),
        ({"perPage": 5, "page": 3}, (3, 3, 5, 12), 2),
        ({"perPage": 0}, (1, 2, 10, 12), 10),
        ({"perPage": 5000}, (1, 1, 1000, 12), 12),
    ],
)
def test_numbered_pages(org: Api, query: dict[str, Any], paging: tuple[int, ...], shown: int) -> None:
    """Pages and their sizes are clipped, and those past the end are empty."""
    for number in range(12):
        org.add_group(f"list{number}")
    answer = org.get(f"{DIRECTORY}/groups", **query)
    assert len(answer.pop("groups")) == shown
    assert tuple(answer[key] for key in ("page", "pages", "perPage", "total")) == paging


@pytest.mark.parametrize(
    ("query", "paging", "shown"),
    [
        ({}, (20, 0, 12), 12),
        ({"limit": 5}, (5, 0, 12), 5),
        ({"limit": 5, "offset": 10}, (5, 10, 12), 2),
        ({"limit": 5, "offset": 20}, (5, 20, 12), 0),
        ({"limit": 5000}, (1000, 0, 12), 12),
    ],
)
def test_offsets(org: Api, query: dict[str, Any], paging: tuple[int, ...], shown: int) -> None:
    """The other host has offsets."""
    for number in range(12):
        org.add_group(f"list{number}")
    answer = org.get(f"{CLOUD}/groups", **query)
    assert len(answer.pop("items")) == shown
    assert tuple(answer[key] for key in ("limit", "offset", "total")) == paging


@pytest.mark.parametrize(
    ("where", "query"),
    [
        (USERS, {"page": "x"}),
        (USERS, {"perPage": "-1"}),
        (USERS, {"perPage": "1e3"}),
        (f"{CLOUD}/users", {"limit": "0"}),
        (f"{CLOUD}/users", {"limit": "10", "offset": "5"}),
        (f"{CLOUD}/users", {"offset": "x"}),
    ],
)
def test_bad_pages(org: Api, where: str, query: dict[str, str]) -> None:
    """What is no number is refused, and an offset that is no multiple of the limit."""
    assert org.error("GET", where, params=query) == (400, "Bad Request")


def test_every_published_call() -> None:
    """The calls that this emulator leaves out are only those that the facts do not describe."""
    served = {(endpoint.host, endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert len(served) == len(ENDPOINTS)
    moved = [item for item in served if item[2].startswith(MOVED.replace("{o}", "{organization}"))]
    assert len(moved) == 8
    assert all(not endpoint.path.startswith("/v1/") for endpoint in ENDPOINTS if endpoint.host is Host.API)
