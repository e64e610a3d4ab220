# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playing tricks to modules, many at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import yaml

from pdd_hostile import assignments
from pdd_hostile.authority import Authority
from pdd_hostile.checks import LATE, WAITED, Case, offences
from pdd_hostile.prefork import MODULES
from pdd_hostile.server import HostileServer
from pdd_hostile.tasks import Tasks
from pdd_hostile.trick import Moment, Trick
from pdd_hostile.tricks import DECENT

Item = TypeVar("Item")

AT_THE_SAME_TIME = 24
"""Tasks, which mostly wait."""
FEW = 4

PATIENCE = {"timeout": 20, "retry_timeout": 30}
"""Options for tricks that must succeed: they need no time, but the machine may be busy."""


class Stage:
    """Where tricks are played: each to a module in a process of its own, by a server of its own."""

    def __init__(self, tasks: Tasks, folder: Path) -> None:
        self._tasks = tasks
        self._folder = folder
        self._authority = Authority(folder)
        self._numbers = count()
        self.right = cache(self._right)

    def play(
        self, module: str, trick: Trick, moment: Moment, before: HostileServer | None = None, **options: Any
    ) -> Case:
        """Play a trick to a module; returns what came of it. before: as HostileServer takes it."""
        with HostileServer(trick, moment, self._authority, before) as server:
            given = {**assignments.options(module, server.url), **self.paths(module, trick)}
            if trick.succeeds:
                given.update(PATIENCE)
            given.update(options)
            ended = self._tasks.run(module, given, seconds=given["retry_timeout"] + assignments.SECONDS_AFTER_RETRIES)
        return Case(ended, documentation(module), trick, server)

    def paths(self, module: str, trick: Trick) -> dict[str, Any]:
        """Return options that name files."""
        paths = {"ca_path": str(self._authority.bundle)} if trick.secure else {}
        if module == "pdd_signature":
            paths["state_path"] = str(self._folder / f"signatures-{next(self._numbers)}.json")
        return paths

    def judge(self, module: str, trick: Trick, moment: Moment, **options: Any) -> list[str]:
        """Play a trick to a module; returns all that is wrong with what came of it, in a line each."""
        case = replace(self.play(module, trick, moment, **options), right=self.right(module))
        return [f"{module}, {trick}, {moment.value}: {offence}" for offence in offences(case)]

    def judge_all(self, plays: Iterable[tuple[str, Trick, Moment]], **options: Any) -> list[str]:
        """Play many tricks; returns all that is wrong, in lines."""
        return self.gather(lambda play: self.judge(*play, **options), plays)

    def gather(self, play: Callable[[Item], list[str]], items: Iterable[Item]) -> list[str]:
        """Call a function with many items at the same time; returns the lines of all."""
        return without_late(play, _in_parallel(play, items, AT_THE_SAME_TIME))

    def _right(self, module: str) -> Case:
        return self.play(module, DECENT, Moment.FIRST)


def _in_parallel(
    play: Callable[[Item], list[str]], items: Iterable[Item], threads: int
) -> list[tuple[Item, list[str]]]:
    items = list(items)
    with ThreadPoolExecutor(threads) as pool:
        return list(zip(items, pool.map(play, items), strict=True))


def without_late(play: Callable[[Item], list[str]], played: Iterable[tuple[Item, list[str]]]) -> list[str]:
    """Return the lines of all that were played.

    What was late, or had no answer in time, is played again with little beside it, because the machine may have been
    busy.
    """
    played = list(played)
    late = [item for item, lines in played if any(mark in line for line in lines for mark in (LATE, WAITED))]
    again = _in_parallel(play, late, FEW)
    in_time = [(item, lines) for item, lines in played if item not in late]
    return [line for _item, lines in (*in_time, *again) for line in lines]


@cache
def documentation(module: str) -> dict[str, Any]:
    """Return what a module documents of its return values."""
    documented: dict[str, Any] = yaml.safe_load(import_module(f"{MODULES}.{module}").RETURN)
    return documented
