# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes as modules return them, and the diff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._plan.changes import Change, list_changes
from ansible_collections.mailops.pdd.plugins.module_utils._plan.diff import line, property_line, text_diff
from hypothesis import given
from hypothesis import strategies as st

TEAM, ANNA, BERT = "team@example.test", "anna@example.test", "bert@example.test"
DOMAIN = "example.test"


@dataclass(frozen=True)
class Step:
    """A step with nothing but its changes."""

    changes: Sequence[Change]
    phase: int = 0
    action: str = "act"

    @property
    def names(self) -> dict[str, str]:
        """What it is done to."""
        return {"object": "it"}


def people(count: int) -> list[str]:
    return [f"person{number:05}@example.test" for number in range(count)]


def subscriptions(count: int, maillist: str = TEAM) -> list[Step]:
    return [Step([Change("subscriber", maillist, "add", subscriber=each)]) for each in people(count)]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (Change("maillist", TEAM, "create"), {"kind": "maillist", "name": TEAM, "action": "create"}),
        (
            Change("sender", TEAM, "remove", subscriber=ANNA),
            {"kind": "sender", "name": TEAM, "action": "remove", "subscriber": ANNA},
        ),
        (
            Change("mailbox", ANNA, "update", property="birth_date", before=None, after="1990-02-03"),
            {
                "kind": "mailbox",
                "name": ANNA,
                "action": "update",
                "property": "birth_date",
                "before": None,
                "after": "1990-02-03",
            },
        ),
        (
            Change("mailbox", ANNA, "update", property="password", before="old secret", after="new secret"),
            {"kind": "mailbox", "name": ANNA, "action": "update", "property": "password"},
        ),
        (
            Change("signature", "signature", "update", previously="unknown"),
            {"kind": "signature", "name": "signature", "action": "update", "previously": "unknown"},
        ),
    ],
)
def test_keys_of_a_change(change: Change, shown: dict[str, object]) -> None:
    """Only those that it needs, and never a secret."""
    assert list_changes([Step([change])]) == [shown]


def test_changes_are_sorted_by_object() -> None:
    """What one step changes stays in its order."""
    new_sender = [Change("subscriber", TEAM, "add", subscriber=BERT), Change("sender", TEAM, "add", subscriber=BERT)]
    steps = [Step(new_sender), Step([Change("subscriber", TEAM, "remove", subscriber=ANNA)])]
    steps += [Step([Change("maillist", "news@example.test", "create")])]
    assert [(each["kind"], each["name"], each.get("subscriber")) for each in list_changes(steps)] == [
        ("maillist", "news@example.test", None),
        ("subscriber", TEAM, ANNA),
        ("subscriber", TEAM, BERT),
        ("sender", TEAM, BERT),
    ]


def test_up_to_a_thousand_changes_have_an_entry_each() -> None:
    changes = list_changes(subscriptions(1000))
    assert [each["subscriber"] for each in changes] == people(1000)


def test_more_changes_share_entries() -> None:
    """Each list and action has one; what is no subscriber keeps its own."""
    steps = [*subscriptions(900), *subscriptions(200, "news@example.test"), Step([Change("mailbox", ANNA, "create")])]
    assert list_changes(steps) == [
        {"kind": "mailbox", "name": ANNA, "action": "create"},
        {"kind": "subscriber", "name": "news@example.test", "action": "add", "subscribers": people(200)},
        {"kind": "subscriber", "name": TEAM, "action": "add", "subscribers": people(900)},
    ]


def test_diff_of_one_change_among_many() -> None:
    """It names the list, and shows two lines before and after it."""
    lines = [line(TEAM, each) for each in people(500)]
    diff = text_diff(lines, [*lines[:250], *lines[251:]], DOMAIN)
    assert diff == {
        "before": "".join(f"{each}\n" for each in lines[248:253]),
        "after": "".join(f"{each}\n" for each in [*lines[248:250], *lines[251:253]]),
        "before_header": DOMAIN,
        "after_header": DOMAIN,
    }


def test_diff_where_nothing_changes() -> None:
    lines = [line(TEAM, each) for each in people(500)]
    assert text_diff(lines, reversed(lines), DOMAIN) == {
        "before": "",
        "after": "",
        "before_header": DOMAIN,
        "after_header": DOMAIN,
    }


def test_long_diff_is_cut() -> None:
    """After a thousand lines; the rest is counted on each side."""
    diff = text_diff([line(TEAM, ANNA)], [line(TEAM, each) for each in people(1500)], DOMAIN)
    assert diff["before"] == f"{TEAM}: {ANNA}\n"
    shown = diff["after"].splitlines()
    assert len(shown) == 1000
    assert shown[-1] == "(501 more lines)"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Анна", 'first_name "Анна"'),
        ('"\\', 'first_name "\\"\\\\"'),
        ("a\nb\x1b\u202e", 'first_name "a\\nb\\u001b\\u202e"'),
        (None, "first_name not set"),
        (False, "first_name false"),
    ],
)
def test_line_of_a_property(value: object, shown: str) -> None:
    """One line, with letters as they are, and nothing that a terminal acts on."""
    assert property_line(ANNA, "first_name", value) == f"{ANNA}: {shown}"


LINES = st.sets(st.text("ab", min_size=1, max_size=4))


@given(LINES, LINES)
def test_diff_shows_exactly_what_changed(before: set[str], after: set[str]) -> None:
    """All lines that changed, and no unchanged one that is not near one of them."""
    diff = text_diff(before, after, DOMAIN)
    old, new = diff["before"].splitlines(), diff["after"].splitlines()
    assert set(old) ^ set(new) == before ^ after
    assert (old, new) == (sorted(old), sorted(new))
    assert set(old) <= before
    assert set(new) <= after
    ranks = {each: rank for rank, each in enumerate(sorted(before | after))}
    changed = [ranks[each] for each in before ^ after]
    assert all(min(abs(ranks[each] - rank) for rank in changed) <= 2 for each in set(old) & set(new))
