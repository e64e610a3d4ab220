# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is sent, the answer has the envelope or a documented status."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdd_emulator.testing import READS, TOKEN, WRITES, Api, Emulator

NAMES = [
    "domain",
    "login",
    "password",
    "uid",
    "page",
    "on_page",
    "iname",
    "fname",
    "enabled",
    "birth_date",
    "sex",
    "hintq",
    "hinta",
    "maillist",
    "maillist_uid",
    "subscriber",
    "subscriber_uid",
    "can_send_on_behalf",
    "signature",
    "method",
    "server",
    "port",
    "ssl",
    "ext-login",
    "ext-passwd",
    "int-login",
    "int-passwd",
    "file",
    "token",
    "direction",
    "country",
    "secretkey",
]
TEXTS = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.sampled_from(
        ["", "yes", "no", "anna", "team", "example.test", "anna@example.test", "imap", "pop3", "127.0.0.1"]
    ),
    st.sampled_from(["secret-1", "1", "9" * 5000, "1990-01-01", "\0", "'", '"', "a" * 300 + ".test", "xn--a.test"]),
)


@pytest.fixture(scope="module")
def prepared() -> Iterator[Api]:
    """Return a client for a domain with a mailbox and a list."""
    with Emulator() as running:
        api = running.api("example.test")
        api.ok("email/add", {"login": "anna", "password": "secret-1"})
        api.ok("email/ml/add", {"maillist": "team"})
        yield api
        assert running.process.poll() is None
    assert running.errors == ""


def check_envelope(response: requests.Response) -> None:
    """Assert that an answer has an answer's form."""
    assert response.status_code == 200, response.text
    answer = response.json()
    assert (answer["success"], "error" in answer) in {("ok", False), ("error", True)}


@pytest.mark.parametrize("action", sorted(READS | WRITES))
def test_arbitrary_parameters(prepared: Api, action: str) -> None:
    """Any parameters, in any place, also for a call that takes the domain away."""
    domain = f"{action.replace('/', '-').replace('_', '-')}.test"

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(
        right=st.fixed_dictionaries({"domain": st.just(domain)}),
        query=st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=4),
        form=st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=12),
        multipart=st.booleans(),
    )
    def send(right: dict[str, str], query: dict[str, str], form: dict[str, str], multipart: bool) -> None:
        parameters = {**right, **form}
        body = (
            {"files": {name: (None, text) for name, text in parameters.items()}} if multipart else {"data": parameters}
        )
        api = Api(prepared.url, domain)
        api.control_put("", {"status": "added"})
        api.call("email/add", {"login": "anna", "password": "secret-1"})
        api.call("email/ml/add", {"maillist": "team"})
        url = f"{prepared.url}/api2/admin/{action}"
        check_envelope(prepared.session.post(url, params=query, timeout=30, **body))

    send()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    query=st.binary(max_size=60),
    body=st.binary(max_size=200),
    content_type=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=x; charset=utf-7",
            "multipart/form-data; boundary=x; charset=unicode_escape",
            "multipart/form-data; boundary=" + "x" * 2000,
            "application/json",
            "text/plain; charset=none",
            ";",
        ]
    ),
)
def test_arbitrary_bytes(prepared: Api, query: bytes, body: bytes, content_type: str) -> None:
    """Any query and body, form or not."""
    part = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n' + body + b"\r\n--x--\r\n"
    quoted = "".join(f"%{byte:02x}" for byte in query)
    for content in (body, part, part + body):
        check_envelope(
            prepared.session.post(
                f"{prepared.url}/api2/admin/email/edit?domain=example.test&{quoted}=x&iname={quoted}",
                data=content,
                headers={"Content-Type": content_type},
                timeout=30,
            )
        )


def test_lone_surrogates(prepared: Api) -> None:
    """Some charsets can encode what UTF-8 cannot."""
    body = b'--x\r\nContent-Disposition: form-data; name="iname"\r\n\r\n\\ud800\r\n--x--\r\n'
    url = f"{prepared.url}/api2/admin/email/edit?domain=example.test&login=anna"
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"}
    assert prepared.session.post(url, data=body, headers=headers, timeout=30).json()["account"]["iname"] == "?"


def test_large_upload(prepared: Api) -> None:
    """A file of many lines is read; each bad line is answered."""
    wanted: dict[str, str | int] = {
        "domain": "example.test",
        "method": "imap",
        "server": "127.0.0.1",
        "port": 1,
        "ssl": "no",
    }
    lines = "\n".join('"unfinished' for _round in range(100_000))
    answer = prepared.session.post(
        f"{prepared.url}/api2/admin/import/start_import_file",
        params=wanted,
        files={"file": ("import_list_file", lines)},
        timeout=60,
    ).json()
    assert len(answer["import_list"]) == 100_000


def test_client_that_goes_away(prepared: Api) -> None:
    """A client that ends amid its request does no harm, and leaves no trace in the log."""
    port = int(prepared.url.rpartition(":")[2])
    head = f"POST /api2/admin/email/edit HTTP/1.1\r\nHost: x\r\nPddToken: {TOKEN}\r\nContent-Length: 100\r\n"
    for _round in range(3):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\ndomain=")
    assert prepared.ok("email/list")
