# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a request (pdd-api.md, 1.3)."""

from __future__ import annotations

import contextlib
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request


async def merged(request: Request) -> dict[str, str]:
    """Merge the parameters of query and body. Chosen: the body wins, and of doubles the last one.

    An uploaded file is a parameter like others, its content the value. A body that is no form, or broken, has none.
    """
    params = _pairs(request.scope["query_string"])
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        params |= _pairs(await request.body())
    elif media_type == "multipart/form-data":
        params |= await _parts(request)
    return params


def _pairs(encoded: bytes) -> dict[str, str]:
    return dict(parse_qsl(encoded.decode(errors="replace"), keep_blank_values=True))


async def _parts(request: Request) -> dict[str, str]:
    parts = {}
    with contextlib.suppress(HTTPException):
        async with request.form() as form:
            for name, value in form.multi_items():
                parts[name] = (await value.read()).decode(errors="replace") if isinstance(value, UploadFile) else value
    return {_sound(name): _sound(value) for name, value in parts.items()}


def _sound(text: str) -> str:
    """Replace the lone surrogates that some charsets of parts decode to: neither SQLite nor JSON can take them."""
    return text.encode(errors="replace").decode()
