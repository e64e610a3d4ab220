# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The eras' forms (docs/api/pdd.md, 2.1, 2.2, 3.1 to 3.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from pdd_emulator.testing import Api, Emulator

PNG = b"\x89PNG\r\n\x1a\n made up"

_numbers = count(1)


@pytest.fixture(scope="module")
def emulator_2021() -> Iterator[Emulator]:
    """Return an emulator with the forms of 2021."""
    with Emulator("--era", "2021") as running:
        yield running


@pytest.fixture(scope="module")
def emulator_strings() -> Iterator[Emulator]:
    """Return an emulator with the oddest forms."""
    with Emulator("--era", "strings") as running:
        yield running


@pytest.fixture
def api_2021(emulator_2021: Emulator) -> Api:
    """Return a client for a domain without mailboxes."""
    return emulator_2021.api(f"domain{next(_numbers)}.test")


@pytest.fixture
def api_strings(emulator_strings: Emulator) -> Api:
    """Return a client for a domain without mailboxes."""
    return emulator_strings.api(f"domain{next(_numbers)}.test")


def test_domains_of_2021(api_2021: Api) -> None:
    """Flags are `yes` and `no`, but for the main administrator's; there are keys of Yandex.Connect."""
    answer = api_2021.ok("domain/domains")
    assert answer.keys() == {"page", "on_page", "total", "found", "domains"}
    (item,) = [item for item in answer["domains"] if item["name"] == api_2021.domain]
    assert item == {
        "name": api_2021.domain,
        "status": "added",
        "stage": "added",
        "aliases": [],
        "logo_enabled": "no",
        "nsdelegated": "no",
        "master_admin": True,
        "dkim-ready": "no",
        "emails-max-count": 2147483647,
        "emails-count": 0,
        "from_registrar": "no",
        "ws_technical": "no",
        "workspace": "yes",
        "show-ready-soon": "no",
        "show-simple-check": "no",
    }


def test_direction_of_2021(api_2021: Api) -> None:
    """It is obeyed as in 2017, and echoed if it is not the usual one."""
    for name in ("aaa.test", "zzz.test"):
        Api(api_2021.url, name).control_put("", {})
    for direction, first in [("asc", "aaa.test"), ("desc", "zzz.test")]:
        answer = api_2021.ok("domain/domains", {"direction": direction, "on_page": 1})
        assert answer["domains"][0]["name"] == first
        assert answer.get("direction") == (None if direction == "asc" else "desc")


def test_flags_of_2021(api_2021: Api) -> None:
    """They are texts whatever they say, the main administrator's apart, and no address of a logo comes with them."""
    api_2021.control_put("", {"delegated": True, "dkim_published": True})
    api_2021.ok("dkim/enable")
    api_2021.ok("domain/logo/set", files={"file": ("logo", PNG, "image/png")})
    answer = api_2021.ok("domain/domains", {"on_page": 20})
    (item,) = [item for item in answer["domains"] if item["name"] == api_2021.domain]
    assert {item[key] for key in ("logo_enabled", "nsdelegated", "dkim-ready")} == {"yes"}
    assert item["master_admin"] is True
    assert "logo_url" not in item


def test_other_answers_of_2021(api_2021: Api) -> None:
    """The keys known of 2017 only are gone, the limit is another one, and so is the code for a foreign domain."""
    assert api_2021.ok("domain/details").keys() == {
        "status",
        "stage",
        "delegated",
        "country",
        "imap_enabled",
        "pop_enabled",
        "default_theme",
    }
    answer = api_2021.ok("email/list")
    assert answer.keys() == {"page", "pages", "on_page", "total", "found", "box_limit", "accounts"}
    assert answer["box_limit"] == 2147483647
    assert api_2021.error("email/list", {"domain": "foreign.test"}) == "no_such_domain"


def test_http_of_2021(api_2021: Api) -> None:
    """There are fewer headers and no final line feed."""
    small = api_2021.request("email/list")
    assert small.text == json.dumps(small.json())
    assert small.headers["Server"] == "nginx"
    assert "Content-Disposition" not in small.headers


def assert_odd(value: Any) -> None:
    """Assert that there are neither numbers nor booleans, and an unknown first key in each object."""
    assert isinstance(value, (str, list, dict, type(None)))
    if isinstance(value, list):
        for item in value:
            assert_odd(item)
    if isinstance(value, dict):
        assert next(iter(value)) == "x-undocumented"
        for item in value.values():
            assert_odd(item)


def test_strings(api_strings: Api) -> None:
    """Whatever the sheet leaves open about types, order and further keys is made use of."""
    added = api_strings.ok("email/add", {"login": "anna", "password": "secret-1"})
    answers = [
        api_strings.call("email/list"),
        api_strings.call("email/counters", {"login": "anna"}),
        api_strings.call("email/edit", {"login": "anna", "enabled": "no"}),
        api_strings.call("domain/domains"),
        api_strings.call("domain/details"),
        api_strings.call("import/check_imports"),
        api_strings.call("domain/registration_status"),
        api_strings.call("domain/register"),
        api_strings.call("domain/logo/check"),
        api_strings.call("dkim/enable"),
        api_strings.call("dkim/status", {"secretkey": "yes"}),
        api_strings.call("deputy/list"),
        api_strings.call("email/list", {"domain": "foreign.test"}),
    ]
    for answer in answers:
        assert_odd(answer)
    (account,) = answers[0]["accounts"]
    assert account["uid"] == added["uid"]
    assert added["uid"].isdecimal()
    assert {account[key] for key in ("fio", "fname", "iname", "birth_date", "sex", "hintq")} == {None}
    assert account["enabled"] == "yes"
    assert answers[3]["domains"][0]["master_admin"] == "yes"
    assert answers[-1]["error"] == "not_allowed"
    assert list(answers[1]) == ["x-undocumented", "success", "counters", "uid", "login", "domain"]


def test_strings_keep_what_is_set(api_strings: Api) -> None:
    """Texts that are set stay, numbers become texts."""
    api_strings.ok("email/add", {"login": "anna", "password": "secret-1"})
    account = api_strings.ok("email/edit", {"login": "anna", "iname": "Anna", "sex": "0"})["account"]
    assert (account["iname"], account["fname"], account["fio"], account["sex"]) == ("Anna", None, "Anna", "0")


def test_era_can_change(emulator_2021: Emulator) -> None:
    """The control path switches the era of a running emulator."""
    api = emulator_2021.api("switch.test")
    limits = []
    for era in ("2017", "strings", "2021"):
        api.control_put("/era", {"era": era})
        limits.append(api.ok("email/list")["box_limit"])
    assert limits == [1000, "1000", 2147483647]
