# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens and signatures."""

from __future__ import annotations

from pdd_emulator.store.database import Database


class Tokens(Database):
    """The queries about tokens."""

    def add_token(self, token: str) -> None:
        """Let a PDD token in."""
        self._db.execute("INSERT OR IGNORE INTO token (token) VALUES (?)", (token,))

    def add_oauth_token(self, token: str) -> None:
        """Let an OAuth token in."""
        self._db.execute("INSERT OR IGNORE INTO oauth_token VALUES (?)", (token,))

    def has_tokens(self) -> bool:
        """Return whether anybody can use the API at all."""
        return self._db.execute("SELECT 1 FROM token").fetchone() is not None

    def knows_token(self, token: str) -> bool:
        """Return whether a PDD token is valid."""
        return self._db.execute("SELECT 1 FROM token WHERE token = ?", (token,)).fetchone() is not None

    def knows_oauth_token(self, token: str) -> bool:
        """Return whether an OAuth token is valid."""
        return self._db.execute("SELECT 1 FROM oauth_token WHERE token = ?", (token,)).fetchone() is not None

    def set_signature(self, token: str, signature: str) -> None:
        """Keep the signature of a token's owner."""
        self._db.execute("UPDATE token SET signature = ? WHERE token = ?", (signature, token))

    def signatures(self) -> dict[str, str]:
        """Return the signatures that were set, by token."""
        return dict(self._db.execute("SELECT token, signature FROM token WHERE signature IS NOT NULL").fetchall())
