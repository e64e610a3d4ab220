# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells from the results of a check run how a domain differs from what is wanted, one difference a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Result = Mapping[str, Any]

_SUBSCRIBER_CHANGES = {
    "added": "is not subscribed",
    "removed": "is subscribed, and should not be",
    "senders_added": "may not send on behalf of the list",
    "senders_removed": "may send on behalf of the list, and should not",
}
_SIGNATURE_UNKNOWN = "the signature: nothing here remembers it, and the service cannot be asked"


@dataclass(frozen=True)
class Difference:
    """What differs: of a list, a mailbox or the signature (object), or of one of a list's people (subscriber)."""

    object: str
    difference: str
    subscriber: str | None = None


def drift(results: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the differences, as data and as sentences, and what cannot be known, from results of check mode.

    results: by what the tasks manage, `signature`, `imports`, `mailboxes`, `maillists` and `subscribers`; of loops and
    of parts with more than one task a list. Parts that did not run are missing, empty, or skipped.
    """
    parts = {part: list(_flat(results.get(part))) for part in _PARTS}
    differences = [each for part, tell in _PARTS.items() for result in parts[part] for each in tell(result)]
    return {
        "differences": [asdict(each) for each in differences],
        "sentences": [_sentence(each) for each in differences],
        "unknown": [each for results in parts.values() for result in results for each in _unknown(result)],
    }


def _flat(results: Any) -> Iterator[Result]:
    """Yield the results of modules: of lists, and of loops, those inside."""
    if isinstance(results, Mapping):
        yield from _flat(results["results"]) if "results" in results else [results]
    else:
        for result in results or ():
            yield from _flat(result)


def _signature(result: Result) -> Iterator[Difference]:
    if result.get("previously") == "different":
        yield Difference("signature", "is not the one that was set last")


def _imports(result: Result) -> Iterator[Difference]:
    for address in result.get("imported", ()):
        yield Difference(address, "is missing, its import would be started")


def _mailboxes(result: Result) -> Iterator[Difference]:
    for address in result.get("created", ()):
        yield Difference(address, "is missing, the mailbox would be created")
    for address in result.get("deleted", ()):
        yield Difference(address, "is there, the mailbox and its mail would be deleted")
    for change in result.get("changes", ()):
        if change["property"] != "password":
            values = f"{_quoted(change['before'])}, and should be {_quoted(change['after'])}"
            yield Difference(change["login"], f"{change['property']} is {values}")


def _maillists(result: Result) -> Iterator[Difference]:
    for address in result.get("created", ()):
        yield Difference(address, "is missing, the mailing list would be created")
    for address in result.get("deleted", ()):
        yield Difference(address, "is there, the mailing list would be deleted")


def _subscribers(result: Result) -> Iterator[Difference]:
    for maillist in result.get("maillists", ()):
        new = set(maillist["added"])
        for key, difference in _SUBSCRIBER_CHANGES.items():
            people = maillist[key] if key == "added" else sorted(set(maillist[key]) - new)
            for address in people:
                yield Difference(maillist["maillist"], difference, address)


def _unknown(result: Result) -> Iterator[str]:
    if result.get("previously") == "unknown":
        yield _SIGNATURE_UNKNOWN
    for change in result.get("changes", ()):
        if change["property"] == "password":
            yield f"{change['login']}: the password would be set anew, since update_password is always"


def _sentence(difference: Difference) -> str:
    person = f"{difference.subscriber} " if difference.subscriber else ""
    return f"{difference.object}: {person}{difference.difference}"


def _quoted(value: object) -> str:
    """Show a value of a property: texts in quotes, flags as YAML has them."""
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else repr(str(value))


_PARTS = {
    "signature": _signature,
    "imports": _imports,
    "mailboxes": _mailboxes,
    "maillists": _maillists,
    "subscribers": _subscribers,
}
