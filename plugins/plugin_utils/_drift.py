# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read from the changes of a check run how a domain differs from the desired state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

Change = Mapping[str, Any]

_PARTS = ("removals", "freed", "signature", "imports", "mailboxes", "absent", "maillists", "subscribers")
_DIFFERENCES = {
    ("signature", "update"): "is not the one that was set last",
    ("import", "start"): "is missing, its import would be started",
    ("import", "remove"): "imports are running, and would be stopped",
    ("mailbox", "create"): "is missing, the mailbox would be created",
    ("mailbox", "delete"): "is there, the mailbox and its mail would be deleted",
    ("maillist", "create"): "is missing, the mailing list would be created",
    ("maillist", "delete"): "is there, the mailing list would be deleted",
    ("subscriber", "add"): "is not subscribed",
    ("subscriber", "remove"): "is subscribed, and should not be",
    ("sender", "add"): "may not send on behalf of the list",
    ("sender", "remove"): "may send on behalf of the list, and should not",
}
# For a kind or an action that Ansible has masked, because it equals a secret of the task.
_MASKED = "would be changed"


@dataclass(frozen=True)
class Difference:
    """One difference of an object (a mailing list, a mailbox, or the signature), or of a subscriber of a list."""

    object: str
    difference: str
    subscriber: str | None = None

    @property
    def sentence(self) -> str:
        """The difference as a readable line."""
        subject = f"{self.subscriber} " if self.subscriber else ""
        return f"{self.object}: {subject}{self.difference}"


def drift(results: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the differences, as data and as sentences, and what cannot be compared, of a check run.

    results: by the parts of the role (see _parts.py), in particular `signature`, `imports`, `mailboxes`, `maillists`
    and `subscribers`; of loops and of parts with more than one task a list. Parts that did not run are missing, empty,
    or skipped.
    """
    changes = [list(_read_changes(result)) for part in _PARTS for result in _flatten(results.get(part))]
    differences = [difference for each in changes for difference in _find_differences(each)]
    return {
        "differences": [asdict(each) for each in differences],
        "sentences": [each.sentence for each in differences],
        "unknown": [reason for each in changes for change in each if (reason := _explain_unknown(change))],
    }


def _flatten(results: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the results of modules, also those inside of lists and loops."""
    if isinstance(results, Mapping):
        yield from _flatten(results["results"]) if "results" in results else [results]
    elif isinstance(results, Sequence) and not isinstance(results, str):
        for result in results:
            yield from _flatten(result)


def _read_changes(result: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the changes of a result, one for each subscriber."""
    changes, starts = result.get("changes"), result.get("starts")
    if starts and isinstance(starts, Mapping):  # Ansible masks strings, but no keys
        changes = [_import(each, result) for each, is_started in starts.items() if is_started]
    for change in changes if isinstance(changes, Sequence) else ():
        if isinstance(change, Mapping):
            yield from (
                {**change, "subscriber": each} for each in change.get("subscribers", [change.get("subscriber")])
            )


def _import(address: str, result: Mapping[str, Any]) -> Change:
    kind = "import" if address not in (result.get("existing") or ()) else "existing"
    return {"kind": kind, "name": address, "action": "start"}


def _find_differences(changes: Iterable[Change]) -> Iterator[Difference]:
    """Yield what differs. A part of something new is no difference of its own."""
    new = set()
    for change in changes:
        kind, name, action = (str(change.get(key)) for key in ("kind", "name", "action"))
        subscriber = change.get("subscriber")
        if _explain_unknown(change) or change.get("previously") == "same" or (name, subscriber) in new:
            continue
        if action in ("create", "add"):
            new.add((name, subscriber))
        yield Difference(name, _explain_difference(kind, action, change), subscriber)


def _explain_difference(kind: str, action: str, change: Change) -> str:
    if "property" in change and "after" in change:
        values = f"{_quote(change.get('before'))}, and should be {_quote(change['after'])}"
        return f"{change['property']} is {values}"
    return _DIFFERENCES.get((kind, action), _MASKED)


def _explain_unknown(change: Change) -> str | None:
    """Return a sentence about what would be written in any case, because it cannot be read from the service."""
    if change.get("previously") == "unknown":
        return "the signature: it is not known which one was set last, and the service does not return it"
    if change.get("kind") == "existing":
        reason = "pdd_domain_imports_existing is import"
        return f"{change.get('name')}: its mail would be imported in every run, because {reason}"
    if change.get("property") == "password":
        return f"{change.get('name')}: the password would be set again, because update_password is always"
    return None


def _quote(value: object) -> str:
    """Return the value of a property as YAML has it, strings in quotes."""
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else repr(str(value))
