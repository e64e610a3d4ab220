# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for what is created: logins and passwords (docs/api/pdd.md, 1.6).

They apply only where something is created; what exists may break them. No message holds a password.
"""

from __future__ import annotations

import re

MAX_LOGIN = 30
MIN_PASSWORD = 6
MAX_NEW_PASSWORD = 20
MAX_PASSWORD = 30
RESERVED_LOGINS = ("abuse", "postmaster")

_LOGIN = re.compile(r"[A-Za-z]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_PASSWORD = re.compile(r"[A-Za-z0-9!@#$%^&*()_\-+:;,.]*")


def login_problem(place: str, login: str) -> str | None:
    """Say which rule the name of a new mailbox breaks, if any; login: the part before the @."""
    if login.lower() in RESERVED_LOGINS:
        return f"{place}: {login!r} is reserved by the service, only a mailing list can have this name"
    if len(login) > MAX_LOGIN:
        return f"{place}: {login!r} has {len(login)} characters, a login has at most {MAX_LOGIN}"
    if not _LOGIN.fullmatch(login):
        return (
            f"{place}: {login!r} is no valid login (Latin letters, digits, hyphens and dots; "
            "it begins with a letter and ends with a letter or digit)"
        )
    return None


def password_problem(place: str, password: str, login: str, *, longest: int = MAX_PASSWORD) -> str | None:
    """Say which rule a password breaks, if any, without quoting it; login: the part before the @."""
    if len(password) < MIN_PASSWORD:
        return f"{place} of {login}: a password has at least {MIN_PASSWORD} characters"
    if len(password) > longest:
        return f"{place} of {login}: a password has at most {longest} characters"
    if not _PASSWORD.fullmatch(password):
        return f"{place} of {login}: a password has only Latin letters, digits and ! @ # $ % ^ & * ( ) _ - + : ; , ."
    if password.lower() == login.lower():
        return f"{place} of {login}: the password must differ from the login"
    return None
