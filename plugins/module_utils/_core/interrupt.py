# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ends all waiting and sending of a task: when it is interrupted, or when the Ansible that started it is gone."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import Delivery, ServiceError

# Seconds between looks at what may have ended the task meanwhile.
_TICK = 0.5


class Interrupt:
    """One event that every pause and every request of a task looks at; usable from many threads."""

    def __init__(self, is_orphan: Callable[[], bool]) -> None:
        self._event = threading.Event()
        self._is_orphan = is_orphan
        self._looked_at = time.monotonic()

    def set(self) -> None:
        """End the task's waiting and sending."""
        self._event.set()

    def check(self) -> None:
        """Raise ServiceError if the task has been interrupted."""
        now = time.monotonic()
        if now - self._looked_at >= _TICK:
            self._looked_at = now
            if self._is_orphan():
                self._event.set()
        if self._event.is_set():
            raise ServiceError("interrupted", "not sent, because the task was interrupted", delivery=Delivery.NOT_SENT)

    def sleep(self, seconds: float) -> None:
        """Wait. Raises ServiceError as soon as the task is interrupted."""
        end = time.monotonic() + seconds
        while True:
            self.check()
            left = end - time.monotonic()
            if left <= 0:
                return
            self._event.wait(self.tick(left))

    @staticmethod
    def tick(seconds: float | None) -> float:
        """Return how long to wait at once for something that may take this long, None for any time."""
        return _TICK if seconds is None else min(seconds, _TICK)


def watch_controller(proc: Path = Path("/proc")) -> Callable[[], bool]:
    """Return a function that returns whether the Ansible that runs this module on this machine is gone.

    Ansible makes each of its workers the leader of a session (ansible.executor.process.worker, _detach), so a worker
    outlives a controller that is killed, or whose terminal is closed, and its module with it. A module that finds no
    such worker, or no /proc, is never an orphan; a background job is none either.
    """
    leader = os.getsid(0)
    parent = _parent(proc, leader)
    if leader == os.getpid() or parent is None or not _is_worker(_command(proc, leader)):
        return lambda: False
    return lambda: _parent(proc, leader) != parent


def watch_parent() -> Callable[[], bool]:
    """Return a function that returns whether the process that has started this one is gone."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


def _is_worker(command: Sequence[bytes]) -> bool:
    """Return whether a command is Ansible itself, and not a shell that runs it or the wrapper of a background job."""
    program = command[0].rpartition(b"/")[2]
    words = b" ".join(command)
    return program.startswith((b"python", b"ansible")) and b"ansible" in words and b"async_wrapper" not in words


def _parent(proc: Path, process: int) -> int | None:
    """Return the ID of a process's parent, None if there is no such process."""
    try:
        stat = (proc / str(process) / "stat").read_bytes()
        return int(stat.rpartition(b")")[2].split()[1])  # the name before it, in parentheses, may hold anything
    except (OSError, ValueError, IndexError):
        return None


def _command(proc: Path, process: int) -> list[bytes]:
    try:
        return (proc / str(process) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]
