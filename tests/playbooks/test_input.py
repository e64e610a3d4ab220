# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with a variable of the role, its host fails with the reason, and no secret is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN

from ..conftest import Service
from ..leaks import leaks
from .conftest import ROOT, Ansible, Finished

SPECS = yaml.safe_load((ROOT / "roles/pdd_domain/meta/argument_specs.yml").read_text())["argument_specs"]
SECRETS = {
    "vaulted_token": TOKEN,
    "vaulted_oauth_token": OAUTH_TOKEN,
    "vaulted_external": "canary-external-1",
    "vaulted_internal": "canary-internal-2",
    "vaulted_password": "canary-password-3",
    "vaulted_answer": "canary-answer-4",
}
WHOLE: dict[str, Any] = {
    "pdd_domain_token": "{{ vaulted_token }}",
    "pdd_domain_oauth_token": "{{ vaulted_oauth_token }}",
    "pdd_domain_imports": [
        {
            "server": "127.0.0.1",
            "mailboxes": [
                {
                    "external_login": "anna",
                    "external_password": "{{ vaulted_external }}",
                    "internal_password": "{{ vaulted_internal }}",
                }
            ],
        }
    ],
    "pdd_domain_mailboxes": [
        {
            "login": "vera",
            "password": "{{ vaulted_password }}",
            "hint_question": "Which?",
            "hint_answer": "{{ vaulted_answer }}",
        }
    ],
    "pdd_domain_maillists": [{"maillist": "team"}],
}
"""Variables with every secret that the role takes."""
NOWHERE = "/nonexistent"
BROKEN = {
    "lookup": f"{{{{ lookup('ansible.builtin.file', '{NOWHERE}') }}}}",
    "lookup that quotes": f"{{{{ lookup('ansible.builtin.file', '{NOWHERE}/' ~ vaulted_password) }}}}",
    "filter": "{{ '{' | from_json }}",
    "filter that quotes": "{{ (vaulted_token ~ ': a: b') | from_yaml }}",
    "coded": "{{ {}[vaulted_token | b64encode] }}",
    "halved": "{{ {}[vaulted_external[:9] ~ ' ' ~ vaulted_external[9:]] }}",
    "key": "{{ {}[vaulted_answer | upper] }}",
    "undefined": "{{ nobody_defines_this }}",
    "plugin": "{{ 1 | no.such.filter }}",
    "mandatory": "{{ nobody_defines_this | mandatory }}",
    "syntax": "canary-password-3 {{ 1 +",
}
"""Templates that fail; some of the errors of Ansible quote a secret."""
OF_PLAYBOOKS = {"pdd_domain_sets_signature", "pdd_domain_export_dir", "pdd_domain_export_exclusive"}
UNFIT = {
    "bool": "canary-password-3",
    "dict": "canary-password-3",
    "float": "canary-password-3",
    "int": "canary-password-3",
    "list": {"canary-password-3": "canary-password-3"},
}
"""A value that does not fit, by type. Everything is a string or can be made one."""


def leaves(options: Mapping[str, Any], place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield each option of an argument spec and of the specs in it, with the way to its place in a value."""
    for name, option in options.items():
        yield (*place, name), option
        yield from leaves(option.get("options", {}), (*place, name, 0))


def broken_at(places: Iterable[tuple[Any, ...]], value: Any) -> dict[str, Any]:
    """Return the variables with a value put in places."""
    variables = deepcopy(WHOLE)
    for place in places:
        target: Any = variables
        for step in place[:-1]:
            target = target.setdefault(step, [{}]) if isinstance(target, dict) else target[step]
        target[place[-1]] = value
    return variables


def cases(entry_point: str) -> Iterator[tuple[set[str], dict[str, Any]]]:
    """Yield the names of variables, and the variables of a host on which something is wrong with these.

    Each leaf fails in all ways, together with the others, with the secrets and without them, and once alone.
    """
    # The playbooks set these themselves.
    options = {name: option for name, option in SPECS[entry_point]["options"].items() if name not in OF_PLAYBOOKS}
    kinds = list(BROKEN.values())
    for template in kinds:
        plain = [place for place, option in leaves(options) if "options" not in option and not option.get("no_log")]
        every = [place for place, option in leaves(options) if "options" not in option]
        for places in (plain, every):
            yield {place[0] for place in places}, broken_at(places, template)
    for number, (place, option) in enumerate(leaves(options)):
        broken: list[Any] = [kinds[number % len(kinds)]]
        if "choices" in option:
            broken.append("{{ vaulted_password }}")
        elif option["type"] in UNFIT:
            broken.append(UNFIT[option["type"]])
        if "options" in option:
            broken += [[{"canary-password-3": "canary-password-3"}], ["canary-password-3 canary-password-3"]]
        for value in broken:
            yield {place[0]}, broken_at([place], value)


@pytest.fixture
def vault(ansible: Ansible) -> list[str | Path]:
    """Return the arguments with which all secrets come from a vaulted file."""
    password = ansible.write("vault-password", "of the vault")
    path = ansible.write("vault.yml", SECRETS)
    done = ansible("vault", "encrypt", "--vault-password-file", password, path)
    assert done.code == 0, done.output
    assert "canary" not in path.read_text()
    return ["--vault-password-file", password, "-e", f"@{path}"]


def refused(
    ansible: Ansible,
    service: Service,
    playbook: str | Path,
    found: list[tuple[set[str], dict[str, Any]]],
    *arguments: str | Path,
) -> None:
    """Run a playbook on a host for each case; each fails, names its variables, and shows no secret."""
    hosts = {f"host{number:03}.test": variables for number, (_broken, variables) in enumerate(found)}
    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    given = {"pdd_domain_api_url": service.url, "pdd_domain_export_dir": NOWHERE}
    inventory = ansible.inventory(hosts, **common, **given)
    done = ansible("playbook", "-i", inventory, playbook, *arguments, ANSIBLE_DISPLAY_TRACEBACK="always")
    assert leaks(SECRETS.values(), done.output) == []
    assert leaks(SECRETS.values(), ansible.log.read_text()) == []
    assert "Validating arguments against arg spec" not in done.output
    for host, (broken, variables) in zip(hosts, found, strict=True):
        assert done.recap[host]["failed"] + done.recap[host]["ignored"] > 0, variables
        assert messages(done, host), variables
        named = {part.partition(",")[0] for part in re.findall(r"(?:^|; )(pdd_domain_\w+)", messages(done, host)[0])}
        assert named == broken, variables
    assert service.requests() == []


def messages(done: Finished, host: str) -> list[str]:
    """Return what a host's failed tasks say."""
    _before, *parts = done.output.split(f"fatal: [{host}]: FAILED! => ")
    return [json.JSONDecoder().raw_decode(part)[0]["msg"] for part in parts]


def test_table_knows_every_secret_of_the_role() -> None:
    marked = {place for place, option in leaves(SPECS["main"]["options"]) if option.get("no_log")}
    assert {place[-1] for place in marked} == {
        "pdd_domain_token",
        "pdd_domain_oauth_token",
        "external_password",
        "internal_password",
        "password",
        "hint_answer",
    }
    assert len(marked) == len(SECRETS)


@pytest.mark.parametrize("entry_point", ["main", "export", "report"])
def test_every_variable_that_breaks(
    ansible: Ansible, service: Service, vault: list[str | Path], entry_point: str
) -> None:
    """In the playbooks of the collection, as loudly as can be."""
    playbook = "mailops.pdd." + {"main": "provision"}.get(entry_point, entry_point)
    refused(ansible, service, playbook, list(cases(entry_point)), *vault, "-vvvvv", "--diff")


ROLE = "mailops.pdd.pdd_domain"
PLAYS: dict[str, dict[str, Any]] = {
    "roles": {"roles": [{"role": ROLE}]},
    "parameters": {"roles": [{"role": ROLE, **WHOLE}]},
    "import_role": {"tasks": [{"ansible.builtin.import_role": {"name": ROLE}}]},
    "include_role": {"tasks": [{"ansible.builtin.include_role": {"name": ROLE}}]},
    "export": {"tasks": [{"ansible.builtin.include_role": {"name": ROLE, "tasks_from": "export.yml"}}]},
    "report": {"tasks": [{"ansible.builtin.import_role": {"name": ROLE, "tasks_from": "report"}}]},
    "group_vars": {"roles": [ROLE]},
    "ignored": {"roles": [{"role": ROLE}], "ignore_errors": True},
    "free": {"roles": [{"role": ROLE}], "strategy": "ansible.builtin.free"},
}
"""Ways to use the role."""


@pytest.mark.parametrize("way", PLAYS)
def test_role_in_a_play_of_ones_own(ansible: Ansible, service: Service, vault: list[str | Path], way: str) -> None:
    values = [*BROKEN.values(), "canary-password-3"]
    found = [({"pdd_domain_timeout"}, {**WHOLE, "pdd_domain_timeout": value}) for value in values]
    play = {"hosts": "all", "gather_facts": False, **PLAYS[way]}
    path = ansible.write("play.yml", [play])
    if way == "group_vars":
        (ansible.directory / "group_vars").mkdir()
        Path(str(vault.pop()).removeprefix("@")).rename(ansible.directory / "group_vars" / "all.yml")
        vault.pop()
    refused(ansible, service, path, found, *vault, "-vvvvv")


SKIPPED = {
    "tag": ("--skip-tags", "always"),
    "later task": ("--start-at-task", f"{ROLE} : Manage the mailboxes"),
}
"""Ways to have the role without its first task."""


@pytest.mark.parametrize("way", SKIPPED)
def test_role_without_its_first_task(ansible: Ansible, service: Service, vault: list[str | Path], way: str) -> None:
    """The variables are read all the same, and checked, and show no secret."""
    variables = {"pdd_domain_token": "{{ vaulted_token }}", "pdd_domain_mailboxes": WHOLE["pdd_domain_mailboxes"]}
    broken = {**variables, "pdd_domain_timeout": BROKEN["filter that quotes"]}
    play = ansible.write("play.yml", [{"hosts": "all", "gather_facts": False, "roles": [ROLE]}])
    common = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    for hosts in ({service.domain: variables}, {service.domain: variables, "broken.test": broken}):
        inventory = ansible.inventory(hosts, **common, pdd_domain_api_url=service.url)
        done = ansible("playbook", "-i", inventory, play, *SKIPPED[way], *vault, "-vvvvv")
        assert leaks(SECRETS.values(), done.output + ansible.log.read_text()) == []
        assert (done.code == 0) == (len(hosts) == 1), done.output
        assert set(service.mailboxes) == {"vera"}
    assert "pdd_domain_timeout: " in done.output


def test_broken_host_fails_alone(ansible: Ansible, service: Service, vault: list[str | Path]) -> None:
    """The others are provisioned; the signature, too, which has to be compared over all hosts."""
    good = {"pdd_domain_token": "{{ vaulted_token }}", "pdd_domain_signature": "Example Ltd."}
    hosts = {
        service.domain: good,
        "token.test": {**good, "pdd_domain_token": "{{ nobody_defines_this }}"},
        "signature.test": {**good, "pdd_domain_signature": BROKEN["lookup"]},
        "throttle.test": {**good, "pdd_domain_throttle": "{{ nobody_defines_this }}"},
    }
    inventory = ansible.inventory(hosts, pdd_domain_api_url=service.url)
    done = ansible("playbook", "-i", inventory, "mailops.pdd.provision", *vault)
    assert done.code == 2
    assert {host: counts["failed"] for host, counts in done.recap.items()} == {
        host: int(host != service.domain) for host in hosts
    }
    assert messages(done, "token.test")[0].startswith("pdd_domain_token: 'nobody_defines_this' is undefined")
    assert messages(done, "throttle.test")[0].startswith("pdd_domain_throttle: 'nobody_defines_this' is undefined")
    [message] = messages(done, "signature.test")
    assert message.startswith("pdd_domain_signature: ")
    assert NOWHERE in message
    assert service.signature == "Example Ltd."


VALUES = """
all:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    pdd_domain_api_url: %s
    pdd_domain_token: %s
    pdd_domain_maillists:
    pdd_domain_throttle:
    pdd_domain_ca_path: "{{ nobody_defines_this | default(omit) }}"
    pdd_domain_timeout: "{{ '7' }}"
    pdd_domain_validate_certs: "no"
    pdd_domain_mailboxes:
      - login: vera
        password: "{{ vaulted_password }}"
        first_name: !unsafe "{{ 7 * 7 }}"
        last_name: "{{ '{' ~ '{ 7 * 7 }' ~ '}' }}"
        birth_date: 1990-01-02
        sex:
      - login: anna
        password: %s
        first_name: "{{ nobody_defines_this | default(omit) }}"
        enabled: "yes"
  hosts:
    %s:
"""


def test_values_reach_the_service_as_they_are(ansible: Ansible, service: Service, vault: list[str | Path]) -> None:
    """Vaulted in place, unsafe, or made to look like a template; null and omitted values count as not set."""
    password = ansible.directory / "anna"
    password.write_text("made-up-7")
    assert ansible("vault", "encrypt", *vault[:2], password).code == 0
    inline = "!vault |\n" + "\n".join(f"          {line}" for line in password.read_text().splitlines())
    inventory = ansible.directory / "values.yml"
    inventory.write_text(VALUES % (service.url, TOKEN, inline, service.domain))
    play = ansible.write("play.yml", [{"hosts": "all", "gather_facts": False, "roles": [ROLE]}])
    done = ansible.playbook(play, inventory, *vault, "-vvvvv")
    assert done.code == 0, done.output
    assert leaks([*SECRETS.values(), "made-up-7"], done.output) == []
    vera, anna = service.mailboxes["vera"], service.mailboxes["anna"]
    assert (vera["iname"], vera["fname"], vera["birth_date"]) == ("{{ 7 * 7 }}", "{{ 7 * 7 }}", "1990-01-02")
    assert (vera["password"], anna["password"]) == (SECRETS["vaulted_password"], "made-up-7")
    assert ansible.playbook(play, inventory, *vault).changed(service.domain) == []
    for playbook in ("mailops.pdd.report", "mailops.pdd.export"):
        done = ansible.playbook(playbook, inventory, *vault)
        assert done.code == 0, done.output
