# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What README.md shows works: its inventory, its plays and its commands are run as they stand there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest
import yaml
from pdd_emulator.testing import TOKEN, Emulator
from pdd_source_server import Account, SourceServer

from ..conftest import PDD_MODULES, Y360_MODULES, Organization, Service
from .conftest import ROOT, Ansible, Finished

README = (ROOT / "README.md").read_text()
Show = Callable[[str], str]


def blocks(language: str, part: str) -> list[str]:
    """Return the blocks of a language in which a text stands."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [block for block in found if part in block]


def commands(part: str) -> list[list[str]]:
    """Return the lines of the first shell block in which a text stands, those that run Ansible, as words."""
    block = blocks("shell", part)[0]
    return [words for words in map(shlex.split, block.splitlines()) if words[0].startswith("ansible")]


def in_domain(text: str, service: Service) -> str:
    """Put a domain in the place of the README's."""
    return re.sub(r"(?<!old\.)example\.test", service.domain, text)


def run(ansible: Ansible, words: list[str], service: Service) -> Finished:
    """Run a line of the README with the token and the service in the environment, as it says."""
    command = "adhoc" if words[0] == "ansible" else words[0].removeprefix("ansible-")
    return ansible(command, *words[1:], PDD_TOKEN=TOKEN, PDD_API_URL=service.url, PDD_DOMAIN=service.domain)


@pytest.fixture
def shown(service: Service, source: SourceServer) -> Show:
    """Return a way to put the running servers in the place of the README's."""
    source.add(Account("boris@old.example.test", "made-up-boris", messages=2))

    def show(text: str) -> str:
        server = f"server: {source.host}\n          port: {source.ports['imaps']}"
        text = text.replace("server: old.example.test", server)
        return in_domain(text, service).replace("http://127.0.0.1:8025", service.url)

    return show


def test_inventory_is_provisioned(ansible: Ansible, service: Service, shown: Show) -> None:
    [inventory] = blocks("yaml", "pdd_domain_api_url:")
    (ansible.directory / "inventory.yml").write_text(shown(inventory))
    ansible.write("vault.yml", {f"vaulted_password_{name}": f"made-up-{name}" for name in ("anna", "boris")})
    check, real = commands("-i inventory.yml")
    predicted = run(ansible, check, service)
    assert predicted.code == 0, predicted.output
    assert service.writes() == []
    done = run(ansible, real, service)
    assert done.code == 0, done.output
    assert done.changed(service.domain) == predicted.changed(service.domain) != []
    assert service.maillists == {"everybody": {"anna": True, "boris": False}, "sales": {"boris": False}}
    assert set(service.mailboxes) == {"anna", "boris", "vera"}
    assert service.mailboxes["anna"]["iname"] == "Anna"
    service.forget()
    [play] = blocks("yaml", "- name: Provision my domains")
    again = ansible.playbook(
        ansible.write("play.yml", yaml.safe_load(play)),
        ansible.directory / "inventory.yml",
        "-e",
        "@vault.yml",
        "-e",
        f"pdd_domain_token={TOKEN}",
    )
    assert again.code == 0, again.output
    assert again.changed(service.domain) == []
    assert service.writes() == []


def test_inventory_for_yandex_360(ansible: Ansible, organization: Organization) -> None:
    [inventory] = blocks("yaml", "mailops_service: yandex360")
    (ansible.directory / "y360.yml").write_text(inventory.replace("example.test", organization.domain))
    ansible.write("vault.yml", {"vaulted_password_anna": "Made-Up-Pass-3"})
    environment = {f"Y360_{name.upper()}": str(value) for name, value in organization.connection.items()}
    check, real = commands("-i y360.yml")
    predicted, done = (ansible("playbook", *words[1:], **environment) for words in (check, real))
    assert (predicted.code, done.code) == (0, 0), done.output
    assert done.changed(organization.domain) == predicted.changed(organization.domain) != []
    assert organization.maillists == {"everybody": {"anna": False}}


def test_drift_is_noticed_and_the_domain_exported(ansible: Ansible, service: Service) -> None:
    """The nightly command says what its example shows, and after an export there is nothing to say."""
    service.add_mailboxes("anna", "boris")
    service.add_maillist("everybody", "anna", "boris", senders=("anna", "boris"))
    service.add_maillist("sales", "anna")
    lists = [
        {"maillist": "everybody", "subscribers": ["anna", "boris"], "senders_on_behalf": ["anna"]},
        {"maillist": "sales", "subscribers": ["anna", "boris"]},
    ]
    ansible.inventory({service.domain: {}}, pdd_domain_maillists=lists)
    ansible.write("vault.yml", {})
    service.forget()
    [nightly], [export] = commands("pdd_fail_on_drift"), commands("mailops.pdd.export")
    drift = run(ansible, nightly, service)
    assert drift.code == 2
    [example] = blocks("text", "differences")
    shown = set(re.findall(r"^            (.*@.*?),?$", drift.output, re.MULTILINE))
    assert shown == set(re.findall(r"^            (.*@.*?),?$", in_domain(example, service), re.MULTILINE)) != set()
    assert run(ansible, export, service).code == 0
    assert run(ansible, nightly, service).code == 0
    [report] = commands("mailops.pdd.report")
    assert run(ansible, report, service).code == 0
    assert service.address("sales") in (ansible.directory / "pdd_report.html").read_text()
    assert service.writes() == []


def test_play_with_module_defaults(ansible: Ansible, service: Service, shown: Show) -> None:
    [play] = blocks("yaml", "module_defaults:")
    path = ansible.write("play.yml", yaml.safe_load(shown(play)))
    done = ansible("playbook", path, PDD_TOKEN=TOKEN)
    assert done.code == 0, done.output
    assert service.maillists == {"team": {}}


def test_play_for_yandex_360(ansible: Ansible, organization: Organization) -> None:
    organization.add_mailboxes("anna")
    [play] = blocks("yaml", "mailops.pdd.y360_maillist:")
    options = {name.upper(): str(value) for name, value in organization.connection.items()}
    path = ansible.write("play.yml", yaml.safe_load(play))
    done = ansible("playbook", path, **{f"Y360_{name}": value for name, value in options.items()})
    assert done.code == 0, done.output
    assert organization.maillists == {"team": {"anna": False}}


def test_ad_hoc_commands(ansible: Ansible, service: Service) -> None:
    service.add_mailboxes("anna")
    service.forget()
    check, read = commands("ansible localhost")
    would = run(ansible, check, service)
    assert would.code == 0, would.output
    assert would.result["created"] == service.addresses("team")
    assert service.writes() == []
    anna = run(ansible, read, service)
    assert [mailbox["login"] for mailbox in anna.result["mailboxes"]] == service.addresses("anna")


def test_inventory_from_the_service(ansible: Ansible) -> None:
    [inventory] = blocks("yaml", "plugin: mailops.pdd.pdd")
    graph, check = commands("domains.pdd.yml")
    (ansible.directory / "host_vars").mkdir()
    ansible.write("host_vars/example.test.yml", {"pdd_domain_maillists": [{"maillist": "team", "subscribers": []}]})
    with Emulator("--domain", "new.test") as emulator:
        service = Service(emulator.api("example.test"))
        (ansible.directory / "domains.pdd.yml").write_text(inventory.replace("http://127.0.0.1:8025", service.url))
        shown = run(ansible, graph, service)
        checked = run(ansible, check, service)
        assert service.writes() == []
    assert shown.code == 0
    for line in ("@pdd:", "@pdd_status_added:", "example.test", "new.test"):
        assert f"|--{line}\n" in shown.output
    assert checked.code == 0, checked.output
    assert checked.changed("example.test") == ["Create the mailing lists"]
    assert checked.changed("new.test") == []


def test_every_block_is_run_by_a_test() -> None:
    """A new block needs a test: these are all there are, with those that make is run for."""
    known = [
        "mailops_service: yandex360",
        "hosts:\n    example.test:",
        "- name: Provision my domains",
        "mailops.pdd.y360_maillist:",
        "module_defaults:",
        "plugin: mailops.pdd.pdd",
    ]
    assert [block for block in blocks("yaml", "") if not any(part in block for part in known)] == []
    known = [
        "pip install",
        "mailops.pdd.provision",
        "mailops.pdd.export",
        "mailops.pdd.report",
        "ansible localhost",
        "-i domains.pdd.yml",
    ]
    assert [block for block in blocks("shell", "") if not any(part in block for part in known)] == []


def test_variables_are_those_of_the_role() -> None:
    table = README[README.index("### Role variables") : README.index("## Modules")]
    named = re.findall(r"`(pdd_domain_\w+)`", table)
    assert sorted(named) == sorted(yaml.safe_load((ROOT / "roles/pdd_domain/defaults/main.yml").read_text()))


def test_modules_are_those_of_the_collection() -> None:
    table = README[README.index("## Modules") :]
    rows = re.findall(r"^\| \w.*? \|(?: `(pdd_\w+)`)? \|(?: `(y360_\w+)`)? \|$", table, re.MULTILINE)
    assert [sorted(filter(None, names)) for names in zip(*rows, strict=True)] == [PDD_MODULES, Y360_MODULES]
    assert all(not y360 or y360 == pdd.replace("pdd_", "y360_") for pdd, y360 in rows)
