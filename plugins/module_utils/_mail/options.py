# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read and check what the connections to all services have in common, without Ansible. No problem shows a secret.

params: the options by name, None if one is not given. The environment is read here and not by Ansible, because an empty
variable is treated as not set.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .._core.environment import find_proxies, find_proxy, is_loopback

_BOUNDS = {"timeout": (0.001, 86_400), "retry_timeout": (0, 1_000_000), "max_connections": (1, 1000)}
"""The lowest and the highest value: libraries take no time of any length, and reserve memory for each connection."""


def read_option(params: Mapping[str, Any], name: str, prefix: str) -> str | None:
    """Return an option or its environment variable, stripped; an empty value is treated as not set."""
    for value in (params[name], os.environ.get(f"{prefix}_{name.upper()}")):
        text = "" if value is None else str(value).strip()
        if text:
            return text
    return None


def secrets_in(tokens: Iterable[str | None], urls: Iterable[str]) -> set[str]:
    """Return what must never be shown.

    The tokens as they are sent, because they are stripped or come from the environment, and in lower case, as domains
    and addresses of the service are returned; and a password that somebody writes into a URL, which is refused later.
    """
    found = {form for token in tokens if token for form in (token, token.lower())}
    found.update(secret for url in urls for secret in url.rpartition("@")[0].rpartition("//")[2].split(":"))
    return found - {""}


def token_problem(name: str, token: str | None) -> str | None:
    """Return what is wrong with a token, without showing it. The HTTP library would show it."""
    if token is None or (token.isascii() and token.isprintable()):
        return None
    return f"{name} has a character that is not printable ASCII"


def missing_problem(name: str, prefix: str) -> str:
    """Return that an option is missing."""
    return f"{name} is missing: give the option or the environment variable {prefix}_{name.upper()}"


def url_problem(name: str, text: str, *, ends: tuple[str, ...], before: str) -> str | None:
    """Return what is wrong with the URL of a service. ends: what belongs to endpoints; before: where the URL ends."""
    try:
        url = urlsplit(text)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        return f"{name}: no URL of the form https://host[:port][/path]"
    if "@" in url.netloc:
        return f"{name}: the URL must not contain a user name or password"
    if url.query or url.fragment or url.path.endswith(ends):
        return f"{name}: {text!r} must be the part of the URL before {before}"
    return None


def connection_problems(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the options that have the same meaning for all services."""
    for name, (least, most) in _BOUNDS.items():
        if not least <= params[name] <= most:  # which not-a-number is not either
            yield f"{name}: {params[name]} is not between {least} and {most}"
    if params["ca_path"] and not Path(params["ca_path"]).exists():
        yield f"ca_path: {params['ca_path']!r} does not exist"


def encryption_warning(name: str, text: str) -> str | None:
    """Return a warning if others could read the tokens on the way to a URL."""
    url = urlsplit(text)
    if url.scheme == "https" or is_loopback(url.hostname):
        return None
    proxy = find_proxy(text, find_proxies(text))
    readers = f", by the proxy {proxy} too" if proxy else ""
    return f"{name}: {text} is not encrypted, so the token can be read on the way{readers}."
