# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services that a module can be for. A module names one, and a body that works with all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.transport import Connection, Transport
from .._mail.rules import Rules
from .._mail.service import Capabilities, MailService
from .._pdd import connection as pdd
from .._pdd.client import PddClient
from .._y360 import connection as y360
from .._y360.client import Y360Client


@dataclass(frozen=True)
class Service:
    """How modules reach a service.

    options: the argument spec of the connection, documented in the documentation fragment of the service. read_option:
    an option, or its environment variable, which begins with `prefix`. find_secrets: what must never be shown.
    open_client: takes a domain, in Punycode, and the options; the domain is blank if it is not given. It may read.
    finds_domain: the client knows the domain if it is not given.
    """

    options: Mapping[str, Any]
    prefix: str
    read_option: Callable[[Mapping[str, Any], str], str | None]
    find_secrets: Callable[[Mapping[str, Any]], set[str]]
    read_connection: Callable[[Mapping[str, Any]], Connection]
    find_warning: Callable[[Connection], str | None]
    open_client: Callable[[Transport, str, Mapping[str, Any]], MailService]
    finds_domain: bool
    rules: Rules
    capabilities: Capabilities


def _make_options(max_connections: int, **own: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "domain": {"type": "str"},
        "token": {"type": "str", "no_log": True},
        **own,
        "api_url": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "float", "default": 30.0},
        "retry_timeout": {"type": "float", "default": 60.0},
        "max_connections": {"type": "int", "default": max_connections},
    }


PDD = Service(
    options=_make_options(8, oauth_token={"type": "str", "no_log": True}),
    prefix=pdd.PREFIX,
    read_option=pdd.read_option,
    find_secrets=pdd.secrets_in,
    read_connection=pdd.read_connection,
    find_warning=pdd.encryption_warning,
    open_client=lambda transport, domain, _options: PddClient(transport, domain),
    finds_domain=False,
    rules=PddClient.rules,
    capabilities=PddClient.capabilities,
)
Y360 = Service(
    options=_make_options(4, organization={"type": "int"}, cloud_api_url={"type": "str"}),
    prefix=y360.PREFIX,
    read_option=y360.read_option,
    find_secrets=y360.secrets_in,
    read_connection=y360.read_connection,
    find_warning=y360.encryption_warning,
    open_client=lambda transport, domain, options: Y360Client(transport, domain, y360.read_organization(options)),
    finds_domain=True,
    rules=Y360Client.rules,
    capabilities=Y360Client.capabilities,
)
