# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show what a module writes into a file while it runs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO

PAUSE = 0.2
"""Seconds between two looks at the file."""


@contextmanager
def followed_file(directory: str, show: Callable[[str], None]) -> Iterator[str]:
    """Create a private file, show each line that is added to it until the context ends, and remove it."""
    descriptor, path = tempfile.mkstemp(dir=directory, prefix="pdd_progress_")
    with os.fdopen(descriptor, "rb") as file:
        ended = Event()
        follower = Thread(target=_follow, args=(file, ended, show), daemon=True)
        follower.start()
        try:
            yield path
        finally:
            ended.set()
            follower.join()
            Path(path).unlink(missing_ok=True)


def _follow(file: BinaryIO, ended: Event, show: Callable[[str], None]) -> None:
    """Show the lines of a growing file. A file that cannot be read, or a line that cannot be shown, fails no task."""
    rest = b""
    last = False
    with suppress(OSError, ValueError):
        while not last:
            last = ended.wait(PAUSE)
            *lines, rest = (rest + file.read()).split(b"\n")
            for line in lines:
                show(line.decode(errors="replace"))
