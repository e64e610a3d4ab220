# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook mailops.pdd.report: one page about all domains of an inventory."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from pdd_emulator.testing import TOKEN
from pdd_source_server import SourceServer

from ..conftest import Service
from ..leaks import files_with
from ..report.conftest import all_words, cells, parsed, section, words
from .conftest import ODD_FILES, Ansible

REPORT = "mailops.pdd.report"
HOSTILE = "<script>alert(1)</script>{{ 1 + 1 }}"
SECRETS = (TOKEN, "made-up-1", "made-up-anna", "made-up-wrong")


@pytest.fixture
def token(ansible: Ansible) -> list[str | Path]:
    """Write the token into a file of variables; returns the arguments that a playbook takes it with."""
    return ["-e", f"@{ansible.write('secrets.yml', {'pdd_domain_token': TOKEN})}"]


def written(ansible: Ansible) -> Element:
    """Return the page beside the inventory."""
    return parsed((ansible.directory / "pdd_report.html").read_text())


def test_report(
    ansible: Ansible, service: Service, second_service: Service, source: SourceServer, token: list[str | Path]
) -> None:
    """It shows two domains, how the one that has a desired state differs, and changes nothing."""
    service.add_mailboxes("anna", "boris")
    service.api.ok("email/edit", {"login": "anna", "iname": HOSTILE})
    service.add_maillist("team", "anna", "boris", senders=("boris",))
    second_service.add_mailboxes("clara")
    account = {"external_login": "anna", "external_password": "made-up-anna"}
    imports = [{"server": source.host, "port": source.ports["imaps"], "mailboxes": [account]}]
    lists = [{"maillist": "team", "subscribers": ["anna"], "exclusive": True}, {"maillist": "news"}]
    desired: dict[str, Any] = {"pdd_domain_maillists": lists, "pdd_domain_imports": imports}
    inventory = ansible.inventory(
        {service.domain: {**desired, "pdd_domain_imports_wait": True}, second_service.domain: {}},
        pdd_domain_api_url=service.url,
    )
    service.forget()
    done = ansible.playbook(REPORT, inventory, *token, "-vvvv")
    assert done.code == 0, done.output
    assert service.writes() == []
    path = ansible.directory / "pdd_report.html"
    assert f"{path} shows 2 domains. Nothing was changed on the service." in done.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    tree = written(ansible)
    team = section(tree)
    assert f"{service.address('boris')} sender" in all_words(team, "li")
    assert f"{service.address('boris')}: is subscribed, and should not be" in all_words(team, "li")
    assert "is missing, the mailing list would be created" in all_words(team, "li")
    assert HOSTILE in words(team)
    assert "Not compared: no desired state was given." in all_words(section(tree, 2), "p")
    assert [cells(tree, number)["Drift"] for number in (1, 2)] == ["2 differences", "not compared"]
    assert [cells(tree, number)["Mailboxes"] for number in (1, 2)] == ["2", "1"]
    assert not [secret for secret in SECRETS if secret in done.output]
    assert {path.name for _secret, path in files_with(SECRETS, ansible.root)} == {"inventory.yml", "secrets.yml"}


def test_counters_and_imports(
    ansible: Ansible, service: Service, source: SourceServer, token: list[str | Path]
) -> None:
    """What was imported counts as unread; what could not be imported is a problem, and no secret is told."""
    server = {"server": source.host, "port": source.ports["imaps"]}
    accounts = [
        {"external_login": "anna", "external_password": "made-up-anna"},
        {"external_login": "boris", "external_password": "made-up-wrong"},
    ]
    inventory = ansible.inventory(
        {service.domain: {"pdd_domain_imports": [{**server, "mailboxes": accounts}], "pdd_domain_imports_wait": True}},
        pdd_domain_api_url=service.url,
    )
    assert ansible.playbook("mailops.pdd.provision", inventory, *token).code == 2
    done = ansible.playbook(REPORT, inventory, *token)
    assert done.code == 2
    overview = cells(written(ansible))
    assert (overview["Unread"], overview["Mailboxes"]) == ("3", "2")
    shown = words(section(written(ansible)))
    assert "1 mailbox could not be imported." in shown
    assert f"importing {service.address('boris')} from the account boris failed" in shown
    assert not [secret for secret in SECRETS if secret in shown]


def test_domains_that_cannot_be_read(ansible: Ansible, service: Service, token: list[str | Path]) -> None:
    """The page says which and why, and the run fails for them; the others are shown."""
    service.add_maillist("team")
    guarded = {"pdd_domain_maillists_exclusive": True, "pdd_domain_maillists": []}
    inventory = ansible.inventory(
        {
            service.domain: guarded,
            "stranger.test": {},
            "nonsense.test": {"pdd_domain_maillists": "no list"},
        },
        pdd_domain_api_url=service.url,
    )
    done = ansible.playbook(REPORT, inventory, *token)
    assert done.code == 2
    assert {host: counts["failed"] for host, counts in done.recap.items()} == dict.fromkeys(done.recap, 1)
    tree = written(ansible)
    problems = [words(next(section(tree, number).iter("{http://www.w3.org/1999/xhtml}li"))) for number in (1, 2, 3)]
    assert "nothing is desired, so exclusive would remove 1 of the 1 mailing lists" in problems[0]
    assert "Cannot read the details of the domain stranger.test" in problems[1]
    assert "The domain was not read. The output of the playbook says why." in problems[2]
    assert service.address("team") in words(section(tree))


def test_path_of_the_report(ansible: Ansible, service: Service, token: list[str | Path]) -> None:
    """It is relative to the inventory, the default to the current directory; a check run writes and claims nothing."""
    (ansible.root / "elsewhere").mkdir()
    inventory = ansible.root / "elsewhere" / "inventory.yml"
    ansible.inventory({service.domain: {}}, pdd_domain_api_url=service.url).rename(inventory)
    pages = {"": ansible.directory / "pdd_report.html", "mail.html": ansible.root / "elsewhere" / "mail.html"}
    for given, page in pages.items():
        arguments = [*token, *(["-e", f"pdd_report_path={given}"] if given else [])]
        predicted = ansible.playbook(REPORT, inventory, *arguments, "--check")
        assert predicted.code == 0, predicted.output
        assert f"{page} would show 1 domains" in predicted.output
        assert not page.exists()
        assert ansible.playbook(REPORT, inventory, *arguments).code == 0
        assert all_words(parsed(page.read_text()), "h2")[-1] == service.domain


@pytest.mark.parametrize("kind", ODD_FILES)
def test_what_is_not_a_file_is_not_replaced(
    ansible: Ansible, service: Service, token: list[str | Path], kind: str
) -> None:
    """It is named before anything is asked, and stays as it is."""
    notes = ansible.directory / "notes.txt"
    notes.write_text("mine")
    path = ansible.directory / "page"
    ODD_FILES[kind](path, notes)
    before = path.lstat().st_ino
    inventory = ansible.inventory({service.domain: {}}, pdd_domain_api_url=service.url)
    service.forget()
    done = ansible.playbook(REPORT, inventory, *token, "-e", json.dumps({"pdd_report_path": str(path)}))
    assert done.code != 0
    assert f"{path} is a link, a directory or a device" in done.output
    assert service.requests() == []
    assert path.lstat().st_ino == before
    assert notes.read_text() == "mine"
    assert not notes.with_name("missing").exists()
