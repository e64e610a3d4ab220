# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What HTTP adds to an answer: kept connections, chunks, merged slashes, methods (docs/api/pdd.md, 1.3, 3.1)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
import requests
from pdd_emulator.testing import READS, TOKEN, WRITES, Api, Emulator

CHUNKED_FROM = 2900
LENGTH_UP_TO = 300
KEEP_ALIVE = {"2017": None, "2021": "timeout=120", "strings": None}
EITHER_METHOD = "email/get_oauth_token"

each_era = pytest.mark.parametrize("era", sorted(KEEP_ALIVE))


@pytest.fixture(scope="module")
def changing() -> Iterator[Emulator]:
    """Return an emulator whose era tests may change."""
    with Emulator() as running:
        yield running
    assert running.errors == ""


@pytest.fixture(scope="module")
def strict() -> Iterator[Api]:
    """Return a client of an emulator that takes the documented methods only."""
    with Emulator("--strict-methods") as running:
        yield running.api("strict.test")


def in_era(emulator: Emulator, era: str) -> Api:
    """Return a client of an emulator that is set to an era."""
    api = emulator.api("changing.test")
    api.control_put("/era", {"era": era})
    return api


def exchange(api: Api, request: str) -> tuple[list[str], bytes]:
    """Send a request through a plain socket, and return the lines of the head and all that follows until the end."""
    host, _colon, port = api.url.removeprefix("http://").partition(":")
    received = b""
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(request.format(token=TOKEN, domain=api.domain).encode())
        while part := connection.recv(65536):
            received += part
    head, _blank, rest = received.partition(b"\r\n\r\n")
    return head.decode().lower().split("\r\n"), rest


@each_era
def test_connections_are_kept(changing: Emulator, era: str) -> None:
    """Every answer says so, an error's and a refusal's too; how long is said in 2021 only."""
    api = in_era(changing, era)
    for response in (
        api.request("email/list"),
        api.request("email/del"),
        api.request("email/list", method="DELETE"),
        api.request("no/such/call"),
    ):
        assert response.headers["Connection"] == "keep-alive"
        assert response.headers.get("Keep-Alive") == KEEP_ALIVE[era]


@each_era
@pytest.mark.parametrize("wish", ["close", "Close", "close, TE"])
def test_connection_is_closed_on_demand(changing: Emulator, era: str, wish: str) -> None:
    """A client that asks for the end of the connection gets it, and no promise to the contrary."""
    api = in_era(changing, era)
    call = "email/list?domain={domain}&token={token}"
    head, _rest = exchange(api, f"GET /api2/admin/{call} HTTP/1.1\r\nHost: x\r\nConnection: {wish}\r\n\r\n")
    assert head[0] == "http/1.1 200 ok"
    assert [line for line in head if line.startswith(("connection:", "keep-alive:"))] == ["connection: close"]


@each_era
def test_old_protocol(changing: Emulator, era: str) -> None:
    """An answer to HTTP/1.0 ends with its connection, and is not chunked however long it is."""
    api = in_era(changing, era)
    call = f"domain/settings/setsign?token={{token}}&signature={'x' * CHUNKED_FROM}"
    head, rest = exchange(api, f"GET /api2/admin/{call} HTTP/1.0\r\n\r\n")
    assert "transfer-encoding: chunked" not in head
    assert [line for line in head if line.startswith(("connection:", "keep-alive:"))] == ["connection: close"]
    assert len(json.loads(rest)["signature"]) == CHUNKED_FROM


@each_era
def test_only_large_answers_are_chunked(changing: Emulator, era: str) -> None:
    """Small ones have a length, large ones none, whatever the call."""
    api = in_era(changing, era)
    for signature in ("x", "x" * 100, "x" * CHUNKED_FROM, "x" * 100_000):
        response = api.request("domain/settings/setsign", {"signature": signature})
        assert response.json()["signature"] == signature
        length, encoding = response.headers.get("Content-Length"), response.headers.get("Transfer-Encoding")
        if len(response.content) <= LENGTH_UP_TO:
            assert (length, encoding) == (str(len(response.content)), None)
        else:
            assert (length, encoding) == (None, "chunked")


def test_very_large_answers_have_several_chunks(api: Api) -> None:
    """A client has to put them together."""
    signature = "x" * 100_000
    with api.request("domain/settings/setsign", {"signature": signature}, stream=True) as response:
        chunks = list(response.raw.read_chunked())
    assert len(chunks) > 1
    assert signature.encode() in b"".join(chunks)


@pytest.mark.parametrize(
    "path", ["//api2/admin/email/list", "/api2//admin///email/list", "///api2/registrar/email//list"]
)
def test_slashes_are_merged(changing: Emulator, path: str) -> None:
    """Several slashes are one, for the journal and for faults too."""
    api = in_era(changing, "2017")
    api.control_put("/faults", ["429:on=email/list:count=1"])
    assert requests.get(f"{api.url}{path}", params={"domain": api.domain}, timeout=10).status_code == 429
    assert "//" not in api.control("/requests")[-1]["path"]


def test_merged_slashes_lead_to_the_call(api: Api) -> None:
    """The call is carried out."""
    url = f"{api.url}//api2//admin/email/ml/add"
    answer = api.session.post(url, data={"domain": api.domain, "maillist": "team"}, timeout=10).json()
    assert answer["maillist"] == f"team@{api.domain}"


@pytest.mark.parametrize("action", sorted(READS | WRITES))
@pytest.mark.parametrize("tree", ["admin", "registrar"])
def test_strict_methods(strict: Api, action: str, tree: str) -> None:
    """Reads are GET, writes are POST; what clients send either way may be either."""
    documented = "GET" if action in READS else "POST"
    allowed = {"GET", "POST"} if action == EITHER_METHOD else {documented}
    for method in ("GET", "POST"):
        response = strict.request(action, method=method, tree=tree)
        assert response.status_code == (200 if method in allowed else 405)
        assert response.headers.get("Allow") == (None if method in allowed else documented)
    for method in ("PUT", "DELETE", "HEAD"):
        assert strict.request(action, method=method, tree=tree).status_code == 405


@pytest.mark.parametrize("action", sorted(READS | WRITES))
def test_lenient_methods(api: Api, action: str) -> None:
    """GET and POST will do for every call."""
    for method in ("GET", "POST"):
        assert api.request(action, method=method).status_code == 200
    for method in ("PUT", "DELETE", "HEAD"):
        assert api.request(action, method=method).status_code == 405
