# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The codes with which the service refuses (codes)."""

from __future__ import annotations

import base64
import re

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Ambiguity, Delivery
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.codes import refusal
from hypothesis import given
from hypothesis import strategies as st


def test_shape_of_a_refusal() -> None:
    """The keys that are documented, all of them."""
    assert refusal("occupied", "email/ml/add", 200).as_dict() == {
        "code": "occupied",
        "message": "the service answered 'occupied' (the name is taken already)",
        "http_status": 200,
        "endpoint": "email/ml/add",
        "advice": "Choose another name, or remove what has it.",
    }


@pytest.mark.parametrize(
    "code",
    [
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
    advice = refusal(code, "email/list", 200).advice
    assert advice
    assert advice.endswith(".")


@pytest.mark.parametrize(
    ("answer", "ambiguity"),
    [
        ("occupied", Ambiguity.TAKEN),
        ("account_not_found", Ambiguity.MISSING),
        ("badlogin", None),
        ("not_allowed", None),
    ],
)
def test_refusals_that_do_not_say_which_object(answer: str, ambiguity: Ambiguity | None) -> None:
    """Reading has to show it."""
    assert refusal(answer, "email/ml/subscribe", 200).ambiguity is ambiguity


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
    """Of several, the last one counts (docs/api/pdd.md, 1.4); the message has what was answered."""
    error = refusal(answer, "email/list", 200)
    assert error.code == code
    assert repr(answer) in error.message
    assert error.delivery is not Delivery.UNKNOWN


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


SECRET = "Tr0ub4dor-Horse.Staple"
ECHOES = {
    "as it is": SECRET,
    "lower case": SECRET.lower(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "letters of base64": re.sub("[^a-z]", "", base64.b64encode(SECRET.encode()).decode().lower()),
    "hex": SECRET.encode().hex(),
    "first half": "tr_ub_dor",
    "second half": "horse-staple",
    "reversed": "elpats-esroh",
    "spaced": "h_o_r_s_e",
    "within a code": "bad_horse_password",
    "over several codes": "ho,rs,est",
    "before a known code": "horse,occupied",
}


@pytest.mark.parametrize("clothes", ECHOES)
def test_echo_of_a_secret_is_not_quoted(clothes: str) -> None:
    """Whatever it wears, and whatever stands beside it."""
    error = refusal(ECHOES[clothes], "email/add", 200, ["other", SECRET])
    assert error.code == "bad_answer"
    assert error.message == "the service answered an error without a readable code"


@given(st.text("abcdefghij_-", min_size=6), st.data())
def test_no_piece_of_a_secret_is_quoted(secret: str, data: st.DataObject) -> None:
    """Nor in any other case."""
    start = data.draw(st.integers(0, len(secret) - 1))
    piece = secret[start : data.draw(st.integers(start + 1, len(secret)))]
    error = refusal(data.draw(st.sampled_from([piece, piece.upper(), piece[::-1]])), "email/add", 200, [secret])
    assert error.code == "bad_answer"


@pytest.mark.parametrize("secrets", [["occupied"], ["occ"], ["", "other-1"]])
def test_known_codes_are_quoted_whatever_the_secret(secrets: list[str]) -> None:
    """A secret that is a known code by chance hides none, nor does a short one that stands in a new code."""
    assert refusal("occupied", "email/add", 200, secrets).code == "occupied"
    assert refusal("occ_new", "email/add", 200, ["occ"]).code == "occ_new"


@given(st.text())
def test_any_error_of_the_service_is_read(answer: str) -> None:
    """As its code, or as an unreadable answer."""
    error = refusal(answer, "email/list", 200)
    assert error.code
    assert len(error.sentence()) < 500


def test_list_of_codes_without_an_end() -> None:
    """It is shown as one short line, and the last code still counts."""
    error = refusal("blocked," * 100_000 + "occupied", "email/add", 200)
    assert error.code == "occupied"
    assert len(error.sentence()) < 1000
