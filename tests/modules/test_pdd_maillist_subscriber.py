# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_maillist_subscriber: who is subscribed, and who may send on behalf."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Service, in_every_era
from .conftest import Middleman, Runner

MODULE = "pdd_maillist_subscriber"
NOTHING: dict[str, list[str]] = {"added": [], "removed": [], "senders_added": [], "senders_removed": []}


def short(changes: list[dict[str, Any]]) -> list[str]:
    """Return changes in a few words each, without domain and list."""
    return [f"{each['kind']} {each['action']} {each['subscriber'].partition('@')[0]}" for each in changes]


@pytest.fixture
def people(service: Service) -> dict[str, int]:
    """Create four mailboxes and the list `team` of the first two, of whom anna may send; returns the uids."""
    logins = ("anna", "boris", "clara", "dora")
    uids = dict(zip(logins, service.add_mailboxes(*logins), strict=True))
    uids["team"] = service.add_maillist("team", "anna", "boris", senders=("anna",))
    service.forget()
    return uids


@in_every_era
@pytest.mark.usefixtures("people")
def test_subscribe(run: Runner, service: Service) -> None:
    result = run.check_then_run_twice(MODULE, maillist="Team", subscribers=["boris", "Clara", service.address("dora")])
    assert result["changed"]
    (team,) = result["maillists"]
    assert team == {
        "maillist": service.address("team"),
        "uid": team["uid"],
        **NOTHING,
        "added": service.addresses("clara", "dora"),
        "subscribers_count": 4,
    }
    assert isinstance(team["uid"], int)
    assert result["assumed"] == result["failures"] == []
    there = ["team: anna", "team: boris"]
    assert result["diff"] == service.diff(there, [*there, "team: clara", "team: dora"])
    assert result["changes"] == [
        {"kind": "subscriber", "name": service.address("team"), "action": "add", "subscriber": each}
        for each in service.addresses("clara", "dora")
    ]
    assert service.maillists["team"] == {"anna": True, "boris": False, "clara": False, "dora": False}


@pytest.mark.usefixtures("people")
def test_rights_are_neither_read_nor_written_unless_managed(run: Runner, service: Service) -> None:
    run(MODULE, maillist="team", subscriber=["anna", "clara"])
    assert not [call for call in service.calls() if "can_send_on_behalf" in call]
    (written,) = [entry["params"] for entry in service.requests() if entry["write"]]
    assert "can_send_on_behalf" not in written


@in_every_era
@pytest.mark.usefixtures("people")
def test_unsubscribe(run: Runner, service: Service) -> None:
    result = run.check_then_run_twice(MODULE, maillist="team", subscriber=["Boris", "dora", "nobody"], state="absent")
    assert result["maillists"][0]["removed"] == service.addresses("boris")
    assert result["maillists"][0]["subscribers_count"] == 1
    assert service.maillists["team"] == {"anna": True}


@in_every_era
@pytest.mark.usefixtures("people")
def test_one_right_for_all_named(run: Runner, service: Service) -> None:
    result = run.check_then_run_twice(
        MODULE, maillist="team", subscribers=["anna", "boris", "clara"], can_send_on_behalf=True
    )
    (team,) = result["maillists"]
    assert team["added"] == service.addresses("clara")
    assert team["senders_added"] == service.addresses("boris", "clara")
    assert result["diff"] == service.diff(
        ["team: anna, may send", "team: boris, may not send"],
        ["team: anna, may send", "team: boris, may send", "team: clara, may send"],
    )
    assert short(result["changes"]) == ["sender add boris", "subscriber add clara", "sender add clara"]
    assert service.maillists["team"] == {"anna": True, "boris": True, "clara": True}
    taken = run.check_then_run_twice(MODULE, maillist="team", subscriber="anna", can_send_on_behalf=False)
    assert taken["maillists"][0]["senders_removed"] == service.addresses("anna")
    assert short(taken["changes"]) == ["sender remove anna"]
    assert service.maillists["team"] == {"anna": False, "boris": True, "clara": True}


@in_every_era
@pytest.mark.usefixtures("people")
def test_senders(run: Runner, service: Service) -> None:
    service.api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "dora", "can_send_on_behalf": "yes"})
    result = run.check_then_run_twice(
        MODULE, maillist="team", subscribers=["anna", "boris", "clara"], senders_on_behalf=["Boris", "clara"]
    )
    (team,) = result["maillists"]
    assert team["senders_added"] == service.addresses("boris", "clara")
    assert team["senders_removed"] == service.addresses("anna")
    # dora is not named and keeps what she has
    assert service.maillists["team"] == {"anna": False, "boris": True, "clara": True, "dora": True}


@pytest.mark.usefixtures("people")
def test_no_senders(run: Runner, service: Service) -> None:
    result = run.check_then_run_twice(MODULE, maillist="team", subscribers=["anna", "clara"], senders_on_behalf=[])
    assert result["maillists"][0]["senders_removed"] == service.addresses("anna")
    assert service.maillists["team"] == {"anna": False, "boris": False, "clara": False}


@in_every_era
@pytest.mark.usefixtures("people")
def test_exclusive(run: Runner, service: Service) -> None:
    result = run.check_then_run_twice(MODULE, maillist="team", subscribers=["boris", "clara"], exclusive=True)
    (team,) = result["maillists"]
    assert (team["added"], team["removed"]) == (service.addresses("clara"), service.addresses("anna"))
    assert service.maillists["team"] == {"boris": False, "clara": False}


def test_everything_by_uid(run: Runner, service: Service, people: dict[str, int]) -> None:
    listed: dict[str, Any] = {"maillist_uid": people["team"], "subscriber_uid": [people["boris"], people["clara"]]}
    result = run.check_then_run_twice(MODULE, **listed, senders_on_behalf=["clara"])
    (team,) = result["maillists"]
    assert (team["maillist"], team["uid"]) == (service.address("team"), people["team"])
    assert team["added"] == team["senders_added"] == service.addresses("clara")
    run.check_then_run_twice(MODULE, **listed, state="absent")
    assert service.maillists["team"] == {"anna": True}


@pytest.mark.usefixtures("impatient")
def test_unknown_uids(run: Runner, service: Service, people: dict[str, int]) -> None:
    service.forget()
    for options in (
        {"maillist_uid": 4711, "subscriber": ["anna"]},
        {"maillist": "team", "subscriber_uid": [people["anna"], 4711]},
    ):
        for check in (True, False):
            result = run(MODULE, check=check, **options)
            assert result["error"]["code"] == "not_found"
            assert "4711" in result["msg"]
    by_uid: dict[str, Any] = {"maillist": "team", "subscriber_uid": [people["boris"]], "senders_on_behalf": ["anna"]}
    assert f"{service.address('anna')} is not among the subscribers" in run(MODULE, **by_uid)["msg"]
    assert service.writes() == []


@in_every_era
@pytest.mark.usefixtures("people")
def test_many_lists(run: Runner, service: Service) -> None:
    service.add_maillist("news", "anna")
    service.add_maillist("idle", "anna", "boris")
    lists = [
        {"maillist": "team", "subscribers": ["boris", "clara"], "senders_on_behalf": ["clara"], "exclusive": True},
        {"maillist": service.address("News"), "subscribers": ["dora"]},
        {"maillist": "idle"},
    ]
    result = run.check_then_run_twice(MODULE, maillists=lists)
    team, news, idle = result["maillists"]
    assert [each["maillist"] for each in (team, news, idle)] == service.addresses("team", "news", "idle")
    assert (team["added"], team["removed"]) == (service.addresses("clara"), service.addresses("anna"))
    assert team["senders_added"] == service.addresses("clara")
    assert news["added"] == service.addresses("dora")
    assert {key: idle[key] for key in NOTHING} == NOTHING
    assert [each["subscribers_count"] for each in (team, news, idle)] == [2, 2, 2]
    assert result["diff"] == service.diff(
        ["news: anna", "team: anna", "team: boris, may not send"],
        ["news: anna", "news: dora", "team: boris, may not send", "team: clara, may send"],
    )
    assert short(result["changes"]) == [
        "subscriber add dora",
        "subscriber remove anna",
        "subscriber add clara",
        "sender add clara",
    ]
    assert service.maillists == {
        "team": {"boris": False, "clara": True},
        "news": {"anna": False, "dora": False},
        "idle": {"anna": False, "boris": False},
    }


def test_nothing_is_read_twice(run: Runner, service: Service) -> None:
    logins = [f"person{number:02}" for number in range(20)]
    service.add_mailboxes(*logins)
    service.add_maillist("team")
    service.forget()
    result = run(MODULE, maillist="team", subscribers=logins, senders_on_behalf=logins[:5])
    assert result["requests"] == {"sent": 22, "retried": 0, "throttled_seconds": 0.0}
    again = run(MODULE, maillist="team", subscribers=logins, senders_on_behalf=logins[:5])
    assert again["requests"]["sent"] == 22  # lists, subscribers, and a right for each
    assert run(MODULE, maillist="team", subscribers=logins)["requests"]["sent"] == 2


@pytest.mark.usefixtures("people")
def test_missing_list_is_assumed_in_check_mode(run: Runner, service: Service) -> None:
    lists = [
        {"maillist": "coming", "subscribers": ["anna", "unborn"], "senders_on_behalf": ["anna"], "exclusive": True},
        {"maillist": "team", "subscribers": ["anna"]},
    ]
    predicted = run(MODULE, check=True, diff=True, maillists=lists)
    assert predicted["assumed"] == service.addresses("coming")
    assert predicted["maillists"][0] == {
        "maillist": service.address("coming"),
        "uid": None,
        **NOTHING,
        "added": service.addresses("anna", "unborn"),
        "senders_added": service.addresses("anna"),
        "subscribers_count": 2,
    }
    service.add_mailboxes("unborn")
    service.add_maillist("coming")
    result = run(MODULE, diff=True, maillists=lists)
    assert result["assumed"] == []
    for key in ("changed", "changes", "diff"):
        assert result[key] == predicted[key]


@pytest.mark.usefixtures("people", "impatient")
@pytest.mark.usefixtures("people", "impatient")
def test_stranger(run: Runner, service: Service) -> None:
    """A check run fails as the run does, if the task says what earlier tasks create, and predicts the rest."""
    named = ["ana", "boris", "clara", "staff", "a.muster", "somebody@other.test"]
    service.api.control_put("mailboxes/dora", {"aliases": ["a.muster"]})
    service.add_maillist("staff", "dora")
    lists: list[dict[str, Any]] = [
        {"maillist": "team", "subscribers": named, "senders_on_behalf": ["ana"], "exclusive": True},
        {"maillist": "staff", "subscribers": ["dora", "ana"]},
    ]
    options: dict[str, Any] = {"maillists": lists, "expected_present": []}
    service.forget()
    predicted = run(MODULE, check=True, diff=True, **options)
    assert service.calls().count("email/list") == 1
    assert [(each["action"], each["object"], each["subscriber"]) for each in predicted["failures"]] == [
        ("subscribe", service.address(name), service.address("ana")) for name in ("team", "staff")
    ]
    assert {each["error"]["code"] for each in predicted["failures"]} == {"account_not_found"}
    assert f"{service.address('ana')} does not exist" in predicted["msg"]
    added = ["subscriber remove anna", "subscriber add clara", "subscriber add staff"]
    assert set(added) <= set(short(predicted["changes"]))
    unsure = run(MODULE, check=True, maillists=lists)
    assert not unsure.get("failed")
    (warning,) = map(str, unsure["warnings"])
    assert f"has the address {service.address('ana')}." in warning
    assert "expected_present" in warning
    known = run(MODULE, check=True, maillists=lists, expected_present=["ANA"])
    assert (known.get("failed"), known.get("warnings", [])) == (None, [])
    lists[0]["subscribers"] = [each for each in named if each not in ("a.muster", "somebody@other.test")]
    predicted = run(MODULE, check=True, diff=True, **options)
    result = run(MODULE, diff=True, **options)
    for key in ("changed", "changes", "diff", "maillists"):
        assert predicted[key] == result[key]
    assert [each["object"] for each in predicted["failures"]] == [each["object"] for each in result["failures"]]
    service.forget()
    run(MODULE, check=True, maillist="team", subscribers=["boris", "other@other.test"], expected_present=[])
    assert "email/list" not in service.calls()


@pytest.mark.usefixtures("people")
def test_stranger_in_an_incomplete_listing(run: Runner, middleman: Middleman) -> None:
    """Nobody knows."""
    middleman.edit("email/list", lambda answer: answer.update(accounts=answer["accounts"][:1]))
    options: dict[str, Any] = {"maillist": "team", "subscribers": ["ana", "dora"], "expected_present": []}
    result = run(MODULE, check=True, **options, api_url=middleman.url)
    assert not result.get("failed")
    assert "it is unknown whether these exist:" in str(result["warnings"])


@pytest.mark.usefixtures("people")
def test_what_earlier_tasks_remove(run: Runner, service: Service) -> None:
    """In check mode a mailbox is on no list any more, and cannot be subscribed; a list is not there."""
    service.add_maillist("old", "clara")
    exclusive: dict[str, Any] = {"maillist": "team", "subscribers": ["anna", "clara"], "exclusive": True}
    lists: list[dict[str, Any]] = [exclusive, {"maillist": "old", "subscribers": []}]
    options: dict[str, Any] = {
        "maillists": lists,
        "expected_absent": ["boris", "old", "clara"],
        "expected_present": ["clara"],
    }
    predicted = run(MODULE, check=True, diff=True, **options)
    assert predicted["assumed"] == service.addresses("old")
    assert short(predicted["changes"]) == ["subscriber add clara"]
    assert predicted["maillists"][0]["subscribers_count"] == 2
    service.api.ok("email/del", {"login": "boris"})
    result = run(MODULE, diff=True, **options)
    assert (predicted["changes"], predicted["maillists"][0]) == (result["changes"], result["maillists"][0])
    gone = run(MODULE, check=True, maillist="team", subscriber="dora", expected_absent=["dora"], expected_present=[])
    assert gone["error"]["code"] == "account_not_found"


def test_missing_list_is_an_error_in_a_real_run(run: Runner, service: Service) -> None:
    service.forget()
    lists = [
        {"maillist": "team", "subscribers": ["clara"]},
        {"maillist": "gone", "subscribers": ["anna"]},
        {"maillist": "lost", "subscribers": ["anna"]},
    ]
    result = run(MODULE, maillists=lists)
    assert result["error"]["code"] == "not_found"
    assert all(address in result["msg"] for address in service.addresses("gone", "lost"))
    assert "pdd_maillist" in result["error"]["advice"]
    assert not result["changed"]
    assert service.writes() == []
    assert 1 < result["requests"]["sent"] < 10


@pytest.mark.usefixtures("people", "impatient")
def test_list_that_becomes_visible_late(run: Runner, service: Service, middleman: Middleman) -> None:
    looks = iter(range(2))

    def hide(answer: dict[str, Any]) -> None:
        if next(looks, None) is not None:
            answer["maillists"] = []

    middleman.edit("email/ml/list", hide)
    result = run(MODULE, maillist="team", subscribers=["clara"], api_url=middleman.url)
    assert result["maillists"][0]["added"] == service.addresses("clara")


@pytest.mark.usefixtures("people", "impatient")
def test_partial_failure(run: Runner, service: Service) -> None:
    lists = [
        {"maillist": "team", "subscribers": ["nobody", "clara", "far@other.test"], "senders_on_behalf": ["clara"]},
    ]
    result = run(MODULE, maillists=lists, diff=True)
    assert result["failed"]
    assert result["changed"]
    assert result["maillists"][0]["added"] == service.addresses("clara")
    there = ["team: anna", "team: boris"]
    assert result["diff"] == service.diff(there, [*there, "team: clara, may send"])
    assert short(result["changes"]) == ["subscriber add clara", "sender add clara"]
    failures = {failure["subscriber"]: failure for failure in result["failures"]}
    assert set(failures) == {service.address("nobody"), "far@other.test"}
    assert {failure["object"] for failure in failures.values()} == {service.address("team")}
    assert {failure["action"] for failure in failures.values()} == {"subscribe"}
    error = failures[service.address("nobody")]["error"]
    assert error["code"] == "account_not_found"
    assert f"{service.address('nobody')} does not exist" in error["message"]
    assert "2 of 3 failed, 1 done" in result["msg"]
    assert "Cannot subscribe" in result["msg"]
    service.add_mailboxes("nobody")
    service.forget()
    again = run(MODULE, maillists=lists)
    assert again["maillists"][0]["added"] == service.addresses("nobody")
    tried = {entry["params"]["subscriber"] for entry in service.requests() if entry["write"]}
    assert tried == {service.address("nobody"), "far@other.test"}


@pytest.mark.usefixtures("people", "impatient")
def test_subscriber_that_becomes_visible_late(run: Runner, service: Service, middleman: Middleman) -> None:
    def create_after(forward: Any) -> Any:
        answer = forward()
        if "late" not in service.mailboxes:
            service.add_mailboxes("late")
        return answer

    middleman.on("email/ml/subscribe", create_after)
    result = run(MODULE, maillist="team", subscribers=["late"], api_url=middleman.url)
    assert result["changed"]
    assert result["maillists"][0]["added"] == service.addresses("late")


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("email/ml/subscribe", {"subscribers": ["clara"]}),
        ("email/ml/unsubscribe", {"subscribers": ["boris"], "state": "absent"}),
        ("email/ml/set_can_send_on_behalf", {"subscribers": ["boris"], "can_send_on_behalf": True}),
    ],
)
@pytest.mark.usefixtures("people")
def test_lost_answers(run: Runner, middleman: Middleman, action: str, options: dict[str, Any], applied: bool) -> None:
    middleman.lose(action, applied=applied)
    result = run(MODULE, maillist="team", api_url=middleman.url, **options)
    assert result["changed"]
    assert result["failures"] == []
    assert not run(MODULE, maillist="team", **options)["changed"]


def fill(service: Service, number: int) -> list[str]:
    """Create the list `team` with so many subscribers; returns their logins."""
    logins = [f"person{each}" for each in range(number)]
    service.add_mailboxes(*logins)
    service.add_maillist("team", *logins)
    service.forget()
    return logins


@pytest.mark.parametrize(
    ("existing", "kept", "options"),
    [
        (9, 1, {}),  # fewer than ten: no question asked
        (10, 7, {}),  # exactly 30 %
        (10, 6, {"max_removals_percent": 40}),
        (10, 1, {"max_removals_percent": 100}),
        (10, 0, {"max_removals_percent": 100}),
    ],
)
def test_removal_that_is_allowed(
    run: Runner, service: Service, existing: int, kept: int, options: dict[str, Any]
) -> None:
    logins = fill(service, existing)
    result = run.check_then_run_twice(MODULE, maillist="team", subscribers=logins[:kept], exclusive=True, **options)
    assert result["maillists"][0]["removed"] == service.addresses(*logins[kept:])
    assert set(service.maillists["team"]) == set(logins[:kept])


@pytest.mark.parametrize(
    ("existing", "kept", "options"),
    [
        (10, 6, {}),
        (10, 9, {"max_removals_percent": 9}),
        (1, 0, {"max_removals_percent": 99}),  # nobody is desired
    ],
)
def test_removal_is_guarded(run: Runner, service: Service, existing: int, kept: int, options: dict[str, Any]) -> None:
    logins = fill(service, existing)
    for check in (True, False):
        result = run(MODULE, check=check, maillist="team", subscribers=logins[:kept], exclusive=True, **options)
        assert result["error"]["code"] == "guard"
        assert f"{existing - kept} of the {existing} subscribers of {service.address('team')}" in result["msg"]
        assert "max_removals_percent" in result["msg"]
        assert not result["changed"]
        assert short(result["changes"]) == [f"subscriber remove {login}" for login in logins[kept:]]
    assert service.writes() == []


@pytest.mark.usefixtures("people")
def test_if_one_list_is_guarded_nothing_is_written_for_any(run: Runner, service: Service) -> None:
    service.add_maillist("news", "anna")
    service.forget()
    lists = [
        {"maillist": "team", "subscribers": ["clara"]},
        {"maillist": "news", "subscribers": [], "exclusive": True},
    ]
    result = run(MODULE, maillists=lists)
    assert service.address("news") in result["msg"]
    assert short(result["changes"]) == ["subscriber remove anna", "subscriber add clara"]
    assert service.writes() == []


@pytest.mark.usefixtures("people")
def test_fewer_read_than_counted(run: Runner, service: Service, middleman: Middleman) -> None:
    def count_more(answer: dict[str, Any]) -> None:
        for maillist in answer["maillists"]:
            maillist["cnt"] = 3

    desired: dict[str, Any] = {"maillist": "team", "subscribers": ["anna"], "exclusive": True, "api_url": middleman.url}
    middleman.edit("email/ml/list", count_more)
    for check in (True, False):
        service.forget()
        result = run(MODULE, check=check, **desired)
        assert result["error"]["code"] == "guard"
        assert "only 2 subscribers can be read, but the service counts 3" in result["msg"]
        assert short(result["changes"]) == ["subscriber remove boris"]
        assert service.writes() == []
        assert service.calls() == ["email/ml/list", "email/ml/subscribers"] * 2
    assert run(MODULE, verify_count=False, **desired)["maillists"][0]["removed"] == service.addresses("boris")


@pytest.mark.usefixtures("people")
def test_fewer_read_only_once(run: Runner, service: Service, middleman: Middleman) -> None:
    times = iter(range(1))

    def hide_one(answer: dict[str, Any]) -> None:
        if next(times, None) is not None:
            answer["subscribers"].pop()

    middleman.edit("email/ml/subscribers", hide_one)
    result = run(MODULE, maillist="team", subscribers=["anna"], exclusive=True, api_url=middleman.url)
    assert result["maillists"][0]["removed"] == service.addresses("boris")


@pytest.mark.parametrize(("count", "words"), [(1, "the service counts 1"), (None, "the service counts none")])
@pytest.mark.usefixtures("people")
def test_more_read_than_counted(
    run: Runner, service: Service, middleman: Middleman, count: int | None, words: str
) -> None:
    def count_less(answer: dict[str, Any]) -> None:
        for maillist in answer["maillists"]:
            maillist["cnt"] = count

    middleman.edit("email/ml/list", count_less)
    result = run(MODULE, maillist="team", subscribers=["anna"], exclusive=True, api_url=middleman.url)
    assert result["changed"]
    warnings = [str(warning) for warning in result["warnings"]]
    assert [each for each in warnings if service.address("team") in each and words in each]


@pytest.mark.usefixtures("people")
def test_alias_domain_is_no_swap(run: Runner, service: Service, middleman: Middleman) -> None:
    def spell_otherwise(answer: dict[str, Any]) -> None:
        answer["subscribers"] = [each.replace(service.domain, "alias.test") for each in answer["subscribers"]]

    middleman.edit("email/ml/subscribers", spell_otherwise)
    service.forget()
    desired: dict[str, Any] = {
        "maillist": "team",
        "subscribers": ["anna", "boris"],
        "exclusive": True,
        "api_url": middleman.url,
    }
    for check in (True, False):
        result = run(MODULE, check=check, **desired)
        assert result["error"]["code"] == "guard"
        assert "anna@alias.test" in result["msg"]
        assert service.address("anna") in result["msg"]
    assert service.writes() == []


@pytest.mark.usefixtures("people")
def test_a_list_may_be_subscribed(run: Runner, service: Service) -> None:
    service.add_maillist("all")
    run.check_then_run_twice(MODULE, maillist="all", subscribers=["team"])
    assert service.maillists["all"] == {"team": False}


ENTRY = {"maillist": "team", "subscribers": ["anna", "boris"]}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"maillist": "team@other.test", "subscriber": ["anna"]}, ["maillist: 'team@other.test'", "not in the domain"]),
        ({"maillist": "team", "subscriber": ["anna", "b c"]}, ["subscriber[1]: 'b c'", "no address"]),
        ({"maillist": "team", "subscriber": ["anna", "Anna"]}, ["subscriber[1]", "'Anna'", "'anna' in subscriber[0]"]),
        ({"maillist": "team", "subscriber_uid": [5, 5]}, ["subscriber_uid[1]", "'5'"]),
        (
            {"maillist": "team", "subscriber": ["anna"], "senders_on_behalf": ["boris"]},
            ["senders_on_behalf[0]", "boris@", "not among the subscribers"],
        ),
        ({"maillist": "team", "subscriber": ["anna"], "senders_on_behalf": ["anna", "ANNA"]}, ["'ANNA'", "'anna'"]),
        ({"maillist": "team", "subscriber": ["anna"], "state": "absent", "exclusive": True}, ["exclusive"]),
        (
            {"maillist": "team", "subscriber": ["anna"], "state": "absent", "can_send_on_behalf": True},
            ["can_send_on_behalf", "state: present"],
        ),
        ({"maillists": [ENTRY], "maillist": "team"}, ["maillist and maillists exclude each other"]),
        ({"maillists": [ENTRY], "subscriber": ["anna"]}, ["subscriber and maillists exclude each other"]),
        ({"maillists": [ENTRY], "exclusive": True}, ["exclusive and maillists exclude each other"]),
        ({"maillists": [ENTRY], "state": "absent"}, ["state: absent"]),
        ({"maillists": [ENTRY, {"maillist": "TEAM"}]}, ["maillists[1].maillist", "'TEAM'", "maillists[0].maillist"]),
        ({"maillists": [{"maillist": "a@other.test"}]}, ["maillists[0].maillist", "'a@other.test'"]),
        ({"maillists": [{"maillist": "team", "exclusive": True}]}, ["maillists[0].exclusive", "subscribers"]),
        (
            {"maillists": [ENTRY, {**ENTRY, "maillist": "news", "senders_on_behalf": ["anna", "clara"]}]},
            ["maillists[1].senders_on_behalf[1]", "clara@", "not among the subscribers"],
        ),
        (
            {"maillists": [{"maillist": "team", "subscribers": ["anna", "boris", "ANNA"]}]},
            ["maillists[0].subscribers[2]", "'ANNA'", "maillists[0].subscribers[0]"],
        ),
        ({"maillists": [{**ENTRY, "subscribers": ["a@@"]}]}, ["maillists[0].subscribers[0]", "'a@@'"]),
        ({"maillists": [ENTRY], "max_removals_percent": 200}, ["max_removals_percent: 200"]),
    ],
)
def test_bad_input(run: Runner, options: dict[str, Any], words: list[str]) -> None:
    message = run.refused_before_any_request(MODULE, **options)
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"subscriber": ["anna"]}, "one of the following is required: maillist, maillist_uid, maillists"),
        ({"maillist": "team"}, "one of the following is required: subscriber, subscriber_uid, maillists"),
        ({"maillist": "team", "maillist_uid": 5, "subscriber": []}, "mutually exclusive: maillist|maillist_uid"),
        ({"maillist": "t", "subscriber": [], "subscriber_uid": []}, "mutually exclusive: subscriber|subscriber_uid"),
        (
            {"maillist": "t", "subscriber": [], "senders_on_behalf": [], "can_send_on_behalf": True},
            "mutually exclusive: can_send_on_behalf|senders_on_behalf",
        ),
        ({"maillists": [{"subscribers": []}]}, "missing required arguments: maillist"),
        ({"maillists": [{"maillist": "team", "subscriber": []}]}, "subscriber"),
    ],
)
def test_contradictions(run: Runner, service: Service, options: dict[str, Any], words: str) -> None:
    assert words in run.refused_by_ansible(MODULE, **options)
    assert service.requests() == []


# Many people


def test_one_change_in_a_list_of_500(run: Runner, service: Service) -> None:
    """The diff shows it with its list, and two people before and after it."""
    logins = [f"person{number:03}" for number in range(500)]
    service.add_mailboxes(*logins)
    service.add_maillist("team", *logins)
    left = [login for login in logins if login != "person250"]
    result = run.check_then_run_twice(MODULE, maillist="team", subscribers=left, exclusive=True)
    shown = [f"team: person{number}" for number in range(248, 253)]
    assert result["diff"] == service.diff(shown, [line for line in shown if not line.endswith("250")])


def test_ten_thousand_new_subscribers(run: Runner, service: Service) -> None:
    """What is returned stays below 1 MB, with the diff and the options."""
    service.add_maillist("team")
    logins = [f"person{number:05}" for number in range(10_000)]
    result = run(MODULE, check=True, diff=True, maillist="team", subscribers=logins)
    assert len(run.output.encode()) < 1_000_000
    [change] = result["changes"]
    assert (change["name"], change["action"]) == (service.address("team"), "add")
    assert change["subscribers"] == result["maillists"][0]["added"] == service.addresses(*logins)
    assert result["diff"]["after"].startswith(f"{service.address('team')}: {service.address('person00000')}\n")
    assert result["diff"]["after"].endswith("(9000 more lines)\n")
