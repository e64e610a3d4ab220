# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source server of this package, on Twisted, started as a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .launch import Ports, SourceServer, child, start_failure
from .store import Account, Store


def start_twisted(directory: Path, accounts: Iterable[Account]) -> SourceServer:
    """Make the accounts in the directory and serve all that it holds. It ends with this process at the latest.

    Raises SourceServerError if the server does not start.
    """
    return SourceServer(directory, accounts, _twisted)


@contextmanager
def _twisted(store: Store, ports: Ports) -> Iterator[Ports]:
    options = [f"--{protocol}-port={port}" for protocol, port in ports.items()]
    command = [sys.executable, "-m", __package__, f"--directory={store.directory}", *options]
    with child(command, store, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout is not None
        ready_line = process.stdout.readline()
        if not ready_line:
            raise start_failure(process, store)
        yield json.loads(ready_line)
