# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sending a plan until the desired state holds, over a service that loses and refuses writes (converge)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core import converge as converging
from ansible_collections.mailops.pdd.plugins.module_utils._core.converge import Outcome, converge, until_visible
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Ambiguity, Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import connection
from hypothesis import given
from hypothesis import strategies as st

NAMES = ["anna", "bert", "cara", "dora", "emil"]
LOST_BEFORE, LOST_AFTER = "lost before it was applied", "lost after it was applied"
UNKNOWN = Delivery.UNKNOWN
ADVICE = "Choose another name."
# What a service may say of an object that is there, or is not.
AMBIGUOUS = {"occupied": Ambiguity.TAKEN, "account_not_found": Ambiguity.MISSING}
PASSING = [LOST_BEFORE, LOST_AFTER, "account_not_found"]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


CLOCK = Clock()
TRANSPORT = Transport(connection("http://127.0.0.1:1"))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converging, "time", CLOCK)
    monkeypatch.setattr(Transport, "sleep", lambda _transport, seconds: CLOCK.sleep(seconds))


@dataclass(frozen=True)
class Step:
    """Create or delete a name."""

    action: str
    name: str

    @property
    def phase(self) -> int:
        """Deletions come last."""
        return 1 if self.action == "delete" else 0

    @property
    def names(self) -> dict[str, str]:
        """The name."""
        return {"object": self.name}


def creations(*names: str) -> list[Step]:
    """Return the steps that create these names."""
    return [Step("create", name) for name in names]


def refused(code: str) -> ServiceError:
    """Return the error of a service that answers with a code."""
    message = f"the service answered {code!r}"
    ambiguity = AMBIGUOUS.get(code)
    return ServiceError(code, message, endpoint="x/y", http_status=200, advice=ADVICE, ambiguity=ambiguity)


class Directory:
    """Holds names. faults: what happens to the first writes of a step; then all goes well.

    delay: seconds until readers see what was written.
    """

    def __init__(self, *names: str, faults: dict[Step, list[str]] | None = None, delay: float = 0.0) -> None:
        self.names = set(names)
        self.sent: list[Step] = []
        self.applied: list[Step] = []
        self.readings = 0
        self.reading_error: ServiceError | None = None
        self._faults = {step: list(each) for step, each in (faults or {}).items()}
        self._delay = delay
        self._visible_at: dict[str, float] = {}

    def send(self, step: Step) -> None:
        """Apply a step, or not."""
        self.sent.append(step)
        faults = self._faults.get(step)
        fault = faults.pop(0) if faults else None
        if fault == LOST_BEFORE:
            raise ServiceError("bad_answer", "HTTP status 502", endpoint="x/y", http_status=502, delivery=UNKNOWN)
        if fault == "given up":
            raise ServiceError("unreachable", "not sent", delivery=Delivery.NOT_SENT)
        if fault not in (None, LOST_AFTER):
            raise refused(fault or "")
        if (step.name in self.names) == (step.action == "create"):
            raise refused("occupied" if step.action == "create" else "account_not_found")
        (self.names.add if step.action == "create" else self.names.remove)(step.name)
        self.applied.append(step)
        self._visible_at[step.name] = CLOCK.now + self._delay
        if fault == LOST_AFTER:
            raise ServiceError("timeout", "no answer", endpoint="x/y", delivery=UNKNOWN)

    def plan_again(self, steps: Collection[Step]) -> Iterable[Step]:
        """Read, and return the steps that are still needed."""
        self.readings += 1
        if self.reading_error:
            raise self.reading_error
        return [step for step in steps if self._seen(step.name) != (step.action == "create")]

    def _seen(self, name: str) -> bool:
        hidden = self._visible_at.get(name, 0.0) > CLOCK.now
        return (name in self.names) != hidden


def alone(steps: Iterable[Step]) -> Iterable[list[Step]]:
    """Put each step into a batch of its own."""
    return ([step] for step in steps)


def run(directory: Directory, steps: list[Step], *, retry_timeout: float = 60.0) -> Outcome[Step]:
    """Send the steps to the directory."""
    transport = Transport(connection("http://127.0.0.1:1", retry_timeout=retry_timeout))
    outcome = converge(
        steps,
        batch=alone,
        send=lambda steps: directory.send(*steps),
        plan_again=directory.plan_again,
        transport=transport,
    )
    assert len(set(outcome.done)) == len(outcome.done)
    assert not set(outcome.done) & set(outcome.failed)
    assert transport.retried == len(directory.sent) - len(set(directory.sent))
    return outcome


# What goes well


def test_everything_is_sent_once() -> None:
    """And nothing is read."""
    directory = Directory("emil")
    steps = [*creations("anna", "bert"), Step("delete", "emil")]
    outcome = run(directory, steps)
    assert outcome.done == steps
    assert outcome.failed == {}
    assert directory.names == {"anna", "bert"}
    assert sorted(directory.sent, key=steps.index) == steps
    assert directory.readings == 0


def test_nothing_to_do() -> None:
    """Nothing is sent."""
    directory = Directory()
    assert run(directory, []) == Outcome()
    assert directory.sent == []


def test_phases_follow_each_other() -> None:
    """Whatever the order of the plan is."""
    directory = Directory(*NAMES)
    steps = [step for name in NAMES for step in (Step("delete", name), Step("create", f"new-{name}"))]
    run(directory, steps)
    assert [step.action for step in directory.sent] == ["create"] * 5 + ["delete"] * 5


# Unknown outcomes


def test_write_that_was_lost_is_sent_again() -> None:
    """After reading; only the lost one."""
    directory = Directory(faults={Step("create", "anna"): [LOST_BEFORE]})
    outcome = run(directory, creations("anna", "bert"))
    assert set(outcome.done) == set(creations("anna", "bert"))
    assert directory.sent.count(Step("create", "anna")) == 2
    assert directory.sent.count(Step("create", "bert")) == 1
    assert directory.readings == 1


def test_write_that_was_applied_is_not_sent_again() -> None:
    """Reading settles it, and it counts as changed."""
    directory = Directory("emil", faults={step: [LOST_AFTER] for step in [*creations("anna"), Step("delete", "emil")]})
    outcome = run(directory, [*creations("anna"), Step("delete", "emil")])
    assert set(outcome.done) == {*creations("anna"), Step("delete", "emil")}
    assert outcome.failed == {}
    assert len(directory.sent) == 2


@pytest.mark.parametrize("delay", [0.1, 1.0, 3.0, 4.5])
def test_lost_write_that_becomes_visible_late(delay: float) -> None:
    """It is refused when it is sent again, and counts as changed, since it may have been ours."""
    directory = Directory(faults={Step("create", "anna"): [LOST_AFTER]}, delay=delay)
    outcome = run(directory, creations("anna"))
    assert outcome.done == creations("anna")
    assert outcome.failed == {}
    assert directory.applied == creations("anna")


def test_lost_write_that_is_refused_for_good() -> None:
    """What the service says then is the answer."""
    directory = Directory(faults={Step("create", "anna"): [LOST_BEFORE, "not_allowed"]})
    outcome = run(directory, creations("anna"))
    assert outcome.done == []
    assert [error.code for error in outcome.failed.values()] == ["not_allowed"]


def test_write_that_is_always_lost_ends() -> None:
    """When nothing made progress for retry_timeout seconds; the others are done."""
    poison = Step("create", "anna")
    directory = Directory(faults={poison: [LOST_BEFORE] * 1000})
    began = CLOCK.now
    outcome = run(directory, creations("anna", "bert", "cara"))
    assert set(outcome.done) == set(creations("bert", "cara"))
    assert [(step, error.code) for step, error in outcome.failed.items()] == [(poison, "bad_answer")]
    assert 3 < directory.sent.count(poison) < 30
    assert CLOCK.now - began <= 60


def test_no_retry() -> None:
    """retry_timeout: 0 reads what became of a lost write, and does not send it again."""
    steps = creations("anna", "bert")
    directory = Directory(faults={steps[0]: [LOST_BEFORE], steps[1]: [LOST_AFTER]})
    outcome = run(directory, steps, retry_timeout=0)
    assert outcome.done == [steps[1]]
    assert list(outcome.failed) == [steps[0]]
    assert len(directory.sent) == 2


def test_progress_prolongs_the_patience() -> None:
    """A service that loses much and applies something now and then is used to the end."""
    faults = {step: [LOST_BEFORE] * (3 + 5 * rank) for rank, step in enumerate(creations(*NAMES))}
    directory = Directory(faults=faults)
    outcome = run(directory, creations(*NAMES), retry_timeout=12.0)
    assert set(outcome.done) == set(creations(*NAMES))
    assert outcome.failed == {}


# Refusals that may mean that the desired state holds


def test_what_somebody_else_did_is_no_change_and_no_failure() -> None:
    """The write was refused because the desired state holds already."""
    directory = Directory("anna")
    outcome = run(directory, [*creations("anna", "bert"), Step("delete", "emil")])
    assert outcome.done == creations("bert")
    assert outcome.failed == {}


@pytest.mark.parametrize("times", [1, 2, 4])
def test_object_that_is_not_visible_yet(times: int) -> None:
    """What an earlier task created may take some seconds."""
    directory = Directory(faults={Step("create", "anna"): ["account_not_found"] * times})
    outcome = run(directory, creations("anna"))
    assert outcome.done == creations("anna")
    assert len(directory.sent) == times + 1


@pytest.mark.parametrize("code", ["account_not_found", "occupied"])
def test_object_that_never_becomes_visible(code: str) -> None:
    """It fails with the service's code after about five seconds, for all steps together."""
    directory = Directory(faults={step: [code] * 100 for step in creations(*NAMES)})
    began = CLOCK.now
    outcome = run(directory, creations(*NAMES))
    assert outcome.done == []
    assert {error.code for error in outcome.failed.values()} == {code}
    assert len(outcome.failed) == 5
    assert len(directory.sent) == 5 * 5
    assert 4 <= CLOCK.now - began <= 6


def test_clear_refusal_fails_alone() -> None:
    """Everything else is done; nothing is read or sent again."""
    directory = Directory(faults={Step("create", "anna"): ["badlogin"]})
    outcome = run(directory, creations("anna", "bert"))
    assert outcome.done == creations("bert")
    assert [error.code for error in outcome.failed.values()] == ["badlogin"]
    assert (len(directory.sent), directory.readings) == (2, 0)


# Reading again


def test_reading_fails() -> None:
    """What was lost then stays unknown, what was refused has its own reason; nothing more is sent."""
    steps = creations("anna", "bert", "cara")
    directory = Directory(faults={steps[0]: [LOST_BEFORE], steps[1]: ["occupied"]})
    directory.reading_error = ServiceError("unreachable", "the service is gone")
    outcome = run(directory, steps)
    assert outcome.done == [steps[2]]
    lost, refused = outcome.failed[steps[0]], outcome.failed[steps[1]]
    assert (lost.code, lost.endpoint, lost.http_status) == ("outcome_unknown", "x/y", 502)
    assert lost.message == "HTTP status 502, and whether it was applied cannot be read (the service is gone)"
    assert lost.advice == "Look at the object before you run the task again."
    assert refused.code == "occupied"
    assert len(directory.sent) == 3


def test_steps_that_reading_brings_up_are_sent() -> None:
    """The list was deleted meanwhile, so that another step is needed now; each such step is sent once."""
    directory = Directory(faults={Step("create", "anna"): [LOST_BEFORE] * 3})

    def plan_again(steps: Collection[Step]) -> list[Step]:
        return [*directory.plan_again(steps), *creations("bert")]

    transport = Transport(connection("http://127.0.0.1:1", retry_timeout=60.0))
    outcome = converge(
        creations("anna"),
        batch=alone,
        send=lambda steps: directory.send(*steps),
        plan_again=plan_again,
        transport=transport,
    )
    assert set(outcome.done) == set(creations("anna", "bert"))
    assert directory.names == {"anna", "bert"}
    assert directory.sent.count(Step("create", "bert")) == 1


@given(
    st.sets(st.sampled_from(NAMES)),
    st.sets(st.sampled_from(NAMES)),
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(PASSING), max_size=3)),
)
def test_wanted_state_holds_after_faults_that_pass(
    current: set[str], desired: set[str], faults: dict[str, list[str]]
) -> None:
    """And what is said to be done is exactly what was applied."""
    steps = [*creations(*sorted(desired - current)), *(Step("delete", name) for name in sorted(current - desired))]
    directory = Directory(*current, faults={step: faults.get(step.name, []) for step in steps})
    outcome = run(directory, steps)
    assert directory.names == desired
    assert outcome.failed == {}
    assert set(outcome.done) == set(directory.applied) == set(steps)


@given(
    st.sets(st.sampled_from(NAMES)),
    st.dictionaries(
        st.sampled_from(NAMES), st.lists(st.sampled_from([*PASSING, "not_allowed", "given up"]), max_size=3)
    ),
    st.sets(st.sampled_from(NAMES)),
)
def test_every_step_is_accounted_for(desired: set[str], faults: dict[str, list[str]], others: set[str]) -> None:
    """Done, failed, or done by somebody else (others) without any write of ours that may have been applied."""
    steps = creations(*sorted(desired))
    directory = Directory(*others, faults={step: faults.get(step.name, []) for step in steps})
    outcome = run(directory, steps)
    assert set(directory.applied) <= set(outcome.done)
    for step in steps:
        if step not in outcome.failed:
            assert step.name in directory.names
        if step not in outcome.failed and step not in outcome.done:
            assert step.name in others


# Failures as they are returned


def test_failure_names_action_object_and_error() -> None:
    """As documented."""
    directory = Directory(faults={Step("create", "anna"): ["badlogin"]})
    assert run(directory, creations("anna")).failures == [
        {
            "action": "create",
            "object": "anna",
            "count": 1,
            "error": {
                "code": "badlogin",
                "message": "the service answered 'badlogin'",
                "http_status": 200,
                "endpoint": "x/y",
                "advice": ADVICE,
            },
        }
    ]


def shown(outcome: Outcome[Step]) -> list[tuple[str, str, int, str]]:
    """Return what the failures say in short."""
    return [(each["action"], each["object"], each["count"], each["error"]["code"]) for each in outcome.failures]


def test_steps_that_were_not_sent_share_one_entry() -> None:
    """One for each action, since 2,000 lines would help nobody; first what says something of an object."""
    many = [f"name{number}" for number in range(1000)]
    steps = [*creations(*many, "anna"), Step("modify", "bert"), *(Step("delete", f"old-{name}") for name in many)]
    faults = {step: ["given up"] for step in steps}
    faults[Step("create", "anna")] = ["not_allowed"]
    outcome = run(Directory(faults=faults), steps)
    assert len(outcome.failed) == 2002
    assert shown(outcome) == [
        ("create", "anna", 1, "not_allowed"),
        ("create", "name0 and 999 more", 1000, "unreachable"),
        ("modify", "bert", 1, "unreachable"),
        ("delete", "old-name0 and 999 more", 1000, "unreachable"),
    ]
    assert outcome.first_error is outcome.failed[Step("create", "anna")]


def test_few_failures_have_an_entry_each() -> None:
    """Five lines can be read."""
    outcome = run(Directory(faults={step: ["given up"] for step in creations(*NAMES)}), creations(*NAMES))
    assert shown(outcome) == [("create", name, 1, "unreachable") for name in NAMES]


def test_refusals_have_an_entry_each() -> None:
    """Each says which object to look at."""
    many = creations(*(f"name{number}" for number in range(50)))
    outcome = run(Directory(faults={step: ["badlogin"] for step in many}), many)
    assert shown(outcome) == [("create", step.name, 1, "badlogin") for step in many]


def test_different_reasons_have_entries_of_their_own() -> None:
    """What is one line is one cause."""
    steps = creations(*(f"name{number}" for number in range(20)))
    outcome: Outcome[Step] = Outcome()
    for number, step in enumerate(steps):
        outcome.failed[step] = ServiceError("unreachable", "reset" if number % 2 else "refused")
    assert shown(outcome) == [
        ("create", "name0 and 9 more", 10, "unreachable"),
        ("create", "name1 and 9 more", 10, "unreachable"),
    ]


def test_no_failures() -> None:
    """An empty list, and no first one."""
    outcome = Outcome(done=creations("anna"))
    assert outcome.failures == []
    assert outcome.first_error is None


# Waiting until something shows


def appearing(after: float) -> Callable[[], set[str]]:
    """Return a reading that shows a name after so many seconds."""
    began = CLOCK.now
    return lambda: {"anna"} if CLOCK.now - began >= after else set()


@pytest.mark.parametrize("after", [0.0, 0.3, 2.0, 4.9])
def test_what_becomes_visible_is_waited_for(after: float) -> None:
    """For about five seconds."""
    assert until_visible(TRANSPORT, appearing(after), lambda found: {"anna"} - found) == {"anna"}


def test_what_stays_invisible_is_read_a_few_times() -> None:
    """Then the last reading counts."""
    readings = []

    def read() -> set[str]:
        readings.append(CLOCK.now)
        return set()

    assert until_visible(TRANSPORT, read, lambda found: {"anna"} - found) == set()
    assert len(readings) == 5
    assert 4 <= readings[-1] - readings[0] <= 6


def test_nothing_missing_is_read_once() -> None:
    """Nothing is read twice without need."""
    readings = []
    until_visible(TRANSPORT, lambda: readings.append(1), lambda _found: set())
    assert readings == [1]


@pytest.mark.parametrize("status", [400, 404, 409, 403])
def test_batches(status: int) -> None:
    """One that is refused because of an object is sent in halves until only that one fails; others fail as a whole."""
    steps = creations(*map(str, range(64)))
    sent: list[list[Step]] = []

    def send(batch: Sequence[Step]) -> None:
        sent.append(list(batch))
        if steps[40] in batch:
            raise ServiceError("refused", "the service refuses it", http_status=status)

    outcome = converge(
        steps,
        batch=lambda each: [each[:32], each[32:]],
        send=send,
        plan_again=lambda _steps: [],
        transport=Transport(connection("http://127.0.0.1:1")),
    )
    if status == 403:
        assert (len(sent), set(outcome.failed)) == (2, set(steps[32:]))
    else:
        assert (len(sent), list(outcome.failed)) == (2 + 2 * 5, [steps[40]])
    assert set(outcome.done) == set(steps) - set(outcome.failed)


@pytest.mark.parametrize("applied", [True, False])
def test_batch_that_is_lost(applied: bool) -> None:
    """All of it is settled by reading."""
    steps = creations("a", "b", "c")
    answers = iter([ServiceError("bad_answer", "HTTP status 502", http_status=502, delivery=UNKNOWN)])
    there: set[Step] = set()

    def send(batch: Sequence[Step]) -> None:
        error = next(answers, None)
        if applied or error is None:
            there.update(batch)
        if error:
            raise error

    outcome = converge(
        steps,
        batch=lambda each: [each],
        send=send,
        plan_again=lambda doubtful: [step for step in doubtful if step not in there],
        transport=Transport(connection("http://127.0.0.1:1")),
    )
    assert (set(outcome.done), outcome.failed) == (set(steps), {})
