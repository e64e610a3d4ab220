# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook mailops.pdd.export: what it writes, provision takes back."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN, Emulator
from pytest_httpserver import HTTPServer

from ..conftest import Service
from ..leaks import files_with
from ..modules.conftest import Middleman
from .conftest import ODD_FILES, Ansible, variables_in

EXPORT = "mailops.pdd.export"
PROVISION = "mailops.pdd.provision"
READ_LISTS = "Read the mailing lists"
WRITE = "Write the variables of the host"
HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch run-as-a-template') }}"
SECRETS = (TOKEN, "made-up-anna", "turquoise", "made-up-1")


@pytest.fixture
def inventory(ansible: Ansible, service: Service) -> Path:
    """Write an inventory that says nothing of the domain but where it is."""
    return ansible.inventory({service.domain: {}}, pdd_domain_token="{{ token }}", pdd_domain_api_url=service.url)


@pytest.fixture
def secrets(ansible: Ansible) -> list[str | Path]:
    """Write the token into a file of variables; returns the arguments that a playbook takes it with."""
    return ["-e", f"@{ansible.write('secrets.yml', {'token': TOKEN})}"]


def exported(ansible: Ansible, name: str) -> Path:
    """Return the file of a host."""
    return ansible.directory / "host_vars" / f"{name}.yml"


def populate(service: Service) -> None:
    """Have a domain with people and lists, some of whom were named by somebody who means no good."""
    service.add_mailboxes("anna", "boris", "clara")
    hostile = {"iname": HOSTILE, "fname": "{% raw %}", "hintq": "{# Colour? #} {{ 1 + 1 }}", "hinta": "turquoise"}
    service.api.ok("email/edit", {"login": "anna", "password": "made-up-anna", **hostile})
    person = {"iname": "Борис", "fname": "yes", "birth_date": "1990-02-03", "sex": 1, "enabled": "no"}
    service.api.ok("email/edit", {"login": "boris", **person})
    service.add_maillist("team", "clara", "anna", senders=("anna",))
    service.add_maillist("empty")


def test_round_trip(ansible: Ansible, service: Service, inventory: Path, secrets: list[str | Path]) -> None:
    """What was exported changes nothing when it is provisioned, and nothing in it is run as a template."""
    populate(service)
    before = (service.mailboxes, service.maillists)
    done = ansible.playbook(EXPORT, inventory, *secrets, "--diff", "-vvvv")
    assert done.code == 0, done.output
    path = exported(ansible, service.domain)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.read_text()
    assert "hint_question: !unsafe '{# Colour? #} {{ 1 + 1 }}'" in written
    service.forget()
    provisioned = ansible.playbook(PROVISION, inventory, *secrets, "--diff", "-vvvv")
    assert provisioned.code == 0, provisioned.output
    assert provisioned.changed(service.domain) == service.writes() == []
    assert provisioned.recap[service.domain]["ok"] >= 4
    assert (service.mailboxes, service.maillists) == before
    again = ansible.playbook(EXPORT, inventory, *secrets)
    assert again.changed(service.domain) == []
    assert path.read_text() == written
    assert not list(ansible.root.rglob("run-as-a-template"))
    for finished in (done, provisioned, again):
        assert not [secret for secret in SECRETS if secret in finished.output]
    assert {path.name for _secret, path in files_with(SECRETS, ansible.root)} == {"secrets.yml"}


def test_other_domain_is_provisioned_from_it(
    ansible: Ansible, service: Service, second_service: Service, inventory: Path, secrets: list[str | Path]
) -> None:
    """The export of one domain makes another one equal: names of people and lists included."""
    populate(service)
    assert ansible.playbook(EXPORT, inventory, *secrets).code == 0
    variables = exported(ansible, service.domain).read_text().replace(service.domain, second_service.domain)
    exported(ansible, second_service.domain).write_text(
        variables.replace("hint_question:", "password: made-up-anna\n    hint_answer: turquoise\n    hint_question:")
    )
    second_service.add_mailboxes("boris", "clara")
    other = ansible.inventory(
        {second_service.domain: {}}, pdd_domain_token="{{ token }}", pdd_domain_api_url=service.url
    )
    done = ansible.playbook(PROVISION, other, *secrets)
    assert done.code == 0, done.output
    assert second_service.maillists == service.maillists
    assert second_service.mailboxes["anna"]["iname"] == HOSTILE
    names = ("iname", "fname", "birth_date", "sex", "enabled", "hintq")
    for login, mailbox in service.mailboxes.items():
        assert [second_service.mailboxes[login][name] for name in names] == [mailbox[name] for name in names]


def test_many_lists_of_a_cyrillic_domain(ansible: Ansible, secrets: list[str | Path]) -> None:
    """200 lists come back as they were, under a name that is no ASCII."""
    with Emulator() as emulator:
        service = Service(emulator.api("xn--e1afmkfd.test"))
        people = [f"person{number}" for number in range(5)]
        service.add_mailboxes(*people)
        for number in range(200):
            service.add_maillist(f"list{number}", *people[: number % 4], senders=(people[1],))
        domain = "пример.test"
        inventory = ansible.inventory({domain: {}}, pdd_domain_token="{{ token }}", pdd_domain_api_url=service.url)
        done = ansible.playbook(EXPORT, inventory, *secrets)
        assert done.code == 0, done.output
        assert done.changed(domain)[-1] == WRITE
        assert len(variables_in(exported(ansible, domain).read_text())["pdd_domain_maillists"]) == 200
        before = service.maillists
        service.forget()
        provisioned = ansible.playbook(PROVISION, inventory, *secrets)
        assert provisioned.code == 0, provisioned.output
        assert provisioned.changed(domain) == service.writes() == []
        assert service.maillists == before


def test_exclusive(ansible: Ansible, service: Service, inventory: Path, secrets: list[str | Path]) -> None:
    """Provisioning then removes what was added by hand."""
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team", "anna")
    done = ansible.playbook(EXPORT, inventory, *secrets, "-e", "pdd_export_exclusive=true")
    assert done.code == 0, done.output
    service.add_maillist("stranger", "boris")
    service.api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "boris"})
    provisioned = ansible.playbook(PROVISION, inventory, *secrets)
    assert provisioned.code == 0, provisioned.output
    assert service.maillists == {"team": {"anna": False}}
    assert set(service.mailboxes) == {"anna", "boris"}


@pytest.mark.parametrize("name", ["{}.yml", "{}.yaml", "{}.json", "{}"])
def test_file_of_somebody_else_is_kept(
    ansible: Ansible, service: Service, inventory: Path, secrets: list[str | Path], name: str
) -> None:
    """Neither is it replaced nor hidden by one that Ansible would read instead."""
    path = ansible.directory / "host_vars" / name.format(service.domain)
    path.parent.mkdir()
    path.write_text("{pdd_domain_throttle: 0}")
    refused = ansible.playbook(EXPORT, inventory, *secrets)
    assert refused.code == 2
    assert f"{path} was not written by an export" in refused.output
    assert path.read_text() == "{pdd_domain_throttle: 0}"
    assert list(path.parent.iterdir()) == [path]


def test_directory_of_the_host(ansible: Ansible, service: Service, inventory: Path, secrets: list[str | Path]) -> None:
    """Where other variables of the host lie in a directory, the export lies beside them, and is read."""
    directory = ansible.directory / "host_vars" / service.domain
    directory.mkdir(parents=True)
    (directory / "own.yml").write_text("pdd_domain_maillists_absent: [old]")
    service.add_maillist("team")
    service.add_maillist("old")
    assert ansible.playbook(EXPORT, inventory, *secrets).code == 0
    assert {path.name for path in directory.iterdir()} == {"own.yml", "pdd_export.yml"}
    contradiction = ansible.playbook(PROVISION, inventory, *secrets)
    assert "In pdd_domain_maillists and in pdd_domain_maillists_absent at the same time: old" in contradiction.output


def test_check_mode(ansible: Ansible, service: Service, inventory: Path, secrets: list[str | Path]) -> None:
    """Nothing is written, in an empty directory neither; later the diff shows what changed at the service."""
    service.add_maillist("team")
    predicted = ansible.playbook(EXPORT, inventory, *secrets, "--check")
    assert predicted.code == 0, predicted.output
    assert not (ansible.directory / "host_vars").exists()
    assert ansible.playbook(EXPORT, inventory, *secrets).code == 0
    service.add_maillist("young")
    written = exported(ansible, service.domain).read_text()
    shown = ansible.playbook(EXPORT, inventory, *secrets, "--check", "--diff")
    assert shown.changed(service.domain) == [WRITE]
    assert f"+  - maillist: !unsafe '{service.address('young')}'" in shown.output
    assert exported(ansible, service.domain).read_text() == written


def test_directory_of_the_export(ansible: Ansible, service: Service, secrets: list[str | Path]) -> None:
    """It is needed where there is no inventory file, and is relative to where the command runs."""
    variables = ["-e", f"pdd_domain_api_url={service.url}", "-e", "pdd_domain_token={{ token }}"]
    arguments = ["-i", f"{service.domain},", EXPORT, *secrets, *variables]
    missing = ansible("playbook", *arguments)
    assert missing.code == 2
    assert "There is no inventory file" in missing.output
    assert "Set pdd_export_dir" in missing.output
    assert service.requests() == []
    done = ansible("playbook", *arguments, "-e", "pdd_export_dir=somewhere")
    assert done.code == 0, done.output
    assert (ansible.directory / "somewhere" / "host_vars" / f"{service.domain}.yml").exists()


def test_inventory_from_the_service(ansible: Ansible) -> None:
    """No inventory needs to be written: its plugin lists the domains, and what they shall be stands beside its file."""
    with Emulator("--domain", "new.test") as emulator:
        service = Service(emulator.api("old.test"))
        service.add_mailboxes("anna")
        service.add_maillist("team", "anna", senders=("anna",))
        inventory = ansible.write("mail.pdd.yml", {"plugin": "mailops.pdd.pdd", "api_url": service.url})
        done = ansible("playbook", "-i", inventory, EXPORT, PDD_TOKEN=TOKEN)
        assert done.code == 0, done.output
        assert exported(ansible, "new.test").exists()
        service.forget()
        provisioned = ansible("playbook", "-i", inventory, PROVISION, PDD_TOKEN=TOKEN)
        assert provisioned.code == 0, provisioned.output
        assert provisioned.tasks("old.test")["Manage subscribers and senders on behalf"] == "ok"
        assert provisioned.changed("old.test") == provisioned.changed("new.test") == service.writes() == []
        assert ansible("playbook", "-i", inventory, "mailops.pdd.report", PDD_TOKEN=TOKEN).code == 0
        page = (ansible.directory / "pdd_report.html").read_text()
    assert all(text in page for text in ("old.test", "new.test", service.address("team"), "No drift."))


def test_host_whose_name_is_a_path(ansible: Ansible, service: Service, secrets: list[str | Path]) -> None:
    """It is refused before anything is read or written, because its file would lie elsewhere; the others are done."""
    outside = ansible.root / "outside"
    directory = ansible.directory / "host_vars"
    (directory / "inside").mkdir(parents=True)
    names = ["../../outside", str(outside), "inside/../../outside", "inside/x", ".", "..", "out\nside", "out\0side"]
    inventory = ansible.inventory(
        {service.domain: {}, **{name: {"pdd_domain_name": service.domain} for name in names}},
        pdd_domain_token="{{ token }}",
        pdd_domain_api_url=service.url,
    )
    before = {path for path in ansible.root.rglob("*") if path.suffix == ".yml"}
    done = ansible.playbook(EXPORT, inventory, *secrets)
    assert done.code == 2
    assert len(re.findall("cannot be the name of a file in host_vars", done.output)) >= len(names)
    assert service.calls() == ["email/ml/list", "email/list", "email/list"]  # lists are held against the accounts
    written = {path for path in ansible.root.rglob("*") if path.suffix == ".yml"} - before
    assert written == {exported(ansible, service.domain)}


def test_domain_that_cannot_be_read(ansible: Ansible, service: Service, secrets: list[str | Path]) -> None:
    """It keeps its file, and the others are exported."""
    inventory = ansible.inventory(
        {service.domain: {}, "stranger.test": {}}, pdd_domain_token="{{ token }}", pdd_domain_api_url=service.url
    )
    exported(ansible, "stranger.test").parent.mkdir()
    kept = "# Written by mailops.pdd.export\n"
    exported(ansible, "stranger.test").write_text(kept)
    done = ansible.playbook(EXPORT, inventory, *secrets)
    assert done.code == 2
    assert done.tasks("stranger.test")[READ_LISTS] == "fatal"
    assert "Cannot list the mailing lists of stranger.test" in done.output
    assert exported(ansible, "stranger.test").read_text() == kept
    variables: dict[str, Any] = variables_in(exported(ansible, service.domain).read_text())
    assert variables == {"pdd_domain_mailboxes": [], "pdd_domain_maillists": []}


def test_name_with_half_a_character(
    ansible: Ansible, service: Service, secrets: list[str | Path], httpserver: HTTPServer
) -> None:
    """The domain is exported and reported nevertheless, and a warning says whose name it is."""
    service.add_mailboxes("anna")
    middleman = Middleman(httpserver, service.url)
    middleman.edit("email/list", lambda answer: answer["accounts"][0].update(iname="Ann\ud800"))
    inventory = ansible.inventory(
        {service.domain: {}}, pdd_domain_token="{{ token }}", pdd_domain_api_url=middleman.url
    )
    for playbook in (EXPORT, "mailops.pdd.report"):
        done = ansible.playbook(playbook, inventory, *secrets)
        assert done.code == 0, done.output
        assert "U+FFFD" in done.output
        assert service.address("anna") in done.output
    [mailbox] = variables_in(exported(ansible, service.domain).read_text())["pdd_domain_mailboxes"]
    assert mailbox["first_name"] == "Ann\ufffd"
    assert "Ann\ufffd" in (ansible.directory / "pdd_report.html").read_text()


@pytest.mark.parametrize("kind", ["link", "dangling link"])
def test_what_is_not_a_file_is_not_replaced(
    ansible: Ansible, service: Service, inventory: Path, secrets: list[str | Path], kind: str
) -> None:
    """It is named before anything is asked, and stays as it is."""
    notes = ansible.directory / "notes.txt"
    notes.write_text("note: mine")
    path = exported(ansible, service.domain)
    path.parent.mkdir()
    ODD_FILES[kind](path, notes)
    before = path.lstat().st_ino
    service.forget()
    done = ansible.playbook(EXPORT, inventory, *secrets, "--limit", service.domain)
    assert done.code != 0
    assert f"{path} is a link, a directory or a device" in done.output
    assert service.requests() == []
    assert path.lstat().st_ino == before
    assert notes.read_text() == "note: mine"
    assert not notes.with_name("missing").exists()
