# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of this emulator: those that all emulators have, and a few of its own."""

from __future__ import annotations

from collections.abc import Iterable

from emulator_common import faults

OWN_KINDS = """\
kinds of this emulator only:
  unknown[:applied]               the error `unknown`
  invisible:seconds=S             what email/add or email/ml/add creates is not seen by other calls for that time
  short:drop=N                    email/ml/subscribers leaves out the last N subscribers
"""


class Fault(faults.Fault):
    """A SPEC that was read."""

    options = faults.OPTIONS | {
        "unknown": frozenset({"applied"}),
        "invisible": frozenset({"seconds"}),
        "short": frozenset({"drop"}),
    }
    calls = {  # noqa: RUF012 - it is one of the class
        "invisible": frozenset({"email/add", "email/ml/add"}),
        "short": frozenset({"email/ml/subscribers"}),
    }
    own_answer = faults.OWN_ANSWER | {"unknown", "invisible", "short"}


parse = Fault.parse


class Faults(faults.Faults):
    """Faults at work, and what is invisible."""

    fault_type = Fault

    def __init__(self, specs: Iterable[str] = (), seed: int = 0) -> None:
        """Read the specs. Raises ValueError like `parse`."""
        super().__init__(specs, seed)
        self._visible_from: dict[int, float] = {}

    def hide(self, uid: int, until: float) -> None:
        """Make a mailbox or list invisible until a time."""
        self._visible_from[uid] = until

    def hidden(self, now: float) -> frozenset[int]:
        """Return the uids that are invisible."""
        return frozenset(uid for uid, until in self._visible_from.items() if now < until)
