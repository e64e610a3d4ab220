# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: the emulator as a child process, and a plain client for it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import requests

TOKEN = "MADEUPTOKEN234567"
OAUTH_TOKEN = "made-up-oauth-token"
END_SECONDS = 8  # more than it ever needs, less than it waits for a silent source server
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

_PARENT = Path(__file__).parent.parent


def command(*arguments: str) -> list[str]:
    """Return the command line of an emulator; it is to be run in `cwd`."""
    return [sys.executable, "-m", "pdd_emulator", *arguments]


class Emulator:
    """An emulator on a free port, from its construction until `stop` or the end of the `with` block."""

    cwd = _PARENT

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("--port", "0", "--token", TOKEN, "--oauth-token", OAUTH_TOKEN, *arguments),
            cwd=self.cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().rstrip("\n")
        self.output = ""
        self.errors = ""

    def __enter__(self) -> Self:
        """Return the emulator, which runs already."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the emulator."""
        self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it, keep what it still wrote in `output` and `errors`, and return the exit status; may be repeated.

        Raises `subprocess.TimeoutExpired` and kills it if it takes longer than `END_SECONDS`.
        """
        if self.process.returncode is None:
            self.process.send_signal(number)
            try:
                self.output, self.errors = self.process.communicate(timeout=END_SECONDS)
            finally:
                self.process.kill()
        return self.process.returncode

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


def wait_until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for a condition to become true and return its value. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not become true")
        time.sleep(0.02)
    return value
