# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test that takes `start` runs with each kind of server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pdd_source_server import SourceServer, dovecot_installed, start_dovecot, start_twisted

needs_dovecot = pytest.mark.skipif(not dovecot_installed(), reason="Dovecot is not installed")


@pytest.fixture(scope="module", params=[start_twisted, pytest.param(start_dovecot, marks=needs_dovecot)])
def start(request: pytest.FixtureRequest) -> Callable[..., SourceServer]:
    """Return the function that starts a server."""
    start: Callable[..., SourceServer] = request.param
    return start


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a directory with an awkward path: not made yet, too long for a socket, with a space and a percent."""
    return tmp_path / ("long" * 25) / "100 %u"
