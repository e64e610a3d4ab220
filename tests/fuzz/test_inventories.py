# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random inventories of two domains, with faults, while colleagues change things.

A check run predicts the run, the run reaches the desired state or fails as predicted, and the next one writes nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pdd_emulator.testing import Emulator
from pdd_source_server import SourceServer

from ..playbooks.conftest import Ansible
from .conftest import SECONDS
from .inventories import InventoryEpisode


@pytest.mark.timeout(SECONDS + 240)
def test_random_inventories(fuzz: Callable[..., None], tmp_path: Path, source: SourceServer) -> None:
    """Each on its own emulator, because faults apply to a whole emulator."""

    def attempt(seed: int) -> list[str]:
        root = Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=tmp_path))
        with Emulator("--seed", str(seed)) as emulator:
            return InventoryEpisode(seed, emulator, Ansible(root), source).play()

    fuzz(attempt, threads=2)
