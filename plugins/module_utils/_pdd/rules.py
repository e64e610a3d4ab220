# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for what is created: logins and passwords (docs/api/pdd.md, 1.6).

They apply only where something is created; what exists may break them. No message holds a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAX_LOGIN = 30
_MIN_PASSWORD = 6
_MAX_NEW_PASSWORD = 20
_MAX_PASSWORD = 30
_RESERVED_LOGINS = ("abuse", "postmaster")
_LOGIN = re.compile(r"[A-Za-z]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_PASSWORD = re.compile(r"[A-Za-z0-9!@#$%^&*()_\-+:;,.]*")


class PddRules:
    """The rules that plans are handed (_mail/rules.py)."""

    def login_problem(self, place: str, login: str) -> str | None:
        """Return which rule the name of a new mailbox breaks, if any."""
        if len(login) > _MAX_LOGIN:
            return f"{place}: {login!r} has {len(login)} characters, a login has at most {_MAX_LOGIN}"
        if not _LOGIN.fullmatch(login):
            return (
                f"{place}: {login!r} is no valid login (Latin letters, digits, hyphens and dots; "
                "it begins with a letter and ends with a letter or digit)"
            )
        return self.reserved_problem(place, login)

    def reserved_problem(self, place: str, login: str) -> str | None:
        """Return that no mailbox can have this name, if so."""
        if login.lower() in _RESERVED_LOGINS:
            return f"{place}: {login!r} is reserved by the service, only a mailing list can have this name"
        return None

    def password_problem(self, place: str, password: str, login: str, *, is_new: bool = False) -> str | None:
        """Return which rule a password breaks, if any. is_new: as that of a new mailbox."""
        longest = _MAX_NEW_PASSWORD if is_new else _MAX_PASSWORD
        if len(password) < _MIN_PASSWORD:
            return f"{place} of {login}: a password has at least {_MIN_PASSWORD} characters"
        if len(password) > longest:
            return f"{place} of {login}: a password has at most {longest} characters"
        if not _PASSWORD.fullmatch(password):
            allowed = "Latin letters, digits and ! @ # $ % ^ & * ( ) _ - + : ; , ."
            return f"{place} of {login}: a password has only {allowed}"
        if password.lower() == login.lower():
            return f"{place} of {login}: the password must differ from the login"
        return None

    def aliases_problem(self, place: str, login: str, count: int) -> str | None:
        """Return nothing: aliases are those of the domain."""
        return None

    def creation_problem(self, place: str, login: str, properties: Mapping[str, Any]) -> str | None:
        """Return nothing: a mailbox needs no properties."""
        return None
