# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lines at the end of files (progress)."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import ANY

from ansible_collections.mailops.pdd.plugins.module_utils._module.progress import Progress


def test_lines_are_there_at_once(tmp_path: Path) -> None:
    """Whoever reads the file meanwhile sees them, also if it was moved away."""
    path = tmp_path / "file"
    progress = Progress([str(path)], warn=print)
    progress.tell([])
    assert not path.exists()
    progress.tell(["one", "two"])
    assert path.read_text() == "one\ntwo\n"
    path.rename(tmp_path / "older")
    progress.tell(["three"])
    assert path.read_text() == "three\n"


def test_shared_file(tmp_path: Path) -> None:
    """Neither overwrites what the other says."""
    path = str(tmp_path / "file")
    first, second = Progress([path], warn=print), Progress([path], warn=print)
    first.tell(["one"])
    second.tell(["two"])
    first.tell(["three"])
    assert Path(path).read_text() == "one\ntwo\nthree\n"


def test_what_is_no_path(tmp_path: Path) -> None:
    """A warning names it, once. The reason is Python's, whose words differ between its versions."""
    warnings: list[str] = []
    progress = Progress(["a\0b", "", str(tmp_path / "good")], warn=warnings.append)
    progress.tell(["one"])
    progress.tell(["two"])
    assert [warning.partition(" (")[::2] for warning in warnings] == [
        (r"progress_path: 'a\x00b' cannot be written", ANY),
        ("progress_path: '' cannot be written", "No such file or directory)"),
    ]
    assert (tmp_path / "good").read_text() == "one\ntwo\n"


def test_lines_are_shown(tmp_path: Path) -> None:
    """Also if nobody asked for a file, or the file cannot be written."""
    shown: list[str] = []
    for paths in ([], [str(tmp_path)]):
        Progress(paths, warn=lambda _text: None, show=shown.append).tell(iter(["one", "two"]))
    assert shown == ["one", "two"] * 2
