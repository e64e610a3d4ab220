# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role meets every fault, several in one run, and ansible-playbook is killed in the middle of its work."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN, Emulator, wait_until
from pdd_source_server import SourceServer

from ..conftest import FAULT_TABLE, Service
from ..leaks import files_with
from .conftest import Ansible, Finished

SEED = 5
PROVISION = "mailops.pdd.provision"
LOST = ("unknown", "500", "502", "reset", "truncated", "empty", "html", "array")
RARE = "rate=0.05"
START = "on=import/start_one_import"
MIXTURES: dict[str, tuple[str, ...]] = {
    "": (*(f"{kind}:{RARE}:on=email" for kind in LOST), "silent:seconds=60:on=email:skip=50:count=2"),
    "applied": (
        *(f"{kind}:applied:{RARE}:on=email" for kind in LOST),
        "silent:seconds=60:applied:on=email:skip=50:count=2",
    ),
    "polite": (
        f"429:{RARE}",
        "429:retry-after=1:skip=100:count=2",
        "busy:limit=2:count=20",
        "rate:limit=60:count=20",
        f"slow:seconds=0.05:{RARE}",
        "invisible:seconds=0.5:count=2",
        "short:drop=1:count=2",
    ),
    "imports": tuple(f"{kind}{applied}:{START}:{RARE}" for kind in LOST for applied in ("", ":applied")),
    "redirect": (f"redirect:{RARE}:on=email/ml:to=http://127.0.0.1:9/elsewhere",),
}
"""Faults that strike in one run; most strike 5 % of the requests each, so that up to a third of them is struck."""
CODES = {"imports": "outcome_unknown", "redirect": "redirect"}
"""What ends a run; the others converge."""
MAILBOXES = [f"box{number:02}" for number in range(20, 60)]
PEOPLE = [f"box{number:02}" for number in range(60)]
SENDERS = PEOPLE[::2]
LISTS = [f"list{number}" for number in range(5)]
SIGNATURE = "Example Ltd."
PROCESSES = {"mailops_direct": False, "ansible_pipelining": True}
"""Variables that have modules run in processes of their own, and leave no file."""
WRITES_IN_SECONDS = 150
"""What is sent within about three seconds at a latency of 0.2 s; the rest of the work takes longer."""


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Return an emulator whose faults strike in the same way in every run."""
    with Emulator("--seed", str(SEED)) as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def provision(ansible: Ansible, service: Service, source: SourceServer) -> Callable[[], Finished]:
    """Return a function that provisions a domain: 20 imports, 40 other mailboxes, and 300 subscriptions to 5 lists."""
    imported = [{"external_login": name, "external_password": f"made-up-{name}"} for name in PEOPLE[:20]]
    server = {"server": source.host, "port": source.ports["imap"], "ssl": False}
    inventory = ansible.inventory(
        {service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        pdd_domain_timeout=1,
        pdd_domain_retry_timeout=20,
        pdd_domain_signature=SIGNATURE,
        pdd_domain_imports=[{**server, "mailboxes": imported}],
        pdd_domain_mailboxes=[{"login": login, "password": "made-up-1"} for login in MAILBOXES],
        pdd_domain_maillists=[
            {"maillist": name, "subscribers": PEOPLE, "senders_on_behalf": SENDERS, "exclusive": True} for name in LISTS
        ],
    )
    service.forget()
    return lambda: ansible.playbook(PROVISION, inventory, "-v")


def provisioned(service: Service) -> bool:
    """Return whether the domain is as it should be."""
    people = {person: person in SENDERS for person in PEOPLE}
    lists = service.maillists == dict.fromkeys(LISTS, people)
    return lists and set(service.mailboxes) == set(PEOPLE) and service.signature == SIGNATURE


def carried_out(service: Service) -> list[str]:
    """Return the creations, subscriptions and starts that were carried out, each with its object."""
    objects = ("login", "int-login", "maillist", "subscriber")
    writes = [entry for entry in service.requests() if entry["write"] and entry["applied"]]
    return [
        " ".join([entry["path"], *(entry["params"].get(name, "") for name in objects)])
        for entry in writes
        if not entry["path"].endswith(("setsign", "set_can_send_on_behalf", "edit"))
    ]


def code(output: str) -> str:
    """Return the error code of a task that failed, empty if none did."""
    found = re.search(r'"error": \{.*?"code": "(\w+)"', output, re.DOTALL)
    return found[1] if found else ""


def total(key: str, output: str) -> int:
    """Add up what the tasks returned in `requests`."""
    return sum(map(int, re.findall(rf'"{key}": (\d+)', output)))


@pytest.fixture
def faults(service: Service) -> Iterator[Callable[..., None]]:
    """Return a way to let the service have faults."""
    yield lambda *specs: service.api.control_put("/faults", specs)
    clear(service)


def clear(service: Service) -> list[dict[str, Any]]:
    """Take all faults away; returns how often each has struck."""
    struck: list[dict[str, Any]] = service.api.control("/faults")
    service.api.session.delete(f"{service.url}/control/faults", timeout=60).raise_for_status()
    return struck


@pytest.mark.parametrize("mixture", MIXTURES)
def test_role(
    provision: Callable[[], Finished],
    service: Service,
    faults: Callable[..., None],
    record_property: Callable[[str, object], None],
    mixture: str,
) -> None:
    """It converges, or fails with a code; the next run does the rest, and the one after that nothing."""
    service.api.control_put("/latency", {"latency": 0.004})
    faults(*MIXTURES[mixture])
    done = provision()
    struck = clear(service)
    assert "Traceback" not in done.output
    assert code(done.output) == CODES.get(mixture, ""), done.output
    assert (done.code == 0) == provisioned(service) == (mixture not in CODES)
    assert [each["spec"] for each in struck if each["struck"]]
    row = "role, imports" if mixture == "imports" else "role"
    cost = [total("sent", done.output), total("retried", done.output)]
    for each in struck:
        kind = re.split(r":(?=rate|on|skip|count)", each["spec"])[0]
        record_property(FAULT_TABLE, [row, kind, 0.05, code(done.output), *cost, SEED])
    if mixture in CODES:
        again = provision()
        assert again.code == 0, again.output
    assert provisioned(service)
    writes = carried_out(service)
    assert len(writes) == len(set(writes)) == len(PEOPLE) + len(LISTS) * (1 + len(PEOPLE))
    service.forget()
    again = provision()
    assert (again.code, again.changed(service.domain), service.writes()) == (0, [], [])


def processes_of(ansible: Ansible) -> list[str]:
    """Return the processes that run in the environment of these commands, the background ones too."""
    mark = f"XDG_STATE_HOME={ansible.directory / 'state'}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
    return found


@pytest.mark.parametrize(
    "kill",
    [
        (signal.SIGINT, 10, {}),
        (signal.SIGINT, 120, {}),
        (signal.SIGTERM, 120, {}),
        (signal.SIGHUP, 120, {}),
        (signal.SIGKILL, 120, {}),
        (signal.SIGINT, 120, PROCESSES),
        (signal.SIGKILL, 120, PROCESSES),
    ],
)
def test_playbook_that_is_killed(
    ansible: Ansible,
    provision: Callable[[], Finished],
    service: Service,
    kill: tuple[signal.Signals, int, Mapping[str, Any]],
) -> None:
    """With its process group, after so many writes, as a terminal does that is closed: soon nothing is sent any more.

    The state can be read, no secret stays behind in a file, and the next run does the rest.
    """
    number, after, variables = kill
    service.api.control_put("/latency", {"latency": 0.2})
    command = ("playbook", "-i", ansible.directory / "inventory.yml", PROVISION, "-e", json.dumps(variables))
    with ansible.running(*command) as running:
        wait_until(lambda: len(service.writes()) >= after, seconds=120)
        running.interrupt(number)
        killed = running.end()
    wait_until(lambda: not processes_of(ansible), seconds=120)
    assert killed.code != 0
    assert "Traceback" not in killed.output
    assert len(service.writes()) < after + WRITES_IN_SECONDS
    service.api.control_put("/latency", {"latency": 0.01})
    secrets = (TOKEN, "made-up-1", f"made-up-{PEOPLE[0]}")
    assert {path.name for _secret, path in files_with(secrets, ansible.root)} == {"inventory.yml"}
    assert isinstance(json.loads(ansible.state.read_text()), dict)
    done = provision()
    assert done.code == 0, done.output
    assert provisioned(service)
    writes = carried_out(service)
    assert len(writes) == len(set(writes)) == len(PEOPLE) + len(LISTS) * (1 + len(PEOPLE))
