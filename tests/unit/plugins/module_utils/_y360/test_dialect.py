# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and answers: two hosts, decisions by HTTP status, and what is quoted (dialect, codes)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.dialect import Answer, Call
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Ambiguity, Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.faults import FaultError
from ansible_collections.mailops.pdd.plugins.module_utils._y360.dialect import Y360Dialect
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

TOKEN = "y0_made-up-token-of-somebody"
DIALECT = Y360Dialect("https://a.test", "https://c.test", TOKEN)
READ = Call("GET", "directory/v1/org/7/users", {"page": "1"})
CREATE = Call("POST", "directory/v1/org/7/users", {"nickname": "anna", "password": "Made-up-Pass-1"})
DELETE = Call("DELETE", "directory/v1/org/7/users/1", {})


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    """Return an answer; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Answer(status, CaseInsensitiveDict(headers), content)


def refused(call: Call, status: int, body: Any, **headers: str) -> ServiceError:
    """Return the error that an answer means."""
    with pytest.raises(ServiceError) as caught:
        DIALECT.read(call, answer(status, body, **headers))
    return caught.value


def test_requests() -> None:
    """What reads has a query, what writes a body, DELETE neither; paths that begin with v1 are at the second host."""
    read, create, delete = map(DIALECT.build, (READ, CREATE, DELETE))
    assert (read.base_url, read.query, read.body) == ("https://a.test", READ.params, None)
    assert (create.query, create.body, create.form) == (None, CREATE.params, None)
    assert (delete.query, delete.body) == (None, None)
    assert DIALECT.build(Call("GET", "v1/directory/organizations/7/users", {})).base_url == "https://c.test"


@pytest.mark.parametrize(
    ("call", "status", "content", "expected"),
    [
        (READ, 200, b'{"users": []}', {"users": []}),
        (CREATE, 200, b"{}", {}),
        (CREATE, 204, b"", {}),
        (DELETE, 200, b"", {}),
        (DELETE, 204, b"", {}),
        (DELETE, 200, b'{"deleted": true}', {"deleted": True}),
    ],
)
def test_success(call: Call, status: int, content: bytes, expected: dict[str, Any]) -> None:
    assert DIALECT.read(call, answer(status, content)) == expected


@pytest.mark.parametrize("content", [b"", b"[]", b"<html>", b'{"users": ['])
def test_success_that_cannot_be_read(content: bytes) -> None:
    """The outcome of a write is unknown then."""
    with pytest.raises(FaultError) as caught:
        DIALECT.read(CREATE, answer(200, content))
    assert caught.value.error.delivery is Delivery.UNKNOWN


@pytest.mark.parametrize(
    ("status", "code", "ambiguity"),
    [
        (400, "invalid_input", None),
        (401, "unauthorized", None),
        (403, "forbidden", None),
        (404, "not_found", Ambiguity.MISSING),
        (405, "refused", None),
        (409, "conflict", Ambiguity.TAKEN),
        (418, "refused", None),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        {"code": 6, "message": "a_word", "details": []},
        {"error": "other", "description": "a_word", "details": {}},
        {"error": "a_word"},
    ],
)
def test_refusals(status: int, code: str, ambiguity: Ambiguity | None, body: dict[str, Any]) -> None:
    """By status, with the words of either host quoted."""
    error = refused(CREATE, status, body)
    assert (error.code, error.http_status, error.ambiguity, error.delivery) == (
        code,
        status,
        ambiguity,
        Delivery.REFUSED,
    )
    assert "'a_word'" in error.message


@pytest.mark.parametrize("body", [{}, {"message": None}, {"message": 7}, {"message": ""}])
def test_refusal_without_words(body: dict[str, Any]) -> None:
    assert refused(READ, 403, body).message == "the token's owner may not do this (HTTP status 403)"


@pytest.mark.parametrize("header", ["X-Request-Id", "x-request-id", "Yandex-Cloud-Request-ID"])
def test_request_id(header: str) -> None:
    assert "request 7f0c-42" in refused(READ, 403, {}, **{header: "7f0c-42"}).message


def test_refusal_that_is_not_the_service() -> None:
    error = refused(READ, 404, b"<html>Not Found</html>")
    assert (error.code, error.http_status) == ("bad_answer", 404)


@given(st.sampled_from([TOKEN, "Made-up-Pass-1", TOKEN[::-1], TOKEN.upper()]), st.text(max_size=5))
def test_secrets_are_never_quoted(secret: str, around: str) -> None:
    for key in ("message", "description", "error"):
        error = refused(CREATE, 400, {key: f"{around}{secret}{around}"}, **{"X-Request-Id": secret})
        assert secret not in error.sentence()


@given(st.text())
def test_words_are_shown_as_one_short_line(word: str) -> None:
    message = refused(READ, 400, {"message": word}).sentence()
    assert message.isprintable()
    assert len(message) < 1000
