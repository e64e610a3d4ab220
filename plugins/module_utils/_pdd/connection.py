# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and check the options of the connection to the service, without Ansible.

The documentation fragment `connection` documents them. params: the options by name, None if one is not given. The
environment is read here and not by Ansible, because an empty variable is treated as not set.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .._core.environment import find_proxies, find_proxy, is_loopback
from .._core.transport import Connection
from .._mail.address import raise_problems
from .dialect import DEFAULT_API_URL, PddDialect


def read_option(params: Mapping[str, Any], name: str) -> str | None:
    """Return an option or its environment variable, stripped; an empty value is treated as not set."""
    for value in (params[name], os.environ.get(f"PDD_{name.upper()}")):
        if value and value.strip():
            return str(value).strip()
    return None


def secrets_in(params: Mapping[str, Any]) -> set[str]:
    """Return what must never be shown.

    The tokens as they are sent, because they are stripped or come from the environment, and in lower case, as domains
    and addresses of the service are returned; and a password that somebody writes into the URL, which is refused later.
    """
    user_info = _api_url(params).rpartition("@")[0].rpartition("//")[2]
    tokens = [token for token in _tokens(params).values() if token]
    return {secret for secret in (*tokens, *map(str.lower, tokens), *user_info.split(":")) if secret}


def read_connection(params: Mapping[str, Any]) -> Connection:
    """Return the checked connection; raises InvalidInputError with all problems, none of which shows a secret."""
    tokens, api_url, ca_path = _tokens(params), _api_url(params), params["ca_path"]
    problems = [
        *(_token_problem(name, token) for name, token in tokens.items()),
        _url_problem(api_url),
        *(_number_problem(params, name) for name in ("timeout", "retry_timeout", "max_connections")),
    ]
    if ca_path and not Path(ca_path).exists():
        problems.append(f"ca_path: {ca_path!r} does not exist")
    raise_problems(problems)
    return Connection(
        PddDialect(api_url, tokens["token"] or "", tokens["oauth_token"]),
        validate_certs=params["validate_certs"],
        ca_path=ca_path,
        timeout=params["timeout"],
        retry_timeout=params["retry_timeout"],
        max_connections=params["max_connections"],
    )


def encryption_warning(connection: Connection) -> str | None:
    """Return a warning if others could read the tokens on the way."""
    [api_url] = connection.dialect.base_urls
    url = urlsplit(api_url)
    if url.scheme == "https" or is_loopback(url.hostname):
        return None
    proxy = find_proxy(api_url, find_proxies(api_url))
    readers = f", by the proxy {proxy} too" if proxy else ""
    return f"api_url: {api_url} is not encrypted, so the token can be read on the way{readers}."


def _tokens(params: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: read_option(params, name) for name in ("token", "oauth_token")}


def _api_url(params: Mapping[str, Any]) -> str:
    return (read_option(params, "api_url") or DEFAULT_API_URL).rstrip("/")


def _token_problem(name: str, token: str | None) -> str | None:
    """Return what is wrong with a token, without showing it. The HTTP library would show it."""
    if token is None:
        missing = f"{name} is missing: give the option or the environment variable PDD_{name.upper()}"
        return missing if name == "token" else None
    if not (token.isascii() and token.isprintable()):
        return f"{name} has a character that is not printable ASCII"
    return None


def _url_problem(api_url: str) -> str | None:
    try:
        url = urlsplit(api_url)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        return "api_url: no URL of the form https://host[:port][/path]"
    if "@" in url.netloc:
        return "api_url: the URL must not contain a user name or password"
    if url.query or url.fragment or url.path.endswith(("/admin", "/registrar", "/api2")):
        return f"api_url: {api_url!r} must be the part of the URL before /api2"
    return None


def _number_problem(params: Mapping[str, Any], name: str) -> str | None:
    value, least = params[name], {"timeout": 0.001, "retry_timeout": 0, "max_connections": 1}[name]
    if math.isfinite(value) and value >= least:
        return None
    return f"{name}: {value} is not {least} or more"
