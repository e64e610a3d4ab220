# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy that passes what is meant for the vendor's hosts to the emulator (docs/api/y360.md, 12).

A client that has the vendor's addresses built in is started with HTTPS_PROXY and the certificate of the authority. The
proxy takes CONNECT for the vendor's hosts only, and ends TLS with a certificate of that authority.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import trustme
from emulator_common.server import HOST

from y360_emulator.errors import Host

CERTIFICATE = "ca.pem"
KEY = "ca.key"
HTTPS_PORT = 443
HEAD_SECONDS = 10

_PART = 65536
_ENDS = (OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError)
"""How a connection may end without a traceback: it breaks, brings something else, or the emulator ends."""


class Proxy:
    """The proxy on a listening socket, in front of the emulator at a port of 127.0.0.1."""

    def __init__(self, listener: socket.socket, port: int, authority: trustme.CA) -> None:
        self._listener = listener
        self._port = port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*(host.value for host in Host)).configure_cert(self._context)

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Take connections as long as the context is open."""
        server = await asyncio.start_server(self._serve, sock=self._listener)
        try:
            yield
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*_ENDS):
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            if refusal := _refusal(head):
                writer.write(refusal)
                await writer.drain()
            else:
                await self._tunnel(reader, writer)
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin TLS with the client, then pass on what both sides send until one of them ends."""
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(self._context)
        inner_reader, inner_writer = await asyncio.open_connection(HOST, self._port)
        try:
            ways = [asyncio.create_task(_copy(reader, inner_writer)), asyncio.create_task(_copy(inner_reader, writer))]
            _done, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in rest:
                way.cancel()
        finally:
            inner_writer.close()


def authority(folder: Path) -> trustme.CA:
    """Return the authority of a folder, which is made up if it is not there. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / CERTIFICATE, folder / KEY
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made_up = trustme.CA()
    os.close(os.open(key, os.O_CREAT | os.O_RDWR, 0o600))
    key.write_bytes(made_up.private_key_pem.bytes())
    certificate.write_bytes(made_up.cert_pem.bytes())
    return made_up


def _refusal(head: bytes) -> bytes:
    """Return the answer to a request that the proxy does not take, empty if it takes it."""
    method, target, *_version = [*head.partition(b"\r\n")[0].decode("latin-1").split(" "), "", ""]
    if method != "CONNECT":
        return _refused("405 Method Not Allowed")
    name, _colon, port = target.rpartition(":")
    if port != str(HTTPS_PORT) or name.lower() not in {host.value for host in Host}:
        return _refused("403 Forbidden")
    return b""


def _refused(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(_PART):
            writer.write(part)
            await writer.drain()
