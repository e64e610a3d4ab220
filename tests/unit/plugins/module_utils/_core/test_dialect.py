# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport with a service that has nothing in common with PDD: JSON, HTTP statuses, two URLs (dialect)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.answers import parse_object, unreadable
from ansible_collections.mailops.pdd.plugins.module_utils._core.dialect import Answer, Call, HttpRequest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Ambiguity, Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Connection, Transport
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

CODES = {400: "invalid_input", 403: "forbidden", 404: "not_found", 409: "conflict"}
AMBIGUITIES = {404: Ambiguity.MISSING, 409: Ambiguity.TAKEN}


@dataclass(frozen=True)
class OtherDialect:
    """Reads with a query, writes JSON; paths below `cloud/` are at another URL, which has errors of another form."""

    url: str
    cloud_url: str
    credentials: str = "made-up"
    throttled_code: str = "throttled"

    @property
    def base_urls(self) -> tuple[str, ...]:
        """Return both."""
        return self.url, self.cloud_url

    def shown_url(self, base_url: str) -> str:
        """Return it as it is."""
        return base_url

    def build(self, call: Call) -> HttpRequest:
        """Return a request with a body, but for those that HTTP gives none."""
        with_query = call.method in ("GET", "DELETE")
        return HttpRequest(
            call.method,
            self.cloud_url if call.endpoint.startswith("cloud/") else self.url,
            f"/{call.endpoint}",
            headers={"Authorization": f"OAuth {self.credentials}"},
            query=call.params if with_query else None,
            body=None if with_query else call.params,
        )

    def read(self, call: Call, answer: Answer) -> dict[str, Any]:
        """Decide by the status."""
        body: dict[str, Any] | str = {} if answer.status == 204 else parse_object(answer.content)
        if isinstance(body, str):
            raise unreadable(answer, body)
        if answer.status < 400:
            return body
        raise ServiceError(
            CODES[answer.status],
            f"the service answered {answer.status} '{body.get('message') or body.get('error')}'",
            http_status=answer.status,
            endpoint=call.endpoint,
            ambiguity=AMBIGUITIES.get(answer.status),
        )


class OtherService:
    """Two servers in one. Gives one answer after the other, the last one for ever, and notes what it was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: list[Request] = []
        self.answers: list[Response] = []
        server.clear()
        server.expect_request(re.compile("")).respond_with_handler(self._respond)
        root = server.url_for("").rstrip("/")
        dialect = OtherDialect(root, root.replace("127.0.0.1", "localhost"))
        self.transport = Transport(Connection(dialect, timeout=10, retry_timeout=10))

    def _respond(self, request: Request) -> Response:
        request.get_data()
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def answer(body: object, status: int = 200, **headers: str) -> Response:
    """Return an answer in JSON."""
    return Response(json.dumps(body), status, headers, content_type="application/json")


@pytest.fixture
def other(http_server: HTTPServer) -> Iterator[OtherService]:
    """Return the other service."""
    yield OtherService(http_server)
    http_server.clear()


def test_methods_and_bodies(other: OtherService) -> None:
    """They are the dialect's."""
    other.answers = [answer({"id": "7"})]
    assert other.transport.read("org/1/users", {"page": "2"}) == {"id": "7"}
    assert other.transport.write("org/1/users/7", {"name": {"first": "\u00c4nna"}}, method="PATCH") == {"id": "7"}
    assert other.transport.write("org/1/users/7", {"confirm": "yes"}, method="DELETE") == {"id": "7"}
    assert other.transport.write("org/1/groups", {}) == {"id": "7"}
    read, patch, delete, post = other.asked
    assert (read.method, read.path, read.args.to_dict()) == ("GET", "/org/1/users", {"page": "2"})
    assert (patch.method, patch.json) == ("PATCH", {"name": {"first": "\u00c4nna"}})
    assert (delete.method, delete.args.to_dict(), delete.data) == ("DELETE", {"confirm": "yes"}, b"")
    assert (post.method, post.json) == ("POST", {})
    assert all(asked.headers["Authorization"] == "OAuth made-up" for asked in other.asked)
    assert other.transport.written == 3


def test_two_urls(other: OtherService) -> None:
    """Each call goes to the one that the dialect says."""
    other.answers = [answer({})]
    other.transport.read("org/1/users", {})
    other.transport.read("cloud/org/1/groups", {})
    assert [asked.host.partition(":")[0] for asked in other.asked] == ["127.0.0.1", "localhost"]


def test_empty_answer(other: OtherService) -> None:
    """What is no JSON for one service is an answer of another."""
    other.answers = [Response("", 204)]
    assert other.transport.write("org/1/rights", {"a": 1}, method="PUT") == {}


@pytest.mark.parametrize("body", [{"code": 5, "message": "Gone", "details": []}, {"error": "Gone", "details": {}}])
@pytest.mark.parametrize(("status", "code"), CODES.items())
def test_errors(other: OtherService, body: dict[str, Any], status: int, code: str) -> None:
    """The status decides, in both forms; what reading must settle is not repeated."""
    other.answers = [answer(body, status)]
    with pytest.raises(ServiceError) as caught:
        other.transport.write("org/1/users", {"nickname": "anna"})
    error = caught.value
    assert (error.code, error.message, error.http_status) == (code, f"the service answered {status} 'Gone'", status)
    assert error.endpoint == "org/1/users"
    assert error.is_ambiguous is (status in (404, 409))
    assert error.delivery is Delivery.REFUSED
    assert len(other.asked) == 1


REPEATED: dict[str, Callable[[Transport], object]] = {
    "DELETE": lambda transport: transport.write("org/1/users/7", {}, method="DELETE"),
    "PATCH": lambda transport: transport.write("org/1/users/7", {"a": 1}, method="PATCH"),
    "GET": lambda transport: transport.read("org/1/users", {}),
}


@pytest.mark.parametrize("method", REPEATED)
def test_throttled(other: OtherService, method: str) -> None:
    """Every method is repeated, after the time that the service asks for."""
    other.answers = [answer({"code": 8}, 429, **{"Retry-After": "1"}), answer({})]
    assert REPEATED[method](other.transport) == {}
    assert [asked.method for asked in other.asked] == [method] * 2
    assert other.transport.stats["throttled_seconds"] == 1.0


def test_write_that_may_have_been_applied(other: OtherService) -> None:
    """It is repeated only if that does no harm."""
    other.answers = [answer({"code": 13}, 503), answer({})]
    with pytest.raises(ServiceError) as caught:
        other.transport.write("org/1/users/7", {"a": 1}, method="PATCH")
    assert caught.value.delivery is Delivery.UNKNOWN
    other.answers = [answer({"code": 13}, 503), answer({})]
    assert other.transport.write("org/1/users/7", {"a": 1}, method="PATCH", repeatable=True) == {}
