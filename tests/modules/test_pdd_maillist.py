# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_maillist: mailing lists exist, or do not."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import Service, in_every_era
from .conftest import Middleman, Runner

MODULE = "pdd_maillist"
OLD = ["old: mailing list"]


@in_every_era
def test_create(run: Runner, service: Service) -> None:
    uid = service.add_maillist("old")
    result = run.check_then_run_twice(MODULE, maillist=["Team", "old", f"NEWS@{service.domain.upper()}"])
    assert result["changed"]
    assert result["created"] == service.addresses("news", "team")
    assert result["deleted"] == result["failures"] == []
    assert result["diff"] == service.diff(OLD, ["news: mailing list", *OLD, "team: mailing list"])
    assert result["changes"] == [
        {"kind": "maillist", "name": each, "action": "create"} for each in service.addresses("news", "team")
    ]
    assert [each["maillist"] for each in result["maillists"]] == service.addresses("team", "old", "news")
    assert {each["subscribers_count"] for each in result["maillists"]} == {0}
    assert result["maillists"][1]["uid"] == uid
    assert set(service.maillists) == {"team", "old", "news"}


def test_returned_uids_are_those_of_the_service(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    service.add_maillist("old", "anna")
    created = run(MODULE, maillist=["old", "team"])["maillists"]
    assert created == [
        {**each, "subscribers_count": int(each["maillist"] == service.address("old"))}
        for each in run(MODULE, maillist=["old", "team"])["maillists"]
    ]
    accounts = {each["login"]: each["uid"] for each in service.api.ok("email/list")["accounts"]}
    assert {each["maillist"]: each["uid"] for each in created}.items() <= accounts.items()


def test_diff_is_returned_only_if_asked_for(run: Runner) -> None:
    assert "diff" not in run(MODULE, maillist=["team"])


def test_uid_is_unknown_in_check_mode(run: Runner) -> None:
    assert run(MODULE, maillist=["team"], check=True)["maillists"][0]["uid"] is None


def test_one_list_may_be_given_without_brackets(run: Runner, service: Service) -> None:
    assert run(MODULE, maillist="team")["created"] == service.addresses("team")


def test_many_lists_cost_one_read_and_one_write_each(run: Runner, service: Service) -> None:
    result = run(MODULE, maillist=[f"list{number:02}" for number in range(40)])
    assert result["requests"] == {"sent": 41, "retried": 0, "throttled_seconds": 0.0}
    assert len(service.requests()) == 41
    assert len(service.maillists) == 40
    assert run(MODULE, maillist=[f"list{number:02}" for number in range(40)])["requests"]["sent"] == 1


@in_every_era
def test_delete(run: Runner, service: Service) -> None:
    service.add_maillist("team")
    service.add_maillist("old")
    result = run.check_then_run_twice(MODULE, maillist=["Old", "never"], state="absent")
    assert result["changed"]
    assert result["deleted"] == service.addresses("old")
    assert result["created"] == result["maillists"] == []
    assert result["diff"] == service.diff([*OLD, "team: mailing list"], ["team: mailing list"])
    assert result["changes"] == [{"kind": "maillist", "name": service.address("old"), "action": "delete"}]
    assert set(service.maillists) == {"team"}


def test_delete_by_uid(run: Runner, service: Service) -> None:
    uid = service.add_maillist("team")
    assert run.check_then_run_twice(MODULE, maillist_uid=[uid], state="absent")["deleted"] == service.addresses("team")
    assert service.maillists == {}


def test_present_by_uid(run: Runner, service: Service) -> None:
    uid = service.add_maillist("team")
    result = run.check_then_run_twice(MODULE, maillist_uid=[uid])
    assert not result["changed"]
    assert result["maillists"] == [{"maillist": service.address("team"), "uid": uid, "subscribers_count": 0}]


@pytest.mark.usefixtures("impatient")
def test_unknown_uid(run: Runner, service: Service) -> None:
    result = run(MODULE, maillist_uid=[4711])
    assert result["error"]["code"] == "not_found"
    assert "4711" in result["msg"]
    assert result["requests"]["sent"] > 1
    assert service.writes() == []
    assert not run(MODULE, maillist_uid=[4711], state="absent")["changed"]


@in_every_era
def test_exclusive(run: Runner, service: Service) -> None:
    for name in ("team", "old", "older"):
        service.add_maillist(name)
    result = run.check_then_run_twice(MODULE, maillist=["team", "news"], exclusive=True)
    assert result["created"] == service.addresses("news")
    assert result["deleted"] == service.addresses("old", "older")
    assert result["diff"] == service.diff(
        [*OLD, "older: mailing list", "team: mailing list"], ["news: mailing list", "team: mailing list"]
    )
    assert [(each["name"], each["action"]) for each in result["changes"]] == [
        (service.address("news"), "create"),
        (service.address("old"), "delete"),
        (service.address("older"), "delete"),
    ]
    assert set(service.maillists) == {"team", "news"}


@pytest.mark.parametrize(
    ("existing", "kept", "options"),
    [
        (3, 1, {}),  # fewer than four: no question asked
        (4, 3, {}),  # 25 %
        (10, 7, {}),  # exactly 30 %
        (10, 6, {"max_removals_percent": 40}),
        (4, 1, {"max_removals_percent": 100}),
        (4, 0, {"max_removals_percent": 100}),
    ],
)
def test_removal_that_is_allowed(
    run: Runner, service: Service, existing: int, kept: int, options: dict[str, Any]
) -> None:
    names = [f"list{number}" for number in range(existing)]
    for name in names:
        service.add_maillist(name)
    result = run.check_then_run_twice(MODULE, maillist=names[:kept], exclusive=True, **options)
    assert result["deleted"] == service.addresses(*names[kept:])
    assert set(service.maillists) == set(names[:kept])


@pytest.mark.parametrize(
    ("existing", "kept", "options"),
    [
        (4, 2, {}),
        (10, 6, {}),
        (4, 3, {"max_removals_percent": 0}),
        (1, 0, {"max_removals_percent": 99}),  # nothing is desired
    ],
)
def test_removal_is_guarded(run: Runner, service: Service, existing: int, kept: int, options: dict[str, Any]) -> None:
    names = [f"list{number}" for number in range(existing)]
    for name in names:
        service.add_maillist(name)
    service.forget()
    for check in (True, False):
        result = run(MODULE, check=check, maillist=names[:kept], exclusive=True, **options)
        assert result["error"]["code"] == "guard"
        assert f"{existing - kept} of the {existing} mailing lists" in result["msg"]
        assert "max_removals_percent" in result["msg"]
        assert not result["changed"]
        assert result["changes"] == [
            {"kind": "maillist", "name": each, "action": "delete"} for each in service.addresses(*names[kept:])
        ]
    assert service.writes() == []


def test_empty_and_exclusive_is_fine_where_nothing_exists(run: Runner) -> None:
    assert not run.check_then_run_twice(MODULE, maillist=[], exclusive=True)["changed"]


@pytest.mark.usefixtures("impatient")
def test_partial_failure(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    too_long = "x" * 31
    service.forget()
    result = run(MODULE, maillist=["team", "anna", too_long, "news"], diff=True)
    assert result["failed"]
    assert result["changed"]
    assert result["created"] == service.addresses("news", "team")
    assert result["diff"] == service.diff([], ["news: mailing list", "team: mailing list"])
    assert [each["name"] for each in result["changes"]] == service.addresses("news", "team")
    failures = {failure["object"]: failure for failure in result["failures"]}
    assert set(failures) == set(service.addresses("anna", too_long))
    assert {failure["action"] for failure in result["failures"]} == {"create"}
    assert {failure["count"] for failure in result["failures"]} == {1}
    occupied, refused = failures[service.address("anna")]["error"], failures[service.address(too_long)]["error"]
    assert (occupied["code"], occupied["http_status"], occupied["endpoint"]) == ("occupied", 200, "email/ml/add")
    assert f"{service.address('anna')} is a mailbox" in occupied["message"]
    assert refused["code"] == "login-toolong"
    assert all(set(error) == {"code", "message", "http_status", "endpoint", "advice"} for error in (occupied, refused))
    assert result["error"] == result["failures"][0]["error"]
    assert "2 of 4 failed, 2 done" in result["msg"]
    service.forget()
    again = run(MODULE, maillist=["team", "anna", too_long, "news"])
    assert not again["changed"]
    assert {entry["params"]["maillist"] for entry in service.requests() if entry["write"]} == set(failures)


@pytest.mark.parametrize("applied", [True, False])
def test_lost_answers_are_settled_by_reading(
    run: Runner, service: Service, middleman: Middleman, applied: bool
) -> None:
    middleman.lose("email/ml/add", applied=applied)
    result = run(MODULE, maillist=["team", "news"], api_url=middleman.url)
    assert result["changed"]
    assert result["created"] == service.addresses("news", "team")
    assert set(service.maillists) == {"news", "team"}
    assert service.writes() == ["email/ml/add"] * 2
    assert result["requests"]["retried"] == int(not applied)


def test_name_of_a_mailbox(run: Runner, service: Service) -> None:
    """A check run fails as the run does, and predicts the rest."""
    service.add_mailboxes("boris")
    service.add_maillist("old")
    service.add_maillist("older")
    for exclusive in (False, True):
        options: dict[str, Any] = {"maillist": ["boris", f"news{exclusive:d}", "old"], "exclusive": exclusive}
        predicted = run(MODULE, check=True, diff=True, **options)
        result = run(MODULE, diff=True, **options)
        assert predicted["failed"]
        assert f"{service.address('boris')} is a mailbox" in predicted["msg"]
        for key in ("changed", "changes", "diff", "created", "deleted"):
            assert predicted[key] == result[key]
        (foreseen,), (failure,) = predicted["failures"], result["failures"]
        assert [foreseen[key] for key in ("action", "object", "count")] == [
            failure[key] for key in ("action", "object", "count")
        ]
        assert foreseen["error"]["code"] == failure["error"]["code"] == "occupied"
    assert not run(MODULE, check=True, maillist=["boris"], state="absent").get("failed")


def test_what_earlier_tasks_remove(run: Runner, service: Service) -> None:
    """In check mode it counts as gone, whatever it is; in a real run the service is asked."""
    service.add_mailboxes("boris")
    for name in ("one", "two", "three", "four"):
        service.add_maillist(name)
    options: dict[str, Any] = {
        "maillist": ["boris", "one", "two"],
        "exclusive": True,
        "expected_absent": ["Boris", "three"],
    }
    predicted = run(MODULE, check=True, diff=True, **options)
    assert (predicted["created"], predicted["deleted"]) == (service.addresses("boris"), service.addresses("four"))
    assert run(MODULE, **options)["error"]["code"] == "guard"
    service.api.ok("email/ml/del", {"maillist": "three"})
    service.api.ok("email/del", {"login": "boris"})
    result = run(MODULE, diff=True, **options)
    assert (predicted["changes"], predicted["diff"]) == (result["changes"], result["diff"])
    gone: dict[str, Any] = {"maillist": ["old"], "state": "absent"}
    service.add_maillist("old")
    assert not run(MODULE, check=True, **gone, expected_absent=["old"])["changed"]
    assert run(MODULE, check=True, **gone)["changed"]


def test_created_by_somebody_else_meanwhile(run: Runner, service: Service, middleman: Middleman) -> None:
    def slower(forward: Any) -> Any:
        if "team" not in service.maillists:
            service.add_maillist("team")
        return forward()

    middleman.on("email/ml/add", slower)
    result = run(MODULE, maillist=["team"], api_url=middleman.url)
    assert not result["changed"]
    assert result["created"] == []
    assert [each["maillist"] for each in result["maillists"]] == service.addresses("team")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"maillist": ["team@other.test"]}, ["maillist[0]", "'team@other.test'", "not in the domain"]),
        ({"maillist": ["team", "a b"]}, ["maillist[1]", "'a b'", "no address"]),
        ({"maillist": ["ok", ""]}, ["maillist[1]", "''"]),
        ({"maillist": ["team@-.test"]}, ["maillist[0]", "team@-.test", "valid domain"]),
        ({"maillist": ["team", "news", "TEAM"]}, ["maillist[2]", "'TEAM'", "'team'", "maillist[0]"]),
        ({"maillist_uid": [7, 7]}, ["maillist_uid[1]", "'7'", "maillist_uid[0]"]),
        ({"maillist": ["team"], "state": "absent", "exclusive": True}, ["exclusive", "state: present"]),
        ({"maillist_uid": [7], "exclusive": True}, ["exclusive", "maillist_uid"]),
        ({"maillist": ["team"], "max_removals_percent": 101}, ["max_removals_percent: 101", "between 0 and 100"]),
        ({"maillist": ["team"], "max_removals_percent": -1}, ["max_removals_percent: -1"]),
    ],
)
def test_bad_input(run: Runner, options: dict[str, Any], words: list[str]) -> None:
    message = run.refused_before_any_request(MODULE, **options)
    assert all(word in message for word in words), message


def test_a_list_written_in_two_ways_is_a_duplicate(run: Runner, service: Service) -> None:
    message = run.refused_before_any_request(MODULE, maillist=["team", f"Team@{service.domain}"])
    assert f"'Team@{service.domain}' is the same as 'team' in maillist[0]" in message


def test_all_problems_are_named_at_once(run: Runner) -> None:
    message = run.refused_before_any_request(MODULE, maillist=["a b", "team@other.test"], max_removals_percent=900)
    assert all(word in message for word in ("'a b'", "'team@other.test'", "900"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "one of the following is required: maillist, maillist_uid"),
        ({"maillist": ["a"], "maillist_uid": [1]}, "mutually exclusive"),
        ({"maillist": ["a"], "state": "gone"}, "value of state must be one of"),
    ],
)
def test_contradictions(run: Runner, service: Service, options: dict[str, Any], words: str) -> None:
    assert words in run.refused_by_ansible(MODULE, **options)
    assert service.requests() == []
