# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of this emulator: those that all emulators have, and its own (docs/api/y360.md, 11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from emulator_common import faults

OWN_KINDS = """\
kinds of this emulator only:
  fail_next[:status=S]            not carried out, with that status or 500; strikes once unless `count` is given
  rate_limit:limit=N[:retry-after=S]   the same as rate; Retry-After is 1 unless it is given, as for 429 and busy
  drop_after_write                writes are carried out, then the connection is reset
  html_error[:applied]            the same as 502
switches, which may strike together, and beside one of the others:
  lag:requests=N                  the next N listings of its kind do not show what was created
  clip:size=N                     lists have at most N objects a page, whatever was asked for
  sanitize                        signatures lose <script> elements, and <br/> becomes <br>
  no_seats                        403 to calls that create users, groups, or domains
  task_polls:polls=N              a task of a mailbox is running for N polls instead of 1
  task_error                      a task of a mailbox ends with `error`, and changes nothing
  delete_needs_disabled:off       users/delete takes users that are enabled
  delete_leaves_dismissed         users/delete leaves a dismissed user in the listings
  users_delete_missing[:status=404]   there is no users/delete: 405, or the given status
"""

SWITCHES = frozenset(
    {
        "lag",
        "clip",
        "sanitize",
        "no_seats",
        "task_polls",
        "task_error",
        "delete_needs_disabled",
        "delete_leaves_dismissed",
        "users_delete_missing",
    }
)
CREATING = frozenset(
    {"users/create", "groups/create", "departments/create", "external_contacts/create", "mailboxes/create_shared"}
)
_DELETING = frozenset({"users/delete"})
_SETTING_ROLES = frozenset({"mailboxes/set"})


def _status(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 400 <= int(text) <= 599:
        raise ValueError("a status from 400 to 599")
    return int(text)


@dataclass(frozen=True)
class Fault(faults.Fault):
    """A SPEC that was read."""

    options = faults.OPTIONS | {
        "fail_next": frozenset({"status"}),
        "rate_limit": frozenset({"limit", "retry-after"}),
        "drop_after_write": frozenset(),
        "html_error": frozenset({"applied"}),
        "lag": frozenset({"requests"}),
        "clip": frozenset({"size"}),
        "sanitize": frozenset(),
        "no_seats": frozenset(),
        "task_polls": frozenset({"polls"}),
        "task_error": frozenset(),
        "delete_needs_disabled": frozenset({"off"}),
        "delete_leaves_dismissed": frozenset(),
        "users_delete_missing": frozenset({"status"}),
    }
    optional = faults.Fault.optional | {"status"}
    calls = {  # noqa: RUF012 - it is one of the class
        "lag": CREATING,
        "sanitize": frozenset({"sender_info/set"}),
        "no_seats": frozenset({"users/create", "groups/create", "domains/create"}),
        "task_polls": _SETTING_ROLES,
        "task_error": _SETTING_ROLES,
        "delete_needs_disabled": _DELETING,
        "delete_leaves_dismissed": _DELETING,
        "users_delete_missing": _DELETING,
    }
    own_answer = faults.OWN_ANSWER | SWITCHES
    switches = SWITCHES
    readers = {  # noqa: RUF012 - it is one of the class
        "status": _status,
        "requests": faults.positive,
        "size": faults.positive,
        "polls": faults.number,
        "off": lambda _text: True,
    }

    status: int = 0
    requests: int = 0
    size: int = 0
    polls: int = 0
    off: bool = False

    @classmethod
    def parse(cls, spec: str) -> Self:
        """Return the fault of a SPEC. Raise ValueError with a sentence about what is wrong."""
        fault = super().parse(spec)
        if fault.kind == "fail_next" and fault.count is None:
            return replace(fault, count=1)
        if fault.kind == "drop_after_write":
            return replace(fault, applied=True, on="writes" if fault.on == "all" else fault.on)
        return fault


class Faults(faults.Faults):
    """Faults at work, and what is not shown yet."""

    fault_type = Fault

    def __init__(self, specs: Iterable[str] = (), seed: int = 0) -> None:
        """Read the specs. Raises ValueError like `Fault.parse`."""
        super().__init__(specs, seed)
        self._lagging: dict[tuple[str, int], dict[int | str, int]] = {}

    def hide(self, kind: str, organization: int, number: int | str, requests: int) -> None:
        """Do not show an object in so many listings of its kind."""
        self._lagging.setdefault((kind, organization), {})[number] = requests

    def hidden(self, kind: str, organization: int) -> frozenset[int | str]:
        """Return what a listing does not show, and count the listing."""
        lagging = self._lagging.get((kind, organization), {})
        hidden = frozenset(number for number, requests in lagging.items() if requests)
        for number in hidden:
            lagging[number] -= 1
        return hidden
