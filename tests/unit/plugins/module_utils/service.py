# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A service on loopback that answers what a test tells it."""

from __future__ import annotations

import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Connection
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.dialect import PddDialect
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

TOKEN = "EXAMPLETOKEN".ljust(52, "2")
OAUTH_TOKEN = "made-up-oauth-".ljust(40, "x")
DOMAIN = "example.test"
OK = {"success": "ok"}

Answer = Union[dict[str, Any], Response, Callable[[Request], Response]]


def connection(api_url: str, *, token: str = TOKEN, oauth_token: str | None = None, **changes: Any) -> Connection:
    """Return a connection with patience enough for a busy machine; tests that give up say when."""
    return Connection(PddDialect(api_url, token, oauth_token), **{"timeout": 10.0, "retry_timeout": 10.0, **changes})


def answered(answer: dict[str, Any], status: int = 200) -> Response:
    """Return an answer as the service writes it (docs/api/pdd.md, 3.1)."""
    return Response(json.dumps(answer), status, content_type="application/json; charset=utf-8")


def refused(code: object, status: int = 200) -> Response:
    """Return an error as the service writes it (docs/api/pdd.md, 1.4)."""
    return answered({"domain": DOMAIN, "success": "error", "error": code}, status)


@dataclass(frozen=True)
class Asked:
    """A request that the service saw; endpoint: what follows the tree in its path."""

    method: str
    path: str
    endpoint: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    url: str


class Service:
    """Gives one answer after the other to each endpoint, the last one for ever, and notes what it was asked."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer]] = defaultdict(list)
        self._lock = threading.Lock()
        server.clear()
        server.expect_request(re.compile("")).respond_with_handler(self._respond)

    def answer(self, endpoint: str, *answers: Answer) -> None:
        """Set what an endpoint answers from now on."""
        self._answers[endpoint] = list(answers)

    def _respond(self, request: Request) -> Response:
        endpoint = "/".join(request.path.split("/")[3:])
        asked = Asked(
            request.method,
            request.path,
            endpoint,
            request.args.to_dict(),
            request.form.to_dict(),
            dict(request.headers),
            request.url,
        )
        with self._lock:
            self.asked.append(asked)
            answers = self._answers[endpoint]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer) and not isinstance(answer, Response):
            return answer(request)
        return answer if isinstance(answer, Response) else answered(answer)
