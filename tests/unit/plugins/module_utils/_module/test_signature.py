# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was set last, remembered as digests (signature_digests, signature_memory)."""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._module.signature_digests import (
    PENDING,
    default_state_path,
    format_digests,
    owner_key,
    parse_digests,
    text_digest,
)
from ansible_collections.mailops.pdd.plugins.module_utils._module.signature_memory import SignatureMemory
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import OAUTH_TOKEN, TOKEN, connection
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.strategies import JSON
from hypothesis import given
from hypothesis import strategies as st

TEXT = "Regards<br>Anna \u00e4"
CONNECTION = connection("https://pdd.example.test")
PROCESSES, ROUNDS = 4, 25
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


# Digests


def test_digests_hold_no_secret() -> None:
    """Neither the token nor the text, nor something that could be tried out without the token."""
    for digest in (owner_key(CONNECTION), text_digest(CONNECTION, TEXT)):
        assert len(digest) == 64
        assert TOKEN not in digest
        assert TEXT not in digest
    assert owner_key(CONNECTION) != text_digest(CONNECTION, TEXT)
    assert text_digest(CONNECTION, "owner") != owner_key(CONNECTION)


def test_digests_are_the_same_in_every_run() -> None:
    """They are compared with those of an earlier one."""
    again = connection("https://pdd.example.test", timeout=1.0)
    assert owner_key(again) == owner_key(CONNECTION)
    assert text_digest(again, TEXT) == text_digest(CONNECTION, TEXT)
    assert owner_key(CONNECTION) == "ea16f4845fb20c2ef40199663a436cc246b55a77f219d5a836ebec0ed235f0dd"
    with_both_tokens = connection("https://pdd.example.test", oauth_token="made")
    assert (
        text_digest(with_both_tokens, "Regards") == "fea207e4a65c46ef4506b28b9dc769049c01c95fa69d5266d29c7b25c9fe2ffb"
    )


@pytest.mark.parametrize(
    "changes",
    [{"token": TOKEN[::-1]}, {"oauth_token": OAUTH_TOKEN}, {"api_url": "https://other.example.test"}],
)
def test_digests_differ_by_owner_and_service(changes: dict[str, Any]) -> None:
    """What another one set says nothing."""
    other = connection(**{"api_url": "https://pdd.example.test", **changes})
    assert owner_key(other) != owner_key(CONNECTION)
    assert text_digest(other, TEXT) != text_digest(CONNECTION, TEXT)


@pytest.mark.parametrize("text", ["", "Regards", f"{TEXT} ", f"{TEXT}\n", "\ud800"])
def test_digests_differ_by_text(text: str) -> None:
    """Every character counts, and none fails."""
    assert text_digest(CONNECTION, text) != text_digest(CONNECTION, TEXT)


# The place of the file


def test_state_directory_of_the_user(tmp_path: Path) -> None:
    """As the XDG base directory specification says: an absolute path counts, anything else does not."""
    home = {"HOME": str(tmp_path)}
    in_home = tmp_path / ".local/state/mailops.pdd/signatures.json"
    assert default_state_path({**home, "XDG_STATE_HOME": "/srv/state"}) == Path(
        "/srv/state/mailops.pdd/signatures.json"
    )
    assert default_state_path(home) == in_home
    assert default_state_path({**home, "XDG_STATE_HOME": ""}) == in_home
    assert default_state_path({**home, "XDG_STATE_HOME": "relative/state"}) == in_home


@pytest.mark.parametrize("home", [{}, {"HOME": ""}, {"HOME": "relative"}, {"HOME": "/nonexistent"}])
def test_no_state_directory(home: dict[str, str]) -> None:
    """A home is not guessed, and not created."""
    assert default_state_path(home) is None


# The content of the file


@given(st.dictionaries(DIGESTS, DIGESTS | st.just(PENDING)))
def test_what_is_written_is_read(digests: dict[str, str]) -> None:
    """Whatever it is."""
    assert parse_digests(format_digests(digests)) == digests


@given(st.dictionaries(DIGESTS, DIGESTS))
def test_files_of_version_1_0(digests: dict[str, str]) -> None:
    """They have no marker, and an empty one is the rest of a task that was killed."""
    assert parse_digests(json.dumps(digests, indent=1, sort_keys=True).encode()) == digests


def test_marker_is_an_entry_of_strings() -> None:
    """Version 1.0 reads such a file, and keeps the entry."""
    assert json.loads(format_digests({"a" * 64: "b" * 64})) == {
        "mailops.pdd": "digests of signatures",
        "a" * 64: "b" * 64,
    }


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes(content: bytes) -> None:
    """They are foreign, unless they are an object that holds digests and nothing else."""
    try:
        digests = parse_digests(content)
    except OSError:
        return
    assert digests == json.loads(content)
    assert all(len(text) == 64 for pair in digests.items() for text in pair)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"name": "text"}',
        b'{"%s": null}' % (b"a" * 64),
        b'{"%s": ""}' % (b"a" * 64),
        b'{"%s": "%s"}' % (b"A" * 64, b"b" * 64),
        b'{"%s": "%s"}' % (b"a" * 63, b"b" * 64),
        b'{"%s": "%s\\n"}' % (b"a" * 64, b"b" * 64),
        b'{"mailops.pdd": "something else"}',
        b'{"mailops.pdd": "digests of signatures", "name": "text"}',
    ],
)
def test_what_is_foreign(content: bytes) -> None:
    """The error quotes nothing."""
    with pytest.raises(OSError, match="it was not written by this module"):
        parse_digests(content)


# The memory


def memory(path: Path, owner: str = "a" * 64, digest: str = "b" * 64, **options: Any) -> SignatureMemory:
    """Return a memory that must not warn."""
    given = {"timeout": 60, "check_mode": False, "warn": pytest.fail, "sleep": time.sleep, **options}
    return SignatureMemory(path, owner=owner, digest=digest, **given)


def test_life_of_a_memory(tmp_path: Path) -> None:
    """It knows nothing, then that it does not know, then the digest."""
    path = tmp_path / "deep" / "er" / "signatures.json"
    first = memory(path)
    with first.turn():
        assert first.recall() == "unknown"
        first.forget()
        assert first.recall() == "unknown"
        first.remember()
        assert first.recall() == "same"
    other = memory(path, digest="c" * 64)
    with other.turn():
        assert other.recall() == "different"
    assert parse_digests(path.read_bytes()) == {"a" * 64: "b" * 64}


def test_turn_ends_with_an_error(tmp_path: Path) -> None:
    """Else the next task would wait in vain."""
    path = tmp_path / "signatures.json"
    with pytest.raises(KeyError), memory(path).turn():
        raise KeyError
    with memory(path).turn():
        pass


@pytest.mark.parametrize("made_by", ["first", "second"])
def test_tasks_that_could_not_take_turns(tmp_path: Path, made_by: str) -> None:
    """Whoever sends last, none of them remembers what it sent, and the next one does."""
    path = tmp_path / "signatures.json"
    warnings: list[str] = []
    first = memory(path, warn=warnings.append)
    second = memory(path, digest="c" * 64, timeout=0.01, warn=warnings.append)
    with first.turn():
        first.forget()
        with second.turn():
            assert second.recall() == "unknown"
            second.forget()
            for each in (first, second) if made_by == "first" else (second, first):
                each.remember()
    assert parse_digests(path.read_bytes()) == {}
    assert [warning.partition(" (")[0] for warning in warnings] == [
        "another task sets the signature of the same owner",
        "another task has set the signature of the same owner meanwhile",
    ]
    third = memory(path)
    with third.turn():
        third.forget()
        third.remember()
        assert third.recall() == "same"


def remember_many(path: Path, name: int) -> None:
    """Remember signatures of many owners, one by one, as so many tasks would."""
    for number in range(ROUNDS):
        each = memory(path, owner=f"{name:032x}{number:032x}")
        with each.turn():
            each.forget()
            each.remember()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_tasks_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Each host of a play has a process of its own."""
    path = tmp_path / "signatures.json"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=remember_many, args=(path, name)) for name in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert len(parse_digests(path.read_bytes())) == PROCESSES * ROUNDS
    assert {each.name for each in tmp_path.iterdir()} == {"signatures.json", "signatures.json.lock"}
