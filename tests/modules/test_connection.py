# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that every module has, seen through one that reads and one that writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN
from werkzeug import Response

from ..conftest import PDD_MODULES, Service
from .conftest import Middleman, Runner

ROOT = Path(__file__).parent.parent.parent
READ = "pdd_mailbox_info"
WRITE = "pdd_maillist"
MINIMUM: dict[str, dict[str, Any]] = {
    "pdd_domain_info": {},
    "pdd_mailbox": {"login": "anna", "password": "made-up-1"},
    "pdd_maillist": {"maillist": ["team"]},
    "pdd_maillist_subscriber": {"maillist": "team", "subscriber": []},
    "pdd_mailbox_import": {"server": "127.0.0.1", "mailboxes": []},
    "pdd_mailbox_import_info": {},
    "pdd_mailbox_info": {},
    "pdd_maillist_info": {},
    "pdd_signature": {"signature": "Example Ltd."},
}
"""The least that each module takes besides the options of the connection."""
WITH_DOMAIN = [module for module in MINIMUM if module not in {"pdd_domain_info", "pdd_signature"}]

every_module = pytest.mark.parametrize("module", MINIMUM)
every_module_with_domain = pytest.mark.parametrize("module", WITH_DOMAIN)


def test_every_module_is_tested_here_and_in_the_action_group() -> None:
    assert set(MINIMUM) == set(PDD_MODULES)
    assert set(yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]["pdd"]) == set(PDD_MODULES)


@pytest.mark.parametrize("spelling", [str.upper, "  {}\t".format])
def test_domain_in_any_spelling(run: Runner, service: Service, spelling: Any) -> None:
    run(READ, domain=spelling(service.domain))
    assert service.requests()[0]["params"]["domain"] == service.domain


def test_international_domain(run: Runner, service: Service) -> None:
    service.api.domain = "xn--e1afmkfd.test"
    service.api.control_put("", {"status": "added"})
    service.forget()
    for domain in ("Пример.test", "xn--e1afmkfd.test", "XN--E1AFMKFD.TEST"):
        result = run(WRITE, domain=domain, maillist=["team@пример.test", "news@xn--e1afmkfd.test"])
        assert [each["maillist"] for each in result["maillists"]] == [
            "team@xn--e1afmkfd.test",
            "news@xn--e1afmkfd.test",
        ]
    assert {entry["params"]["domain"] for entry in service.requests()} == {"xn--e1afmkfd.test"}
    assert service.writes() == ["email/ml/add"] * 2


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("nodot", "no dot"),
        ("a..test", "'a..test' is no valid domain"),
        ("-a.test", "'-a.test' is no valid domain"),
        ("a_b.test", "'a_b.test' is no valid domain"),
        ("example.test.", "ends with a dot"),
        ("anna@example.test", "'anna@example.test' is no valid domain"),
    ],
)
def test_bad_domain(run: Runner, domain: str, words: str) -> None:
    assert words in run.refused_before_any_request(READ, domain=domain)


@every_module_with_domain
def test_domain_is_needed(run: Runner, module: str) -> None:
    for nothing in (None, "", "  "):
        assert "PDD_DOMAIN" in run.refused_before_any_request(module, domain=nothing, **MINIMUM[module])


@every_module
@pytest.mark.usefixtures("state_home")
def test_token_is_needed(run: Runner, module: str) -> None:
    for nothing in (None, "", " \n"):
        message = run.refused_before_any_request(module, token=nothing, **MINIMUM[module])
        assert "token is missing" in message
        assert "PDD_TOKEN" in message


@every_module
@pytest.mark.usefixtures("state_home")
def test_token_that_no_header_can_hold_is_not_shown(run: Runner, module: str) -> None:
    for option in ("token", "oauth_token"):
        for secret in ("SECRETЖ2345", "SECRET\n2345", "SECRET\x002345"):
            message = run.refused_before_any_request(module, **{**MINIMUM[module], option: secret})
            assert f"{option} has a character that is not printable ASCII" in message
            assert "SECRET" not in run.output
            assert "2345" not in run.output


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
def test_wrong_token_is_not_shown(run: Runner, service: Service, module: str) -> None:
    result = run(module, token="MADEUPWRONGTOKEN", **MINIMUM[module])
    assert result["failed"]
    assert not result["changed"]
    assert result["error"]["code"] == "bad_token"
    assert result["error"]["http_status"] == 200
    assert "PDD_TOKEN" in result["error"]["advice"]
    assert result["msg"].startswith("Cannot ")
    assert "MADEUPWRONGTOKEN" not in run.output
    assert len(service.requests()) == 1


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
def test_token_travels_in_its_header_only(run: Runner, service: Service, module: str) -> None:
    service.add_maillist("team")
    service.forget()
    run(module, token=f" {TOKEN}\n", **MINIMUM[module])
    entries = service.requests()
    assert entries
    for entry in entries:
        assert entry["headers"]["pddtoken"] == TOKEN
        assert "authorization" not in entry["headers"]
        assert re.match(r"mailops\.pdd/\d+\.\d+\.\d+", entry["headers"]["user-agent"])
        assert TOKEN not in f"{entry['params']} {entry['path']} {entry['query']}"


@pytest.mark.parametrize("blank", [None, "", " "])
def test_environment_stands_in(
    run: Runner, service: Service, monkeypatch: pytest.MonkeyPatch, blank: str | None
) -> None:
    monkeypatch.setenv("PDD_DOMAIN", service.domain)
    monkeypatch.setenv("PDD_TOKEN", f"{TOKEN}\n")
    monkeypatch.setenv("PDD_OAUTH_TOKEN", OAUTH_TOKEN)
    monkeypatch.setenv("PDD_API_URL", f" {service.url}/")
    result = run(READ, domain=blank, token=blank, oauth_token=blank, api_url=blank)
    assert result["mailboxes"] == []
    (entry,) = service.requests()
    assert entry["path"] == "/api2/registrar/email/list"


def test_options_go_before_the_environment(
    run: Runner, service: Service, monkeypatch: pytest.MonkeyPatch, dead_port: int
) -> None:
    monkeypatch.setenv("PDD_DOMAIN", "stranger.test")
    monkeypatch.setenv("PDD_TOKEN", "WRONG")
    monkeypatch.setenv("PDD_API_URL", f"http://127.0.0.1:{dead_port}")
    assert run(READ)["mailboxes"] == []
    assert service.requests()[0]["params"]["domain"] == service.domain


def test_blank_environment_counts_as_absent(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDD_TOKEN", "  ")
    assert "token is missing" in run.refused_before_any_request(READ, token=None)


def test_wrong_token_of_the_environment_is_not_shown(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PDD_TOKEN", "MADEUPWRONGTOKEN")
    assert run(READ, token=None)["error"]["code"] == "bad_token"
    assert "MADEUPWRONGTOKEN" not in run.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_url": "service.test"}, "api_url"),
        ({"api_url": "ftp://service.test"}, "api_url"),
        ({"api_url": "https://anna:secret@service.test"}, "must not contain a user name or password"),
        ({"api_url": "https://service.test/api2/admin"}, "before /api2"),
        ({"api_url": "https://service.test:0"}, "api_url"),
        ({"timeout": 0}, "timeout: 0.0"),
        ({"timeout": "inf"}, "timeout: inf"),
        ({"retry_timeout": -1}, "retry_timeout: -1.0"),
        ({"max_connections": 0}, "max_connections: 0"),
        ({"max_connections": 10**21}, f"max_connections: {10**21} is not between 1 and 1000"),
        ({"timeout": "nan"}, "timeout: nan"),
        ({"timeout": 1e300}, "timeout: 1e+300 is not between 0.001 and 86400"),
        ({"retry_timeout": 1e300}, "retry_timeout: 1e+300"),
        ({"ca_path": "/no/such/file"}, "ca_path: '/no/such/file' does not exist"),
    ],
)
def test_bad_connection(run: Runner, options: dict[str, Any], words: str) -> None:
    assert words in run.refused_before_any_request(READ, **options)
    assert "secret" not in run.output


def test_all_problems_are_named_at_once(run: Runner) -> None:
    message = run.refused_before_any_request(WRITE, timeout=0, domain="nodot", token=None, maillist=["team"])
    assert all(word in message for word in ("timeout", "token", "nodot"))


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
def test_nobody_answers(run: Runner, dead_port: int, module: str) -> None:
    result = run(module, api_url=f"http://127.0.0.1:{dead_port}", retry_timeout=0.5, **MINIMUM[module])
    assert result["error"]["code"] == "unreachable"
    assert result["error"]["http_status"] is None
    assert "api_url" in result["error"]["advice"]
    assert not result["changed"]
    assert result["requests"]["retried"] == result["requests"]["sent"] - 1
    assert "Traceback" not in run.output


def test_retry_timeout_of_nothing_means_one_try(run: Runner, dead_port: int) -> None:
    result = run(READ, api_url=f"http://127.0.0.1:{dead_port}", retry_timeout=0)
    assert result["requests"] == {"sent": 1, "retried": 0, "throttled_seconds": 0.0}


def test_no_answer_in_time(run: Runner, service: Service) -> None:
    service.api.control_put("/latency", {"latency": 1})
    result = run(READ, timeout=0.2, retry_timeout=0)
    assert result["error"]["code"] == "timeout"
    assert "0.2 s" in result["msg"]


def test_not_the_service_at_all(run: Runner, service: Service) -> None:
    result = run(READ, api_url=f"{service.url}/elsewhere")
    assert (result["error"]["code"], result["error"]["http_status"]) == ("bad_answer", 404)
    assert result["requests"]["sent"] == 1


def test_address_without_encryption_is_warned_of(run: Runner) -> None:
    result = run(READ, api_url="http://service.test", retry_timeout=0)
    assert [each for each in map(str, result["warnings"]) if "http://service.test is not encrypted" in each]


def test_service_that_asks_for_patience(run: Runner, middleman: Middleman) -> None:
    refusals = iter(range(1))

    def refuse_once(forward: Any) -> Any:
        return forward() if next(refusals, None) is None else Response("", 429, {"Retry-After": "1"})

    middleman.on("email/list", refuse_once)
    result = run(READ, api_url=middleman.url)
    assert (result["requests"]["sent"], result["requests"]["retried"]) == (2, 1)
    assert result["requests"]["throttled_seconds"] == pytest.approx(1, abs=0.01)


def test_service_that_falls_silent(run: Runner, service: Service, middleman: Middleman) -> None:
    """What was not even tried is reported in few lines, and what was done is told."""
    answered = iter(range(5))

    def answer(forward: Any) -> Any:
        return forward() if next(answered, None) is not None else Response("", 503)

    middleman.on("email/ml/add", answer)
    middleman.on("email/ml/list", answer)
    names = [f"list{number:03}" for number in range(300)]
    result = run(WRITE, maillist=names, api_url=middleman.url, retry_timeout=0.5)
    assert result["failed"]
    assert result["changed"]
    assert sorted(result["created"]) == service.addresses(*sorted(service.maillists))
    assert len(service.maillists) == 4
    assert sum(failure["count"] for failure in result["failures"]) == 296
    assert len(result["failures"]) < 20
    assert "296 of 300 failed, 4 done" in result["msg"]
    assert result["requests"]["sent"] < 100
