# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs plays with the real ansible-playbook, in a directory and an environment of their own."""

from __future__ import annotations

import json
import os
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[3]
_PEAK = Path(__file__).parent / "peak.py"


@dataclass(frozen=True)
class Run:
    """A run that succeeded; peaks of the memory in kilobytes, that of modules 0 if they had no process of their own.

    processor_seconds: those of all processes.
    """

    seconds: float
    processor_seconds: float
    controller_peak: int
    module_peak: int


class Plays:
    """Runs plays of local tasks."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._controller_peak = directory / "controller-peak"
        self._module_peak = directory / "module-peak"
        # Ansible takes only one word as interpreter.
        self._interpreter = directory / "python"
        self._interpreter.write_text(f'#!/bin/sh\nexec {_peak_command(self._module_peak)} "$@"\n')
        self._interpreter.chmod(0o700)

    def run(
        self,
        tasks: Sequence[Mapping[str, Any]],
        hosts: Sequence[str] = ("localhost",),
        forks: int = 5,
        *,
        direct: bool = True,
    ) -> Run:
        """Run tasks on hosts, all at once as far as forks allow. Raises RuntimeError if it fails.

        direct: in the process of the task. Otherwise, modules are run by an interpreter that leaves its peak, which
        costs some milliseconds a task.
        """
        python = "{{ ansible_playbook_python }}" if direct else str(self._interpreter)
        start = {"hosts": "all", "connection": "local", "gather_facts": False}
        (self._directory / "play.yml").write_text(
            json.dumps([{**start, "vars": {"ansible_python_interpreter": python}, "tasks": tasks}])
        )
        return self.playbook("play.yml", hosts, forks)

    def playbook(
        self, name: str, hosts: Sequence[str], forks: int, variables: Mapping[str, Any] | None = None, *more: str
    ) -> Run:
        """Run a playbook on hosts with variables that all of them have. Raises RuntimeError if it fails."""
        self._module_peak.write_text("0")
        inventory = {"all": {"hosts": dict.fromkeys(hosts), "vars": variables or {}}}
        (self._directory / "inventory.yml").write_text(json.dumps(inventory))
        command = ["-m", "ansible", "playbook", "-i", "inventory.yml", "-f", str(forks), name, *more]
        used = _processor_seconds()
        start = time.perf_counter()
        finished = subprocess.run(
            [*shlex.split(_peak_command(self._controller_peak)), *command],
            cwd=self._directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if finished.returncode:
            raise RuntimeError(f"the play failed:\n{finished.stdout[-4000:]}\n{finished.stderr[-4000:]}")
        peaks = (int(path.read_text()) for path in (self._controller_peak, self._module_peak))
        return Run(seconds, _processor_seconds() - used, *peaks)

    def module_output(self, module: str, options: Mapping[str, Any]) -> str:
        """Run a module of the collection, by its full name, without Ansible around it; returns what it prints."""
        finished = subprocess.run(
            [sys.executable, "-m", f"ansible_collections.mailops.pdd.plugins.modules.{module.rpartition('.')[2]}"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": options}),
            env={**self._environment(), "PYTHONPATH": str(_ROOT / ".venv" / "collections")},
            capture_output=True,
            text=True,
            check=True,
        )
        return finished.stdout

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._directory),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(_ROOT / ".venv" / "collections"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "1",
        }


def _processor_seconds() -> float:
    """Return the processor time of all processes that this one has waited for, and of those that they waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _peak_command(file: Path) -> str:
    return shlex.join([sys.executable, str(_PEAK), str(file)])
