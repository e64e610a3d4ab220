# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check run of mailops.pdd.provision predicts what the run changes, and fails where the run fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN
from pdd_source_server import SourceServer

from ..conftest import Service
from .conftest import Ansible, Finished

PROVISION = "mailops.pdd.provision"
SECRET = "made-up-2"
MASKED = re.compile(r"[^ *]\*{8}|\*{8}[^ *\n]|NO_LOG")
"""What Ansible puts in the place of secrets, which is no line of asterisks."""


def inventory_of(ansible: Ansible, service: Service, **variables: Any) -> Path:
    """Write an inventory with one domain, by the variables of the role without their prefix."""
    given = {f"pdd_domain_{name}": value for name, value in variables.items()}
    return ansible.inventory({service.domain: given}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)


def compare(ansible: Ansible, inventory: Path, **environment: str) -> Finished:
    """Run the nightly command."""
    arguments = (PROVISION, "-i", inventory, "--check", "-e", "pdd_fail_on_drift=true")
    return ansible("playbook", *arguments, **environment)


def people(*logins: str) -> dict[str, Any]:
    """Return the variables of mailboxes and lists of these people."""
    return {
        "mailboxes": [{"login": login, "password": SECRET} for login in logins],
        "maillists": [{"maillist": "team", "subscribers": list(logins), "exclusive": True}],
    }


@pytest.mark.parametrize(
    "case",
    [
        "exclusive with absent",
        "absent subscriber",
        "list becomes mailbox",
        "mailbox becomes list",
        "other list becomes mailbox",
        "list becomes imported mailbox",
        "new people",
    ],
)
def test_counts(ansible: Ansible, service: Service, source: SourceServer, case: str) -> None:
    """Whatever earlier tasks create and remove: the same tasks are changed, and each difference is listed once."""
    service.add_mailboxes("anna", "boris", "sales")
    for name in ("team", "old", "older", "support"):
        service.add_maillist(name, "anna", "boris")
    team = {"maillist": "team", "subscribers": ["anna"], "exclusive": True}
    account = {"external_login": "anna", "external_password": "made-up-anna", "internal_login": "support"}
    server = {"server": source.host, "port": source.ports["imaps"]}
    cases: dict[str, tuple[dict[str, Any], int]] = {
        "exclusive with absent": (
            {
                "maillists": [{"maillist": "team"}, {"maillist": "support"}],
                "maillists_absent": ["old"],
                "maillists_exclusive": True,
                "max_removals_percent": 50,
            },
            2,
        ),
        "absent subscriber": ({"mailboxes": [{"login": "boris", "state": "absent"}], "maillists": [team]}, 1),
        "list becomes mailbox": (
            {
                "mailboxes": [{"login": "support", "password": SECRET}],
                "maillists_absent": ["support"],
                "maillists": [{"maillist": "team", "subscribers": ["support"]}],
            },
            3,
        ),
        "other list becomes mailbox": (
            {
                "mailboxes": [{"login": "support", "password": SECRET}, {"login": "anna", "password": SECRET}],
                "maillists": [{"maillist": name} for name in ("team", "old", "older")],
                "maillists_exclusive": True,
            },
            2,
        ),
        "mailbox becomes list": (
            {
                "mailboxes": [{"login": "sales", "state": "absent"}],
                "maillists": [{"maillist": "sales", "subscribers": ["anna", "support"]}],
            },
            4,
        ),
        "list becomes imported mailbox": (
            {"imports": [{**server, "mailboxes": [account]}], "maillists_absent": ["support"]},
            2,
        ),
        "new people": (people("vera", "zoe"), 6),
    }
    variables, differences = cases[case]
    inventory = inventory_of(ansible, service, **variables)
    service.forget()
    predicted = compare(ansible, inventory)
    assert predicted.code == 2
    assert f"lists all differences: {differences}." in predicted.output
    assert service.writes() == []
    done = ansible.playbook(PROVISION, inventory)
    assert done.code == 0, done.output
    assert predicted.changed(service.domain) == done.changed(service.domain) != []
    service.forget()
    again = ansible.playbook(PROVISION, inventory)
    assert (again.code, again.changed(service.domain), service.writes()) == (0, [], [])


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"maillists": [{"maillist": "team", "subscribers": ["ana"]}]}, "ana@{domain} does not exist"),
        ({"maillists": [{"maillist": "boris"}]}, "boris@{domain} is a mailbox"),
        ({"mailboxes": [{"login": "team", "password": SECRET}]}, "team@{domain} is a mailing list"),
        ({"mailboxes": [{"login": "ana", "first_name": "Ana"}]}, "no such mailbox: ana@{domain}"),
    ],
)
def test_failures(ansible: Ansible, service: Service, variables: dict[str, Any], words: str) -> None:
    """Names that do not exist, and names that are taken."""
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team", "anna")
    inventory = inventory_of(ansible, service, **variables)
    service.forget()
    predicted = ansible.playbook(PROVISION, inventory, "--check")
    assert service.writes() == []
    done = ansible.playbook(PROVISION, inventory)
    for finished in (predicted, done):
        assert finished.code == 2
        assert words.format(domain=service.domain) in finished.output
    assert predicted.changed(service.domain) == done.changed(service.domain) == []


def test_parts_that_tags_skip(ansible: Ansible, service: Service) -> None:
    """What a skipped part would create is not there for the others either."""
    inventory = inventory_of(ansible, service, **people("vera"))
    for arguments in (["--check"], []):
        done = ansible.playbook(PROVISION, inventory, "--tags", "maillists", *arguments)
        assert done.code == 2
        assert f"{service.address('vera')} does not exist" in done.output
    assert ansible.playbook(PROVISION, inventory).code == 0


def test_import_into_mailboxes_that_exist(ansible: Ansible, service: Service, source: SourceServer) -> None:
    """It is done whenever a play asks for it, so it is no difference."""
    service.add_mailboxes("anna")
    account = {"external_login": "anna", "external_password": "made-up-anna"}
    server = {"server": source.host, "port": source.ports["imaps"], "mailboxes": [account]}
    inventory = inventory_of(ansible, service, imports=[server], imports_existing="import")
    found = compare(ansible, inventory)
    assert (found.code, found.changed(service.domain)) == (0, ["Start the imports"])
    assert f"{service.address('anna')}: its mail would be imported in every run" in found.output


def test_guard_with_what_it_guards(ansible: Ansible, service: Service) -> None:
    """The guard, and each difference by name."""
    logins = [f"person{number:02}" for number in range(12)]
    service.add_mailboxes("anna", *logins)
    service.add_maillist("team", *logins)
    inventory = inventory_of(
        ansible, service, maillists=[{"maillist": "team", "subscribers": ["anna"], "exclusive": True}]
    )
    service.forget()
    found = compare(ansible, inventory)
    assert found.code == 2
    assert "exclusive would remove 12 of the 12 subscribers" in found.output
    for login in logins:
        assert f"{service.address('team')}: {service.address(login)} is subscribed, and should not be" in found.output
    assert f"{service.address('team')}: {service.address('anna')} is not subscribed" in found.output
    reported = ansible.playbook("mailops.pdd.report", inventory, "-e", "pdd_report_path=report.html")
    assert reported.code == 2
    page = (ansible.directory / "report.html").read_text()
    assert "exclusive would remove 12 of the 12 subscribers" in page
    assert all(login in page for login in logins)
    assert service.writes() == []


def test_secrets_that_are_words(ansible: Ansible, service: Service, source: SourceServer) -> None:
    """What Ansible masks makes no false difference, and hides no name."""
    service.add_mailboxes("anna", "boris", "clara")
    service.api.ok("email/edit", {"login": "anna", "hintq": "Pet?", "hinta": "a"})
    server = {"server": source.host, "port": source.ports["imaps"]}
    variables: dict[str, Any] = {
        "mailboxes": [
            {"login": "anna", "password": "password", "update_password": "always"},
            {"login": "boris", "hint_question": "Which?", "hint_answer": "a", "last_name": "Password"},
            {"login": "clara", "state": "absent", "hint_question": "Which?", "hint_answer": "example"},
            {"login": "mailbox", "password": "mailbox2"},
        ],
        "imports": [{**server, "mailboxes": [{"external_login": "box01", "external_password": "import-box01"}]}],
    }
    account = {"external_login": "box02", "external_password": "import", "internal_password": "box023"}
    variables["imports"].append({**server, "mailboxes": [account]})
    inventory = inventory_of(ansible, service, **variables)
    found = compare(ansible, inventory)
    for line in (
        f"{service.address('anna')}: the password would be set again",
        f"{service.address('boris')}: hint_question is '', and should be 'Which?'",
        f"{service.address('boris')}: last_name is '', and should be 'Password'",
        f"{service.address('clara')}: is there, the mailbox and its mail would be deleted",
        f"{service.address('mailbox')}: is missing, the mailbox would be created",
        f"{service.address('box01')}: is missing, its import would be started",
        f"{service.address('box02')}: is missing, its import would be started",
    ):
        assert line in found.output
    assert "lists all differences: 6." in found.output
    assert not MASKED.search(found.output)
    reported = ansible.playbook("mailops.pdd.report", inventory, "-e", "pdd_report_path=report.html")
    assert reported.code == 0, reported.output
    page = (ansible.directory / "report.html").read_text()
    assert not MASKED.search(page)
    assert "the password would be set again" in page


@pytest.mark.parametrize("home", ["/nonexistent", ""])
def test_without_a_home(ansible: Ansible, service: Service, home: str) -> None:
    """A warning, in a check run and in the run; the other parts are done."""
    inventory = inventory_of(ansible, service, signature="Example Ltd.", maillists=[{"maillist": "team"}])
    environment = {"HOME": home, "XDG_STATE_HOME": "", "ANSIBLE_LOCAL_TEMP": str(ansible.directory / "temp")}
    for check in (("--check",), ()):
        done = ansible("playbook", PROVISION, "-i", inventory, *check, **environment)
        assert done.code == 0, done.output
        assert "state_path has no default" in done.output
        assert "pdd_domain_signature_state_path" in done.output
        assert "Traceback" not in done.output
    assert set(service.maillists) == {"team"}
