# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random answers to whole modules: whatever comes, a module keeps to what it keeps to against every trick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from pdd_hostile import assignments
from pdd_hostile.stage import AT_THE_SAME_TIME, Stage
from pdd_hostile.tasks import Tasks

from .conftest import SECONDS
from .mutations import fuzz as random_answers


@pytest.mark.timeout(SECONDS + 120)
def test_random_answers(fuzz: Callable[..., None], tmp_path: Path) -> None:
    def attempt(seed: int) -> list[str]:
        random = Random(seed)
        module = random.choice(list(assignments.ALL))
        trick = random_answers(seed)
        moment = random.choice(trick.moments(writing=module in assignments.WRITING))
        patience = random.choice((0, 0, 0.5, 2))
        return stage.judge(module, trick, moment, retry_timeout=patience)

    with Tasks(tmp_path) as tasks:
        stage = Stage(tasks, tmp_path)
        fuzz(attempt, threads=AT_THE_SAME_TIME)
