# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables are read one by one, and nothing of a secret gets into a message."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.plugin_utils._input import read_input
from hypothesis import given
from hypothesis import strategies as st

SPEC: dict[str, Any] = {
    "token": {"type": "str", "no_log": True},
    "timeout": {"type": "float", "default": 30},
    "names": {"type": "list", "elements": "str", "default": []},
    "boxes": {
        "type": "list",
        "elements": "dict",
        "options": {
            "login": {"type": "str", "required": True},
            "password": {"type": "str", "no_log": True},
            "state": {"type": "str", "default": "present"},
        },
    },
}
OTHERS: dict[str, Any] = {"answer": {"type": "str", "no_log": True}}


class Failing(str):
    """A template that fails, and what its error says."""

    def fail(self) -> None:
        """Raise the error."""
        raise ValueError(str(self))


def template(values: list[Any]) -> list[Any]:
    """Do what Ansible does: return what a template gives, or fail."""
    [value] = values
    if isinstance(value, Failing):
        value.fail()
    return [] if value == "{{ omit }}" else values


def read(**raw: Any) -> dict[str, Any]:
    """Read variables."""
    return read_input(SPEC, raw, template, others=OTHERS)


def problems(**raw: Any) -> list[str]:
    """Return what is wrong with variables."""
    with pytest.raises(InvalidInputError) as refused:
        read(**raw)
    return refused.value.problems


def test_values_are_converted_and_completed() -> None:
    assert read(timeout="2", boxes=[{"login": 1}]) == {
        "token": None,
        "timeout": 2.0,
        "names": [],
        "boxes": [{"login": "1", "state": "present"}],
    }


@pytest.mark.parametrize("unset", [None, "{{ omit }}"])
def test_what_is_not_set(unset: str | None) -> None:
    found = read(token=unset, timeout=unset, names=["a", *([unset] if unset else [])], boxes=[{"login": "a"}])
    assert found == read(names=["a"], boxes=[{"login": "a", "password": unset, "state": unset}])
    assert found["timeout"] == 30
    assert found["boxes"] == [{"login": "a", "state": "present"}]


def test_everything_is_said_at_once() -> None:
    assert problems(
        names=Failing("'a_name' is undefined"),
        timeout="long",
        boxes=[{"login": "a", "state": Failing("No\nsuch\x1b[1m file.")}],
        other=1,
    ) == [
        "names: 'a_name' is undefined",
        "boxes, entry 1, state: No such [1m file",
        "timeout must be a number",
    ]


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "spaced": " ".join,
    "half": lambda secret: secret[: len(secret) // 2],
    "in a URL": lambda secret: quote(secret, safe=""),
    "in JSON": json.dumps,
    "repr": repr,
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "amid base64": lambda secret: base64.b64encode(f"a{secret}b".encode()).decode(),
    "later in base64": lambda secret: base64.b64encode(f"ab{secret}".encode()).decode(),
}
secrets = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=12).filter(
    lambda text: sum(map(str.isalnum, text)) >= 12 and sum(map(str.isalnum, text[: len(text) // 2])) >= 5
)


@given(secrets, st.sampled_from(list(FORMS.values())), st.sampled_from(["token", "boxes", "answer"]))
def test_no_reason_quotes_a_secret(secret: str, form: Callable[[str], str], holder: str) -> None:
    """Wherever the secret is known from, and however it is spelled."""
    raw: dict[str, Any] = {holder: [{"login": "a", "password": secret}] if holder == "boxes" else secret}
    [problem] = problems(**raw, names=Failing(f"no file /etc/{form(secret)}/x"))
    assert problem == "names: it cannot be evaluated (ValueError; the reason may hold a secret)"


@pytest.mark.parametrize(
    "holder",
    [
        {"token": Failing("no such key")},
        {"answer": Failing("no such key")},
        {"boxes": Failing("no such key")},
        {"boxes": [{"login": "a", "password": Failing("no such key")}]},
        {"boxes": [{"login": "a", "passwort": Failing("no such key")}]},
    ],
)
def test_no_reason_is_shown_while_a_secret_is_unknown(holder: dict[str, Any]) -> None:
    """It could be what the reason quotes. The name of an undefined variable is none."""
    found = problems(**holder, names=Failing("no file hunter2"), timeout=Failing("'a_name' is undefined"))
    assert "no such key" not in str(found)
    assert "hunter2" not in str(found)
    assert "timeout: 'a_name' is undefined" in found


def test_unknown_names_are_shown_only_if_they_look_like_names() -> None:
    [problem] = problems(boxes=[{"login": "a", "hunter-2": 1, "pass_word": 2}])
    assert "a name that is not shown, pass_word" in problem
    assert "hunter" not in problem


def test_secrets_that_are_in_no_variable_are_not_shown_either() -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_input(SPEC, {"names": Failing("no file hunter2")}, template, others={}, hidden=["hunter2"])
    assert "hunter2" not in str(refused.value)


def test_message_stays_short() -> None:
    """However many values fail, and however many secrets their reasons are searched for."""
    found = problems(boxes=[{"login": Failing("no"), "password": f"made-up-{number}"} for number in range(1000)])
    assert found[0] == "boxes, entry 1, login: no"
    assert found[3:] == ["boxes: 997 more"]
