# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a refusal means. The HTTP status decides; the service's own words are only quoted (docs/api/y360.md, 1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._core.dialect import Answer, Call
from .._core.errors import Ambiguity, ServiceError
from .._core.secrets import Secrets
from .._core.show import show

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, INVALID_INPUT, REFUSED = (
    "unauthorized",
    "forbidden",
    "not_found",
    "conflict",
    "invalid_input",
    "refused",
)
BY_STATUS = {400: INVALID_INPUT, 401: UNAUTHORIZED, 403: FORBIDDEN, 404: NOT_FOUND, 409: CONFLICT}
_MEANINGS = {
    INVALID_INPUT: ("the service refuses a value", "Correct the value that the service names."),
    UNAUTHORIZED: (
        "the token is wrong, or has expired",
        "Check the option token or the environment variable Y360_TOKEN.",
    ),
    FORBIDDEN: (
        "the token's owner may not do this",
        "Check the option organization, the scopes of the token, and that its owner is an administrator.",
    ),
    NOT_FOUND: ("no such object", "Check its name, and create it first."),
    CONFLICT: ("the name is taken already", "Choose another name, or remove what has it."),
    REFUSED: ("the service refuses the request", "Check api_url and cloud_api_url."),
}
_AMBIGUOUS = {NOT_FOUND: Ambiguity.MISSING, CONFLICT: Ambiguity.TAKEN}
# Where the two hosts put their words, the most telling first.
_WORDS = ("message", "description", "error")
_REQUEST_IDS = ("X-Request-Id", "Yandex-Cloud-Request-ID")
_LONGEST_WORD = 100


def refusal(call: Call, answer: Answer, body: Mapping[str, Any], secrets: Iterable[str]) -> ServiceError:
    """Turn an answer with a status of 400 and more into an exception. Nothing that may be a secret is quoted."""
    code = BY_STATUS.get(answer.status, REFUSED)
    meaning, advice = _MEANINGS[code]
    known = Secrets([*secrets, *_passwords(call)])
    word = next((each for each in map(body.get, _WORDS) if isinstance(each, str) and each), "")[:_LONGEST_WORD]
    said = f"the service answered '{show(word)}' ({meaning})" if word and not known.are_in(word) else meaning
    request_id = next(filter(None, map(answer.headers.get, _REQUEST_IDS)), "")[:_LONGEST_WORD]
    shown = f", request {show(request_id)}" if request_id and not known.are_in(request_id) else ""
    return ServiceError(
        code,
        f"{said} (HTTP status {answer.status}{shown})",
        endpoint=call.endpoint,
        http_status=answer.status,
        advice=advice,
        ambiguity=_AMBIGUOUS.get(code),
    )


def _passwords(call: Call) -> Iterator[str]:
    password = call.params.get("password")
    if isinstance(password, str):
        yield password
