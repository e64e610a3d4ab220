# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running emulators, and fresh domains on them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from pdd_emulator.testing import Api, Emulator

_numbers = count(1)


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """Return an emulator with default settings."""
    with Emulator() as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def api(emulator: Emulator) -> Api:
    """Return a client for a domain without mailboxes."""
    return emulator.api(f"domain{next(_numbers)}.test")
