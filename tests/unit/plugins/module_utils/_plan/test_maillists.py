# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailing lists to create and to delete (_plan/maillists.py, _plan/removals.py)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._mail.models import Maillist
from ansible_collections.mailops.pdd.plugins.module_utils._plan.changes import Change
from ansible_collections.mailops.pdd.plugins.module_utils._plan.maillists import (
    DesiredMaillists,
    MaillistState,
    MaillistStep,
    explain_unlisted,
    find_unlisted_problems,
    guard,
    parse,
    plan,
    trusts_listing,
)
from ansible_collections.mailops.pdd.plugins.module_utils._plan.removals import (
    check_percent,
    check_removals,
    raise_guard,
)
from hypothesis import given
from hypothesis import strategies as st

DOMAIN = "example.test"
TEAM, OLD, NEW, ALSO = (Address(f"{name}@{DOMAIN}") for name in ("team", "old", "new", "also"))
OPTIONS = {
    "maillist": None,
    "maillist_uid": None,
    "state": "present",
    "exclusive": False,
    "max_removals_percent": 30,
    "verify_count": True,
}
LISTS = st.sets(st.sampled_from([Address(f"list{number}@example.test") for number in range(12)]))


def desired(**options: Any) -> DesiredMaillists:
    """Return what the module makes of these options."""
    return parse({**OPTIONS, **options}, DOMAIN)


def problems(**options: Any) -> list[str]:
    """Return what is wrong with these options."""
    with pytest.raises(InvalidInputError) as caught:
        desired(**options)
    return caught.value.problems


def addresses(count: int) -> list[Address]:
    """Return so many addresses of lists."""
    return [Address(f"list{number}@example.test") for number in range(count)]


def test_names_become_addresses() -> None:
    """In the order in which they were given."""
    assert desired(maillist=["Team", "sales@EXAMPLE.test"]) == DesiredMaillists(
        addresses=(TEAM, Address("sales@example.test")),
        uids=(),
        present=True,
        exclusive=False,
        max_removals_percent=30,
    )


def test_uids_instead_of_names() -> None:
    """They stay numbers until the lists are read."""
    request = desired(maillist_uid=[7, 9], state="absent")
    assert (request.addresses, request.uids, request.present) == ((), (7, 9), False)


@pytest.mark.parametrize("name", ["abuse", "postmaster", "1st", "a_b", "x" * 40])
def test_rules_of_logins_do_not_apply_to_lists(name: str) -> None:
    """Only syntax and domain do."""
    assert desired(maillist=[name]).addresses == (f"{name}@example.test",)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"maillist": ["team", "te am"]}, "maillist[1]: 'te am' is no address (expected: name or name@domain)"),
        ({"maillist": ["team@other.test"]}, "maillist[0]: 'team@other.test' is not in the domain example.test"),
        (
            {"maillist": ["team", "TEAM@example.test"]},
            "maillist[1]: 'TEAM@example.test' is the same as 'team' in maillist[0]",
        ),
        ({"maillist_uid": [1, 2, 1]}, "maillist_uid[2]: '1' is the same as '1' in maillist_uid[0]"),
        ({"maillist": [], "max_removals_percent": 101}, "max_removals_percent: 101 is not between 0 and 100"),
        ({"maillist": [], "max_removals_percent": -1}, "max_removals_percent: -1 is not between 0 and 100"),
        (
            {"maillist": ["a"], "state": "absent", "exclusive": True},
            "exclusive: true has a meaning only with state: present",
        ),
        (
            {"maillist_uid": [1], "exclusive": True},
            "exclusive: true needs the names of the lists (maillist), not maillist_uid",
        ),
    ],
)
def test_wrong_options(options: dict[str, Any], expected: str) -> None:
    """The message names place, value and rule."""
    assert problems(**options) == [expected]


def test_all_problems_at_once() -> None:
    """Nobody wants to run the task once for each mistake."""
    assert len(problems(maillist=["a b", "c@d.test", "e", "E"], max_removals_percent=300)) == 4


def test_present_creates_what_is_missing() -> None:
    """In the order given; other lists stay."""
    current = {OLD, TEAM}
    named = [NEW, TEAM, ALSO]
    assert plan(current, named, present=True, exclusive=False) == [
        MaillistStep("create", NEW),
        MaillistStep("create", ALSO),
    ]


def test_absent_deletes_what_is_there() -> None:
    """And nothing else."""
    current = {OLD, TEAM}
    named = [NEW, TEAM]
    assert plan(current, named, present=False, exclusive=False) == [MaillistStep("delete", TEAM)]


def test_exclusive_deletes_the_others() -> None:
    """Sorted, after what is created."""
    first, last = map(Address, ("a@example.test", "z@example.test"))
    current = {last, first, TEAM}
    named = [TEAM, NEW]
    assert plan(current, named, present=True, exclusive=True) == [
        MaillistStep("create", NEW),
        MaillistStep("delete", first),
        MaillistStep("delete", last),
    ]


@given(LISTS, LISTS, st.booleans(), st.booleans())
def test_nothing_is_left_after_the_plan(
    current: set[Address], named: set[Address], present: bool, exclusive: bool
) -> None:
    """Apply the plan, plan again: no steps. What was not named is touched only by an exclusive plan."""
    steps = plan(current, sorted(named), present=present, exclusive=exclusive)
    after = set(MaillistState({each: Maillist(each, 1, 0) for each in current}).after(steps).lists)
    assert plan(after, sorted(named), present=present, exclusive=exclusive) == []
    assert len({step.maillist for step in steps}) == len(steps)
    if not present:
        assert after == current - named
    elif exclusive:
        assert after == named
    else:
        assert after == current | named


def guard_plan(current: int, kept: int, percent: int = 30, *, exclusive: bool = True) -> None:
    """Plan from so many lists to so many of them, and guard the plan."""
    request = desired(maillist=addresses(kept), exclusive=exclusive, max_removals_percent=percent)
    steps = plan(addresses(current), request.addresses, present=True, exclusive=exclusive)
    guard(addresses(current), steps, request, DOMAIN)


@pytest.mark.parametrize(
    ("current", "kept", "percent"),
    [(3, 1, 30), (3, 2, 0), (4, 3, 30), (4, 3, 25), (10, 7, 30), (10, 1, 90), (4, 0, 100), (0, 0, 0), (4, 4, 0)],
)
def test_removals_within_the_limit(current: int, kept: int, percent: int) -> None:
    """Fewer than four lists are not counted, exactly the percentage is allowed, 100 allows everything."""
    guard_plan(current, kept, percent)


@pytest.mark.parametrize(("current", "kept", "percent"), [(4, 2, 30), (4, 3, 24), (10, 6, 30), (10, 1, 89), (4, 3, 0)])
def test_removals_above_the_limit(current: int, kept: int, percent: int) -> None:
    """From four lists on; the message names counts and option."""
    with pytest.raises(ServiceError) as caught:
        guard_plan(current, kept, percent)
    assert caught.value.code == "guard"
    assert f"{current - kept} of the {current} mailing lists of example.test" in caught.value.message
    assert f"max_removals_percent: {percent} " in caught.value.message
    assert "100 allows everything" in caught.value.message


@pytest.mark.parametrize("current", [1, 3, 4, 100])
def test_nothing_desired_is_guarded_always(current: int) -> None:
    """However few there are: an empty variable must not empty the domain."""
    with pytest.raises(ServiceError, match="nothing is desired") as caught:
        guard_plan(current, 0, 99)
    assert caught.value.code == "guard"
    assert f"{current} of the {current} mailing lists" in caught.value.message
    assert "max_removals_percent: 100" in caught.value.message


def test_only_exclusive_is_guarded() -> None:
    """Who names the lists to delete means it."""
    guard_plan(10, 1, 0, exclusive=False)
    request = desired(maillist=addresses(10), state="absent", max_removals_percent=0)
    steps = plan(addresses(10), request.addresses, present=False, exclusive=False)
    guard(addresses(10), steps, request, DOMAIN)


@pytest.mark.parametrize(("kind", "threshold"), [("maillist", 4), ("subscriber", 10)])
def test_thresholds(kind: str, threshold: int) -> None:
    """One below it nothing is counted."""

    def problem(existing: int) -> str | None:
        everybody = addresses(existing)
        return check_removals(kind, "x", existing=everybody, removed=everybody[1:], kept=["w"], percent=50)

    assert problem(threshold - 1) is None
    assert problem(threshold) is not None


@given(st.integers(4, 200), st.integers(1, 200), st.integers(0, 100))
def test_shown_percentage_is_never_one_that_is_allowed(existing: int, removed: int, percent: int) -> None:
    """A message that says `30 % is more than 30` helps nobody."""
    everybody = addresses(existing)
    gone = everybody[:removed]
    problem = check_removals("maillist", "x", existing=everybody, removed=gone, kept=["w"], percent=percent)
    assert (problem is not None) == (len(gone) * 100 > percent * existing)
    assert problem is None or f"({percent} %)" not in problem


def test_all_guard_problems_in_one_error() -> None:
    """None stands for no problem."""
    raise_guard([None, None])
    with pytest.raises(ServiceError) as caught:
        raise_guard(["a loses much", None, "b loses much"])
    assert (caught.value.code, caught.value.message) == ("guard", "a loses much; b loses much")


@pytest.mark.parametrize("percent", [0, 1, 30, 100])
def test_percentages(percent: int) -> None:
    """From 0 to 100."""
    assert check_percent(percent) is None


def test_steps_name_their_list() -> None:
    """As failures show it; all lists at the same time."""
    step = MaillistStep("create", TEAM)
    assert step.names == {"object": "team@example.test"}
    assert step.phase == 0


@pytest.mark.parametrize("action", ["create", "delete"])
def test_change_of_a_list(action: str) -> None:
    """One for each step."""
    assert MaillistStep(action, TEAM).changes == [Change("maillist", "team@example.test", action)]


def test_lines_of_the_diff() -> None:
    """One for each list of the domain."""
    after = MaillistState(listed("old", "team")).after([MaillistStep("delete", OLD)])
    assert list(after.lines()) == ["team@example.test: mailing list"]


def listed(*names: str) -> dict[Address, Maillist]:
    """Return lists by address; their uids are their places."""
    lists = [Maillist(Address(f"{name}@example.test"), uid, 0) for uid, name in enumerate(names)]
    return {maillist.address: maillist for maillist in lists}


@pytest.mark.parametrize(
    ("options", "trusts"),
    [
        ({"maillist": ["a", "b"]}, False),
        ({"maillist": ["a", "c"]}, True),
        ({"maillist": ["a"], "state": "absent"}, False),
        ({"maillist": ["a", "c"], "state": "absent"}, True),
        ({"maillist_uid": [0, 1], "state": "absent"}, False),
        ({"maillist_uid": [0, 2], "state": "absent"}, True),
        ({"maillist": ["a", "b"], "exclusive": True}, True),
    ],
)
def test_plans_that_take_lists_for_missing(options: dict[str, Any], trusts: bool) -> None:
    """Because they are not listed."""
    assert trusts_listing(listed("a", "b"), desired(**options)) is trusts


def test_lists_that_are_not_listed() -> None:
    """Only those that the task is about are a problem, and a listing that is short itself."""
    unlisted = [Maillist(Address("c@example.test"), 2, None), Maillist(Address("d@example.test"), 3, None)]
    for options, names in (
        ({"maillist": ["c"], "state": "absent"}, ["c"]),
        ({"maillist_uid": [3], "state": "absent"}, ["d"]),
        ({"maillist": ["a"], "exclusive": True}, ["c", "d"]),
        ({"maillist": ["a"], "state": "absent"}, []),
    ):
        found = find_unlisted_problems(unlisted, None, desired(**options))
        assert found == [explain_unlisted(Address(f"{name}@example.test")) for name in names]
    assert find_unlisted_problems([], "only 1 can be read", desired(maillist=["a"])) == ["only 1 can be read"]
