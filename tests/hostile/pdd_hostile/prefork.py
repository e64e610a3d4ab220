# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that has all modules imported, and forks for every task: to start Python anew would take longer.

It reads tasks from standard input and writes what became of them to standard output, one JSON object in each line. It
runs on the oldest Python that the modules support, has no threads, and its children end like any Python process.

    task:  {"number", "module", "options", "environment", "seconds"}
    ended: {"number", "status" (exit status; negative: the signal that ended it), "output", "errors", "seconds",
            "megabytes" (the peak of its memory), "killed" (whether it still ran after the seconds that it was given)}
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from ansible.module_utils import basic

MODULES = "ansible_collections.mailops.pdd.plugins.modules"
MOST_MEMORY = 800 * 1024 * 1024
"""Bytes that a task can have: more than it should, for the tests to see, and less than would harm the machine."""
MOST_OUTPUT = 64_000_000
"""Bytes that are handed on."""


class Task:
    """A child process that runs a module. In the child, pid is 0.

    The parent waits for the end of a pipe, which the child holds as long as it lives. A signal would tell it too, but
    may come while it writes.
    """

    def __init__(self, order: Mapping[str, Any]) -> None:
        self.order = order
        self.killed = False
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._started = time.monotonic()
        self._end, held = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(held)

    def fileno(self) -> int:
        """Return what can be read when it has ended."""
        return self._end

    def remaining(self) -> float:
        """Return for how many seconds it may still run."""
        return float(self.order["seconds"]) - (time.monotonic() - self._started)

    def kill(self) -> None:
        """End it because its time is over."""
        self.killed = True
        os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> dict[str, Any]:
        """Return what became of it."""
        _pid, status, usage = os.wait4(self.pid, 0)
        ended = {
            "number": self.order["number"],
            "status": -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status),
            "output": _content(self.output),
            "errors": _content(self.errors),
            "seconds": time.monotonic() - self._started,
            "megabytes": usage.ru_maxrss / 1024,
            "killed": self.killed,
        }
        os.close(self._end)
        self.output.close()
        self.errors.close()
        return ended


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(MOST_OUTPUT).decode(errors="replace")


class Server:
    """Forks for each task that standard input brings."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self._unread = b""
        self._open = True

    def serve(self) -> Task | None:
        """Serve until the input ends and all tasks have ended. Returns a task in its child, else None."""
        while self._open or self._tasks:
            timeout = min((task.remaining() for task in self._tasks if not task.killed), default=60)
            sources: list[Any] = [*self._tasks, *([0] if self._open else [])]
            ready = select.select(sources, [], [], max(0, timeout))[0]
            for order in self._orders() if 0 in ready else ():
                task = Task(order)
                if task.pid == 0:
                    return task
                self._tasks.append(task)
            for task in self._tasks:
                if task.remaining() <= 0 and not task.killed:
                    task.kill()
            self._report([task for task in self._tasks if task in ready])
        return None

    def _orders(self) -> list[dict[str, Any]]:
        data = os.read(0, 1 << 20)
        self._open = bool(data)
        *lines, self._unread = (self._unread + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def _report(self, ended: list[Task]) -> None:
        for task in ended:
            self._tasks.remove(task)
            sys.stdout.write(json.dumps(task.ended()) + "\n")
            sys.stdout.flush()


def run(task: Task) -> int:
    """Run the module of a task in this process; returns the exit status."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    with Path(os.devnull).open("rb") as nothing:
        for descriptor, file in enumerate((nothing, task.output, task.errors)):
            os.dup2(file.fileno(), descriptor)
    os.environ.clear()
    os.environ.update(task.order["environment"])
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": task.order["options"]}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    try:
        import_module(f"{MODULES}.{task.order['module']}").main()
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    return 1


def main() -> None:
    """Import all modules, and serve."""
    [folder] = import_module(MODULES).__path__
    for path in Path(folder).glob("pdd_*.py"):
        import_module(f"{MODULES}.{path.stem}")
    gc.collect()
    gc.freeze()  # else each child copies all memory that its garbage collector looks at
    task = Server().serve()
    if task:
        sys.exit(run(task))


if __name__ == "__main__":
    main()
