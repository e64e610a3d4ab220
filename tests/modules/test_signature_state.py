# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_signature: whatever state_path names, nothing of somebody else's is lost, and the task goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._module.signature_digests import MARKED, MARKER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..conftest import Service
from . import odd_files
from .conftest import Runner, remembered_digests
from .odd_files import held, not_root, tree
from .signatures import MODULE, SET, TEXT, run_in_vain

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(params=[True, False], ids=["check", "real"])
def unusable(run: Runner, service: Service, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Return run_in_vain(), once in check mode and once without."""
    return partial(run_in_vain, run, service, check=request.param)


# What is not ours


@pytest.mark.parametrize("content", odd_files.FOREIGN_CONTENTS.values(), ids=odd_files.FOREIGN_CONTENTS)
def test_foreign_file(unusable: Callable[..., str], place: Path, content: bytes) -> None:
    """It stays as it is, nothing is made beside it, and the signature is set every time."""
    place.write_bytes(content)
    before = tree(place.parent)
    for _run in range(2):
        warning = unusable(state_path=str(place))
        assert f"state_path: {str(place)!r} cannot be used: it was not written by this module." in warning
        assert tree(place.parent) == before


@pytest.mark.parametrize("make", odd_files.IRREGULAR)
def test_what_is_no_file(unusable: Callable[..., str], place: Path, make: Callable[[Path], None]) -> None:
    make(place)
    before = tree(place.parent)
    warning = unusable(state_path=str(place))
    assert f"state_path: {str(place)!r} cannot be used: " in warning
    assert tree(place.parent) == before


@pytest.mark.parametrize("make", odd_files.IRREGULAR)
@pytest.mark.parametrize("exists", [False, True])
def test_lock_that_is_no_file(
    unusable: Callable[..., str], place: Path, make: Callable[[Path], None], exists: bool
) -> None:
    if exists:
        place.write_text(json.dumps(odd_files.DIGESTS))
    lock = place.with_name("signatures.json.lock")
    make(lock)
    before = tree(place.parent)
    warning = unusable(state_path=str(place))
    assert f"the lock {str(lock)!r} cannot be used: " in warning
    assert tree(place.parent) == before


def test_lock_that_is_held(run: Runner, unusable: Callable[..., str], place: Path) -> None:
    lock = place.with_name("signatures.json.lock")
    with held(lock):
        before = tree(place.parent)
        warning = unusable(state_path=str(place))
        assert f"another process holds the lock {str(lock)!r}" in warning
        assert tree(place.parent) == before
    assert run(MODULE, signature=TEXT, state_path=str(place))["changed"]
    assert not run(MODULE, signature=TEXT, state_path=str(place))["changed"]


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    content=st.binary()
    | st.dictionaries(st.sampled_from([MARKER, "a" * 64, "b"]), st.sampled_from([MARKED, "c" * 64, "", 1])).map(
        lambda content: json.dumps(content).encode()
    ),
    check=st.booleans(),
)
def test_any_content(run: Runner, service: Service, place: Path, content: bytes, check: bool) -> None:
    """Either the bytes stay, or they were digests that are still there."""
    place.write_bytes(content)
    service.forget()
    result = run(MODULE, signature=TEXT, state_path=str(place), check=check)
    assert result["changed"]
    assert service.writes() == ([] if check else SET)
    if check or "warnings" in result:
        assert place.read_bytes() == content
    if "warnings" not in result:
        before = {owner: digest for owner, digest in json.loads(content).items() if owner != MARKER}
        assert check or before.items() < remembered_digests(place).items()


# Where there is no place


@pytest.mark.parametrize("home", [None, "", "not/absolute", "/nonexistent"])
@pytest.mark.parametrize("option", [None, ""])
def test_no_home(
    unusable: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    home: str | None,
    option: str | None,
) -> None:
    """Neither the working directory nor the root of the file system becomes one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    if home is None:
        monkeypatch.delenv("HOME", raising=False)
    else:
        monkeypatch.setenv("HOME", home)
    warning = unusable(state_path=option)
    assert "state_path has no default: neither XDG_STATE_HOME nor HOME names a directory" in warning
    assert tree(tmp_path) == {}
    assert not Path("/nonexistent").exists()
    assert not Path("/.local").exists()


def test_home(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run.check_then_run_twice(MODULE, signature=TEXT)["changed"]
    assert (tmp_path / ".local/state/mailops.pdd/signatures.json").exists()


@pytest.mark.parametrize("make", [Path.touch, odd_files.dangling_link, odd_files.named_pipe])
def test_place_below_what_is_no_directory(
    unusable: Callable[..., str], place: Path, make: Callable[[Path], None]
) -> None:
    make(place)
    before = tree(place.parent)
    unusable(state_path=str(place / "deep" / "signatures.json"))
    assert tree(place.parent) == before


@pytest.mark.parametrize("path", ["/", "/proc/version", "x" * 300, "a" * 252])
def test_place_that_takes_no_file(
    unusable: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The name of the last one is short enough, but not that of its lock."""
    monkeypatch.chdir(tmp_path)
    unusable(state_path=path)
    assert tree(tmp_path) == {}


def test_place_where_no_folder_can_be_made(run: Runner, service: Service) -> None:
    run_in_vain(run, service, state_path="/proc/nothing/signatures.json")


def test_home_that_ansible_does_not_find(
    run: Runner, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a user whom the system does not know: no directory gets his name."""
    monkeypatch.chdir(tmp_path)
    assert "its home directory is not known" in run_in_vain(run, service, state_path="~no-such-user/signatures.json")
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("mode", [0o000, 0o400, 0o500])
def test_folder_without_permission(run: Runner, unusable: Callable[..., str], user_folder: Path, mode: int) -> None:
    """What is remembered there does not count: nobody could correct it."""
    place = user_folder / "signatures.json"
    with not_root():
        run(MODULE, signature=TEXT, state_path=str(place))
    before = tree(user_folder)
    user_folder.chmod(mode)
    with not_root():
        unusable(state_path=str(place))
    user_folder.chmod(0o700)
    assert tree(user_folder) == before


def test_file_without_permission(run: Runner, unusable: Callable[..., str], user_folder: Path) -> None:
    place = user_folder / "signatures.json"
    with not_root():
        run(MODULE, signature=TEXT, state_path=str(place))
    place.chmod(0)
    before = tree(user_folder)
    with not_root():
        unusable(state_path=str(place))
    assert tree(user_folder) == before


@pytest.mark.parametrize("umask", [0, 0o777])
def test_umask(run: Runner, user_folder: Path, umask: int) -> None:
    """Folders and files are private, and the next task of the same user can use them."""
    before = os.umask(umask)
    try:
        with not_root():
            for changed in (True, False):
                result = run(MODULE, signature=TEXT, state_path=str(user_folder / "a/b/signatures.json"))
                assert (result["changed"], result.get("warnings")) == (changed, None)
    finally:
        os.umask(before)
    assert {name: mode for name, (mode, _content) in tree(user_folder).items()} == {
        "a": "0o40700",
        "a/b": "0o40700",
        "a/b/signatures.json": "0o100600",
        "a/b/signatures.json.lock": "0o100600",
    }
