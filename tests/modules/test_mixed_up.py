# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to somebody else's request, as a cache or a proxy may mix them up, and objects of other domains."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug import Response

from ..conftest import Service
from .cases import repeated
from .conftest import Forward, Hook, Middleman, Runner
from .test_faults import SETTERS, WRITES

Answer = dict[str, Any]
Change = Callable[[Answer], object]

READS: dict[str, tuple[str, dict[str, Any]]] = {
    "domain/details": ("pdd_domain_info", {}),
    "email/list": ("pdd_mailbox", {"login": "anna", "first_name": "Anna"}),
    "email/counters": ("pdd_mailbox_info", {}),
    "email/ml/list": ("pdd_maillist", {"maillist": ["news"], "exclusive": True, "max_removals_percent": 100}),
    "email/ml/subscribers": (
        "pdd_maillist_subscriber",
        {"maillist": "team", "subscriber": "boris", "exclusive": True, "max_removals_percent": 100},
    ),
    "email/ml/get_can_send_on_behalf": (
        "pdd_maillist_subscriber",
        {"maillist": "team", "subscriber": "anna", "can_send_on_behalf": True},
    ),
    "import/check_imports": ("pdd_mailbox_import", {"state": "stopped"}),
}
"""Every call that modules read with and that names a domain, and a task that needs it."""
ECHOES = {
    "another domain": {"domain": "elsewhere.test"},
    "another list": {"maillist": "elsewhere"},
    "another mailbox": {"login": "elsewhere"},
    "another subscriber": {"subscriber": "elsewhere"},
}


@pytest.fixture(autouse=True)
def domain(service: Service) -> None:
    """Fill the domain."""
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team", "anna")
    service.forget()


def echoing(echo: Answer, times: int) -> Hook:
    """Return a hook that lets so many answers belong to another request; what they echo of it is changed."""
    left = iter(range(times))

    def hook(forward: Forward) -> Response:
        answer = json.loads(forward().data)
        if echo.keys() <= answer.keys() and next(left, None) is not None:
            answer.update(echo)
        return Response(json.dumps(answer), content_type="application/json")

    return hook


def at_first(answer: Answer) -> Hook:
    """Return a hook that answers the first call with something else."""
    left = iter([Response(json.dumps(answer))])
    return lambda forward: next(left, None) or forward()


@pytest.mark.parametrize("action", READS)
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_answer_of_another_request_is_read_again(
    run: Runner, service: Service, middleman: Middleman, action: str, echo: Answer
) -> None:
    """Once it does no harm; an answer that never fits is an error before anything is written."""
    module, options = READS[action]
    if not echo.keys() <= service.api.call(action, {"maillist": "team", "login": "anna", "subscriber": "anna"}).keys():
        return  # the service does not say whose answer it is
    service.forget()
    middleman.on(action, echoing(echo, 10**9))
    result = run(module, api_url=middleman.url, retry_timeout=1, **options)
    assert result["error"]["code"] == "bad_answer"
    assert "the answer belongs to another request" in result["msg"]
    assert service.writes() == []
    expected = run(module, check=True, diff=True, **options)
    middleman.on(action, echoing(echo, 1))
    result = run(module, diff=True, api_url=middleman.url, **options)
    assert (result["changed"], result.get("diff")) == (expected["changed"], expected.get("diff"))
    assert result["requests"]["retried"] == 1


@dataclass(frozen=True)
class Prepared:
    """A domain, and a source server for imports that never answers."""

    service: Service
    port: int

    def task(self, action: str) -> tuple[str, dict[str, Any]]:
        """Return a task that needs a write, for which everything is there."""
        module, options = WRITES[action]
        source = {"server": "127.0.0.1", "port": self.port}
        if action == "import/stop_all_imports":
            login = {"method": "imap", "ssl": "no", "ext-login": "vera", "ext-passwd": "made-up-1"}
            self.service.api.ok("import/start_one_import", {**source, **login})
        self.service.forget()
        return module, {**options, **source, "ssl": False} if action == "import/start_one_import" else options


@pytest.fixture
def prepared(service: Service, dead_port: int) -> Iterator[Prepared]:
    """Return the test's domain and source server; whatever is imported from there is stopped."""
    yield Prepared(service, dead_port)
    service.api.call("import/stop_all_imports")


FOREIGN_WRITES: list[tuple[str, Answer]] = [
    *((action, {"domain": "elsewhere.test"}) for action in WRITES if action != "domain/settings/setsign"),
    *((action, {"login": "elsewhere"}) for action in ("email/add", "email/edit", "email/del")),
    *((action, {"maillist": "elsewhere"}) for action in WRITES if action.startswith("email/ml/")),
    *((action, {"subscriber": "elsewhere"}) for action in WRITES if action.startswith(("email/ml/s", "email/ml/u"))),
    ("import/start_one_import", {"import_list": [{"internal_login": "elsewhere", "started": "yes"}]}),
]
"""Every write whose answer says what it is about, and the answer to another one."""


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("foreign", FOREIGN_WRITES)
@pytest.mark.usefixtures("impatient", "domain")
def test_answer_of_another_write(
    run: Runner, middleman: Middleman, prepared: Prepared, foreign: tuple[str, Answer], applied: bool
) -> None:
    """What came of the write is read, and what was not done is done."""
    action, echo = foreign
    service, (module, options) = prepared.service, prepared.task(action)
    left = iter([Response(json.dumps({"success": "ok", **echo}))])

    def hook(forward: Forward) -> Response:
        foreign_answer = next(left, None)
        if applied or not foreign_answer:
            own = forward()
        return foreign_answer or own

    middleman.on(action, hook)
    result = run(module, api_url=middleman.url, **options)
    once = action == "import/start_one_import" and not applied
    assert result["changed"] is not once
    assert [failure["error"]["code"] for failure in result["failures"]] == ["outcome_unknown"] * once
    assert service.writes() == [action] * (0 if once else 1 + (applied and action in SETTERS))
    assert repeated(service.requests()) == {}
    assert run(module, **options)["changed"] is once


@pytest.mark.parametrize("code", ["blocked", "account_not_found", "not_allowed", "no_such_domain"])
def test_refusal_of_another_request(run: Runner, service: Service, middleman: Middleman, code: str) -> None:
    """It is none of this request, unless it says that the domain is not in the account."""
    refusal = {"domain": "elsewhere.test", "success": "error", "error": code}
    middleman.on("email/ml/list", at_first(refusal))
    result = run("pdd_maillist", maillist=["team"], api_url=middleman.url)
    expected = code if code in ("not_allowed", "no_such_domain") else ""
    assert (result["error"]["code"] if result.get("failed") else "") == expected
    assert service.writes() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer.pop("domain", None),
        lambda answer: answer.update(domain=answer["domain"].upper()) if "domain" in answer else None,
        lambda answer: answer.update(domain=None, login=None, maillist="", subscriber=5),
        lambda answer: answer.update({key: answer[key].partition("@")[0] for key in ("login",) if key in answer}),
        lambda answer: answer.update(
            {key: answer[key].replace("@", "@main-of-") for key in ("login", "maillist", "subscriber") if key in answer}
        ),
    ],
    ids=["no domain", "upper case", "nothing", "a bare name", "an alias domain"],
)
@pytest.mark.usefixtures("impatient", "state_home")
def test_other_spellings_of_what_was_asked(run: Runner, middleman: Middleman, change: Change) -> None:
    """Nothing is sent twice."""
    for action in (*READS, *WRITES):
        middleman.edit(action, change)
    for module, options in READS.values():
        result = run(module, api_url=middleman.url, **options)
        assert (result.get("failures", []), result["requests"]["retried"]) == ([], 0)


def test_domain_with_other_letters(run: Runner, service: Service, middleman: Middleman) -> None:
    """An IDN may be echoed as it is written or as it is sent."""
    service.api.control_put("/domains/xn--bcher-kva.test", {"status": "added"})
    middleman.edit("email/ml/list", lambda answer: answer.update(domain="B\u00fccher.test"))
    assert run("pdd_maillist_info", domain="b\u00fccher.test", maillist=["x"], api_url=middleman.url)["missing"]


def test_listing_of_another_domain(
    run: Runner, service: Service, second_service: Service, middleman: Middleman
) -> None:
    """Lists of another domain are not deleted, and its mailboxes not taken for this domain's."""
    for name in ("one", "two", "three", "four"):
        second_service.add_maillist(name)
    for action in ("email/ml/list", "email/list"):
        middleman.on(action, at_first(second_service.api.call(action)))
    result = run("pdd_maillist", maillist=["team"], exclusive=True, api_url=middleman.url)
    assert (result["changed"], result["deleted"]) == (False, [])
    result = run("pdd_mailbox", login="anna", state="absent", api_url=middleman.url)
    assert result["deleted"] == service.addresses("anna")


@pytest.mark.parametrize("key", ["domain", None])
def test_objects_of_other_domains_are_left_alone(
    run: Runner, service: Service, middleman: Middleman, key: str | None
) -> None:
    """As accounts of alias domains are listed: they are not removed, not counted by guards, and named in a warning."""
    foreign = [{"maillist": f"list{number}@alias.test", "uid": number, "cnt": 0} for number in range(9)]
    accounts = [{"login": row["maillist"], "uid": row["uid"], "maillist": "yes"} for row in foreign]

    def add(answer: Answer) -> None:
        answer.pop(key or "", None)
        answer.get("maillists", []).extend(foreign)
        answer.get("accounts", []).extend([*accounts, {"login": "anna@alias.test", "uid": 77}])
        if "total" in answer:
            answer["total"] += len(accounts) + 1

    for action in ("email/ml/list", "email/list"):
        middleman.edit(action, add)
    for name in ("news", "old", "older"):
        service.add_maillist(name)
    result = run("pdd_maillist", maillist=["team", "news"], exclusive=True, api_url=middleman.url)
    assert result["error"]["code"] == "guard"
    assert f"2 of the 4 mailing lists of {service.domain}" in result["msg"]
    options: dict[str, Any] = {"maillist": ["team", "news"], "exclusive": True, "max_removals_percent": 100}
    result = run("pdd_maillist", api_url=middleman.url, **options)
    assert result["deleted"] == service.addresses("old", "older")
    assert "'list0@alias.test'" in str(result["warnings"])
    result = run("pdd_mailbox", login="anna", state="absent", api_url=middleman.url)
    assert (result["deleted"], len(result["warnings"])) == (service.addresses("anna"), 1)
    assert "and others" in str(result["warnings"])
    result = run("pdd_mailbox_info", api_url=middleman.url)
    assert [mailbox["login"] for mailbox in result["mailboxes"]] == service.addresses("boris")
