# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_mailbox_info: the properties and counters of mailboxes."""

from __future__ import annotations

from typing import Any

import pytest
from pdd_source_server import SourceServer

from ..conftest import Service, in_every_era
from .conftest import Middleman, Runner

MODULE = "pdd_mailbox_info"
NOT_SET = {
    "enabled": True,
    "first_name": "",
    "last_name": "",
    "birth_date": None,
    "sex": "unset",
    "hint_question": "",
    "ready": False,
    "aliases": [],
}


@in_every_era
@pytest.mark.parametrize("check", [True, False])
def test_whole_domain(run: Runner, service: Service, check: bool) -> None:
    uids = dict(zip(service.addresses("anna", "boris"), service.add_mailboxes("anna", "boris"), strict=True))
    service.add_maillist("team", "anna")
    service.forget()
    result = run(MODULE, check=check)
    assert not result["changed"]
    assert result["missing"] == []
    assert result.keys().isdisjoint({"changes", "failures"})
    assert {each["login"]: each for each in result["mailboxes"]} == {
        login: {"login": login, "uid": uid, **NOT_SET, "counters": {"unread": 0, "new": 0}}
        for login, uid in uids.items()
    }
    assert service.writes() == []


@in_every_era
def test_properties(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    person = {"iname": "Анна", "fname": "Muster", "birth_date": "1990-02-03", "sex": 2, "hintq": "Colour?"}
    service.api.ok("email/edit", {"login": "anna", **person, "hinta": "green", "enabled": "no"})
    (anna,) = run(MODULE)["mailboxes"]
    assert {key: value for key, value in anna.items() if key not in {"uid", "login", "counters"}} == {
        "enabled": False,
        "first_name": "Анна",
        "last_name": "Muster",
        "birth_date": "1990-02-03",
        "sex": "female",
        "hint_question": "Colour?",
        "ready": True,
        "aliases": [],
    }


def test_order_is_that_of_the_question(run: Runner, service: Service) -> None:
    anna, boris, clara = service.add_mailboxes("anna", "boris", "clara")
    asked = run(MODULE, login=["Clara", "nobody", service.address("anna")], uid=[boris, 4711])
    assert [each["uid"] for each in asked["mailboxes"]] == [clara, anna, boris]
    assert asked["missing"] == [service.address("nobody"), "4711"]
    assert not asked.get("failed")


@pytest.mark.parametrize("counters", [True, False])
def test_a_list_is_no_mailbox(run: Runner, service: Service, counters: bool) -> None:
    service.add_maillist("team")
    assert run(MODULE, counters=counters)["mailboxes"] == []
    result = run(MODULE, login="team", counters=counters)
    assert (result["mailboxes"], result["missing"]) == ([], service.addresses("team"))


def test_named_twice_is_returned_once(run: Runner, service: Service) -> None:
    (uid,) = service.add_mailboxes("anna")
    assert len(run(MODULE, login=["anna"], uid=[uid])["mailboxes"]) == 1


def test_nothing_asked_for_is_nothing(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna")
    assert run(MODULE, login=[])["mailboxes"] == []


def test_counters_cost_one_request_each(run: Runner, service: Service) -> None:
    service.add_mailboxes("anna", "boris", "clara")
    service.forget()
    assert run(MODULE, login=["anna", "boris"])["requests"]["sent"] == 3
    result = run(MODULE, counters=False)
    assert result["requests"]["sent"] == 1
    assert all("counters" not in each for each in result["mailboxes"])


@in_every_era
def test_counters_count_imported_mail(run: Runner, source: SourceServer) -> None:
    run(
        "pdd_mailbox_import",
        server=source.host,
        port=source.ports["imaps"],
        external_login="anna",
        external_password="made-up-anna",
        wait=True,
        poll_interval=1,
    )
    assert [each["counters"] for each in run(MODULE, login="anna")["mailboxes"]] == [{"unread": 3, "new": 3}]


def test_all_pages(run: Runner, service: Service) -> None:
    logins = [f"person{number:04}" for number in range(510)]
    service.add_mailboxes(*logins)
    result = run(MODULE, counters=False)
    assert {each["login"] for each in result["mailboxes"]} == set(service.addresses(*logins))
    assert result["requests"]["sent"] == 2


def test_smaller_pages_than_asked_for(run: Runner, service: Service, middleman: Middleman) -> None:
    logins = [f"person{number}" for number in range(7)]
    service.add_mailboxes(*logins)

    accounts: list[Any] = []

    def cap(answer: dict[str, Any]) -> None:
        accounts.extend(answer["accounts"])
        page = [accounts.pop() for _row in range(min(2, len(accounts)))]
        answer.update(accounts=page, found=len(page), on_page=2, pages=4, total=7)

    middleman.edit("email/list", cap)
    result = run(MODULE, counters=False, api_url=middleman.url)
    assert {each["login"] for each in result["mailboxes"]} == set(service.addresses(*logins))


def test_mailbox_that_vanishes_meanwhile(run: Runner, service: Service, middleman: Middleman) -> None:
    service.add_mailboxes("anna", "boris")

    def delete_anna(forward: Any) -> Any:
        service.api.call("email/del", {"login": "anna"})
        return forward()

    middleman.on("email/counters", delete_anna)
    result = run(MODULE, login=["anna", "boris"], api_url=middleman.url, max_connections=1)
    assert [each["login"] for each in result["mailboxes"]] == service.addresses("boris")
    assert result["missing"] == service.addresses("anna")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"login": ["anna@other.test"]}, ["login[0]: 'anna@other.test'", "not in the domain"]),
        ({"login": ["anna", "a b"]}, ["login[1]: 'a b'", "no address"]),
        ({"login": ["anna", "Anna"]}, ["login[1]: 'Anna'", "'anna' in login[0]"]),
        ({"uid": [5, 5]}, ["uid[1]: '5'", "uid[0]"]),
    ],
)
def test_bad_input(run: Runner, options: dict[str, Any], words: list[str]) -> None:
    message = run.refused_before_any_request(MODULE, **options)
    assert all(word in message for word in words), message


def test_rules_for_new_logins_do_not_apply_to_reading(run: Runner, service: Service) -> None:
    asked = ["postmaster", "1st", "x" * 40, "under_score"]
    assert run(MODULE, login=asked)["missing"] == service.addresses(*asked)


def test_foreign_domain(run: Runner) -> None:
    result = run(MODULE, domain="stranger.test")
    assert result["error"]["code"] == "not_allowed"
    assert "Cannot list the mailboxes of stranger.test" in result["msg"]


def test_blocked_domain(run: Runner, service: Service) -> None:
    service.api.control_put("", {"blocked": True})
    assert run(MODULE)["error"]["code"] == "blocked"


def test_a_thousand_counters(run: Runner, service: Service) -> None:
    """One task reads them all, several at a time, but never more than it may: the emulator refuses one more."""
    service.add_mailboxes(*(f"box{number}" for number in range(1000)))
    service.forget()
    service.api.control_put("/latency", {"latency": 0.01})
    try:
        service.api.control_put("/faults", ["busy:limit=4"])
        allowed = run(MODULE, max_connections=4)
        service.api.control_put("/faults", ["busy:limit=3"])
        beyond = run(MODULE, max_connections=4, login=[f"box{number}" for number in range(20)])
    finally:
        service.api.session.delete(f"{service.url}/control/faults", timeout=60).raise_for_status()
    assert len(allowed["mailboxes"]) == 1000
    assert all(each["counters"] == {"unread": 0, "new": 0} for each in allowed["mailboxes"])
    assert (allowed["requests"]["sent"], allowed["requests"]["retried"]) == (1002, 0)
    assert beyond["requests"]["retried"] > 0
    assert len(beyond["mailboxes"]) == 20
