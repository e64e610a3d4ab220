# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of modules and playbooks run against: an emulator, fresh domains on it, and an old mail server."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pdd_emulator.testing import Api, Emulator
    from pdd_source_server import SourceServer
    from y360_emulator.testing import Api as Y360Api
    from y360_emulator.testing import Emulator as Y360Emulator

MODULES = sorted(
    path.stem
    for path in (Path(__file__).parent.parent / "plugins" / "modules").glob("*.py")
    if "\ndef main(" in path.read_text()
)
"""The modules that talk to a service. What has no code there is an action, which has only its documentation there."""
PDD_MODULES, Y360_MODULES = ([name for name in MODULES if name.startswith(prefix)] for prefix in ("pdd_", "y360_"))
"""Those of each service."""

ERAS = ("2017", "2021", "strings")
in_every_era = pytest.mark.parametrize("service", ERAS, indirect=True)
"""Runs a test once with each form of answers that the emulator knows (docs/api/pdd.md, 3.3)."""

FAULT_TABLE = "fault table"
"""The property of a test that holds a cell of the table below: module, fault, rate, code, sent, retried, seed."""

_numbers = count(1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how each module fared with each fault, if those tests were run."""
    reports = [report for key in ("passed", "failed") for report in terminalreporter.getreports(key)]
    cells = [value for report in reports for name, value in report.user_properties if name == FAULT_TABLE]
    for rate in sorted({cell[2] for cell in cells}):
        terminalreporter.section(f"faults that strike {rate:.0%} of the requests")
        for line in _fault_table([cell for cell in cells if cell[2] == rate]):
            terminalreporter.write_line(line)
        terminalreporter.write_line("requests sent/of them repeated; a code: failed, and the next run did the rest")
        seeds = ", ".join(sorted({str(cell[6]) for cell in cells}))
        terminalreporter.write_line(f"seeds of the emulator: {seeds}")


def _fault_table(cells: list[list[Any]]) -> Iterator[str]:
    """Yield the lines of a table with a row for each fault and a column for each module."""
    modules = sorted({cell[0] for cell in cells})
    texts = {(fault, module): f"{sent}/{retried} {code}" for module, fault, _rate, code, sent, retried, _seed in cells}
    rows = [["", *modules]]
    rows += [
        [fault, *(texts.get((fault, each), "") for each in modules)] for fault in sorted({cell[1] for cell in cells})
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(modules) + 1)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


class Service:
    """A domain of its own on the running emulator, and what was asked of the service since the test began."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.url = api.url
        self.domain = api.domain

    @property
    def connection(self) -> dict[str, Any]:
        """The options with which modules reach it."""
        return {"domain": self.domain, "token": self.api.session.headers["PddToken"], "api_url": self.url}

    def address(self, name: str) -> str:
        """Return the address of a name in the domain."""
        return f"{name}@{self.domain}"

    def addresses(self, *names: str) -> list[str]:
        """Return the addresses of names in the domain."""
        return [self.address(name) for name in names]

    def diff(self, before: Iterable[str], after: Iterable[str]) -> dict[str, str]:
        """Return a diff of lines, in which names stand for addresses: `team: anna, may send`."""
        texts = ("".join(f"{self._expand(line)}\n" for line in lines) for lines in (before, after))
        headers = {"before_header": self.domain, "after_header": self.domain}
        return {**dict(zip(("before", "after"), texts, strict=True)), **headers}

    def _expand(self, line: str) -> str:
        """Put addresses in the place of the name that a line begins with, and of the subscriber in it."""
        name, _colon, rest = line.partition(": ")
        subscriber = re.fullmatch(r"(\w+)((?:, may(?: not)? send)?)", rest)
        what = f"{self.address(subscriber[1])}{subscriber[2]}" if subscriber and rest != "mailbox" else rest
        return f"{self.address(name)}: {what}"

    def add_mailboxes(self, *logins: str) -> list[int]:
        """Create mailboxes; returns their uids."""
        return [int(self.api.ok("email/add", {"login": login, "password": "made-up-1"})["uid"]) for login in logins]

    def add_maillist(self, name: str, *subscribers: str, senders: tuple[str, ...] = ()) -> int:
        """Create a mailing list of existing mailboxes; returns its uid."""
        uid = int(self.api.ok("email/ml/add", {"maillist": name})["uid"])
        for subscriber in subscribers:
            right = "yes" if subscriber in senders else "no"
            self.api.ok("email/ml/subscribe", {"maillist": name, "subscriber": subscriber, "can_send_on_behalf": right})
        return uid

    @property
    def mailboxes(self) -> dict[str, Any]:
        """What the service knows of each mailbox, by login without the domain."""
        return _bare(self.api.control("")["mailboxes"])

    @property
    def maillists(self) -> dict[str, dict[str, bool]]:
        """The subscribers of each list and whether they may send on its behalf, by names without the domain."""
        return {name: _bare(people) for name, people in _bare(self.api.control("")["maillists"]).items()}

    @property
    def signature(self) -> str | None:
        """The signature of the token that tests use."""
        signature: str | None = self.api.control("/signatures").get(self.api.session.headers["PddToken"])
        return signature

    def requests(self) -> list[dict[str, Any]]:
        """Return the journal of requests since the test began or forget() was called."""
        entries: list[dict[str, Any]] = self.api.control("/requests")
        return entries

    def calls(self) -> list[str]:
        """Return the calls that were asked for, such as `email/ml/list`."""
        return [_call(entry) for entry in self.requests()]

    def writes(self) -> list[str]:
        """Return those of them that change something."""
        return [_call(entry) for entry in self.requests() if entry["write"]]

    def forget(self) -> None:
        """Empty the journal of requests."""
        self.api.session.delete(f"{self.url}/control/requests", timeout=60).raise_for_status()


class Organization(Service):
    """An organization of its own on the running emulator of Yandex 360, with the same view of it as of a domain."""

    def __init__(self, api: Y360Api) -> None:
        self.own = api
        self.url = api.url
        self.domain = api.domain

    @property
    def connection(self) -> dict[str, Any]:
        """The options with which modules reach it."""
        return {"organization": self.own.organization, "token": self.own.token, "api_url": self.url}

    def add_mailboxes(self, *logins: str) -> list[int]:
        """Create mailboxes; returns their uids."""
        return [int(self.own.add_user(login)["id"]) for login in logins]

    def add_maillist(self, name: str, *subscribers: str, senders: tuple[str, ...] = ()) -> int:
        """Create a mailing list of existing mailboxes; returns its uid."""
        group = self.own.add_group(name)
        ids = {login: self.users[login]["id"] for login in {*subscribers, *senders}}
        self.own.add_members(group["id"], userIds=[ids[login] for login in subscribers])
        for login in senders:
            subject = {"type": "user", "id": int(ids[login]), "org_id": self.own.organization}
            action = {"type": "grant", "roles": ["mail_list_half_sender"], "subjects": [subject]}
            path = f"/v1/admin/org/{{o}}/mail-lists/{group['emailId']}/update-permissions"
            self.own.ok("POST", path, {"role_actions": [action]})
        return int(group["id"])

    @property
    def users(self) -> dict[str, Any]:
        """What the service knows of each user, by login without the domain."""
        return _bare(self.own.state()["users"])

    @property
    def mailboxes(self) -> dict[str, Any]:
        """The same."""
        return self.users

    @property
    def groups(self) -> dict[str, Any]:
        """What the service knows of each group, by name without the domain."""
        return _bare(self.own.state()["groups"])

    @property
    def maillists(self) -> dict[str, dict[str, bool]]:
        """The members of each list, and whether they may send on its behalf; those of the domain without it."""
        end = f"@{self.domain}"
        return {
            name: {
                each.removesuffix(end): each in group["permissions"].get("mail_list_half_sender", ())
                for each in group["member_names"]
            }
            for name, group in self.groups.items()
        }

    def requests(self) -> list[dict[str, Any]]:
        """Return the journal of requests since the test began or forget() was called."""
        return self.own.journal()

    def calls(self) -> list[str]:
        """Return the calls that were asked for, such as `users/list`."""
        return [str(entry["call"]) for entry in self.requests()]

    def writes(self) -> list[str]:
        """Return those of them that change something."""
        return [str(entry["call"]) for entry in self.own.writes()]

    def forget(self) -> None:
        """Empty the journal of requests."""
        self.own.forget()


@pytest.fixture(scope="session")
def y360_emulator() -> Iterator[Y360Emulator]:
    """Return a running emulator of Yandex 360."""
    from y360_emulator.testing import Emulator  # noqa: PLC0415 - the unit tests run where it is not installed

    with Emulator() as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def organization(y360_emulator: Y360Emulator) -> Iterator[Organization]:
    """Return an organization with a main domain, an alias domain, and nobody in it.

    Faults and settings of the emulator are as they were when the test has ended.
    """
    number = next(_numbers)
    organization = Organization(y360_emulator.api(f"place{number}.test", f"alias{number}.test"))
    organization.forget()
    yield organization
    organization.own.arm()
    organization.own.settings(latency=0, half_sender="visible", delete="allowed")


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """Return a running emulator."""
    from pdd_emulator.testing import Emulator  # noqa: PLC0415 - the unit tests run where it is not installed

    with Emulator() as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def service(emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[Service]:
    """Return a domain without mailboxes; the parameter is the era of the emulator.

    Era and latency of the emulator are as they were when the test has ended.
    """
    service = Service(emulator.api(f"place{next(_numbers)}.test"))
    service.api.control_put("/era", {"era": getattr(request, "param", ERAS[0])})
    service.forget()
    yield service
    service.api.control_put("/latency", {"latency": 0, "import_latency": 0})
    service.api.control_put("/era", {"era": ERAS[0]})


@pytest.fixture
def second_service(emulator: Emulator) -> Service:
    """Return one more domain without mailboxes, of the same owner."""
    return Service(emulator.api(f"place{next(_numbers)}.test"))


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceServer]:
    """Return an old mail server: Dovecot where it is installed, which it must be in continuous integration.

    The password of each account is `made-up-NAME`, where NAME is the login up to the `@`.
    """
    import pdd_source_server  # noqa: PLC0415 - the unit tests run where it is not installed

    has_dovecot = pdd_source_server.dovecot_installed()
    assert has_dovecot or not os.environ.get("CI"), "continuous integration needs Dovecot"
    messages = {"anna": 3, "boris": 2, "clara@old.test": 1, "anna@old.example.test": 1}
    messages.update({f"box{number:02}": 1 for number in range(30)})
    accounts = [
        pdd_source_server.Account(login, f"made-up-{login.partition('@')[0]}", number)
        for login, number in messages.items()
    ]
    start = pdd_source_server.start_dovecot if has_dovecot else pdd_source_server.start_twisted
    with start(tmp_path_factory.mktemp("source"), accounts) as running:
        yield running


@pytest.fixture
def dead_port() -> Iterator[int]:
    """Return a port where nothing answers: it is taken, but not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory that modules keep their state in."""
    directory = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(directory))
    return directory


def _bare(by_address: dict[str, Any]) -> dict[str, Any]:
    return {address.partition("@")[0]: value for address, value in by_address.items()}


def _call(entry: dict[str, Any]) -> str:
    """Return what stands in the path of a request after /api2/admin/ or /api2/registrar/."""
    return str(entry["path"]).split("/", 3)[3]
