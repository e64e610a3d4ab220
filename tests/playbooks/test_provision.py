# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook mailops.pdd.provision and the role mailops.pdd.pdd_domain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN, wait_until
from pdd_source_server import SourceServer
from pytest_httpserver import HTTPServer

from ..conftest import Service
from ..leaks import files_with
from ..modules.conftest import Middleman
from .conftest import Ansible

PROVISION = "mailops.pdd.provision"
SIGNATURE = "Example Ltd., 1 Example Street"
SECRETS = (
    TOKEN,
    OAUTH_TOKEN,
    "made-up-anna",
    "made-up-boris",
    "a-new-one-1",
    "a-new-one-2",
    "never-set-1",
    "turquoise",
    "made-up-wrong",
)

SIGN = "Set the signature of the token's owner"
START = "Start the imports"
MAILBOXES = "Manage the mailboxes"
CREATE = "Create the mailing lists"
DELETE = "Delete mailing lists"
SUBSCRIBE = "Manage subscribers and senders on behalf"
WAIT = "Wait for the imports"


@pytest.fixture
def role(ansible: Ansible) -> Path:
    """Write a play of the user's own that runs the role; returns its path."""
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "roles": ["mailops.pdd.pdd_domain"],
    }
    return ansible.write("role.yml", [play])


def two_imports(source: SourceServer) -> list[dict[str, Any]]:
    """Return imports of one mailbox each over IMAP and POP3."""
    return [
        {
            "server": source.host,
            "port": source.ports["imaps"],
            "mailboxes": [{"external_login": "anna", "external_password": "made-up-anna"}],
        },
        {
            "server": source.host,
            "port": source.ports["pop3"],
            "method": "pop3",
            "ssl": False,
            "mailboxes": [
                {
                    "external_login": "boris",
                    "external_password": "made-up-boris",
                    "internal_login": "bob",
                    "internal_password": "a-new-one-1",
                }
            ],
        },
    ]


@pytest.fixture
def desired(source: SourceServer) -> dict[str, Any]:
    """Return all that can be said of a domain, with two source servers."""
    return {
        "pdd_domain_signature": SIGNATURE,
        "pdd_domain_imports": two_imports(source),
        "pdd_domain_imports_wait": True,
        "pdd_domain_mailboxes": [
            {
                "login": "Vera",
                "password": "a-new-one-2",
                "birth_date": "1990-02-03",
                "sex": "female",
                "hint_question": "Colour?",
                "hint_answer": "turquoise",
            },
            {"login": "anna", "password": "never-set-1", "last_name": "Muster"},
            {"login": "BOB", "enabled": False},
        ],
        "pdd_domain_maillists": [
            {
                "maillist": "Everybody",
                "subscribers": ["anna", "bob", "vera"],
                "senders_on_behalf": ["anna"],
                "exclusive": True,
            },
            {"maillist": "sales", "subscribers": ["bob"]},
            {"maillist": "idle"},
        ],
        "pdd_domain_throttle": 1,
    }


def provisioned(service: Service) -> None:
    """Assert that a domain is as `desired` says."""
    assert service.maillists == {
        "everybody": {"anna": True, "bob": False, "vera": False},
        "sales": {"bob": False},
        "idle": {},
    }
    mailboxes = service.mailboxes
    assert {login: each["messages"] for login, each in mailboxes.items()} == {"anna": 3, "bob": 2, "vera": 0}
    passwords = {"anna": "made-up-anna", "bob": "a-new-one-1", "vera": "a-new-one-2"}
    assert {login: each["password"] for login, each in mailboxes.items()} == passwords
    assert (mailboxes["anna"]["fname"], mailboxes["bob"]["enabled"]) == ("Muster", "no")
    assert (mailboxes["vera"]["sex"], mailboxes["vera"]["hinta"]) == (2, "turquoise")


def test_two_empty_domains(
    ansible: Ansible, service: Service, second_service: Service, desired: dict[str, Any]
) -> None:
    """A check run predicts what a run changes, a second run writes nothing, and no secret is to be seen."""
    domains = (service.domain, second_service.domain)
    inventory = ansible.inventory(
        {domain: {} for domain in domains},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        **desired,
    )
    service.forget()
    predicted = ansible.playbook(PROVISION, inventory, "--check", "--diff", "-vvvv")
    assert predicted.code == 0, predicted.output
    assert service.writes() == []
    done = ansible.playbook(PROVISION, inventory, "--diff", "-vvvv")
    assert done.code == 0, done.output
    assert done.changed(domains[0]) == [SIGN, START, MAILBOXES, CREATE, SUBSCRIBE]
    assert done.changed(domains[1]) == [START, MAILBOXES, CREATE, SUBSCRIBE]
    for domain in domains:
        assert predicted.changed(domain) == done.changed(domain)
        assert predicted.recap[domain]["changed"] == done.recap[domain]["changed"]
        assert done.tasks(domain)[WAIT] == "ok"
    assert service.writes().count("domain/settings/setsign") == 1
    assert service.signature == SIGNATURE
    provisioned(service)
    provisioned(second_service)
    service.forget()
    again = ansible.playbook(PROVISION, inventory)
    assert again.code == 0, again.output
    assert service.writes() == []
    assert [again.changed(domain) for domain in domains] == [[], []]
    for finished in (predicted, done, again):
        assert not [secret for secret in SECRETS if secret in finished.output]
    assert ansible.log.exists()
    assert ansible.state.exists()
    assert {path for _secret, path in files_with(SECRETS, ansible.root)} == {inventory}


def test_role_alone(ansible: Ansible, service: Service, role: Path, desired: dict[str, Any]) -> None:
    """The same for the role in a play of the user's own, with the connection in the environment."""
    inventory = ansible.inventory({"some-host": {"pdd_domain_name": service.domain.upper(), **desired}})
    environment = {"PDD_TOKEN": TOKEN, "PDD_API_URL": service.url}
    arguments = ("playbook", "-i", inventory, role)
    predicted = ansible(*arguments, "--check", **environment)
    assert service.writes() == []
    done = ansible(*arguments, **environment)
    assert done.code == 0, done.output
    assert predicted.changed("some-host") == done.changed("some-host") == [SIGN, START, MAILBOXES, CREATE, SUBSCRIBE]
    provisioned(service)
    service.forget()
    again = ansible(*arguments, **environment)
    assert (again.code, again.changed("some-host"), service.writes()) == (0, [], [])
    ansible.state.unlink()
    forgotten = ansible(*arguments, "--tags", "signature", **environment)
    assert forgotten.changed("some-host") == [SIGN]
    assert service.calls().count("domain/settings/setsign") == 1


def test_mailboxes_that_are_imported(
    ansible: Ansible, service: Service, second_service: Service, source: SourceServer, role: Path
) -> None:
    """They keep their mail and, unless it is to be renewed, the password of the import; the check run knows of them."""
    account = {"external_login": "anna", "external_password": "made-up-anna"}
    imports = [{"server": source.host, "port": source.ports["imaps"], "mailboxes": [account]}]
    named = {"login": "Anna", "password": "never-set-1"}
    renewed = {"login": "anna", "password": "a-new-one-2", "update_password": "always"}
    one, other = service.domain, second_service.domain
    inventory = ansible.inventory(
        {one: {"pdd_domain_mailboxes": [named]}, other: {"pdd_domain_mailboxes": [renewed]}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        pdd_domain_imports=imports,
        pdd_domain_imports_wait=True,
    )
    service.forget()
    predicted = ansible.playbook(role, inventory, "--check")
    assert predicted.code == 0, predicted.output
    assert service.writes() == []
    done = ansible.playbook(role, inventory)
    assert done.code == 0, done.output
    assert done.tasks(one)[MAILBOXES] == "ok"
    assert predicted.changed(one) == done.changed(one) == [START]
    assert predicted.changed(other) == done.changed(other) == [START, MAILBOXES]
    assert [service.mailboxes["anna"][key] for key in ("messages", "password")] == [3, "made-up-anna"]
    assert [second_service.mailboxes["anna"][key] for key in ("messages", "password")] == [3, "a-new-one-2"]


@pytest.mark.parametrize("blank", [None, ""])
def test_blank_internal_login(
    ansible: Ansible, service: Service, source: SourceServer, role: Path, blank: str | None
) -> None:
    """It counts as not given: the mailbox has the name of the account."""
    account = {"external_login": "clara@old.test", "external_password": "made-up-clara", "internal_login": blank}
    server = {"server": source.host, "port": source.ports["imaps"], "mailboxes": [account]}
    inventory = ansible.inventory(
        {service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        pdd_domain_imports=[server],
        pdd_domain_mailboxes=[{"login": "clara", "password": "never-set-1"}],
    )
    predicted = ansible.playbook(role, inventory, "--check")
    assert predicted.code == 0, predicted.output
    assert predicted.changed(service.domain) == ["Start the imports"]


def test_mailbox_that_cannot_be(ansible: Ansible, service: Service, role: Path) -> None:
    """The role says why at its end, without showing a password; the other mailboxes and the lists are done."""
    service.add_maillist("team")
    inventory = ansible.inventory(
        {service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        pdd_domain_mailboxes=[
            {"login": "team", "password": "a-new-one-1"},
            {"login": "vera", "password": "a-new-one-2", "birth_date": "1990-02-03"},
            {"login": "gone", "state": "absent"},
        ],
        pdd_domain_maillists=[{"maillist": "news"}],
    )
    failed = ansible.playbook(role, inventory, "-vvvv")
    assert failed.code == 2
    assert failed.tasks(service.domain)[MAILBOXES] == "fatal"
    assert f"{service.address('team')} is a mailing list" in failed.output
    assert service.mailboxes["vera"]["birth_date"] == "1990-02-03"
    assert set(service.maillists) == {"team", "news"}
    assert failed.recap[service.domain]["failed"] == 1
    assert not [secret for secret in SECRETS if secret in failed.output]


def test_number_of_tasks(ansible: Ansible, service: Service, second_service: Service, role: Path) -> None:
    """It is the same for 3 lists and for 300."""
    for domain in (service, second_service):
        domain.add_mailboxes("anna", "boris")

    def lists(number: int) -> list[dict[str, Any]]:
        return [{"maillist": f"list{each}", "subscribers": ["anna", "boris"]} for each in range(number)]

    few, many = service.domain, second_service.domain
    inventory = ansible.inventory(
        {few: {"pdd_domain_maillists": lists(3)}, many: {"pdd_domain_maillists": lists(300)}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
    )
    done = ansible.playbook(role, inventory)
    assert done.code == 0, done.output
    assert done.recap[few] == done.recap[many]
    assert done.tasks(few) == done.tasks(many)
    assert len(second_service.maillists) == 300
    assert set(map(len, second_service.maillists.values())) == {2}


def test_unwanted_lists(ansible: Ansible, service: Service, role: Path) -> None:
    for name in ("team", "old", "older", "oldest"):
        service.add_maillist(name)
    common = {"pdd_domain_token": TOKEN, "pdd_domain_api_url": service.url}
    kept = [{"maillist": "team"}]
    inventory = ansible.inventory(
        {service.domain: {"pdd_domain_maillists": kept, "pdd_domain_maillists_absent": ["Old", "never"]}}, **common
    )
    assert ansible.playbook(role, inventory).changed(service.domain) == [DELETE]
    assert set(service.maillists) == {"team", "older", "oldest"}
    service.add_maillist("young")
    exclusive = {"pdd_domain_maillists": kept, "pdd_domain_maillists_exclusive": True}
    inventory = ansible.inventory({service.domain: exclusive}, **common)
    service.forget()
    guarded = ansible.playbook(role, inventory, "--check")
    assert guarded.code == 2
    assert "exclusive would remove 3 of the 4 mailing lists" in guarded.output
    inventory = ansible.inventory({service.domain: exclusive}, **common, pdd_domain_max_removals_percent=100)
    predicted = ansible.playbook(role, inventory, "--check")
    assert service.writes() == []
    done = ansible.playbook(role, inventory)
    assert predicted.changed(service.domain) == done.changed(service.domain) == [CREATE]
    assert set(service.maillists) == {"team"}


def test_incomplete_listing(
    ansible: Ansible, service: Service, source: SourceServer, role: Path, httpserver: HTTPServer
) -> None:
    """It stops every task that would delete or import on its word, unless the variable says otherwise."""
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team", "anna", "boris")
    middleman = Middleman(httpserver, service.url)
    middleman.edit("email/list", lambda answer: answer.update(accounts=answer["accounts"][:-1]))
    middleman.edit("email/ml/subscribers", lambda answer: answer.update(subscribers=answer["subscribers"][:-1]))
    variables = {
        "pdd_domain_token": TOKEN,
        "pdd_domain_api_url": middleman.url,
        "pdd_domain_imports": [
            {
                "server": source.host,
                "port": source.ports["imap"],
                "ssl": False,
                "mailboxes": [{"external_login": "box00", "external_password": "made-up-box00"}],
            }
        ],
        "pdd_domain_mailboxes": [{"login": "never", "state": "absent"}],
        "pdd_domain_maillists": [{"maillist": "team", "subscribers": ["anna"], "exclusive": True}],
        "pdd_domain_maillists_exclusive": True,
        "pdd_domain_maillists_absent": ["never"],
    }
    inventory = ansible.inventory({service.domain: {}}, **variables)
    refused = ansible.playbook(role, inventory, "--check")
    assert refused.code == 2
    assert "verify_count: false" in refused.output
    inventory = ansible.inventory({service.domain: {}}, **variables, pdd_domain_verify_count=False)
    assert ansible.playbook(role, inventory, "--check").code == 0


def test_list_that_is_wanted_and_unwanted(ansible: Ansible, service: Service, role: Path) -> None:
    inventory = ansible.inventory(
        {service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        pdd_domain_signature=SIGNATURE,
        pdd_domain_maillists=[{"maillist": "Team"}, {"maillist": "news"}],
        pdd_domain_maillists_absent=[service.address("team")],
    )
    refused = ansible.playbook(role, inventory)
    assert refused.code == 2
    assert "In pdd_domain_maillists and in pdd_domain_maillists_absent at the same time: team" in refused.output
    assert service.requests() == []


def test_tags_and_limit(ansible: Ansible, service: Service, second_service: Service, desired: dict[str, Any]) -> None:
    """Each tag does its part, and --limit leaves the other domains alone."""
    inventory = ansible.inventory(
        {service.domain: {}, second_service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        **desired,
    )
    limit = ("--limit", second_service.domain)
    imported = ansible.playbook(PROVISION, inventory, *limit, "--tags", "imports")
    assert imported.code == 0, imported.output
    assert imported.changed(second_service.domain) == [START]
    assert set(imported.recap) == {second_service.domain}
    created = ansible.playbook(PROVISION, inventory, *limit, "--tags", "mailboxes")
    assert created.changed(second_service.domain) == [MAILBOXES]
    listed = ansible.playbook(PROVISION, inventory, *limit, "--tags", "maillists")
    assert listed.changed(second_service.domain) == [CREATE, SUBSCRIBE]
    assert "domain/settings/setsign" not in service.writes()
    signed = ansible.playbook(PROVISION, inventory, *limit, "--tags", "signature")
    assert signed.changed(second_service.domain) == [SIGN]
    provisioned(second_service)
    assert (service.maillists, service.mailboxes) == ({}, {})


@pytest.mark.parametrize("suffix", ["", "/"])
def test_one_token_with_two_signatures(
    ansible: Ansible, service: Service, second_service: Service, suffix: str
) -> None:
    """One owner has one signature, also where his service is spelled in two ways."""
    one, other = service.domain, second_service.domain
    inventory = ansible.inventory(
        {
            one: {"pdd_domain_signature": "Example Ltd.", "pdd_domain_api_url": service.url},
            other: {"pdd_domain_signature": "Another Ltd.", "pdd_domain_api_url": service.url + suffix},
        },
        pdd_domain_token=TOKEN,
        pdd_domain_maillists=[{"maillist": "team"}],
    )
    service.forget()
    refused = ansible.playbook(PROVISION, inventory)
    assert refused.code == 2
    assert "One token has one signature" in refused.output
    assert one in refused.output
    assert other in refused.output
    assert service.requests() == []


def test_two_owners_have_two_signatures(ansible: Ansible, service: Service, second_service: Service) -> None:
    one, other = service.domain, second_service.domain
    inventory = ansible.inventory(
        {
            one: {"pdd_domain_signature": "Example Ltd."},
            other: {"pdd_domain_signature": "Another Ltd.", "pdd_domain_oauth_token": OAUTH_TOKEN},
        },
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
    )
    service.forget()
    done = ansible.playbook(PROVISION, inventory, "-vvvv")
    assert done.code == 0, done.output
    assert done.changed(one) == done.changed(other) == [SIGN]
    assert {entry["path"].split("/")[2] for entry in service.requests()} == {"admin", "registrar"}
    assert not [secret for secret in SECRETS if secret in done.output]


def test_one_domain_that_fails(
    ansible: Ansible, service: Service, second_service: Service, source: SourceServer
) -> None:
    """A failed import is the last to be told, says what is wrong, and does no harm to lists and other domains."""
    server = {"server": source.host, "port": source.ports["imaps"]}
    wrong = {"external_login": "anna", "external_password": "made-up-wrong"}
    lists = {"pdd_domain_maillists": [{"maillist": "team", "subscribers": ["anna"]}]}
    second_service.add_mailboxes("anna")
    imports = {"pdd_domain_imports": [{**server, "mailboxes": [wrong]}], "pdd_domain_imports_wait": True}
    inventory = ansible.inventory(
        {service.domain: {**lists, **imports}, second_service.domain: lists},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
    )
    done = ansible.playbook(PROVISION, inventory, "-vvvv")
    assert done.code == 2
    assert done.recap[service.domain]["failed"] == 1
    assert done.tasks(service.domain)[SUBSCRIBE] == "changed"
    assert f"importing {service.address('anna')} from the account anna failed" in done.output
    assert "Traceback" not in done.output
    assert second_service.maillists == {"team": {"anna": False}}
    assert not [secret for secret in SECRETS if secret in done.output]
    assert wait_until(lambda: service.maillists == {"team": {"anna": False}})


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (
            {"pdd_domain_imports": [{"server": "old.test", "mailboxes": [{"external_password": "made-up-anna"}]}]},
            ["missing required arguments: external_login", "pdd_domain_imports"],
        ),
        (
            {
                "pdd_domain_imports": [
                    {
                        "server": "old.test",
                        "mailboxes": [
                            {
                                "external_login": "a",
                                "external_password": "made-up-anna",
                                "extern_passwd": "made-up-boris",
                            }
                        ],
                    }
                ],
                "pdd_domain_maillists": [{"maillist": "team", "subscriber": ["anna"]}],
            },
            ["extern_passwd", "pdd_domain_maillists", "Supported parameters include", "subscribers"],
        ),
        (
            {"pdd_domain_imports": [{"server": "old.test", "mailboxes": ["anna made-up-anna"]}]},
            ["mailboxes", "pdd_domain_imports"],
        ),
        (
            {
                "pdd_domain_mailboxes": [
                    {"login": "vera", "password": "a-new-one-2", "hint_answer": "turquoise", "sex": "none"},
                    {"password": "a-new-one-1", "passwd": "made-up-boris", "name": "Vera"},
                ]
            },
            ["pdd_domain_mailboxes", "value of sex must be one of", "missing required arguments: login", "passwd"],
        ),
    ],
)
def test_variables_that_break_their_description(
    ansible: Ansible, service: Service, role: Path, variables: dict[str, Any], words: list[str]
) -> None:
    inventory = ansible.inventory({service.domain: variables}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    refused = ansible.playbook(role, inventory, "-vvvv")
    assert refused.code == 2
    assert not [word for word in words if word not in refused.output], refused.output
    assert not [secret for secret in SECRETS if secret in refused.output]
    assert service.requests() == []


def test_module_defaults(ansible: Ansible, service: Service, source: SourceServer) -> None:
    """The action group gives all modules their connection."""
    server = {"server": source.host, "port": source.ports["imaps"], "wait": True, "poll_interval": 1}
    account = {"external_login": "anna", "external_password": "{{ password }}"}
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {
            "group/mailops.pdd.pdd": {"domain": service.domain, "token": "{{ token }}", "api_url": service.url}
        },
        "tasks": [
            {"mailops.pdd.pdd_signature": {"signature": SIGNATURE}},
            {"mailops.pdd.pdd_mailbox_import": {**server, **account}},
            {"mailops.pdd.pdd_maillist": {"maillist": ["team"]}},
            {"mailops.pdd.pdd_maillist_subscriber": {"maillist": "team", "subscribers": ["anna"]}},
            {"mailops.pdd.pdd_mailbox": {"login": "anna", "first_name": "Anna"}},
            {"mailops.pdd.pdd_domain_info": None, "register": "place"},
            {"ansible.builtin.assert": {"that": ["place.domains[0].mailboxes_count == 1"]}},
            {"mailops.pdd.pdd_mailbox_info": None, "register": "found"},
            {"ansible.builtin.assert": {"that": ["found.mailboxes[0].counters.unread == 3"]}},
        ],
    }
    secrets = ansible.write("secrets.yml", {"token": TOKEN, "password": "made-up-anna"})
    done = ansible("playbook", ansible.write("play.yml", [play]), "-e", f"@{secrets}", "-vvvv")
    assert done.code == 0, done.output
    assert done.recap["localhost"]["changed"] == 5
    assert service.maillists == {"team": {"anna": False}}
    assert not [secret for secret in SECRETS if secret in done.output]
    assert {path for _secret, path in files_with(SECRETS, ansible.root)} == {secrets}
