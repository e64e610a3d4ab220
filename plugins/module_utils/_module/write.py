# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the body of a module that writes is run: plan, guard, check mode or writing, and what all such modules return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.converge import Outcome
from .._plan.changes import AnyPlanned, list_changes
from .body import AnyState, WritingBody, name_of

_Write = Callable[[AnyState, Sequence[AnyPlanned]], Outcome[AnyPlanned]]


@dataclass
class Result:
    """What came of a task so far.

    values: those of the module, and those that all modules that write have. failures: as documented; message: what a
    user reads if there are any. diff: None where there is none.
    """

    values: dict[str, Any] = field(default_factory=dict)
    changed: bool = False
    failures: Sequence[dict[str, Any]] = ()
    message: str = ""
    diff: dict[str, str] | None = None


def carry_out(body: WritingBody[Any, AnyState, AnyPlanned], result: Result) -> None:
    """Bring about the desired state, or in check mode find out how. result is true at any time, should this raise.

    A guard leaves in `changes` what would have been done, an interruption what was done.
    """
    with body.hold():
        before = body.read()
        outcome, state = _walk(body, before, lambda _state, steps: Outcome(done=list(steps)))
        result.values["changes"] = list_changes(outcome.done)
        body.guard(before, outcome.done)
        if not body.run.check_mode:
            outcome, state = _write(body, before, result)
        body.settle(state, outcome)
        result.values["changes"] = list_changes(outcome.done)
    result.values.update(body.result(state, outcome), failures=outcome.failures)
    result.changed = bool(outcome.done)
    result.failures = outcome.failures
    if outcome.first_error:
        result.message = f"{body.summarize(outcome)} {outcome.first_error.sentence()}".lstrip()
    result.diff = body.diff(before, before.after(outcome.done))


def _write(
    body: WritingBody[Any, AnyState, AnyPlanned], before: AnyState, result: Result
) -> tuple[Outcome[AnyPlanned], AnyState]:
    try:
        outcome, state = _walk(body, before, body.write)
    except BaseException:
        result.values["changes"] = list_changes(body.sent)
        raise
    result.values["changes"] = list_changes(outcome.done)
    return outcome, state


def _walk(
    body: WritingBody[Any, AnyState, AnyPlanned], state: AnyState, write: _Write[AnyState, AnyPlanned]
) -> tuple[Outcome[AnyPlanned], AnyState]:
    """Plan and write until nothing new is planned, and leave alone what has failed.

    Returns what came of all steps, and the state after them.
    """
    outcome: Outcome[AnyPlanned] = Outcome()
    known: set[AnyPlanned] = set()
    steps = list(body.plan(state))
    while steps:
        part = write(state, steps)
        known.update(steps, part.done, part.failed)
        outcome.done += part.done
        outcome.failed.update(part.failed)
        state = body.update(state, part.done)
        failed = {name_of(step) for step in outcome.failed}
        steps = [step for step in body.plan(state) if step not in known and name_of(step) not in failed]
    return outcome, state
