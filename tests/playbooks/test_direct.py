# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that runs in the process of its task returns what it returns in a process of its own."""

from __future__ import annotations

import json
import re
import signal
import socketserver
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import TOKEN, Emulator, wait_until

from ..conftest import PDD_MODULES, Service
from .conftest import Ansible, Finished

DOMAIN = "example.test"
DIRECT = "runs in the process of the task"
SECRET = "made-up-secret-1"

# What Ansible passes to callbacks, as lines of JSON.
KEEPER = """
import json, os
from ansible.plugins.callback import CallbackBase
DOCUMENTATION = "name: keeper\\nshort_description: keeps results\\ntype: aggregate\\nextends_documentation_fragment: []"
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "aggregate", "keeper"
    def _keep(self, event, result):
        with open(os.environ["KEPT"], "a") as file:
            values = {key: each for key, each in result._result.items() if not key.startswith("_ansible")}
            file.write(json.dumps([event, result.task_name, values], default=repr, sort_keys=True) + "\\n")
    def v2_runner_on_ok(self, result):
        self._keep("ok", result)
    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._keep("failed", result)
    def v2_runner_item_on_ok(self, result):
        self._keep("item ok", result)
    def v2_runner_item_on_failed(self, result):
        self._keep("item failed", result)
    def v2_runner_retry(self, result):
        self._keep("retry", result)
"""

# Every module: changes, none, check mode, diff, each kind of failure, warnings, and what Ansible itself refuses.
TASKS = """
- mailops.pdd.pdd_domain_info:
- mailops.pdd.pdd_mailbox: {mailboxes: [{login: anna, password: SECRET}, {login: boris, password: SECRET}]}
  check_mode: true
  diff: true
- mailops.pdd.pdd_mailbox: {mailboxes: [{login: anna, password: SECRET}, {login: boris, password: SECRET}]}
  diff: true
- mailops.pdd.pdd_mailbox: {login: anna, first_name: Anna, enabled: "yes", birth_date: "1990-02-03"}
  diff: true
- mailops.pdd.pdd_mailbox: {login: anna, first_name: Anna}
  diff: true
- mailops.pdd.pdd_mailbox: {login: clara, password: anna, first_name: anna-maria}
- mailops.pdd.pdd_mailbox: {login: clara, password: short}
- mailops.pdd.pdd_mailbox: {login: dora, first_name: Dora, expected_present: []}
  check_mode: true
- mailops.pdd.pdd_mailbox: {login: dora, first_name: Dora, imported: [dora], expected_present: [emil]}
  check_mode: true
- mailops.pdd.pdd_mailbox: {login: abuse, password: SECRET}
- mailops.pdd.pdd_mailbox: {login: no, password: 1234567}
- mailops.pdd.pdd_mailbox: {login: "{{ item }}", password: SECRET, birth_date: 1990-01-02}
  loop: [emil, 2024, "{{ 'fritz' }}"]
- mailops.pdd.pdd_mailbox: {login: anna, mailboxes: []}
- mailops.pdd.pdd_mailbox: {password: SECRET}
- mailops.pdd.pdd_mailbox: {login: anna, enabled: SECRET}
- mailops.pdd.pdd_mailbox: {login: anna, pasword: SECRET}
- mailops.pdd.pdd_mailbox: {mailboxes: [{login: anna, sex: SECRET}]}
- mailops.pdd.pdd_mailbox: {mailboxes: "[1, 2]"}
- mailops.pdd.pdd_mailbox: SECRET
- mailops.pdd.pdd_mailbox_info: {login: [anna, nobody, boris]}
- mailops.pdd.pdd_mailbox_info: {uid: [1]}
- mailops.pdd.pdd_mailbox_info: {uid: [.inf]}
- mailops.pdd.pdd_mailbox_info: {login: []}
  no_log: true
- mailops.pdd.pdd_mailbox_info:
  register: found
  until: found.mailboxes | length == 99
  retries: 2
  delay: 0
- mailops.pdd.pdd_mailbox_info:
  failed_when: true
- mailops.pdd.pdd_mailbox_info: {token: WRONG23456789}
- mailops.pdd.pdd_mailbox_info: {token: "sp ace"}
- mailops.pdd.pdd_mailbox_info: {api_url: "http://127.0.0.1:9", retry_timeout: 0}
- mailops.pdd.pdd_mailbox_info: {api_url: "https://127.0.0.1:9", retry_timeout: 0, validate_certs: false}
- mailops.pdd.pdd_mailbox_info: {ca_path: /nowhere.pem, api_url: "https://127.0.0.1:9"}
- mailops.pdd.pdd_mailbox_info: {timeout: 0, max_connections: -1, domain: "no domain"}
- mailops.pdd.pdd_maillist: {maillist: [team, sales, news, all]}
  diff: true
  check_mode: true
- mailops.pdd.pdd_maillist: {maillist: [team, sales, news, all]}
  diff: true
- mailops.pdd.pdd_maillist: {maillist: [team], exclusive: true}
- mailops.pdd.pdd_maillist: {maillist: [anna]}
  check_mode: true
- mailops.pdd.pdd_maillist: {maillist: [nobody], state: absent}
- mailops.pdd.pdd_maillist: {maillist: [all], state: absent}
  changed_when: false
  delegate_to: localhost
- mailops.pdd.pdd_maillist: {maillist: [te am, "no@where.test"]}
- mailops.pdd.pdd_maillist_subscriber:
    maillists: [{maillist: team, subscribers: [anna, boris], senders_on_behalf: [anna]}]
  diff: true
- mailops.pdd.pdd_maillist_subscriber: {maillist: team, subscribers: [anna, nobody], expected_present: []}
  check_mode: true
- mailops.pdd.pdd_maillist_subscriber: {maillist: team, subscriber: [anna], subscribers: [boris]}
- mailops.pdd.pdd_maillist_subscriber: {maillist: missing, subscriber: [anna]}
- mailops.pdd.pdd_maillist_subscriber: {maillist: missing, subscriber: [anna]}
  check_mode: true
- mailops.pdd.pdd_maillist_info: {maillist: [team]}
- mailops.pdd.pdd_maillist_info: {maillist: [missing]}
- mailops.pdd.pdd_signature: {signature: "Regards {{ '{' }}{ x }}", state_path: signature.json}
  check_mode: true
  diff: true
- mailops.pdd.pdd_signature: {signature: One, state_path: signature.json}
  diff: true
- mailops.pdd.pdd_signature: {signature: One, state_path: signature.json}
- mailops.pdd.pdd_signature: {signature: Two, state_path: /}
- mailops.pdd.pdd_mailbox_import:
    {server: 127.0.0.1, port: 9, ssl: false, external_login: anna, external_password: SECRET}
- mailops.pdd.pdd_mailbox_import:
    {server: 127.0.0.1, port: 9, ssl: false, ext_login: gerd, ext_passwd: SECRET, check_settings: false}
  diff: true
- mailops.pdd.pdd_mailbox_import:
    {server: 127.0.0.1, port: 9, ssl: false, external_login: hans, external_password: SECRET}
- mailops.pdd.pdd_mailbox_import: {server: 127.0.0.1, mailboxes: [{external_login: gerd}]}
- mailops.pdd.pdd_mailbox_import: {state: stopped}
- mailops.pdd.pdd_mailbox_import_info:
- mailops.pdd.pdd_domain_info: {domain: other.test}
"""

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
READ = "mailops.pdd.pdd_mailbox_info"
OMITTED = "{{ undefined_here | default(omit) }}"


def play(*tasks: dict[str, Any], **variables: Any) -> list[dict[str, Any]]:
    """Return a play of tasks on the machine of Ansible."""
    start = {"hosts": "all", "connection": "local", "gather_facts": False}
    return [{**start, "vars": variables, "tasks": list(tasks)}]


def read(service: Service, **keywords: Any) -> dict[str, Any]:
    """Return a task that reads the mailboxes of a domain."""
    return {READ: {"domain": service.domain, "token": TOKEN, "api_url": service.url}, **keywords}


@pytest.fixture
def table() -> list[dict[str, Any]]:
    """Return the tasks of the table; each goes on after its failure."""
    text = TASKS.replace("SECRET", SECRET)
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    return [
        {"name": f"{number} {next(iter(task))}", **task, "ignore_errors": True} for number, task in enumerate(tasks)
    ]


def results(ansible: Ansible, table: list[dict[str, Any]], direct: str) -> tuple[list[str], Finished]:
    """Return what callbacks get of the tasks of the table, and what the command printed."""
    kept = ansible.directory / f"kept {direct}"
    (ansible.directory / "keeper.py").write_text(KEEPER)
    (ansible.directory / "signature.json").unlink(missing_ok=True)
    with Emulator() as emulator:
        api = emulator.api(DOMAIN)
        # One at a time, because the order of creations shows in what the service returns.
        defaults = {"domain": DOMAIN, "token": TOKEN, "api_url": api.url, "max_connections": 1}
        content = play(*table, mailops_direct=direct, ansible_python_interpreter="{{ ansible_playbook_python }}")
        content[0]["module_defaults"] = {"group/mailops.pdd.pdd": defaults}
        (ansible.directory / "play.yml").write_text(yaml.safe_dump(content))  # which has dates, unlike JSON
        done = ansible(
            "playbook",
            "-i",
            "here,",
            "play.yml",
            "-vvv",
            KEPT=str(kept),
            ANSIBLE_CALLBACK_PLUGINS=str(ansible.directory),
            ANSIBLE_CALLBACKS_ENABLED="keeper",
        )
        assert done.code == 0, done.output
        lines = kept.read_text().replace(api.url, "URL").splitlines()
    return lines, done


def test_the_same_results(ansible: Ansible, table: list[dict[str, Any]]) -> None:
    """To the last key, and with the same warnings and errors on the screen."""
    process, shown = results(ansible, table, "false")
    direct, directly = results(ansible, table, "true")
    for one, other in zip_longest(process, direct):
        assert json.loads(other) == json.loads(one)
    assert {name.partition(" mailops.pdd.")[2] for _event, name, _values in map(json.loads, process)} == set(
        PDD_MODULES
    )
    assert directly.output.count(DIRECT) >= len(table)
    assert DIRECT not in shown.output
    for word in ("[WARNING]", "[ERROR]", "FAILED!"):
        assert directly.output.count(word) == shown.output.count(word) > 0
    assert SECRET not in "".join(direct)


@pytest.fixture
def other_python(ansible: Ansible) -> Path:
    """Return another name of the Python of the tests."""
    path = ansible.root / "python3"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return path


FALLBACKS: dict[str, Callable[[Ansible, Service], tuple[dict[str, Any], dict[str, Any]]]] = {
    "remote": lambda _ansible, service: (read(service, vars={"ansible_connection": "elsewhere"}), {}),
    "delegated": lambda _ansible, service: (read(service, delegate_to="away"), {}),
    "become": lambda _ansible, service: (read(service, become=True, become_method="nobody"), {}),
    "async": lambda _ansible, service: (read(service, **{"async": 100, "poll": 1}), {}),
    "environment": lambda _ansible, service: (read(service, environment={"A": "b"}), {}),
    "off": lambda _ansible, service: (read(service), {"mailops_direct": False}),
    "off as a string": lambda _ansible, service: (read(service), {"mailops_direct": "no"}),
    "off for the host that delegates": lambda _ansible, service: (
        read(service, delegate_to="localhost"),
        {"mailops_direct": False},
    ),
    "off by a template": lambda _ansible, service: (read(service), {"mailops_direct": "{{ 1 == 2 }}"}),
    "python": lambda ansible, service: (read(service), {"ansible_python_interpreter": str(ansible.root / "python3")}),
}


@pytest.mark.parametrize("case", FALLBACKS)
def test_a_process_of_its_own(ansible: Ansible, service: Service, other_python: Path, case: str) -> None:
    """Each condition for a process of its own is honoured, and the module still succeeds."""
    assert other_python.exists()
    service.add_mailboxes("anna")
    folders = {}
    for kind, name, code in (("CONNECTION", "elsewhere", ELSEWHERE), ("BECOME", "nobody", NOBODY)):
        plugins = ansible.root / kind
        plugins.mkdir()
        (plugins / f"{name}.py").write_text(code)
        folders[f"ANSIBLE_{kind}_PLUGINS"] = str(plugins)
    task, variables = FALLBACKS[case](ansible, service)
    own = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    hosts = {"here": {**own, **variables}, "away": {**own, "ansible_connection": "elsewhere"}}
    content = play(task)
    content[0]["hosts"] = "here"
    path = ansible.write("play.yml", content)
    done = ansible("playbook", "-i", ansible.inventory(hosts), path, "-vvv", **folders)
    assert done.code == 0, done.output
    assert f'"login": "{service.address("anna")}"' in done.output
    assert DIRECT not in done.output


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"mailops_direct": None},
        {"mailops_direct": "{{ true }}"},
        {"mailops_direct": "", "ansible_python_interpreter": " "},
        {"mailops_direct": OMITTED, "ansible_python_interpreter": OMITTED},
        {"ansible_python_interpreter": "auto_silent"},
        {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
    ],
    ids=str,
)
def test_in_the_process_of_the_task(ansible: Ansible, service: Service, variables: dict[str, Any]) -> None:
    """A play needs nothing for it, and nothing is left in a file."""
    path = ansible.write("play.yml", play(read(service, delegate_to="localhost")))
    content = {"other": {"ansible_connection": "ssh"}, "localhost": {**variables, "ansible_connection": "local"}}
    done = ansible(
        "playbook", "-i", ansible.inventory(content), "-l", "other", path, "-vvv", ANSIBLE_KEEP_REMOTE_FILES="1"
    )
    assert done.code == 0, done.output
    assert DIRECT in done.output
    assert not (ansible.root / "remote").exists()


def test_without_requests(ansible: Ansible, service: Service) -> None:
    """The module says what is missing, as any other."""
    library = ansible.root / "library"
    library.mkdir()
    (library / "requests.py").write_text("raise ImportError('made up')\n")
    path = ansible.write("play.yml", play(read(service), ansible_python_interpreter="{{ ansible_playbook_python }}"))
    done = ansible("playbook", "-i", "here,", path, "-vvv", PYTHONPATH=str(library))
    assert done.code == 2
    assert "Failed to import the required Python library (requests)" in done.output
    assert DIRECT not in done.output


def test_a_crash_is_a_failed_task(ansible: Ansible, service: Service) -> None:
    """As with any action: the next task runs, and the play ends."""
    broken = ansible.root / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import requests.adapters\n"
        "def crash(*arguments, **options):\n    raise RuntimeError('made up crash')\n"
        "requests.adapters.HTTPAdapter.close = crash\n"
    )
    after = {"ansible.builtin.debug": {"msg": "went on"}}
    path = ansible.write("play.yml", play(read(service, ignore_errors=True), after))
    done = ansible("playbook", "-i", "here,", path, PYTHONPATH=str(broken))
    assert done.code == 0, done.output
    assert "made up crash" in done.output
    assert "went on" in done.output


@pytest.fixture
def slow(service: Service) -> Iterator[Service]:
    """Return a domain whose writes take so long that a task is met in the middle of them."""
    service.api.control_put("/latency", {"latency": 0.3})
    yield service
    service.api.control_put("/latency", {"latency": 0})


def create_many(service: Service, **keywords: Any) -> list[dict[str, Any]]:
    """Return a play that creates 400 lists, which takes some time."""
    options = {"domain": service.domain, "token": TOKEN, "api_url": service.url}
    names = [f"list{number}" for number in range(400)]
    return play({"mailops.pdd.pdd_maillist": {**options, "maillist": names, "max_connections": 4}, **keywords})


def requests_later(service: Service) -> tuple[int, int]:
    """Return how many requests the service got until now, and until somewhat later."""
    now = len(service.requests())
    time.sleep(1.5)  # what must not come cannot be waited for
    return now, len(service.requests())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_sent_after_an_interruption(ansible: Ansible, slow: Service, number: signal.Signals) -> None:
    """Not one request once the prompt is back."""
    path = ansible.write("play.yml", create_many(slow))
    with ansible.running("playbook", "-i", "here,", path) as running:
        wait_until(lambda: len(slow.writes()) >= 8, seconds=60)
        running.interrupt(number)
        finished = running.end()
    now, later = requests_later(slow)
    assert (now, finished.code != 0) == (later, True)
    assert now < 100


def test_nothing_is_sent_after_the_timeout_of_the_task(ansible: Ansible, slow: Service) -> None:
    """Which Ansible reports as of any task; the next task runs."""
    content = create_many(slow, timeout=3, ignore_errors=True)
    content[0]["tasks"].append({"ansible.builtin.debug": {"msg": "went on"}})
    done = ansible("playbook", "-i", "here,", ansible.write("play.yml", content))
    now, later = requests_later(slow)
    assert now == later < 100
    assert done.code == 0
    assert re.search(r"timed out|timeout", done.output, re.IGNORECASE)
    assert "went on" in done.output


class Echo(socketserver.StreamRequestHandler):
    """Answers with the token in a malformed header."""

    def handle(self) -> None:
        """Answer one request."""
        lines = list(iter(lambda: self.rfile.readline().strip(), b""))
        [token] = [line.partition(b": ")[2] for line in lines if line.lower().startswith(b"pddtoken")]
        self.wfile.write(b"HTTP/1.1 200 OK\r\nbroken " + token + b"\r\nContent-Length: 2\r\n\r\n{}")


def test_libraries_write_no_log(ansible: Ansible) -> None:
    """Otherwise Ansible's log contains what urllib3 writes about a malformed answer, and the secret that it echoes."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        options = {"domain": DOMAIN, "token": "{{ secret }}", "api_url": url, "retry_timeout": 0}
        path = ansible.write("play.yml", play({READ: options}))
        done = ansible("playbook", "-i", "here,", path, "-vvv", "-e", f"secret={SECRET}")
        server.shutdown()
    assert DIRECT in done.output
    assert SECRET not in ansible.log.read_text()


def test_tracebacks(ansible: Ansible, service: Service) -> None:
    """They are those of a process of its own."""
    task = {READ: {"domain": service.domain, "token": "WRONGTOKEN2345", "api_url": service.url}}
    path = ansible.write("play.yml", play(task, ansible_python_interpreter="{{ ansible_playbook_python }}"))
    done = ansible("playbook", "-i", "here,", path, "-vvv", ANSIBLE_DISPLAY_TRACEBACK="error")
    assert DIRECT not in done.output
    assert "_module/process.py" in done.output
