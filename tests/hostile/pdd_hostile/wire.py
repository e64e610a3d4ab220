# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP by hand: requests that are read, and answers that are put together from bytes."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class HungUpError(Exception):
    """The client has closed the connection, or the test has ended."""


@dataclass(frozen=True)
class Request:
    """A request; `action` is what stands in the path after /api2/registrar/, `raw` all that was sent."""

    method: str
    action: str
    params: Mapping[str, str]
    raw: bytes

    @property
    def writes(self) -> bool:
        """Return whether it changes something."""
        return self.method == "POST"


def read_request(connection: socket.socket, unread: bytearray) -> Request:
    """Read a request; `unread` keeps what was received beyond it. Raises HungUpError at the end of the connection."""
    while b"\r\n\r\n" not in unread:
        _receive(connection, unread)
    head = bytes(unread.partition(b"\r\n\r\n")[0])
    length = len(head) + 4 + _content_length(head)
    while len(unread) < length:
        _receive(connection, unread)
    raw = bytes(unread[:length])
    del unread[:length]
    method, target, _version = raw.split(b"\r\n", 1)[0].decode().split(" ", 2)
    url = urlsplit(target)
    form = raw[len(head) + 4 :].decode()
    params = dict(parse_qsl(url.query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True))
    return Request(method, url.path.split("/", 3)[-1], params, raw)


def _receive(connection: socket.socket, unread: bytearray) -> None:
    data = connection.recv(65536)
    if not data:
        raise HungUpError
    unread += data


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """Return a status line and header lines, with the empty line that ends them."""
    return b"\r\n".join((status, *lines, b"", b""))


def whole(body: bytes, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    """Return an answer with its correct length."""
    return head(b"Content-Type: application/json", b"Content-Length: %d" % len(body), *lines, status=status) + body


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """Return a chunk of a body."""
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


def to_json(value: object) -> bytes:
    """Return a value as the service would write it."""
    return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")


def ok(**values: Any) -> bytes:
    """Return the body of a successful answer."""
    return to_json({"success": "ok", **values})


def error(code: object) -> bytes:
    """Return the body of an answer with an error."""
    return to_json({"success": "error", "error": code})
