# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show how far a task is, line by line: on the screen if possible, and in regular files that somebody may read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from .._core.files import open_regular


class Progress:
    """Shows lines, and appends them to files. One that cannot be written is warned of once, and then left out."""

    def __init__(
        self, paths: Iterable[str], *, warn: Callable[[str], None], show: Callable[[str], None] = lambda _line: None
    ) -> None:
        self._paths = list(dict.fromkeys(paths))
        self._warn = warn
        self._show = show

    def tell(self, lines: Iterable[str]) -> None:
        """Show and append lines at once."""
        found = list(lines)
        for line in found:
            self._show(line)
        content = "".join(f"{line}\n" for line in found).encode()
        if content:
            self._paths = [path for path in self._paths if self._written(path, content)]

    def _written(self, path: str, content: bytes) -> bool:
        try:
            _append(path, content)
        except (OSError, ValueError) as error:  # ValueError: no path at all, such as one with a null character
            self._warn(f"progress_path: {path!r} cannot be written ({getattr(error, 'strerror', error)})")
            return False
        return True


def _append(path: str, content: bytes) -> None:
    descriptor = open_regular(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(descriptor, content)
    finally:
        os.close(descriptor)
