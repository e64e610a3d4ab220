# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check run is given in the place of secrets."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.rules import PddRules
from ansible_collections.mailops.pdd.plugins.plugin_utils._placeholders import without_secrets
from hypothesis import given
from hypothesis import strategies as st

RULES = PddRules()


def entry(**options: Any) -> dict[str, Any]:
    """Return an entry of the mailboxes."""
    return {"login": "Anna@example.test", **options}


@given(st.text(max_size=35) | st.text("abc,;", min_size=4, max_size=35))
def test_every_rule_is_broken_alike(password: str) -> None:
    """That of a new mailbox, which is the only one that depends on what the service has, as well."""
    hidden = without_secrets(entry(password=password), RULES)["password"]
    for is_new in (True, False):
        told = [RULES.password_problem("password", each, "anna", is_new=is_new) for each in (password, hidden)]
        assert told[0] == told[1]


@pytest.mark.parametrize("secret", ["password", "mailbox", "update"])
def test_no_word_is_left(secret: str) -> None:
    given = entry(password=secret, hint_question="Which?", hint_answer="a", first_name="Anna", enabled=True)
    hidden = without_secrets(given, RULES)
    assert not set("".join(hidden.pop(key) for key in ("password", "hint_answer"))) & set("abcdefghijklmnopqrstuvwxyz")
    assert hidden == {key: value for key, value in given.items() if key in hidden}


@pytest.mark.parametrize("blank", [{}, {"password": None, "hint_answer": None}, {"password": "", "hint_answer": ""}])
def test_what_is_not_given_is_not_made_up(blank: dict[str, Any]) -> None:
    assert without_secrets(entry(**blank), RULES) == entry(**blank)


@pytest.mark.parametrize("password", ["anna", "ANNA", "short", "with space", "пароль", "x" * 31])
def test_password_that_breaks_a_rule_is_kept(password: str) -> None:
    """The module refuses it."""
    assert without_secrets(entry(password=password), RULES)["password"] == password
