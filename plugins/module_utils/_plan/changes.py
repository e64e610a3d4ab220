# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan changes, in the one form that all modules return and that drift is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .._core.converge import Step

SECRET_PROPERTIES = ("password",)
"""Properties that are named in a change, without their values."""

# A change of one subscriber takes about 100 characters, so from here on those of one list share an entry.
_MANY = 1000


@dataclass(frozen=True)
class Change:
    """One thing that is different afterwards. It never holds a secret.

    kind: mailbox, maillist, subscriber, sender, signature or import. name: the address of the object, `signature`, or
    the domain where all its imports are meant. action: create, update, delete, add, remove or start. subscriber: whose
    subscription to the list `name`, or permission to send on its behalf, is added or removed. property: what is updated
    of a mailbox, from before to after. previously: of a signature, as pdd_signature returns it.
    """

    kind: str
    name: str
    action: str
    subscriber: str | None = None
    property: str | None = None
    before: object = None
    after: object = None
    previously: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the change as modules return it: only the keys that it needs."""
        shown: dict[str, Any] = {"kind": self.kind, "name": self.name, "action": self.action}
        for key in ("subscriber", "property", "previously"):
            if getattr(self, key) is not None:
                shown[key] = getattr(self, key)
        if self.property is not None and self.property not in SECRET_PROPERTIES:
            shown.update(before=self.before, after=self.after)
        return shown


class PlannedStep(Step, Protocol):
    """A step that says what it changes."""

    @property
    def changes(self) -> Sequence[Change]:
        """What is different when the step is done."""


AnyPlanned = TypeVar("AnyPlanned", bound=PlannedStep)


def list_changes(steps: Iterable[PlannedStep]) -> list[dict[str, Any]]:
    """Return what steps change, sorted by name and subscriber.

    If there are more than 1,000 changes, subscribers with the same kind, name and action share an entry, which has the
    list `subscribers` in the place of `subscriber`.
    """
    changes = [change for step in steps for change in step.changes]
    changes.sort(key=lambda change: (change.name, change.subscriber or ""))
    return _merge(changes) if len(changes) > _MANY else [change.as_dict() for change in changes]


def _merge(changes: Iterable[Change]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    shared: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        key = (change.kind, change.name, change.action)
        if change.subscriber is None:
            entries.append(change.as_dict())
        elif key in shared:
            shared[key].append(change.subscriber)
        else:
            shared[key] = [change.subscriber]
            kind, name, action = key
            entries.append({"kind": kind, "name": name, "action": action, "subscribers": shared[key]})
    return entries
