# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test-control paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pdd_emulator.testing import READS, TOKEN, WRITES, Api, Emulator


@pytest.fixture
def lonely() -> Iterator[Api]:
    """Return the only client of an emulator."""
    with Emulator() as running:
        yield running.api("example.test")


def test_requests(lonely: Api) -> None:
    """The journal tells what was sent and whether it is a call that changes something."""
    lonely.ok("email/add?login=anna", {"password": "secret-1"})
    lonely.error("email/add", method="GET")
    lonely.ok("email/list", {"page": ""})
    lonely.request("dns/list")
    lonely.request("email/list", method="DELETE")
    first, second, third, unknown, refused = lonely.control("/requests")
    assert first["method"] == "POST"
    assert first["path"] == "/api2/admin/email/add"
    assert first["query"] == "login=anna"
    assert first["params"] == {"login": "anna", "domain": "example.test", "password": "secret-1"}
    assert first["headers"]["pddtoken"] == TOKEN
    assert [entry["write"] for entry in (first, second, third, unknown)] == [True, True, False, False]
    assert third["params"] == {"domain": "example.test", "page": ""}
    assert [entry["status"] for entry in (first, second, third, unknown, refused)] == [200, 200, 200, 404, 405]
    assert requests.delete(f"{lonely.url}/control/requests", timeout=10).status_code == 200
    assert lonely.control("/requests") == []


def test_journal_marks_writes(lonely: Api) -> None:
    """Every call is marked as what it is, on both trees, also if it fails or is sent the other way."""
    for action in sorted(READS | WRITES):
        for tree in ("admin", "registrar"):
            for method in ("GET", "POST"):
                lonely.request(action, tree=tree, method=method)
    marks = {(entry["path"].split("/", 3)[3], entry["write"]) for entry in lonely.control("/requests")}
    reads = READS | {"email/get_oauth_token"}
    assert marks == {*((action, False) for action in reads), *((action, True) for action in WRITES - reads)}


def test_picture(api: Api) -> None:
    """Mailboxes and lists are pictured by address."""
    api.ok("email/add", {"login": "anna", "password": "secret-1"})
    api.ok("email/edit", {"login": "anna", "hinta": "green"})
    api.ok("email/ml/add", {"maillist": "team"})
    api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "anna", "can_send_on_behalf": "yes"})
    picture = api.control("")
    assert picture["maillists"] == {f"team@{api.domain}": {f"anna@{api.domain}": True}}
    mailbox = picture["mailboxes"][f"anna@{api.domain}"]
    known = {"password": "secret-1", "hinta": "green", "enabled": "yes", "blocked": False, "messages": 0}
    assert mailbox.items() >= known.items()


def test_new_domain(api: Api) -> None:
    """A domain is created with the status given; the other attribute stays."""
    other = Api(api.url, f"other.{api.domain}")
    assert other.error("domain/details") == "not_allowed"
    other.control_put("", {"status": "mx-activate"})
    assert other.ok("domain/details")["status"] == "mx-activate"
    other.control_put("", {"blocked": True})
    assert other.error("domain/details") == "blocked"
    other.control_put("", {"blocked": False})
    assert other.ok("domain/details")["status"] == "mx-activate"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "domains/strange.test", None, 404),
        ("GET", "domains/not a name", None, 404),
        ("GET", "domains/{domain}/messages/nobody", None, 404),
        ("GET", "domains/{domain}/messages/nobody@other.test", None, 404),
        ("GET", "domains/{domain}/password", None, 404),
        ("PUT", "domains/{domain}/mailboxes/nobody", {"blocked": True}, 404),
        ("PUT", "domains/{domain}/mailboxes/anna", {"blocked": "yes"}, 400),
        ("PUT", "domains/{domain}/mailboxes/anna", {"ready": 1}, 400),
        ("PUT", "domains/{domain}/mailboxes/anna", {"aliases": "ann"}, 400),
        ("PUT", "domains/{domain}/mailboxes/anna", {"aliases": [1]}, 400),
        ("PUT", "domains/{domain}/mailboxes/anna", {"aliases": ["1ann"]}, 400),
        ("PUT", "domains/{domain}/mailboxes/anna", {"aliases": ["ann@no host"]}, 400),
        ("PUT", "domains/strange.test/failed_boxes/anna", {"last_error": "x"}, 404),
        ("PUT", "domains/{domain}", {"status": "none"}, 400),
        ("PUT", "domains/{domain}", {"status": None}, 400),
        ("PUT", "domains/{domain}", {"owner": "me"}, 400),
        ("PUT", "domains/{domain}", {"check_results": "fine"}, 400),
        ("PUT", "domains/{domain}", {"master_admin": "yes"}, 400),
        ("PUT", "domains/{domain}", {"delegated": 1}, 400),
        ("PUT", "domains/{domain}", {"dkim_published": None}, 400),
        ("PUT", "domains/{domain}", {"aliases": ["no name"]}, 400),
        ("PUT", "domains/{domain}", {"aliases": "alias.test"}, 400),
        ("GET", "domains/{domain}/logo", None, 404),
        ("GET", "domains/strange.test/logo", None, 404),
        ("PUT", "domains/{domain}", {"state": "added"}, 400),
        ("PUT", "domains/{domain}", [], 400),
        ("PUT", "era", {"era": "2018"}, 400),
        ("PUT", "era", {}, 400),
        ("PUT", "latency", {"latency": -1}, 400),
        ("PUT", "latency", {"latency": "1"}, 400),
        ("POST", "era", {}, 405),
        ("GET", "unknown", None, 404),
    ],
)
def test_refusals(api: Api, method: str, path: str, body: Any, status: int) -> None:
    """What does not exist or makes no sense is refused with a reason."""
    api.ok("email/add", {"login": "anna", "password": "secret-1"})
    url = f"{api.url}/control/{path.format(domain=api.domain)}"
    response = requests.request(method, url, json=body, timeout=10)
    assert response.status_code == status
    assert response.json()["error"]


def test_body_must_be_json(api: Api) -> None:
    """Anything else is refused."""
    assert requests.put(f"{api.url}/control/era", data=b"\xff", timeout=10).status_code == 400
