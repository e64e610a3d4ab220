# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One version everywhere (version)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.mailops.pdd.plugins.module_utils._core.version import VERSION

GALAXY = Path(__file__).parents[5] / "galaxy.yml"


@pytest.mark.skipif(not GALAXY.exists(), reason="an installed collection has no galaxy.yml")
def test_version_is_that_of_the_collection() -> None:
    """The User-Agent tells it to the service."""
    assert yaml.safe_load(GALAXY.read_text(encoding="utf-8"))["version"] == VERSION
