# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailboxes, mailing lists, and messages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from pdd_emulator.store.database import Database
from pdd_emulator.store.records import Account, Message

_FROM_VISIBLE = "FROM account WHERE domain = ? AND uid NOT IN (SELECT value FROM json_each(?))"


class Accounts(Database):
    """The queries about mailboxes and mailing lists."""

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
            " hintq = ?, hinta = ?, ready = ?, aliases = ? WHERE uid = ?",
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
                account.ready,
                json.dumps(account.aliases),
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
        """Return the subscribers of a list in the order of subscription, and whether each may use the list's name."""
        rows = self._db.execute(
            "SELECT account.*, can_send_on_behalf FROM subscription JOIN account ON uid = subscriber"
            " WHERE subscription.maillist = ? ORDER BY position",
            (maillist,),
        )
        return [(_account(row), bool(row["can_send_on_behalf"])) for row in rows]

    def can_send_on_behalf(self, maillist: int, subscriber: int) -> bool | None:
        """Return a subscriber's permission to use the list's name, None if not subscribed."""
        row = self._db.execute(
            "SELECT can_send_on_behalf FROM subscription WHERE maillist = ? AND subscriber = ?", (maillist, subscriber)
        ).fetchone()
        return bool(row[0]) if row else None

    def subscribe(self, maillist: int, subscriber: int, *, can_send_on_behalf: bool) -> None:
        """Subscribe, or change the permission of a subscriber, who keeps the place in the order."""
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
        ready=bool(row["ready"]),
        aliases=tuple(json.loads(row["aliases"])),
    )
