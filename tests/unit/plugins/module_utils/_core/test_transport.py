# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real HTTP on loopback: faults, retries, the budget, TLS, proxies, and where secrets do not go (transport)."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from time import sleep, time
from typing import Any

import pytest
import trustme
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.plugins.module_utils._core.version import VERSION
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.raw_server import (
    BODY,
    CLOSE,
    GOOD,
    RESET,
    Pieces,
    RawServer,
    assert_no_secret,
    failure,
)
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import (
    OAUTH_TOKEN,
    OK,
    TOKEN,
    Answer,
    Service,
    answered,
    connection,
    refused,
)
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PATH = "section/action"
HTML = Response("<html>maintenance</html>", 200, content_type="text/html")

# Faults after which nobody knows whether a request was applied.
DOUBTFUL: dict[str, Answer] = {
    "500": Response("oops", 500),
    "502 with HTML": Response("<html>bad gateway</html>", 502, content_type="text/html"),
    "503 with Retry-After": Response("later", 503, headers={"Retry-After": "0"}),
    "500 with ok": answered(OK, 500),
    "code unknown": refused("unknown"),
    "codes with unknown last": refused("no_domain,unknown"),
    "error without code": {"success": "error"},
    "empty": Response("", 200),
    "HTML": HTML,
    "half an object": Response('{"success": "o', 200),
    "no object": Response('["success", "ok"]', 200),
    "a number": Response("5", 200),
    "null": Response("null", 200),
    "no success": {"domain": "example.test"},
    "success unreadable": {"success": "perhaps"},
    "success null": {"success": None},
    "not UTF-8": Response(b'{"success": "\xff\xfe"}', 200),
    "deep": Response("[" * 100_000, 200),
}
# Raw answers that end too early or never come.
KEPT = GOOD.replace(b"Connection: close\r\n", b"")
BROKEN = {
    "reset": RESET,
    "nothing": b"\n",
    "no HTTP": b"220 mail.example.test ESMTP\r\n",
    "head only": b"HTTP/1.1 200 OK\r\nContent-Le",
    "body too short": b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"success": "ok"',
    "chunk too short": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"success": "ok"',
    "not gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 17\r\nConnection: close\r\n\r\n" + BODY,
}


@pytest.fixture
def refusing_url() -> Iterator[str]:
    """Return the address of a port that is taken, but at which nobody listens."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


def close(transport: Transport) -> None:
    """Close the connections that are kept."""
    for route in transport._routes.values():
        route.adapter.close()


# Answers


def test_answer_is_returned(service: Service) -> None:
    """As it is, with all its keys."""
    answer = {"success": "ok", "domain": "example.test", "extra": [1, None]}
    service.answer(PATH, answer)
    assert Transport(connection(service.url)).read(PATH, {}) == answer


@pytest.mark.parametrize("success", ["ok", "OK", "yes", "true", True, 1, "1"])
def test_spellings_of_success(service: Service, success: object) -> None:
    """Flags were seen in many forms."""
    service.answer(PATH, {"success": success})
    assert Transport(connection(service.url)).read(PATH, {}) == {"success": success}


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
def test_refusal(service: Service, status: int) -> None:
    """HTTP 200 with `success: error` is an error, the same as one with another status; it is not repeated."""
    service.answer(PATH, refused("not_allowed", status))
    with failure("not_allowed") as caught:
        Transport(connection(service.url)).read(PATH, {})
    assert (caught[0].http_status, caught[0].endpoint) == (status, PATH)
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
@pytest.mark.parametrize("method", ["read", "write"])
def test_status_4xx_without_an_answer_of_the_service(service: Service, status: int, method: str) -> None:
    """Another server answered: it will not help to ask again, and nothing was applied."""
    service.answer(PATH, Response("<html>no</html>", status))
    with failure("bad_answer") as caught:
        getattr(Transport(connection(service.url)), method)(PATH, {})
    assert f"HTTP status {status}" in caught[0].message
    assert caught[0].delivery is not Delivery.UNKNOWN
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304, 300])
@pytest.mark.parametrize("method", ["read", "write"])
def test_redirect_is_not_followed(service: Service, status: int, method: str) -> None:
    """The token must not travel to another host."""
    other = f"{service.url.replace('127.0.0.1', 'localhost')}/api2/admin/other/place"
    service.answer(PATH, Response("", status, headers={"Location": other}))
    service.answer("other/place", OK)
    with failure("redirect") as caught:
        getattr(Transport(connection(service.url)), method)(PATH, {})
    assert [asked.endpoint for asked in service.asked] == [PATH]
    assert caught[0].delivery is not Delivery.UNKNOWN
    assert caught[0].http_status == status


# What is sent


def test_read_is_a_get_with_a_query(service: Service) -> None:
    """On the administrator's tree, with the documented headers and nothing secret in the URL."""
    service.answer(PATH, OK)
    Transport(connection(service.url)).read(PATH, {"domain": "example.test", "login": "\u00e4 &=+"})
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("GET", f"/api2/admin/{PATH}")
    assert asked.query == {"domain": "example.test", "login": "\u00e4 &=+"}
    assert asked.headers["Pddtoken"] == TOKEN
    assert asked.headers["User-Agent"].startswith(f"mailops.pdd/{VERSION} ")
    assert "Authorization" not in asked.headers
    assert TOKEN not in asked.url


def test_write_is_a_post_with_a_form(service: Service) -> None:
    """Nothing stands in the URL."""
    service.answer(PATH, OK)
    Transport(connection(service.url)).write(PATH, {"domain": "example.test", "password": "\u00e4 &=+"})
    (asked,) = service.asked
    assert (asked.method, asked.query) == ("POST", {})
    assert asked.form == {"domain": "example.test", "password": "\u00e4 &=+"}
    assert asked.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert TOKEN not in asked.url


def test_registrar(service: Service) -> None:
    """Its own tree, and both tokens in headers."""
    service.answer(PATH, OK)
    Transport(connection(service.url, oauth_token=OAUTH_TOKEN)).read(PATH, {})
    (asked,) = service.asked
    assert asked.path == f"/api2/registrar/{PATH}"
    assert asked.headers["Pddtoken"] == TOKEN
    assert asked.headers["Authorization"] == f"OAuth {OAUTH_TOKEN}"
    assert OAUTH_TOKEN not in asked.url


def test_path_in_the_url_is_kept(service: Service) -> None:
    """The service may lie below a path of a gateway."""
    service.answer("admin/section/action", OK)
    Transport(connection(f"{service.url}/gateway")).read(PATH, {})
    assert service.asked[0].path == f"/gateway/api2/admin/{PATH}"


def test_cookies_are_not_kept(service: Service) -> None:
    """The service knows us by the token alone."""
    service.answer(PATH, Response(BODY, 200, headers={"Set-Cookie": "session=1; Path=/"}))
    transport = Transport(connection(service.url))
    transport.read(PATH, {})
    transport.read(PATH, {})
    assert all("Cookie" not in asked.headers for asked in service.asked)


def test_connection_is_kept_alive() -> None:
    """One after the other needs one connection only."""
    with RawServer(KEPT, keep=True) as server:
        transport = Transport(connection(server.url))
        for _time in range(5):
            transport.read(PATH, {})
        assert (server.connections, server.requests) == (1, 5)
        close(transport)


@pytest.mark.parametrize("tunnel", [False, True])
def test_fresh_write_does_not_depend_on_a_kept_connection(
    localhost: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch, tunnel: bool
) -> None:
    """What lies between may have dropped it without a word: nobody would know whether the write was applied."""
    with RawServer(KEPT, RESET, keep=True, tls=localhost if tunnel else None) as server:
        url = server.url
        if tunnel:
            monkeypatch.setenv("https_proxy", server.url)
            url = "https://pdd.example.test"
        transport = Transport(connection(url, ca_path=bundle))
        assert transport.read(PATH, {}) == OK
        assert transport.write(PATH, {"a": "b"}, fresh=True) == OK
        assert transport.write(PATH, {"a": "b"}, fresh=True) == OK
        assert (server.connections, server.requests) == (3, 3)
        with failure("unreachable") as caught:
            transport.write(PATH, {"a": "b"})
        assert caught[0].delivery is Delivery.UNKNOWN
        close(transport)


# Retries


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_read_is_repeated(service: Service, fault: str) -> None:
    """After a fault that may pass."""
    service.answer(PATH, DOUBTFUL[fault], OK)
    transport = Transport(connection(service.url))
    assert transport.read(PATH, {}) == OK
    assert len(service.asked) == 2
    assert (transport.sent, transport.retried) == (2, 1)


@pytest.mark.parametrize("fault", BROKEN)
def test_read_is_repeated_over_a_new_connection(fault: str) -> None:
    """When the old one broke."""
    with RawServer(BROKEN[fault], GOOD) as server:
        assert Transport(connection(server.url)).read(PATH, {}) == OK
        assert server.requests == 2


@pytest.mark.parametrize("end", [RESET, CLOSE], ids=["reset", "closed"])
@pytest.mark.parametrize("tunnel", [False, True])
def test_read_on_a_kept_connection_that_was_closed_is_repeated_without_a_budget(
    localhost: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch, tunnel: bool, end: bytes | Pieces
) -> None:
    """A server may close a kept connection while the next request is on its way, which is no fault."""
    with RawServer(KEPT, end, keep=True, tls=localhost if tunnel else None) as server:
        url = server.url
        if tunnel:
            monkeypatch.setenv("https_proxy", server.url)
            url = "https://pdd.example.test"
        transport = Transport(connection(url, ca_path=bundle, retry_timeout=0))
        for _time in range(3):
            assert transport.read(PATH, {}) == OK
        assert (server.connections, server.requests) == (3, 5)
        assert (transport.sent, transport.retried) == (5, 2)
        close(transport)


def test_read_on_a_new_connection_is_not_repeated_without_a_budget() -> None:
    """There it is a fault: the service does not answer. Neither is one whose answer has begun."""
    with RawServer(RESET) as server:
        with failure("unreachable"):
            Transport(connection(server.url, retry_timeout=0)).read(PATH, {})
        assert server.requests == 1
    with RawServer(KEPT, KEPT[:10], keep=True) as server:
        transport = Transport(connection(server.url, retry_timeout=0, timeout=1))
        assert transport.read(PATH, {}) == OK
        with failure("timeout"):
            transport.read(PATH, {})
        assert server.requests == 2
        close(transport)


@pytest.mark.parametrize("fault", DOUBTFUL)
def test_write_with_an_unknown_outcome_is_not_repeated(service: Service, fault: str) -> None:
    """It may have been applied."""
    service.answer(PATH, DOUBTFUL[fault], OK)
    transport = Transport(connection(service.url))
    with failure("unknown" if "code" in fault else "bad_answer") as caught:
        transport.write(PATH, {})
    assert caught[0].delivery is Delivery.UNKNOWN
    assert len(service.asked) == 1
    assert transport.written == 0


@pytest.mark.parametrize("fault", BROKEN)
def test_write_over_a_connection_that_broke_is_not_repeated(fault: str) -> None:
    """It was sent, so it may have been applied."""
    with RawServer(BROKEN[fault], GOOD) as server:
        with pytest.raises(ServiceError) as caught:
            Transport(connection(server.url)).write(PATH, {"a": "b"})
        assert caught.value.delivery is Delivery.UNKNOWN
        assert caught.value.code in ("unreachable", "bad_answer")
        assert_no_secret(caught.value)
        assert server.requests == 1


@pytest.mark.parametrize("fault", ["500", "code unknown", "empty", "HTML"])
def test_repeatable_write_is_repeated(service: Service, fault: str) -> None:
    """It does no harm to set the same value twice."""
    service.answer(PATH, DOUBTFUL[fault], OK)
    transport = Transport(connection(service.url))
    assert transport.write(PATH, {}, repeatable=True) == OK
    assert len(service.asked) == 2
    assert transport.written == 1


def test_repeatable_write_is_repeated_after_a_reset() -> None:
    """And its outcome is unknown if no answer ever comes."""
    with RawServer(RESET, GOOD) as server:
        assert Transport(connection(server.url)).write(PATH, {"a": "b"}, repeatable=True) == OK
    with RawServer(RESET) as server:
        with failure("unreachable") as caught:
            Transport(connection(server.url, retry_timeout=0.5)).write(PATH, {"a": "b"}, repeatable=True)
        assert caught[0].delivery is Delivery.UNKNOWN
        assert server.requests > 1


@pytest.mark.parametrize("method", ["read", "write"])
@pytest.mark.parametrize("header", [None, "0", "1", "soon", "date"])
def test_throttled_request_is_repeated(service: Service, method: str, header: str | None) -> None:
    """A write too: it surely was not applied. Retry-After may be seconds, a date, or nothing."""
    value = formatdate(time() + 1, usegmt=True) if header == "date" else header
    busy = Response("slow down", 429, headers={"Retry-After": value} if value else {})
    service.answer(PATH, busy, OK)
    transport = Transport(connection(service.url, retry_timeout=5))
    assert getattr(transport, method)(PATH, {}) == OK
    assert len(service.asked) == 2
    assert transport.stats["retried"] == 1
    if header == "1":
        assert transport.stats["throttled_seconds"] == 1.0


def test_write_is_repeated_when_the_connection_was_refused(refusing_url: str) -> None:
    """Nothing was sent, so its outcome is known."""
    transport = Transport(connection(refusing_url, retry_timeout=0.5))
    with failure("unreachable") as caught:
        transport.write(PATH, {})
    assert caught[0].delivery is not Delivery.UNKNOWN
    assert transport.retried > 0
    assert caught[0].http_status is None
    assert "Check api_url" in caught[0].sentence()


def test_read_times_out_and_is_repeated(service: Service) -> None:
    """The time-out is that of one request."""
    hanging = threading.Event()
    service.answer(PATH, lambda _request: (hanging.wait(10), answered(OK))[1], OK)
    try:
        assert Transport(connection(service.url, timeout=0.3, retry_timeout=5)).read(PATH, {}) == OK
    finally:
        hanging.set()
    assert len(service.asked) == 2


def test_write_times_out_and_is_not_repeated(service: Service) -> None:
    """It was sent, so it may have been applied."""
    hanging = threading.Event()
    service.answer(PATH, lambda _request: (hanging.wait(10), answered(OK))[1], OK)
    try:
        with failure("timeout") as caught:
            Transport(connection(service.url, timeout=0.3)).write(PATH, {})
    finally:
        hanging.set()
    assert caught[0].delivery is Delivery.UNKNOWN
    assert f"no answer from {service.url} within 0.3 s" in caught[0].message
    assert len(service.asked) == 1


# The budget


@pytest.mark.parametrize("method", ["read", "write"])
def test_retry_after_past_the_budget_fails_at_once(service: Service, method: str) -> None:
    """Nobody waits an hour in a task that gives up after a second."""
    service.answer(PATH, Response("", 429, headers={"Retry-After": "3600"}))
    transport = Transport(connection(service.url))
    with failure("unreachable") as caught:
        getattr(transport, method)(PATH, {})
    assert caught[0].http_status == 429
    assert caught[0].delivery is not Delivery.UNKNOWN
    assert len(service.asked) == 1
    assert transport.stats["throttled_seconds"] == 0


@pytest.mark.parametrize("method", ["read", "write"])
@pytest.mark.parametrize("fault", [Response("", 429), refused("unknown"), Response("", 500)])
def test_no_budget_no_retry(service: Service, method: str, fault: Response) -> None:
    """retry_timeout: 0 never repeats a request."""
    service.answer(PATH, fault, OK)
    transport = Transport(connection(service.url, retry_timeout=0))
    with pytest.raises(ServiceError):
        getattr(transport, method)(PATH, {})
    assert len(service.asked) == 1
    assert transport.retried == 0


def test_nothing_is_sent_after_giving_up(service: Service) -> None:
    """What was not sent says so, and why."""
    service.answer(PATH, Response("", 503))
    transport = Transport(connection(service.url, retry_timeout=0.5))
    with failure("bad_answer") as caught:
        transport.read(PATH, {})
    assert caught[0].delivery is not Delivery.NOT_SENT
    sent = transport.sent
    assert 1 < sent < 10
    with failure("bad_answer") as caught:
        transport.write("other/action", {})
    assert caught[0].delivery is Delivery.NOT_SENT
    assert caught[0].endpoint == "other/action"
    assert caught[0].message.startswith("not sent, because the service no longer answers (")
    assert transport.sent == sent == len(service.asked)


@pytest.mark.parametrize("kind", ["refused", "reset", "500"])
def test_many_queued_writes_do_not_wait_one_by_one(service: Service, refusing_url: str, kind: str) -> None:
    """When the service is gone, 2,000 writes cost few requests; each of them is accounted for."""
    service.answer(PATH, Response("", 500))
    with RawServer(RESET) as broken:
        url = {"refused": refusing_url, "reset": broken.url, "500": service.url}[kind]
        transport = Transport(connection(url, retry_timeout=0.5))
        outcomes = transport.map(lambda number: transport.write(PATH, {"n": str(number)}), range(2000))
    errors = [error for _number, error in outcomes if isinstance(error, ServiceError)]
    assert [number for number, _error in outcomes] == list(range(2000))
    assert len(errors) == 2000
    if kind == "refused":
        assert transport.sent < 100
        assert not any(error.delivery is Delivery.UNKNOWN for error in errors)
    assert sum(error.delivery is not Delivery.NOT_SENT for error in errors) <= transport.sent
    assert errors[-1].delivery is Delivery.NOT_SENT or kind != "refused"


def test_every_answer_starts_the_budget_anew(service: Service) -> None:
    """A service that fails every other time is slow, not gone."""
    service.answer(PATH, *[answer for _time in range(8) for answer in (Response("", 500), answered(OK))])
    transport = Transport(connection(service.url, retry_timeout=0.9))
    for _time in range(8):
        assert transport.read(PATH, {}) == OK
    assert transport.sent == 16


def test_task_that_waits_does_not_use_up_the_budget(service: Service) -> None:
    """Only time in which requests fail counts."""
    service.answer(PATH, OK, Response("", 500), OK)
    transport = Transport(connection(service.url, retry_timeout=0.8))
    transport.read(PATH, {})
    sleep(0.9)
    assert transport.read(PATH, {}) == OK


def test_refusals_are_answers(service: Service) -> None:
    """A service that says no has not gone away."""
    transport = Transport(connection(service.url, retry_timeout=0.9))
    for _time in range(8):
        service.answer(PATH, Response("", 500), refused("occupied"))
        with failure("occupied"):
            transport.read(PATH, {})


def test_service_that_asks_for_no_pause_is_not_hammered(service: Service) -> None:
    """Retry-After: 0 from a service that takes nothing must not lead to as many requests as the network carries."""
    service.answer(PATH, Response("", 429, headers={"Retry-After": "0"}))
    with failure("unreachable"):
        Transport(connection(service.url, retry_timeout=0.5)).read(PATH, {})
    assert len(service.asked) < 20


# Many at once


class Crowded:
    """Answers 429 when more than two requests are in flight."""

    def __init__(self) -> None:
        self.most = 0
        self._in_flight = 0
        self._lock = threading.Lock()

    def __call__(self, _request: Request) -> Response:
        """Hold the request for a moment, so that others meet it."""
        with self._lock:
            self._in_flight += 1
            self.most = max(self.most, self._in_flight)
            busy = self._in_flight > 2
        sleep(0.003)
        with self._lock:
            self._in_flight -= 1
        return Response("", 429, headers={"Retry-After": "0"}) if busy else answered(OK)


def test_limit_adapts_to_the_service(service: Service) -> None:
    """All requests succeed, with few of them repeated."""
    crowded = Crowded()
    service.answer(PATH, crowded)
    transport = Transport(connection(service.url, retry_timeout=20, max_connections=8))
    outcomes = transport.map(lambda number: transport.write(PATH, {"n": str(number)}), range(100))
    assert [number for number, _answer in outcomes] == list(range(100))
    assert all(answer == OK for _number, answer in outcomes)
    assert crowded.most > 2
    assert transport.retried < 60
    assert transport.written == 100


@pytest.mark.parametrize("most", [1, 3])
def test_max_connections_is_the_ceiling(service: Service, most: int) -> None:
    """Never more requests in flight."""
    crowded = Crowded()
    service.answer(PATH, crowded)
    transport = Transport(connection(service.url, retry_timeout=20, max_connections=most))
    transport.map(lambda _number: transport.read(PATH, {}), range(20))
    assert 1 <= crowded.most <= most


def test_map_puts_errors_where_values_would_be(service: Service) -> None:
    """In the order of the items; one failure does not stop the others."""
    service.answer("fine/one", OK)
    service.answer("bad/one", refused("occupied"))
    transport = Transport(connection(service.url))
    outcomes = transport.map(lambda path: transport.read(path, {}), ["fine/one", "bad/one", "fine/one"])
    assert [path for path, _outcome in outcomes] == ["fine/one", "bad/one", "fine/one"]
    assert [isinstance(outcome, ServiceError) for _path, outcome in outcomes] == [False, True, False]
    assert transport.map(lambda path: path, []) == []


def test_read_all_returns_values_or_raises(service: Service) -> None:
    """The first error in the order of the items."""
    service.answer("fine/one", OK)
    service.answer("bad/one", refused("occupied"))
    service.answer("bad/two", refused("blocked"))
    transport = Transport(connection(service.url))
    assert transport.read_all(lambda path: transport.read(path, {}), ["fine/one"] * 3) == [OK] * 3
    with failure("occupied"):
        transport.read_all(lambda path: transport.read(path, {}), ["fine/one", "bad/one", "bad/two"])


# The environment


def test_netrc_is_ignored(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would add an Authorization header."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login anna password made-up\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    service.answer(PATH, OK)
    Transport(connection(service.url)).read(PATH, {})
    assert "Authorization" not in service.asked[0].headers


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_proxy_of_the_environment_is_used(service: Service, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It is resolved once, when the task begins."""
    monkeypatch.setenv(name, service.url)
    service.answer(PATH, OK)
    transport = Transport(connection("http://pdd.example.test"))
    monkeypatch.delenv(name)
    assert transport.read(PATH, {}) == OK
    assert transport.read(PATH, {}) == OK
    assert {asked.headers["Host"] for asked in service.asked} == {"pdd.example.test"}


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_exceptions_from_the_proxy_hold(
    service: Service, refusing_url: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is named there is reached directly."""
    monkeypatch.setenv("http_proxy", refusing_url)
    monkeypatch.setenv(name, "127.0.0.1")
    service.answer(PATH, OK)
    assert Transport(connection(service.url)).read(PATH, {}) == OK


def test_write_over_a_dead_proxy_was_not_applied(refusing_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It never left; a password in the proxy's URL is not shown."""
    monkeypatch.setenv("http_proxy", refusing_url.replace("http://", f"http://anna:{TOKEN}@"))
    transport = Transport(connection("http://pdd.example.test", retry_timeout=0.5))
    with failure("unreachable") as caught:
        transport.write(PATH, {})
    assert caught[0].delivery is not Delivery.UNKNOWN
    assert transport.retried > 0


def test_write_over_a_proxy_that_breaks_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy had it, so the service may have it."""
    with RawServer(RESET) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with failure("unreachable") as caught:
            Transport(connection("http://pdd.example.test", retry_timeout=0.5)).write(PATH, {"a": "b"})
        assert caught[0].delivery is Delivery.UNKNOWN
        assert proxy.requests == 1


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return an authority that nobody trusts by himself."""
    return trustme.CA()


@pytest.fixture(scope="module")
def localhost(authority: trustme.CA) -> ssl.SSLContext:
    """Return what a server needs that has a certificate for `localhost` and for a host that only a proxy knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "pdd.example.test").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def tls_url(localhost: ssl.SSLContext) -> Iterator[str]:
    """Return the address of a service with a certificate for `localhost`."""
    with HTTPServer(host="127.0.0.1", ssl_context=localhost, threaded=True) as server:
        Service(server).answer(PATH, OK)
        yield f"https://localhost:{server.port}"


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """Return the file with the authority's certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def test_untrusted_certificate(tls_url: str) -> None:
    """Nothing is sent, nothing is repeated."""
    transport = Transport(connection(tls_url))
    with failure("tls") as caught:
        transport.write(PATH, {})
    assert transport.sent == 1
    assert caught[0].delivery is not Delivery.UNKNOWN
    assert "ca_path" in caught[0].sentence()


def test_certificate_for_another_host(tls_url: str, bundle: str) -> None:
    """It is trusted, but names somebody else."""
    transport = Transport(connection(tls_url.replace("localhost", "127.0.0.1"), ca_path=bundle))
    with failure("tls") as caught:
        transport.write(PATH, {})
    assert transport.sent == 1
    assert caught[0].delivery is not Delivery.UNKNOWN


def test_ca_path(tls_url: str, bundle: str) -> None:
    """The bundle makes the certificate trusted."""
    assert Transport(connection(tls_url, ca_path=bundle)).read(PATH, {}) == OK


def test_bundle_is_read_once(tls_url: str, bundle: str) -> None:
    """It may go when the task has begun: no connection that is opened later reads it again."""
    transport = Transport(connection(tls_url, ca_path=bundle))
    Path(bundle).unlink()
    assert transport.read_all(lambda path: transport.read(path, {}), [PATH] * 8) == [OK] * 8


@pytest.mark.filterwarnings("error")
def test_no_validation(tls_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The option takes precedence over a bundle in the environment. The HTTP library prints no warning of its own."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    for host in ("localhost", "127.0.0.1"):
        url = tls_url.replace("localhost", host)
        assert Transport(connection(url, validate_certs=False)).read(PATH, {}) == OK


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_bundle_of_the_environment(tls_url: str, bundle: str, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """It is used where no option says something else, and only then."""
    monkeypatch.setenv(name, bundle)
    assert Transport(connection(tls_url)).read(PATH, {}) == OK
    stranger = Path(bundle).with_name("stranger.pem")
    trustme.CA().cert_pem.write_to_path(str(stranger))
    monkeypatch.setenv(name, str(stranger))
    assert Transport(connection(tls_url, ca_path=bundle)).read(PATH, {}) == OK
    with failure("tls"):
        Transport(connection(tls_url)).read(PATH, {})


def test_https_to_a_server_without_tls(service: Service) -> None:
    """The URL is wrong; the error says that encryption failed."""
    service.answer(PATH, OK)
    with failure("tls"):
        Transport(connection(service.url.replace("http:", "https:"), retry_timeout=0.3)).read(PATH, {})


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_unusable_bundle(service: Service, tmp_path: Path, content: str | None) -> None:
    """A bundle that is missing or holds something else is an error that names it, before anything is sent."""
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    with failure("tls") as caught:
        Transport(connection(service.url.replace("http:", "https:"), ca_path=str(bundle)))
    assert str(bundle) in caught[0].sentence()


@pytest.mark.parametrize("answer", [RESET, GOOD])
def test_write_through_a_tunnel(
    localhost: ssl.SSLContext, bundle: str, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """A proxy for https; what breaks inside the tunnel has an unknown outcome."""
    with RawServer(answer, tls=localhost) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        transport = Transport(connection("https://pdd.example.test", ca_path=bundle, retry_timeout=0.5))
        if answer == GOOD:
            assert transport.write(PATH, {"a": "b"}) == OK
            return
        with failure("unreachable") as caught:
            transport.write(PATH, {"a": "b"})
        assert caught[0].delivery is Delivery.UNKNOWN
        assert proxy.requests == 1


def test_proxy_that_refuses_the_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write never left, so it is repeated and its outcome is known."""
    with RawServer(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with failure("unreachable") as caught:
            Transport(connection("https://pdd.example.test", retry_timeout=0.5)).write(PATH, {"a": "b"})
        assert caught[0].delivery is not Delivery.UNKNOWN
        assert proxy.requests > 1


# Secrets


@pytest.mark.parametrize(
    "changes",
    [
        {"token": f"{TOKEN}\nX-Other: 1"},
        {"token": f" {TOKEN}"},
        {"token": f"{TOKEN}\u0436"},
        {"oauth_token": f"{OAUTH_TOKEN}\r\n"},
    ],
)
def test_token_that_is_no_header_is_not_shown(service: Service, changes: dict[str, Any]) -> None:
    """The HTTP library's own message would show it."""
    service.answer(PATH, OK)
    with pytest.raises(ServiceError) as caught:
        Transport(connection(service.url, **changes)).read(PATH, {})
    assert_no_secret(caught.value)
    assert service.asked == []


@pytest.mark.parametrize("url", ["http://exa mple.test:x", "http://\u0000.test", "ftp://example.test"])
def test_url_that_is_none(url: str) -> None:
    """An error like any other."""
    with pytest.raises(ServiceError) as caught:
        Transport(connection(url)).read(PATH, {})
    assert_no_secret(caught.value)


@pytest.mark.parametrize(
    "echo",
    [
        lambda: Response(TOKEN, 200),
        lambda: Response(TOKEN, 404),
        lambda: Response(TOKEN, 500),
        lambda: Response("", 302, headers={"Location": f"http://other.test/?token={TOKEN}"}),
        lambda: answered({"success": TOKEN}),
        lambda: answered({"success": "error", "error": {"token": TOKEN}}),
    ],
)
def test_answer_that_echoes_a_secret_is_not_quoted(service: Service, echo: Callable[[], Response]) -> None:
    """Whatever the answer is."""
    service.answer(PATH, echo())
    with pytest.raises(ServiceError) as caught:
        Transport(connection(service.url, retry_timeout=0)).write(PATH, {})
    assert_no_secret(caught.value)
