# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who to subscribe, to unsubscribe, and to let send on behalf (_plan/subscribers.py, _plan/subscriber_options.py)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._plan.changes import Change
from ansible_collections.mailops.pdd.plugins.module_utils._plan.subscriber_options import DesiredList, parse, resolve
from ansible_collections.mailops.pdd.plugins.module_utils._plan.subscribers import (
    ListState,
    SubscriberState,
    SubscriberStep,
    apply_steps,
    check_list,
    group_steps,
    plan,
    to_result,
    trusts_listing,
)
from hypothesis import given
from hypothesis import strategies as st

DOMAIN = "example.test"
TEAM = Address("team@example.test")
ANNA, BERT, CARA = map(Address, ("anna@example.test", "bert@example.test", "cara@example.test"))
OPTIONS = {
    "maillist": None,
    "maillist_uid": None,
    "subscriber": None,
    "subscriber_uid": None,
    "can_send_on_behalf": None,
    "senders_on_behalf": None,
    "state": "present",
    "exclusive": False,
    "maillists": None,
    "max_removals_percent": 30,
    "verify_count": True,
}


def one_list(**options: Any) -> DesiredList:
    """Return what the module makes of the options for one list."""
    (only,) = parse({**OPTIONS, "maillist": "team", **options}, DOMAIN).lists
    return only


def entry(maillist: str, subscribers: object = None, senders: object = None, *, exclusive: bool = False) -> Any:
    """Return an entry of `maillists`, as Ansible hands it over."""
    return {
        "maillist": maillist,
        "subscribers": subscribers,
        "senders_on_behalf": senders,
        "exclusive": exclusive,
    }


def problems(**options: Any) -> list[str]:
    """Return what is wrong with these options."""
    with pytest.raises(InvalidInputError) as caught:
        parse({**OPTIONS, **options}, DOMAIN)
    return caught.value.problems


def state(*subscribers: Address, senders: tuple[Address, ...] = ()) -> ListState:
    """Return the state of a list, all permissions read."""
    return ListState(subscribers, {each: each in senders for each in subscribers})


# The options


def test_one_list() -> None:
    """Names become addresses; a subscriber of another domain stays as it is."""
    desired = one_list(maillist="Team", subscriber=["Anna", "x@Other.test"], senders_on_behalf=["ANNA"])
    assert desired.maillist == TEAM
    assert desired.subscribers == (ANNA, "x@other.test")
    assert desired.senders == frozenset({ANNA})
    assert desired.present
    assert not desired.exclusive


def test_many_lists() -> None:
    """One entry each."""
    entries = [entry("team", ["anna"], ["anna"], exclusive=True), entry("sales@example.test")]
    desired = parse({**OPTIONS, "maillists": entries, "max_removals_percent": 50}, DOMAIN)
    assert desired.lists == (
        DesiredList(TEAM, (ANNA,), senders=frozenset({ANNA}), exclusive=True),
        DesiredList(Address("sales@example.test"), None),
    )
    assert desired.max_removals_percent == 50


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"maillist": "te am", "subscriber": []}, "maillist: 'te am' is no address (expected: name or name@domain)"),
        ({"maillist": "t@other.test", "subscriber": []}, "maillist: 't@other.test' is not in the domain example.test"),
        (
            {"maillist": "team", "subscriber": ["anna", "b b"]},
            "subscriber[1]: 'b b' is no address (expected: name or name@domain)",
        ),
        (
            {"maillist": "team", "subscriber": ["anna", "ANNA@example.test"]},
            "subscriber[1]: 'ANNA@example.test' is the same as 'anna' in subscriber[0]",
        ),
        (
            {"maillist": "team", "subscriber_uid": [5, 6, 5]},
            "subscriber_uid[2]: '5' is the same as '5' in subscriber_uid[0]",
        ),
        (
            {"maillist": "team", "subscriber": ["anna"], "senders_on_behalf": ["anna", "Anna"]},
            "senders_on_behalf[1]: 'Anna' is the same as 'anna' in senders_on_behalf[0]",
        ),
        (
            {"maillist": "team", "subscriber": ["anna"], "senders_on_behalf": ["anna", "bert"]},
            "senders_on_behalf[1]: bert@example.test is not among the subscribers, "
            "only a subscriber can send on behalf",
        ),
        (
            {"maillist": "team", "exclusive": True},
            "exclusive: true needs subscriber, else everybody would be removed",
        ),
        (
            {"maillist": "team", "subscriber": ["anna"], "state": "absent", "exclusive": True},
            "exclusive has a meaning only with state: present",
        ),
        (
            {"maillist": "team", "subscriber": ["anna"], "state": "absent", "can_send_on_behalf": False},
            "can_send_on_behalf has a meaning only with state: present",
        ),
        (
            {"maillist": "team", "subscriber": ["anna"], "state": "absent", "senders_on_behalf": []},
            "senders_on_behalf has a meaning only with state: present",
        ),
        (
            {"maillist": "team", "subscriber": ["anna"], "max_removals_percent": 101},
            "max_removals_percent: 101 is not between 0 and 100",
        ),
        ({"maillists": [entry("team")], "maillist": "x"}, "maillist and maillists exclude each other"),
        ({"maillists": [entry("team")], "maillist_uid": 5}, "maillist_uid and maillists exclude each other"),
        ({"maillists": [entry("team")], "subscriber": []}, "subscriber and maillists exclude each other"),
        ({"maillists": [entry("team")], "exclusive": True}, "exclusive and maillists exclude each other"),
        (
            {"maillists": [entry("team")], "can_send_on_behalf": False},
            "can_send_on_behalf and maillists exclude each other",
        ),
        (
            {"maillists": [entry("team")], "state": "absent"},
            "state: absent needs the options maillist and subscriber, not maillists",
        ),
        (
            {"maillists": [entry("team"), entry("Team@EXAMPLE.test")]},
            "maillists[1].maillist: 'Team@EXAMPLE.test' is the same as 'team' in maillists[0].maillist",
        ),
        (
            {"maillists": [entry("team@other.test")]},
            "maillists[0].maillist: 'team@other.test' is not in the domain example.test",
        ),
        (
            {"maillists": [entry("team", exclusive=True)]},
            "maillists[0].exclusive: true needs subscribers, else everybody would be removed",
        ),
        (
            {"maillists": [entry("a", ["x"]), entry("b", ["anna", "anna"])]},
            "maillists[1].subscribers[1]: 'anna' is the same as 'anna' in maillists[1].subscribers[0]",
        ),
        (
            {"maillists": [entry("a", ["x"], ["y"])]},
            "maillists[0].senders_on_behalf[0]: y@example.test is not among the subscribers, "
            "only a subscriber can send on behalf",
        ),
    ],
)
def test_wrong_options(options: dict[str, Any], expected: str) -> None:
    """The message names place, value and rule."""
    assert problems(**options) == [expected]


def test_all_problems_at_once() -> None:
    """Of all lists."""
    assert len(problems(maillists=[entry("a b", ["c d"]), entry("x", ["anna", "Anna"], ["bert"])])) == 4


def test_same_subscriber_in_two_lists() -> None:
    """That is no duplicate."""
    desired = parse({**OPTIONS, "maillists": [entry("a", ["anna"]), entry("b", ["anna"])]}, DOMAIN)
    assert [each.subscribers for each in desired.lists] == [(ANNA,), (ANNA,)]


def test_exclusive_with_uids() -> None:
    """The numbers name everybody who stays."""
    desired = resolve(one_list(subscriber_uid=[1], exclusive=True), {}, {1: ANNA})
    assert plan(TEAM, state(ANNA, BERT), desired) == [SubscriberStep("unsubscribe", TEAM, BERT)]


def test_sender_in_another_spelling_is_a_subscriber() -> None:
    """Both sides are brought to one form."""
    desired = one_list(subscriber=["anna"], senders_on_behalf=["Anna@Example.test"])
    assert desired.may_send(ANNA) is True


@pytest.mark.parametrize(
    ("options", "manages", "right"),
    [
        ({}, False, None),
        ({"can_send_on_behalf": True}, True, True),
        ({"can_send_on_behalf": False}, True, False),
        ({"senders_on_behalf": []}, True, False),
        ({"senders_on_behalf": ["anna"]}, True, True),
    ],
)
def test_rights(options: dict[str, Any], manages: bool, right: bool | None) -> None:
    """Left alone if neither option is given."""
    desired = one_list(subscriber=["anna"], **options)
    assert desired.manages_permissions is manages
    assert desired.may_send(ANNA) is right


# Numbers instead of names


def test_uids_are_resolved() -> None:
    """The list's and the subscribers', in the order given."""
    desired = one_list(maillist=None, maillist_uid=7, subscriber_uid=[2, 1], senders_on_behalf=["anna"])
    assert desired.maillist is None
    resolved = resolve(desired, {7: TEAM, 8: Address("x@example.test")}, {1: ANNA, 2: BERT})
    assert (resolved.maillist, resolved.subscribers) == (TEAM, (BERT, ANNA))
    assert resolved.may_send(ANNA) is True


def test_names_need_no_resolving() -> None:
    """They stay as they are."""
    desired = one_list(subscriber=["anna"])
    assert resolve(desired, {}, {}) == desired


@pytest.mark.parametrize(
    ("options", "message", "advice"),
    [
        ({"maillist": None, "maillist_uid": 9, "subscriber": []}, "no mailing list has the uid 9", "maillist_uid"),
        ({"subscriber_uid": [1, 4, 5]}, "no mailbox has the uid 4, 5", "subscriber_uid"),
    ],
)
def test_unknown_uids(options: dict[str, Any], message: str, advice: str) -> None:
    """All of them are named."""
    with pytest.raises(ServiceError) as caught:
        resolve(one_list(**options), {7: TEAM}, {1: ANNA})
    assert (caught.value.code, caught.value.message) == ("not_found", message)
    assert advice in caught.value.sentence()


def test_sender_who_is_not_among_the_uids() -> None:
    """Found out as soon as the numbers are known."""
    desired = one_list(subscriber_uid=[1], senders_on_behalf=["bert"])
    with pytest.raises(InvalidInputError, match=r"bert@example\.test is not among the subscribers"):
        resolve(desired, {}, {1: ANNA})


# The plan


def test_missing_subscribers_are_added_with_their_right() -> None:
    """In one request; without a desired permission the service chooses it."""
    assert plan(TEAM, state(BERT), one_list(subscriber=["anna", "bert"])) == [
        SubscriberStep("subscribe", TEAM, ANNA, None)
    ]
    assert plan(TEAM, state(), one_list(subscriber=["anna", "bert"], senders_on_behalf=["anna"])) == [
        SubscriberStep("subscribe", TEAM, ANNA, True),
        SubscriberStep("subscribe", TEAM, BERT, False),
    ]


def test_permissions_are_set_where_they_differ() -> None:
    """Of those named; the others keep theirs."""
    current = state(ANNA, BERT, CARA, senders=(BERT, CARA))
    assert plan(TEAM, current, one_list(subscriber=["anna", "bert"], senders_on_behalf=["anna"])) == [
        SubscriberStep("set_can_send_on_behalf", TEAM, ANNA, True),
        SubscriberStep("set_can_send_on_behalf", TEAM, BERT, False),
    ]
    assert plan(TEAM, current, one_list(subscriber=["bert"], can_send_on_behalf=True)) == []
    assert plan(TEAM, current, one_list(subscriber=["anna", "bert"])) == []


def test_absent_removes_those_named() -> None:
    """As far as they are subscribed."""
    assert plan(TEAM, state(ANNA, BERT), one_list(subscriber=["bert", "cara"], state="absent")) == [
        SubscriberStep("unsubscribe", TEAM, BERT)
    ]


def test_exclusive_removes_the_others() -> None:
    """Last, so that a list that changes its people is never empty."""
    steps = plan(TEAM, state(ANNA, BERT), one_list(subscriber=["cara"], exclusive=True))
    assert [(step.action, step.subscriber, step.phase) for step in steps] == [
        ("subscribe", CARA, 0),
        ("unsubscribe", ANNA, 1),
        ("unsubscribe", BERT, 1),
    ]


def test_list_without_subscribers_in_the_task_is_left_alone() -> None:
    """An empty list of subscribers is something else."""
    assert plan(TEAM, state(ANNA), DesiredList(TEAM, None)) == []
    assert plan(TEAM, state(ANNA), DesiredList(TEAM, (), exclusive=True)) == [SubscriberStep("unsubscribe", TEAM, ANNA)]


PEOPLE = [ANNA, BERT, CARA, *map(Address, ("dora@example.test", "emil@other.test", "fred@example.test"))]
STATES = st.dictionaries(st.sampled_from(PEOPLE), st.booleans()).map(
    lambda permissions: ListState(tuple(permissions), permissions)
)


@st.composite
def desired_lists(draw: st.DrawFn) -> DesiredList:
    """Draw what a task may say of one list."""
    named = draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    present = draw(st.booleans())
    permissions = draw(st.sampled_from(["left alone", "all", "senders"])) if present else "left alone"
    return DesiredList(
        TEAM,
        tuple(named),
        can_send_on_behalf=draw(st.booleans()) if permissions == "all" else None,
        senders=frozenset(draw(st.sets(st.sampled_from(named)))) if permissions == "senders" and named else None,
        exclusive=draw(st.booleans()) if present else False,
        present=present,
    )


@given(STATES, desired_lists())
def test_nothing_is_left_after_the_plan(current: ListState, desired: DesiredList) -> None:
    """Apply the plan, plan again: no steps; and no two steps for one person."""
    steps = plan(TEAM, current, desired)
    assert plan(TEAM, apply_steps(current, steps), desired) == []
    assert len({step.subscriber for step in steps}) == len(steps)


@given(STATES, desired_lists())
def test_plan_touches_only_who_was_named(current: ListState, desired: DesiredList) -> None:
    """Others keep subscription and permission; unless exclusive, which removes them and does nothing else to them."""
    after = apply_steps(current, plan(TEAM, current, desired))
    named = set(desired.subscribers or ())
    for person in set(PEOPLE) - named:
        was_there = person in current.subscribers
        assert (person in after.subscribers) == (was_there and not desired.exclusive)
        if person in after.subscribers:
            assert after.permissions[person] == current.permissions[person]
    if not desired.manages_permissions:
        for person in named & set(after.subscribers) & set(current.subscribers):
            assert after.permissions[person] == current.permissions[person]


@given(STATES, desired_lists())
def test_desired_state_holds_after_the_plan(current: ListState, desired: DesiredList) -> None:
    """Everybody named is there with the permission, or gone; after an exclusive plan nobody else is there."""
    after = apply_steps(current, plan(TEAM, current, desired))
    named = set(desired.subscribers or ())
    if desired.exclusive:
        assert set(after.subscribers) == named
    for person in named:
        assert (person in after.subscribers) == desired.present
        permission = desired.may_send(person)
        if desired.present and permission is not None:
            assert after.permissions[person] == permission


@given(STATES, desired_lists())
def test_diff_differs_exactly_when_something_changes(current: ListState, desired: DesiredList) -> None:
    """One plan feeds both."""
    steps = plan(TEAM, current, desired)
    after = apply_steps(current, steps)
    before = SubscriberState({}, {TEAM: desired}, {TEAM: current})
    assert (set(before.lines()) != set(before.after(steps).lines())) == bool(steps)
    assert before.after(steps).states == {TEAM: after}


# Guards


def addresses(name: str, count: int) -> tuple[Address, ...]:
    """Return so many addresses that begin alike."""
    return tuple(Address(f"{name}{number}@example.test") for number in range(count))


def guard(current: int, kept: int, percent: int = 30) -> list[str]:
    """Plan exclusively from so many subscribers to so many of them; returns the problems."""
    people = addresses("p", current)
    desired = DesiredList(TEAM, people[:kept], exclusive=True)
    steps = plan(TEAM, state(*people), desired)
    return [problem for problem in check_list(TEAM, state(*people), desired, steps, percent) if problem]


@pytest.mark.parametrize(
    ("current", "kept", "percent"),
    [(9, 1, 0), (10, 7, 30), (10, 9, 10), (10, 0, 100), (0, 0, 30), (50, 50, 0), (1000, 700, 30)],
)
def test_removals_within_the_limit(current: int, kept: int, percent: int) -> None:
    """Fewer than ten subscribers are not counted, exactly the percentage is allowed, 100 allows everything."""
    assert guard(current, kept, percent) == []


@pytest.mark.parametrize(("current", "kept", "percent"), [(10, 6, 30), (10, 9, 9), (10, 9, 0), (1000, 699, 30)])
def test_removals_above_the_limit(current: int, kept: int, percent: int) -> None:
    """From ten subscribers on; the message names the list, the counts and the option."""
    (problem,) = guard(current, kept, percent)
    assert f"{current - kept} of the {current} subscribers of {TEAM}" in problem
    assert f"max_removals_percent: {percent} " in problem


@pytest.mark.parametrize("current", [1, 9, 10])
def test_nobody_desired_is_guarded_always(current: int) -> None:
    """However few there are."""
    (problem,) = guard(current, 0, 99)
    assert "nothing is desired" in problem
    assert "max_removals_percent: 100" in problem


def test_new_subscribers_do_not_count() -> None:
    """The percentage is that of those who are there."""
    people, fresh = addresses("p", 10), addresses("n", 100)
    desired = DesiredList(TEAM, (*people[:6], *fresh), exclusive=True)
    steps = plan(TEAM, state(*people), desired)
    (problem,) = [each for each in check_list(TEAM, state(*people), desired, steps, 30) if each]
    assert "4 of the 10 subscribers" in problem


def test_swap_of_an_alias_is_an_error_that_names_both() -> None:
    """The same mailbox under an alias domain would go and come in every run."""
    current = state(Address("anna@alias.test"), BERT)
    desired = DesiredList(TEAM, (ANNA, BERT), exclusive=True)
    steps = plan(TEAM, current, desired)
    (problem,) = [each for each in check_list(TEAM, current, desired, steps, 100) if each]
    assert problem.startswith(f"{TEAM}: exclusive would remove anna@alias.test and add {ANNA}, ")


def test_different_people_are_no_swap() -> None:
    """Neither are those who are only removed or only added."""
    current = state(Address("anna@alias.test"), BERT)
    desired = DesiredList(TEAM, (BERT, CARA), exclusive=True)
    steps = plan(TEAM, current, desired)
    assert [each for each in check_list(TEAM, current, desired, steps, 100) if each] == []


def test_who_names_the_subscribers_to_remove_is_not_guarded() -> None:
    """All of them, if he likes."""
    people = addresses("p", 20)
    desired = DesiredList(TEAM, people, present=False)
    steps = plan(TEAM, state(*people), desired)
    assert len(steps) == 20
    assert [each for each in check_list(TEAM, state(*people), desired, steps, 0) if each] == []


# What is shown


def test_list_as_it_is_returned() -> None:
    """Sorted; the permissions only where they are managed."""
    current = state(BERT, ANNA, senders=(BERT,))
    assert to_result(current, permissions=False) == {"subscribers": [ANNA, BERT]}
    assert to_result(current, permissions=True) == {"subscribers": [ANNA, BERT], "senders_on_behalf": [BERT]}


def test_changes_as_they_are_returned() -> None:
    """New senders are named, also when they are new subscribers; removed ones only if they stay subscribed."""
    steps = [
        SubscriberStep("subscribe", TEAM, CARA, True),
        SubscriberStep("subscribe", TEAM, Address("dora@example.test"), False),
        SubscriberStep("subscribe", TEAM, Address("carl@example.test"), None),
        SubscriberStep("set_can_send_on_behalf", TEAM, ANNA, True),
        SubscriberStep("set_can_send_on_behalf", TEAM, BERT, False),
        SubscriberStep("unsubscribe", TEAM, Address("emil@other.test")),
    ]
    assert group_steps(steps) == {
        "added": ["cara@example.test", "carl@example.test", "dora@example.test"],
        "removed": ["emil@other.test"],
        "senders_added": [ANNA, CARA],
        "senders_removed": [BERT],
    }


def test_changes_of_a_step() -> None:
    """A permission is a change of its own, unless it goes with the subscription."""
    add, remove = (Change("subscriber", TEAM, action, ANNA) for action in ("add", "remove"))
    allow, forbid = (Change("sender", TEAM, action, ANNA) for action in ("add", "remove"))
    for step, expected in (
        (SubscriberStep("subscribe", TEAM, ANNA), [add]),
        (SubscriberStep("subscribe", TEAM, ANNA, can_send_on_behalf=False), [add]),
        (SubscriberStep("subscribe", TEAM, ANNA, can_send_on_behalf=True), [add, allow]),
        (SubscriberStep("set_can_send_on_behalf", TEAM, ANNA, can_send_on_behalf=True), [allow]),
        (SubscriberStep("set_can_send_on_behalf", TEAM, ANNA, can_send_on_behalf=False), [forbid]),
        (SubscriberStep("unsubscribe", TEAM, ANNA), [remove]),
    ):
        assert step.changes == expected


def test_lines_of_the_diff() -> None:
    """Each names its list, and permissions as far as they are known."""
    team = ListState((ANNA, BERT, CARA), {ANNA: True, BERT: False})
    news = SubscriberState({}, {}, {TEAM: team, Address("news@example.test"): ListState((ANNA,))})
    assert list(news.lines()) == [
        f"{TEAM}: {ANNA}, may send",
        f"{TEAM}: {BERT}, may not send",
        f"{TEAM}: {CARA}",
        f"news@example.test: {ANNA}",
    ]


def test_steps_name_list_and_subscriber() -> None:
    """As failures show them."""
    assert SubscriberStep("subscribe", TEAM, ANNA).names == {"object": TEAM, "subscriber": ANNA}


@pytest.mark.parametrize(
    ("options", "trusts"),
    [
        ({"subscriber": ["anna", "cara"]}, False),
        ({"subscriber": ["anna", "bert"], "exclusive": True}, True),
        ({"subscriber": ["anna", "bert"], "state": "absent"}, False),
        ({"subscriber": ["anna", "cara"], "state": "absent"}, True),
    ],
)
def test_plans_that_take_people_for_gone(options: dict[str, Any], trusts: bool) -> None:
    """Because they are not listed."""
    assert trusts_listing(state(ANNA, BERT), one_list(**options)) is trusts


@given(STATES, desired_lists())
def test_permissions_apart_from_subscriptions(current: ListState, desired: DesiredList) -> None:
    """They follow in a second round, are taken from who is removed, and then nothing is left."""
    state = SubscriberState({}, {TEAM: desired}, {TEAM: current}, grants_on_subscribe=False)
    first = state.plan()
    assert all(step.can_send_on_behalf is None for step in first if step.action == "subscribe")
    state = state.after(first)
    second = state.plan()
    assert {step.action for step in second} <= {"set_can_send_on_behalf"}
    state = state.after(second)
    assert state.plan() == []
    reached = state.states[TEAM]
    for each in desired.subscribers or ():
        may_send = desired.may_send(each)
        if desired.present and may_send is not None:
            assert reached.permissions.get(each, False) == may_send
    if desired.manages_permissions and desired.exclusive:
        taken = {step.subscriber for step in first if step.action == "set_can_send_on_behalf"}
        gone = {step.subscriber for step in first if step.action == "unsubscribe"}
        assert {each for each in gone if current.permissions.get(each)} <= taken
