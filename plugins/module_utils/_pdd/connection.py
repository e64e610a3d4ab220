# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and check the options of the connection to the service, without Ansible.

The documentation fragment `connection` documents them. params: the options by name, None if one is not given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.transport import Connection
from .._mail import options
from .._mail.address import raise_problems
from .dialect import DEFAULT_API_URL, PddDialect

PREFIX = "PDD"
"""What the environment variables begin with."""


def read_option(params: Mapping[str, Any], name: str) -> str | None:
    """Return an option or its environment variable, stripped; an empty value is treated as not set."""
    return options.read_option(params, name, PREFIX)


def secrets_in(params: Mapping[str, Any]) -> set[str]:
    """Return what must never be shown."""
    return options.secrets_in(_tokens(params).values(), [_api_url(params)])


def read_connection(params: Mapping[str, Any]) -> Connection:
    """Return the checked connection; raises InvalidInputError with all problems, none of which shows a secret."""
    tokens, api_url = _tokens(params), _api_url(params)
    raise_problems(
        [
            None if tokens["token"] else options.missing_problem("token", PREFIX),
            *(options.token_problem(name, token) for name, token in tokens.items()),
            options.url_problem("api_url", api_url, ends=("/admin", "/registrar", "/api2"), before="/api2"),
            *options.connection_problems(params),
        ]
    )
    return Connection(
        PddDialect(api_url, tokens["token"] or "", tokens["oauth_token"]),
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        timeout=params["timeout"],
        retry_timeout=params["retry_timeout"],
        max_connections=params["max_connections"],
    )


def encryption_warning(connection: Connection) -> str | None:
    """Return a warning if others could read the tokens on the way."""
    [api_url] = connection.dialect.base_urls
    return options.encryption_warning("api_url", api_url)


def _tokens(params: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: read_option(params, name) for name in ("token", "oauth_token")}


def _api_url(params: Mapping[str, Any]) -> str:
    return (read_option(params, "api_url") or DEFAULT_API_URL).rstrip("/")
