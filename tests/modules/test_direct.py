# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that runs in the process of its task leaves that process unchanged."""

from __future__ import annotations

import gc
import locale
import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ..conftest import PDD_MODULES, Service
from .conftest import Runner
from .test_connection import MINIMUM

ITEMS = 1000
"""Items of a loop, which run in one process."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGPIPE)
FAILURES: tuple[Mapping[str, Any], ...] = (
    {"api_url": "http://127.0.0.1:9", "retry_timeout": 0},
    {"token": "WRONGTOKEN234"},
    {"domain": "no domain"},
    {"timeout": "never"},
)

only_directly = pytest.mark.parametrize("run", ["direct"], indirect=True)


def process() -> dict[str, Any]:
    """Return what tasks of one process share."""
    return {
        "environment": dict(os.environ),
        "handlers": [signal.getsignal(number) for number in SIGNALS],
        "directory": Path.cwd(),
        "locale": locale.setlocale(locale.LC_ALL),
        "threads": {thread.name for thread in threading.enumerate()},
        "mask": umask(),
    }


def umask() -> int:
    """Return the mask of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def descriptors() -> int:
    """Count the open files and connections."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """Return the memory that the process holds, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@only_directly
@pytest.mark.parametrize("module", PDD_MODULES)
@pytest.mark.usefixtures("state_home")
def test_the_process_is_as_before(run: Runner, module: str) -> None:
    """After a success, and after each kind of failure; files are counted after the first, which fills caches."""
    run(module, **MINIMUM[module])
    before, files = process(), descriptors()
    for more in ({}, *FAILURES):
        run.unchecked(module, **{**MINIMUM[module], **more})
        assert process() == before
    assert descriptors() == files


@only_directly
def test_a_long_loop(run: Runner, service: Service) -> None:
    """Memory and connections do not grow with the items."""
    service.add_mailboxes("anna")
    for _item in range(100):
        run.unchecked("pdd_mailbox_info", login=["anna"])
    files, memory = descriptors(), resident()
    for _item in range(ITEMS):
        run.unchecked("pdd_mailbox_info", login=["anna"])
    assert descriptors() == files
    assert resident() - memory < 4096
