# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sequences of desired states and faults, while a colleague changes things.

Whatever happens in between, a run without faults reaches the desired state, the next one writes nothing, and nothing is
removed that no desired state removes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import pytest
from pdd_emulator.testing import Emulator
from pdd_hostile.tasks import Tasks

from .conftest import SECONDS
from .episodes import Episode

AT_THE_SAME_TIME = 8
"""Episodes, each on its own emulator, because faults apply to a whole emulator."""


@pytest.mark.timeout(SECONDS + 240)
def test_random_states(fuzz: Callable[..., None], tmp_path: Path, dead_port: int) -> None:
    emulators: SimpleQueue[Emulator] = SimpleQueue()

    with ExitStack() as stack:
        tasks = stack.enter_context(Tasks(tmp_path))

        def attempt(seed: int) -> list[str]:
            emulator = emulators.get()
            try:
                return Episode(seed, emulator, tasks, tmp_path, dead_port).play()
            finally:
                emulators.put(emulator)

        with ThreadPoolExecutor() as pool:
            started = pool.map(lambda number: Emulator("--seed", str(number)), range(AT_THE_SAME_TIME))
            for emulator in started:
                emulators.put(stack.enter_context(emulator))
        fuzz(attempt, threads=AT_THE_SAME_TIME)
