# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running the modules' own main() against the emulator."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest
import requests
import yaml
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.mailops.pdd.plugins.module_utils._core import converge
from ansible_collections.mailops.pdd.plugins.module_utils._module.direct import run_directly
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response
from y360_emulator.testing import TOKEN as Y360_TOKEN

from ..conftest import Organization, Service
from . import odd_files
from .documented import undocumented

MODULES = "ansible_collections.mailops.pdd.plugins.modules"
ROOT = Path(__file__).parent.parent.parent
SECRETS = (TOKEN, OAUTH_TOKEN, Y360_TOKEN)
PREDICTED = ("changed", "changes", "diff")
"""What a check run returns as the real run does."""
FORWARDED = ("Pddtoken", "Content-Type")

Forward = Callable[[], Response]
Hook = Callable[[Forward], Response]


@cache
def documentation(module: str) -> dict[str, Any]:
    """Return what a module documents of its return values."""
    documented: dict[str, Any] = yaml.safe_load(import_module(f"{MODULES}.{module}").RETURN)
    return documented


def remembered_digests(state: Path) -> dict[str, str]:
    """Return what a state file remembers of each owner; empty: not known."""
    content: dict[str, str] = json.loads(state.read_text())
    assert content.pop("mailops.pdd") == "digests of signatures"
    return content


class Runner:
    """Runs modules on one domain."""

    def __init__(
        self, service: Service, capsys: pytest.CaptureFixture[str], way: Literal["process", "direct"] = "process"
    ) -> None:
        self._service = service
        self._capsys = capsys
        self.way = way
        self._end = {"process": self._end_of_process, "direct": self._directly}[way]
        self.output = ""
        """All that the last module printed."""

    def __call__(self, module: str, /, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        """Run a module and return what it returns, as documented; options that are None are left out.

        Nothing that it prints may hold a token.
        """
        result = self._run(module, {**options, "_ansible_check_mode": check, "_ansible_diff": diff})
        assert undocumented(documentation(module), result) == []
        return result

    def unchecked(self, module: str, /, **options: Any) -> dict[str, Any]:
        """Run a module that Ansible itself may refuse; return its result, not compared with the documentation."""
        return self._run(module, options)

    def refused_by_ansible(self, module: str, /, **options: Any) -> str:
        """Run a module with options that Ansible itself refuses; return the message."""
        result = self._run(module, options)
        assert result["failed"]
        message: str = result["msg"]
        return message

    def _run(self, module: str, options: Mapping[str, Any]) -> dict[str, Any]:
        assert "ansible.errors" not in sys.modules, "a test imports controller code, which takes the modules' warnings"
        given = {
            option: value for option, value in {**self._service.connection, **options}.items() if value is not None
        }
        self._capsys.readouterr()
        text = self._end(import_module(f"{MODULES}.{module}"), given)
        printed = self._capsys.readouterr()
        self.output = text + printed.out + printed.err
        assert not [secret for secret in SECRETS if secret in self.output]
        result: dict[str, Any] = json.loads(text or printed.out)
        return result

    @staticmethod
    def _end_of_process(module: Any, given: Mapping[str, Any]) -> str:
        """Run a module as a process does, which prints its result."""
        warnings._global_warnings.clear()  # what a module of another test has said in this process
        with patch_module_args({**given, "_ansible_verbosity": 4}), pytest.raises(SystemExit) as ended:
            module.main()
        assert ended.value.code in (0, 1)
        return ""

    @staticmethod
    def _directly(module: Any, given: Mapping[str, Any]) -> str:
        """Run a module as its action does; returns its result."""
        options = {name: value for name, value in given.items() if not name.startswith("_ansible_")}
        result = run_directly(
            module.MODULE,
            json.loads(json.dumps(options)),
            check_mode=bool(given.get("_ansible_check_mode")),
            diff_mode=bool(given.get("_ansible_diff")),
        )
        return json.dumps(result)

    def check_then_run_twice(self, module: str, /, **options: Any) -> dict[str, Any]:
        """Run a module in check mode, then twice without, and check that the three agree; return the second result.

        Check mode writes nothing and predicts `changed`, the changes and the diff, and the last run has nothing left
        to write.
        """
        self._service.forget()
        predicted = self(module, check=True, diff=True, **options)
        assert self._service.writes() == []
        result = self(module, diff=True, **options)
        assert [predicted[key] for key in PREDICTED] == [result[key] for key in PREDICTED]
        assert result["changed"] is bool(self._service.writes()) is bool(result["changes"])
        self._service.forget()
        again = self(module, diff=True, **options)
        assert self._service.writes() == []
        assert (again["changed"], again["changes"]) == (False, [])
        assert again["diff"]["before"] == again["diff"]["after"]
        return result

    def refused_before_any_request(self, module: str, /, **options: Any) -> str:
        """Run a module whose input breaks a rule, in check mode and without; return the message.

        Not one request may be sent.
        """
        self._service.forget()
        checked = self(module, check=True, **options)
        result = self(module, **options)
        assert result["error"]["code"] == "invalid_input"
        assert result["failed"]
        assert not result["changed"]
        assert result["requests"]["sent"] == 0
        assert (checked["msg"], checked["error"]) == (result["msg"], result["error"])
        assert self._service.requests() == []
        message: str = result["msg"]
        return message


class Middleman:
    """Stands before the emulator and passes everything on; a hook may change what happens to the calls of one path."""

    def __init__(self, server: HTTPServer, upstream: str) -> None:
        self.url = server.url_for("").rstrip("/")
        self._upstream = upstream
        self._hooks: dict[str, Hook] = {}
        self._numbers = count(1)
        self._before: dict[int, Callable[[], object]] = {}
        server.expect_request(re.compile("/api2/admin/.*")).respond_with_handler(self._answer)

    def on(self, action: str, hook: Hook) -> None:
        """Have a hook answer the calls of an action; it gets a function that passes the present one on."""
        self._hooks[action] = hook

    def before(self, number: int, act: Callable[[], object]) -> None:
        """Do something right before a request is passed on, the next one with the number 1."""
        self._numbers = count(1)
        self._before = {number: act}

    def edit(self, action: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the answers of an action in place."""

        def edited(forward: Forward) -> Response:
            answer = json.loads(forward().data)
            change(answer)
            return Response(json.dumps(answer), content_type="application/json")

        self.on(action, edited)

    def lose(self, action: str, *, applied: bool, times: int = 1) -> None:
        """Answer HTTP 502 to the first calls of an action, which are applied nevertheless, or not."""
        left = iter(range(times))

        def lost(forward: Forward) -> Response:
            if next(left, None) is None:
                return forward()
            if applied:
                forward()
            return Response("<html>Bad Gateway</html>", 502)

        self.on(action, lost)

    def _answer(self, request: Request) -> Response:
        def forward() -> Response:
            answer = requests.request(
                request.method,
                self._upstream + request.path,
                params=request.query_string,
                data=request.get_data(),
                headers={name: value for name, value in request.headers.items() if name in FORWARDED},
                timeout=60,
            )
            return Response(answer.content, answer.status_code, content_type="application/json")

        self._before.get(next(self._numbers), int)()
        action = request.path.removeprefix("/api2/admin/")
        return self._hooks[action](forward) if action in self._hooks else forward()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment may say to the modules."""
    for name in [name for name in os.environ if name.startswith(("PDD_", "Y360_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(service: Service, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Runner:
    """Return a function that runs modules on a domain of the test's own; the parameter is the way."""
    return Runner(service, capsys, getattr(request, "param", "process"))


@pytest.fixture
def run360(organization: Organization, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Runner:
    """Return a function that runs modules on an organization of the test's own; the parameter is the way."""
    return Runner(organization, capsys, getattr(request, "param", "process"))


in_both_ways = pytest.mark.parametrize("run", ["process", "direct"], indirect=True)
"""Runs a test with modules in a process of their own, and in that of the task."""


@pytest.fixture
def middleman(httpserver: HTTPServer, service: Service) -> Middleman:
    """Return a way to the emulator on which answers can be changed and lost."""
    return Middleman(httpserver, service.url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses between the looks at what may not be visible yet."""
    monkeypatch.setattr(converge, "VISIBILITY_PAUSES", (0.01, 0.01, 0.01, 0.01))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a path in a folder that exists and is empty."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "signatures.json"


@pytest.fixture
def user_folder(run: Runner) -> Iterator[Path]:
    """Return an empty folder of somebody who is not root, where he can get to it."""
    run("pdd_signature", check=True, signature="", state_path="/")  # imports what only root may be able to read
    path = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(path, odd_files.NOBODY, odd_files.NOBODY)
    yield path
    shutil.rmtree(path)
