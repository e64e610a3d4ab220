# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing, authentication, parameters and envelope (docs/api/pdd.md, 1.1 to 1.4, 3.1)."""

from __future__ import annotations

import json

import pytest
import requests
from pdd_emulator.testing import OAUTH_TOKEN, READS, TOKEN, WRITES, Api, Emulator

OAUTH = {"Authorization": f"OAuth {OAUTH_TOKEN}"}
ALL = sorted(READS | WRITES)
WITHOUT_DOMAIN = {"domain/domains", "domain/settings/setsign"}
NEW_DOMAIN = "domain/register"
ADMIN_ONLY = {"deputy/add", "deputy/list", "deputy/delete"}


@pytest.mark.parametrize("action", ALL)
@pytest.mark.parametrize(
    ("tree", "headers", "code"),
    [
        ("admin", {"PddToken": None}, "no_auth"),
        ("admin", {"PddToken": ""}, "no_auth"),
        ("admin", {"PddToken": "STRANGE"}, "bad_token"),
        ("registrar", {"PddToken": None, **OAUTH}, "no_auth"),
        ("registrar", {"PddToken": "STRANGE"}, "bad_token"),
        ("registrar", {}, "no_auth"),
        ("registrar", {"Authorization": "OAuth strange"}, "bad_oauth"),
        ("registrar", {"Authorization": f"Bearer {OAUTH_TOKEN}"}, "bad_oauth"),
    ],
)
def test_authentication_comes_first(api: Api, action: str, tree: str, headers: dict[str, str], code: str) -> None:
    """Without it, nothing else is looked at."""
    assert api.error(action, {"domain": "bad domain"}, tree=tree, headers=headers) == code


@pytest.mark.parametrize(
    ("action", "tree"),
    [
        (action, tree)
        for action in ALL
        for tree in ("admin", "registrar")
        if action not in WITHOUT_DOMAIN and not (action in ADMIN_ONLY and tree == "registrar")
    ],
)
def test_domain_comes_second(api: Api, action: str, tree: str) -> None:
    """The domain is checked before the parameters, in the sheet's order."""
    for domain, code in [
        (None, "no_domain"),
        ("", "bad_domain"),
        ("bad domain", "bad_domain"),
        ("single", "bad_domain"),
        ("-hyphen.test", "bad_domain"),
        (f"{'x' * 64}.test", "bad_domain"),
        (f"{'x.' * 126}test", "bad_domain"),
        ("foreign.test", "not_allowed"),
    ]:
        if (action, domain) != (NEW_DOMAIN, "foreign.test"):
            assert api.error(action, {"domain": domain}, tree=tree, headers=OAUTH) == code
    api.control_put("", {"blocked": True})
    assert api.error(action, tree=tree, headers=OAUTH) == "blocked"


def test_token_as_a_parameter(api: Api) -> None:
    """The token may come in the query or in the form; the header wins."""
    without = {"PddToken": None}
    assert api.ok("email/list", {"token": TOKEN}, headers=without)["total"] == 0
    assert api.ok("email/ml/add", {"token": TOKEN, "maillist": "team"}, headers=without)
    assert api.error("email/list", {"token": "STRANGE"}, headers=without) == "bad_token"
    assert api.ok("email/list", {"token": "STRANGE"})


def test_registrar_tree_shares_the_state(api: Api) -> None:
    """Both trees act on the same domains; the scheme's letter case does not matter."""
    added = api.ok("email/add", {"login": "anna", "password": "secret-1"}, tree="registrar", headers=OAUTH)
    listed = api.ok("email/list", tree="registrar", headers={"authorization": f"oauth {OAUTH_TOKEN}"})
    assert [account["uid"] for account in listed["accounts"]] == [added["uid"]]
    assert api.ok("email/list")["total"] == 1


@pytest.mark.parametrize("action", sorted(ADMIN_ONLY))
def test_not_for_registrars(api: Api, action: str) -> None:
    """Deputies are none of a registrar's business, whatever the domain; without authentication that comes first."""
    api.ok("deputy/add", {"login": "deputy"})
    for domain in (api.domain, "foreign.test", "bad domain", None):
        params = {"domain": domain, "login": "deputy"}
        assert api.error(action, params, tree="registrar", headers=OAUTH) == "not_allowed"
    assert api.error(action, {"login": "deputy"}, tree="registrar") == "no_auth"
    assert api.ok("deputy/list")["deputies"] == ["deputy"]


@pytest.mark.parametrize(
    "path",
    [
        "api2/admin/domain/settings/getsign",
        "api2/admin/domain/set_country",
        "api2/admin/domain/settings/set_theme",
        "api2/admin/deputy/del",
        "api2/admin/dns/list",
        "api2/domain/delete",
        "api2/admin/email/list/",
        "api2/other/email/list",
        "api2/email/list",
        "api2/",
        "elsewhere",
    ],
)
def test_unknown_paths(emulator: Emulator, path: str) -> None:
    """What the emulator does not serve is HTTP 404, with or without a token."""
    assert requests.get(f"{emulator.url}/{path}", timeout=10).status_code == 404
    assert requests.post(f"{emulator.url}/{path}", headers={"PddToken": TOKEN}, timeout=10).status_code == 404


def test_domain_is_echoed_as_given(api: Api) -> None:
    """The echo is literal, in errors too, and missing where no domain was given or none is taken."""
    spelling = api.domain.upper()
    assert api.call("email/list", {"domain": spelling})["domain"] == spelling
    assert api.call("email/del", {"domain": spelling})["domain"] == spelling
    assert api.call("email/list", {"domain": "foreign.test"}, headers={"PddToken": None})["domain"] == "foreign.test"
    assert api.call("email/list", {"domain": None}) == {"success": "error", "error": "no_domain"}
    assert "domain" not in api.call("domain/domains", {"domain": "foreign.test"})


def test_international_domain(emulator: Emulator) -> None:
    """A domain in either form is the same one; addresses have A-labels."""
    api = emulator.api("пример.test")
    assert api.ok("email/ml/add", {"maillist": "team@ПРИМЕР.test"})["maillist"] == "team@xn--e1afmkfd.test"
    assert (
        api.ok("email/ml/list", {"domain": "xn--e1afmkfd.test"})["maillists"][0]["maillist"] == "team@xn--e1afmkfd.test"
    )
    assert "пример.test" in api.request("email/ml/list").text


LIST = {"maillist": "team"}


@pytest.mark.parametrize(
    "placement",
    [
        {"data": LIST},
        {"params": LIST, "data": b""},
        {"params": LIST, "json": {}},
        {"params": LIST, "json": {"maillist": "other"}},
        {"data": {}, "files": {"maillist": (None, "team")}},
        {"params": LIST, "data": b"\0broken", "headers": {"Content-Type": "multipart/form-data"}},
        {"params": {"maillist": "other"}, "data": LIST},
        {"data": [("maillist", "other"), ("maillist", "team")]},
    ],
    ids=["form", "query", "query and empty JSON", "JSON is ignored", "multipart", "broken", "form wins", "last wins"],
)
def test_places_of_parameters(api: Api, placement: dict[str, object]) -> None:
    """Parameters are merged from query, form and multipart fields; a JSON body is ignored."""
    action = f"email/ml/add?domain={api.domain}"
    options = {"data": None, **placement}
    answer = api.session.post(f"{api.url}/api2/admin/{action}", timeout=10, **options).json()  # type: ignore[arg-type]  # options of several types
    assert answer["maillist"] == f"team@{api.domain}"


def test_text_is_utf8_both_ways(api: Api) -> None:
    """Text beyond ASCII comes back unescaped, percent-encoded or not when it was sent."""
    api.ok("email/add", {"login": "anna", "password": "secret-1"})
    body = f"domain={api.domain}&login=anna&iname=Анна".encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    response = api.request("email/edit", data=body, headers=form)
    assert '"Анна"'.encode() in response.content
    parts = {name: (None, text) for name, text in {"domain": api.domain, "login": "anna", "fname": "Сова"}.items()}
    assert api.ok("email/edit", data={}, files=parts)["account"]["fio"] == "Сова Анна"


def test_form_of_the_body(api: Api) -> None:
    """JSON is written with spaces and a final line feed, its keys in changing order (2017)."""
    bodies = {api.request("email/list").text for _round in range(20)}
    assert len(bodies) > 1
    assert len({json.dumps(json.loads(body), sort_keys=True) for body in bodies}) == 1
    for body in bodies:
        assert body == json.dumps(json.loads(body)) + "\n"


def test_headers_of_2017(api: Api) -> None:
    """Errors have the same headers."""
    for params in ({}, {"domain": "foreign.test"}):
        headers = api.request("email/list", params).headers
        assert headers["Content-Type"] == "application/json; charset=utf-8"
        assert headers["Server"] == "nginx/1.8.1"
        assert headers["Content-Disposition"] == "attachment; filename=\"json.txt\"; filename*=UTF-8''json.txt"
        assert headers["Content-Security-Policy"] == "default-src 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
