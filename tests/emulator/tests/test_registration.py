# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`domain/register`, `domain/registration_status`, `domain/delete` (docs/api/pdd.md, 1.5, 1.8, 2.1)."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import OAUTH_TOKEN, Api, Emulator

HEX = re.compile(r"[0-9a-f]{12}")
OAUTH = {"Authorization": f"OAuth {OAUTH_TOKEN}"}
LIMIT = 50
MAILBOX = {"login": "anna", "password": "secret-1"}
RESULTS = [
    "ok",
    "no-cname,no-file",
    "bad-cname,bad-file",
    "bad-cname,no-file",
    "no-cname,bad-file",
    "domain-not-found",
    "occupied",
    "mx-wrong",
    "mx-not-found",
]

_numbers = count(1)

each_tree = pytest.mark.parametrize("tree", ["admin", "registrar"])


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    """Return an emulator whose account has no domains but those that tests register and delete."""
    with Emulator() as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def new(account: Emulator) -> Iterator[Api]:
    """Return a client for a domain that is not connected."""
    api = Api(account.url, f"new{next(_numbers)}.test")
    yield api
    api.call("domain/delete")


def names(api: Api) -> set[str]:
    """Return the names of the account's domains."""
    answers = [api.ok("domain/domains", {"page": page, "on_page": 20}) for page in range(1, 5)]
    return {item["name"] for answer in answers for item in answer["domains"]}


@each_tree
def test_register(new: Api, tree: str) -> None:
    """A new domain is not verified; its secrets are 12 hex digits each, and it is in the list."""
    answer = new.call("domain/register", tree=tree, headers=OAUTH)
    secrets = answer.pop("secrets")
    expected = {"domain": new.domain, "status": "domain-activate", "stage": "owner-check", "success": "ok"}
    assert answer == expected
    assert secrets.keys() == {"name", "content"}
    assert all(HEX.fullmatch(secret) for secret in secrets.values())
    assert secrets["name"] != secrets["content"]
    assert names(new) == {new.domain}
    assert "country" not in new.ok("domain/details")
    assert new.ok("email/list")["total"] == 0


def test_register_again(new: Api) -> None:
    """The answer is that of the first time, with what has become of the domain; nothing is lost."""
    first = new.ok("domain/register")
    new.ok("email/add", MAILBOX)
    assert new.ok("domain/register", {"domain": new.domain.upper()}) == first
    new.control_put("", {"status": "mx-activate"})
    assert new.ok("domain/register") == {**first, "status": "mx-activate", "stage": "mx-check"}
    assert new.ok("email/list")["total"] == 1


def test_secrets_differ(account: Emulator) -> None:
    """Each domain has its own."""
    secrets = set()
    for number in range(3):
        api = Api(account.url, f"secret{number}.test")
        secrets |= set(api.ok("domain/register")["secrets"].values())
        api.ok("domain/delete")
    assert len(secrets) == 6


@each_tree
def test_occupied(new: Api, tree: str) -> None:
    """A domain of another user can neither be registered nor used."""
    new.control_put("", {"owner": "other"})
    assert new.error("domain/register", tree=tree, headers=OAUTH) == "occupied"
    assert new.error("domain/details", tree=tree, headers=OAUTH) == "not_allowed"
    assert new.error("domain/delete", tree=tree, headers=OAUTH) == "not_allowed"
    assert names(new) == set()
    new.control_put("", {"owner": "account"})


@pytest.mark.parametrize("domain", ["ya.ru", "Yandex.RU", "yandex.com", "mail.yandex.com.tr", "a.b.ya.ru"])
def test_prohibited(account: Emulator, domain: str) -> None:
    """The vendor's own names are on the list, with all below them."""
    assert Api(account.url, domain).error("domain/register") == "prohibited"


@pytest.mark.parametrize("domain", ["notyandex.ru", "yandex.ru.test", "yandex.test"])
def test_not_prohibited(account: Emulator, domain: str) -> None:
    """Others that look like these are not."""
    api = Api(account.url, domain)
    assert api.ok("domain/register")
    assert api.ok("domain/delete") == {}


def test_blocked(new: Api) -> None:
    """A domain that the service has blocked cannot be registered again."""
    new.control_put("", {"blocked": True})
    assert new.error("domain/register") == "blocked"
    new.control_put("", {"blocked": False})


def test_limit() -> None:
    """An account may have 50 domains; those of others do not count, and one that is deleted makes room."""
    with Emulator() as running:
        Api(running.url, "other.test").control_put("", {"owner": "other"})
        for number in range(LIMIT):
            assert Api(running.url, f"d{number}.test").ok("domain/register")
        api = Api(running.url, "more.test")
        assert api.error("domain/register") == "domain_limit_reached"
        assert api.error("domain/register", tree="registrar", headers=OAUTH) == "domain_limit_reached"
        assert api.error("domain/register", {"domain": "other.test"}) == "occupied"
        assert api.ok("domain/register", {"domain": "d0.test"})
        assert api.ok("domain/delete", {"domain": "d0.test"}) == {}
        assert api.ok("domain/register")


def test_delegated(new: Api) -> None:
    """A domain that is delegated to the service's name servers needs no check."""
    new.control_put("", {"owner": "nobody", "delegated": True})
    assert new.error("domain/details") == "not_allowed"
    assert new.ok("domain/register")["status"] == "added"
    assert new.ok("domain/registration_status")["check_results"] == "ok"
    assert new.ok("domain/details")["delegated"] == "yes"


@each_tree
def test_status(new: Api, tree: str) -> None:
    """It repeats what registering answered, with the checks before and after now."""
    registered = new.ok("domain/register")
    answer = new.ok("domain/registration_status", tree=tree, headers=OAUTH)
    assert answer.keys() == {*registered, "check_results", "last_check", "next_check"}
    assert answer.items() >= registered.items()
    last, following = (datetime.strptime(answer[key], "%Y-%m-%dT%H:%M:%S%z") for key in ("last_check", "next_check"))
    assert following - last == timedelta(minutes=30)
    assert last <= datetime.now(last.tzinfo) < following


@pytest.mark.parametrize(
    ("status", "results"),
    [("domain-activate", "no cname, no file"), ("mx-activate", "mx not found"), ("added", "ok")],
)
def test_results_follow_the_status(new: Api, status: str, results: str) -> None:
    """Unless a test sets others, which hold until it sets a status."""
    new.control_put("", {"status": status})
    assert new.ok("domain/registration_status")["check_results"] == results
    new.control_put("", {"check_results": "mx-wrong"})
    assert new.ok("domain/registration_status")["check_results"] == "mx wrong"
    assert new.ok("domain/registration_status")["status"] == status
    new.control_put("", {"status": status})
    assert new.ok("domain/registration_status")["check_results"] == results


@pytest.mark.parametrize("era", ["2017", "2021", "strings"])
@pytest.mark.parametrize("results", RESULTS)
def test_spelling_of_results(new: Api, era: str, results: str) -> None:
    """In 2021 they are written as documented, before with spaces."""
    new.control_put("", {"check_results": results})
    new.control_put("/era", {"era": era})
    spelt = new.ok("domain/registration_status")["check_results"]
    new.control_put("/era", {"era": "2017"})
    assert spelt == (results if era == "2021" else results.replace("-", " ").replace(",", ", "))


@each_tree
def test_delete(new: Api, tree: str) -> None:
    """Everything under a domain is gone with it, and nothing comes back when it is registered again."""
    first = new.ok("domain/register")
    new.control_put("", {"status": "added", "aliases": ["alias.test"]})
    uid = new.ok("email/add", MAILBOX)["uid"]
    new.ok("email/ml/add", {"maillist": "team"})
    new.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "anna"})
    new.ok("deputy/add", {"login": "deputy"})
    new.ok("dkim/enable")
    new.ok("domain/settings/set_country", {"country": "kz"})
    new.ok("domain/logo/set", files={"file": ("logo", b"GIF89a", "image/gif")})
    assert new.call("domain/delete", tree=tree, headers=OAUTH) == {"domain": new.domain, "success": "ok"}
    assert new.error("domain/delete", tree=tree, headers=OAUTH) == "not_allowed"
    assert new.error("domain/details") == "not_allowed"
    assert names(new) == set()
    second = new.ok("domain/register")
    assert (second["status"], second["secrets"] != first["secrets"]) == ("domain-activate", True)
    assert new.ok("email/list")["total"] == 0
    assert new.ok("deputy/list") == {"deputies": []}
    assert new.ok("dkim/status")["dkim"]["txtrecord"] == ""
    assert new.ok("domain/logo/check") == {"logo-url": ""}
    assert new.ok("domain/domains")["domains"][0]["aliases"] == []
    new.control_put("", {"status": "added"})
    assert new.ok("domain/details")["country"] == "en"
    assert new.ok("email/add", MAILBOX)["uid"] > uid


def test_delete_ends_imports(new: Api) -> None:
    """What is copied into a domain stops with it, and the domain of that name that follows has no import."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = {"method": "imap", "server": "127.0.0.1", "port": unused.getsockname()[1], "ssl": "no"}
        for _round in range(2):
            new.control_put("", {"status": "added"})
            assert new.ok("import/check_imports")["import"]["total_box_count"] == 0
            new.ok("import/start_one_import", {**settings, "ext-login": "anna", "ext-passwd": "secret-1"})
            assert new.ok("import/check_imports")["import"]["total_box_count"] == 1
            assert new.ok("domain/delete") == {}


@each_tree
def test_only_the_main_administrator(new: Api, tree: str) -> None:
    """Others may manage mailboxes, but neither delete the domain nor change its settings."""
    new.ok("domain/register")
    new.control_put("", {"master_admin": False})
    writes: dict[str, dict[str, Any]] = {
        "domain/settings/set_country": {"country": "kz"},
        "domain/logo/set": {},
        "domain/logo/del": {},
        "dkim/enable": {},
        "dkim/disable": {},
    }
    if tree == "admin":
        writes |= {"deputy/add": {"login": "deputy"}, "deputy/delete": {"login": "deputy"}}
    for action, params in writes.items():
        assert new.error(action, params, tree=tree, headers=OAUTH) == "not_allowed"
    assert new.error("domain/delete", tree=tree, headers=OAUTH) == "not_master_admin"
    for action in ("domain/details", "domain/registration_status", "domain/logo/check", "dkim/status"):
        assert new.ok(action, tree=tree, headers=OAUTH)
    assert new.ok("email/add", MAILBOX, tree=tree, headers=OAUTH)
    new.control_put("", {"master_admin": True})
    assert new.ok("domain/settings/set_country", {"country": "kz"}, tree=tree, headers=OAUTH)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart(tmp_path: Path, number: signal.Signals) -> None:
    """All of a domain is there again after a restart, and a deleted one is not."""
    state = str(tmp_path / "state")
    emulator = Emulator("--state", state)
    api, gone, other = (Api(emulator.url, f"{name}.test") for name in ("kept", "gone", "other"))
    registered = [api.ok("domain/register"), gone.ok("domain/register")][0]
    gone.ok("domain/delete")
    other.control_put("", {"owner": "other"})
    api.ok("domain/settings/set_country", {"country": "kz"})
    api.control_put("", {"status": "mx-activate", "check_results": "mx-wrong", "aliases": ["alias.test"]})
    api.control_put("", {"delegated": True, "master_admin": False})
    details, listed = api.ok("domain/details"), api.ok("domain/domains")
    emulator.stop(number)
    with Emulator("--state", state) as restarted:
        api, gone, other = (Api(restarted.url, client.domain) for client in (api, gone, other))
        assert api.ok("domain/details") == details
        assert api.ok("domain/domains") == listed
        status = api.ok("domain/registration_status")
        assert (status["secrets"], status["check_results"]) == (registered["secrets"], "mx wrong")
        assert api.error("domain/delete") == "not_master_admin"
        assert gone.error("domain/details") == "not_allowed"
        assert other.error("domain/register") == "occupied"
