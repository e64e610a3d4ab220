# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether to set the signature, which the service has no way to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .changes import Change

SIGNATURE = "signature"
"""The name of the one object."""


@dataclass(frozen=True)
class SignatureStep:
    """Set the signature. previously: what is known of the one that was set before."""

    previously: str
    action: str = "update"
    phase: int = 0

    @property
    def names(self) -> dict[str, str]:
        """The signature, for failures."""
        return {"object": SIGNATURE}

    @property
    def changes(self) -> list[Change]:
        """The signature."""
        return [Change(SIGNATURE, SIGNATURE, self.action, previously=self.previously)]


@dataclass(frozen=True)
class SignatureState:
    """The desired signature. previously: whether the one that was set is the "same", "different", or "unknown"."""

    text: str
    previously: str
    is_set: bool = False

    def after(self, steps: Iterable[SignatureStep]) -> SignatureState:
        """Return the state after steps."""
        return replace(self, is_set=self.is_set or bool(list(steps)))

    def lines(self) -> list[str]:
        """Return the signature, or what is known of it."""
        return [self.text if self.is_set or self.previously == "same" else f"({self.previously})"]


def plan(state: SignatureState, *, force: bool) -> list[SignatureStep]:
    """Return the step that is needed, if one is."""
    is_needed = not state.is_set and (force or state.previously != "same")
    return [SignatureStep(state.previously)] if is_needed else []
