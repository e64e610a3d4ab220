# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to the state file, and its schema."""

from __future__ import annotations

from pathlib import Path

from emulator_common import database

FIRST_UID = 1130000001234567

_FIRST_SCHEMA = """
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

_READINESS_AND_ALIASES = """
ALTER TABLE account ADD COLUMN ready INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';
UPDATE account SET ready = iname <> '' AND fname <> '';
"""

_LIFE_OF_A_DOMAIN = """
ALTER TABLE domain ADD COLUMN owner TEXT NOT NULL DEFAULT 'account';
ALTER TABLE domain ADD COLUMN master_admin INTEGER NOT NULL DEFAULT 1;
ALTER TABLE domain ADD COLUMN delegated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN country TEXT NOT NULL DEFAULT 'en';
ALTER TABLE domain ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';
ALTER TABLE domain ADD COLUMN check_results TEXT;
ALTER TABLE domain ADD COLUMN secret_name TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN secret_content TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN registered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN logo_url TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN dkim_enabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN dkim_published INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domain ADD COLUMN dkim_private_key TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN dkim_record TEXT NOT NULL DEFAULT '';
UPDATE domain SET
    secret_name = lower(hex(randomblob(6))),
    secret_content = lower(hex(randomblob(6))),
    registered = CAST(strftime('%s', 'now') AS INTEGER);
CREATE TABLE logo (
    domain TEXT PRIMARY KEY REFERENCES domain ON DELETE CASCADE,
    media_type TEXT NOT NULL,
    content BLOB NOT NULL);
CREATE TABLE deputy (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL REFERENCES domain ON DELETE CASCADE,
    login TEXT NOT NULL,
    UNIQUE (domain, login));
"""

_STEPS = (_FIRST_SCHEMA, _READINESS_AND_ALIASES, _LIFE_OF_A_DOMAIN)
"""What made the schema what it is. A state file of an older emulator takes the steps that it has not taken yet."""


class Database(database.Database):
    """The state of this emulator."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file, _STEPS)
        self._db.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'account', ?"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'account')",
            (FIRST_UID - 1,),
        )
