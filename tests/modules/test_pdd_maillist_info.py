# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_maillist_info: lists and their people, in the form in which they can be written back."""

from __future__ import annotations

import pytest

from ..conftest import Service, in_every_era
from .conftest import Middleman, Runner

MODULE = "pdd_maillist_info"


@pytest.fixture
def uids(service: Service) -> dict[str, int]:
    """Create two lists with some people, and an empty one; returns their uids."""
    service.add_mailboxes("anna", "boris", "clara")
    people = {"team": ("clara", "anna"), "all": ("boris", "anna", "clara"), "empty": ()}
    uids = {name: service.add_maillist(name, *names, senders=("anna",)) for name, names in people.items()}
    service.forget()
    return uids


@in_every_era
@pytest.mark.parametrize("check", [True, False])
def test_whole_domain(run: Runner, service: Service, uids: dict[str, int], check: bool) -> None:
    result = run(MODULE, check=check)
    assert not result["changed"]
    assert result["maillists"] == [
        {
            "maillist": service.address(name),
            "subscribers": service.addresses(*people),
            "senders_on_behalf": service.addresses(*senders),
        }
        for name, people, senders in (
            ("all", ("anna", "boris", "clara"), ("anna",)),
            ("empty", (), ()),
            ("team", ("anna", "clara"), ("anna",)),
        )
    ]
    assert result["details"] == [
        {"maillist": service.address(name), "uid": uids[name], "subscribers_count": count}
        for name, count in (("all", 3), ("empty", 0), ("team", 2))
    ]
    assert result["missing"] == []
    assert result.keys().isdisjoint({"changes", "failures"})
    assert service.writes() == []


@pytest.mark.usefixtures("uids")
def test_some_lists_in_the_order_of_the_question(run: Runner, service: Service) -> None:
    result = run(MODULE, maillist=["Team", "nobody", service.address("all").upper()])
    assert [each["maillist"] for each in result["maillists"]] == service.addresses("team", "all")
    assert [each["maillist"] for each in result["details"]] == service.addresses("team", "all")
    assert result["missing"] == service.addresses("nobody")
    assert not result.get("failed")


@pytest.mark.usefixtures("uids")
def test_rights_are_read_only_if_asked_for(run: Runner, service: Service) -> None:
    result = run(MODULE, senders_on_behalf=False)
    assert [set(each) for each in result["maillists"]] == [{"maillist", "subscribers"}] * 3
    assert "email/ml/get_can_send_on_behalf" not in service.calls()
    service.forget()
    # The lists, the mailboxes that hold a list which is not listed against them, three lists, and five people.
    assert run(MODULE)["requests"]["sent"] == 1 + 1 + 3 + 5
    assert service.calls().count("email/ml/get_can_send_on_behalf") == 5


@pytest.mark.usefixtures("uids")
def test_what_is_read_can_be_written_back(run: Runner, service: Service) -> None:
    found = run(MODULE)["maillists"]
    service.forget()
    assert not run("pdd_maillist_subscriber", maillists=found)["changed"]
    exclusive = [{**each, "exclusive": True} for each in found]
    assert not run("pdd_maillist_subscriber", maillists=exclusive)["changed"]
    assert service.writes() == []


@pytest.mark.usefixtures("uids")
def test_short_listing_is_an_error(run: Runner, middleman: Middleman) -> None:
    """An inventory written from it would unsubscribe people."""
    middleman.edit("email/ml/subscribers", lambda answer: answer["subscribers"].pop() if answer["subscribers"] else 0)
    result = run(MODULE, api_url=middleman.url)
    assert result["error"]["code"] == "guard"
    assert "only 1 subscribers can be read, but the service counts 2" in result["msg"]
    assert "verify_count" not in result["msg"]


@pytest.mark.usefixtures("uids")
def test_listing_that_was_short_once_is_read_again(run: Runner, middleman: Middleman) -> None:
    left = iter([True])
    middleman.edit("email/ml/subscribers", lambda answer: answer["subscribers"].clear() if next(left, False) else None)
    result = run(MODULE, api_url=middleman.url)
    assert [len(each["subscribers"]) for each in result["maillists"]] == [3, 0, 2]


@pytest.mark.usefixtures("uids")
def test_more_than_counted_is_a_warning(run: Runner, middleman: Middleman) -> None:
    middleman.edit("email/ml/list", lambda answer: [each.update(cnt=1) for each in answer["maillists"]])
    result = run(MODULE, api_url=middleman.url, maillist="team")
    assert len(result["maillists"][0]["subscribers"]) == 2
    assert "the service counts 1" in str(result["warnings"])


def test_bad_input(run: Runner, service: Service) -> None:
    message = run.refused_before_any_request(MODULE, maillist=["team", "a b", "x@other.test", service.address("TEAM")])
    for place in ("maillist[1]: 'a b'", "maillist[2]: 'x@other.test'", "maillist[3]"):
        assert place in message
