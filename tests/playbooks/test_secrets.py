# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stand in nothing that Ansible prints, writes or starts, wherever they come from."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN, wait_until
from pdd_source_server import SourceServer

from ..conftest import Service
from ..leaks import ProcessList, files_with, leaks
from .conftest import Ansible, Finished

SECRETS = {
    "secret_token": TOKEN,
    "secret_oauth_token": OAUTH_TOKEN,
    "secret_password": "canary-password-1",
    "secret_answer": "canary-answer-2",
    "secret_external": "made-up-anna",
    "secret_internal": "canary-internal-3",
}
IN_BACKGROUND: dict[str, Any] = {"async": 60, "poll": 1}
PLAY: dict[str, Any] = {
    "hosts": "all",
    "connection": "local",
    "gather_facts": False,
    "ignore_errors": True,
    "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
}


def tasks(service: Service, source: SourceServer) -> list[dict[str, Any]]:
    """Return tasks that take all secrets, keep what they return, and show it."""
    modules: dict[str, dict[str, Any]] = {
        "pdd_mailbox": {
            "login": "vera",
            "password": "{{ secret_password }}",
            "hint_question": "Which?",
            "hint_answer": "{{ secret_answer }}",
        },
        "pdd_mailbox_import": {
            "server": source.host,
            "port": source.ports["imaps"],
            "external_login": "anna",
            "external_password": "{{ secret_external }}",
            "internal_password": "{{ secret_internal }}",
        },
        "pdd_signature": {"signature": "Example Ltd."},
        "pdd_maillist_info": {},
    }
    common = {"domain": service.domain, "api_url": service.url}
    found: list[dict[str, Any]] = [
        {
            f"mailops.pdd.{module}": {**common, **options},
            "register": f"kept_{module}",
            **(IN_BACKGROUND if module == "pdd_mailbox" else {}),
        }
        for module, options in modules.items()
    ]
    kept = {module: f"{{{{ kept_{module} }}}}" for module in modules}
    return [
        *found,
        {"ansible.builtin.set_fact": {"fact": kept, "cacheable": True}},
        {"ansible.builtin.debug": {"var": "fact"}},
    ]


def run(
    ansible: Ansible, service: Service, tasks: list[dict[str, Any]], variables: dict[str, str], **more: str
) -> Finished:
    """Run tasks as loudly as can be, with variables from a file, and look for the secrets everywhere else."""
    environment = {
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(ansible.directory / "facts"),
        **more,
    }
    play = ansible.write("play.yml", [{**PLAY, "tasks": tasks}])
    given = ansible.write("given.yml", variables)
    inventory = ansible.inventory({service.domain: {}})
    with ProcessList(variables.values(), str(ansible.directory)) as processes:
        done = ansible("playbook", "-i", inventory, play, "-e", f"@{given}", "-vvvv", "--diff", **environment)
    secrets = [*SECRETS.values(), *map(str.strip, variables.values())]
    assert processes.looks > 5
    assert processes.seen == set()
    assert leaks(secrets, done.output) == []

    def found() -> set[Path]:
        return {path for _secret, path in files_with(secrets, ansible.root)}

    # Ansible's supervisor of a job looks every five seconds whether it can remove the job's files.
    with suppress(TimeoutError):
        wait_until(lambda: found() == {given})
    assert found() == {given}
    assert ansible.log.exists()
    assert (ansible.directory / "facts").exists()
    return done


@pytest.mark.parametrize("position", ["environment", "module_defaults", "options"])
def test_secrets_that_work(ansible: Ansible, service: Service, source: SourceServer, position: str) -> None:
    steps = tasks(service, source)
    variables, environment = dict(SECRETS), {}
    token = {"token": "{{ secret_token }}", "oauth_token": "{{ secret_oauth_token }}"}
    if position == "environment":
        environment = {"PDD_TOKEN": TOKEN, "PDD_OAUTH_TOKEN": OAUTH_TOKEN}
    elif position == "module_defaults":
        steps = [{"module_defaults": {"group/mailops.pdd.pdd": token}, "block": steps}]
    else:
        variables |= {"secret_token": f"{TOKEN}\n", "secret_oauth_token": f" {OAUTH_TOKEN}\n"}
        for options in (options for step in steps for name, options in step.items() if name.startswith("mailops.")):
            options.update(token)
    done = run(ansible, service, steps, variables, **environment)
    assert done.code == 0, done.output
    assert done.recap[service.domain]["ignored"] == 0
    assert service.mailboxes["vera"]["password"] == SECRETS["secret_password"]
    assert service.mailboxes["anna"]["password"] == SECRETS["secret_internal"]
    assert {entry["headers"]["pddtoken"] for entry in service.requests()} == {TOKEN}


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("CANARYWRONGTOKEN", "the PDD token is wrong"),
        ("CANARYЖTOKEN", "token has a character that is not printable ASCII"),
    ],
)
def test_secrets_that_fail(ansible: Ansible, service: Service, source: SourceServer, token: str, words: str) -> None:
    """Every task fails, and says why."""
    defaults = {"group/mailops.pdd.pdd": {"token": "{{ secret_token }}"}}
    steps = [{"module_defaults": defaults, "block": tasks(service, source)}]
    done = run(ansible, service, steps, {**SECRETS, "secret_token": token})
    assert done.recap[service.domain]["ignored"] == 4
    assert done.output.count(words) >= 4
    assert "Traceback" not in done.output


def test_secrets_of_the_role(ansible: Ansible, service: Service, source: SourceServer) -> None:
    """In variables of the role, also where they break its description."""
    play = {**PLAY, "roles": ["mailops.pdd.pdd_domain"]}
    given = ansible.write(
        "given.yml",
        {
            "pdd_domain_token": TOKEN,
            "pdd_domain_api_url": service.url,
            "pdd_domain_mailboxes": [
                {
                    "login": "vera",
                    "password": SECRETS["secret_password"],
                    "hint_question": "Which?",
                    "hint_answer": "abcdef",
                }
            ],
            "pdd_domain_imports": [
                {
                    "server": source.host,
                    "port": source.ports["imaps"],
                    "mailboxes": [{"external_login": "anna", "external_password": SECRETS["secret_external"]}],
                }
            ],
        },
    )
    path = ansible.write("play.yml", [play])
    inventory = ansible.inventory({service.domain: {}})
    with ProcessList(SECRETS.values(), str(ansible.directory)) as processes:
        done = ansible("playbook", "-i", inventory, path, "-e", f"@{given}", "-vvvv", "--diff")
    assert done.code == 0, done.output
    assert set(service.mailboxes) == {"anna", "vera"}
    assert (processes.seen, leaks(SECRETS.values(), done.output)) == (set(), [])
    assert {found for _secret, found in files_with(SECRETS.values(), ansible.root)} == {given}
    broken = json.loads(given.read_text())
    broken["pdd_domain_mailboxes"][0]["nonsense"] = 1
    given.write_text(json.dumps(broken))
    refused = ansible("playbook", "-i", inventory, path, "-e", f"@{given}", "-vvvv")
    assert refused.recap[service.domain]["ignored"] > 0
    assert leaks(SECRETS.values(), refused.output) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mailboxes": ["{{ secret_password }}"]}, "mailboxes must be a list of dictionaries"),
        ({"login": "vera", "update_password": "{{ secret_password }}"}, "value of update_password must be one of"),
        ({"login": "vera", "state": "{{ secret_answer }}"}, "value of state must be one of: present, absent"),
        ({"login": "vera", "timeout": "{{ secret_external }}"}, "timeout must be a number"),
        (
            {"mailboxes": [{"login": "vera", "enabled": "{{ secret_internal }}"}]},
            "mailboxes, entry 1: enabled must be true or false",
        ),
    ],
)
def test_options_that_ansible_refuses(ansible: Ansible, service: Service, options: dict[str, Any], words: str) -> None:
    """A secret stands where it does not fit: the module is not reached, and nothing is shown but the rule."""
    given = {"domain": service.domain, "api_url": service.url, "token": "{{ secret_token }}", **options}
    steps: list[dict[str, Any]] = [
        {"mailops.pdd.pdd_mailbox": given, "register": "kept"},
        {"ansible.builtin.set_fact": {"fact": "{{ kept }}", "cacheable": True}},
    ]
    done = run(ansible, service, steps, SECRETS)
    assert done.recap[service.domain]["ignored"] == 1
    assert words in done.output
    assert service.requests() == []
