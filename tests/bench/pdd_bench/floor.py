# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: clients that do nothing but send given requests over a number of connections that are kept.

Where answers take their time, asyncio with nothing around it is the least that Python needs. Without latency the
client's own work counts, so there the usual client stands beside it: a session of requests in threads.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import requests

from pdd_bench.service import Call

_LENGTH = b"content-length:"


def with_asyncio(url: str, token: str, calls: Sequence[Call], connections: int) -> float:
    """Send all calls; returns the seconds that it took."""
    wires = [_wire(call, url, token) for call in calls]

    async def send_all() -> None:
        waiting = iter(wires)
        await asyncio.gather(*(_connection(url, waiting) for _number in range(connections)))

    start = time.perf_counter()
    asyncio.run(send_all())
    return time.perf_counter() - start


def with_requests(url: str, token: str, calls: Iterable[Call], connections: int) -> float:
    """Send all calls; returns the seconds that it took."""
    session = requests.Session()
    session.headers["PddToken"] = token
    session.mount(url, requests.adapters.HTTPAdapter(pool_maxsize=connections))

    def send(call: Call) -> None:
        if call.method == "GET":
            answer = session.get(url + call.path, params=call.params, timeout=60)
        else:
            answer = session.post(url + call.path, data=call.params, timeout=60)
        _check(answer.content)

    start = time.perf_counter()
    with session, ThreadPoolExecutor(connections) as threads:
        list(threads.map(send, calls))
    return time.perf_counter() - start


async def _connection(url: str, wires: Iterator[bytes]) -> None:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    for wire in wires:
        writer.write(wire)
        _check(await _body(reader))
    writer.close()
    await writer.wait_closed()


async def _body(reader: asyncio.StreamReader) -> bytes:
    """Read an answer; returns its body, which large answers have in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _before, found, after = head.partition(_LENGTH)
    if found:
        return await reader.readexactly(int(after.partition(b"\r\n")[0]))
    chunks = []
    while size := int(await reader.readline(), 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(chunks)


def _wire(call: Call, url: str, token: str) -> bytes:
    """Return a request as it goes over the wire."""
    values = urlencode(call.params)
    reads = call.method == "GET"
    target, body = (f"{call.path}?{values}", "") if reads else (call.path, values)
    lines = [f"{call.method} {target} HTTP/1.1", f"Host: {urlsplit(url).netloc}", f"PddToken: {token}"]
    if not reads:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body]).encode()


def _check(content: bytes) -> None:
    answer = json.loads(content)
    if answer["success"] != "ok":
        raise RuntimeError(f"the emulator refuses what it took from the module: {answer}")
