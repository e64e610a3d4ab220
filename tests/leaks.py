# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking for secrets where none may be: in texts, in files, and in the list of processes."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Self
from urllib.parse import quote, quote_plus


def spellings(secret: str) -> set[str]:
    """Return a secret as it may stand in a text, a URL, a JSON file, a Python literal or an encoded header."""
    encoded = base64.b64encode(secret.encode()).decode()
    in_base64 = encoded[: len(secret) * 4 // 3]  # what does not depend on what follows
    return {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1], in_base64}


def leaks(secrets: Iterable[str], text: str) -> list[str]:
    """Return those of the secrets that stand in a text."""
    return [secret for secret in secrets if any(spelling in text for spelling in spellings(secret))]


def files_with(secrets: Iterable[str], directory: Path) -> list[tuple[str, Path]]:
    """Return which of the secrets stand in which files below a directory."""
    searched = {spelling.encode(): secret for secret in secrets for spelling in spellings(secret)}
    files = [path for path in directory.rglob("*") if path.is_file()]
    contents = ((path, path.read_bytes()) for path in files)
    found = {(secret, path) for path, content in contents for each, secret in searched.items() if each in content}
    return sorted(found)


class ProcessList:
    """Looks at the command lines of processes again and again, until the end of the `with` block.

    Only those that have a text in their environment, such as the path of a directory of the test's own.
    """

    def __init__(self, secrets: Iterable[str], environment: str) -> None:
        self.looks = 0
        """How many command lines were looked at."""
        self.seen: set[str] = set()
        """The command lines in which a secret stood."""
        self._secrets = [spelling.encode() for secret in secrets for spelling in spellings(secret)]
        self._environment = environment.encode()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            for process in Path("/proc").glob("[0-9]*"):
                self._look(process)

    def _look(self, process: Path) -> None:
        try:
            if self._environment not in (process / "environ").read_bytes():
                return
            command = (process / "cmdline").read_bytes()
        except OSError:  # it has ended, or is somebody else's
            return
        self.looks += 1
        if any(secret in command for secret in self._secrets):
            self.seen.add(command.decode(errors="replace"))
