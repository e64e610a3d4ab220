# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and check the options of the connection to the service, without Ansible.

The documentation fragment `y360_connection` documents them. params: the options by name, None if one is not given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._core.transport import Connection
from .._core.values import to_int
from .._mail import options
from .._mail.address import raise_problems
from .dialect import DEFAULT_API_URL, DEFAULT_CLOUD_API_URL, Y360Dialect

PREFIX = "Y360"
"""What the environment variables begin with."""


def read_option(params: Mapping[str, Any], name: str) -> str | None:
    """Return an option or its environment variable, stripped; an empty value is treated as not set."""
    return options.read_option(params, name, PREFIX)


def read_organization(params: Mapping[str, Any]) -> int | None:
    """Return the ID of the organization, which has been checked; None if it is not given."""
    return to_int(read_option(params, "organization"))


def secrets_in(params: Mapping[str, Any]) -> set[str]:
    """Return what must never be shown."""
    return options.secrets_in([read_option(params, "token")], _urls(params).values())


def read_connection(params: Mapping[str, Any]) -> Connection:
    """Return the checked connection; raises InvalidInputError with all problems, none of which shows a secret."""
    token, urls = read_option(params, "token"), _urls(params)
    ends = ("/directory", "/admin", "/v1")
    raise_problems(
        [
            options.token_problem("token", token) if token else options.missing_problem("token", PREFIX),
            _organization_problem(params),
            *(options.url_problem(name, url, ends=ends, before="/directory") for name, url in urls.items()),
            *options.connection_problems(params),
        ]
    )
    return Connection(
        Y360Dialect(urls["api_url"], urls["cloud_api_url"], token or ""),
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        timeout=params["timeout"],
        retry_timeout=params["retry_timeout"],
        max_connections=params["max_connections"],
    )


def encryption_warning(connection: Connection) -> str | None:
    """Return a warning if others could read the token on the way."""
    urls = dict(zip(connection.dialect.base_urls, ("api_url", "cloud_api_url")))
    return _joined(options.encryption_warning(name, url) for url, name in urls.items())


def _joined(sentences: Iterable[str | None]) -> str | None:
    return " ".join(filter(None, sentences)) or None


def _urls(params: Mapping[str, Any]) -> dict[str, str]:
    api_url = (read_option(params, "api_url") or DEFAULT_API_URL).rstrip("/")
    cloud = DEFAULT_CLOUD_API_URL if api_url == DEFAULT_API_URL else api_url
    return {"api_url": api_url, "cloud_api_url": (read_option(params, "cloud_api_url") or cloud).rstrip("/")}


def _organization_problem(params: Mapping[str, Any]) -> str | None:
    written = read_option(params, "organization")
    if written is None or (to_int(written) or 0) > 0:
        return None
    return f"organization: {written!r} is no ID of an organization, which is a whole number greater than 0"
