# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`domain/domains`, `domain/details`, `domain/settings/…` (docs/api/pdd.md, 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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


@pytest.mark.parametrize("on_page", [7, 20])
def test_domains_backwards(many: Api, on_page: int) -> None:
    """The direction is obeyed on every page, and echoed."""
    names = [f"d{number:02}.test" for number in range(25)]
    for direction, echoed, expected in [("desc", "desc", names[::-1]), ("asc", "asc", names), ("up", "asc", names)]:
        pages = [
            many.ok("domain/domains", {"direction": direction, "on_page": on_page, "page": page})
            for page in range(1, 25 // on_page + 2)
        ]
        assert {answer["direction"] for answer in pages} == {echoed}
        assert [item["name"] for answer in pages for item in answer["domains"]] == expected


def test_domain_aliases(many: Api) -> None:
    """A test can set them: they are names, in the order given, and belong to one domain."""
    many.control_put("", {"aliases": ["ZWEI.test", "пример.test", "d01.test"]})
    listed = {item["name"]: item["aliases"] for item in many.ok("domain/domains")["domains"]}
    assert listed["d00.test"] == ["zwei.test", "xn--e1afmkfd.test", "d01.test"]
    assert listed["d01.test"] == []
    many.control_put("", {"aliases": []})
    assert many.ok("domain/domains")["domains"][0]["aliases"] == []


def test_switched_attributes(api: Api) -> None:
    """What a test switches is shown in both calls."""
    api.control_put("", {"delegated": True, "master_admin": False})
    details = api.ok("domain/details")
    assert (details["delegated"], details["master_admin"]) == ("yes", "no")
    item = next(item for item in listed(api) if item["name"] == api.domain)
    assert (item["nsdelegated"], item["master_admin"]) == (True, False)


def listed(api: Api) -> list[dict[str, Any]]:
    """Return the items of `domain/domains` on all pages."""
    items: list[dict[str, Any]] = []
    page = 1
    while found := api.ok("domain/domains", {"page": page, "on_page": 20})["domains"]:
        items += found
        page += 1
    return items


@pytest.mark.parametrize("country", ["ru", "en", "ua", "tr", "by", "az", "ro", "ge", "kz"])
def test_country(api: Api, country: str) -> None:
    """Each of the languages may be set; the details show it."""
    answer = api.call("domain/settings/set_country", {"country": country})
    assert answer == {"domain": api.domain, "country": country, "success": "ok"}
    assert api.ok("domain/details")["country"] == country


@pytest.mark.parametrize(
    ("params", "code"),
    [({}, "no_country"), *[({"country": text}, "bad_country") for text in ("", "de", "EN", "en ", "english")]],
)
def test_bad_country(api: Api, params: dict[str, str], code: str) -> None:
    """Other languages are refused, and nothing changes."""
    api.ok("domain/settings/set_country", {"country": "kz"})
    assert api.error("domain/settings/set_country", params) == code
    assert api.ok("domain/details")["country"] == "kz"


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
