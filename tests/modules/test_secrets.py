# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No module shows a secret, whatever the service answers, and none goes anywhere but to the service."""

from __future__ import annotations

import json
import re
import ssl
import syslog
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible_collections.mailops.pdd.plugins.module_utils._module.services import PDD
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ..conftest import Service
from ..leaks import leaks
from .conftest import MODULES, Runner, in_both_ways
from .test_connection import MINIMUM, every_module

CANARIES = {
    "token": "CANARYTOKEN2345",
    "oauth_token": "canary-oauth-token",
    "password": "canary,pass-1",
    "hint_answer": "canary-answer",
    "external_password": "canary;external",
    "internal_password": "canary.internal",
}
TASKS: dict[str, dict[str, Any]] = {
    **MINIMUM,
    "pdd_mailbox": {
        "login": "anna",
        "password": CANARIES["password"],
        "update_password": "always",
        "hint_question": "Which?",
        "hint_answer": CANARIES["hint_answer"],
    },
    "pdd_mailbox_import": {
        "server": "127.0.0.1",
        "external_login": "anna",
        "external_password": CANARIES["external_password"],
        "internal_password": CANARIES["internal_password"],
    },
    "pdd_maillist_subscriber": {"maillist": "team", "subscriber": ["anna"], "can_send_on_behalf": True},
}
"""A task for each module, with all secrets that it takes."""
EMPTY = {
    "accounts": [],
    "maillists": [],
    "domains": [],
    "subscribers": [],
    "import": {"state": "done", "failed_boxes": []},
    "status": "added",
}
"""What all reads take for an empty domain."""


def error(echo: str) -> Response:
    """Refuse, with what was sent in the place of the code."""
    return Response(json.dumps({"success": "error", "error": echo}), content_type="application/json")


def fields(echo: str) -> Response:
    """Answer with what was sent in every text that modules return."""
    account = dict.fromkeys(("fname", "iname", "hintq", "birth_date", "password"), echo)
    accounts = [{**account, "login": "anna", "uid": 1}]
    box = dict.fromkeys(("last_error", "external_password", "internal_password"), echo)
    answer = {
        "success": "ok",
        "accounts": accounts,
        "maillists": [{"maillist": "team", "uid": 2, "cnt": 1, "note": echo}],
        "subscribers": ["anna"],
        "can_send_on_behalf": "no",
        "domains": [{"name": "example.test", "status": echo, "stage": echo}],
        "import": {"state": "done", "failed_boxes": [{**box, "external_login": "anna", "internal_login": "anna"}]},
        "import_list": [{"started": "no", "error": echo}],
        "status": echo,
        "counters": {"unread": 1, "new": 1},
    }
    return Response(json.dumps(answer), content_type="application/json")


ECHOES: dict[str, Callable[[str], Response]] = {
    "error": error,
    "last of several": lambda echo: error(f"unknown,{echo}"),
    "fields": fields,
    "no object": lambda echo: Response(json.dumps([echo])),
    "page": lambda echo: Response(f"<html>{echo}</html>"),
    "bad gateway": lambda echo: Response(f"<html>{echo}</html>", 502),
    "not found": lambda echo: Response(echo, 404),
    "redirect": lambda echo: Response("", 302, {"Location": f"http://127.0.0.1:9/{echo.split()[0]}"}),
    "throttled": lambda echo: Response(echo, 429, {"Retry-After": echo.split()[0]}),
}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what modules write to the system's log."""
    lines: list[str] = []
    monkeypatch.setattr(syslog, "syslog", lambda *arguments: lines.append(str(arguments[-1])))
    return lines


@pytest.fixture
def echo(httpserver: HTTPServer, kind: str, writes_only: bool) -> str:
    """Return the URL of a service that answers with the secrets that it was sent.

    It does so to everything, or only to what changes something.
    """

    def answer(request: Request) -> Response:
        if writes_only and request.method == "GET":
            return Response(json.dumps({"success": "ok", **EMPTY}))
        sent = [*request.form.values(), *request.args.values(), *request.headers.values()]
        return ECHOES[kind](next((each for each in sent if each in CANARIES.values()), CANARIES["token"]))

    httpserver.expect_request(re.compile("")).respond_with_handler(answer)
    return httpserver.url_for("").rstrip("/")


@pytest.mark.parametrize("writes_only", [True, False])
@pytest.mark.parametrize("kind", ECHOES)
@every_module
@pytest.mark.usefixtures("impatient")
@in_both_ways
def test_echo(run: Runner, echo: str, state_home: Path, log: list[str], module: str) -> None:
    connection = {key: CANARIES[key] for key in ("token", "oauth_token")}
    for check in (True, False):
        result = run(
            module,
            check=check,
            diff=True,
            **{**TASKS[module], **connection},
            api_url=echo,
            retry_timeout=0,
        )
        assert result.get("failed") or result["requests"]["sent"] > 0 or check
        assert leaks(CANARIES.values(), run.output) == []
        assert "Traceback" not in run.output
    assert bool(log) == (run.way == "process")  # Ansible logs the options of a process of its own
    assert leaks(CANARIES.values(), "\n".join(log)) == []
    written = [path.read_text() for path in state_home.rglob("*") if path.is_file()]
    assert leaks(CANARIES.values(), "\n".join(written)) == []


@pytest.mark.parametrize(
    "broken",
    [
        "canary-text",
        ["canary-text"],
        ["login=anna password='canary-text"],
        [{"login": "anna", "passwort": "canary-text"}],
        [{"external_login": "anna", "external_passwort": "canary-text"}],
        [["canary-text"]],
        [{"login": "anna", "password": "canary-text", "enabled": "perhaps"}],
    ],
)
@pytest.mark.parametrize("module", ["pdd_mailbox", "pdd_mailbox_import"])
@in_both_ways
def test_options_that_ansible_refuses(run: Runner, module: str, broken: Any) -> None:
    """It would show all of them, since it has not found out yet which are secret."""
    good = {"login": "vera", "password": CANARIES["password"]}
    if module == "pdd_mailbox_import":
        good = {"external_login": "vera", "external_password": CANARIES["password"]}
    entries = [good, *broken] if isinstance(broken, list) else broken
    run.refused_by_ansible(module, mailboxes=entries, token=CANARIES["token"], oauth_token=CANARIES["oauth_token"])
    assert leaks(["canary-text", *CANARIES.values()], run.output) == []


MISPLACED = "canary-misplaced"
SHAPES: dict[str, Any] = {
    "string": MISPLACED,
    "pairs": f"login={MISPLACED} {MISPLACED}=x",
    "open quote": f"login=anna first_name='{MISPLACED}",
    "list": [MISPLACED],
    "nested": [[MISPLACED]],
    "dictionary": {MISPLACED: MISPLACED},
    "entry": [{MISPLACED: MISPLACED}],
    "two": [{"login": MISPLACED, "external_login": MISPLACED, "maillist": MISPLACED, MISPLACED: 1}],
}
"""What may hold a secret that was typed into the wrong option."""


def places(spec: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the way to each option of an argument spec, and of the specs in it."""
    for name, option in spec.items():
        yield (name,)
        yield from ((name, *place) for place in places(option.get("options", {})))


ENTRY = {"login": "anna", "external_login": "anna", "external_password": "made-up-1", "maillist": "team"}
"""What the entries of the options that take many objects need."""


@every_module
@in_both_ways
def test_secret_in_any_option(run: Runner, module: str) -> None:
    """Whatever Ansible refuses: the message names the option, and does not quote what it holds."""
    spec = {**PDD.options, **getattr(import_module(f"{MODULES}.{module}"), "OPTIONS", {})}
    refused = set()
    for place, shape in product(places(spec), SHAPES.values()):
        entries = spec[place[0]].get("options")  # such an option excludes those for one object
        needed = {key: value for key, value in TASKS[module].items() if not entries or key == "server"}
        entry = {key: value for key, value in ENTRY.items() if key in (entries or ())}
        value = [{**entry, place[1]: shape}] if place[1:] else shape
        # Without a URL nothing is sent, should all options be fine.
        result = run.unchecked(module, **{"api_url": "none", **needed, place[0]: value})
        assert result["failed"]
        if "error" not in result:
            refused.add(place)
            assert leaks([MISPLACED, *CANARIES.values()], run.output) == []
            assert place[-1] in result["msg"]
    assert refused >= {place for place in places(spec) if _type_of(spec, place) not in ("str", "path")}


def _type_of(spec: Mapping[str, Any], place: tuple[str, ...]) -> str:
    option = spec[place[0]]
    if place[1:]:
        return _type_of(option["options"], place[1:])
    return "choices" if "choices" in option else str(option["type"])


def test_canaries_are_found() -> None:
    """The search sees what it looks for, in all spellings."""
    secret = 'tö ken"/+'
    for text in (secret, "t%C3%B6%20ken%22%2F%2B", "t%C3%B6+ken%22%2F%2B", 't\\u00f6 ken\\"/+', "dMO2IGtlbiIvKw=="):
        assert leaks([secret], f"before {text} after") == [secret]
    assert leaks([secret], "before after") == []


# Where secrets travel to


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Return a server that is not the service."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        server.expect_request(re.compile("")).respond_with_json({"success": "ok", **EMPTY})
        yield server


@every_module
@pytest.mark.usefixtures("state_home")
@in_both_ways
def test_redirect_is_not_followed(run: Runner, service: Service, elsewhere: HTTPServer, module: str) -> None:
    """Not even one request goes there."""
    target = elsewhere.url_for("/canary-place")
    service.api.control_put("/faults", [f"redirect:to={target}"])
    result = run(module, **TASKS[module])
    service.api.session.delete(f"{service.url}/control/faults", timeout=60).raise_for_status()
    assert (result["error"]["code"], result["error"]["http_status"], result["changed"]) == ("redirect", 302, False)
    assert result["requests"] == {"sent": 1, "retried": 0, "throttled_seconds": 0.0}
    assert "canary-place" not in run.output
    assert elsewhere.log == []


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
def test_netrc_is_not_read(
    run: Runner, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """It would add an Authorization header, which means something else to the service."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login canary-login password canary-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    run(module, **TASKS[module])
    assert service.requests()
    assert not [entry for entry in service.requests() if "authorization" in entry["headers"]]


def test_proxy_of_the_environment(
    run: Runner, elsewhere: HTTPServer, monkeypatch: pytest.MonkeyPatch, service: Service
) -> None:
    """It is used, but where no_proxy says otherwise."""
    with monkeypatch.context() as environment:
        environment.setenv("http_proxy", elsewhere.url_for(""))
        environment.setenv("no_proxy", "127.0.0.1")
        assert run("pdd_maillist_info", maillist=[], api_url="http://service.test")["maillists"] == []
        assert run("pdd_maillist_info", maillist=[])["maillists"] == []
    [(request, _response)] = elsewhere.log
    assert request.url.startswith("http://service.test/api2/admin/email/ml/list")
    assert service.calls() == ["email/ml/list"]


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Return a certification authority that nobody knows."""
    return trustme.CA()


@pytest.fixture(scope="module")
def encrypted(authority: trustme.CA) -> Iterator[HTTPServer]:
    """Return a service for `localhost` whose certificate is that authority's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with HTTPServer(host="127.0.0.1", ssl_context=context, threaded=True) as server:
        server.expect_request(re.compile("")).respond_with_json({"success": "ok", **EMPTY})
        yield server


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """Return the file with the authority's certificate."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def secure_url(server: HTTPServer, host: str = "localhost") -> str:
    """Return the address of a server under one of its names."""
    return f"https://{host}:{server.port}"


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
def test_untrusted_certificate(run: Runner, encrypted: HTTPServer, module: str) -> None:
    """Nothing is sent, the token least of all."""
    encrypted.clear_log()
    result = run(module, **TASKS[module], api_url=secure_url(encrypted))
    assert (result["error"]["code"], result["changed"]) == ("tls", False)
    assert "ca_path" in result["msg"]
    assert result["requests"]["retried"] == 0
    assert encrypted.log == []


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
def test_certificate_of_another_host(run: Runner, encrypted: HTTPServer, bundle: str, module: str) -> None:
    encrypted.clear_log()
    result = run(module, **TASKS[module], api_url=secure_url(encrypted, "127.0.0.1"), ca_path=bundle)
    assert (result["error"]["code"], result["changed"]) == ("tls", False)
    assert encrypted.log == []


@pytest.fixture(params=["ca_path", "validate_certs"])
def trust(request: pytest.FixtureRequest, bundle: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return an option with which the certificate is good, where the environment names a bundle with another one."""
    stranger = Path(bundle).with_name("stranger.pem")
    trustme.CA().cert_pem.write_to_path(str(stranger))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger))
    return {"ca_path": bundle} if request.param == "ca_path" else {"validate_certs": False}


@every_module
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.usefixtures("state_home", "impatient")
def test_trusted_certificate(run: Runner, encrypted: HTTPServer, trust: dict[str, Any], module: str) -> None:
    """By its authority, or because nothing is checked; a bundle in the environment does not override the option."""
    assert run(module, **TASKS[module], api_url=secure_url(encrypted))["error"]["code"] == "tls"
    encrypted.clear_log()
    result = run(module, **TASKS[module], api_url=secure_url(encrypted), **trust)
    assert encrypted.log
    assert result.get("error", {}).get("code") != "tls"
