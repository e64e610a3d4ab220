# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains."""

from __future__ import annotations

import sqlite3

from pdd_emulator.store.database import Database
from pdd_emulator.store.records import Domain


class Domains(Database):
    """The queries about domains."""

    def add_domain(self, name: str) -> None:
        """Add a verified domain, if it is new."""
        self._db.execute("INSERT OR IGNORE INTO domain (name) VALUES (?)", (name,))

    def set_domain(self, name: str, *, status: str, blocked: bool) -> None:
        """Change the state of a domain."""
        self._db.execute("UPDATE domain SET status = ?, blocked = ? WHERE name = ?", (status, blocked, name))

    def domain(self, name: str) -> Domain | None:
        """Return a domain."""
        row = self._db.execute("SELECT * FROM domain WHERE name = ?", (name,)).fetchone()
        return _domain(row) if row else None

    def domains(self, *, offset: int, limit: int) -> list[tuple[Domain, int]]:
        """Return a page of the domains, by name, each with the number of its mailboxes."""
        rows = self._db.execute(
            "SELECT *, (SELECT count(*) FROM account WHERE domain = name AND NOT maillist) AS mailboxes FROM domain"
            " ORDER BY name LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [(_domain(row), row["mailboxes"]) for row in rows]

    def count_domains(self) -> int:
        """Return the number of domains."""
        return self._number("SELECT count(*) FROM domain")


def _domain(row: sqlite3.Row) -> Domain:
    return Domain(row["name"], row["status"], bool(row["blocked"]))
