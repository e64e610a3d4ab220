# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an emulator starts, prints its URL, and ends."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from emulator_common import wire

HOST = "127.0.0.1"
LAST_ANSWERS_SECONDS = 1


class Server(uvicorn.Server):
    """The HTTP server. It prints its URL on stdout as soon as it answers, then further URLs."""

    def __init__(self, config: uvicorn.Config, further_urls: Sequence[str] = ()) -> None:
        super().__init__(config)
        self._further_urls = further_urls

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        for line in (*map(url, sockets or ()), *self._further_urls):
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def url(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


def end_on_signals() -> None:
    """Let SIGTERM and SIGINT end the process with status 0."""
    # The server ends tidily on a signal, then raises it again for whoever was there before it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: sys.exit(0))


def listen(port: int) -> socket.socket:
    """Return a listening socket; port 0 picks a free one."""
    listener = socket.create_server((HOST, port))
    # Connections inherit it; without it each answer whose header and body are written apart waits 40 ms for the client.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def serve(app: ASGIApp, listener: socket.socket, *, keep_alive_seconds: int, further_urls: Sequence[str] = ()) -> None:
    """Print the URL and further ones, and answer until a signal ends it."""
    config = uvicorn.Config(
        app,
        http=wire.Protocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_keep_alive=keep_alive_seconds,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    Server(config, further_urls).run(sockets=[listener])
