# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: an emulator as a child process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

END_SECONDS = 8  # more than it ever needs, less than it waits for a silent source server

_PARENT = Path(__file__).parent.parent


def command(package: str, *arguments: str) -> list[str]:
    """Return the command line of an emulator; it is to be run in `Emulator.cwd`."""
    return [sys.executable, "-m", package, *arguments]


class Emulator:
    """An emulator on a free port, from its construction until `stop` or the end of the `with` block."""

    cwd = _PARENT

    def __init__(self, package: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command(package, "--port", "0", *arguments),
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


def wait_until(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait for a condition to become true and return its value. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not become true")
        time.sleep(0.02)
    return value
