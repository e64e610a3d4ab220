# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running modules as processes of their own, many at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Self

from pdd_hostile import prefork

_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class Ended:
    """The result of a task, as `prefork` reports it."""

    status: int
    output: str
    errors: str
    seconds: float
    megabytes: float
    killed: bool

    @property
    def result(self) -> dict[str, Any]:
        """What the module returns; empty if that is no JSON object."""
        try:
            result = json.loads(self.output)
        except ValueError:
            return {}
        return result if isinstance(result, dict) else {}


class Tasks:
    """Runs modules; usable from many threads, until the end of the `with` block.

    The environment variable `MODULES_PYTHON` names the Python to run them with. One that has no ansible-core of its own
    uses that of this Python.
    """

    def __init__(self, folder: Path) -> None:
        self._environment = {**{name: os.environ[name] for name in _KEPT if name in os.environ}, "HOME": str(folder)}
        self._numbers = count()
        self._waiting: dict[int, Future[Ended]] = {}
        self._lock = threading.Lock()
        python = os.environ.get("MODULES_PYTHON") or sys.executable
        self._process = subprocess.Popen(
            [python, "-m", prefork.__name__],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_python_path(folder, python))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return what runs already."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Wait for what still runs."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._reader.join()

    def run(
        self, module: str, options: Mapping[str, Any], *, seconds: float, environment: Mapping[str, str] | None = None
    ) -> Ended:
        """Run a module, and kill it if it takes longer than so many seconds."""
        given = {**self._environment, **(environment or {})}
        future: Future[Ended] = Future()
        assert self._process.stdin
        with self._lock:
            number = next(self._numbers)
            self._waiting[number] = future
            task = {"number": number, "module": module, "options": options, "environment": given, "seconds": seconds}
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
        return future.result(timeout=seconds + 60)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            ended = json.loads(line)
            self._waiting.pop(ended.pop("number")).set_result(Ended(**ended))


def _python_path(folder: Path, python: str) -> list[str]:
    """Return the folders in which the modules find the collection and, in another Python, ansible-core."""
    own = str(Path(prefork.__file__).parent.parent)
    collections = [path for path in sys.path if (Path(path) / "ansible_collections").is_dir()]
    if python == sys.executable:
        return [own, *collections]
    import ansible  # noqa: PLC0415 - controller code, of which only the path is needed

    borrowed = folder / "ansible-core"
    borrowed.mkdir()
    (borrowed / "ansible").symlink_to(Path(ansible.__file__).parent)
    return [own, *collections, str(borrowed)]
