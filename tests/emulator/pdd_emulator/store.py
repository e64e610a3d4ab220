# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's state, in SQLite: the schema and every query.

One connection, used by the event loop's thread only. Without an explicit transaction each statement is one by itself.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pdd_emulator.rules import SourceServer

FIRST_UID = 1130000001234567

_SCHEMA = """
CREATE TABLE IF NOT EXISTS token (token TEXT PRIMARY KEY, signature TEXT);
CREATE TABLE IF NOT EXISTS oauth_token (token TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS domain (
    name TEXT PRIMARY KEY, status TEXT NOT NULL DEFAULT 'added', blocked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS account (
    uid INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL REFERENCES domain ON DELETE CASCADE,
    login TEXT NOT NULL,
    maillist INTEGER NOT NULL,
    password TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    blocked INTEGER NOT NULL DEFAULT 0,
    iname TEXT NOT NULL DEFAULT '',
    fname TEXT NOT NULL DEFAULT '',
    birth_date TEXT,
    sex INTEGER,
    hintq TEXT NOT NULL DEFAULT '',
    hinta TEXT NOT NULL DEFAULT '',
    UNIQUE (domain, login));
CREATE TABLE IF NOT EXISTS subscription (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    maillist INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    subscriber INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    can_send_on_behalf INTEGER NOT NULL,
    UNIQUE (maillist, subscriber));
CREATE INDEX IF NOT EXISTS subscription_subscriber ON subscription (subscriber);
CREATE TABLE IF NOT EXISTS message (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    seen INTEGER NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (mailbox, source, source_id));
CREATE TABLE IF NOT EXISTS import_task (
    domain TEXT PRIMARY KEY REFERENCES domain ON DELETE CASCADE,
    method TEXT NOT NULL, server TEXT NOT NULL, port INTEGER NOT NULL, ssl INTEGER NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS import_box (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL REFERENCES import_task ON DELETE CASCADE,
    mailbox INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    method TEXT NOT NULL, server TEXT NOT NULL, port INTEGER NOT NULL, ssl INTEGER NOT NULL,
    source TEXT NOT NULL,
    external_login TEXT NOT NULL,
    external_password TEXT,
    internal_login TEXT NOT NULL,
    begun INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,
    total INTEGER NOT NULL DEFAULT 0,
    imported INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    last_error_count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (domain, source, internal_login));
"""


@dataclass(frozen=True)
class Domain:
    """A domain; `status` is `domain-activate`, `mx-activate` or `added`."""

    name: str
    status: str
    blocked: bool


@dataclass(frozen=True)
class Account:
    """A mailbox or a mailing list: both have uids of the same sequence and share their domain's names."""

    uid: int
    domain: str
    login: str
    maillist: bool
    password: str
    enabled: bool
    blocked: bool
    iname: str
    fname: str
    birth_date: str | None
    sex: int | None
    hintq: str
    hinta: str

    @property
    def address(self) -> str:
        """The full address, as answers show it."""
        return f"{self.login}@{self.domain}"


@dataclass(frozen=True)
class Message:
    """A copied message; `seen` tells whether it was read at the source."""

    subject: str
    seen: bool
    content: bytes


@dataclass(frozen=True)
class ImportTask:
    """The current import of a domain: the server of the latest start, and whether it was stopped."""

    server: SourceServer
    removed: bool


@dataclass(frozen=True)
class ImportBox:
    """A box of an import task.

    `outcome` is None (unprocessed), `complete` or `failed`; `source` names the source account.
    `total` and `imported` count the messages of this task only, not those that earlier imports had copied.
    """

    id: int
    mailbox: int
    server: SourceServer
    source: str
    external_login: str
    external_password: str | None
    internal_login: str
    begun: bool
    outcome: str | None
    total: int
    imported: int
    last_error: str
    last_error_count: int


class Store:
    """The state, kept in the given file, or in memory when there is none.

    Raises `sqlite3.DatabaseError` or `OSError` if the file cannot be used, also while another emulator uses it.
    """

    def __init__(self, file: Path | None = None) -> None:
        if file:
            _make_private(file)
        self._db = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        # The file must outlive a killed process, not a crash of the whole machine: no need to wait for the disk.
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)
        self._db.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'account', ?"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'account')",
            (FIRST_UID - 1,),
        )

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

    # Tokens and signatures

    def add_token(self, token: str) -> None:
        """Let a PDD token in."""
        self._db.execute("INSERT OR IGNORE INTO token (token) VALUES (?)", (token,))

    def add_oauth_token(self, token: str) -> None:
        """Let an OAuth token in."""
        self._db.execute("INSERT OR IGNORE INTO oauth_token VALUES (?)", (token,))

    def has_tokens(self) -> bool:
        """Tell whether anybody can use the API at all."""
        return self._db.execute("SELECT 1 FROM token").fetchone() is not None

    def knows_token(self, token: str) -> bool:
        """Tell whether a PDD token is good."""
        return self._db.execute("SELECT 1 FROM token WHERE token = ?", (token,)).fetchone() is not None

    def knows_oauth_token(self, token: str) -> bool:
        """Tell whether an OAuth token is good."""
        return self._db.execute("SELECT 1 FROM oauth_token WHERE token = ?", (token,)).fetchone() is not None

    def set_signature(self, token: str, signature: str) -> None:
        """Keep the signature of a token's owner."""
        self._db.execute("UPDATE token SET signature = ? WHERE token = ?", (signature, token))

    def signatures(self) -> dict[str, str]:
        """Return the signatures that were set, by token."""
        return dict(self._db.execute("SELECT token, signature FROM token WHERE signature IS NOT NULL").fetchall())

    # Domains

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

    # Mailboxes and mailing lists

    def add_account(self, domain: str, login: str, *, maillist: bool, password: str = "") -> int:
        """Create a mailbox or list whose name is free, and return its uid."""
        cursor = self._db.execute(
            "INSERT INTO account (domain, login, maillist, password) VALUES (?, ?, ?, ?)",
            (domain, login, maillist, password),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def account(self, domain: str, login: str) -> Account | None:
        """Return the mailbox or list of a name."""
        row = self._db.execute("SELECT * FROM account WHERE domain = ? AND login = ?", (domain, login)).fetchone()
        return _account(row) if row else None

    def account_by_uid(self, domain: str, uid: int) -> Account | None:
        """Return the mailbox or list of a uid."""
        row = self._db.execute("SELECT * FROM account WHERE domain = ? AND uid = ?", (domain, uid)).fetchone()
        return _account(row) if row else None

    def accounts(self, domain: str, *, offset: int = 0, limit: int = -1, hidden: Iterable[int] = ()) -> list[Account]:
        """Return a page of the mailboxes and lists (all of them by default) but the hidden uids, the newest first."""
        rows = self._db.execute(
            f"SELECT * {_FROM_VISIBLE} ORDER BY uid DESC LIMIT ? OFFSET ?",
            (domain, json.dumps([*hidden]), limit, offset),
        )
        return [_account(row) for row in rows]

    def count_accounts(self, domain: str, *, hidden: Iterable[int] = ()) -> int:
        """Return the number of mailboxes and lists but the hidden uids."""
        return self._number(f"SELECT count(*) {_FROM_VISIBLE}", domain, json.dumps([*hidden]))

    def save_account(self, account: Account) -> None:
        """Write everything of a mailbox that can change."""
        self._db.execute(
            "UPDATE account SET password = ?, enabled = ?, blocked = ?, iname = ?, fname = ?, birth_date = ?, sex = ?,"
            " hintq = ?, hinta = ? WHERE uid = ?",
            (
                account.password,
                account.enabled,
                account.blocked,
                account.iname,
                account.fname,
                account.birth_date,
                account.sex,
                account.hintq,
                account.hinta,
                account.uid,
            ),
        )

    def delete_account(self, uid: int) -> None:
        """Delete a mailbox or list with its subscriptions, messages and boxes in imports."""
        self._db.execute("DELETE FROM account WHERE uid = ?", (uid,))

    # Subscriptions

    def maillists(self, domain: str) -> list[tuple[Account, int]]:
        """Return the mailing lists, the oldest first, each with the number of its subscribers."""
        rows = self._db.execute(
            "SELECT account.*, count(position) AS subscribers FROM account"
            " LEFT JOIN subscription ON subscription.maillist = uid"
            " WHERE domain = ? AND account.maillist GROUP BY uid ORDER BY uid",
            (domain,),
        )
        return [(_account(row), row["subscribers"]) for row in rows]

    def subscribers(self, maillist: int) -> list[tuple[Account, bool]]:
        """Return the subscribers of a list in the order of subscription, each with its right to use the list's name."""
        rows = self._db.execute(
            "SELECT account.*, can_send_on_behalf FROM subscription JOIN account ON uid = subscriber"
            " WHERE subscription.maillist = ? ORDER BY position",
            (maillist,),
        )
        return [(_account(row), bool(row["can_send_on_behalf"])) for row in rows]

    def can_send_on_behalf(self, maillist: int, subscriber: int) -> bool | None:
        """Return a subscriber's right to use the list's name, None if not subscribed."""
        row = self._db.execute(
            "SELECT can_send_on_behalf FROM subscription WHERE maillist = ? AND subscriber = ?", (maillist, subscriber)
        ).fetchone()
        return bool(row[0]) if row else None

    def subscribe(self, maillist: int, subscriber: int, *, can_send_on_behalf: bool) -> None:
        """Subscribe, or change the right of who is subscribed already (who keeps the place in the order)."""
        self._db.execute(
            "INSERT INTO subscription (maillist, subscriber, can_send_on_behalf) VALUES (?, ?, ?)"
            " ON CONFLICT (maillist, subscriber) DO UPDATE SET can_send_on_behalf = excluded.can_send_on_behalf",
            (maillist, subscriber, can_send_on_behalf),
        )

    def unsubscribe(self, maillist: int, subscriber: int) -> None:
        """End a subscription."""
        self._db.execute("DELETE FROM subscription WHERE maillist = ? AND subscriber = ?", (maillist, subscriber))

    # Messages

    def messages(self, mailbox: int) -> list[Message]:
        """Return the messages of a mailbox in the order of copying."""
        rows = self._db.execute("SELECT * FROM message WHERE mailbox = ? ORDER BY position", (mailbox,))
        return [Message(row["subject"], bool(row["seen"]), row["content"]) for row in rows]

    def count_messages(self, mailbox: int) -> tuple[int, int]:
        """Return the numbers of unread messages and of all messages of a mailbox."""
        row = self._db.execute(
            "SELECT coalesce(sum(NOT seen), 0), count(*) FROM message WHERE mailbox = ?", (mailbox,)
        ).fetchone()
        return row[0], row[1]

    def copied_ids(self, mailbox: int, source: str) -> set[str]:
        """Return the ids of the messages that were copied from a source account into a mailbox."""
        rows = self._db.execute("SELECT source_id FROM message WHERE mailbox = ? AND source = ?", (mailbox, source))
        return {row[0] for row in rows}

    # Imports

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

    def _number(self, query: str, *values: str) -> int:
        number = self._db.execute(query, values).fetchone()[0]
        assert isinstance(number, int)
        return number


_FROM_VISIBLE = "FROM account WHERE domain = ? AND uid NOT IN (SELECT value FROM json_each(?))"


def _make_private(file: Path) -> None:
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    file.chmod(0o600)


def _domain(row: sqlite3.Row) -> Domain:
    return Domain(row["name"], row["status"], bool(row["blocked"]))


def _account(row: sqlite3.Row) -> Account:
    return Account(
        uid=row["uid"],
        domain=row["domain"],
        login=row["login"],
        maillist=bool(row["maillist"]),
        password=row["password"],
        enabled=bool(row["enabled"]),
        blocked=bool(row["blocked"]),
        iname=row["iname"],
        fname=row["fname"],
        birth_date=row["birth_date"],
        sex=row["sex"],
        hintq=row["hintq"],
        hinta=row["hinta"],
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
