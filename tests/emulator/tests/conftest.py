# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running emulators, and fresh domains on them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from pdd_emulator.testing import Api, Emulator
from y360_emulator import testing as y360

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


@pytest.fixture(scope="session")
def yandex360() -> Iterator[y360.Emulator]:
    """Return an emulator of Yandex 360 with default settings."""
    with y360.Emulator() as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def org(yandex360: y360.Emulator) -> y360.Api:
    """Return a client for an empty organization with a main domain and an alias domain."""
    number = next(_numbers)
    return yandex360.api(f"main{number}.test", f"alias{number}.test")


@pytest.fixture
def anna(org: y360.Api) -> str:
    """Return the ID of a user of that organization."""
    return str(org.add_user("anna")["id"])


@pytest.fixture
def news(org: y360.Api) -> dict[str, Any]:
    """Return a mailing list of that organization."""
    return org.add_group("news", name="News")
