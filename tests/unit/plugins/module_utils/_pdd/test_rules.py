# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's rules for new logins and passwords (rules; docs/api/pdd.md, 1.6)."""

from __future__ import annotations

import string

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.rules import PddRules
from hypothesis import given
from hypothesis import strategies as st

RULES = PddRules()
PLACE = "mailboxes[2].password"
ALLOWED = string.ascii_letters + string.digits + "!@#$%^&*()_-+:;,."


@pytest.mark.parametrize("login", ["a", "Z", "anna", "anna.b-2", "a--b", "a..b", "a" * 30, "x9"])
def test_valid_login(login: str) -> None:
    """One letter is enough, thirty characters are allowed."""
    assert RULES.login_problem("login", login) is None


@pytest.mark.parametrize(
    "login",
    [
        "",
        "1anna",
        "-anna",
        ".anna",
        "anna-",
        "anna.",
        "an_na",
        "an na",
        "anna\n",
        "ann\u00e4",
        "\u0430nna",
        "a+b",
        "\u017fam",
        "\u0131van",
        "an\u0131a",
        "\u212aarl",
    ],
)
def test_login_with_other_characters(login: str) -> None:
    """Latin letters are the 26 of ASCII; what only looks like one or folds to one is none."""
    expected = f"mailboxes[0].login: {login!r} is no valid login (Latin letters, digits, hyphens and dots; "
    problem = RULES.login_problem("mailboxes[0].login", login)
    assert problem == expected + "it begins with a letter and ends with a letter or digit)"


def test_login_of_31_characters() -> None:
    """The message names the length and the limit."""
    login = "a" * 31
    assert RULES.login_problem("login", login) == f"login: {login!r} has 31 characters, a login has at most 30"


@pytest.mark.parametrize("login", ["abuse", "postmaster", "Abuse", "POSTMASTER"])
def test_reserved_login(login: str) -> None:
    """The message gives the reason."""
    expected = f"login: {login!r} is reserved by the service, only a mailing list can have this name"
    assert RULES.login_problem("login", login) == RULES.reserved_problem("login", login) == expected
    assert RULES.reserved_problem("login", f"{login}1") is None


@pytest.mark.parametrize("length", [6, 7, 20, 21, 30])
def test_password_lengths(length: int) -> None:
    """6 to 30 characters where a mailbox is edited."""
    assert RULES.password_problem(PLACE, "a" * length, "anna") is None


@pytest.mark.parametrize("length", [0, 1, 5])
def test_short_password(length: int) -> None:
    """The message names place, login and rule."""
    expected = f"{PLACE} of anna: a password has at least 6 characters"
    assert RULES.password_problem(PLACE, "a" * length, "anna") == expected


@pytest.mark.parametrize(("length", "is_new", "longest"), [(31, False, 30), (21, True, 20), (30, True, 20)])
def test_long_password(length: int, is_new: bool, longest: int) -> None:
    """20 characters for a new mailbox, 30 for another."""
    expected = f"{PLACE} of anna: a password has at most {longest} characters"
    assert RULES.password_problem(PLACE, "a" * length, "anna", is_new=is_new) == expected


def test_every_allowed_character() -> None:
    """All that the reference lists."""
    for character in ALLOWED:
        assert RULES.password_problem(PLACE, f"Pass1{character}", "anna") is None


@pytest.mark.parametrize("character", [*" \t\n'\"/\\|<>=?[]{}~`", "\u00e4", "\u0661", "\u212a", "\x00"])
def test_other_characters(character: str) -> None:
    """Wherever they stand."""
    rule = "a password has only Latin letters, digits and ! @ # $ % ^ & * ( ) _ - + : ; , ."
    for password in (f"{character}secret", f"sec{character}ret", f"secret{character}"):
        assert RULES.password_problem(PLACE, password, "anna") == f"{PLACE} of anna: {rule}"


@pytest.mark.parametrize("password", ["annabell", "AnnaBell"])
def test_password_equal_to_the_login(password: str) -> None:
    """In any case of letters."""
    expected = f"{PLACE} of annabell: the password must differ from the login"
    assert RULES.password_problem(PLACE, password, "annabell") == expected


@given(st.text(), st.booleans())
def test_message_never_quotes_the_password(password: str, is_new: bool) -> None:
    """The message is the same for every password that breaks the same rule."""
    problem = RULES.password_problem(PLACE, f"#7{password}#7", "anna", is_new=is_new)
    assert problem is None or "#7" not in problem
