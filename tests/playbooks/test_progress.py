# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far imports are is shown while a task waits for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN, wait_until
from pdd_source_server import Account, SourceServer, start_twisted

from ..conftest import Service
from ..leaks import files_with
from .conftest import Ansible

MODULE = "mailops.pdd.pdd_mailbox_import"
PASSWORD = "made-up-anna"
WAITING = "waiting for the imports, at most 200 s; interrupting leaves them running"
NOTHING = "0 %, 0 of 0 messages, 0 of 1 mailboxes, 0 failed"
ALL = "100 %, 3 of 3 messages, 1 of 1 mailboxes, 0 failed"

# Plugins that do nothing, but are no local connection and a become.
ELSEWHERE = """
from ansible.plugins.connection.local import Connection as Local
DOCUMENTATION = "name: elsewhere\\nshort_description: as local\\noptions: {}"
class Connection(Local):
    transport = "elsewhere"
"""
NOBODY = """
from ansible.plugins.become import BecomeBase
DOCUMENTATION = "name: nobody\\nshort_description: stays who it is\\noptions: {}"
class BecomeModule(BecomeBase):
    name = "nobody"
    def build_become_command(self, cmd, shell):
        return cmd
"""


@pytest.fixture
def late(ansible: Ansible) -> Iterator[SourceServer]:
    """Return an old mail server that does not run yet; anna has three messages there."""
    with start_twisted(ansible.root / "late", [Account("anna", PASSWORD, 3)]) as server:
        server.stop()
        yield server


@pytest.fixture
def options(service: Service, late: SourceServer) -> dict[str, Any]:
    """Return the options that import anna from the late server, and wait."""
    return {
        "domain": service.domain,
        "token": TOKEN,
        "api_url": service.url,
        "server": late.host,
        "port": late.ports["imap"],
        "ssl": False,
        "check_settings": False,
        "external_login": "anna",
        "external_password": PASSWORD,
        "wait": True,
        "wait_timeout": 200,
        "poll_interval": 1,
    }


def play(options: dict[str, Any], **task: Any) -> list[dict[str, Any]]:
    """Return a play of one task with these options."""
    start = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
    }
    return [{**start, "tasks": [{MODULE: options, **task}]}]


def shown(output: str, host: str) -> list[str]:
    """Return what was shown of a host's progress."""
    return re.findall(rf"\[{re.escape(host)}\] (\d.*failed|waiting.*)$", output, re.MULTILINE)


def test_two_hosts(
    ansible: Ansible, service: Service, second_service: Service, late: SourceServer, options: dict[str, Any]
) -> None:
    """On the terminal while the task waits, in the log, nothing twice, and no secret."""
    inventory = ansible.inventory({"one": {"domain": service.domain}, "two": {"domain": second_service.domain}})
    path = ansible.write("play.yml", play({**options, "domain": "{{ domain }}"}))
    with ansible.running("playbook", "-i", inventory, path, "-vvvv") as running:
        lines = [running.line("waiting for"), running.line("waiting for")]
        assert sorted(lines) == [f"[one] {WAITING}\n", f"[two] {WAITING}\n"]
        late.start()
        finished = running.end()
    assert finished.code == 0, finished.output
    log = ansible.log.read_text()
    for host in ("one", "two"):
        lines = shown(finished.output, host)
        assert (lines[:2], lines[-1]) == ([WAITING, NOTHING], ALL)
        assert len(set(lines)) == len(lines)
        assert shown(log, host) == lines
    secrets = (TOKEN, PASSWORD)
    assert not [secret for secret in secrets if secret in finished.output]
    assert {path.name for _secret, path in files_with(secrets, ansible.directory)} == {"play.yml"}


def test_interrupted(ansible: Ansible, service: Service, late: SourceServer, options: dict[str, Any]) -> None:
    """The first line is true: the import goes on."""
    path = ansible.write("play.yml", play(options))
    with ansible.running("playbook", "-i", "here,", path) as running:
        running.line(NOTHING)
        running.interrupt()
        finished = running.end()
    assert finished.code != 0
    assert "Traceback" not in finished.output
    assert service.mailboxes["anna"]["messages"] == 0
    late.start()
    assert wait_until(lambda: service.mailboxes["anna"]["messages"] == 3)


def test_provision(ansible: Ansible, service: Service, source: SourceServer) -> None:
    """The role waits at its end, and is interrupted there."""
    service.api.control_put("/latency", {"import_latency": 60})
    anna = {"external_login": "anna", "external_password": PASSWORD}
    inventory = ansible.inventory(
        {service.domain: {}},
        pdd_domain_api_url=service.url,
        pdd_domain_token=TOKEN,
        pdd_domain_imports=[{"server": source.host, "port": source.ports["imaps"], "mailboxes": [anna]}],
        pdd_domain_imports_wait=True,
    )
    with ansible.running("playbook", "-i", inventory, "mailops.pdd.provision") as running:
        assert running.line("waiting for").startswith(f"[{service.domain}] waiting for the imports, at most 3600 s")
        running.line("1 of 3 messages, 0 of 1 mailboxes, 0 failed")
        running.interrupt()
        assert running.end().code != 0
    assert service.api.ok("import/check_imports")["import"]["state"] == "in_progress"


def test_failure(ansible: Ansible, service: Service, options: dict[str, Any]) -> None:
    """The last state is shown, too."""
    path = ansible.write("play.yml", play(options))
    with ansible.running("playbook", "-i", "here,", path) as running:
        running.line(NOTHING)
        service.api.control_put("failed_boxes/boris", {"last_error": "made up"})
        running.line("1 of 2 mailboxes, 1 failed")
        service.api.control_put("failed_boxes/anna", {"last_error": "made up"})
        running.line("2 of 2 mailboxes, 2 failed")
        finished = running.end()
    assert finished.tasks("here") == {MODULE: "fatal"}


def test_nothing_to_wait_for(ansible: Ansible, service: Service, options: dict[str, Any]) -> None:
    """A run that changes nothing is silent."""
    service.add_mailboxes("anna")
    finished = ansible("playbook", "-i", "here,", ansible.write("play.yml", play(options)))
    assert finished.tasks("here") == {MODULE: "ok"}
    assert shown(finished.output, "here") == []


def test_adhoc_and_own_file(ansible: Ansible, late: SourceServer, options: dict[str, Any]) -> None:
    """What goes to a file of the user's own is shown nevertheless."""
    own = ansible.directory / "own, or not"
    options["progress_path"] = [str(own)]
    late.start()
    finished = ansible.adhoc("pdd_mailbox_import", options)
    assert finished.code == 0, finished.output
    lines = shown(finished.output, "localhost")
    assert (lines[0], lines[-1]) == (WAITING, ALL)
    assert own.read_text().splitlines() == lines


def test_defaults_loop_and_delegation(
    ansible: Ansible, service: Service, late: SourceServer, options: dict[str, Any]
) -> None:
    """Each item of a loop is shown as what the inventory host waits for, wherever it runs and its options stand."""
    late.start()
    common = {key: options.pop(key) for key in ("domain", "token", "api_url", "wait", "external_login")}
    content = play(
        {**options, "internal_login": "{{ item }}", "external_login": "anna"},
        loop=["anna", "annie"],
        delegate_to="localhost",
    )
    wait = {"wait": common.pop("wait")}
    content[0]["module_defaults"] = {"group/mailops.pdd.pdd": common, MODULE: wait}
    content[0]["connection"] = "ssh"
    finished = ansible("playbook", "-i", "remote.example.test,", ansible.write("play.yml", content))
    assert finished.code == 0, finished.output
    assert {name: each["messages"] for name, each in service.mailboxes.items()} == {"anna": 3, "annie": 3}
    assert shown(finished.output, "remote.example.test").count(WAITING) == 2


@pytest.mark.parametrize(
    "task",
    [
        {"check_mode": True},
        {"no_log": True},
        {"async": 200, "poll": 1},
        {"become": True, "become_method": "nobody"},
        {"vars": {"ansible_connection": "elsewhere"}},
    ],
    ids=["check_mode", "no_log", "async", "become", "remote"],
)
def test_where_nothing_is_shown(
    ansible: Ansible, service: Service, late: SourceServer, options: dict[str, Any], task: Any
) -> None:
    """There the task does the same as elsewhere; the user's own file says how far it is, except in check mode."""
    for name, code in (("elsewhere", ELSEWHERE), ("nobody", NOBODY)):
        (ansible.directory / f"{name}.py").write_text(code)
    folders = dict.fromkeys(("ANSIBLE_BECOME_PLUGINS", "ANSIBLE_CONNECTION_PLUGINS"), str(ansible.directory))
    own = ansible.directory / "own"
    late.start()
    path = ansible.write("play.yml", play({**options, "progress_path": str(own)}, **task))
    finished = ansible("playbook", "-i", "here,", path, "-vvv", **folders)
    assert finished.tasks("here") == {MODULE: "changed"}, finished.output
    assert "waiting for" not in finished.output + ansible.log.read_text()
    waits = "check_mode" not in task
    assert (own.exists(), set(service.mailboxes)) == (waits, {"anna"} if waits else set())
    if waits:
        lines = own.read_text().splitlines()
        assert (lines[0], lines[-1]) == (WAITING, ALL)


def test_wrong_options_are_left_to_the_module(ansible: Ansible, options: dict[str, Any]) -> None:
    for wrong, words in (
        ({"wait": "perhaps"}, "wait must be true or false"),
        ({"progress_path": {"no": "list"}}, "progress_path"),
        ({"state": "stopped"}, "wait has no meaning with state: stopped"),
    ):
        finished = ansible.adhoc("pdd_mailbox_import", {**options, **wrong})
        assert finished.code == 2
        assert words in finished.result["msg"]
        assert ("progress_path" in finished.result["msg"]) is ("progress_path" in words)
