# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read of a domain becomes variables and YAML, and nothing in it becomes a template."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.mailops.pdd.plugins.plugin_utils._export import role_variables, unsafe_yaml
from hypothesis import given
from hypothesis import strategies as st

DOMAIN = "example.test"
ANNA, BORIS, TEAM = "anna@example.test", "boris@example.test", "team@example.test"


class Loader(yaml.SafeLoader):
    """Reads !unsafe as Ansible does: as a text, which is noted as being no template."""


class Unsafe(str):
    """A text that is no template."""


Loader.add_constructor("!unsafe", lambda _loader, node: Unsafe(node.value))


def load(text: str) -> Any:
    return yaml.load(text, Loader=Loader)  # noqa: S506 - a safe loader


def mailbox(login: str, **properties: Any) -> dict[str, Any]:
    """Return a mailbox as pdd_mailbox_info does."""
    return {
        "login": login,
        "uid": 7,
        "enabled": True,
        "first_name": "",
        "last_name": "",
        "birth_date": None,
        "sex": "unset",
        "hint_question": "",
        "ready": False,
        "aliases": [],
        **properties,
    }


def maillist(address: str, *subscribers: str, senders: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a mailing list as pdd_maillist_info does."""
    return {"maillist": address, "subscribers": list(subscribers), "senders_on_behalf": list(senders)}


def test_variables() -> None:
    """They hold what the role can set, sorted, and nothing that only the service knows."""
    person = {"first_name": "Boris", "birth_date": "1990-02-03", "sex": "male", "hint_question": "Colour?"}
    variables, left_out = role_variables(
        [maillist("zoo@example.test"), maillist(TEAM, BORIS, ANNA, senders=(BORIS,))],
        [mailbox(BORIS, **person, enabled=False), mailbox(ANNA)],
        DOMAIN,
        exclusive=False,
    )
    unset = {"first_name": "", "last_name": "", "sex": "unset", "enabled": True}
    assert variables == {
        "pdd_domain_mailboxes": [
            {"login": ANNA, **unset},
            {"login": BORIS, "last_name": "", **person, "enabled": False},
        ],
        "pdd_domain_maillists": [
            {"maillist": TEAM, "subscribers": [ANNA, BORIS], "senders_on_behalf": [BORIS]},
            {"maillist": "zoo@example.test", "subscribers": [], "senders_on_behalf": []},
        ],
    }
    assert left_out == []


def test_exclusive_variables() -> None:
    variables, _left_out = role_variables([maillist(TEAM, ANNA)], [], DOMAIN, exclusive=True)
    assert variables["pdd_domain_maillists_exclusive"] is True
    assert [entry["exclusive"] for entry in variables["pdd_domain_maillists"]] == [True]


@pytest.mark.parametrize(
    ("lists", "people", "words"),
    [
        ([], [mailbox("anna@alias.test")], "mailbox: 'anna@alias.test' is not in the domain example.test"),
        ([maillist("team@alias.test")], [], "mailing list: 'team@alias.test' is not in the domain example.test"),
        ([maillist(TEAM, ANNA, "a b", senders=("a b",))], [], f"subscriber of {TEAM}: 'a b' is no address"),
    ],
)
def test_what_the_role_would_refuse_is_left_out(lists: list[Any], people: list[Any], words: str) -> None:
    variables, left_out = role_variables(lists, people, DOMAIN, exclusive=False)
    assert len(left_out) == 1
    assert words in left_out[0]
    assert variables["pdd_domain_mailboxes"] == []
    assert variables["pdd_domain_maillists"] in (
        [],
        [{"maillist": TEAM, "subscribers": [ANNA], "senders_on_behalf": []}],
    )


@pytest.mark.parametrize("name", ["{{ 1 + 1 }}", "{% raw %}", "{# nothing", "a\n{{ b }}\n", "{{'\"\\"])
def test_templates_are_tagged(name: str) -> None:
    loaded = load(unsafe_yaml({"names": [name, "{ no template }"]}))
    assert loaded == {"names": [name, "{ no template }"]}
    assert [type(each) for each in loaded["names"]] == [Unsafe, str]


@pytest.mark.parametrize(
    "name", ["1990-02-03", "yes", "1_000", "null", "0x1", "~", "", "a: b", "- a", "#", "!x", "1e3"]
)
def test_texts_stay_texts(name: str) -> None:
    assert load(unsafe_yaml([name])) == [name]


def test_yaml_is_laid_out_for_people() -> None:
    """Lists are indented, long lines are not folded, letters are letters, and nothing refers to something else."""
    shared = ["ж" * 300]
    assert unsafe_yaml({"b": shared, "a": shared, "c": []}) == f"b:\n  - {shared[0]}\na:\n  - {shared[0]}\nc: []\n"


TEXT = st.text() | st.text("{}%# \n'\"\\:-")
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def templates(value: Any) -> list[Any]:
    """Return all texts in which a template may begin."""
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in templates(part)]
    if isinstance(value, list):
        return [each for part in value for each in templates(part)]
    return [value] if isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#")) else []


@given(PLAIN)
def test_any_data_comes_back(value: Any) -> None:
    loaded = load(unsafe_yaml(value))
    assert loaded == value
    assert all(isinstance(text, Unsafe) for text in templates(loaded))
