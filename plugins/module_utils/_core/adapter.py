# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connections below the transport: kept open, with limits, and with one TLS context for all of them."""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING, Any

from .deps import requests, urllib3
from .errors import ServiceError
from .exchange import LimitedResponse, current, silence_libraries

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter


def open_adapter(url: str, verify: bool | str, connections: int) -> HTTPAdapter:
    """Return an adapter of requests for a URL; verify is a bundle, True for that of requests, or False.

    Raises ServiceError if the bundle cannot be read.
    """
    silence_libraries()
    context = None
    if not verify:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # the user has asked for it
    elif url.lower().startswith("https:"):
        context = _context(requests.utils.DEFAULT_CA_BUNDLE_PATH if verify is True else verify)
    return _adapter_class(context)(pool_maxsize=connections)


def _context(bundle: str) -> ssl.SSLContext:
    """Make the context that each connection would make for itself."""
    context: ssl.SSLContext = urllib3.util.ssl_.create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    directory = all(map(os.path.isdir, bundle.split(os.pathsep)))  # SSL_CERT_DIR may name several
    try:
        context.load_verify_locations(**{"capath" if directory else "cafile": bundle})
    except OSError as error:  # what ssl raises derives from it
        reason = error.strerror or type(error).__name__
        raise ServiceError("tls", f"the certificates in {bundle} cannot be read ({reason})") from None
    return context


def _adapter_class(context: ssl.SSLContext | None) -> type[HTTPAdapter]:
    """Return an adapter whose connections have limits and share a context, if there is one.

    Else each of them reads the bundle anew, which costs as much processor time as thirty requests. The class is made
    here, because it cannot be without requests, which may be missing when this file is imported.
    """
    shared: dict[str, Any] = {"ssl_context": context} if context else {}

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **{**kwargs, **shared})
            _limit_pools(self.poolmanager)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return _limit_pools(super().proxy_manager_for(*args, **{**kwargs, **shared}))

        def cert_verify(self, *args: Any, **kwargs: Any) -> None:
            """Leave it to the context, which has the bundle already."""
            if context is None:
                super().cert_verify(*args, **kwargs)  # type: ignore[no-untyped-call]

    return Adapter


def _limit_pools(manager: Any) -> Any:
    """Have a manager of urllib3 make pools of connections with limits; returns the manager."""
    classes = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _limited_pool(each) for scheme, each in classes.items()}
    return manager


def _limited_pool(pool: Any) -> Any:
    if hasattr(pool, "has_limits"):
        return pool

    class Pool(pool):  # type: ignore[misc]
        ConnectionCls = _limited_connection(pool.ConnectionCls)
        has_limits = True

        def _get_conn(self, *args: Any, **kwargs: Any) -> Any:
            connection = super()._get_conn(*args, **kwargs)
            if current().is_fresh:
                connection.close()  # it connects anew, as one does that the other side has closed
            return connection

    return Pool


def _limited_connection(connection: Any) -> Any:
    class LimitedConnection(connection):  # type: ignore[misc]
        response_class = LimitedResponse

        def _new_conn(self) -> socket.socket:
            """Connect to the first address that answers. All of them together have the time of the exchange."""
            self.timeout = current().remaining() / _count_addresses(self)
            sock: socket.socket = super()._new_conn()
            sock.settimeout(current().remaining())
            current().is_connected = True
            return sock

        def endheaders(self, *args: Any, **kwargs: Any) -> None:
            """Send the request; until here nothing of it has left."""
            if self.sock is None:
                self.connect()
            exchange = current()
            exchange.sock = self.sock
            self.sock.settimeout(exchange.remaining())
            exchange.is_sent = True
            super().endheaders(*args, **kwargs)

    return LimitedConnection


def _count_addresses(connection: Any) -> int:
    """Return how many addresses a connection may try one after the other."""
    if hasattr(connection, "_socks_options"):
        return 1  # the proxy may be the one that resolves the name
    try:
        return len(socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)) or 1
    except (OSError, UnicodeError):
        return 1  # connecting will say what is wrong
