# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors, and their bodies on the three hosts (docs/api/y360.md, 1.4)."""

from __future__ import annotations

from enum import Enum
from typing import Any


class Host(Enum):
    """The vendor's hosts. One port serves all of them, by path."""

    API = "api360.yandex.net"
    CLOUD = "cloud-api.yandex.net"
    OAUTH = "oauth.yandex.ru"


GRPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 409: 6, 429: 8, 500: 13, 502: 14, 503: 14, 504: 4}
CLOUD_WORDS = {
    400: "invalid_argument",
    401: "unauthenticated",
    403: "permission_denied",
    404: "not_found",
    405: "unimplemented",
    409: "already_exists",
    429: "resource_exhausted",
    500: "internal",
    503: "unavailable",
}
MESSAGES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
FAILED_PRECONDITION = 9
_OTHER_CODE = 2
_REQUEST_INFO = "type.googleapis.com/google.rpc.RequestInfo"


class ApiError(Exception):
    """An answer that is an error; `code` is the one of gRPC, `word` that of OAuth."""

    def __init__(self, status: int, message: str = "", *, code: int | None = None, word: str = "") -> None:
        self.status = status
        self.message = message or MESSAGES.get(status, "Error")
        self.code = GRPC_CODES.get(status, _OTHER_CODE) if code is None else code
        self.word = word
        super().__init__(self.message)

    def body(self, host: Host, request_id: str) -> dict[str, Any]:
        """Return the body of the answer."""
        if host is Host.OAUTH:
            return {"error": self.word or "invalid_request", "error_description": self.message}
        if host is Host.CLOUD:
            word = CLOUD_WORDS.get(self.status, "unknown")
            return {"error": word, "description": self.message, "message": self.message, "details": {}}
        details = [{"@type": _REQUEST_INFO, "requestId": request_id, "servingData": ""}]
        return {"code": self.code, "message": self.message, "details": details}


def bad(message: str = "") -> ApiError:
    """Return the error of a malformed request, or of a value that breaks a rule."""
    return ApiError(400, message)


def failed_precondition(message: str = "Failed Precondition") -> ApiError:
    """Return the error of a call that the present state does not allow."""
    return ApiError(400, message, code=FAILED_PRECONDITION)


def forbidden(message: str = "") -> ApiError:
    """Return the error of a call that the caller may not send."""
    return ApiError(403, message)


def not_found() -> ApiError:
    """Return the error of an object that does not exist."""
    return ApiError(404)


def conflict(message: str) -> ApiError:
    """Return the error of a name that is taken."""
    return ApiError(409, message)


def grant(word: str, message: str) -> ApiError:
    """Return an error of the OAuth host."""
    return ApiError(400, message, word=word)
