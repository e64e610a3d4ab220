# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What plans ask of a service's rules before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Rules(Protocol):
    """The rules of one service for what is created. What exists may break them.

    place: where the user says it, as messages begin. login: the part before the @. No message holds a password.
    """

    def login_problem(self, place: str, login: str) -> str | None:
        """Return which rule the name of a new mailbox breaks, if any."""

    def reserved_problem(self, place: str, login: str) -> str | None:
        """Return that no mailbox can have this name, if so, not even one that is there already."""

    def password_problem(self, place: str, password: str, login: str, *, is_new: bool = False) -> str | None:
        """Return which rule a password breaks, if any. is_new: as that of a new mailbox."""

    def aliases_problem(self, place: str, login: str, count: int) -> str | None:
        """Return that a mailbox cannot have so many aliases, if so."""

    def creation_problem(self, place: str, login: str, properties: Mapping[str, Any]) -> str | None:
        """Return which properties a new mailbox lacks, if any; place: with a final dot."""
