# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, read and checked (connection)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.dialect import Call
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.module_utils._y360.connection import (
    encryption_warning,
    read_connection,
    read_organization,
    secrets_in,
)
from hypothesis import given
from hypothesis import strategies as st

TOKEN = "y0_made-up-token"
NOTHING: dict[str, Any] = {
    "token": None,
    "organization": None,
    "api_url": None,
    "cloud_api_url": None,
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "retry_timeout": 60.0,
    "max_connections": 4,
}


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment may say."""
    for name in ("Y360_TOKEN", "Y360_ORGANIZATION", "Y360_API_URL", "Y360_CLOUD_API_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("api_url", "cloud_api_url", "expected"),
    [
        (None, None, ("https://api360.yandex.net", "https://cloud-api.yandex.net")),
        ("https://api360.yandex.net/", None, ("https://api360.yandex.net", "https://cloud-api.yandex.net")),
        ("https://cloud-api.company.test", None, ("https://cloud-api.company.test",) * 2),
        ("https://a.test", "https://c.test", ("https://a.test", "https://c.test")),
        (None, "https://c.test", ("https://api360.yandex.net", "https://c.test")),
    ],
)
def test_urls(api_url: str | None, cloud_api_url: str | None, expected: tuple[str, str]) -> None:
    """On-premises editions and the emulator need one; the vendor's second host goes with its first one."""
    options = {**NOTHING, "token": TOKEN, "api_url": api_url, "cloud_api_url": cloud_api_url}
    assert read_connection(options).dialect.base_urls == expected


def test_token_is_sent_in_one_header_only() -> None:
    dialect = read_connection({**NOTHING, "token": f" {TOKEN}\n"}).dialect
    for call in (Call("GET", "directory/v1/org", {}), Call("POST", "v1/admin/org/7/x", {"a": 1})):
        request = dialect.build(call)
        assert request.headers == {"Authorization": f"OAuth {TOKEN}"}
        assert TOKEN not in f"{request.base_url}{request.path}{request.query}{request.body}"


@given(st.text())
def test_token_is_taken_as_it_is_or_refused_without_being_shown(rest: str) -> None:
    params = {**NOTHING, "token": f"SECRET{rest}"}
    token = params["token"].strip()
    assert {token, token.lower()} <= secrets_in(params)
    if token.isascii() and token.isprintable():
        assert read_connection(params).dialect.credentials == token
        return
    with pytest.raises(InvalidInputError) as refused:
        read_connection(params)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(("written", "expected"), [(None, None), (7, 7), ("7", 7), ("  ", None)])
def test_organization(monkeypatch: pytest.MonkeyPatch, written: Any, expected: int | None) -> None:
    assert read_organization({"organization": written}) == expected
    monkeypatch.setenv("Y360_ORGANIZATION", "8\n")
    assert read_organization({"organization": written}) == (8 if expected is None else expected)


def test_all_problems_at_once() -> None:
    """None of them shows a password in a URL."""
    params = {**NOTHING, "organization": -1, "api_url": "https://anna:secret@a.test", "timeout": 0.0, "ca_path": "/no"}
    with pytest.raises(InvalidInputError) as refused:
        read_connection({**params, "cloud_api_url": "https://c.test/v1"})
    message = str(refused.value)
    words = ("token is missing", "Y360_TOKEN", "organization: '-1'", "api_url: the URL must not", "timeout", "/no")
    assert all(each in message for each in (*words, "cloud_api_url: 'https://c.test/v1'"))
    assert "secret" not in message
    assert "secret" in secrets_in({**params, "token": None})


def test_warning_where_the_token_can_be_read_on_the_way() -> None:
    assert encryption_warning(read_connection({**NOTHING, "token": TOKEN})) is None
    both = read_connection({**NOTHING, "token": TOKEN, "api_url": "http://a.test", "cloud_api_url": "http://c.test"})
    warning = encryption_warning(both)
    assert warning
    assert all(each in warning for each in ("api_url: http://a.test", "cloud_api_url: http://c.test"))
    one = read_connection({**NOTHING, "token": TOKEN, "api_url": "http://a.test"})
    assert (encryption_warning(one) or "").count("http://a.test") == 1
