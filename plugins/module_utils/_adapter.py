# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connections below the transport: kept open, and with one TLS context for all of them."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Any

from ._deps import requests, urllib3
from ._errors import PddError

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter


def open_adapter(url: str, verify: bool | str, connections: int) -> HTTPAdapter:
    """Return an adapter of requests for a URL; verify is a bundle, True for that of requests, or False.

    Raises PddError if the bundle cannot be read. Without certificates to check there is nothing to share.
    """
    if not verify or not url.lower().startswith("https:"):
        return requests.adapters.HTTPAdapter(pool_maxsize=connections)
    return _with_one_context(_context(requests.utils.DEFAULT_CA_BUNDLE_PATH if verify is True else verify), connections)


def _context(bundle: str) -> ssl.SSLContext:
    """Make the context that each connection would make for itself."""
    context: ssl.SSLContext = urllib3.util.ssl_.create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    directory = os.path.isdir(bundle)  # noqa: PTH112 - it stays the text that it is
    try:
        context.load_verify_locations(**{"capath" if directory else "cafile": bundle})
    except OSError as error:  # what ssl raises derives from it
        reason = error.strerror or type(error).__name__
        raise PddError("tls", f"the certificates in {bundle} cannot be read ({reason})") from None
    return context


def _with_one_context(context: ssl.SSLContext, connections: int) -> HTTPAdapter:
    """Return an adapter whose connections share a context.

    Else each of them reads the bundle anew, which costs as much processor time as thirty requests.
    """

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_context=context, **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, ssl_context=context, **kwargs)

        def cert_verify(self, *args: Any, **kwargs: Any) -> None:
            """Leave it to the context, which has the bundle already."""

    return Adapter(pool_maxsize=connections)
