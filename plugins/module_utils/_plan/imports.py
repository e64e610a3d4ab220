# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailboxes to import, and when an import has ended: pure logic from what was read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import PddError
from .._mail.address import (
    canonical_address,
    canonical_host,
    duplicate_problems,
    local_address_problem,
    local_part,
    raise_problems,
)
from .._mail.models import Box, FailedBox, ImportTask, Source
from .._mail.rules import Rules

# docs/api/pdd.md, 2.4
RUNNING = ("task_just_created", "in_progress", "paused", "pause_cause_of_error")
_ENDED_BADLY = ("failed", "removed")
_ENDED = ("done", *_ENDED_BADLY)
_BOX_KEYS = ("external_login", "external_password", "internal_login", "internal_password")
_WAIT_OPTIONS = ("wait_timeout", "stall_timeout", "poll_interval")
_PORTS = {("imap", True): 993, ("imap", False): 143, ("pop3", True): 995, ("pop3", False): 110}
_FAMILY = {"imap": "imap", "imap4": "imap", "pop": "pop3", "pop3": "pop3"}
_LAST_PORT = 65535


@dataclass(frozen=True)
class Waiting:
    """How long to wait for imports, all in seconds."""

    timeout: int
    stall_timeout: int
    poll_interval: int


@dataclass(frozen=True)
class WantedImports:
    """What the task says; without a source it asks for all imports to be stopped."""

    source: Source | None = None
    boxes: tuple[Box, ...] = ()
    check_settings: bool = True
    retry_failed: bool = False
    waiting: Waiting | None = None
    progress_paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """Boxes to start, addresses of mailboxes that exist, failed imports of these, and addresses that lists have."""

    start: tuple[Box, ...]
    existing: tuple[str, ...]
    failed: Mapping[str, FailedBox]
    taken: tuple[str, ...]


@dataclass(frozen=True)
class ImportStep:
    """What may fail: starting an import, the import of a mailbox (`import`), or waiting for all."""

    action: str
    address: str

    @property
    def phase(self) -> int:
        """All at the same time."""
        return 0

    @property
    def names(self) -> dict[str, str]:
        """The mailbox, for failures; the domain where waiting failed."""
        return {"object": self.address}


def wanted_imports(params: Mapping[str, Any], domain: str, defaults: Mapping[str, Any], rules: Rules) -> WantedImports:
    """Check the options of pdd_mailbox_import; raises InvalidInputError with all problems.

    defaults: the options of the module with their defaults.
    """
    if params["state"] == "stopped":
        given = [option for option, default in defaults.items() if option != "state" and params[option] != default]
        raise_problems(f"{option} has no meaning with state: stopped, which stops all imports" for option in given)
        return WantedImports()
    entries = _entries(params)
    boxes = {place: _box(entry, domain) for place, entry in entries.items()}
    problems = [*_source_problems(params), *_wait_problems(params)]
    if not entries and params["mailboxes"] is None:
        problems.append("nothing to import: give external_login and external_password, or mailboxes")
    for place, entry in entries.items():
        problems += _box_problems(place, entry, boxes[place], domain, rules)
    problems += duplicate_problems(
        (f"{place}internal_login", box.internal, box.internal) for place, box in boxes.items()
    )
    raise_problems(problems)
    waiting = Waiting(params["wait_timeout"], params["stall_timeout"], params["poll_interval"])
    return WantedImports(
        source=_source(params),
        boxes=tuple(boxes.values()),
        check_settings=params["check_settings"],
        retry_failed=params["retry_failed"],
        waiting=waiting if params["wait"] else None,
        progress_paths=tuple(params["progress_path"]),
    )


def plan_imports(
    wanted: WantedImports, mailboxes: Collection[str], maillists: Collection[str], failed_boxes: Iterable[FailedBox]
) -> ImportPlan:
    """Return what is to be started; mailboxes and maillists: the addresses that exist."""
    failed = {box.internal: box for box in failed_boxes}
    existing = tuple(box.internal for box in wanted.boxes if box.internal in mailboxes)
    retried = {address for address in existing if wanted.retry_failed and address in failed}
    settled = (set(existing) | set(maillists)) - retried
    return ImportPlan(
        start=tuple(box for box in wanted.boxes if box.internal not in settled),
        existing=existing,
        failed={address: failed[address] for address in existing if address in failed and address not in retried},
        taken=tuple(box.internal for box in wanted.boxes if box.internal in maillists),
    )


def new_password_problems(plan: ImportPlan, rules: Rules) -> list[str | None]:
    """Say which passwords are too long for a new mailbox; for one that exists they may be longer."""
    return [
        rules.password_problem("internal_password", box.internal_password, local_part(box.internal), is_new=True)
        for box in plan.start
        if box.internal not in plan.existing
    ]


def describe(plan: ImportPlan, started: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the mailboxes of the task as a diff shows them; started: addresses."""
    states = {address: "failed" if address in plan.failed else "present" for address in plan.existing}
    states.update({box.internal: states.get(box.internal, "absent") for box in plan.start})
    return {"mailboxes": {each: "importing" if each in started else state for each, state in sorted(states.items())}}


def failed_imports(boxes: Iterable[FailedBox]) -> dict[ImportStep, PddError]:
    """Describe failed imports, as far as they concern this task."""
    return {
        ImportStep("import", box.internal): PddError(
            "failed",
            f"importing {box.internal} from the account {box.external_login} failed: {box.last_error or 'no reason'}",
            advice="Correct the account or its password, and run again with retry_failed: true.",
            endpoint="import/check_imports",
        )
        for box in boxes
    }


def taken_addresses(plan: ImportPlan) -> dict[ImportStep, PddError]:
    """Describe mailboxes that cannot be created because a mailing list has their address."""
    return {
        ImportStep("start", address): PddError(
            "occupied",
            f"{address} is a mailing list",
            advice="Choose another name, or remove what has it.",
            attempt=f"import {address}",
        )
        for address in plan.taken
    }


def import_as_returned(task: ImportTask) -> dict[str, Any]:
    """Return the state of the imports as modules return it."""
    return {
        "state": task.state,
        "progress_percent": task.progress_percent,
        "total_boxes": task.total_boxes,
        "done_boxes": task.done_boxes,
        "complete_boxes": task.complete_boxes,
        "failed_boxes": task.failed_boxes_count,
        "total_messages": task.total_messages,
        "imported_messages": task.imported_messages,
    }


class Watch:
    """Judges the states of the imports that are read while waiting, and says what is new in them.

    Times: seconds of one clock.
    """

    def __init__(self, waiting: Waiting, *, started: int, now: float) -> None:
        self._waiting = waiting
        self._started = started
        self._since = now
        self._progress: tuple[int, ...] | None = None
        self._progress_at = now
        self._told = ""

    def news(self, task: ImportTask) -> list[str]:
        """Return lines for who waits: one at the start, and one for every change.

        There are none if nothing was started and nothing runs, since then nothing is waited for.
        """
        lines = []
        if not self._told:
            if not self._started and task.state in _ENDED:
                return []
            lines.append(_beginning(self._waiting))
        progress = _progress(task)
        if self._is_current(task) and progress != self._told:
            lines.append(progress)
        if lines:
            self._told = lines[-1]
        return lines

    def ended(self, task: ImportTask, now: float) -> bool:
        """Tell whether the imports are done; raises PddError when they have ended badly or it took too long.

        Where nothing was started, a failed task says nothing of the boxes at hand but what stands in its failed boxes.
        """
        current = self._is_current(task)
        if current and (task.state == "done" or (task.state == "failed" and not self._started)):
            return True
        if current and task.state in _ENDED_BADLY:
            message = f"the imports ended in the state {task.state} ({_progress(task)}), so mail may be missing"
            advice = "Delete mailboxes without all their mail, and import them again."
            raise PddError(task.state, message, advice=advice, endpoint="import/check_imports")
        progress = (task.done_boxes, task.complete_boxes, task.failed_boxes_count, task.imported_messages)
        if progress != self._progress:
            self._progress, self._progress_at = progress, now
        quiet = now - self._progress_at
        if quiet >= self._waiting.stall_timeout:
            message = f"the imports made no progress for {quiet:.0f} s, their state is {task.state} ({_progress(task)})"
            advice = "They go on by themselves. Check the source server, or stop them with state: stopped."
            raise PddError("stalled", message, advice=advice, endpoint="import/check_imports")
        if now - self._since >= self._waiting.timeout:
            message = f"the imports were not done within {self._waiting.timeout} s ({_progress(task)})"
            advice = "They go on by themselves. Run the task again to wait for longer."
            raise PddError("timeout", message, advice=advice, endpoint="import/check_imports")
        return False

    def _is_current(self, task: ImportTask) -> bool:
        """Tell a task from an older one that is still shown: it has fewer boxes than were just started."""
        return task.total_boxes >= self._started


def _beginning(waiting: Waiting) -> str:
    return f"waiting for the imports, at most {waiting.timeout} s; interrupting leaves them running"


def _progress(task: ImportTask) -> str:
    return (
        f"{task.progress_percent} %, {task.imported_messages} of {task.total_messages} messages, "
        f"{task.done_boxes} of {task.total_boxes} mailboxes, {task.failed_boxes_count} failed"
    )


def _entries(params: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the mailboxes by their place, with a final dot."""
    if params["mailboxes"] is not None:
        return {f"mailboxes[{index}].": entry for index, entry in enumerate(params["mailboxes"])}
    return {"": {key: params[key] for key in _BOX_KEYS}} if params["external_login"] is not None else {}


def _box(entry: Mapping[str, Any], domain: str) -> Box:
    external = entry["external_login"].strip()
    internal = entry["internal_login"] or external.partition("@")[0]
    return Box(
        external_login=external,
        external_password=entry["external_password"],
        internal=canonical_address(internal, domain),
        internal_password=entry["internal_password"] or entry["external_password"],
    )


def _box_problems(place: str, entry: Mapping[str, Any], box: Box, domain: str, rules: Rules) -> list[str | None]:
    if not box.external_login:
        return [f"{place}external_login is empty"]
    if not entry["external_password"]:
        return [f"{place}external_password of {box.external_login} is empty"]
    option = "internal_login" if entry["internal_login"] else "external_login"
    foreign = local_address_problem(f"{place}{option}", box.internal, domain)
    if foreign:
        return [foreign]
    login = local_part(box.internal)
    secret = "internal_password" if entry["internal_password"] else "external_password"
    problems = [
        rules.login_problem(f"{place}{option}", login),
        rules.password_problem(f"{place}{secret}", box.internal_password, login),
    ]
    hints = {"external_login": "internal_login", "external_password": "internal_password"}
    return [
        f"{problem}; give {place}{hints[each]}" if problem and each in hints else problem
        for problem, each in zip(problems, (option, secret))
    ]


def _source(params: Mapping[str, Any]) -> Source:
    port = params["port"] or _PORTS[_FAMILY[params["method"]], params["ssl"]]
    return Source(canonical_host(params["server"]), params["method"], port, params["ssl"])


def _source_problems(params: Mapping[str, Any]) -> list[str | None]:
    port = params["port"]
    return [
        _server_problem(params["server"]),
        None if port is None or 1 <= port <= _LAST_PORT else f"port: {port} is not between 1 and {_LAST_PORT}",
    ]


def _server_problem(server: str) -> str | None:
    try:
        canonical_host(server)
    except ValueError:
        return f"server: {server!r} is no host name or IP address"
    return None


def _wait_problems(params: Mapping[str, Any]) -> list[str]:
    return [f"{option}: {params[option]} is not 1 or more" for option in _WAIT_OPTIONS if params[option] < 1]
