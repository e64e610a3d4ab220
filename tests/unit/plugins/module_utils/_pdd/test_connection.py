# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, read and checked (connection)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.dialect import Call
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Connection
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.connection import (
    encryption_warning,
    read_connection,
    read_option,
    secrets_in,
)
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.dialect import DEFAULT_API_URL, PddDialect
from hypothesis import given
from hypothesis import strategies as st

NOTHING: dict[str, Any] = {
    "token": None,
    "oauth_token": None,
    "api_url": None,
    "validate_certs": True,
    "ca_path": None,
    "timeout": 30.0,
    "retry_timeout": 60.0,
    "max_connections": 8,
}
TOKEN = "MADEUPTOKEN234567"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment may say."""
    for name in ("PDD_TOKEN", "PDD_OAUTH_TOKEN", "PDD_API_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("blank", [None, "", " \n"])
def test_blank_counts_as_absent(monkeypatch: pytest.MonkeyPatch, blank: str | None) -> None:
    assert read_option({"token": blank}, "token") is None
    monkeypatch.setenv("PDD_TOKEN", "  ")
    assert read_option({"token": blank}, "token") is None
    monkeypatch.setenv("PDD_TOKEN", f" {TOKEN}\n")
    assert read_option({"token": blank}, "token") == TOKEN
    assert read_option({"token": " other"}, "token") == "other"


def test_least_that_is_needed() -> None:
    assert read_connection({**NOTHING, "token": f"{TOKEN}\n"}) == Connection(PddDialect(DEFAULT_API_URL, TOKEN))


def test_secrets_are_known_before_the_input_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDD_OAUTH_TOKEN", "made-up-oauth\n")
    params = {**NOTHING, "token": f" {TOKEN} ", "api_url": "https://anna:made-up-1@service.test"}
    assert secrets_in(params) == {TOKEN, TOKEN.lower(), "made-up-oauth", "anna", "made-up-1"}
    assert secrets_in({**NOTHING, "api_url": "https://service.test"}) == {"made-up-oauth"}


@given(st.text())
def test_token_is_taken_as_it_is_or_refused_without_being_shown(rest: str) -> None:
    params = {**NOTHING, "token": f"SECRET{rest}"}
    [token] = {secret for secret in secrets_in(params) if "SECRET" in secret}
    if token.isascii() and token.isprintable():
        sent = read_connection(params).dialect.build(Call("GET", "email/list", {}))
        assert sent.headers["PddToken"] == token == params["token"].strip()
        return
    with pytest.raises(InvalidInputError) as refused:
        read_connection(params)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(
    ("api_url", "warned"),
    [
        ("https://service.test", False),
        ("http://service.test", True),
        ("HTTP://service.test/path", True),
        ("http://localhost:8025", False),
        ("http://127.0.0.1:8025", False),
        ("http://[::1]:8025", False),
        ("http://127.0.0.1.service.test", True),
    ],
)
def test_warning_where_the_token_can_be_read_on_the_way(api_url: str, warned: bool) -> None:
    warning = encryption_warning(read_connection({**NOTHING, "token": TOKEN, "api_url": api_url}))
    assert (warning is not None) is warned
    if warning:
        assert api_url in warning
        assert TOKEN not in warning


def test_warning_names_the_proxy_that_can_read_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its own password."""
    monkeypatch.setenv("http_proxy", "http://anna:made-up-1@proxy.test:3128")
    warning = encryption_warning(read_connection({**NOTHING, "token": TOKEN, "api_url": "http://service.test"}))
    assert warning == (
        "api_url: http://service.test is not encrypted, so the token can be read on the way, "
        "by the proxy http://proxy.test:3128 too."
    )
    encrypted = read_connection({**NOTHING, "token": TOKEN, "api_url": "https://service.test"})
    assert encryption_warning(encrypted) is None
    assert encryption_warning(read_connection({**NOTHING, "token": TOKEN, "api_url": "http://127.0.0.2:1"})) is None
