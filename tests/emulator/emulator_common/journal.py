# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came in."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request


class Journal:
    """The API requests since the start or the last reset; in memory only."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def begin(self, request: Request, *, writes: bool, **content: Any) -> dict[str, Any]:
        """Note a request with what it brought, and return the entry, whose `status` is still to be set."""
        entry = {
            "method": request.method,
            "path": request.scope["path"],
            **content,
            "query": request.scope["query_string"].decode("latin-1"),
            "headers": dict(request.headers),
            "status": None,
            "write": writes,
            "applied": False,
            "fault": None,
        }
        self.entries.append(entry)
        return entry
