# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came in."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pdd_emulator.parameters import Parameters


class Journal:
    """The API requests since the start or the last reset; in memory only."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def begin(self, request: Request, params: Parameters, *, writes: bool) -> dict[str, Any]:
        """Note a request, and return the entry, whose `status` is still to be set."""
        entry = {
            "method": request.method,
            "path": request.scope["path"],
            "params": params.texts,
            "files": {
                name: {"type": upload.media_type, "size": len(upload.content)}
                for name, upload in params.uploads.items()
            },
            "query": request.scope["query_string"].decode("latin-1"),
            "headers": dict(request.headers),
            "status": None,
            "write": writes,
            "applied": False,
            "fault": None,
        }
        self.entries.append(entry)
        return entry
