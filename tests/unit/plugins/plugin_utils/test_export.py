# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read of a domain becomes variables and YAML, and nothing in it becomes a template."""

from __future__ import annotations

import datetime
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
    variables, left_out, unset = role_variables(
        [maillist("zoo@example.test"), maillist(TEAM, BORIS, ANNA, senders=(BORIS,))],
        [mailbox(BORIS, **person, enabled=False), mailbox(ANNA)],
        DOMAIN,
        exclusive=False,
    )
    blank = {"first_name": "", "last_name": "", "sex": "unset", "enabled": True}
    assert variables == {
        "pdd_domain_mailboxes": [
            {"login": ANNA, **blank},
            {"login": BORIS, "last_name": "", **person, "enabled": False},
        ],
        "pdd_domain_maillists": [
            {"maillist": TEAM, "subscribers": [ANNA, BORIS], "senders_on_behalf": [BORIS]},
            {"maillist": "zoo@example.test", "subscribers": [], "senders_on_behalf": []},
        ],
    }
    assert left_out == unset == []


def test_exclusive_variables() -> None:
    variables, *_sentences = role_variables([maillist(TEAM, ANNA)], [], DOMAIN, exclusive=True)
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
    variables, left_out, unset = role_variables(lists, people, DOMAIN, exclusive=False)
    assert unset == []
    assert len(left_out) == 1
    assert words in left_out[0]
    assert variables["pdd_domain_mailboxes"] == []
    assert variables["pdd_domain_maillists"] in (
        [],
        [{"maillist": TEAM, "subscribers": [ANNA], "senders_on_behalf": []}],
    )


@pytest.mark.parametrize(
    "name",
    [
        "{{ 1 + 1 }}",
        "{% raw %}",
        "{# nothing",
        "a\n{{ b }}\n",
        "{{'\"\\",
        "#jinja2: variable_start_string:'<<', variable_end_string:'>>'\n<< 1 + 1 >>",
        "Anna",
        "a: b",
        "- a",
        "#",
        "!x",
        " ",
    ],
)
def test_strings_are_tagged(name: str) -> None:
    """Whatever they hold, and wherever they stand."""
    loaded = load(unsafe_yaml({"names": [name, {"deep": [[name]]}]}))
    assert loaded == {"names": [name, {"deep": [[name]]}]}
    assert type(loaded["names"][0]) is type(loaded["names"][1]["deep"][0][0]) is Unsafe


@pytest.mark.parametrize(
    "name", ["1990-02-03", "yes", "1_000", "null", "0x1", "~", "", "1.5e+3", "12:30:45", ".inf", "=", "<<", "yes\n"]
)
def test_strings_that_a_tag_would_change_are_quoted(name: str) -> None:
    """With a tag, Ansible takes them for something else than strings; they can be no templates."""
    written = unsafe_yaml([name])
    assert "!unsafe" not in written
    assert load(written) == [name]


def test_keys_that_are_words_stay_as_they_are() -> None:
    keys = {"pdd_domain_mailboxes": 1, "yes": 2, "two words": 3, "#jinja2:": 4, "": 5}
    loaded = load(unsafe_yaml(keys))
    assert loaded == keys
    assert [type(key) for key in loaded] == [str, str, Unsafe, Unsafe, str]


@pytest.mark.parametrize("birth_date", ["0000-00-00", "03.02.1990", "1990-02-03\n", "#jinja2:\n"])
def test_birth_date_that_the_role_would_refuse_is_left_as_it_is(birth_date: str) -> None:
    variables, left_out, unset = role_variables([], [mailbox(ANNA, birth_date=birth_date)], DOMAIN, exclusive=True)
    assert "birth_date" not in variables["pdd_domain_mailboxes"][0]
    assert left_out == []
    assert unset == [f"birth_date of {ANNA}: {birth_date!r} is no date of the form YYYY-MM-DD"]


def test_yaml_is_laid_out_for_people() -> None:
    """Lists are indented, long lines are not folded, letters are letters, and nothing refers to something else."""
    shared = ["ж" * 300]
    text = f"!unsafe '{shared[0]}'"
    assert unsafe_yaml({"b": shared, "a": shared, "c": []}) == f"b:\n  - {text}\na:\n  - {text}\nc: []\n"
    assert unsafe_yaml("it's\nAnna") == '!unsafe "it\'s\\nAnna"\n'


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (int, (7,)),
        (float, (1.5,)),
        (datetime.date, (1990, 2, 3)),
        (datetime.datetime, (1990, 2, 3, 4, 5)),
        (bytes, (b"x",)),
        (set, ({"a b"},)),
    ],
)
def test_kinds_of_other_values(kind: type[Any], arguments: tuple[Any, ...]) -> None:
    """The values of a play are of kinds of their own."""
    own = type("Own", (kind,), {})
    assert load(unsafe_yaml([own(*arguments)])) == [kind(*arguments)]


def test_half_characters_are_replaced() -> None:
    """A file cannot hold them, and Ansible's reader refuses their escapes."""
    half = ["a\ud800b", {"\udcff": "\U0001f600"}]
    written = unsafe_yaml(half)
    assert load(written) == ["a\ufffdb", {"\ufffd": "\U0001f600"}]
    assert written.encode()


def test_half_characters_do_not_hinder_the_export() -> None:
    odd, whole = "a\ud800@example.test", mailbox(ANNA, first_name="\udcff", hint_question="\ud800?")
    variables, left_out, unset = role_variables([maillist(odd, odd, senders=(odd,))], [whole], DOMAIN, exclusive=False)
    assert left_out == unset == []
    assert load(unsafe_yaml(variables))["pdd_domain_mailboxes"][0]["hint_question"] == "\ufffd?"


PIECES = ("{{", "}}", "{%", "{#", "#jinja2:", "#", "\n", " ", "'", '"', "\\", ":", "-", "!unsafe", "yes", "1", ".", "~")
TEXT = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def untagged(value: Any) -> list[str]:
    """Return all strings that are not tagged, keys included."""
    if isinstance(value, dict):
        return [each for pair in value.items() for part in pair for each in untagged(part)]
    if isinstance(value, list):
        return [each for part in value for each in untagged(part)]
    return [value] if isinstance(value, str) and not isinstance(value, Unsafe) else []


@given(PLAIN)
def test_any_data_comes_back(value: Any) -> None:
    """A template has a brace, or begins with a header, which has a hash."""
    loaded = load(unsafe_yaml(value))
    assert loaded == value
    assert not [text for text in untagged(loaded) if "{" in text or "#" in text]
