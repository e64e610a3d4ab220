# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, their logos and deputies."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time

from pdd_emulator.store.database import Database
from pdd_emulator.store.records import Dkim, Domain, Logo


class Domains(Database):
    """The queries about domains."""

    def add_domain(self, name: str) -> None:
        """Add a verified domain, if it is new."""
        self._db.execute(
            "INSERT OR IGNORE INTO domain (name, secret_name, secret_content, registered) VALUES (?, ?, ?, ?)",
            (name, secrets.token_hex(6), secrets.token_hex(6), int(time.time())),
        )

    def domain(self, name: str) -> Domain | None:
        """Return a domain."""
        row = self._db.execute("SELECT * FROM domain WHERE name = ?", (name,)).fetchone()
        return _domain(row) if row else None

    def domains(self, *, offset: int, limit: int, descending: bool) -> list[tuple[Domain, int]]:
        """Return a page of the account's domains, by name, each with the number of its mailboxes."""
        rows = self._db.execute(
            "SELECT *, (SELECT count(*) FROM account WHERE domain = name AND NOT maillist) AS mailboxes FROM domain"
            " WHERE owner = 'account' ORDER BY CASE WHEN ? THEN name END DESC, name LIMIT ? OFFSET ?",
            (descending, limit, offset),
        )
        return [(_domain(row), row["mailboxes"]) for row in rows]

    def count_domains(self) -> int:
        """Return the number of the account's domains."""
        return self._number("SELECT count(*) FROM domain WHERE owner = 'account'")

    def save_domain(self, domain: Domain) -> None:
        """Write everything of a domain that can change, except for what belongs to its logo."""
        self._db.execute(
            "UPDATE domain SET status = ?, blocked = ?, owner = ?, master_admin = ?, delegated = ?, country = ?,"
            " aliases = ?, check_results = ?, dkim_enabled = ?, dkim_published = ?, dkim_private_key = ?,"
            " dkim_record = ? WHERE name = ?",
            (
                domain.status,
                domain.blocked,
                domain.owner,
                domain.master_admin,
                domain.delegated,
                domain.country,
                json.dumps(domain.aliases),
                domain.check_results,
                domain.dkim.enabled,
                domain.dkim.published,
                domain.dkim.private_key,
                domain.dkim.record,
                domain.name,
            ),
        )

    def delete_domain(self, name: str) -> None:
        """Delete a domain with everything under it."""
        self._db.execute("DELETE FROM domain WHERE name = ?", (name,))

    # Logos

    def set_logo(self, domain: str, logo: Logo, url: str) -> None:
        """Give a domain a logo, instead of the one that it may have."""
        self._db.execute("INSERT OR REPLACE INTO logo VALUES (?, ?, ?)", (domain, logo.media_type, logo.content))
        self._db.execute("UPDATE domain SET logo_url = ? WHERE name = ?", (url, domain))

    def logo(self, domain: str) -> Logo | None:
        """Return the logo of a domain."""
        row = self._db.execute("SELECT media_type, content FROM logo WHERE domain = ?", (domain,)).fetchone()
        return Logo(*row) if row else None

    def delete_logo(self, domain: str) -> None:
        """Take the logo of a domain away, if there is one."""
        self._db.execute("DELETE FROM logo WHERE domain = ?", (domain,))
        self._db.execute("UPDATE domain SET logo_url = '' WHERE name = ?", (domain,))

    # Deputies

    def deputies(self, domain: str) -> list[str]:
        """Return the deputies of a domain in the order in which they were added."""
        rows = self._db.execute("SELECT login FROM deputy WHERE domain = ? ORDER BY position", (domain,))
        return [row["login"] for row in rows]

    def add_deputy(self, domain: str, login: str) -> None:
        """Add a deputy who is none yet."""
        self._db.execute("INSERT INTO deputy (domain, login) VALUES (?, ?)", (domain, login))

    def delete_deputy(self, domain: str, login: str) -> None:
        """Delete a deputy."""
        self._db.execute("DELETE FROM deputy WHERE domain = ? AND login = ?", (domain, login))


def _domain(row: sqlite3.Row) -> Domain:
    return Domain(
        name=row["name"],
        status=row["status"],
        blocked=bool(row["blocked"]),
        owner=row["owner"],
        master_admin=bool(row["master_admin"]),
        delegated=bool(row["delegated"]),
        country=row["country"],
        aliases=tuple(json.loads(row["aliases"])),
        check_results=row["check_results"],
        secret_name=row["secret_name"],
        secret_content=row["secret_content"],
        registered=row["registered"],
        logo_url=row["logo_url"],
        dkim=Dkim(
            enabled=bool(row["dkim_enabled"]),
            published=bool(row["dkim_published"]),
            private_key=row["dkim_private_key"],
            record=row["dkim_record"],
        ),
    )
