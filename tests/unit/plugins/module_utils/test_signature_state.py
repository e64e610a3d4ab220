# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was set last, remembered as digests (_signature)."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._signature import (
    SignatureState,
    default_state_path,
    owner_key,
    text_digest,
)
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import OAUTH_TOKEN, TOKEN, connection

TEXT = "Regards<br>Anna \u00e4"
CONNECTION = connection("https://pdd.example.test")
PROCESSES, ROUNDS = 4, 25


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


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


@pytest.mark.parametrize(
    "changes",
    [{"token": TOKEN[::-1]}, {"oauth_token": OAUTH_TOKEN}, {"api_url": "https://other.example.test"}],
)
def test_digests_differ_by_owner_and_service(changes: dict[str, Any]) -> None:
    """What another one set says nothing."""
    other = replace(CONNECTION, **changes)
    assert owner_key(other) != owner_key(CONNECTION)
    assert text_digest(other, TEXT) != text_digest(CONNECTION, TEXT)


@pytest.mark.parametrize("text", ["", "Regards", f"{TEXT} ", f"{TEXT}\n", "\ud800"])
def test_digests_differ_by_text(text: str) -> None:
    """Every character counts, and none fails."""
    assert text_digest(CONNECTION, text) != text_digest(CONNECTION, TEXT)


# The place of the file


def test_state_directory_of_the_user() -> None:
    """As the XDG base directory specification says: an absolute path counts, anything else does not."""
    home = Path("~/.local/state").expanduser() / "mailops.pdd" / "signatures.json"
    assert default_state_path({"XDG_STATE_HOME": "/srv/state"}) == Path("/srv/state/mailops.pdd/signatures.json")
    assert default_state_path({}) == home
    assert default_state_path({"XDG_STATE_HOME": ""}) == home
    assert default_state_path({"XDG_STATE_HOME": "relative/state"}) == home


# The file


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """In folders that are made where they are missing."""
    state = SignatureState(tmp_path / "deep" / "er" / "signatures.json")
    with state.locked():
        assert state.read() == {}
        state.write({"owner": "digest"})
    assert SignatureState(state.path).read() == {"owner": "digest"}


def test_file_is_private(tmp_path: Path) -> None:
    """The folder that was made, too, and whatever the umask is."""
    state = SignatureState(tmp_path / "state" / "signatures.json")
    before = os.umask(0)
    try:
        with state.locked():
            state.write({"owner": "digest"})
    finally:
        os.umask(before)
    assert mode(state.path) == 0o600
    assert mode(state.path.parent) == 0o700
    assert {mode(path) for path in state.path.parent.iterdir()} == {0o600}


def test_file_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    """It is replaced, not written into."""
    path = tmp_path / "signatures.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0o644)
    SignatureState(path).write({"owner": "digest"})
    assert mode(path) == 0o600


def test_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Who reads meanwhile has the old one."""
    state = SignatureState(tmp_path / "signatures.json")
    state.write({"owner": "old"})
    with state.path.open(encoding="utf-8") as reader:
        state.write({"owner": "new"})
        assert json.load(reader) == {"owner": "old"}
    assert state.read() == {"owner": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["signatures.json"]


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing beside it."""
    state = SignatureState(tmp_path / "signatures.json")
    state.write({"owner": "old"})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        state.write({"owner": "new"})
    assert state.read() == {"owner": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["signatures.json"]


def test_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it names is replaced."""
    target = tmp_path / "real.json"
    link = tmp_path / "signatures.json"
    target.write_text("{}", encoding="utf-8")
    link.symlink_to(target)
    SignatureState(link).write({"owner": "digest"})
    assert link.is_symlink()
    assert json.loads(target.read_text(encoding="utf-8")) == {"owner": "digest"}


def test_link_that_leads_to_itself(tmp_path: Path) -> None:
    """The system's error is passed on."""
    link = tmp_path / "signatures.json"
    link.symlink_to(link)
    with pytest.raises(OSError, match="symbolic links"):
        SignatureState(link).read()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"{'a': 1}"])
def test_file_that_is_no_json(tmp_path: Path, content: bytes) -> None:
    """The error says so and quotes nothing."""
    path = tmp_path / "signatures.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^it is no JSON file$"):
        SignatureState(path).read()


@pytest.mark.parametrize("content", ["[]", "5", "null", '"text"', '{"owner": 5}', '{"owner": null}', '{"owner": {}}'])
def test_file_that_holds_something_else(tmp_path: Path, content: str) -> None:
    """It is not ours, so it is not overwritten by mistake."""
    path = tmp_path / "signatures.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^it is no file of digests$"):
        SignatureState(path).read()


def test_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    """The system's error is passed on."""
    with pytest.raises(IsADirectoryError):
        SignatureState(tmp_path).read()


def remember(path: Path, name: int) -> None:
    """Add many entries, one by one, as so many tasks would."""
    state = SignatureState(path)
    for number in range(ROUNDS):
        with state.locked():
            state.write({**state.read(), f"{name}-{number}": "digest"})


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_tasks_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    """Each host of a play has a process of its own."""
    path = tmp_path / "signatures.json"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=remember, args=(path, name)) for name in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert len(SignatureState(path).read()) == PROCESSES * ROUNDS


def test_lock_is_released_after_an_error(tmp_path: Path) -> None:
    """Else the next task would wait for ever."""
    state = SignatureState(tmp_path / "signatures.json")
    with pytest.raises(KeyError), state.locked():
        raise KeyError
    with state.locked():
        state.write({"owner": "digest"})
    assert state.read() == {"owner": "digest"}
