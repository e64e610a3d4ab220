# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of check mode become differences."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._drift import drift

ANNA, BORIS, TEAM = "anna@example.test", "boris@example.test", "team@example.test"


def changed(*changes: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a module, as far as it matters."""
    return {"changed": bool(changes), "changes": list(changes)}


def change(kind: str, action: str, name: str, **others: Any) -> dict[str, Any]:
    """Return an entry of `changes`."""
    return {"kind": kind, "action": action, "name": name, **others}


def update(name: str, before: object, after: object) -> dict[str, Any]:
    """Return what pdd_mailbox says of a property."""
    return changed(change("mailbox", "update", ANNA, property=name, before=before, after=after))


def signature(previously: str) -> dict[str, Any]:
    """Return what pdd_signature says."""
    return changed(change("signature", "update", "signature", previously=previously))


@pytest.mark.parametrize(
    ("results", "sentences"),
    [
        ({"signature": signature("different")}, ["signature: is not the one that was set last"]),
        ({"signature": signature("same")}, []),
        ({"signature": changed()}, []),
        (
            {"imports": {"results": [changed(change("import", "start", ANNA)), changed(), {"skipped": True}]}},
            [f"{ANNA}: is missing, its import would be started"],
        ),
        (
            {"mailboxes": changed(change("mailbox", "create", ANNA), change("mailbox", "delete", BORIS))},
            [
                f"{ANNA}: is missing, the mailbox would be created",
                f"{BORIS}: is there, the mailbox and its mail would be deleted",
            ],
        ),
        ({"mailboxes": update("first_name", "", "Anna")}, [f"{ANNA}: first_name is '', and should be 'Anna'"]),
        ({"mailboxes": update("enabled", True, False)}, [f"{ANNA}: enabled is true, and should be false"]),
        (
            {"mailboxes": update("birth_date", None, "1990-02-03")},
            [f"{ANNA}: birth_date is not set, and should be '1990-02-03'"],
        ),
        (
            {"mailboxes": changed(change("mailbox", "create", ANNA), *update("first_name", "", "Anna")["changes"])},
            [f"{ANNA}: is missing, the mailbox would be created"],
        ),
        (
            {
                "maillists": [
                    changed(change("maillist", "create", TEAM)),
                    changed(change("maillist", "delete", "old@example.test")),
                ]
            },
            [
                f"{TEAM}: is missing, the mailing list would be created",
                "old@example.test: is there, the mailing list would be deleted",
            ],
        ),
        (
            {
                "subscribers": changed(
                    change("subscriber", "add", TEAM, subscriber=ANNA),
                    change("subscriber", "add", TEAM, subscriber=BORIS),
                    change("sender", "add", TEAM, subscriber=BORIS),
                )
            },
            [f"{TEAM}: {ANNA} is not subscribed", f"{TEAM}: {BORIS} is not subscribed"],
        ),
        (
            {
                "subscribers": changed(
                    change("subscriber", "remove", TEAM, subscriber=ANNA),
                    change("sender", "add", TEAM, subscriber=BORIS),
                )
            },
            [
                f"{TEAM}: {ANNA} is subscribed, and should not be",
                f"{TEAM}: {BORIS} may not send on behalf of the list",
            ],
        ),
        (
            {"subscribers": changed(change("sender", "remove", TEAM, subscriber=ANNA))},
            [f"{TEAM}: {ANNA} may send on behalf of the list, and should not"],
        ),
        (
            {
                "subscribers": changed(
                    change("subscriber", "add", TEAM, subscribers=[ANNA, BORIS]),
                    change("sender", "add", TEAM, subscribers=[BORIS]),
                )
            },
            [f"{TEAM}: {ANNA} is not subscribed", f"{TEAM}: {BORIS} is not subscribed"],
        ),
    ],
)
def test_differences(results: dict[str, Any], sentences: list[str]) -> None:
    found = drift(results)
    assert found["sentences"] == sentences
    assert len(found["differences"]) == len(sentences)
    assert found["unknown"] == []


def test_imports_whose_names_are_masked() -> None:
    """Ansible masks no keys and booleans. To fill a mailbox that exists is no difference: every run does it."""
    masked = changed(change("import", "********", "an********@example.test"))
    result = {**masked, "existing": [BORIS], "starts": {ANNA: True, BORIS: True, TEAM: False}}
    found = drift({"imports": {"results": [result]}})
    assert found["sentences"] == [f"{ANNA}: is missing, its import would be started"]
    assert [each.partition(":")[0] for each in found["unknown"]] == [BORIS]
    stopped = {**changed(change("import", "remove", "example.test")), "existing": [], "starts": {}}
    assert len(drift({"imports": stopped})["sentences"]) == 1


def test_all_parts_of_the_role() -> None:
    """Those of a part that a guard has stopped among them."""
    results: dict[str, Any] = {
        "removals": changed(change("mailbox", "delete", ANNA)),
        "freed": changed(change("maillist", "delete", BORIS)),
        "absent": changed(change("maillist", "delete", TEAM)),
        "subscribers": {**changed(change("subscriber", "remove", TEAM, subscriber=ANNA)), "failed": True},
    }
    assert drift(results)["sentences"] == [
        f"{ANNA}: is there, the mailbox and its mail would be deleted",
        f"{BORIS}: is there, the mailing list would be deleted",
        f"{TEAM}: is there, the mailing list would be deleted",
        f"{TEAM}: {ANNA} is subscribed, and should not be",
    ]


def test_differences_name_list_and_person() -> None:
    subscribers = changed(change("subscriber", "add", TEAM, subscriber=ANNA))
    found = drift({"subscribers": subscribers, "mailboxes": changed(change("mailbox", "create", BORIS))})
    assert found["differences"] == [
        {"object": BORIS, "subscriber": None, "difference": "is missing, the mailbox would be created"},
        {"object": TEAM, "subscriber": ANNA, "difference": "is not subscribed"},
    ]


def test_what_nobody_can_tell_is_no_difference() -> None:
    """The signature that nothing remembers, and passwords that are always set."""
    password = changed(change("mailbox", "update", ANNA, property="password"))
    found = drift({"signature": signature("unknown"), "mailboxes": password})
    assert found["differences"] == found["sentences"] == []
    assert [each.partition(":")[0] for each in found["unknown"]] == ["the signature", ANNA]


@pytest.mark.parametrize("nothing", [None, [], {}, {"skipped": True}, [{"skipped": True}, []], {"results": []}])
def test_parts_that_did_not_run(nothing: Any) -> None:
    parts = ("signature", "imports", "mailboxes", "maillists", "subscribers")
    assert drift(dict.fromkeys(parts, nothing)) == drift({}) == {"differences": [], "sentences": [], "unknown": []}


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"kind": "mailbo********", "action": "delete", "name": ANNA}, f"{ANNA}: would be changed"),
        ({"kind": "mailbox", "action": "********", "name": ANNA}, f"{ANNA}: would be changed"),
        (
            {**change("mailbox", "update", ANNA, property="first_********", before="", after="********")},
            f"{ANNA}: first_******** is '', and should be '********'",
        ),
        ({"kind": "subscriber", "action": "add", "name": "********"}, "********: is not subscribed"),
        ({"kind": "mailbox", "action": "create"}, "None: is missing, the mailbox would be created"),
        ({}, "None: would be changed"),
    ],
)
def test_what_is_masked_or_missing_is_a_difference(entry: dict[str, Any], sentence: str) -> None:
    """Ansible masks what equals a secret, whatever it means."""
    assert drift({"mailboxes": changed(entry)})["sentences"] == [sentence]


@pytest.mark.parametrize("changes", [None, "********", ["********"], 7])
def test_what_is_no_list_of_changes(changes: Any) -> None:
    assert drift({"mailboxes": {"changes": changes}})["differences"] == []
