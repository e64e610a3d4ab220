# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What answers mean that mean the same in all services, and their bodies, within limits."""

from __future__ import annotations

import json
import re
import time
from http import HTTPStatus
from typing import Any

from .budget import retry_after
from .dialect import Answer
from .errors import Delivery, ServiceError
from .faults import FaultError, Way, refused_by_proxy

_THROTTLED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT, 425)  # 425: Too Early
# What an answer of 16 MiB can hold at most without a parsed form that takes hundreds of MiB.
_MOST_VALUES = 1_000_000
_LONGEST_NUMBER = 100
_STRUCTURE = re.compile(rb"[\[{,:]")


def check_status(answer: Answer, way: Way, throttled: str) -> None:
    """Raise FaultError or ServiceError if the status alone says that the service did not answer the call.

    throttled: the code of the error if the service asks for fewer requests.
    """
    status = answer.status
    wait = retry_after(answer.headers.get("Retry-After"), answer.headers.get("Date"), time.time())
    if status in _THROTTLED:
        message = f"the service throttles requests (HTTP status {status})"
        raise FaultError(ServiceError(throttled, message, http_status=status), is_throttled=True, wait=wait)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED and way.proxy:
        raise refused_by_proxy(status, way)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        message = f"the service redirects to another place (HTTP status {status})"
        raise ServiceError("redirect", message, http_status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise doubtful(
            answer, f"the service failed with HTTP status {status}", is_throttled=wait is not None, wait=wait
        )


def doubtful(answer: Answer, message: str, *, is_throttled: bool = False, wait: float | None = None) -> FaultError:
    """Return the fault of a call that was answered, but not so that anybody knows whether it was applied."""
    error = ServiceError("bad_answer", message, http_status=answer.status, delivery=Delivery.UNKNOWN)
    return FaultError(error, is_throttled=is_throttled, wait=wait)


def unreadable(answer: Answer, found: str) -> FaultError | ServiceError:
    """Return the error of a body that cannot be understood; found: what it is instead, of which nothing is quoted."""
    message = f"the answer cannot be read, because it is {found} (HTTP status {answer.status})"
    if answer.status >= HTTPStatus.BAD_REQUEST:  # not the service, but something that stands before it
        return ServiceError("bad_answer", message, http_status=answer.status)
    return doubtful(answer, message)


def parse_object(content: bytes) -> dict[str, Any] | str:
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
