# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`domain/domains`, `domain/details`, `domain/settings/setsign` (pdd-api.md, 2.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pdd_emulator.testing import TOKEN, Api, Emulator


@pytest.fixture(scope="module")
def many() -> Iterator[Api]:
    """Return a client of an emulator with 25 domains."""
    names = [f"d{number:02}.test" for number in range(25)]
    with Emulator(*(argument for name in names for argument in ("--domain", name))) as running:
        yield Api(running.url, names[0])


def test_domains(many: Api) -> None:
    """The list has the forms of 2017; mailing lists are no mailboxes."""
    many.ok("email/add", {"login": "anna", "password": "secret-1"})
    many.ok("email/ml/add", {"maillist": "team"})
    answer = many.ok("domain/domains")
    assert answer.pop("domains")[0] == {
        "name": "d00.test",
        "status": "added",
        "stage": "added",
        "aliases": [],
        "logo_enabled": False,
        "logo_url": "",
        "nsdelegated": False,
        "master_admin": True,
        "dkim-ready": False,
        "emails-max-count": 1000,
        "emails-count": 1,
        "from_registrar": "no",
        "ws_technical": "no",
    }
    assert answer == {"page": 1, "on_page": 10, "total": 25, "found": 10, "direction": "asc", "order": "default"}


@pytest.mark.parametrize(
    ("asked", "page", "on_page", "names"),
    [
        ({"page": 2}, 2, 10, [f"d{number:02}.test" for number in range(10, 20)]),
        ({"page": 3}, 3, 10, [f"d{number:02}.test" for number in range(20, 25)]),
        ({"page": 4}, 4, 10, []),
        ({"page": 0, "on_page": 2}, 1, 2, ["d00.test", "d01.test"]),
        ({"page": -3, "on_page": 1}, 1, 1, ["d00.test"]),
        ({"page": 2, "on_page": 100}, 2, 20, [f"d{number:02}.test" for number in range(20, 25)]),
        ({"page": "x", "on_page": 0}, 1, 1, ["d00.test"]),
        ({"page": "", "on_page": "3.5"}, 1, 10, [f"d{number:02}.test" for number in range(10)]),
        ({"page": 10**30}, 1, 10, [f"d{number:02}.test" for number in range(10)]),
    ],
)
def test_domains_paging(many: Api, asked: dict[str, object], page: int, on_page: int, names: list[str]) -> None:
    """What is out of range is clamped silently; a page past the end is empty."""
    answer = many.ok("domain/domains", asked)
    assert (answer["page"], answer["on_page"], answer["total"], answer["found"]) == (page, on_page, 25, len(names))
    assert [item["name"] for item in answer["domains"]] == names


def test_details(api: Api) -> None:
    """The details have the forms of 2017."""
    assert api.ok("domain/details") == {
        "status": "added",
        "stage": "added",
        "delegated": "no",
        "country": "en",
        "imap_enabled": 1,
        "pop_enabled": 0,
        "default_theme": "",
        "from_registrar": "no",
        "ws_technical": "no",
        "can_users_change_password": "yes",
        "roster_enabled": "no",
        "master_admin": "yes",
        "default_uid": 0,
        "logo_url": "",
    }


@pytest.mark.parametrize(
    ("status", "stage"), [("domain-activate", "owner-check"), ("mx-activate", "mx-check"), ("added", "added")]
)
def test_status_and_stage(api: Api, status: str, stage: str) -> None:
    """The stage is the twin of the status; the country comes with the verification."""
    api.control_put("", {"status": status})
    details = api.ok("domain/details")
    assert (details["status"], details["stage"]) == (status, stage)
    assert ("country" in details) == (status != "domain-activate")


def test_signature(many: Api) -> None:
    """The signature is kept by token, an empty one too, and echoed; it has to be given, and no domain."""
    for signature in ("Bye,<br>Анна", ""):
        params = {"domain": None, "signature": signature}
        assert many.call("domain/settings/setsign", params) == {"signature": signature, "success": "ok"}
        assert many.control("/signatures") == {TOKEN: signature}
    assert many.error("domain/settings/setsign") == "no_signature"
