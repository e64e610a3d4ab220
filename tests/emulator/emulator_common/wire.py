# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How answers go over the wire, and what a fault does there.

ASGI has no word for a connection that breaks. `Protocol` therefore hands the connection's transport to the responses
that break it, in the state of the scope.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from emulator_common.faults import Fault

_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
_BODY = b'{"answer": "none"}\n'  # what is truncated if the call was not carried out
_CHUNK_BYTES = 16384  # chosen
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all


class Protocol(H11Protocol):
    """HTTP/1.1, with the connection's transport in the state of every scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # so does H11Protocol
        """Begin a connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class QuietEnd:
    """Ends a request quietly whose client has gone, or that still runs when the emulator ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        with contextlib.suppress(asyncio.CancelledError, ClientDisconnect):
            await self._app(scope, receive, send)


class Chunked(Response):
    """Sends a body in chunks, without its length."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """Answer."""
        del self.headers["Content-Length"]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for start in range(0, len(self.body), _CHUNK_BYTES):
            part = bytes(self.body[start : start + _CHUNK_BYTES])
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})


class NoAnswer(Response):
    """Closes the connection instead of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        """End the connection."""
        _transport(scope).close()
        await _disconnection(receive)


class Reset(NoAnswer):
    """Resets the connection instead of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """End the connection with RST."""
        transport = _transport(scope)
        if not transport.is_closing():
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()
        await super().__call__(scope, receive, send)


class Truncated(Response):
    """Sends half of another response's body, with the length of the whole, and closes the connection."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin to answer, then end the connection."""
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _transport(scope).close()
        await _disconnection(receive)


def replacement(fault: Fault, own: Response | None) -> Response:
    """Return what the client gets from a fault that replaces the API's own answer (None if not carried out)."""
    return _REPLACEMENTS[fault.kind](fault, own)


async def wait(fault: Fault, receive: Receive) -> None:
    """Wait for as long as a fault delays the answer. A silent one ends early if the client goes."""
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    elif fault.kind == "silent":
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_disconnection(receive), fault.seconds)


def _too_many(fault: Fault, _own: Response | None) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return PlainTextResponse("Too Many Requests", 429, headers)


_REPLACEMENTS: dict[str, Callable[[Fault, Response | None], Response]] = {
    "429": _too_many,
    "busy": _too_many,
    "rate": _too_many,
    "500": lambda _fault, _own: PlainTextResponse("Internal Server Error", 500),
    "502": lambda _fault, _own: HTMLResponse(_PAGE.format("502 Bad Gateway"), 502),
    "reset": lambda _fault, _own: Reset(),
    "silent": lambda _fault, _own: NoAnswer(),
    "truncated": lambda _fault, own: Truncated(own or Response(_BODY)),
    "empty": lambda _fault, _own: Response(media_type="application/json"),
    "html": lambda _fault, _own: HTMLResponse(_PAGE.format("Please wait")),
    "array": lambda _fault, _own: Response(b"[]\n", media_type="application/json"),
    "redirect": lambda fault, _own: RedirectResponse(fault.to, 302),
}


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope["state"]["transport"]
    assert isinstance(transport, asyncio.Transport)
    return transport


async def _disconnection(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
