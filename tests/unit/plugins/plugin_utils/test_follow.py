# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that is shown as it grows (_follow)."""

from __future__ import annotations

import stat
from pathlib import Path
from queue import Queue
from threading import active_count

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._follow import followed_file

SECONDS = 30  # for a line to appear; much more than it takes


def test_lines_are_shown_while_the_file_grows(tmp_path: Path) -> None:
    """Each once and as a whole, in whatever pieces it comes; the last ones before the context ends."""
    shown: Queue[str] = Queue()
    with followed_file(str(tmp_path), shown.put) as path, Path(path).open("ab", buffering=0) as file:
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
        file.write(b"one\ntw")
        assert shown.get(timeout=SECONDS) == "one"
        file.write(b"o\n\xff\n")
        assert shown.get(timeout=SECONDS) == "two"
        assert shown.get(timeout=SECONDS) == "\N{REPLACEMENT CHARACTER}"
        file.write(b"last\nunfinished")
    assert list(shown.queue) == ["last"]


def test_nothing_stays_behind(tmp_path: Path) -> None:
    """No file and no thread, also where the file is gone already, or something failed."""
    threads = active_count()
    with followed_file(str(tmp_path), print):
        assert active_count() == threads + 1
    with followed_file(str(tmp_path), print) as path:
        Path(path).unlink()
    with pytest.raises(KeyboardInterrupt), followed_file(str(tmp_path), print):
        raise KeyboardInterrupt
    assert active_count() == threads
    assert list(tmp_path.iterdir()) == []


def test_terminal_that_is_gone(tmp_path: Path) -> None:
    """That is no reason to fail."""

    def show(_line: str) -> None:
        raise BrokenPipeError

    with followed_file(str(tmp_path), show) as path:
        Path(path).write_text("one\n")
    assert list(tmp_path.iterdir()) == []
