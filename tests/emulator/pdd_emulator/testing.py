# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: the emulator as a child process, and a plain client for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from emulator_common import testing
from emulator_common.testing import wait_until

__all__ = ["OAUTH_TOKEN", "READS", "TOKEN", "WRITES", "Api", "Emulator", "command", "wait_until"]

TOKEN = "MADEUPTOKEN234567"
OAUTH_TOKEN = "made-up-oauth-token"
READS = frozenset(
    {
        "domain/domains",
        "domain/details",
        "domain/logo/check",
        "domain/registration_status",
        "dkim/status",
        "deputy/list",
        "email/list",
        "email/counters",
        "email/details",
        "email/ml/list",
        "email/ml/subscribers",
        "email/ml/get_can_send_on_behalf",
        "import/check_settings",
        "import/check_imports",
    }
)
"""The calls that are documented as GET."""
WRITES = frozenset(
    {
        "domain/register",
        "domain/delete",
        "domain/settings/set_country",
        "domain/settings/setsign",
        "domain/logo/set",
        "domain/logo/del",
        "dkim/enable",
        "dkim/disable",
        "deputy/add",
        "deputy/delete",
        "email/add",
        "email/edit",
        "email/del",
        "email/get_oauth_token",
        "email/ml/add",
        "email/ml/del",
        "email/ml/subscribe",
        "email/ml/unsubscribe",
        "email/ml/set_can_send_on_behalf",
        "import/start_one_import",
        "import/start_import_file",
        "import/stop_all_imports",
    }
)
"""The calls that are documented as POST."""

_PACKAGE = "pdd_emulator"


def command(*arguments: str) -> list[str]:
    """Return the command line of an emulator; it is to be run in `cwd`."""
    return testing.command(_PACKAGE, *arguments)


class Emulator(testing.Emulator):
    """An emulator on a free port, from its construction until `stop` or the end of the `with` block."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(_PACKAGE, "--token", TOKEN, "--oauth-token", OAUTH_TOKEN, *arguments)

    def api(self, domain: str) -> Api:
        """Return a client for a domain, which is created as a verified one."""
        api = Api(self.url, domain)
        api.control_put("", {"status": "added"})
        return api


class Api:
    """A client with a session of its own.

    Every call names the client's domain, unless its parameters name another one or None.
    """

    def __init__(self, url: str, domain: str) -> None:
        self.url = url
        self.domain = domain
        self.session = requests.Session()
        self.session.headers["PddToken"] = TOKEN

    def request(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        tree: str = "admin",
        method: str = "",
        **options: Any,
    ) -> requests.Response:
        """Send a call the documented way: GET with a query, POST with a form."""
        method = method or ("GET" if action in READS else "POST")
        place = "params" if method == "GET" else "data"
        options.setdefault(place, {"domain": self.domain, **(params or {})})
        return self.session.request(method, f"{self.url}/api2/{tree}/{action}", timeout=60, **options)

    def call(self, action: str, params: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Return the answer of a call, which comes with HTTP 200 in any case."""
        response = self.request(action, params, **options)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def ok(self, action: str, params: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Return the answer of a call that succeeds, without `domain` and `success`."""
        answer = self.call(action, params, **options)
        assert answer.pop("success") == "ok", answer
        answer.pop("domain", None)
        return answer

    def error(self, action: str, params: Mapping[str, Any] | None = None, **options: Any) -> str:
        """Return the code of a call that fails; the answer has no other keys than an error's."""
        answer = self.call(action, params, **options)
        assert answer.pop("success") == "error", answer
        code: str = answer.pop("error")
        assert set(answer) <= {"domain"}
        return code

    def control(self, path: str) -> Any:
        """Read a control path, relative to that of the domain unless it begins with a slash."""
        response = self.session.get(self._control_url(path), timeout=60)
        response.raise_for_status()
        return response.json()

    def control_put(self, path: str, body: Mapping[str, Any] | Sequence[str]) -> None:
        """Write to a control path."""
        self.session.put(self._control_url(path), json=body, timeout=60).raise_for_status()

    def _control_url(self, path: str) -> str:
        return f"{self.url}/control" + (path if path.startswith("/") else f"/domains/{self.domain}/{path}".rstrip("/"))
