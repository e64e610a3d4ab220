# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads an answer of the service (docs/api/pdd.md, 1.4, 3.1): what it returned, what it refused, or what else came."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .._core.budget import retry_after
from .._core.errors import PddError, refusal
from .._core.faults import FaultError, Way, refused_by_proxy
from .._core.values import to_flag
from .echo import foreign_echo

if TYPE_CHECKING:
    from requests import Response

_THROTTLED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT, 425)  # 425: Too Early
# What an answer of 16 MiB can hold at most without a parsed form that takes hundreds of MiB.
_MOST_VALUES = 1_000_000
_LONGEST_NUMBER = 100
_STRUCTURE = re.compile(rb"[\[{,:]")


def read_answer(
    response: Response, content: bytes, endpoint: str, way: Way, secrets: Iterable[str], *, params: Mapping[str, str]
) -> dict[str, Any]:
    """Return the object that the service answered with ok.

    Raises FaultError if the request may be repeated, else PddError. secrets: what was sent and must not be quoted.
    params: what was asked.
    """
    status = response.status_code

    def error(code: str, message: str) -> PddError:
        return PddError(code, message, http_status=status)

    wait = retry_after(response.headers.get("Retry-After"), response.headers.get("Date"), time.time())
    if status in _THROTTLED:
        throttled = error("unreachable", f"the service throttles requests (HTTP status {status})")
        raise FaultError(throttled, applied=False, throttled=True, wait=wait)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED and way.proxy:
        raise refused_by_proxy(status, way)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise error("redirect", f"the service redirects to another place (HTTP status {status})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        failed = error("bad_answer", f"the service failed with HTTP status {status}")
        raise FaultError(failed, applied=None, throttled=wait is not None, wait=wait)
    body = _parse(content)
    success = None if isinstance(body, str) else to_flag(body.get("success"))
    if isinstance(body, str) or success is None:
        found = body if isinstance(body, str) else "JSON without a readable 'success'"
        unreadable = error("bad_answer", f"the answer cannot be read, because it is {found} (HTTP status {status})")
        raise unreadable if status >= HTTPStatus.BAD_REQUEST else FaultError(unreadable, applied=None)
    foreign = foreign_echo(params, body)
    if foreign:
        raise FaultError(error("bad_answer", foreign), applied=None)
    if success:
        return body
    refused = refusal(str(body.get("error") or "unknown"), endpoint, status, secrets)
    raise FaultError(refused, applied=None) if refused.code == "unknown" else refused


def _parse(content: bytes) -> dict[str, Any] | str:
    """Return the object in a body, or what the body is instead, of which nothing is quoted."""
    text = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        return "empty"
    if text.startswith(b"<"):
        return "HTML or XML, not JSON"
    if sum(1 for _value in _STRUCTURE.finditer(content)) > _MOST_VALUES:
        return f"JSON with more than {_MOST_VALUES} values"
    try:
        body = json.loads(content, parse_int=_parse_int)
    except (ValueError, RecursionError):
        return "malformed or incomplete JSON" if text.startswith((b"{", b"[")) else "not JSON"
    return body if isinstance(body, dict) else "JSON, but not an object"


def _parse_int(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError("a number without end")
    return int(digits)
