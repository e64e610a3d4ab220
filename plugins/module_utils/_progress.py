# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells how far a task is, line by line in files that somebody may read meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable


class Progress:
    """Appends lines to files. One that cannot be written is warned of once, and left out from then on."""

    def __init__(self, paths: Iterable[str], warn: Callable[[str], None]) -> None:
        self._paths = list(dict.fromkeys(paths))
        self._warn = warn

    def tell(self, lines: Iterable[str]) -> None:
        """Append lines, at once and each as a whole, so that several tasks may share a file."""
        for line in lines:
            for path in list(self._paths):
                try:
                    _append(path, f"{line}\n".encode())
                except (OSError, ValueError) as error:  # ValueError: no path at all, such as one with a null byte
                    self._paths.remove(path)
                    self._warn(f"progress_path: {path!r} cannot be written ({getattr(error, 'strerror', error)})")


def _append(path: str, content: bytes) -> None:
    with open(path, "ab", buffering=0, opener=_open_at_once) as file:  # noqa: PTH123 - Path.open() has no opener
        file.write(content)


def _open_at_once(path: str, flags: int) -> int:
    """Open a file without waiting: a named pipe that nobody reads must not hold the task up."""
    return os.open(path, flags | os.O_NONBLOCK, 0o666)
