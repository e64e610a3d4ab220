# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for what is created: logins, names and passwords (docs/api/y360.md, 2.3).

They apply only where something is created; what exists may break them. No message holds a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAX_LOGIN = 40
_MIN_PASSWORD = 8
_MAX_ALIASES = 10
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_NEEDED = ("first_name", "last_name")


class Y360Rules:
    """The rules that plans are handed (_mail/rules.py)."""

    def login_problem(self, place: str, login: str) -> str | None:
        """Return which rule the name of a new mailbox breaks, if any."""
        if len(login) > _MAX_LOGIN:
            return f"{place}: {login!r} has {len(login)} characters, a login has at most {_MAX_LOGIN}"
        if not _LOGIN.fullmatch(login) or ".." in login:
            return (
                f"{place}: {login!r} is no valid login (Latin letters, digits, hyphens, underscores and single dots; "
                "it begins and ends with a letter or digit)"
            )
        return None

    def reserved_problem(self, place: str, login: str) -> str | None:
        """Return nothing: no names are known to be reserved."""
        return None

    def password_problem(self, place: str, password: str, login: str, *, is_new: bool = False) -> str | None:
        """Return which rule a password breaks, if any. The rest is the service's to refuse."""
        if len(password) < _MIN_PASSWORD:
            return f"{place} of {login}: a password has at least {_MIN_PASSWORD} characters"
        return None

    def aliases_problem(self, place: str, login: str, count: int) -> str | None:
        """Return that a mailbox cannot have so many aliases, if so."""
        if count > _MAX_ALIASES:
            return f"{place} of {login}: {count} aliases are given, a mailbox has at most {_MAX_ALIASES}"
        return None

    def creation_problem(self, place: str, login: str, properties: Mapping[str, Any]) -> str | None:
        """Return which properties a new mailbox lacks, if any."""
        missing = [f"{place}{name}" for name in _NEEDED if not properties.get(name)]
        if missing:
            return f"{' and '.join(missing)} of {login} is missing: a new mailbox needs first_name and last_name"
        return None
