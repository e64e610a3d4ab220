# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a source server as a child process, whatever program it is."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Self

from .store import Account, Store

HOST = "127.0.0.1"
PROTOCOLS = ("imap", "imaps", "pop3", "pop3s")

Ports = dict[str, int]
Program = Callable[[Store, Ports], AbstractContextManager[Ports]]
"""Run a server over a store while its context lasts; take the desired ports (0: any), yield those it listens on."""


class SourceServerError(Exception):
    """The server could not be started; the message ends with what it logged."""


class SourceServer:
    """A mail server on the loopback interface, from its construction until `stop` or the end of the `with` block."""

    host = HOST

    def __init__(self, directory: Path, accounts: Iterable[Account], program: Program) -> None:
        self.ports: Ports = dict.fromkeys(PROTOCOLS, 0)
        """The port of each protocol; kept when the server is started again."""
        self._store = Store(directory)
        self._program = program
        self._running: AbstractContextManager[Ports] | None = None
        for account in accounts:
            self.add(account)
        self.start()

    def __enter__(self) -> Self:
        """Return the server, which runs already."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the server."""
        self.stop()

    @property
    def ca_file(self) -> Path:
        """The authority that signed the server's certificate, as PEM."""
        return self._store.ca_file

    def add(self, account: Account) -> None:
        """Make an account, also while the server runs; one that exists keeps its mail and gets the new password."""
        self._store.add(account)

    @property
    def runs(self) -> bool:
        """Whether the server was started and not stopped since."""
        return self._running is not None

    def start(self) -> None:
        """Start the server unless it runs, on the ports of the last time.

        Raises SourceServerError if it does not start.
        """
        if self.runs:
            return
        running = self._program(self._store, self.ports)
        self.ports = running.__enter__()
        self._running = running

    def stop(self) -> None:
        """End the server's process and wait for its end; may be called again."""
        running, self._running = self._running, None
        if running is not None:
            running.__exit__(None, None, None)


@contextmanager
def child(command: list[str], store: Store, cwd: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run a command while the context lasts, then end it and whatever it started.

    Its standard error goes to the store's log. Its standard input is a pipe that nothing is written to: it ends when
    this process ends.
    """
    with store.log.open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=cwd,
            process_group=0,
        )
    with process:
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask a process and all that it started to end, then end by force what is left.

    Dovecot's processes miss a signal that comes while they start, and it does not wait for those that have a client.
    """
    _signal_group(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    _signal_group(process, signal.SIGKILL)


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def start_failure(process: subprocess.Popen[str], store: Store) -> SourceServerError:
    """Return the error of a process that ended before it was ready."""
    log = store.log.read_text(errors="replace")
    return SourceServerError(f"the source server ended at once with status {process.wait()}:\n{log}")
