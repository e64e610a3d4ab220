# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the steps of a plan until the desired state holds, and settle unknown outcomes by reading again."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Generic, Protocol, TypeVar

from .budget import backoff
from .errors import Ambiguity, Delivery, ServiceError
from .show import show
from .transport import Transport

# What an earlier task made may not be visible yet: seconds between further looks, about five in all.
VISIBILITY_PAUSES = (0.4, 0.8, 1.6, 2.2)
# When the service falls silent this hits all steps alike; more than a few are told in one line.
_FEW = 5


class Step(Protocol):
    """One write of a plan; hashable. Steps of one phase may be sent at the same time, phases follow each other."""

    @property
    def phase(self) -> int:
        """When the step is sent: 0 first."""

    @property
    def action(self) -> str:
        """What it does, in one word."""

    @property
    def names(self) -> dict[str, str]:
        """What it is done to, as a failure names it: `object` and what else there is."""


AnyStep = TypeVar("AnyStep", bound=Step)
Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass
class Outcome(Generic[AnyStep]):
    """What came of a plan: steps that changed something, and those that could not be done."""

    done: list[AnyStep] = field(default_factory=list)
    failed: dict[AnyStep, ServiceError] = field(default_factory=dict)

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The failed steps as documented. Many that failed for one reason, which lies in no object, share an entry."""
        groups: dict[tuple[str, str, str], list[AnyStep]] = {}
        for step, error in self._telling_first():
            groups.setdefault((step.action, error.code, error.message), []).append(step)
        entries = []
        for steps in groups.values():
            shared = len(steps) > _FEW and self.failed[steps[0]].is_outage
            entries += [self._failure(steps[0], len(steps))] if shared else [self._failure(step, 1) for step in steps]
        return entries

    @property
    def first_error(self) -> ServiceError | None:
        """The first failure, as `failures` has it."""
        return next((error for _step, error in self._telling_first()), None)

    def explain(self, step: AnyStep, reason: str) -> None:
        """Add what the service does not say to the message of a failed step."""
        error = self.failed[step]
        self.failed[step] = replace(error, message=f"{error.message}; {reason}")

    def _telling_first(self) -> list[tuple[AnyStep, ServiceError]]:
        """Put errors that say something of an object before those that only say that the service fell silent."""
        return sorted(self.failed.items(), key=lambda pair: pair[1].is_outage)

    def _failure(self, step: AnyStep, count: int) -> dict[str, Any]:
        names = {key: show(name) for key, name in step.names.items()}
        if count > 1:
            names["object"] += f" and {count - 1} more"
        return {"action": step.action, **names, "count": count, "error": self.failed[step].as_dict()}


def converge(
    steps: Sequence[AnyStep],
    *,
    batch: Callable[[Sequence[AnyStep]], Iterable[Sequence[AnyStep]]],
    send: Callable[[Sequence[AnyStep]], object],
    plan_again: Callable[[Collection[AnyStep]], Iterable[AnyStep]],
    transport: Transport,
) -> Outcome[AnyStep]:
    """Send all steps, as many at once as allowed.

    batch(steps) returns steps of one phase in those groups in which they are sent together. send(steps) writes such a
    group, all of it or nothing, and raises ServiceError. plan_again(steps) reads, and returns what is left of the plan
    for the objects of these steps, which settles lost writes and ambiguous refusals. What was lost and is not left is
    done.
    """
    outcome: Outcome[AnyStep] = Outcome()
    known, pending = set(steps), list(steps)
    lost: set[AnyStep] = set()
    patience = _Patience(transport.connection.retry_timeout)
    while pending:
        doubtful = _send_all(pending, batch, send, transport, outcome)
        patience.note_progress(len(outcome.done))
        if not doubtful:
            break
        lost |= {step for step, error in doubtful.items() if _is_lost(error)}
        left = _still_needed(doubtful, plan_again, outcome)
        if left is None:
            break
        again = [step for step in doubtful if step in left]
        outcome.done += [step for step in doubtful if step in lost and step not in left]
        fresh = [step for step in left if step not in known]
        known.update(fresh)
        pending = again + fresh
        if not again:
            continue
        pause = patience.next_pause(refused_only=not any(_is_lost(doubtful[step]) for step in again))
        if pause is None:
            outcome.failed.update({step: doubtful[step] for step in again})
            pending = fresh
            continue
        transport.retried += len(again)
        transport.sleep(pause)
    return outcome


def _is_lost(error: ServiceError) -> bool:
    """Return whether a write may have been applied all the same."""
    return error.delivery is Delivery.UNKNOWN


def _send_all(
    steps: Sequence[AnyStep],
    batch: Callable[[Sequence[AnyStep]], Iterable[Sequence[AnyStep]]],
    send: Callable[[Sequence[AnyStep]], object],
    transport: Transport,
    outcome: Outcome[AnyStep],
) -> dict[AnyStep, ServiceError]:
    """Send the steps phase by phase, note in outcome what is clear, and return what is not."""
    doubtful: dict[AnyStep, ServiceError] = {}
    for _phase, group in groupby(sorted(steps, key=lambda step: step.phase), lambda step: step.phase):
        for sent, result in _send_batches(list(batch(list(group))), send, transport):
            if not isinstance(result, ServiceError):
                outcome.done += sent
            elif _is_lost(result) or result.is_ambiguous:
                doubtful.update(dict.fromkeys(sent, result))
            else:
                outcome.failed.update(dict.fromkeys(sent, result))
    return doubtful


def _send_batches(
    batches: Sequence[Sequence[AnyStep]], send: Callable[[Sequence[AnyStep]], object], transport: Transport
) -> Iterator[tuple[Sequence[AnyStep], object]]:
    """Send batches. One that is refused because of an object in it is sent in halves, until it is known which one."""
    while batches:
        halves: list[Sequence[AnyStep]] = []
        for steps, result in transport.map(send, batches):
            if isinstance(result, ServiceError) and result.is_about_objects and len(steps) > 1:
                middle = len(steps) // 2
                halves += [steps[:middle], steps[middle:]]
            else:
                yield steps, result
        batches = halves


def _still_needed(
    doubtful: Mapping[AnyStep, ServiceError],
    plan_again: Callable[[Collection[AnyStep]], Iterable[AnyStep]],
    outcome: Outcome[AnyStep],
) -> dict[AnyStep, None] | None:
    """Return the steps that are left after reading again, in order; None, and note it in outcome, if that fails."""
    try:
        return dict.fromkeys(plan_again(doubtful.keys()))
    except ServiceError as error:
        outcome.failed.update({step: _unsettled(cause, error) for step, cause in doubtful.items()})
        return None


def _unsettled(cause: ServiceError, reading: ServiceError) -> ServiceError:
    """Return the error of a step that cannot be settled because reading failed."""
    if not _is_lost(cause):
        return cause
    advice = reading.advice if reading.code == "guard" else None
    return cause.unsettled(f"whether it was applied cannot be read ({reading.message})", advice=advice)


class _Patience:
    """How long to go on with steps that are still needed after reading again.

    Lost writes: until nothing made progress for retry_timeout seconds. Refusals: over the visibility pauses.
    """

    def __init__(self, retry_timeout: float) -> None:
        self._retry_timeout = retry_timeout
        self._round = 0
        self._refusals = iter(VISIBILITY_PAUSES)
        self._done = 0
        self._progress_at = time.monotonic()

    def note_progress(self, done: int) -> None:
        """Start anew when steps were done since the last round."""
        if done > self._done:
            self._done = done
            self._round = 0
            self._progress_at = time.monotonic()

    def next_pause(self, *, refused_only: bool) -> float | None:
        """Return the pause before the next round in seconds, None if there is to be none."""
        if refused_only:
            return next(self._refusals, None)
        self._round += 1
        pause = backoff(self._round)
        late = time.monotonic() + pause - self._progress_at
        return pause if late < self._retry_timeout else None


def looks(transport: Transport) -> Iterator[None]:
    """Yield for each look at what may not be as it will be, with pauses between; some five seconds in all.

    Raises ServiceError if the task is interrupted meanwhile.
    """
    yield
    for pause in VISIBILITY_PAUSES:
        transport.sleep(pause)
        yield


def until_visible(transport: Transport, read: Callable[[], Value], missing: Callable[[Value], object]) -> Value:
    """Read, and again a few times while something that was named is missing; returns what was read last."""
    for _look in looks(transport):
        value = read()
        if not missing(value):
            break
    return value


def read_found(
    transport: Transport, call: Callable[[Item], Value], items: Iterable[Item]
) -> tuple[dict[Item, Value], dict[Item, ServiceError]]:
    """Call with every item at once; returns the values, and the errors of what was not found. Raises any other error.

    Others may delete what was listed before it is read.
    """
    values: dict[Item, Value] = {}
    lost: dict[Item, ServiceError] = {}
    for item, result in transport.map(call, items):
        if not isinstance(result, ServiceError):
            values[item] = result
        elif result.ambiguity is Ambiguity.MISSING:
            lost[item] = result
        else:
            raise result
    return values, lost
