# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies, trusted certificates, and how messages name the way to the service (environment, faults, transport)."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme
from ansible_collections.mailops.pdd.plugins.module_utils._core import adapter
from ansible_collections.mailops.pdd.plugins.module_utils._core.environment import find_proxies, find_proxy, is_loopback
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Delivery
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.dialect import DEFAULT_API_URL
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.raw_server import GOOD, RawServer, failure
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import (
    OK,
    Service,
    answered,
    connection,
)
from pytest_httpserver import HTTPServer
from werkzeug import Response

PATH = "section/action"
ELSEWHERE = "http://pdd.example.test"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("pdd.localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("127.0.0.1.example.test", False),
        ("localhost.example.test", False),
        ("10.0.0.1", False),
        ("0.0.0.0", True),  # noqa: S104 - no address to bind to
        ("::", True),
        ("127.1", True),
        ("0x7f000001", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("10.1", False),
        ("", False),
        (None, False),
    ],
)
def test_loopback(host: str | None, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_this_machine_is_never_reached_through_a_proxy(
    service: Service, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The token would travel in clear to it."""
    service.answer(PATH, OK)
    with RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv(name, proxy.url)
        assert Transport(connection(service.url)).read(PATH, {}) == OK
        assert Transport(connection(service.url.replace("127.0.0.1", "localhost"))).read(PATH, {}) == OK
        assert proxy.requests == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", "http://anna:made-up-1@proxy.example.test:3128/")
    url = f"{scheme}://pdd.example.test"
    assert find_proxy(url, find_proxies(url)) == "http://proxy.example.test:3128/"


@pytest.mark.parametrize("status", [403, 407])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_refuses_is_named_and_not_asked_again(
    monkeypatch: pytest.MonkeyPatch, scheme: str, status: int
) -> None:
    """A wrong password would be sent again and again; and nothing is wrong with api_url."""
    with RawServer(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status) as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", proxy.url.replace("//", "//anna:made-up-1@"))
        if (scheme, status) == ("http", 403):
            return  # it may be the service's own answer
        with failure("unreachable") as caught:
            Transport(connection(f"{scheme}://pdd.example.test")).write(PATH, {"a": "b"})
        assert f"the proxy {proxy.url} answered {status}" in caught[0].message
        assert "api_url" not in caught[0].sentence()
        assert "made-up-1" not in caught[0].sentence()
        assert caught[0].delivery is not Delivery.UNKNOWN
        assert proxy.requests == 1


def test_socks_needs_a_library_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5h://anna:made-up-1@127.0.0.1:1")
    with failure("unreachable") as caught:
        Transport(connection(ELSEWHERE, retry_timeout=0)).read(PATH, {})
    assert "PySocks" in caught[0].sentence()
    assert "made-up-1" not in caught[0].sentence()


def test_name_that_a_proxy_resolves_is_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """With SOCKS, only the proxy may know the name, and nobody else may learn it."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: pytest.fail("looked up"))
    through_socks = SimpleNamespace(host="pdd.example.test", port=443, _socks_options={})
    assert adapter._count_addresses(through_socks) == 1


def test_refused_connection_names_the_url() -> None:
    with failure("unreachable") as caught:
        Transport(connection("http://127.0.0.1:1", retry_timeout=0)).read(PATH, {})
    assert caught[0].message == "no connection to http://127.0.0.1:1 (Connection refused)"


def test_default_url_is_said_to_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything else, because nothing else will help."""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    with failure("unreachable") as caught:
        Transport(connection(DEFAULT_API_URL, retry_timeout=0)).read(PATH, {})
    closed = f"no connection to {DEFAULT_API_URL} (the default of api_url, which its vendor closed on 1 April 2023)"
    assert caught[0].message.startswith(closed)


def test_https_on_a_port_without_tls(service: Service) -> None:
    with failure("tls") as caught:
        Transport(connection(service.url.replace("http:", "https:"), retry_timeout=0)).read(PATH, {})
    assert "the server seems to speak plain HTTP on this port" in caught[0].message


# Throttling


@pytest.mark.parametrize("status", [408, 425, 429])
@pytest.mark.parametrize("method", ["read", "write"])
def test_throttled_request_is_sent_again(service: Service, status: int, method: str) -> None:
    """These statuses say that nothing was done."""
    service.answer(PATH, Response("<html>later</html>", status, headers={"Retry-After": "1"}), OK)
    transport = Transport(connection(service.url))
    assert getattr(transport, method)(PATH, {}) == OK
    assert transport.stats["throttled_seconds"] == 1.0


@pytest.mark.parametrize("hours", [-5, 5])
def test_retry_after_counts_from_the_answers_own_date(hours: int) -> None:
    """The local clock may be wrong by hours."""
    there = 1_700_000_000 + hours * 3600
    date, until = (formatdate(time, usegmt=True).encode() for time in (there, there + 1))
    busy = b"HTTP/1.1 429 Busy\r\nDate: %s\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n" % (date, until)
    with RawServer(busy, GOOD) as server:
        transport = Transport(connection(server.url, retry_timeout=5))
        assert transport.read(PATH, {}) == OK
    assert transport.stats["throttled_seconds"] == 1.0


@pytest.mark.parametrize("value", ["Feb : , 0", "Mon, 99 ::", ",", "\t", "-1", "1e9", "9" * 5000, "0x10", "\u0665"])
def test_any_retry_after_is_read(service: Service, value: str) -> None:
    """Nothing of the library that reads dates escapes."""
    service.answer(PATH, Response("", 429, headers={"Retry-After": value.encode().decode("latin-1")}), OK)
    transport = Transport(connection(service.url))
    if value.startswith("9"):
        with failure("unreachable"):
            transport.read(PATH, {})
    else:
        assert transport.read(PATH, {}) == OK


def test_too_long_a_pause_is_named_with_the_option(service: Service) -> None:
    service.answer(PATH, Response("", 429, headers={"Retry-After": "120"}))
    with failure("unreachable") as caught:
        Transport(connection(service.url)).read(PATH, {})
    assert caught[0].message == (
        "the service throttles requests (HTTP status 429), and asks to wait 120 s, longer than retry_timeout allows "
        "(10 s)"
    )


# Trusted certificates


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority that nobody trusts without being told."""
    return trustme.CA()


@pytest.fixture(scope="module")
def tls_url(authority: trustme.CA) -> Iterator[str]:
    """Return the address of a service with a certificate for `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with HTTPServer(host="127.0.0.1", ssl_context=context, threaded=True) as server:
        Service(server).answer(PATH, answered(OK))
        yield f"https://localhost:{server.port}"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_file_of_certificates_in_the_environment(
    tls_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv(name, str(bundle))
    assert Transport(connection(tls_url)).read(PATH, {}) == OK
    monkeypatch.delenv(name)
    with failure("tls"):
        Transport(connection(tls_url)).read(PATH, {})


def test_directories_of_certificates_in_the_environment(
    tls_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL takes several."""
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path}{os.pathsep}{tmp_path}")
    with failure("tls") as caught:
        Transport(connection(tls_url)).read(PATH, {})
    assert "is not trusted" in caught[0].message


def test_order_of_the_trust_stores(
    tls_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The option takes precedence, then the variable that is more special to requests."""
    right, wrong = tmp_path / "right.pem", tmp_path / "wrong.pem"
    authority.cert_pem.write_to_path(str(right))
    trustme.CA().cert_pem.write_to_path(str(wrong))
    names = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]
    for name in names:
        monkeypatch.setenv(name, str(wrong))
    assert Transport(connection(tls_url, ca_path=str(right))).read(PATH, {}) == OK
    for name in names[:-1]:
        monkeypatch.setenv(name, str(right))
        assert Transport(connection(tls_url)).read(PATH, {}) == OK
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_trust_store_that_cannot_be_read_is_named(tls_url: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "/missing/ca.pem")
    with failure("tls") as caught:
        Transport(connection(tls_url))
    assert "/missing/ca.pem" in caught[0].message
