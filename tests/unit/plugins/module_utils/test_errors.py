# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception, and what it tells the user (_errors)."""

from __future__ import annotations

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._errors import InvalidInputError, PddError, refusal
from hypothesis import given
from hypothesis import strategies as st


def test_shape_of_a_failure() -> None:
    """The keys that are documented, all of them, always."""
    assert PddError("guard", "too many would go").as_dict() == {
        "code": "guard",
        "message": "too many would go",
        "http_status": None,
        "endpoint": None,
        "advice": "Nothing was written. Check the wanted state.",
    }
    assert refusal("occupied", "email/ml/add", 200).as_dict() == {
        "code": "occupied",
        "message": "the service answered 'occupied' (the name is taken already)",
        "http_status": 200,
        "endpoint": "email/ml/add",
        "advice": "Choose another name, or remove what has it.",
    }


def test_sentence_says_what_was_tried_what_came_of_it_and_what_to_do() -> None:
    """In this order."""
    error = refusal("occupied", "email/ml/add", 200)
    error.attempt = "create the mailing list team@example.test"
    assert error.sentence() == (
        "Cannot create the mailing list team@example.test: the service answered 'occupied' (the name is taken "
        "already). Choose another name, or remove what has it."
    )


def test_sentence_without_attempt_or_advice() -> None:
    """Nothing stands in their place."""
    assert PddError("stalled", "nothing moved").sentence() == "nothing moved."
    assert PddError("guard", "too many", advice="").sentence() == "too many."


@pytest.mark.parametrize(
    "code",
    [
        "unreachable",
        "timeout",
        "tls",
        "bad_answer",
        "redirect",
        "outcome_unknown",
        "guard",
        "bad_token",
        "no_auth",
        "not_allowed",
        "blocked",
        "no_reply",
        "account_not_found",
        "passwd-tooshort",
        "bad_oauth",
        "unknown",
    ],
)
def test_codes_come_with_advice(code: str) -> None:
    """Each a whole sentence."""
    advice = PddError(code, "it failed").advice
    assert advice is not None
    assert advice.endswith(".")


def test_invalid_input_holds_all_problems() -> None:
    """One by one for the caller, in one message for the user."""
    error = InvalidInputError(["a is wrong", "b is wrong"])
    assert error.problems == ["a is wrong", "b is wrong"]
    assert error.as_dict()["code"] == "invalid_input"
    assert error.sentence() == "a is wrong; b is wrong. Correct the input; nothing was sent."


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("occupied", "occupied"),
        ("no_domain,bad_domain", "bad_domain"),
        ("no_domain, bad_domain", "bad_domain"),
        ("no_domain,bad_domain,", "bad_domain"),
        ("passwd-tooshort", "passwd-tooshort"),
        ("no such user registered", "no such user registered"),
        ("brand_new_code", "brand_new_code"),
    ],
)
def test_code_of_the_service(answer: str, code: str) -> None:
    """Of several, the last one counts (pdd-api.md, 1.4); the message has what was answered."""
    error = refusal(answer, "email/list", 200)
    assert error.code == code
    assert repr(answer) in error.message
    assert not error.outcome_unknown


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "['occupied']",
        "{'a': 1}",
        "<b>no</b>",
        "5",
        "-",
        ",",
        "fehler: \u00e4",
        "a" * 31,
        "bad\nthing",
        "x.y",
        "New",
        "with space",
        "code7",
    ],
)
def test_what_is_no_code_is_not_quoted(answer: str) -> None:
    """It may hold anything, a secret too."""
    error = refusal(answer, "email/list", 200)
    assert error.code == "bad_answer"
    assert error.message == "the service answered an error without a readable code"


@pytest.mark.parametrize("answer", ["made-up-1", "bad made-up-1", "codes,made-up-1", "made-up-1,occupied"])
def test_echo_of_a_secret_is_not_quoted(answer: str) -> None:
    """Nor is what follows a comma in it, which looks like a code."""
    assert refusal(answer, "email/add", 200, ["made-up-1"]).code == "bad_answer"
    assert refusal("made,up-1", "email/add", 200, ["made,up-1"]).code == "bad_answer"


@pytest.mark.parametrize("secrets", [["occupied"], ["occ"], ["", "other-1"]])
def test_codes_are_quoted_whatever_the_secret(secrets: list[str]) -> None:
    """A secret that is a code by chance, or so short that it stands in many, hides none."""
    assert refusal("occupied", "email/add", 200, secrets).code == "occupied"
    assert refusal("occ_new", "email/add", 200, ["occ"]).code == "occ_new"


@given(st.text())
def test_any_error_of_the_service_is_read(answer: str) -> None:
    """As its code, or as an unreadable answer."""
    error = refusal(answer, "email/list", 200)
    assert error.code
    assert len(error.sentence()) < 500
