# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a request (docs/api/pdd.md, 1.3)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request


@dataclass(frozen=True)
class Upload:
    """A file of a multipart form; the media type is in lower case, and empty if none was given."""

    media_type: str
    content: bytes


@dataclass
class Parameters:
    """The parameters of a request, by name: strings and files."""

    texts: dict[str, str]
    uploads: dict[str, Upload] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, dict[str, Any]]:
        """The uploaded files, without their content."""
        return {name: {"type": file.media_type, "size": len(file.content)} for name, file in self.uploads.items()}


async def merged(request: Request) -> Parameters:
    """Merge the parameters of query and body. Chosen: the body wins, of doubles the last one.

    An uploaded file that is no image is also a string like others. A body that is no form, or broken, has nothing.
    """
    params = Parameters(_pairs(request.scope["query_string"]))
    media_type = _media_type(request.headers.get("Content-Type"))
    if media_type == "application/x-www-form-urlencoded":
        params.texts |= _pairs(await request.body())
    elif media_type == "multipart/form-data":
        await _add_parts(params, request)
    return params


def _pairs(encoded: bytes) -> dict[str, str]:
    return dict(parse_qsl(encoded.decode(errors="replace"), keep_blank_values=True))


async def _add_parts(params: Parameters, request: Request) -> None:
    with contextlib.suppress(HTTPException):
        async with request.form() as form:
            for name, value in form.multi_items():
                text = await _kept(params, _sound(name), value) if isinstance(value, UploadFile) else value
                if text is not None:
                    params.texts[_sound(name)] = _sound(text)


async def _kept(params: Parameters, name: str, file: UploadFile) -> str | None:
    """Keep a file, and return its content as a string if it is text."""
    upload = params.uploads[name] = Upload(_media_type(file.content_type), await file.read())
    return None if upload.media_type.startswith("image/") else upload.content.decode(errors="replace")


def _media_type(header: str | None) -> str:
    return (header or "").partition(";")[0].strip().lower()


def _sound(text: str) -> str:
    """Replace the lone surrogates that some charsets of parts decode to: neither SQLite nor JSON can take them."""
    return text.encode(errors="replace").decode()
