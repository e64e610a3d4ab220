# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers to writes: whatever comes of them, the next run does the rest, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pdd_hostile import assignments
from pdd_hostile.stage import Stage
from pdd_hostile.trick import Moment, Trick
from pdd_hostile.tricks import DECENT, TRICKS, closes, kept

from .conftest import ALL

IMPORT = "pdd_mailbox_import"
BREAKING = [trick for trick in TRICKS if trick.kind in ("pace", "flood", "length", "framing", "close", "kept")]
"""Tricks after which nobody knows whether the write was carried out."""
EVERY = 1 if ALL else 8
LONGEST_ANSWER = 500


@pytest.mark.parametrize("trick", kept.TRICKS, ids=str)
def test_import_behind_a_middlebox_that_drops_connections(stage: Stage, trick: Trick) -> None:
    """A start is never repeated, so it must not be lost on a connection that the other side has dropped."""
    case = stage.play(IMPORT, trick, Moment.FIRST, timeout=3, retry_timeout=60)
    assert not case.failed, case.result.get("msg")
    assert list(case.server.domain.starts.values()) == [1, 1]


@pytest.mark.parametrize("module", assignments.WRITING)
def test_next_run_does_the_rest(stage: Stage, report: Callable[[list[str]], None], module: str) -> None:
    """After every trick, with the writes carried out or not: the next run succeeds, and each import is started once."""
    first = list(assignments.WRITING).index(module)
    plays = [
        (trick, moment)
        for trick in BREAKING[first::EVERY]
        for moment in (Moment.WRITES, Moment.APPLIED)
        if moment in trick.moments(writing=True)
    ]
    report(stage.gather(lambda play: _two_runs(stage, module, *play), plays))


def _two_runs(stage: Stage, module: str, trick: Trick, moment: Moment) -> list[str]:
    paths = stage.paths(module, trick)
    first = stage.play(module, trick, moment, **paths)
    second = stage.play(module, DECENT, Moment.FIRST, first.server, **paths)
    domain = second.server.domain
    wrong = []
    if second.failed:
        wrong.append(f"the next run fails: {second.result.get('msg')!r}")
    elif domain != stage.right(module).server.domain:
        wrong.append(f"the next run leaves {domain}")
    if max(domain.starts.values(), default=0) > 1:
        wrong.append(f"imports are started more than once: {dict(domain.starts)}")
    if first.result and not first.failed and second.result.get("changed"):
        wrong.append("the next run changes something, though the first one succeeded")
    return [f"{module}, {trick}, {moment.value}: {each}" for each in wrong]


@pytest.mark.timeout(1800)
def test_closed_at_every_byte(stage: Stage, report: Callable[[list[str]], None]) -> None:
    """A valid answer that ends after any number of bytes; in the short run each number for one of the modules."""
    modules = list(assignments.ALL)
    plays = [
        (module, Trick("close", f"after {offset} bytes", closes.cut_at(offset), credible=True), moment)
        for offset in range(LONGEST_ANSWER)
        for module in (modules if ALL else [modules[offset % len(modules)]])
        for moment in (Moment.APPLIED if module in assignments.WRITING else Moment.FIRST,)
    ]
    report(stage.judge_all(plays, retry_timeout=0))
