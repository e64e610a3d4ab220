# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailboxes to import: pure functions from the current to the desired state."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ServiceError
from .._core.show import show_names
from .._mail.address import (
    Address,
    Named,
    duplicate_problems,
    hidden_problem,
    local_address_problem,
    parse_host,
    raise_problems,
)
from .._mail.models import Box, FailedBox, ImportStatus, Source
from .._mail.rules import Rules
from .changes import Change
from .diff import line
from .watch import Waiting

# docs/api/pdd.md, 2.4
_RUNNING = ("task_just_created", "in_progress", "paused", "pause_cause_of_error")
_BOX_KEYS = ("external_login", "external_password", "internal_login", "internal_password")
_LONGEST_WAIT = 31_536_000  # seconds, a year
_WAIT_OPTIONS = ("wait_timeout", "stall_timeout", "poll_interval")
_PORTS = {("imap", True): 993, ("imap", False): 143, ("pop3", True): 995, ("pop3", False): 110}
_FAMILY = {"imap": "imap", "imap4": "imap", "pop": "pop3", "pop3": "pop3"}
_LAST_PORT = 65535


@dataclass(frozen=True)
class DesiredImports:
    """What the task says; without a source it asks for all imports to be stopped.

    fills_existing: mail is also copied into mailboxes that exist.
    """

    source: Source | None = None
    boxes: tuple[Box, ...] = ()
    check_settings: bool = True
    retry_failed: bool = False
    fills_existing: bool = False
    verify_count: bool = True
    waiting: Waiting | None = None
    progress_paths: tuple[str, ...] = ()

    def repeats(self, box: Box, failed: FailedBox | None) -> bool:
        """Return whether mail is copied into a mailbox that exists; failed: its import, if that has failed.

        An import that failed with another password is tried again by itself.
        """
        if failed is None or self.fills_existing:
            return self.fills_existing
        return self.retry_failed or failed.external_password not in (None, box.external_password)


@dataclass(frozen=True)
class ImportPlan:
    """Boxes to start, addresses of mailboxes that exist, failed imports of these, and addresses that lists have.

    retried: addresses of mailboxes that exist, and whose import failed and is started again.
    """

    start: tuple[Box, ...]
    existing: tuple[Address, ...]
    failed: Mapping[Address, FailedBox]
    taken: tuple[Address, ...]
    retried: frozenset[Address] = frozenset()

    @property
    def skipped(self) -> tuple[Address, ...]:
        """The mailboxes that exist, and into which nothing is copied."""
        started = {box.internal for box in self.start}
        return tuple(address for address in self.existing if address not in started)


@dataclass(frozen=True)
class ImportStep:
    """What may fail: to start an import, to stop all, the import of a mailbox (`import`), or to wait for all."""

    action: str
    address: str

    @property
    def phase(self) -> int:
        """All at the same time."""
        return 0

    @property
    def names(self) -> dict[str, str]:
        """The mailbox, for failures; the domain where all imports are meant."""
        return {"object": self.address}

    @property
    def changes(self) -> list[Change]:
        """The import that is started, or all of the domain that are removed."""
        return [Change("import", self.address, "remove" if self.action == "stop" else "start")]


@dataclass(frozen=True)
class ImportState:
    """What was read, and which imports were started since.

    status: of all imports, None if it was not read. doubts: why mailboxes that are missing may be there, if that must
    stop the task.
    """

    plan: ImportPlan
    status: ImportStatus | None
    started: frozenset[str] = frozenset()
    doubts: tuple[str, ...] = ()

    def after(self, steps: Iterable[ImportStep]) -> ImportState:
        """Return the state after steps."""
        return replace(self, started=self.started.union(step.address for step in steps))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the diff: the mailboxes of the task, as far as they are there."""
        plan = self.plan
        failed = {*plan.failed, *plan.retried}
        for address in dict.fromkeys([*plan.existing, *(box.internal for box in plan.start)]):
            if address in self.started:
                yield line(address, "import started")
            elif address in plan.existing:
                yield line(address, "import failed" if address in failed else "mailbox")


@dataclass(frozen=True)
class RunningState:
    """Whether any import of the domain runs."""

    domain: str
    is_running: bool

    def after(self, steps: Iterable[ImportStep]) -> RunningState:
        """Return the state after steps."""
        return replace(self, is_running=self.is_running and not list(steps))

    def lines(self) -> list[str]:
        """Return the line of the diff."""
        return [line(self.domain, "imports running" if self.is_running else "imports stopped")]


def parse(options: Mapping[str, Any], domain: str, defaults: Mapping[str, Any], rules: Rules) -> DesiredImports:
    """Check the options of pdd_mailbox_import; raises InvalidInputError with all problems.

    defaults: the options of the module with their defaults.
    """
    if options["state"] == "stopped":
        given = [option for option, default in defaults.items() if option != "state" and options[option] != default]
        raise_problems(f"{option} has no meaning with state: stopped, which stops all imports" for option in given)
        return DesiredImports()
    entries = _entries(options)
    boxes = {place: _parse_box(entry, domain) for place, entry in entries.items()}
    problems = [*_check_source(options), *_check_waiting(options)]
    if not entries and options["mailboxes"] is None:
        problems.append("nothing to import: give external_login and external_password, or mailboxes")
    for place, entry in entries.items():
        problems += _check_box(place, entry, boxes[place], domain, rules)
    problems += duplicate_problems(
        (f"{place}internal_login", box.internal, box.internal) for place, box in boxes.items()
    )
    raise_problems(problems)
    waiting = Waiting(options["wait_timeout"], options["stall_timeout"], options["poll_interval"])
    return DesiredImports(
        source=_parse_source(options),
        boxes=tuple(boxes.values()),
        check_settings=options["check_settings"],
        retry_failed=options["retry_failed"],
        verify_count=options["verify_count"],
        fills_existing=options["existing"] == "import",
        waiting=waiting if options["wait"] else None,
        progress_paths=tuple(options["progress_path"]),
    )


def is_running(status: ImportStatus) -> bool:
    """Return whether any import runs."""
    return status.state in _RUNNING


def compare(
    desired: DesiredImports,
    mailboxes: Collection[Address],
    maillists: Collection[Address],
    failed_boxes: Iterable[FailedBox],
) -> ImportPlan:
    """Return which mailboxes to start, and why not the others; mailboxes and maillists: the addresses that exist."""
    failed = {box.internal: box for box in failed_boxes}
    existing = tuple(box.internal for box in desired.boxes if box.internal in mailboxes)
    again = {box.internal for box in desired.boxes if desired.repeats(box, failed.get(box.internal))}
    settled = (set(existing) - again) | set(maillists)
    return ImportPlan(
        start=tuple(box for box in desired.boxes if box.internal not in settled),
        existing=existing,
        failed={address: failed[address] for address in existing if address in failed and address not in again},
        taken=tuple(box.internal for box in desired.boxes if box.internal in maillists),
        retried=frozenset(address for address in existing if address in failed and address in again),
    )


def find_new(plan: ImportPlan) -> list[Box]:
    """Return the imports to start whose mailboxes do not exist."""
    return [box for box in plan.start if box.internal not in plan.existing]


def check_new_passwords(plan: ImportPlan, rules: Rules) -> list[str | None]:
    """Return which passwords are too long for a new mailbox; for one that exists they may be longer."""
    return [
        rules.password_problem("internal_password", box.internal_password, box.internal.local, is_new=True)
        for box in find_new(plan)
    ]


def find_failed(boxes: Iterable[FailedBox]) -> dict[ImportStep, ServiceError]:
    """Return the failures of imports."""
    return {
        ImportStep("import", box.internal): ServiceError(
            "failed",
            f"importing {box.internal} from the account {box.external_login} failed: {box.last_error or 'no reason'}",
            advice="Correct the account or its password, and run again with retry_failed: true "
            "(pdd_domain_imports_retry_failed: true in the role pdd_domain).",
            endpoint="import/check_imports",
        )
        for box in boxes
    }


def find_taken(plan: ImportPlan) -> dict[ImportStep, ServiceError]:
    """Return the failures of mailboxes that cannot be created because a mailing list has their address."""
    return {
        ImportStep("start", address): ServiceError(
            "occupied",
            f"{address} is a mailing list",
            advice="Choose another name, or remove what has it.",
            attempt=f"import {address}",
        )
        for address in plan.taken
    }


def explain_skipped(addresses: Collection[str]) -> str:
    """Return the warning that nothing is copied into mailboxes that exist."""
    return (
        f"Nothing is imported into mailboxes that exist: {show_names(addresses)}. Set existing: import "
        "(pdd_domain_imports_existing: import in the role pdd_domain) to copy mail into them, or leave out those whose "
        "mail is there."
    )


def summarize(addresses: Collection[str], failed: Iterable[ImportStep]) -> str:
    """Return how many imports of the task failed, as a sentence; empty if only waiting did."""
    lost = len({step.address for step in failed}.intersection(addresses))
    there = len(addresses) - lost
    rest = f", {there} {'is' if there == 1 else 'are'} there" if there else ""
    return f"{lost} of {len(addresses)} imports failed{rest}." if lost else ""


def to_result(status: ImportStatus) -> dict[str, Any]:
    """Return the state of the imports as modules return it."""
    return {
        "state": status.state,
        "progress_percent": status.progress_percent,
        "total_boxes": status.total_boxes,
        "done_boxes": status.done_boxes,
        "complete_boxes": status.complete_boxes,
        "failed_boxes": status.failed_boxes_count,
        "total_messages": status.total_messages,
        "imported_messages": status.imported_messages,
    }


def _entries(options: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the mailboxes by their place, with a final dot."""
    if options["mailboxes"] is not None:
        return {f"mailboxes[{index}].": entry for index, entry in enumerate(options["mailboxes"])}
    return {"": {key: options[key] for key in _BOX_KEYS}} if options["external_login"] is not None else {}


def _parse_box(entry: Mapping[str, Any], domain: str) -> Box:
    external = entry["external_login"].strip()
    internal = entry["internal_login"] or external.partition("@")[0]
    return Box(
        external_login=external,
        external_password=entry["external_password"],
        internal=Address.parse(internal, domain),
        internal_password=entry["internal_password"] or entry["external_password"],
    )


def _check_box(place: str, entry: Mapping[str, Any], box: Box, domain: str, rules: Rules) -> list[str | None]:
    if not box.external_login:
        return [f"{place}external_login is empty"]
    hidden = hidden_problem(f"{place}external_login", box.external_login)
    if hidden:
        return [hidden]
    if not entry["external_password"]:
        return [f"{place}external_password of {box.external_login} is empty"]
    option = "internal_login" if entry["internal_login"] else "external_login"
    foreign = local_address_problem(Named(f"{place}{option}", box.internal, box.internal), domain)
    if foreign:
        return [foreign]
    login = box.internal.local
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


def _parse_source(options: Mapping[str, Any]) -> Source:
    port = options["port"] or _PORTS[_FAMILY[options["method"]], options["ssl"]]
    return Source(parse_host(options["server"]), options["method"], port, options["ssl"])


def _check_source(options: Mapping[str, Any]) -> list[str | None]:
    port = options["port"]
    return [
        _check_server(options["server"]),
        None if port is None or 1 <= port <= _LAST_PORT else f"port: {port} is not between 1 and {_LAST_PORT}",
    ]


def _check_server(server: str) -> str | None:
    try:
        parse_host(server)
    except ValueError:
        return f"server: {server!r} is no host name or IP address"
    return None


def _check_waiting(options: Mapping[str, Any]) -> list[str]:
    return [
        f"{option}: {options[option]} is not between 1 and {_LONGEST_WAIT}"
        for option in _WAIT_OPTIONS
        if not 1 <= options[option] <= _LONGEST_WAIT
    ]
