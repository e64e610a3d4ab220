# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_signature: what the state file says is so, whatever fails, and whoever uses it at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN
from pytest_httpserver import HTTPServer

from ..conftest import Service
from . import odd_files
from .conftest import Middleman, Runner, remembered_digests
from .odd_files import full_disk, held, not_root, tree
from .signatures import MODULE, OTHER, SET, TEXT, run_in_vain
from .test_interruptions import start_module

pytestmark = pytest.mark.timeout(60)


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
def test_file_that_can_be_neither_replaced_nor_removed(run: Runner, service: Service, user_folder: Path) -> None:
    """As another user's in a directory for all: only the warning can say that it has become wrong."""
    place = user_folder / "signatures.json"
    run(MODULE, signature=TEXT, state_path=str(place))
    before = place.read_bytes()
    place.chmod(0o644)
    place.with_name("signatures.json.lock").unlink()
    os.chown(user_folder, 0, 0)
    user_folder.chmod(0o1777)
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
