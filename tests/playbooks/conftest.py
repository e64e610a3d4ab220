# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running the real commands of Ansible."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from coverage import Coverage

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = {
    "ansible": "-m ansible adhoc",
    "ansible-builder": "-m ansible_builder",
    "ansible-galaxy": "-m ansible galaxy",
    "ansible-inventory": "-m ansible inventory",
    "ansible-playbook": "-m ansible playbook",
    "ansible-vault": "-m ansible vault",
    "python": "",
}
"""What a line of shell in the documentation may run, and what Python is told to run it."""

_TASK = re.compile(r"^(?:TASK|RUNNING HANDLER) \[(?:[\w.]+ : )?(?P<name>.*?)\]", re.MULTILINE)
_HOST = re.compile(r"^(?P<status>ok|changed|skipping|fatal|failed): \[(?P<host>[^]\s]+)", re.MULTILINE)
_DIFF = re.compile(r"^--- before(?:: .*)?\n(?:[-+@ ].*\n)*", re.MULTILINE)
_RECAP = re.compile(r"^(?P<host>\S+) +: (?P<counts>ok=.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Finished:
    """A command that has ended; output: what it wrote, standard error included."""

    code: int
    output: str

    def tasks(self, host: str) -> dict[str, str]:
        """Return the status of each task for a host, by the task's name; of a loop, the last line counts."""
        found = {}
        for task, following in zip(_TASK.finditer(self.output), [*_starts(self.output)[1:], None], strict=True):
            for line in _HOST.finditer(self.output, task.end(), following or len(self.output)):
                if line["host"] == host:
                    found[task["name"]] = line["status"]
        return found

    def changed(self, host: str) -> list[str]:
        """Return the names of the tasks that changed something for a host."""
        return [name for name, status in self.tasks(host).items() if status == "changed"]

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """The counts of the recap, by host."""
        return {
            line["host"]: {key: int(number) for key, number in re.findall(r"(\w+)=(\d+)", line["counts"])}
            for line in _RECAP.finditer(self.output)
        }

    @property
    def diff(self) -> str:
        """The first diff that was shown, empty if none was."""
        shown = _DIFF.search(self.output)
        return shown.group() if shown else ""

    @property
    def result(self) -> dict[str, Any]:
        """What the module of an ad-hoc command returned, or what ansible-doc says as JSON."""
        start = re.search(r"(?:^|=> )(?={$)", self.output, re.MULTILINE)
        assert start, self.output
        result: dict[str, Any] = json.JSONDecoder().raw_decode(self.output, start.end())[0]
        return result


class Running:
    """A command that runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._output: list[str] = []

    def line(self, text: str) -> str:
        """Wait until the command writes a line with a text; returns the line."""
        assert self._process.stdout
        for line in self._process.stdout:
            self._output.append(line)
            if text in line:
                return line
        raise AssertionError(f"the command has ended without {text!r}: {''.join(self._output)}")

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> None:
        """Do what Ctrl+C does, or worse, to the command and all of its processes."""
        os.killpg(self._process.pid, number)

    def end(self) -> Finished:
        """Wait for the end of the command, and of all that it started and that may still write."""
        assert self._process.stdout
        self._output += self._process.stdout
        return Finished(self._process.wait(), "".join(self._output))


class Ansible:
    """Runs commands of Ansible in a directory of their own, in an environment of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        """Where everything lies that the commands write."""
        self.directory = root / "a place"
        self.programs = root / "programs"
        self.log = self.directory / "ansible.log"
        self.state = self.directory / "state" / "mailops.pdd" / "signatures.json"
        self.directory.mkdir()
        self.programs.mkdir()

    def __call__(self, command: str, *arguments: str | Path, **environment: str) -> Finished:
        """Run `ansible-COMMAND` (`adhoc` is plain `ansible`)."""
        with self.running(command, *arguments, **environment) as running:
            return running.end()

    @contextmanager
    def running(self, command: str, *arguments: str | Path, **environment: str) -> Iterator[Running]:
        """Start `ansible-COMMAND`, in a process group as a shell would; end it if it still runs in the end."""
        process = subprocess.Popen(
            [sys.executable, *_measured(), "-m", "ansible", command, *map(str, arguments)],
            cwd=self.directory,
            env={**self._environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        with process:
            try:
                yield Running(process)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGTERM)

    def playbook(self, playbook: str | Path, inventory: Path, *arguments: str | Path) -> Finished:
        """Run `ansible-playbook` with an inventory."""
        return self("playbook", "-i", inventory, playbook, *arguments)

    def adhoc(
        self, module: str, options: Mapping[str, Any], *arguments: str, environment: Mapping[str, str] | None = None
    ) -> Finished:
        """Run `ansible localhost -m mailops.pdd.MODULE`."""
        return self(
            "adhoc",
            "localhost",
            "-m",
            f"mailops.pdd.{module}",
            "-a",
            json.dumps(options),
            *arguments,
            **(environment or {}),
        )

    def shell(self, script: str) -> Finished:
        """Run a script with `sh`. Its commands are those of the Python that runs the tests."""
        for name, arguments in PROGRAMS.items():
            program = self.programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
            program.chmod(0o755)
        finished = subprocess.run(
            ["/bin/sh", "-eu"],
            cwd=self.directory,
            env={**self._environment(), "PATH": f"{self.programs}:{os.environ['PATH']}"},
            input=script,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        return Finished(finished.returncode, finished.stdout)

    def write(self, name: str, content: Any) -> Path:
        """Write a file of YAML (JSON is YAML); returns its path."""
        path = self.directory / name
        path.write_text(json.dumps(content, indent=1))
        return path

    def inventory(self, hosts: Mapping[str, Mapping[str, Any]], **variables: Any) -> Path:
        """Write an inventory of hosts with their variables, and of variables that all of them have."""
        return self.write("inventory.yml", {"all": {"hosts": hosts, "vars": variables}})

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "LC_ALL": "C.UTF-8",
            "XDG_STATE_HOME": str(self.directory / "state"),
            "ANSIBLE_ASYNC_DIR": str(self.directory / "jobs"),
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_LOG_PATH": str(self.log),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_REMOTE_TMP": str(self.root / "remote"),
        }


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    """Return a way to run the commands of Ansible."""
    return Ansible(tmp_path)


class _Variables(yaml.SafeLoader):
    """Reads a string that is tagged as no template as what it is."""


_Variables.add_constructor("!unsafe", lambda _loader, node: node.value)


def variables_in(text: str) -> Any:
    """Return what Ansible finds in YAML."""
    return yaml.load(text, Loader=_Variables)  # noqa: S506 - a safe loader


def examples_of(kind: str, name: str) -> Any:
    """Return the examples of a plugin.

    Its file is read and not imported, since Ansible's controller code in the process of the tests would take the
    warnings of modules that run there.
    """
    code = (ROOT / "plugins" / kind / f"{name}.py").read_text()
    found = re.search(r'^EXAMPLES = r"""\n(.*?)^"""$', code, re.DOTALL | re.MULTILINE)
    assert found
    return yaml.safe_load(found[1])


_MEASURED: dict[str, str] = {}
"""The case of each test whose commands are measured, by the name of the test."""


def _measured() -> list[str]:
    """Return what has Python measure the coverage of plugins that run in a command, if the tests' is measured.

    It makes a command half as slow again, so of each test only the first case is measured.
    """
    case = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
    if not Coverage.current() or _MEASURED.setdefault(case.partition("[")[0], case) != case:
        return []
    settings = {"rcfile": "pyproject.toml", "data-file": ".venv/coverage", "source": "plugins"}
    return ["-m", "coverage", "run", *(f"--{name}={ROOT / path}" for name, path in settings.items())]


def _starts(output: str) -> list[int]:
    return [task.start() for task in _TASK.finditer(output)]


ODD_FILES: dict[str, Callable[[Path, Path], object]] = {
    "link": lambda path, other: path.symlink_to(other),
    "dangling link": lambda path, other: path.symlink_to(other.with_name("missing")),
    "named pipe": lambda path, _other: os.mkfifo(path),
    "directory": lambda path, _other: path.mkdir(),
}
"""What can have the name of a file that a playbook writes, and is none; each is made at a path, beside another file."""
