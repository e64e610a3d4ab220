# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services that a module can be for. A module names one, and a body that works with all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.transport import Connection, Transport
from .._mail.rules import Rules
from .._mail.service import MailService
from .._pdd.client import PddClient
from .._pdd.connection import encryption_warning, read_connection, read_option, secrets_in


@dataclass(frozen=True)
class Service:
    """How modules reach a service.

    options: the argument spec of the connection, documented in the documentation fragment `connection`. read_option:
    an option, or its environment variable, which begins with `prefix`. find_secrets: what must never be shown.
    """

    options: Mapping[str, Any]
    prefix: str
    read_option: Callable[[Mapping[str, Any], str], str | None]
    find_secrets: Callable[[Mapping[str, Any]], set[str]]
    read_connection: Callable[[Mapping[str, Any]], Connection]
    find_warning: Callable[[Connection], str | None]
    open_client: Callable[[Transport, str], MailService]
    rules: Rules


PDD = Service(
    options={
        "domain": {"type": "str"},
        "token": {"type": "str", "no_log": True},
        "oauth_token": {"type": "str", "no_log": True},
        "api_url": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "float", "default": 30.0},
        "retry_timeout": {"type": "float", "default": 60.0},
        "max_connections": {"type": "int", "default": 8},
    },
    prefix="PDD",
    read_option=read_option,
    find_secrets=secrets_in,
    read_connection=read_connection,
    find_warning=encryption_warning,
    open_client=PddClient,
    rules=PddClient.rules,
)
