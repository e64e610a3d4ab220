# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, as a client meets them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, product
from typing import Any

import pytest
import requests
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pdd_emulator.faults import Fault, Faults, parse
from pdd_emulator.testing import READS, TOKEN, WRITES, Api, Emulator, wait_until

SPOILT = ["500", "502", "reset", "truncated", "silent:seconds=0", "empty", "html", "array"]
"""The kinds that take the answer away before or after the call is carried out."""

_numbers = count(1)


@pytest.fixture(scope="module")
def faulty() -> Iterator[Emulator]:
    """Return an emulator for faults."""
    with Emulator("--seed", "7") as running:
        yield running
        assert running.stop() == 0
    assert running.errors == ""


@pytest.fixture
def api(faulty: Emulator) -> Iterator[Api]:
    """Return a client for a domain with the mailboxes anna, boris and clara and the list `team`."""
    api = faulty.api(f"faults{next(_numbers)}.test")
    for login in ("anna", "boris", "clara"):
        api.ok("email/add", {"login": login, "password": "secret-1"})
    api.ok("email/ml/add", {"maillist": "team"})
    api.session.delete(f"{api.url}/control/requests", timeout=10)
    yield api
    assert api.session.delete(f"{api.url}/control/faults", timeout=10).status_code == 200


def arm(api: Api, *specs: str) -> None:
    """Let the emulator have these faults only."""
    api.control_put("/faults", specs)


def struck(api: Api) -> list[int]:
    """Return how often each fault has struck."""
    return [item["struck"] for item in api.control("/faults")]


def subscribe(api: Api) -> requests.Response:
    """Send a write."""
    return api.request("email/ml/subscribe", {"maillist": "team", "subscriber": "anna"})


def subscribed(api: Api) -> bool:
    """Return whether that write was carried out."""
    return f"anna@{api.domain}" in api.control("")["maillists"][f"team@{api.domain}"]


def last(api: Api) -> dict[str, Any]:
    """Return the last entry of the journal."""
    entry: dict[str, Any] = api.control("/requests")[-1]
    return entry


def pattern(api: Api, spec: str, requests_sent: int) -> list[bool]:
    """Return which of a number of requests a fault strikes."""
    arm(api, spec)
    return [api.request("email/list").status_code != 200 for _round in range(requests_sent)]


def connect(api: Api, action: str, timeout: float = 10) -> socket.socket:
    """Send a call through a plain socket and return that."""
    host, _colon, port = api.url.removeprefix("http://").partition(":")
    query = f"domain={api.domain}&maillist=team&subscriber=anna"
    head = f"POST /api2/admin/{action}?{query} HTTP/1.1\r\nHost: x\r\nPddToken: {TOKEN}\r\nContent-Length: 0\r\n\r\n"
    connection = socket.create_connection((host, int(port)), timeout)
    connection.sendall(head.encode())
    return connection


def raw(api: Api, action: str, timeout: float = 10) -> bytes:
    """Send a call through a plain socket and return all that comes until the connection is closed."""
    received = b""
    with connect(api, action, timeout) as connection:
        while part := connection.recv(65536):
            received += part
    return received


# Kinds


@pytest.mark.parametrize(("spec", "applied"), [*product(SPOILT, [False, True])])
def test_before_and_after(api: Api, spec: str, applied: bool) -> None:
    """The call is carried out or not, the client cannot tell; the journal can."""
    spec += ":applied" if applied else ""
    arm(api, spec)
    try:
        subscribe(api).json()["success"]
    except (requests.RequestException, TypeError):
        pass
    else:
        pytest.fail("the call was answered")
    assert subscribed(api) == applied
    assert (last(api)["fault"], last(api)["applied"]) == (spec, applied)
    assert struck(api) == [1]


@pytest.mark.parametrize(
    ("spec", "status", "media_type", "body"),
    [
        ("500", 500, "text/plain", "Internal Server Error"),
        ("502", 502, "text/html", "<h1>502 Bad Gateway</h1>"),
        ("empty", 200, "application/json", ""),
        ("html", 200, "text/html", "<html>"),
        ("array", 200, "application/json", "[]"),
        ("429", 429, "text/plain", "Too Many Requests"),
    ],
)
def test_answers(api: Api, spec: str, status: int, media_type: str, body: str) -> None:
    """The answer has the status, type and body of its kind."""
    arm(api, spec)
    response = subscribe(api)
    assert (response.status_code, last(api)["status"]) == (status, status)
    assert response.headers["Content-Type"].startswith(media_type)
    assert body in response.text
    assert (response.text == "") == (body == "")
    assert "Retry-After" not in response.headers


@pytest.mark.parametrize("applied", ["", ":applied"])
def test_unknown(api: Api, applied: str) -> None:
    """It is an error like others, with the echo of the domain; the call is carried out or not."""
    arm(api, f"unknown{applied}")
    domain = api.domain
    assert subscribe(api).json() == {"domain": domain, "success": "error", "error": "unknown"}
    assert subscribed(api) == bool(applied)
    assert last(api)["applied"] == bool(applied)


def test_retry_after(api: Api) -> None:
    """The header is sent if it is wanted."""
    arm(api, "429:retry-after=3")
    assert subscribe(api).headers["Retry-After"] == "3"
    assert not subscribed(api)


def test_redirect(api: Api) -> None:
    """The URL is taken as it is given."""
    url = "http://127.0.0.1:9/else:where?a=b&c=%20"
    arm(api, f"redirect:count=1:to={url}")
    response = api.request("email/list", allow_redirects=False)
    assert (response.status_code, response.headers["Location"]) == (302, url)


@pytest.mark.parametrize("applied", ["", ":applied"])
def test_reset(api: Api, applied: str) -> None:
    """The client gets RST and not one byte."""
    arm(api, f"reset{applied}")
    with pytest.raises(ConnectionResetError):
        raw(api, "email/ml/subscribe")
    assert last(api)["status"] is None
    assert subscribed(api) == bool(applied)


@pytest.mark.parametrize("era", ["2017", "2021"])
@pytest.mark.parametrize("applied", ["", ":applied"])
def test_truncated(api: Api, era: str, applied: str) -> None:
    """The length promises more than there is."""
    api.control_put("/era", {"era": era})
    arm(api, f"truncated{applied}")
    head, _blank, body = raw(api, "email/ml/subscribe").partition(b"\r\n\r\n")
    api.control_put("/era", {"era": "2017"})
    (length,) = (int(line[16:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: "))
    assert head.startswith(b"HTTP/1.1 200")
    assert 0 < len(body) < length
    assert subscribed(api) == bool(applied)


def test_silent_until_its_time(api: Api) -> None:
    """The connection is closed without a byte."""
    arm(api, "silent:seconds=0.2")
    start = time.monotonic()
    assert raw(api, "email/ml/subscribe") == b""
    assert time.monotonic() - start >= 0.2


def test_silent_until_the_client_goes(api: Api) -> None:
    """The request is over when its client has gone: another one may take its place."""
    arm(api, "busy:limit=1:on=writes", "silent:seconds=600:count=1:applied")
    with pytest.raises(TimeoutError):
        raw(api, "email/ml/subscribe", timeout=0.2)
    assert subscribed(api)
    wait_until(lambda: subscribe(api).status_code == 200)


def test_end_amid_silence() -> None:
    """The emulator ends as ever while it keeps a client waiting."""
    with Emulator("--fault", "silent:seconds=600") as running, ThreadPoolExecutor() as pool:
        api = running.api("example.test")
        waiting = pool.submit(api.request, "email/list")
        wait_until(lambda: requests.get(f"{running.url}/control/requests", timeout=10).json())
        assert running.stop() == 0
        with pytest.raises((requests.ConnectionError, AssertionError)):
            assert waiting.result().status_code == 200
    assert "Traceback" not in running.errors


def test_slow(api: Api) -> None:
    """The call is carried out; its answer takes its time, those of others do not have to wait for it."""
    arm(api, "slow:seconds=0.3:on=writes")
    with ThreadPoolExecutor() as pool:
        start = time.monotonic()
        slow = pool.submit(subscribe, api)
        wait_until(lambda: subscribed(api))
        assert Api(api.url, api.domain).ok("email/list")
        assert slow.result().json()["success"] == "ok"
        assert time.monotonic() - start >= 0.3
    assert last(api)["path"].endswith("email/list")


@pytest.mark.parametrize(
    ("add", "params"),
    [
        ("email/add", {"login": "new", "password": "secret-1"}),
        ("email/ml/add", {"maillist": "new"}),
    ],
)
def test_invisible(api: Api, add: str, params: dict[str, str]) -> None:
    """What was created is there, but not seen until its time has come, or the fault is taken away."""
    key = "mailboxes" if add == "email/add" else "maillists"
    arm(api, "invisible:seconds=600:count=1")
    address, uid = f"new@{api.domain}", api.ok(add, params)["uid"]
    assert address in api.control("")[key]
    assert last(api)["applied"]
    accounts = api.ok("email/list", {"on_page": 2})
    assert (accounts["total"], accounts["pages"]) == (4, 2)
    assert [item["login"].partition("@")[0] for item in accounts["accounts"]] == ["team", "clara"]
    assert [item["maillist"] for item in api.ok("email/ml/list")["maillists"]] == [f"team@{api.domain}"]
    for subscriber in ({"subscriber": "new"}, {"subscriber_uid": uid}):
        assert api.error("email/ml/subscribe", {"maillist": "team", **subscriber}) == "account_not_found"
    assert api.error("email/details", {"login": "new"}) == "account_not_found"
    assert api.error("email/ml/subscribers", {"maillist": "new"}) == "account_not_found"
    assert api.error(add, params) == "occupied"
    arm(api)
    assert api.ok("email/list")["total"] == 5
    assert api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "new"})


def test_invisible_for_a_time(api: Api) -> None:
    """It is seen by and by, without any help."""
    arm(api, "invisible:seconds=0.3")
    api.ok("email/ml/add", {"maillist": "new"})
    assert struck(api) == [1]
    wait_until(lambda: len(api.ok("email/ml/list")["maillists"]) == 2)
    assert api.ok("email/ml/subscribe", {"maillist": "new", "subscriber": "anna"})


def test_each_is_invisible_for_its_own_time() -> None:
    """What is created later is seen later."""
    faults = Faults()
    faults.hide(1, until=5)
    faults.hide(2, until=7)
    assert [faults.hidden(now) for now in (4.9, 5, 6.9, 7)] == [{1, 2}, {2}, {2}, set()]


@pytest.mark.parametrize(("drop", "left"), [(1, ["anna", "boris"]), (2, ["anna"]), (3, []), (4, [])])
def test_short(api: Api, drop: int, left: list[str]) -> None:
    """The last subscribers are missing; their number is right, and so is the state."""
    for login in ("anna", "boris", "clara"):
        api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": login})
    arm(api, f"short:drop={drop}")
    shown = api.ok("email/ml/subscribers", {"maillist": "team"})["subscribers"]
    assert shown == [f"{login}@{api.domain}" for login in left]
    assert api.ok("email/ml/list")["maillists"][0]["cnt"] == 3
    assert api.ok("email/ml/unsubscribe", {"maillist": "team", "subscriber": "clara"})
    assert struck(api) == [1]


def test_busy(api: Api) -> None:
    """While so many requests are answered others are turned away, and afterwards no more."""
    arm(api, "busy:limit=2:on=reads:retry-after=1", "silent:seconds=600:on=email/list")
    with connect(api, "email/list"), connect(api, "email/list"):
        wait_until(lambda: struck(api)[1] == 2)
        for action in ("email/ml/list", "email/list"):
            refused = api.request(action)
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
        assert subscribe(api).json()["success"] == "ok"
    wait_until(lambda: api.request("email/ml/list").status_code == 200)
    assert api.request("email/ml/list").status_code == 200


def test_rate(api: Api) -> None:
    """So many requests a second are let in; who was turned away does not count."""
    arm(api, "rate:limit=1:on=email/list")
    assert api.request("email/list").status_code == 200
    assert wait_until(lambda: api.request("email/list").status_code == 429)
    assert subscribe(api).status_code == 200
    wait_until(lambda: api.request("email/list").status_code == 200)


@pytest.mark.parametrize("limit", [1, 3])
def test_rate_by_the_clock(limit: int) -> None:
    """Any second, not only those that a clock begins, has the limit's number of requests at most."""
    faults = Faults([f"rate:limit={limit}"])
    let_in = []
    for tick in range(64 * 4):
        with faults.around("email/list", writes=False, now=tick / 64) as fault:
            if fault is None:
                let_in.append(tick)
    assert let_in == [64 * second + first for second in range(4) for first in range(limit)]


# When they strike


def test_counts_in_parallel(api: Api) -> None:
    """Of 50 requests at once exactly those strike that are to strike."""
    arm(api, "429:skip=7:count=11", "500:count=5:on=email/ml/subscribe", "unknown:on=email/counters")
    with ThreadPoolExecutor(50) as pool:
        clients = [Api(api.url, api.domain) for _client in range(50)]
        statuses = list(pool.map(lambda client: subscribe(client).status_code, clients))
    assert {status: statuses.count(status) for status in statuses} == {200: 34, 429: 11, 500: 5}
    assert struck(api) == [11, 5, 0]
    journal = api.control("/requests")
    assert len(journal) == 50
    assert sum(entry["applied"] for entry in journal) == 34
    assert sum(entry["fault"] is None for entry in journal) == 34


def test_skip_and_count(api: Api) -> None:
    """The first are let by, then some are struck, then no more."""
    assert pattern(api, "502:skip=2:count=3", 7) == [False, False, True, True, True, False, False]


def test_rate_is_repeatable(api: Api) -> None:
    """The same seed strikes the same requests, here and in another process; another seed strikes others."""
    first = pattern(api, "500:rate=0.5", 40)
    assert 5 < sum(first) < 35
    assert pattern(api, "500:rate=0.5", 40) == first
    patterns = []
    for seed in ("7", "8"):
        with Emulator("--seed", seed, "--fault", "500:rate=0.5") as other:
            client = other.api(api.domain)
            patterns.append([client.request("email/list").status_code == 500 for _round in range(40)])
    assert patterns[0] == first
    assert patterns[1] != first


@settings(deadline=None, database=None)
@given(seed=st.integers(), rate=st.sampled_from([0.05, 0.3, 0.9]))
def test_rate_is_a_probability(seed: int, rate: float) -> None:
    """Of many requests about that part is struck (by more than six standard deviations)."""
    faults = Faults([f"500:rate={rate}"], seed)
    for _round in range(1000):
        with faults.around("email/list", writes=False, now=0):
            pass
    assert abs(faults.report()[0]["struck"] - 1000 * rate) < 100


@pytest.mark.parametrize(
    ("target", "struck_calls"),
    [
        ("all", READS | WRITES),
        ("reads", READS | {"email/get_oauth_token"}),
        ("writes", WRITES - {"email/get_oauth_token"}),
        ("email/ml", {action for action in READS | WRITES if action.startswith("email/ml/")}),
        ("email/ml/add", {"email/ml/add"}),
        ("email/ad", set()),
        ("dns", set()),
    ],
)
def test_targets(api: Api, target: str, struck_calls: set[str]) -> None:
    """A fault strikes the calls it is for, on both trees."""
    arm(api, f"429:on={target}")
    for tree in ("admin", "registrar"):
        assert {
            action for action in READS | WRITES if api.request(action, tree=tree).status_code == 429
        } == struck_calls


def test_first_wins(api: Api) -> None:
    """Only one fault strikes a request; one that cannot strike any more leaves it to the next."""
    arm(api, "500:count=1", "502:count=1", "429:count=1:on=writes")
    assert [api.request("email/list").status_code for _round in range(3)] == [500, 502, 200]
    assert subscribe(api).status_code == 429
    specs = ["500:count=1", "502:count=1", "429:count=1:on=writes"]
    assert api.control("/faults") == [{"spec": spec, "struck": 1} for spec in specs]


def test_switching(api: Api) -> None:
    """Faults come and go while it runs, and count from nothing."""
    assert api.control("/faults") == []
    for _round in range(2):
        arm(api, "500:count=1")
        assert [api.request("email/list").status_code for _request in range(2)] == [500, 200]
        assert struck(api) == [1]
    arm(api, "500")
    assert api.session.delete(f"{api.url}/control/faults", timeout=10).json() == {}
    assert api.request("email/list").status_code == 200
    assert api.control("/faults") == []
    assert (last(api)["fault"], last(api)["applied"]) == (None, True)


def test_error_is_not_applied(api: Api) -> None:
    """A call that fails on its own changes nothing, and the journal says so."""
    assert api.error("email/ml/add") == "no_maillist"
    assert (last(api)["fault"], last(api)["applied"]) == (None, False)


def test_command_line() -> None:
    """Faults of the command line are there from the start, in their order."""
    with Emulator("--fault", "500:count=1", "--fault", "502:count=1") as running:
        api = running.api("example.test")
        assert [api.request("email/list").status_code for _round in range(3)] == [500, 502, 200]


# Specs


BAD_SPECS = [
    ("", "no kind ''"),
    ("503", "no kind '503'"),
    ("500:", "no option ''"),
    ("500:seconds=1", "no option 'seconds'"),
    ("429:applied", "no option 'applied'"),
    ("500:applied=yes", "applied has no value"),
    ("500:applied:applied", "given twice"),
    ("500:rate", "rate needs a value"),
    ("500:rate=0", "a probability"),
    ("500:rate=1.01", "a probability"),
    ("500:rate=nan", "a probability"),
    ("500:count=0", "at least 1"),
    ("500:skip=-1", "a number"),
    ("500:skip=٣", "a number"),
    ("500:on=", "a call such as"),
    ("500:on=/email", "a call such as"),
    ("429:retry-after=soon", "a number"),
    ("slow", "needs seconds="),
    ("slow:seconds=inf", "a number of seconds"),
    ("redirect", "needs to="),
    ("redirect:to=ftp://127.0.0.1/", "an http or https URL"),
    ("redirect:to=http://a b", "an http or https URL"),
    ("500:to=http://127.0.0.1/", "no option 'to'"),
    ("busy", "needs limit="),
    ("short:drop=0", "at least 1"),
]


@pytest.mark.parametrize(("spec", "complaint"), BAD_SPECS)
def test_bad_specs(api: Api, spec: str, complaint: str) -> None:
    """A bad spec is refused with a sentence, and what was there stays."""
    arm(api, "429:count=1")
    response = requests.put(f"{api.url}/control/faults", json=["500", spec], timeout=10)
    assert response.status_code == 400
    assert complaint in response.json()["error"]
    assert api.control("/faults") == [{"spec": "429:count=1", "struck": 0}]


@pytest.mark.parametrize("body", [{}, "500", [500], None, [["500"]]])
def test_bad_bodies(api: Api, body: Any) -> None:
    """Specs come as a list of texts."""
    response = requests.put(f"{api.url}/control/faults", json=body, timeout=10)
    assert response.status_code == 400
    assert response.json()["error"]


def complaint_about(text: str) -> str | None:
    """Return why a spec is refused, None if it is read."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return None


@settings(deadline=None, database=None)
@given(st.text(max_size=30) | st.from_regex(r"[a-z0-9]+(:[a-z-]+(=[a-z0-9./:]+)?)*", fullmatch=True))
def test_any_text(text: str) -> None:
    """Whatever is given is read, or refused with one line that names it."""
    complaint = complaint_about(text)
    assert complaint is None or complaint.startswith(f"{text!r} is no fault: ")
    assert complaint is None or len(complaint.splitlines()) == 1


@settings(deadline=None, database=None)
@given(
    kind=st.sampled_from(["unknown", "500", "502", "reset", "truncated", "silent", "empty", "html", "array"]),
    target=st.sampled_from(["all", "reads", "writes", "email", "email/ml/add"]),
    skip=st.integers(0, 999_999_999),
    strikes=st.integers(1, 999_999_999),
    thousandths=st.integers(1, 1000),
    applied=st.booleans(),
    order=st.randoms(),
)
def test_good_specs(
    *, kind: str, target: str, skip: int, strikes: int, thousandths: int, applied: bool, order: Any
) -> None:
    """Options may come in any order, and mean what they say."""
    rate = f"{thousandths / 1000:.3f}"
    options = [f"on={target}", f"skip={skip}", f"count={strikes}", f"rate={rate}"]
    options += ["applied"] * applied + ["seconds=1.5"] * (kind == "silent")
    order.shuffle(options)
    spec = ":".join([kind, *options])
    seconds = 1.5 if kind == "silent" else 0.0
    assert parse(spec) == Fault(spec, kind, target, skip, strikes, float(rate), applied, seconds)


@settings(deadline=None, database=None)
@given(st.from_regex(r"https?://[!-~]+", fullmatch=True))
def test_any_url(url: str) -> None:
    """A URL may hold whatever URLs hold, colons too."""
    assume(":to=" not in url)
    assert parse(f"redirect:count=2:to={url}").to == url
