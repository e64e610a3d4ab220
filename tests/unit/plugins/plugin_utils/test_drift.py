# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of check mode become differences."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._drift import drift

ANNA, BORIS, TEAM = "anna@example.test", "boris@example.test", "team@example.test"


def maillist(**changes: list[str]) -> dict[str, Any]:
    """Return what pdd_maillist_subscriber says of a list."""
    return {
        "maillist": TEAM,
        "uid": 7,
        "added": [],
        "removed": [],
        "senders_added": [],
        "senders_removed": [],
        "subscribers_count": 1,
        **changes,
    }


def change(name: str, before: object, after: object) -> dict[str, Any]:
    """Return what pdd_mailbox says of a property."""
    return {"changes": [{"login": ANNA, "property": name, "before": before, "after": after}]}


@pytest.mark.parametrize(
    ("results", "sentences"),
    [
        ({"signature": {"previously": "different"}}, ["signature: is not the one that was set last"]),
        ({"signature": {"previously": "same"}}, []),
        (
            {"imports": {"results": [{"imported": [ANNA]}, {"imported": []}, {"skipped": True}]}},
            [f"{ANNA}: is missing, its import would be started"],
        ),
        (
            {"mailboxes": {"created": [ANNA], "deleted": [BORIS], "changes": []}},
            [
                f"{ANNA}: is missing, the mailbox would be created",
                f"{BORIS}: is there, the mailbox and its mail would be deleted",
            ],
        ),
        ({"mailboxes": change("first_name", "", "Anna")}, [f"{ANNA}: first_name is '', and should be 'Anna'"]),
        ({"mailboxes": change("enabled", True, False)}, [f"{ANNA}: enabled is true, and should be false"]),
        (
            {"mailboxes": change("birth_date", None, "1990-02-03")},
            [f"{ANNA}: birth_date is not set, and should be '1990-02-03'"],
        ),
        (
            {"maillists": [{"created": [TEAM], "deleted": []}, {"created": [], "deleted": ["old@example.test"]}]},
            [
                f"{TEAM}: is missing, the mailing list would be created",
                "old@example.test: is there, the mailing list would be deleted",
            ],
        ),
        (
            {"subscribers": {"maillists": [maillist(added=[ANNA, BORIS], senders_added=[BORIS])]}},
            [f"{TEAM}: {ANNA} is not subscribed", f"{TEAM}: {BORIS} is not subscribed"],
        ),
        (
            {"subscribers": {"maillists": [maillist(removed=[ANNA], senders_added=[BORIS])]}},
            [
                f"{TEAM}: {ANNA} is subscribed, and should not be",
                f"{TEAM}: {BORIS} may not send on behalf of the list",
            ],
        ),
        (
            {"subscribers": {"maillists": [maillist(senders_removed=[ANNA])]}},
            [f"{TEAM}: {ANNA} may send on behalf of the list, and should not"],
        ),
    ],
)
def test_differences(results: dict[str, Any], sentences: list[str]) -> None:
    found = drift(results)
    assert found["sentences"] == sentences
    assert len(found["differences"]) == len(sentences)
    assert found["unknown"] == []


def test_differences_name_list_and_person() -> None:
    found = drift({"subscribers": {"maillists": [maillist(added=[ANNA])]}, "mailboxes": {"created": [BORIS]}})
    assert found["differences"] == [
        {"object": BORIS, "subscriber": None, "difference": "is missing, the mailbox would be created"},
        {"object": TEAM, "subscriber": ANNA, "difference": "is not subscribed"},
    ]


def test_what_nobody_can_tell_is_no_difference() -> None:
    """The signature that nothing remembers, and passwords that are always set."""
    found = drift(
        {"signature": {"previously": "unknown", "changed": True}, "mailboxes": change("password", None, None)}
    )
    assert found["differences"] == found["sentences"] == []
    assert [each.partition(":")[0] for each in found["unknown"]] == ["the signature", ANNA]


@pytest.mark.parametrize("nothing", [None, [], {}, {"skipped": True}, [{"skipped": True}, []], {"results": []}])
def test_parts_that_did_not_run(nothing: Any) -> None:
    parts = ("signature", "imports", "mailboxes", "maillists", "subscribers")
    assert drift(dict.fromkeys(parts, nothing)) == drift({}) == {"differences": [], "sentences": [], "unknown": []}
