# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers, flags and strings in every form in which they were seen (values; docs/api/pdd.md, 3.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.values import readable, to_flag, to_int, to_string
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.strategies import JSON
from hypothesis import example, given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (1130000001234567, 1130000001234567),
        ("1130000001234567", 1130000001234567),
        (" 42\n", 42),
        ("0", 0),
        ("007", 7),
        (-1, -1),
        (3.0, 3),
        (True, 1),
        (False, 0),
        (2147483647, 2147483647),
    ],
)
def test_numbers(value: object, number: int) -> None:
    """Integers, in quotes as the reference prints them or not."""
    result = to_int(value)
    assert result == number
    assert isinstance(result, int)
    assert not isinstance(result, bool)


@pytest.mark.parametrize(
    "value", [None, "", " ", "abc", "1.5", 1.5, "1e3", "0x10", "\u0661", "\u00b2", "9" * 20, [], [1], {}, {"a": 1}]
)
def test_what_is_no_number(value: object) -> None:
    """None stands for it; an unset priority was seen as an empty text."""
    assert to_int(value) is None


@pytest.mark.parametrize("value", [True, 1, "1", "yes", "YES", "Yes", " yes ", "true", "True", "ok", "OK"])
def test_flags_that_are_set(value: object) -> None:
    """All spellings of yes."""
    assert to_flag(value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "no", "NO", " no ", "false", "False", "error"])
def test_flags_that_are_not_set(value: object) -> None:
    """All spellings of no."""
    assert to_flag(value) is False


@pytest.mark.parametrize(
    "value",
    [None, "", "maybe", 2, -1, "yes no", [], [True], {}, "\u0434\u0430", "o\u212a", "\uff59\uff45\uff53"],
)
def test_what_is_no_flag(value: object) -> None:
    """None stands for it."""
    assert to_flag(value) is None


@pytest.mark.parametrize(("value", "text"), [("Anna", "Anna"), ("", ""), (None, ""), (7, "7")])
def test_texts(value: object, text: str) -> None:
    """An unset text was seen as null and as empty."""
    assert to_string(value) == text


@given(JSON)
def test_any_value_is_read(value: Any) -> None:
    """Nothing that JSON can hold raises an error."""
    assert to_int(value) is None or isinstance(to_int(value), int)
    assert to_flag(value) in (True, False, None)
    assert isinstance(to_string(value), str)


SURROGATES = st.characters(categories=["Cs"])
ANY_TEXT = st.text(st.characters() | SURROGATES)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


NAMES = ("login", "maillist", "external_login", "domain")


@given(ANY_JSON)
@example({"\ud800": ["\udfff"]})
def test_every_text_can_be_written_down(value: Any) -> None:
    """In any encoding, keys too; what can be already stays as it is, and what cannot is told."""
    broken: list[str] = []
    result = readable(value, broken.append, "somebody", names=NAMES)
    json.dumps([result, broken], ensure_ascii=False).encode()
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        assert broken
    else:
        assert (result, broken) == (value, [])


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("\ud800", ["place"]),
        ({"domain": "example.test", "status": "\ud800"}, ["example.test"]),
        ({"maillist": "team", "subscribers": ["anna\ud800", "boris", "\udc00"]}, ["team", "team"]),
        ({"domain": "x", "accounts": [{"login": "anna", "iname": "\ud800"}, {"login": "boris"}]}, ["anna"]),
        ({"accounts": [{"login": "a\ud800"}]}, ["a\ufffd"]),
        ({"import": {"failed_boxes": [{"external_login": "anna", "last_error": "\ud800"}]}}, ["anna"]),
    ],
)
def test_broken_text_is_told_with_the_object_around_it(value: Any, names: list[str]) -> None:
    """By the name that tells most."""
    broken: list[str] = []
    readable(value, broken.append, "place", names=NAMES)
    assert broken == names


def test_deep_answer() -> None:
    """No answer is too deep; what lies deeper than anything that is read goes."""
    value: Any = []
    for _level in range(5000):
        value = [value]
    assert len(str(readable(value, print, "place", names=NAMES))) < 50
