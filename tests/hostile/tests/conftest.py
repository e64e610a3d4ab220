# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stage on which tricks are played, and how much of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from pdd_hostile.stage import Stage
from pdd_hostile.tasks import Tasks

ALL = os.environ.get("TRICKS") == "all"
"""Whether every trick is played to every module, which takes long."""


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return where tricks are played."""
    folder = tmp_path_factory.mktemp("hostile")
    with Tasks(folder) as tasks:
        yield Stage(tasks, folder)


@pytest.fixture
def report() -> Callable[[list[str]], None]:
    """Return a function that fails with all offences, if there are any."""

    def fail(offences: list[str]) -> None:
        if offences:
            pytest.fail("\n".join([f"{len(offences)} offences", *offences]), pytrace=False)

    return fail
