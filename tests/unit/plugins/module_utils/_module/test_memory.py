# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that remembers what a service does not show (memory)."""

from __future__ import annotations

import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import InvalidInputError
from ansible_collections.mailops.pdd.plugins.module_utils._module.memory import Memory, digest, parse_path


def open_memory(path: Path | None, warnings: list[str], owner: str = "somebody") -> Memory:
    """Return the memory of an owner."""
    return Memory(path, owner, timeout=5, warn=warnings.append, sleep=time.sleep)


def test_notes_are_kept_apart(tmp_path: Path) -> None:
    """By owner and name; the file is private, and the owner is not in it."""
    path, warnings = tmp_path / "folder" / "memory.json", cast("list[str]", [])
    memory, other = open_memory(path, warnings), open_memory(path, warnings, "other")
    assert memory.recall("a") == frozenset()
    memory.note("a", add=["1", "2"])
    memory.note("b", add=["3"])
    other.note("a", add=["4"])
    memory.note("a", add=["5"], remove=["1"])
    assert memory.recall("a") == {"2", "5"}
    assert memory.recall("b") == {"3"}
    assert other.recall("a") == {"4"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())) == {"mailops.pdd", digest("somebody"), digest("other")}
    assert warnings == []


def test_tasks_at_the_same_time(tmp_path: Path) -> None:
    """None of them forgets what another one notes."""
    path, warnings = tmp_path / "memory.json", cast("list[str]", [])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: open_memory(path, warnings).note("a", add=[str(number)]), range(40)))
    assert open_memory(path, warnings).recall("a") == set(map(str, range(40)))
    assert warnings == []


@pytest.mark.parametrize("content", ["", "x", "[]", "{}", '{"mailops.pdd": "digests of signatures"}'])
def test_file_of_somebody_else(tmp_path: Path, content: str) -> None:
    """It is warned of once, and stays."""
    path, warnings = tmp_path / "file", cast("list[str]", [])
    path.write_text(content)
    memory = open_memory(path, warnings)
    assert memory.recall("a") == frozenset()
    memory.note("a", add=["1"])
    assert path.read_text() == content
    [warning] = warnings
    assert str(path) in warning


@pytest.mark.parametrize("path", [None, Path("~nobody/x"), Path("/proc/none/x")])
def test_no_place(path: Path | None) -> None:
    warnings: list[str] = []
    memory = open_memory(path, warnings)
    memory.note("a", add=["1"])
    assert memory.recall("a") == frozenset()
    assert len(warnings) == 1


def test_path_of_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert parse_path(None) == Path("/state/mailops.pdd/memory.json")
    assert parse_path("/x") == Path("/x")
    with pytest.raises(InvalidInputError, match="is no path"):
        parse_path("a\0b")
