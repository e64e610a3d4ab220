# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How bodies that write are run, by one that sets values in a dict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.converge import Outcome
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.plugins.module_utils._module.body import Input, Run, WritingBody
from ansible_collections.mailops.pdd.plugins.module_utils._module.write import Result, carry_out
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.client import PddClient
from ansible_collections.mailops.pdd.plugins.module_utils._plan.changes import Change
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import connection


@dataclass(frozen=True)
class Step:
    """Create an object, or update its value."""

    action: str
    name: str
    value: str = ""
    phase: int = 0

    @property
    def names(self) -> dict[str, str]:
        """The object."""
        return {"object": self.name}

    @property
    def changes(self) -> list[Change]:
        """The object."""
        return [Change("mailbox", self.name, self.action)]


@dataclass(frozen=True)
class State:
    """The values of objects."""

    values: Mapping[str, str]

    def after(self, steps: Iterable[Step]) -> State:
        """Return the state after steps."""
        return State({**self.values, **{step.name: step.value for step in steps}})

    def lines(self) -> list[str]:
        """Return a line for each object."""
        return [f"{name}: {value}" for name, value in self.values.items()]


class Values(WritingBody[dict[str, str], State, Step]):
    """Objects have values. One is created blank, and then updated."""

    there: dict[str, str]
    fails_for: str = ""
    interrupted_at: str = ""
    guarded = False

    @staticmethod
    def parse(given: Input) -> dict[str, str]:
        """Return the desired values."""
        return dict(given.options)

    def read(self) -> State:
        """Return what is there."""
        return State(dict(self.there))

    def plan(self, state: State) -> list[Step]:
        """Return what is needed next for each object."""
        steps = []
        for name, value in self.desired.items():
            if name not in state.values:
                steps.append(Step("create", name))
            elif state.values[name] != value:
                steps.append(Step("update", name, value))
        return steps

    def guard(self, state: State, steps: Sequence[Step]) -> None:
        """Stop if the test says so."""
        if self.guarded:
            raise ServiceError("guard", "too much")

    def send(self, step: Step) -> None:
        """Do what the step says, or fail."""
        if step.name == self.fails_for:
            raise ServiceError("refused", "no")
        if step.name == self.interrupted_at:
            raise KeyboardInterrupt
        self.there[step.name] = step.value

    def find_left(self, state: State, steps: Collection[Step]) -> list[Step]:
        """Return nothing: all errors are clear."""
        return []

    def result(self, state: State, outcome: Outcome[Step]) -> dict[str, Any]:
        """Return the values."""
        return {"values": dict(state.values)}


DESIRED = {"anna": "A", "boris": "B", "clara": "C"}


def values(*, check_mode: bool = False, **settings: Any) -> Values:
    """Return a body for a service that has boris, with another value."""
    client = PddClient(Transport(connection("http://127.0.0.1:9", max_connections=1)), "example.test")
    body = Values(Run(client, check_mode, lambda _text: None), DESIRED)
    body.there = {"boris": "?"}
    for name, value in settings.items():
        setattr(body, name, value)
    return body


def done(result: Result) -> list[tuple[str, str]]:
    """Return the changes in short."""
    return [(each["action"], each["name"]) for each in result.values["changes"]]


ALL = [("create", "anna"), ("update", "anna"), ("update", "boris"), ("create", "clara"), ("update", "clara")]


@pytest.mark.parametrize("check_mode", [True, False])
def test_check_mode_and_run_are_alike(check_mode: bool) -> None:
    """The steps of new objects among them; in check mode nothing is sent."""
    body, result = values(check_mode=check_mode), Result()
    carry_out(body, result)
    assert result.changed
    assert (done(result), result.failures, result.message) == (ALL, [], "")
    assert result.values["values"] == DESIRED
    assert result.diff == {
        "before": "boris: ?\n",
        "after": "anna: A\nboris: B\nclara: C\n",
        "before_header": "example.test",
        "after_header": "example.test",
    }
    assert body.there == ({"boris": "?"} if check_mode else DESIRED)


def test_nothing_to_do() -> None:
    body, result = values(there=dict(DESIRED)), Result()
    carry_out(body, result)
    assert (result.changed, done(result), result.failures) == (False, [], [])


@pytest.mark.parametrize("check_mode", [True, False])
def test_guard_leaves_what_would_have_been_done(check_mode: bool) -> None:
    body, result = values(check_mode=check_mode, guarded=True), Result()
    with pytest.raises(ServiceError, match="too much"):
        carry_out(body, result)
    assert (result.changed, done(result)) == (False, ALL)
    assert body.there == {"boris": "?"}


def test_failed_step_leaves_the_others() -> None:
    """What needs it is not sent."""
    body, result = values(fails_for="anna"), Result()
    carry_out(body, result)
    assert done(result) == ALL[2:]
    assert [(each["action"], each["object"]) for each in result.failures] == [("create", "anna")]
    assert result.message.startswith("1 of 3 failed, 2 done. no")
    assert body.there == {"boris": "B", "clara": "C"} == result.values["values"]


def test_interruption_leaves_what_was_done() -> None:
    body, result = values(interrupted_at="clara"), Result()
    with pytest.raises(KeyboardInterrupt):
        carry_out(body, result)
    assert done(result) == [(step.action, step.name) for step in body.sent] == [("create", "anna"), ("update", "boris")]
