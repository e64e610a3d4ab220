# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How PDD is spoken to: its two trees, its tokens, and what its answers mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .._core.answers import doubtful, parse_object, unreadable
from .._core.dialect import Answer, Call, HttpRequest
from .._core.errors import Delivery
from .._core.faults import FaultError
from .._core.values import to_flag
from .codes import refusal
from .echo import foreign_echo

DEFAULT_API_URL = "https://pddimp.yandex.ru"
# Parameters whose values must not come back in a message.
_SECRET_PARAMS = ("password", "hinta", "ext-passwd", "int-passwd")


@dataclass(frozen=True)
class PddDialect:
    """The URL of the service, and the tokens that it knows its user by; all values checked."""

    api_url: str
    token: str
    oauth_token: str | None = None

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The only URL."""
        return (self.api_url,)

    @property
    def credentials(self) -> str:
        """Both tokens."""
        return f"{self.token}\n{self.oauth_token or ''}"

    @property
    def throttled_code(self) -> str:
        """The one of a service that cannot be reached: PDD has no word for it."""
        return "unreachable"

    def shown_url(self, base_url: str) -> str:
        """Return the URL, and say so if it is the one that the vendor closed."""
        closed = " (the default of api_url, which its vendor closed on 1 April 2023)"
        return f"{base_url}{closed if base_url == DEFAULT_API_URL else ''}"

    def build(self, call: Call) -> HttpRequest:
        """Return a request to the administrator's or the registrar's tree (docs/api/pdd.md, 1.1 and 1.2)."""
        return HttpRequest(
            call.method,
            self.api_url,
            f"/api2/{'registrar' if self.oauth_token else 'admin'}/{call.endpoint}",
            headers=self._headers(),
            query=None if call.is_write else call.params,
            form=call.params if call.is_write else None,
        )

    def read(self, call: Call, answer: Answer) -> dict[str, Any]:
        """Return an object with `success: ok` (docs/api/pdd.md, 1.4); raises FaultError or ServiceError."""
        body = parse_object(answer.content)
        if isinstance(body, str):
            raise unreadable(answer, body)
        success = to_flag(body.get("success"))
        if success is None:
            raise unreadable(answer, "JSON without a readable 'success'")
        foreign = foreign_echo(call.params, body)
        if foreign:
            raise doubtful(answer, foreign)
        if success:
            return body
        refused = refusal(str(body.get("error") or "unknown"), call.endpoint, answer.status, self._secrets(call))
        raise FaultError(replace(refused, delivery=Delivery.UNKNOWN)) if refused.is_temporary else refused

    def _headers(self) -> dict[str, str]:
        """Return the headers with the tokens, which travel nowhere else."""
        headers = {"PddToken": self.token}
        if self.oauth_token:
            headers["Authorization"] = f"OAuth {self.oauth_token}"
        return headers

    def _secrets(self, call: Call) -> list[str]:
        """Return what must not come back in a message."""
        return list(filter(None, [self.token, self.oauth_token, *map(call.params.get, _SECRET_PARAMS)]))
