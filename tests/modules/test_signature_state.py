# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_signature: whatever state_path names, nothing of somebody else's is lost, and it never says what is not so."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._signature import MARKED, MARKER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdd_emulator.testing import TOKEN
from pytest_httpserver import HTTPServer

from ..conftest import Service
from . import odd_files
from .conftest import Middleman, Runner, remembered_digests
from .odd_files import full_disk, tree
from .test_interruptions import start_module

MODULE = "pdd_signature"
TEXT, OTHER = "Example Ltd.", "Example Ltd., 1 Example Street"
SET = ["domain/settings/setsign"]
NOBODY = 65534

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the path of a state file in a folder that exists and is empty."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "signatures.json"


@pytest.fixture
def folder(run: Runner) -> Iterator[Path]:
    """Return an empty folder of somebody who is not root, where he can get to it."""
    run(MODULE, check=True, signature=TEXT, state_path="/")  # imports what only root may be able to read
    path = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
    yield path
    shutil.rmtree(path)


@contextmanager
def not_root() -> Iterator[None]:
    """Be somebody whom permissions stop."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, 0)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def run_in_vain(run: Runner, service: Service, *, check: bool = False, **options: Any) -> str:
    """Run the module where it cannot remember anything; returns its one warning."""
    service.forget()
    result = run(MODULE, **{"signature": TEXT, "timeout": 1, **options}, check=check)
    assert (result["changed"], result["previously"]) == (True, "unknown")
    assert service.writes() == ([] if check else SET)
    if not check:
        assert service.signature == options.get("signature", TEXT)
    (warning,) = map(str, result["warnings"])
    assert "Set state_path (pdd_domain_signature_state_path in the role" in warning
    return warning


@pytest.fixture(params=[True, False], ids=["check", "real"])
def unusable(run: Runner, service: Service, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Return run_in_vain(), once in check mode and once without."""
    return partial(run_in_vain, run, service, check=request.param)


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock as another process would."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# What is not ours


@pytest.mark.parametrize("content", odd_files.FOREIGN_CONTENTS.values(), ids=odd_files.FOREIGN_CONTENTS)
def test_foreign_file(unusable: Callable[..., str], place: Path, content: bytes) -> None:
    """It stays as it is, nothing is made beside it, and the signature is set every time."""
    place.write_bytes(content)
    before = tree(place.parent)
    for _ in range(2):
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
    assert run.converge(MODULE, signature=TEXT)["changed"]
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
def test_folder_without_permission(run: Runner, unusable: Callable[..., str], folder: Path, mode: int) -> None:
    """What is remembered there does not count: nobody could correct it."""
    place = folder / "signatures.json"
    with not_root():
        run(MODULE, signature=TEXT, state_path=str(place))
    before = tree(folder)
    folder.chmod(mode)
    with not_root():
        unusable(state_path=str(place))
    folder.chmod(0o700)
    assert tree(folder) == before


def test_file_without_permission(run: Runner, unusable: Callable[..., str], folder: Path) -> None:
    place = folder / "signatures.json"
    with not_root():
        run(MODULE, signature=TEXT, state_path=str(place))
    place.chmod(0)
    before = tree(folder)
    with not_root():
        unusable(state_path=str(place))
    assert tree(folder) == before


@pytest.mark.parametrize("umask", [0, 0o777])
def test_umask(run: Runner, folder: Path, umask: int) -> None:
    """Folders and files are private, and the next task of the same user can use them."""
    before = os.umask(umask)
    try:
        with not_root():
            for changed in (True, False):
                result = run(MODULE, signature=TEXT, state_path=str(folder / "a/b/signatures.json"))
                assert (result["changed"], result.get("warnings")) == (changed, None)
    finally:
        os.umask(before)
    assert {name: mode for name, (mode, _content) in tree(folder).items()} == {
        "a": "0o40700",
        "a/b": "0o40700",
        "a/b/signatures.json": "0o100600",
        "a/b/signatures.json.lock": "0o100600",
    }


# What is ours


def test_file_of_version_1_0(run: Runner, place: Path) -> None:
    """It has no marker. It is read, and gets one with the next signature."""
    run(MODULE, signature=TEXT, state_path=str(place))
    old = remembered_digests(place)
    place.write_text(json.dumps({**old, **odd_files.DIGESTS}, indent=1))
    assert run(MODULE, signature=TEXT, state_path=str(place))["previously"] == "same"
    assert run(MODULE, signature=OTHER, state_path=str(place))["previously"] == "different"
    assert odd_files.DIGESTS.items() < remembered_digests(place).items()
    assert remembered_digests(place).keys() == {*old, *odd_files.DIGESTS}


def test_link_to_a_file_of_ours(run: Runner, place: Path, tmp_path: Path) -> None:
    """As managers of dotfiles make them: the link stays."""
    target = tmp_path / "real.json"
    run(MODULE, signature=TEXT, state_path=str(target))
    place.symlink_to(target)
    result = run(MODULE, signature=OTHER, state_path=str(place))
    assert (result["previously"], result.get("warnings")) == ("different", None)
    assert place.readlink() == target
    assert not run(MODULE, signature=OTHER, state_path=str(target))["changed"]
    assert tree(place.parent).keys() == {place.name}


# It never says what is not so


def test_full_disk(run: Runner, service: Service, place: Path) -> None:
    """What cannot be replaced is removed: it would say later that the first text is still set."""
    run(MODULE, signature=TEXT, state_path=str(place))
    service.forget()
    with full_disk():
        result = run(MODULE, signature=OTHER, state_path=str(place))
    assert (result["changed"], result["previously"], service.writes()) == (True, "different", SET)
    assert "cannot be used: File too large." in str(result["warnings"])
    assert tree(place.parent).keys() == {"signatures.json.lock"}
    assert run(MODULE, signature=TEXT, state_path=str(place))["previously"] == "unknown"


def test_disk_that_is_full_when_it_is_set(run: Runner, place: Path, middleman: Middleman) -> None:
    def fill(forward: Callable[[], Any]) -> Any:
        disk.enter_context(full_disk())
        return forward()

    middleman.on(SET[0], fill)
    with ExitStack() as disk:
        result = run(MODULE, signature=TEXT, state_path=str(place), api_url=middleman.url)
    assert (result["changed"], len(result["warnings"])) == (True, 1)
    assert set(remembered_digests(place).values()) == {""}
    middleman.on(SET[0], lambda forward: forward())
    assert run(MODULE, signature=TEXT, state_path=str(place), api_url=middleman.url)["previously"] == "unknown"


def test_held_lock_and_another_text(run: Runner, service: Service, place: Path) -> None:
    run(MODULE, signature=TEXT, state_path=str(place))
    with held(place.with_name("signatures.json.lock")):
        run_in_vain(run, service, signature=OTHER, state_path=str(place))
    assert run(MODULE, signature=TEXT, state_path=str(place))["previously"] == "unknown"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a file of another user, which only root can make")
def test_file_that_can_be_neither_replaced_nor_removed(run: Runner, service: Service, folder: Path) -> None:
    """As another user's in a directory for all: only the warning can say that it has become wrong."""
    place = folder / "signatures.json"
    run(MODULE, signature=TEXT, state_path=str(place))
    before = place.read_bytes()
    place.chmod(0o644)
    place.with_name("signatures.json.lock").unlink()
    os.chown(folder, 0, 0)
    folder.chmod(0o1777)
    with not_root():
        result = run(MODULE, signature=OTHER, state_path=str(place))
    assert service.signature == OTHER
    assert place.read_bytes() == before
    kept, left = map(str, result["warnings"])
    assert "cannot be used: Operation not permitted." in kept
    assert "it still remembers another signature and cannot be removed (Operation not permitted)" in left


def test_file_that_appears_meanwhile(run: Runner, place: Path, middleman: Middleman) -> None:
    """While the service is asked: it is not replaced."""

    def appear(forward: Callable[[], Any]) -> Any:
        place.write_bytes(odd_files.FOREIGN)
        return forward()

    middleman.on(SET[0], appear)
    result = run(MODULE, signature=TEXT, state_path=str(place), api_url=middleman.url)
    assert "it was not written by this module" in str(result["warnings"])
    assert place.read_bytes() == odd_files.FOREIGN


@pytest.fixture
def gate(service: Service) -> Iterator[Middleman]:
    """Return a way to the emulator on which a call can be held up while others pass."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield Middleman(server, service.url)


@contextmanager
def busy_task(gate: Middleman, place: Path, signature: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a task that waits for the service until the context ends, while other tasks get their answers."""
    asked, answer = threading.Event(), threading.Event()

    def wait(forward: Callable[[], Any]) -> Any:
        if asked.is_set():
            return forward()
        asked.set()
        assert answer.wait(50)
        return forward()

    gate.on(SET[0], wait)
    options: dict[str, Any] = {"signature": signature, "state_path": str(place), "token": TOKEN, "api_url": gate.url}
    with start_module(MODULE, {**options, "timeout": 50}) as task:
        try:
            assert asked.wait(50)
            yield task
        finally:
            answer.set()
            task.communicate()


def test_two_tasks_of_one_owner(run: Runner, service: Service, place: Path, gate: Middleman) -> None:
    """The second one does not wait longer than its timeout, and nobody knows whose text was set last."""
    options: dict[str, Any] = {"state_path": str(place), "api_url": gate.url}
    with busy_task(gate, place, TEXT):
        warning = run_in_vain(run, service, signature=OTHER, **options)
        assert "another task sets the signature of the same owner" in warning
        checked = run(MODULE, signature=OTHER, **options, check=True)
        assert (checked["previously"], checked.get("warnings")) == ("unknown", None)
    assert service.signature == TEXT
    for text in (OTHER, TEXT):
        assert run(MODULE, signature=text, **options, check=True)["previously"] == "unknown"
    assert run(MODULE, signature=OTHER, **options)["changed"]
    assert not run(MODULE, signature=OTHER, **options)["changed"]
    assert tree(place.parent).keys() == {"signatures.json", "signatures.json.lock"}


def test_second_task_waits_for_its_turn(run: Runner, place: Path, gate: Middleman) -> None:
    options: dict[str, Any] = {"signature": OTHER, "state_path": str(place), "api_url": gate.url, "timeout": 50}
    with busy_task(gate, place, TEXT):
        second = start_module(MODULE, {**options, "token": TOKEN})
    result = json.loads(second.communicate()[0])
    assert (result["changed"], result["previously"], result.get("warnings")) == (True, "different", None)
    assert run(MODULE, **options)["previously"] == "same"


def test_other_owners_do_not_wait(run: Runner, service: Service, place: Path, gate: Middleman) -> None:
    """A fleet of tokens may share the file, however slow the service is."""
    options: dict[str, Any] = {"signature": TEXT, "state_path": str(place), "timeout": 5}
    with busy_task(gate, place, TEXT):
        result = run(MODULE, **options)
        assert (result["changed"], result.get("warnings")) == (True, None)
        assert run(MODULE, **options)["previously"] == "same"
    assert run(MODULE, **options, api_url=gate.url)["previously"] == "same"
    assert sorted(map(len, remembered_digests(place).values())) == [64, 64]
    assert service.signature == TEXT
