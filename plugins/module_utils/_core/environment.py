# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the environment says about the way to the service: proxies and trusted certificates. It is read once a task."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from .deps import requests

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


def is_loopback(host: str | None) -> bool:
    """Return whether a host name or address leads to this machine by its loopback."""
    if not host:
        return False
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and (address.is_loopback or address.is_unspecified)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that the system connects to, for all the ways to write one; None for the name of a host."""
    with suppress(OSError, ValueError):
        return ipaddress.ip_address(socket.inet_aton(name))
    with suppress(ValueError):
        address = ipaddress.ip_address(name)
        return getattr(address, "ipv4_mapped", None) or address
    return None


def find_proxies(url: str) -> dict[str, str]:
    """Return the proxies for a URL by scheme, as requests takes them; none for this machine itself."""
    if is_loopback(_host(url)):
        return {}
    proxies: dict[str, str] = requests.utils.get_environ_proxies(url)
    return proxies


def find_proxy(url: str, proxies: Mapping[str, str]) -> str | None:
    """Return the proxy that a URL is reached through, without user name and password."""
    proxy = requests.utils.select_proxy(url, proxies)
    if not proxy:
        return None
    scheme, separator, rest = str(proxy).rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def find_trust_store(ca_path: str | None) -> str | None:
    """Return the file or directory of trusted certificates; None for the ones bundled with requests.

    The option takes precedence over the environment.
    """
    return ca_path or next(filter(None, map(os.environ.get, _BUNDLES)), None)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
