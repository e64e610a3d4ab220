# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports."""

from __future__ import annotations

import sqlite3

from pdd_emulator.rules import SourceServer
from pdd_emulator.store.database import Database
from pdd_emulator.store.records import ImportBox, ImportTask, Message


class Imports(Database):
    """The queries about imports."""

    def import_task(self, domain: str) -> ImportTask | None:
        """Return the current import task of a domain."""
        row = self._db.execute("SELECT * FROM import_task WHERE domain = ?", (domain,)).fetchone()
        return ImportTask(_source_server(row), bool(row["removed"])) if row else None

    def begin_import_task(self, domain: str, server: SourceServer) -> None:
        """Replace the task of a domain, if any, by an empty one."""
        self._db.execute("DELETE FROM import_task WHERE domain = ?", (domain,))
        self._db.execute(
            "INSERT INTO import_task (domain, method, server, port, ssl) VALUES (?, ?, ?, ?, ?)",
            (domain, server.method, server.server, server.port, server.ssl),
        )

    def set_import_server(self, domain: str, server: SourceServer) -> None:
        """Note the server of the latest start that joined a task."""
        self._db.execute(
            "UPDATE import_task SET method = ?, server = ?, port = ?, ssl = ? WHERE domain = ?",
            (server.method, server.server, server.port, server.ssl, domain),
        )

    def stop_import_task(self, domain: str) -> None:
        """Mark a task as removed, and forget the passwords of its boxes."""
        self._db.execute("UPDATE import_task SET removed = 1 WHERE domain = ?", (domain,))
        self._db.execute("UPDATE import_box SET external_password = NULL WHERE domain = ?", (domain,))

    def put_import_box(
        self,
        domain: str,
        *,
        mailbox: int,
        server: SourceServer,
        external_login: str,
        external_password: str,
        internal_login: str,
    ) -> int:
        """Add a box to the current task, or begin it anew if the task has it already, and return its id."""
        row = self._db.execute(
            "INSERT OR REPLACE INTO import_box (domain, mailbox, method, server, port, ssl, source, external_login,"
            " external_password, internal_login) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                domain,
                mailbox,
                server.method,
                server.server,
                server.port,
                server.ssl,
                server.account(external_login),
                external_login,
                external_password,
                internal_login,
            ),
        )
        assert row.lastrowid is not None
        return row.lastrowid

    def import_boxes(self, domain: str) -> list[ImportBox]:
        """Return the boxes of the current task in the order of their start."""
        return [
            _box(row) for row in self._db.execute("SELECT * FROM import_box WHERE domain = ? ORDER BY id", (domain,))
        ]

    def unfinished_import_boxes(self) -> list[int]:
        """Return the ids of all boxes that are still to be copied, of every domain."""
        rows = self._db.execute(
            "SELECT id FROM import_box WHERE outcome IS NULL AND external_password IS NOT NULL ORDER BY id"
        )
        return [row[0] for row in rows]

    def begin_import_box(self, box_id: int) -> ImportBox | None:
        """Note that the copying of a box has begun, and return it; None if it is gone or not to be copied any more."""
        rows = self._db.execute(
            "UPDATE import_box SET begun = 1 WHERE id = ? AND outcome IS NULL AND external_password IS NOT NULL"
            " RETURNING *",
            (box_id,),
        ).fetchall()
        return _box(rows[0]) if rows else None

    def set_import_box_remaining(self, box_id: int, remaining: int) -> None:
        """Note how many messages a box has yet to copy."""
        self._db.execute("UPDATE import_box SET total = imported + ? WHERE id = ?", (remaining, box_id))

    def add_imported_message(self, box_id: int, source_id: str, message: Message) -> bool:
        """Add a message to the box's mailbox and count it, and tell whether the box (still) exists."""
        with self.transaction():
            added = self._db.execute(
                "INSERT INTO message (mailbox, source, source_id, subject, seen, content)"
                " SELECT mailbox, source, ?, ?, ?, ? FROM import_box WHERE id = ? ON CONFLICT DO NOTHING",
                (source_id, message.subject, message.seen, message.content, box_id),
            )
            counted = self._db.execute(
                "UPDATE import_box SET imported = imported + ? WHERE id = ?", (added.rowcount, box_id)
            )
        return counted.rowcount == 1

    def complete_import_box(self, box_id: int) -> None:
        """Note that all messages of a box are copied, and forget its password."""
        self._db.execute("UPDATE import_box SET outcome = 'complete', external_password = NULL WHERE id = ?", (box_id,))

    def fail_import_box(self, box_id: int, error: str) -> None:
        """Note that a box cannot be copied, and forget its password."""
        self._db.execute(
            "UPDATE import_box SET begun = 1, outcome = 'failed', external_password = NULL, last_error = ?,"
            " last_error_count = last_error_count + 1 WHERE id = ?",
            (error, box_id),
        )


def _source_server(row: sqlite3.Row) -> SourceServer:
    return SourceServer(row["method"], row["server"], row["port"], bool(row["ssl"]))


def _box(row: sqlite3.Row) -> ImportBox:
    return ImportBox(
        id=row["id"],
        mailbox=row["mailbox"],
        server=_source_server(row),
        source=row["source"],
        external_login=row["external_login"],
        external_password=row["external_password"],
        internal_login=row["internal_login"],
        begun=bool(row["begun"]),
        outcome=row["outcome"],
        total=row["total"],
        imported=row["imported"],
        last_error=row["last_error"],
        last_error_count=row["last_error_count"],
    )
