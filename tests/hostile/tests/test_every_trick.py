# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module against every trick.

Each task ends within `retry_timeout` and ten seconds, below 300 MB, with what the module documents; it shows no secret,
no control character and no flood of text, and says nothing that is not true (`pdd_hostile/checks.py`).

Each trick is played to a module that writes and to one that reads, and every module meets every kind of trick. With the
environment variable `TRICKS=all` every trick is played to every module, at moments that take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pdd_hostile import assignments
from pdd_hostile.stage import Stage
from pdd_hostile.trick import Moment, Trick
from pdd_hostile.tricks import DECENT, TRICKS

from .conftest import ALL

MODULES = list(assignments.ALL)
KINDS = list(dict.fromkeys(trick.kind for trick in TRICKS))


def plays(module: str) -> Iterator[tuple[str, Trick, Moment]]:
    """Yield which tricks are played to a module, and at which moments."""
    writing = module in assignments.WRITING
    group = list(assignments.WRITING if writing else assignments.READING)
    for kind in KINDS:
        tricks = [trick for trick in TRICKS if trick.kind == kind]
        for turn, trick in enumerate(tricks):
            moments = trick.moments(writing=writing)
            if ALL:
                yield module, trick, moments[(turn + MODULES.index(module)) % len(moments)]
            elif turn % len(group) == group.index(module) or len(tricks) < len(MODULES):
                late = moments[-2:]  # for what writes, those at which writes meet it
                yield module, trick, late[turn // len(group) % len(late)]


def test_every_module_is_tested_here() -> None:
    """All that send requests; one is no more than the documentation of an action."""
    modules = Path(__file__).parents[3] / "plugins" / "modules"
    assert {path.stem for path in modules.glob("pdd_*.py") if "run_module(" in path.read_text()} == set(MODULES)


def test_every_module_meets_every_kind_and_every_trick_is_played() -> None:
    for module in MODULES:
        assert {trick.kind for _module, trick, _moment in plays(module)} == set(KINDS)
    for group in (assignments.WRITING, assignments.READING):
        played = {str(trick) for module in group for _module, trick, _moment in plays(module)}
        assert played == {str(trick) for trick in TRICKS}


def test_names_of_tricks_are_unique() -> None:
    assert len({str(trick) for trick in TRICKS}) == len(TRICKS)


@pytest.mark.parametrize("module", MODULES)
def test_right_answers_bring_success(stage: Stage, module: str) -> None:
    """Each task needs more than one request, and a write where there is one."""
    assert stage.judge(module, DECENT, Moment.FIRST) == []
    server = stage.right(module).server
    assert len(server.journal) > 1 or module == "pdd_signature"
    assert bool(server.writes) == (module in assignments.WRITING)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("module", MODULES)
def test_every_trick(stage: Stage, report: Callable[[list[str]], None], module: str) -> None:
    report(stage.judge_all(plays(module)))
