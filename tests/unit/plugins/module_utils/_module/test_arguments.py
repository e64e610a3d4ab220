# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What breaks an argument spec is found as Ansible finds it, and is named without being quoted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailops.pdd.plugins.module_utils._module.arguments import argument_problems
from hypothesis import example, given
from hypothesis import strategies as st

CANARY = "canary-1"
ENTRY: dict[str, Any] = {
    "login": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
    "sex": {"type": "str", "choices": ["male", "female"]},
    "enabled": {"type": "bool"},
    "birth_year": {"type": "int"},
}
SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "timeout": {"type": "float"},
    "port": {"type": "int"},
    "force": {"type": "bool"},
    "path": {"type": "path"},
    "subscriber": {"type": "list", "elements": "str", "aliases": ["subscribers"]},
    "uid": {"type": "list", "elements": "int"},
    "sorts": {"type": "list", "elements": "str", "choices": ["a", "b"]},
    "mailboxes": {"type": "list", "elements": "dict", "options": ENTRY},
    "imports": {
        "type": "list",
        "elements": "dict",
        "options": {"mailboxes": {"type": "list", "elements": "dict", "options": ENTRY, "required": True}},
    },
    "one": {"type": "dict", "options": ENTRY},
}

scalars = st.one_of(
    st.sampled_from([CANARY, f"login=anna password={CANARY}", f"login={CANARY}", "yes", "1", "present", "a", "male"]),
    st.integers(-3, 3),
    st.booleans(),
    st.floats(-2, 2),
)
entries = st.dictionaries(st.sampled_from([*ENTRY, CANARY, "mailboxes"]), scalars, max_size=3)
values = st.one_of(scalars, entries, st.lists(st.one_of(scalars, entries), max_size=3))
options = st.dictionaries(
    st.sampled_from([*SPEC, "subscribers", CANARY]),
    st.one_of(values, st.lists(st.dictionaries(st.just("mailboxes"), values), max_size=2)),
    max_size=3,
)


@given(options)
@example({"subscriber": CANARY, "subscribers": {}})
@example({"subscriber": {}, "subscribers": CANARY})
@example({"subscriber": {}, "subscribers": None})
def test_problems_are_those_of_ansible(given: dict[str, Any]) -> None:
    """Both find something or nothing, and what a value holds is in no sentence."""
    try:
        expected = ArgumentSpecValidator(SPEC).validate(given).error_messages
    except TypeError as error:  # a number where a dictionary with options should be
        expected = [str(error)]
    problems = argument_problems(SPEC, given)
    assert bool(problems) == bool(expected), (problems, expected)
    assert CANARY not in "".join(problems)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"state": CANARY}, "value of state must be one of: present, absent"),
        ({"timeout": CANARY}, "timeout must be a number"),
        ({"port": CANARY}, "port must be a whole number"),
        ({"force": CANARY}, "force must be true or false"),
        ({"subscribers": {CANARY: 1}}, "subscribers must be a list of strings"),
        ({"uid": [1, CANARY]}, "uid must be a list of whole numbers"),
        ({"mailboxes": [CANARY]}, "mailboxes must be a list of dictionaries"),
        ({"one": CANARY}, "one must be a dictionary"),
        ({"one": {"password": CANARY}}, "one: missing required arguments: login"),
        ({"mailboxes": [{"login": "anna"}, {"sex": CANARY, "login": CANARY}]}, "mailboxes, entry 2: value of sex must"),
        ({"imports": [{"mailboxes": [{"login": "a", "enabled": CANARY}]}]}, "imports, entry 1: mailboxes, entry 1: en"),
        ({"passwort": CANARY}, "unsupported parameters: passwort. Supported parameters include: force"),
        ({CANARY: 1}, "unsupported parameters: a name that is not shown. Supported"),
        ({"one": f"login=anna canary={CANARY}"}, "one: unsupported parameters: a name that is not shown. Supported"),
    ],
)
def test_sentences(given: dict[str, Any], problem: str) -> None:
    [found] = argument_problems(SPEC, given)
    assert re.match(re.escape(problem), found)
    assert CANARY not in found
