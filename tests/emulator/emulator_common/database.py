# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to a state file. One connection, used by the event loop's thread only."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Database:
    """The state, kept in the given file, or in memory when there is none.

    Raises `sqlite3.DatabaseError` or `OSError` if the file cannot be used, also while another emulator uses it.
    """

    def __init__(self, file: Path | None, steps: Sequence[str]) -> None:
        """Open the state. A file of an older emulator takes the steps of the schema that it has not taken yet."""
        if file:
            _make_private(file)
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # The file must outlive a killed process, not a crash of the whole machine: no need to wait for the disk.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA foreign_keys = ON")
        taken = self._number("PRAGMA user_version")
        for number, step in enumerate(steps[taken:], start=taken + 1):
            self._db.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")

    def close(self) -> None:
        """Close the state file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside one atomic change, or none of them if an exception leaves the block."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _number(self, query: str, *values: Any) -> int:
        number = self._db.execute(query, values).fetchone()[0]
        assert isinstance(number, int)
        return number


def _make_private(file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    file.chmod(0o600)
