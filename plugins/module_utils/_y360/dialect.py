# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Yandex 360 is spoken to: its two hosts, its token, and what its answers mean (docs/api/y360.md, 1)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from .._core.answers import parse_object, unreadable
from .._core.dialect import Answer, Call, HttpRequest
from .codes import refusal

DEFAULT_API_URL = "https://api360.yandex.net"
DEFAULT_CLOUD_API_URL = "https://cloud-api.yandex.net"
_CLOUD = "v1/"
"""What endpoints of the second host begin with. The paths of both differ, so that one URL can have them all."""


@dataclass(frozen=True)
class Y360Dialect:
    """The URLs of the service, and the token that it knows its user by; all values checked."""

    api_url: str
    cloud_api_url: str
    token: str

    @property
    def base_urls(self) -> tuple[str, ...]:
        """Both URLs."""
        return (self.api_url, self.cloud_api_url)

    @property
    def credentials(self) -> str:
        """The token."""
        return self.token

    @property
    def throttled_code(self) -> str:
        """The name of HTTP status 429."""
        return "throttled"

    def shown_url(self, base_url: str) -> str:
        """Return the URL."""
        return base_url

    def build(self, call: Call) -> HttpRequest:
        """Return a request: what reads has a query, what writes has a body in JSON, and DELETE has neither."""
        return HttpRequest(
            call.method,
            self.cloud_api_url if call.endpoint.startswith(_CLOUD) else self.api_url,
            f"/{call.endpoint}",
            headers={"Authorization": f"OAuth {self.token}"},
            query=None if call.is_write else call.params,
            body=call.params if call.is_write and call.method != "DELETE" else None,
        )

    def read(self, call: Call, answer: Answer) -> dict[str, Any]:
        """Return the object in an answer with a status of success; raises FaultError or ServiceError.

        What was deleted is confirmed with or without a body.
        """
        is_bare = answer.status == HTTPStatus.NO_CONTENT or (call.method == "DELETE" and not answer.content.strip())
        if is_bare and answer.status < HTTPStatus.BAD_REQUEST:
            return {}
        body = parse_object(answer.content)
        if isinstance(body, str):
            raise unreadable(answer, body)
        if answer.status < HTTPStatus.BAD_REQUEST:
            return body
        raise refusal(call, answer, body, [self.token])
