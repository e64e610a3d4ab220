# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that requests meet if an emulator is configured so. Each emulator has some more kinds of its own.

A SPEC is KIND[:OPTION=VALUE]...[:applied][:to=URL], for instance 502:rate=0.05:on=writes:applied
kinds (without `applied` the call is not carried out where that is offered, with it the call is carried out first):
  429[:retry-after=SECONDS]       not carried out, with the header Retry-After if it is given
  500[:applied]                   with a text, or as the API writes errors
  502[:applied]                   with an HTML page
  reset[:applied]                 the connection is reset without an answer
  truncated[:applied]             the connection is closed amid the body, half of its Content-Length is sent
  silent:seconds=S[:applied]      no answer; the connection is closed after that time
  slow:seconds=S                  carried out at once, answered after that time
  empty[:applied]                 status 200, nothing in the body
  html[:applied]                  status 200, an HTML page
  array[:applied]                 status 200, JSON that is no object
  redirect:to=URL                 status 302, not carried out; `to` is the last option, it takes the rest of the SPEC
  busy:limit=N[:retry-after=S]    at most N matching requests at once, any more get 429
  rate:limit=N[:retry-after=S]    at most N matching requests in any second, any more get 429

options of every kind:
  on=all|reads|writes|CALL        the requests that match: all (default), by kind, a call, or the beginning of its path
  skip=M                          the first M matching requests get by
  count=N                         it strikes N times, then no more
  rate=P                          it strikes with that probability, more than 0 and at most 1 (default)
For busy and rate only the requests beyond the limit match. Specs are tried in their order, and one at most strikes.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self

_WINDOW_SECONDS = 1.0
_NUMBER = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_PATH = re.compile(r"[a-z_]+(?:/[a-z_]+)*")
_URL = re.compile(r"https?://[!-~]+")

_COMMON = frozenset({"on", "skip", "count", "rate"})
_FLAGS = frozenset({"applied", "off"})
_OPTIONAL = frozenset({"applied", "retry-after"})
OPTIONS = {
    "429": frozenset({"retry-after"}),
    "500": frozenset({"applied"}),
    "502": frozenset({"applied"}),
    "reset": frozenset({"applied"}),
    "truncated": frozenset({"applied"}),
    "silent": frozenset({"seconds", "applied"}),
    "slow": frozenset({"seconds"}),
    "empty": frozenset({"applied"}),
    "html": frozenset({"applied"}),
    "array": frozenset({"applied"}),
    "redirect": frozenset({"to"}),
    "busy": frozenset({"limit", "retry-after"}),
    "rate": frozenset({"limit", "retry-after"}),
}
"""The options of each kind beside the common ones; those that are not optional have to be given."""

OWN_ANSWER = frozenset({"slow"})
"""The kinds that leave the answer as it is."""


@dataclass(frozen=True)
class Fault:
    """A SPEC that was read; times are in seconds, `limit` is 0 for all kinds but those that have one.

    Emulators derive a class that adds their own kinds, with the calls that a kind is about, if not all.
    """

    options: ClassVar[Mapping[str, frozenset[str]]] = OPTIONS
    optional: ClassVar[frozenset[str]] = _OPTIONAL
    calls: ClassVar[Mapping[str, frozenset[str]]] = {}
    own_answer: ClassVar[frozenset[str]] = OWN_ANSWER
    readers: ClassVar[Mapping[str, Callable[[str], Any]]] = {}
    switches: ClassVar[frozenset[str]] = frozenset()

    spec: str
    kind: str
    on: str = "all"
    skip: int = 0
    count: int | None = None
    rate: float = 1.0
    applied: bool = False
    seconds: float = 0.0
    retry_after: int | None = None
    limit: int = 0
    drop: int = 0
    to: str = ""

    @property
    def replaces_answer(self) -> bool:
        """Whether the client gets something else than the API's own answer."""
        return self.kind not in self.own_answer

    def matches(self, action: str, *, writes: bool) -> bool:
        """Return whether the fault applies to a call; `writes`: whether that changes something."""
        if action not in self.calls.get(self.kind, {action}):
            return False
        if self.on in {"reads", "writes"}:
            return writes == (self.on == "writes")
        return self.on == "all" or f"{action}/".startswith(f"{self.on}/")

    @classmethod
    def parse(cls, spec: str) -> Self:
        """Return the fault of a SPEC. Raise ValueError with a sentence about what is wrong."""
        head, has_url, url = spec.partition(":to=")
        kind, *parts = head.split(":")
        if kind not in cls.options:
            raise ValueError(f"{spec!r} is no fault: there is no kind {kind!r}")
        if has_url:
            parts.append(f"to={url}")
        values: dict[str, Any] = {}
        for part in parts:
            name, equals, text = part.partition("=")
            if name not in cls.options[kind] | _COMMON:
                raise ValueError(f"{spec!r} is no fault: {kind} has no option {name!r}")
            if name in values:
                raise ValueError(f"{spec!r} is no fault: {name} is given twice")
            if bool(equals) == (name in _FLAGS):
                raise ValueError(f"{spec!r} is no fault: {name} {'has no value' if equals else 'needs a value'}")
            try:
                values[name] = {**_READERS, **cls.readers}[name](text)
            except ValueError as error:
                raise ValueError(f"{spec!r} is no fault: {name} is {error}") from None
        for name in sorted(cls.options[kind] - cls.optional - values.keys()):
            raise ValueError(f"{spec!r} is no fault: {kind} needs {name}=")
        return cls(spec, kind, **{name.replace("-", "_"): value for name, value in values.items()})


class Faults:
    """Faults at work: what each has met, and which requests are being answered.

    Whether a fault strikes by its probability depends on nothing but the seed, its place among the specs, and how many
    requests it has met: a run can be repeated. Times are those of any clock in seconds that never goes back.
    """

    fault_type: ClassVar[type[Fault]] = Fault

    def __init__(self, specs: Iterable[str] = (), seed: int = 0) -> None:
        """Read the specs. Raises ValueError like `Fault.parse`."""
        self.seed = seed
        self._armed = [_Armed(self.fault_type.parse(spec), f"{seed}/{position}") for position, spec in enumerate(specs)]

    def report(self) -> list[dict[str, Any]]:
        """Return each spec with how often it has struck."""
        return [{"spec": armed.fault.spec, "struck": armed.struck} for armed in self._armed]

    @contextmanager
    def around(self, action: str, *, writes: bool, now: float) -> Iterator[Fault | None]:
        """Take in a request, whose answering is the block, and return the fault that strikes it, if any."""
        matching = self._matching(action, writes=writes, switches=False)
        fault = next((armed.fault for armed in matching if armed.strikes(now)), None)
        # Who is turned away does not use up what a limit grants.
        limits = [] if fault and fault.limit else [armed for armed in matching if armed.fault.limit]
        for armed in limits:
            armed.let_in(now)
        try:
            yield fault
        finally:
            for armed in limits:
                armed.running -= 1

    def switched(self, action: str, *, writes: bool) -> dict[str, Fault]:
        """Count a request, and return the switches that strike it, by kind: any number of them, beside a fault."""
        matching = self._matching(action, writes=writes, switches=True)
        return {armed.fault.kind: armed.fault for armed in matching if armed.strikes(0)}

    def _matching(self, action: str, *, writes: bool, switches: bool) -> list[_Armed]:
        return [
            armed
            for armed in self._armed
            if (armed.fault.kind in armed.fault.switches) == switches and armed.fault.matches(action, writes=writes)
        ]


class _Armed:
    """A fault and what it has met."""

    def __init__(self, fault: Fault, seed: str) -> None:
        self.fault = fault
        self.struck = 0
        self.running = 0
        self._seed = seed
        self._met = 0
        self._let_in: deque[float] = deque()

    def strikes(self, now: float) -> bool:
        """Count a matching request, and return whether it is struck."""
        if self.fault.limit and not self._at_limit(now):
            return False
        self._met += 1
        spent = self.fault.count is not None and self.struck >= self.fault.count
        strikes = self._met > self.fault.skip and not spent and self._chance() < self.fault.rate
        self.struck += strikes
        return strikes

    def let_in(self, now: float) -> None:
        """Count a request that is being answered."""
        self.running += 1
        self._let_in.append(now)

    def _at_limit(self, now: float) -> bool:
        while self._let_in and self._let_in[0] <= now - _WINDOW_SECONDS:
            self._let_in.popleft()
        return (self.running if self.fault.kind == "busy" else len(self._let_in)) >= self.fault.limit

    def _chance(self) -> float:
        """Return a number from 0 up to 1 that looks random."""
        digest = hashlib.sha256(f"{self._seed}/{self._met}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48


def _target(text: str) -> str:
    if not _PATH.fullmatch(text):
        raise ValueError("all, reads, writes, or a call such as users/list or the beginning of its path")
    return text


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError("an http or https URL in visible ASCII")
    return text


def number(text: str) -> int:
    """Read a number."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number of at most nine digits")
    return int(text)


def positive(text: str) -> int:
    """Read a number of at least 1."""
    if not (value := number(text)):
        raise ValueError("a number of at least 1")
    return value


def _seconds(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise ValueError("a number of seconds such as 2 or 0.5")
    return float(text)


def _probability(text: str) -> float:
    if not _DECIMAL.fullmatch(text) or not 0 < float(text) <= 1:
        raise ValueError("a probability, more than 0 and at most 1")
    return float(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "on": _target,
    "skip": number,
    "count": positive,
    "rate": _probability,
    "applied": lambda _text: True,
    "seconds": _seconds,
    "retry-after": number,
    "limit": positive,
    "drop": positive,
    "to": _url,
}
