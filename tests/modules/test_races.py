# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else deletes what a module has listed, before the module reads it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pdd_emulator.testing import Api, Emulator
from werkzeug import Response

from ..conftest import Service
from .conftest import Forward, Hook, Middleman, Runner

BORIS = {"maillist": "team", "subscriber": "boris"}
VICTIMS: dict[str, tuple[str, dict[str, str]]] = {
    "a list": ("email/ml/del", {"maillist": "news"}),
    "the other list": ("email/ml/del", {"maillist": "team"}),
    "a subscriber": ("email/ml/unsubscribe", BORIS),
    "a mailbox": ("email/del", {"login": "boris"}),
}
"""What vanishes, and the call that lets it."""

PEOPLE = [
    {"maillist": "team", "subscribers": ["anna", "clara"], "senders_on_behalf": ["anna"], "exclusive": True},
    {"maillist": "news", "subscribers": ["anna", "boris"], "senders_on_behalf": ["boris"]},
]


@dataclass(frozen=True)
class Case:
    """A task, and whether lists and people must exist that may vanish."""

    module: str
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: bool = False


CASES: dict[str, Case] = {
    "all lists": Case("pdd_maillist_info"),
    "lists without permissions": Case("pdd_maillist_info", {"senders_on_behalf": False}),
    "named lists": Case("pdd_maillist_info", {"maillist": ["team", "news", "never"]}),
    "all mailboxes": Case("pdd_mailbox_info"),
    "named mailboxes": Case("pdd_mailbox_info", {"login": ["anna", "boris"]}),
    "many lists": Case("pdd_maillist_subscriber", {"maillists": PEOPLE, "max_removals_percent": 100}, needs=True),
    "people who leave": Case(
        "pdd_maillist_subscriber", {"maillist": "team", "subscriber": ["boris", "clara"], "state": "absent"}, needs=True
    ),
    "people who may send": Case(
        "pdd_maillist_subscriber",
        {"maillist": "team", "subscriber": ["anna", "boris"], "can_send_on_behalf": True},
        needs=True,
    ),
    "exclusive lists": Case(
        "pdd_maillist", {"maillist": ["team", "more"], "exclusive": True, "max_removals_percent": 100}
    ),
    "unwanted lists": Case("pdd_maillist", {"maillist": ["news", "never"], "state": "absent"}),
    "mailboxes": Case(
        "pdd_mailbox",
        {"mailboxes": [{"login": "anna", "first_name": "Anna"}, {"login": "boris", "state": "absent"}]},
    ),
    "an import": Case(
        "pdd_mailbox_import",
        {"server": "127.0.0.1", "check_settings": False, "external_login": "boris", "external_password": "made-up-1"},
    ),
}
"""What reads more than once."""


@dataclass(frozen=True)
class Trial:
    """A task, what vanishes meanwhile, and whether the task only checks."""

    case: Case
    victim: str
    check: bool


TRIALS = {
    f"{name}, {victim}{', check' * check}": Trial(case, victim, check)
    for name, case in CASES.items()
    for victim in VICTIMS
    for check in ((False,) if case.module.endswith("_info") else (False, True))
}


def prepare(service: Service) -> None:
    """Bring the domain into the state that every trial begins with."""
    service.add_mailboxes(*{"anna", "boris", "clara"} - service.mailboxes.keys())
    for name in {"team", "news", "more"} & service.maillists.keys():
        service.api.ok("email/ml/del", {"maillist": name})
    service.add_maillist("team", "anna", "boris", senders=("boris",))
    service.add_maillist("news", "anna", "boris", senders=("anna",))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_what_vanishes_between_any_two_requests(
    run: Runner, service: Service, middleman: Middleman, trial: Trial
) -> None:
    """The module reads again and decides on the new state; it never takes the refusal for an error of the task."""
    action, params = VICTIMS[trial.victim]
    options: dict[str, Any] = {**trial.case.options, "max_connections": 1, "api_url": middleman.url}
    gap = sent = 2
    while gap <= sent:
        prepare(service)
        middleman.before(gap, lambda: service.api.call(action, params))
        result = run(trial.case.module, check=trial.check, **options)
        assert not result.get("failed") or may_fail(result, trial), (gap, result["msg"])
        gap, sent = gap + 1, result["requests"]["sent"]
    service.api.call("import/stop_all_imports")


def may_fail(result: Mapping[str, Any], trial: Trial) -> bool:
    """Return whether a task cannot do what it is told, because a list or a mailbox that it names is gone."""
    if trial.check or not trial.case.needs or trial.victim == "a subscriber":
        return False
    code = result["error"]["code"]
    return code == "not_found" or (code == "account_not_found" and bool(result["failures"]))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("named", [None, ["team", "news"]])
def test_list_that_vanishes_is_missing(
    run: Runner, service: Service, middleman: Middleman, named: list[str] | None
) -> None:
    prepare(service)
    middleman.on("email/ml/subscribers", after(lambda: service.api.call("email/ml/del", {"maillist": "news"})))
    result = run("pdd_maillist_info", maillist=named, api_url=middleman.url)
    assert [each["maillist"] for each in result["maillists"]] == service.addresses("team")
    assert [each["maillist"] for each in result["details"]] == service.addresses("team")
    assert result["missing"] == (service.addresses("news") if named else [])


@pytest.mark.usefixtures("impatient")
def test_subscriber_who_vanishes_is_left_out(run: Runner, service: Service, middleman: Middleman) -> None:
    """The permissions that were read already are not read again."""
    prepare(service)
    service.forget()
    middleman.on("email/ml/get_can_send_on_behalf", after(lambda: service.api.call("email/ml/unsubscribe", BORIS)))
    result = run("pdd_maillist_info", maillist=["team"], max_connections=1, api_url=middleman.url)
    assert result["maillists"][0]["subscribers"] == service.addresses("anna")
    assert result["maillists"][0]["senders_on_behalf"] == []
    asked = [entry["params"]["subscriber"] for entry in service.requests() if "subscriber" in entry["params"]]
    assert asked.count(service.address("anna")) == 1


@pytest.mark.usefixtures("impatient")
def test_who_vanishes_from_an_exclusive_list_is_not_removed(
    run: Runner, service: Service, middleman: Middleman
) -> None:
    prepare(service)
    middleman.on("email/ml/get_can_send_on_behalf", after(lambda: service.api.call("email/ml/unsubscribe", BORIS)))
    desired: dict[str, Any] = {
        "maillist": "team",
        "subscriber": ["anna"],
        "can_send_on_behalf": False,
        "exclusive": True,
    }
    result = run("pdd_maillist_subscriber", **desired, max_removals_percent=100, api_url=middleman.url)
    assert result["maillists"][0]["removed"] in ([], service.addresses("boris"))
    assert set(service.maillists["team"]) == {"anna"}


@pytest.mark.usefixtures("impatient")
def test_list_that_is_named_and_vanishes(run: Runner, service: Service, middleman: Middleman) -> None:
    """It is as if it had not been there from the beginning: planned as empty in a check run, else an error."""
    action = "email/ml/subscribers"
    options: dict[str, Any] = {"maillist": "news", "subscriber": ["clara"], "api_url": middleman.url}
    prepare(service)
    middleman.on(action, after(lambda: service.api.call("email/ml/del", {"maillist": "news"})))
    result = run("pdd_maillist_subscriber", check=True, **options)
    assert result["assumed"] == service.addresses("news")
    assert result["maillists"][0]["added"] == service.addresses("clara")
    prepare(service)
    middleman.on(action, after(lambda: service.api.call("email/ml/del", {"maillist": "news"})))
    result = run("pdd_maillist_subscriber", **options)
    assert result["error"]["code"] == "not_found"
    assert f"no such mailing list: {service.address('news')}" in result["msg"]


@pytest.mark.usefixtures("impatient")
def test_what_is_listed_and_never_found(run: Runner, service: Service, middleman: Middleman) -> None:
    """It is looked for a few times."""
    prepare(service)
    middleman.on("email/ml/subscribers", lambda _forward: answer_of(service, "email/ml/subscribers"))
    result = run("pdd_maillist_info", maillist=["team"], api_url=middleman.url)
    assert result["error"]["code"] == "account_not_found"
    middleman.on("email/counters", lambda _forward: answer_of(service, "email/counters"))
    result = run("pdd_mailbox_info", login=["anna"], api_url=middleman.url)
    assert (result["mailboxes"], result["missing"]) == ([], service.addresses("anna"))
    assert f"does not find them: {service.address('anna')}" in str(result["warnings"])


def test_second_controller(run: Runner, service: Service, emulator: Emulator) -> None:
    """Somebody creates and deletes lists and mailboxes all the time."""
    prepare(service)
    done = threading.Event()
    other = threading.Thread(target=churn, args=(emulator.api(service.domain), done))
    other.start()
    try:
        results = [run(case.module, check=True, **case.options) for case in INFORMED for _again in range(8)]
    finally:
        done.set()
        other.join()
    assert [result["msg"] for result in results if result.get("failed")] == []


INFORMED = (CASES["all lists"], CASES["all mailboxes"], CASES["many lists"], CASES["unwanted lists"])
"""What never fails while only other lists and mailboxes come and go."""


def churn(api: Api, done: threading.Event) -> None:
    """Create and delete a list and a mailbox until the test has ended.

    Nobody is subscribed: who leaves between the reading of a count and of a list is no different from a short listing.
    """
    while not done.is_set():
        for action, params in (
            ("email/add", {"login": "dora", "password": "made-up-1"}),
            ("email/ml/add", {"maillist": "other"}),
            ("email/ml/del", {"maillist": "other"}),
            ("email/del", {"login": "dora"}),
        ):
            api.call(action, params)


def after(act: Callable[[], object]) -> Hook:
    """Return a hook that lets something happen once, before a call is passed on."""
    left = iter([act])

    def hook(forward: Forward) -> Response:
        next(left, int)()
        return forward()

    return hook


def answer_of(service: Service, action: str) -> Response:
    """Return the answer of a call about something that is not there."""
    answer = service.api.request(action, {"maillist": "never", "login": "never"})
    return Response(answer.content, content_type="application/json")
