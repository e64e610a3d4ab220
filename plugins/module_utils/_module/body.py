# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract between the runner and the code of each module, its body.

An instance is one run of a module. What can be decided without the service is in the folder _plan, as pure functions; a
body is what reads and sends, and connects these. Errors are ServiceError.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from .._core.converge import Outcome, converge
from .._core.errors import ServiceError
from .._mail.rules import Rules
from .._mail.service import Capabilities, MailService
from .._plan.changes import AnyPlanned, PlannedStep
from .._plan.diff import text_diff
from .._plan.expected import Expected

Desired = TypeVar("Desired")
AnyState = TypeVar("AnyState", bound="State")


@dataclass(frozen=True)
class Input:
    """The options of the task.

    options: by name, as Ansible has checked them, None if one is not given. domain: in Punycode, blank if there is
    none. defaults: the defaults of the options. rules, capabilities: those of the service.
    """

    options: Mapping[str, Any]
    domain: str
    defaults: Mapping[str, Any]
    rules: Rules
    capabilities: Capabilities


@dataclass(frozen=True)
class Run:
    """What a body works with.

    warn: show a warning, a sentence with its final stop. show: show a line of progress. expected: what the task says of
    earlier tasks of the same play.
    """

    client: MailService
    check_mode: bool
    warn: Callable[[str], None]
    show: Callable[[str], None] = lambda _line: None
    expected: Expected = field(default_factory=Expected)

    @property
    def domain(self) -> str:
        """The domain, in Punycode."""
        return self.client.domain

    @property
    def predicted(self) -> Expected:
        """What earlier tasks would have done, in check mode: in a real run it can be seen."""
        return self.expected if self.check_mode else Expected()


class State(Protocol):
    """What was read; immutable."""

    def after(self: AnyState, steps: Iterable[Any], /) -> AnyState:
        """Return the state as it is after steps."""

    def lines(self) -> Iterable[str]:
        """Return the lines of the diff, as _plan/diff.py makes them, of the objects that the task is about."""


class Body(ABC, Generic[Desired]):
    """What all bodies have. One that needs more of a service than MailService says so by the type of client."""

    client: MailService

    def __init__(self, run: Run, desired: Desired) -> None:
        self.run = run
        self.client = run.client
        self.desired = desired

    @staticmethod
    @abstractmethod
    def parse(given: Input) -> Desired:
        """Return what the options ask for; raises InvalidInputError with all problems. Pure."""

    @classmethod
    def open(cls, run: Run, desired: Desired) -> Body[Desired]:
        """Return the body for what is desired. A module that does one thing or another has two."""
        return cls(run, desired)


class InfoBody(Body[Desired]):
    """The body of a module that only reads."""

    @abstractmethod
    def read(self) -> dict[str, Any]:
        """Read, and return the values that the module documents."""


class WritingBody(Body[Desired], Generic[Desired, AnyState, AnyPlanned]):
    """The body of a module that writes. Its methods stand here in the order in which the runner calls them.

    In check mode no step is sent, and all of them count as done.
    """

    has_one_object = False
    """Whether a task is about one object at most, so that messages count none."""

    def __init__(self, run: Run, desired: Desired) -> None:
        super().__init__(run, desired)
        self.sent: list[AnyPlanned] = []

    def hold(self) -> AbstractContextManager[None]:
        """Return what is held from before reading to after writing, such as a lock."""
        return nullcontext()

    @abstractmethod
    def read(self) -> AnyState:
        """Return the current state; raises if it cannot be read, or lacks what must be there."""

    @abstractmethod
    def plan(self, state: AnyState) -> Sequence[AnyPlanned]:
        """Return the steps from a state to the desired one. Pure.

        The runner plans again from the state after these steps, and carries out what is new. So a step that needs
        another one before it, as the properties of a new mailbox need its creation, is planned when that is done.
        """

    def guard(self, state: AnyState, steps: Sequence[AnyPlanned]) -> None:
        """Raise if these, all steps that there will be, must not be sent from this state. May read."""

    def write(self, state: AnyState, steps: Sequence[AnyPlanned]) -> Outcome[AnyPlanned]:
        """Send steps until the desired state holds, and settle unknown outcomes by reading again."""
        return converge(
            steps,
            batch=self.batch,
            send=self._send_batch,
            plan_again=lambda unclear: self.find_left(state, unclear),
            transport=self.client.transport,
        )

    def send_once(self, steps: Sequence[AnyPlanned]) -> Outcome[AnyPlanned]:
        """Send each step once, as many at the same time as allowed; for write(), if reading again tells nothing."""
        outcome: Outcome[AnyPlanned] = Outcome()
        for step, error in self.client.transport.map(self.send_and_note, steps):
            if isinstance(error, ServiceError):
                outcome.failed[step] = error
            else:
                outcome.done.append(step)
        return outcome

    def send_and_note(self, step: AnyPlanned) -> None:
        """Send a step, and note it, should the task be interrupted later."""
        self.send(step)
        self.sent.append(step)

    def batch(self, steps: Sequence[AnyPlanned]) -> Iterable[Sequence[AnyPlanned]]:
        """Return steps of one phase in those groups that one request carries out: by default, each alone."""
        return ([step] for step in steps)

    def send_together(self, steps: Sequence[AnyPlanned]) -> None:
        """Send a group of steps, all of them or none; for those services that can."""
        raise NotImplementedError

    def _send_batch(self, steps: Sequence[AnyPlanned]) -> None:
        if len(steps) == 1:
            self.send_and_note(steps[0])
            return
        self.send_together(steps)
        self.sent += steps

    @abstractmethod
    def send(self, step: AnyPlanned) -> None:
        """Send one step; raises if it fails. Several threads call this at the same time."""

    def find_left(self, state: AnyState, steps: Collection[AnyPlanned]) -> Iterable[AnyPlanned]:
        """Read again, and return what is left to do for the objects of these steps. state: the one before them.

        These are the steps that may have been applied, or were refused without saying which object is at fault.
        """
        raise NotImplementedError

    def update(self, state: AnyState, steps: Iterable[AnyPlanned]) -> AnyState:
        """Return the state after steps, with what sending them has shown."""
        return state.after(steps)

    def settle(self, state: AnyState, outcome: Outcome[AnyPlanned]) -> None:
        """Do what comes after all steps, and complete the failures of outcome. state: the one after the steps."""

    def summarize(self, outcome: Outcome[AnyPlanned]) -> str:
        """Return how many objects failed, as a sentence or nothing."""
        failed = {name_of(step) for step in outcome.failed}
        done = {name_of(step) for step in outcome.done} - failed
        return f"{len(failed)} of {len(failed) + len(done)} failed, {len(done)} done."

    @abstractmethod
    def result(self, state: AnyState, outcome: Outcome[AnyPlanned]) -> dict[str, Any]:
        """Return the values that the module documents, without those that all modules have (see _module/write.py)."""

    def diff(self, before: AnyState, after: AnyState) -> dict[str, str]:
        """Return the diff. after: the state before with the steps that are done, and nothing else."""
        return text_diff(before.lines(), after.lines(), self.run.domain)


def name_of(step: PlannedStep) -> tuple[str, ...]:
    """Return what tells the object of a step from others."""
    return tuple(step.names.values())
