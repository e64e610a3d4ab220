# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception, and what it tells the user (errors)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, replace

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import (
    Ambiguity,
    Delivery,
    InvalidInputError,
    ServiceError,
)
from ansible_collections.mailops.pdd.plugins.module_utils._core.show import show
from hypothesis import given
from hypothesis import strategies as st


def test_shape_of_a_failure() -> None:
    """The keys that are documented, all of them, always."""
    assert ServiceError("guard", "too many would go").as_dict() == {
        "code": "guard",
        "message": "too many would go",
        "http_status": None,
        "endpoint": None,
        "advice": "Nothing was written. Check the desired state.",
    }


def test_sentence_says_what_was_tried_what_came_of_it_and_what_to_do() -> None:
    """In this order."""
    error = ServiceError("refused", "the name is taken", advice="Choose another name.", attempt="create team")
    assert error.sentence() == "Cannot create team: the name is taken. Choose another name."


def test_sentence_without_attempt_or_advice() -> None:
    """Nothing stands in their place."""
    assert ServiceError("stalled", "nothing moved").sentence() == "nothing moved."
    assert ServiceError("guard", "too many", advice="").sentence() == "too many."


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
        "interrupted",
    ],
)
def test_codes_come_with_advice(code: str) -> None:
    """Each a whole sentence."""
    advice = ServiceError(code, "it failed").advice
    assert advice is not None
    assert advice.endswith(".")


def test_error_does_not_change() -> None:
    """What adds to it makes another one, so that nobody who holds it is told something else later."""
    error = ServiceError("tls", "no certificate")
    for name, value in vars(error).items():
        with pytest.raises(FrozenInstanceError):
            setattr(error, name, value)
    more = replace(error, attempt="list the domains", delivery=Delivery.UNKNOWN)
    assert more.sentence().startswith("Cannot list the domains: no certificate. ")
    assert (error.attempt, error.delivery) == (None, Delivery.REFUSED)


def test_error_can_be_raised_anywhere() -> None:
    """Python notes in an error where it came through."""

    @contextmanager
    def passage() -> Iterator[None]:
        yield

    error = ServiceError("tls", "no certificate")
    with pytest.raises(ServiceError, match="no certificate") as raised, passage():
        raise error from ValueError("why")
    assert raised.value is error
    assert error.__traceback__ is not None


def test_unsettled_write() -> None:
    """It has a code of its own and the advice for it; the rest stays."""
    lost = ServiceError("timeout", "no answer", endpoint="x/y", advice="Wait.", delivery=Delivery.UNKNOWN)
    unsettled = lost.unsettled("nobody knows")
    assert (unsettled.code, unsettled.message, unsettled.endpoint) == (
        "outcome_unknown",
        "no answer, and nobody knows",
        "x/y",
    )
    assert unsettled.advice == "Look at the object before you run the task again."


@pytest.mark.parametrize(
    ("error", "ambiguous", "outage"),
    [
        (ServiceError("occupied", "taken", ambiguity=Ambiguity.TAKEN), True, False),
        (ServiceError("gone", "missing", ambiguity=Ambiguity.MISSING), True, False),
        (ServiceError("unknown", "later", is_temporary=True), False, True),
        (ServiceError("unreachable", "no answer"), False, True),
        (ServiceError("guard", "too many"), False, False),
    ],
)
def test_what_an_error_is_about(error: ServiceError, ambiguous: bool, outage: bool) -> None:
    """An object that reading finds, or the service as a whole."""
    assert (error.is_ambiguous, error.is_outage) == (ambiguous, outage)


def test_invalid_input_holds_all_problems() -> None:
    """One by one for the caller, in one message for the user."""
    error = InvalidInputError(["a is wrong", "b is wrong"])
    assert error.problems == ["a is wrong", "b is wrong"]
    assert error.as_dict()["code"] == "invalid_input"
    assert error.sentence() == "a is wrong; b is wrong. Correct the input; nothing was changed."


NASTY = "\x1b[31mred\x1b]0;title\x07\u202egpj.exe\u200b\u2066\r\n\x9b"


def test_nothing_in_a_message_acts_on_a_terminal() -> None:
    """Control characters, escape sequences and bidirectional marks are escaped."""
    error = ServiceError("guard", f"too many of {NASTY}", attempt=f"change {NASTY}", advice=NASTY)
    for text in (error.sentence(), str(error.as_dict()["message"])):
        assert text.isprintable()
        assert r"\x1b[31mred" in text
        assert r"\u202egpj.exe" in text


@given(st.text(max_size=2000))
def test_any_text_is_shown_in_one_short_line(text: str) -> None:
    """As it is, if that is short and harmless."""
    shown = show(text)
    assert shown.isprintable()
    assert len(shown) <= 300 * len(r"\U0010ffff") + 30
    assert shown == text or not text.isprintable() or len(text) > 300
