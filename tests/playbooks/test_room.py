# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users write into inventories and plays is taken as meant, or refused early with the rule that it breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import TOKEN, Emulator
from pdd_source_server import SourceServer

from ..conftest import Service
from .conftest import ROOT, Ansible, Finished

PROVISION = "mailops.pdd.provision"
ROLE = "mailops.pdd.pdd_domain"
SIGNATURE = "Example Ltd."
SETSIGN = "domain/settings/setsign"
MOST = 1500
"""Characters of a refusal: a few lines."""
SECRET = "made-up-1"


def failures(done: Finished, host: str) -> list[str]:
    """Return what a host's failed tasks say."""
    _before, *parts = done.output.split(f"fatal: [{host}]: FAILED! => ")
    return [json.JSONDecoder().raw_decode(part)[0]["msg"] for part in parts]


def imports(*pairs: tuple[str, str], **more: Any) -> list[dict[str, Any]]:
    """Return imports from a server each, of an account each."""
    return [
        {"server": server, "mailboxes": [{"external_login": login, "external_password": SECRET, **more}]}
        for server, login in pairs
    ]


def mailbox(login: object, **properties: Any) -> dict[str, Any]:
    """Return the variable of one mailbox."""
    return {"pdd_domain_mailboxes": [{"login": login, **properties}]}


def maillist(name: object, *subscribers: object, **more: Any) -> dict[str, Any]:
    """Return the variable of one mailing list."""
    return {"pdd_domain_maillists": [{"maillist": name, "subscribers": list(subscribers), **more}]}


# Host by host; YAML that is no JSON is written as such, because it matters how it is spelled.
REFUSED: dict[str, tuple[dict[str, Any] | str, tuple[str, ...]]] = {
    "imported twice": (
        {"pdd_domain_imports": imports(("one.test", "anna@one.test"), ("two.test", "Anna@two.test"))},
        ("pdd_domain_imports, 'anna'", "'anna@one.test' on 'one.test'", "'Anna@two.test' on 'two.test'"),
    ),
    "imported twice as": (
        {"pdd_domain_imports": imports(("one.test", "a"), ("two.test", "b"), internal_login="anna")},
        ("pdd_domain_imports, 'anna'", "'one.test'", "'two.test'"),
    ),
    "login no": ("pdd_domain_mailboxes: [{login: no}]", ("pdd_domain_mailboxes, entry 1: login", "quote it")),
    "login date": ("pdd_domain_mailboxes: [{login: 2024-01-02}]", ("login", "a date", "quote it")),
    "login float": ("pdd_domain_mailboxes: [{login: 1.5}]", ("login", "a number", "quote it")),
    "login sexagesimal": ("pdd_domain_mailboxes:\n  - login: 12:30:00", ("12:30:00", "45000", "quote it")),
    "login octal": ("pdd_domain_mailboxes: [{login: 0123, state: absent}]", ("0123", "83", "quote it")),
    "password": (
        "pdd_domain_mailboxes: [{login: anna, password: 01234567}]",
        ("pdd_domain_mailboxes, 'anna': password is a number, not a string",),
    ),
    "password template": (
        "pdd_domain_mailboxes: [{login: anna, password: '{{ 1234567 }}'}]",
        ("pdd_domain_mailboxes, 'anna': password is a number, not a string",),
    ),
    "answer": (
        "pdd_domain_mailboxes: [{login: anna, hint_question: Q, hint_answer: yes}]",
        ("'anna': hint_answer is a boolean, not a string",),
    ),
    "external password": (
        "pdd_domain_imports: [{server: a.test, mailboxes: [{external_login: anna, external_password: 1234567}]}]",
        ("pdd_domain_imports, 'a.test': mailboxes, 'anna': external_password", "quote it"),
    ),
    "internal login": (
        "pdd_domain_imports: [{server: a, mailboxes: [{external_login: a, external_password: b, internal_login: on}]}]",
        ("internal_login", "quote it"),
    ),
    "oauth token": ("pdd_domain_oauth_token: 12345678", ("pdd_domain_oauth_token is a number, not a string",)),
    "first name": ("pdd_domain_mailboxes: [{login: anna, first_name: No}]", ("'anna': first_name", "quote it")),
    "list on": ("pdd_domain_maillists: [{maillist: on}]", ("pdd_domain_maillists, entry 1: maillist", "quote it")),
    "subscriber no": (
        "pdd_domain_maillists: [{maillist: team, subscribers: [anna, no]}]",
        ("pdd_domain_maillists, 'team': subscribers", "quote it"),
    ),
    "sender no": (
        "pdd_domain_maillists: [{maillist: team, subscribers: [anna], senders_on_behalf: [no]}]",
        ("pdd_domain_maillists, 'team': senders_on_behalf", "quote it"),
    ),
    "absent list off": ("pdd_domain_maillists_absent: [off]", ("pdd_domain_maillists_absent", "quote it")),
    "name of the domain": ("pdd_domain_name: 1.5", ("pdd_domain_name is a number, not a string",)),
    "misspelled": (
        {"pdd_domain_maillist": []},
        ("pdd_domain_maillist is no variable", "is pdd_domain_maillists meant?"),
    ),
    "misspelled option": ({"pdd_domain_sign": "x"}, ("pdd_domain_sign is no variable", "pdd_domain_signature")),
    "unknown": ({"pdd_domain_xyzzy": 1}, ("pdd_domain_xyzzy is no variable of the role",)),
    "unknown key": (mailbox("anna", passwd=SECRET), ("pdd_domain_mailboxes, 'anna'", "passwd", "password")),
    "invisible": (mailbox("anna\u200b"), ("pdd_domain_mailboxes", "U+200B", "invisible")),
    "soft hyphen": (maillist("te\u00adam"), ("pdd_domain_maillists", "U+00AD")),
    "no-break space": (maillist("team", "an\u00a0na"), ("pdd_domain_maillists, 'team': subscribers", "U+00A0")),
    "direction": ({"pdd_domain_maillists_absent": ["news\u202e"]}, ("pdd_domain_maillists_absent", "U+202E")),
    "invisible account": ({"pdd_domain_imports": imports(("a.test", "anna\u200d"))}, ("external_login", "U+200D")),
    "full-width": (maillist("team", "anna\uff20example.test"), ("subscribers", "U+FF20", "FULLWIDTH COMMERCIAL AT")),
    "full-width domain": ({"pdd_domain_name": "example\uff0etest"}, ("pdd_domain_name", "U+FF0E")),
    "both": (
        {**maillist("Team"), "pdd_domain_maillists_absent": ["team"]},
        ("In pdd_domain_maillists and in pdd_domain_maillists_absent at the same time: team",),
    ),
    "list and mailbox": (
        {**maillist("Anna"), **mailbox("anna")},
        ("pdd_domain_maillists, 'anna'", "pdd_domain_mailboxes"),
    ),
    "list and import": (
        {**maillist("anna"), "pdd_domain_imports": imports(("a.test", "anna"))},
        ("pdd_domain_maillists, 'anna'", "pdd_domain_imports"),
    ),
    "imported and absent": (
        {**mailbox("Anna", state="absent"), "pdd_domain_imports": imports(("a.test", "anna"))},
        ("pdd_domain_mailboxes, 'anna'", "absent", "pdd_domain_imports"),
    ),
    "subscribed and absent": (
        {**mailbox("anna", state="absent"), **maillist("team", "Anna")},
        ("pdd_domain_maillists, 'team'", "'anna' is subscribed, and absent in pdd_domain_mailboxes"),
    ),
    "subscribed and absent list": (
        {**maillist("team", "news"), "pdd_domain_maillists_absent": ["News"]},
        ("pdd_domain_maillists, 'team'", "'news' is subscribed, and in pdd_domain_maillists_absent"),
    ),
    "sender": (
        maillist("team", "anna", senders_on_behalf=["boris"]),
        ("pdd_domain_maillists: 'team'", "boris", "not among the subscribers"),
    ),
    "twice": (
        {"pdd_domain_mailboxes": [{"login": "anna"}, {"login": "Anna"}]},
        ("pdd_domain_mailboxes", "'Anna' is the same as 'anna'"),
    ),
    "other domain": (mailbox("anna@other.test"), ("pdd_domain_mailboxes", "is not in the domain")),
    "reserved": (mailbox("abuse", password=SECRET), ("pdd_domain_mailboxes", "abuse", "reserved")),
    "no truth": (
        {"pdd_domain_maillists_exclusive": "maybe"},
        ("pdd_domain_maillists_exclusive must be true or false",),
    ),
    "truth": ("pdd_domain_timeout: yes", ("pdd_domain_timeout is a boolean, not a number",)),
    "percent": ({"pdd_domain_max_removals_percent": 200}, ("pdd_domain_max_removals_percent: 200",)),
    "certificates": ({"pdd_domain_ca_path": "missing.pem"}, ("pdd_domain_ca_path", "missing.pem", "does not exist")),
    "no domain": ({"pdd_domain_name": "web1"}, ("pdd_domain_name: 'web1' is no valid domain name", "pdd_hosts")),
    "many": (
        {"pdd_domain_mailboxes": [{"login": "-", "password": SECRET, "nonsense": 1} for _each in range(500)]},
        ("pdd_domain_mailboxes", "497 more"),
    ),
}


def refused_inventory(ansible: Ansible, service: Service) -> tuple[Path, dict[str, str]]:
    """Write an inventory with a host for each case; returns its path, and the hosts by their case."""
    hosts = {case: f"host{number:02}.test" for number, case in enumerate(REFUSED)}
    (ansible.directory / "host_vars").mkdir()
    for case, (variables, _words) in REFUSED.items():
        content = variables if isinstance(variables, str) else json.dumps(variables)
        (ansible.directory / "host_vars" / f"{hosts[case]}.yml").write_text(content)
    common = {"pdd_domain_token": TOKEN, "pdd_domain_api_url": service.url}
    return ansible.inventory({host: {} for host in hosts.values()}, **common), hosts


@pytest.mark.parametrize("playbook", ["mailops.pdd.validate", "play.yml", PROVISION])
def test_what_is_refused(ansible: Ansible, service: Service, playbook: str) -> None:
    """All of it before the first request, each by its host, in a few lines with variable, object and rule."""
    inventory, hosts = refused_inventory(ansible, service)
    ansible.write("play.yml", [{"hosts": "all", "connection": "local", "gather_facts": False, "roles": [ROLE]}])
    service.forget()
    done = ansible.playbook(playbook, inventory, *(["--check"] if playbook == PROVISION else []))
    assert done.code == 2
    assert service.requests() == []
    for case, (_variables, words) in REFUSED.items():
        [message] = failures(done, hosts[case])
        assert [word for word in words if word not in message] == [], (case, message)
        assert len(message) < MOST, case
        assert SECRET not in message
        assert "1234567" not in message


TAKEN = """
pdd_domain_imports:
pdd_domain_throttle: ""
pdd_domain_mailboxes:
  - {"\\uFEFFlogin": "\\uFEFFanna", password: made-up-1, first_name: "", birth_date: "", sex: " ", hint_question: ""}
  - {login: 2024, state: absent, first_name: "{{ nothing | default(omit) }}"}
  - {login: "vera ", password: "{{ nothing | default('made-up-1') }}", enabled: "", update_password: "", state: ""}
  - login: jose
    password: made-up-1
    first_name: "Jose\\u0301"
    birth_date: 1990-01-02
pdd_domain_maillists:
  - {maillist: team, subscribers: "{{ it + board }}", senders_on_behalf: "{{ it + it }}", exclusive: ""}
  - {maillist: news, subscribers: "anna,vera,", senders_on_behalf: ""}
  - {maillist: idle, subscribers: "", senders_on_behalf: "{{ nothing | default(omit) }}"}
pdd_domain_maillists_absent: [old, Old, 2023, "", "{{ nothing | default(omit) }}"]
it: [anna, Vera]
board: ["Anna@%s", vera]
"""


def test_what_is_taken_as_meant(ansible: Ansible, service: Service) -> None:
    """Null, blank cells, a byte order mark, people named twice, omitted values, names in NFD, whole numbers."""
    (ansible.directory / "host_vars").mkdir()
    (ansible.directory / "host_vars" / f"{service.domain}.yml").write_text(TAKEN % service.domain)
    inventory = ansible.inventory({service.domain: {}}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    predicted = ansible.playbook(PROVISION, inventory, "--check")
    done = ansible.playbook(PROVISION, inventory)
    assert done.code == 0, done.output
    assert predicted.changed(service.domain) == done.changed(service.domain)
    assert set(service.mailboxes) == {"anna", "vera", "jose"}
    assert service.mailboxes["jose"]["iname"] == "Jos\u00e9"
    assert service.mailboxes["jose"]["birth_date"] == "1990-01-02"
    assert service.maillists == {
        "team": {"anna": True, "vera": True},
        "news": {"anna": False, "vera": False},
        "idle": {},
    }
    service.forget()
    assert ansible.playbook(PROVISION, inventory).changed(service.domain) == []
    assert service.writes() == []


LEAVES: dict[str, list[Any]] = {
    "pdd_domain_mailboxes": [{"login": "anna"}],
    "pdd_domain_imports": [],
    "pdd_domain_maillists": [{"maillist": "team"}],
    "pdd_domain_maillists_absent": [],
}


@pytest.mark.parametrize("unset", [None, "", "{{ nothing | default(omit) }}", "{{ none }}"])
def test_every_variable_that_is_not_set(ansible: Ansible, service: Service, unset: str | None) -> None:
    """Null, blank or omitted, each counts as not set, and so do the keys of entries that need none."""
    options = yaml.safe_load((ROOT / "roles/pdd_domain/meta/argument_specs.yml").read_text())["argument_specs"]
    variables: dict[str, Any] = dict.fromkeys(options["main"]["options"], unset)
    for name, entries in LEAVES.items():
        spec = options["main"]["options"][name].get("options", {})
        keys = [key for key, option in spec.items() if not option.get("required")]
        variables[name] = [{**dict.fromkeys(keys, unset), **entry} for entry in entries]
    variables |= {"pdd_domain_token": TOKEN, "pdd_domain_api_url": service.url, "pdd_domain_signature": None}
    service.add_mailboxes("anna")
    service.forget()
    done = ansible.playbook(PROVISION, ansible.inventory({service.domain: variables}))
    assert done.code == 0, done.output
    assert service.maillists == {"team": {}}
    assert service.calls().count("email/edit") == 0


SIGN = {"pdd_domain_signature": SIGNATURE}
WAYS: dict[str, list[dict[str, Any]]] = {
    "import_playbook": [{"import_playbook": PROVISION, "vars": SIGN}],
    "include_role": [
        {"hosts": "all", "tasks": [{"ansible.builtin.include_role": {"name": ROLE}, "vars": SIGN}]},
    ],
    "parameters": [{"hosts": "all", "roles": [{"role": ROLE, **SIGN}]}],
    "play": [{"hosts": "all", "vars": SIGN, "roles": [ROLE]}],
    "set_fact": [
        {"hosts": "all", "tasks": [{"ansible.builtin.set_fact": SIGN}]},
        {"import_playbook": PROVISION},
    ],
    "registered": [
        {
            "hosts": "all",
            "tasks": [{"ansible.builtin.debug": {"msg": SIGNATURE}, "register": "told"}],
        },
        {"import_playbook": PROVISION, "vars": {"pdd_domain_signature": "{{ told.msg }}"}},
    ],
    "extra": [{"import_playbook": PROVISION}],
    "group_vars": [{"import_playbook": PROVISION}],
}


@pytest.mark.parametrize("way", WAYS)
def test_where_a_variable_is_set(ansible: Ansible, service: Service, second_service: Service, way: str) -> None:
    """The signature is set, once for both hosts by the playbook, wherever Ansible has it from."""
    plays = [play if "import_playbook" in play else {"gather_facts": False, **play} for play in WAYS[way]]
    inventory = ansible.inventory(
        {service.domain: {}, second_service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        ansible_connection="local",
    )
    if way == "group_vars":
        (ansible.directory / "group_vars").mkdir()
        (ansible.directory / "group_vars" / "all.yml").write_text(json.dumps(SIGN))
    service.forget()
    more = ["-e", json.dumps(SIGN)] if way == "extra" else []
    done = ansible.playbook(ansible.write("play.yml", plays), inventory, *more)
    assert done.code == 0, done.output
    assert service.signature == SIGNATURE
    assert service.writes() == [SETSIGN]


BOTH = {"pdd_domain_maillists": [{"maillist": "team"}]}
CONFLICTS: dict[str, tuple[dict[str, dict[str, Any]], str]] = {
    "signatures": (
        {"one.test": {"pdd_domain_signature": "One"}, "two.test": {"pdd_domain_signature": "Two"}},
        "One token has one signature, but these hosts share a token and have different ones in pdd_domain_signature: "
        "one.test against two.test",
    ),
    "Punycode": (
        {"xn--e1afmkfd.test": BOTH, "пример.test": {}},
        "these hosts all name xn--e1afmkfd.test: xn--e1afmkfd.test, пример.test",
    ),
    "name": (
        {"one": {"pdd_domain_name": "Example.test"}, "two": {"pdd_domain_name": "example.TEST", **BOTH}},
        "these hosts all name example.test: one, two",
    ),
}


@pytest.mark.parametrize("case", CONFLICTS)
@pytest.mark.parametrize("way", ["provision", "limited", "validate", "own play", "free"])
def test_hosts_that_contradict_each_other(ansible: Ansible, service: Service, case: str, way: str) -> None:
    """They are refused before anything is sent, whichever of them the run is limited to, in readable words."""
    hosts, message = CONFLICTS[case]
    inventory = ansible.inventory(hosts, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    play = {"hosts": "all", "connection": "local", "gather_facts": False, "roles": [ROLE]}
    own = ansible.write("play.yml", [{**play, "strategy": "free"} if way == "free" else play])
    playbook: str | Path = (
        own if way in ("own play", "free") else {"validate": "mailops.pdd.validate"}.get(way, PROVISION)
    )
    service.forget()
    last = list(hosts)[-1]
    done = ansible.playbook(playbook, inventory, *(["--limit", last] if way == "limited" else []))
    assert done.code == 2
    assert message in done.output
    assert way == "provision" or done.recap[last]["failed"] == 1
    assert service.requests() == []


def test_hosts_that_do_not_contradict_each_other(ansible: Ansible, service: Service, second_service: Service) -> None:
    """A host that sets no signature, or whose variables cannot be read, contradicts nobody."""
    hosts = {
        service.domain: SIGN,
        second_service.domain: {"pdd_domain_signature": "Another", "pdd_domain_sets_signature": "no"},
        "broken.test": {"pdd_domain_signature": "A third", "pdd_domain_token": "{{ lookup('file', '/nonexistent') }}"},
    }
    inventory = ansible.inventory(hosts, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url, **BOTH)
    service.forget()
    done = ansible.playbook(PROVISION, inventory)
    assert {host: counts["failed"] for host, counts in done.recap.items()} == {
        service.domain: 0,
        second_service.domain: 0,
        "broken.test": 1,
    }
    [message] = failures(done, "broken.test")
    assert message.startswith("pdd_domain_token: ")
    assert service.writes().count(SETSIGN) == 1
    assert service.maillists == second_service.maillists == {"team": {}}


def test_signature_when_the_chosen_host_fails(ansible: Ansible, service: Service, second_service: Service) -> None:
    inventory = ansible.inventory(
        {service.domain: {"pdd_domain_timeout": "long"}, second_service.domain: {}},
        pdd_domain_token=TOKEN,
        pdd_domain_api_url=service.url,
        **SIGN,
    )
    service.forget()
    done = ansible.playbook(PROVISION, inventory)
    assert (done.recap[service.domain]["failed"], done.recap[second_service.domain]["failed"]) == (1, 0)
    assert service.writes().count(SETSIGN) == 1


@pytest.mark.parametrize(
    "arguments",
    [(), ("--tags", "maillists"), ("--skip-tags", "always"), ("--start-at-task", "Create the mailing lists")],
)
def test_drift_without_check_mode(ansible: Ansible, service: Service, arguments: tuple[str, ...]) -> None:
    """It stops before anything, for a run that was meant to compare would write."""
    inventory = ansible.inventory(
        {service.domain: {}}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url, **SIGN, **BOTH
    )
    service.forget()
    done = ansible.playbook(PROVISION, inventory, "-e", "pdd_fail_on_drift=true", *arguments)
    assert done.code == 2
    assert "pdd_fail_on_drift" in done.output
    assert "--check" in done.output
    assert service.requests() == []
    assert ansible.playbook(PROVISION, inventory, "-e", "pdd_fail_on_drift=no", *arguments).code == 0


@pytest.mark.parametrize("value", ["false", "no", "False", "0", "off"])
def test_truth_values_that_are_strings(ansible: Ansible, service: Service, value: str) -> None:
    """Of -e and of an INI file, and in entries."""
    service.add_maillist("old")
    service.add_mailboxes("anna")
    names = ("validate_certs", "maillists_exclusive", "verify_count", "imports_retry_failed")
    inventory = ansible.directory / "hosts.ini"
    flags = " ".join(f"pdd_domain_{name}={value}" for name in names)
    inventory.write_text(f"{service.domain} {flags} pdd_domain_api_url={service.url} pdd_domain_token={TOKEN}\n")
    entries = {
        "pdd_domain_maillists": [{"maillist": "team", "subscribers": ["anna"], "exclusive": value}],
        "pdd_domain_mailboxes": [{"login": "anna", "enabled": value}],
    }
    extra = [f"pdd_domain_imports_wait={value}", f"pdd_domain_sets_signature={value}", "pdd_domain_signature=x"]
    arguments = [part for each in (*extra, json.dumps(entries)) for part in ("-e", each)]
    service.forget()
    done = ansible.playbook(PROVISION, inventory, *arguments)
    assert done.code == 0, done.output
    assert service.maillists == {"old": {}, "team": {"anna": False}}
    assert service.mailboxes["anna"]["enabled"] == "no"
    assert SETSIGN not in service.writes()


FOREIGN = {
    "ansible_connection": "ssh",
    "ansible_become": True,
    "ansible_python_interpreter": "/nonexistent/python3",
    "ansible_shell_type": "powershell",
}
"""What an inventory says of other machines."""
PLAYBOOKS: dict[str, tuple[str, ...]] = {
    "mailops.pdd.validate": (),
    PROVISION: (),
    f"{PROVISION} again": ("--check", "-e", "pdd_fail_on_drift=true"),
    "mailops.pdd.export": (),
    "mailops.pdd.report": (),
}
SURROUNDINGS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "free": ({"ANSIBLE_STRATEGY": "free", "ANSIBLE_PRIVATE_ROLE_VARS": "true", "ANSIBLE_BECOME": "true"}, ()),
    "host_pinned": ({"ANSIBLE_STRATEGY": "host_pinned"}, ()),
    "without always": ({}, ("--skip-tags", "always")),
}


@pytest.mark.parametrize("case", SURROUNDINGS)
def test_playbooks_in_any_surroundings(ansible: Ansible, service: Service, second_service: Service, case: str) -> None:
    """Every strategy, private variables, no tasks tagged `always`, variables of other machines, other hosts."""
    environment, arguments = SURROUNDINGS[case]
    hosts = {service.domain: BOTH, second_service.domain: BOTH, "web1": {}}
    inventory = ansible.inventory(hosts, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url, **FOREIGN, **SIGN)
    service.add_mailboxes("anna")
    service.forget()
    for name, more in PLAYBOOKS.items():
        command = [name.split()[0], *more, *arguments, "-e", "pdd_hosts=all:!web1"]
        done = ansible("playbook", "-i", inventory, *command, **environment)
        assert done.code == 0, done.output
        assert set(done.recap) == {service.domain, second_service.domain}
    assert service.maillists == second_service.maillists == {"team": {}}
    assert service.writes().count(SETSIGN) == 1
    exported = [ansible.directory / "host_vars" / f"{each.domain}.yml" for each in (service, second_service)]
    assert [path.exists() for path in exported] == [True, True]
    assert (ansible.directory / "pdd_report.html").exists()


def test_tags_that_would_hide_a_failure(ansible: Ansible, service: Service) -> None:
    """A part that fails is told whatever is skipped, or the run is refused."""
    service.add_maillist("vera")
    variables = {**mailbox("vera", password=SECRET), **BOTH}
    inventory = ansible.inventory({service.domain: variables}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    for skipped in ("always", "signature", "imports,maillists"):
        done = ansible.playbook(PROVISION, inventory, "--skip-tags", skipped)
        assert done.code == 2, done.output
        assert done.tasks(service.domain)["Tell what could not be done"] == "fatal"
    service.forget()
    refused = ansible.playbook(PROVISION, inventory, "--skip-tags", "always,imports")
    assert refused.code != 0
    assert "--skip-tags cannot have always together with a part of the role" in refused.output
    assert service.requests() == []


def test_start_at_a_task(ansible: Ansible, service: Service, second_service: Service) -> None:
    """What comes later is done as ever, the signature of the token's owner included."""
    hosts = {service.domain: BOTH, second_service.domain: BOTH}
    inventory = ansible.inventory(hosts, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url, **SIGN)
    service.forget()
    done = ansible.playbook(PROVISION, inventory, "--start-at-task", f"{ROLE} : Set the signature of the token's owner")
    assert done.code == 0, done.output
    assert service.maillists == second_service.maillists == {"team": {}}
    assert service.writes().count(SETSIGN) == 1


def test_paths_are_relative_to_the_inventory(ansible: Ansible, service: Service) -> None:
    """And neither to the collection nor to where the command runs."""
    place = ansible.root / "inventories"
    place.mkdir()
    variables = {
        "pdd_domain_signature_state_path": "state/signatures.json",
        "pdd_domain_ca_path": "ca.pem",
        **SIGN,
    }
    inventory = ansible.inventory({service.domain: variables}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    inventory = inventory.rename(place / "inventory.yml")
    (place / "ca.pem").write_text("")
    (place / "pages").mkdir()
    done = ansible.playbook(PROVISION, inventory, "-e", "pdd_domain_validate_certs=false")
    assert done.code == 0, done.output
    assert (place / "state" / "signatures.json").exists()
    assert not (ansible.directory / "state").exists()
    arguments = ("-e", "pdd_domain_validate_certs=false")
    exported = ansible.playbook("mailops.pdd.export", inventory, *arguments, "-e", "pdd_export_dir=exports")
    assert exported.code == 0, exported.output
    assert (place / "exports" / "host_vars" / f"{service.domain}.yml").exists()
    reported = ansible.playbook("mailops.pdd.report", inventory, *arguments, "-e", "pdd_report_path=pages/mail.html")
    assert reported.code == 0, reported.output
    assert (place / "pages" / "mail.html").exists()


def test_report_does_not_spoil_the_inventory(ansible: Ansible, service: Service) -> None:
    """A page in a directory of inventories would be read as one."""
    place = ansible.root / "inventories"
    place.mkdir()
    inventory = ansible.inventory({service.domain: {}}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    inventory.rename(place / "inventory.yml")
    for _run in range(2):
        done = ansible("playbook", "-i", place, "mailops.pdd.report", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
        assert done.code == 0, done.output
    assert [path.name for path in place.iterdir()] == ["inventory.yml"]
    assert (ansible.directory / "pdd_report.html").exists()


def test_report_on_hosts_that_all_fail_early(ansible: Ansible) -> None:
    """There is a page all the same, and it says so."""
    inventory = ansible.inventory({"one.test": {"pdd_domain_timeout": "long"}, "two.test": {"pdd_domain_maillist": 1}})
    done = ansible.playbook("mailops.pdd.report", inventory)
    assert done.code == 2
    assert {counts["failed"] for counts in done.recap.values()} == {1}
    page = (ansible.directory / "pdd_report.html").read_text()
    assert page.count("The domain was not read.") >= 2


def test_report_of_the_role_in_a_loop(ansible: Ansible, service: Service, second_service: Service) -> None:
    """The drift of one domain is not told of the next."""
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"reports": []},
        "tasks": [
            {
                "ansible.builtin.include_tasks": "one.yml",
                "loop": [
                    {"domain": service.domain, "maillists": [{"maillist": "team"}]},
                    {"domain": second_service.domain, "maillists": []},
                ],
            },
            {
                "ansible.builtin.copy": {
                    "content": "{{ reports | to_json }}",
                    "dest": str(ansible.root / "reports.json"),
                }
            },
        ],
    }
    ansible.write(
        "one.yml",
        [
            {
                "ansible.builtin.include_role": {"name": ROLE, "tasks_from": "report"},
                "vars": {
                    "pdd_domain_name": "{{ item.domain }}",
                    "pdd_domain_maillists": "{{ item.maillists }}",
                    "pdd_domain_api_url": service.url,
                },
            },
            {"ansible.builtin.set_fact": {"reports": "{{ reports + [pdd_domain_report] }}"}},
        ],
    )
    done = ansible("playbook", ansible.write("play.yml", [play]), PDD_TOKEN=TOKEN)
    assert done.code == 0, done.output
    first, second = json.loads((ansible.root / "reports.json").read_text())
    assert (first["domain"], len(first["drift"]["differences"])) == (service.domain, 1)
    assert (second["domain"], second["drift"], second["errors"]) == (second_service.domain, None, [])


def test_password_of_the_readme_in_check_mode(ansible: Ansible, service: Service) -> None:
    """The lookup of Ansible generates it then, too, as the README says."""
    password = "{{ lookup('ansible.builtin.password', inventory_dir ~ '/passwords/vera') }}"
    inventory = ansible.inventory(
        {service.domain: mailbox("vera", password=password)}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url
    )
    assert ansible.playbook(PROVISION, inventory, "--check").code == 0
    assert (ansible.directory / "passwords" / "vera").exists()
    assert "stores it in a file next to the inventory, also in a check run" in " ".join(
        (ROOT / "README.md").read_text().split()
    )


def test_validate_many_hosts(ansible: Ansible, emulator: Emulator) -> None:
    """200 domains at once, without a request: each is checked, and all are compared."""
    people = [f"box{number:02}" for number in range(20)]
    variables = {
        "pdd_domain_mailboxes": [{"login": name, "password": SECRET} for name in people],
        "pdd_domain_maillists": [{"maillist": "team", "subscribers": people}],
    }
    hosts: dict[str, dict[str, Any]] = {f"host{number:03}.test": variables for number in range(200)}
    inventory = ansible.inventory({**hosts, "host000.test": {**variables, "pdd_domain_signature": "x"}}, **SIGN)
    done = ansible("playbook", "-i", inventory, "mailops.pdd.validate", PDD_API_URL=emulator.api("x.test").url)
    assert done.code == 2
    assert {counts["failed"] for counts in done.recap.values()} == {1}
    assert "host000.test against host001.test, host002.test, host003.test and 196 more" in done.output
    assert ansible("playbook", "-i", ansible.inventory(hosts, **SIGN), "mailops.pdd.validate").code == 0


def test_address_that_changes_its_kind(ansible: Ansible, service: Service) -> None:
    """A list becomes a mailbox, and a mailbox a list, in one run."""
    service.add_maillist("support")
    service.add_maillist("old")
    service.add_mailboxes("sales", "anna")
    variables = {
        "pdd_domain_mailboxes": [{"login": "support", "password": SECRET}, {"login": "Sales", "state": "absent"}],
        "pdd_domain_maillists": [{"maillist": "sales", "subscribers": ["anna", "support"]}],
        "pdd_domain_maillists_absent": ["Support", "old"],
    }
    inventory = ansible.inventory({service.domain: variables}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    done = ansible.playbook(PROVISION, inventory)
    assert done.code == 0, done.output
    assert done.changed(service.domain) == [
        "Delete mailboxes",
        "Delete mailing lists whose address a mailbox gets",
        "Manage the mailboxes",
        "Delete mailing lists",
        "Create the mailing lists",
        "Manage subscribers and senders on behalf",
    ]
    assert set(service.mailboxes) == {"support", "anna"}
    assert service.maillists == {"sales": {"anna": False, "support": False}}
    service.forget()
    assert ansible.playbook(PROVISION, inventory).changed(service.domain) == service.writes() == []


def test_import_with_a_wrong_password(ansible: Ansible, service: Service, source: SourceServer) -> None:
    """Everything else is done, in later runs too, and the failure is told at the end, with the variable to set."""
    accounts = [
        {"external_login": "anna", "external_password": "made-up-anna"},
        {"external_login": "boris", "external_password": "made-up-wrong"},
    ]
    server = {"server": source.host, "port": source.ports["imaps"]}

    def run(*names: str, **more: Any) -> Finished:
        variables = {
            "pdd_domain_imports": [{**server, "mailboxes": accounts}],
            "pdd_domain_imports_wait": True,
            "pdd_domain_maillists": [{"maillist": name, "subscribers": ["anna", "boris"]} for name in names],
        }
        common = {"pdd_domain_token": TOKEN, "pdd_domain_api_url": service.url}
        return ansible.playbook(PROVISION, ansible.inventory({service.domain: {**variables, **more}}, **common))

    for names in (("team",), ("team", "news")):
        done = run(*names)
        assert done.code == 2
        assert set(service.maillists) == set(names)
        assert service.mailboxes["anna"]["messages"] == 3
        assert done.recap[service.domain]["failed"] == 1
        last = failures(done, service.domain)[-1]
        assert "boris" in last
        assert last.count("importing") == 1
        assert "run again with pdd_domain_imports_retry_failed" in last
    accounts[1]["external_password"] = "made-up-boris"
    done = run("team", pdd_domain_imports_retry_failed=True)
    assert done.code == 0, done.output
    assert service.mailboxes["boris"]["messages"] == 2


def test_what_depends_on_a_failed_object(ansible: Ansible, service: Service) -> None:
    """It is left out and named; the rest is done."""
    service.add_maillist("vera")
    service.add_mailboxes("anna", "boris")
    service.add_maillist("team", "boris")
    variables = {
        **mailbox("vera", password=SECRET),
        "pdd_domain_maillists": [
            {"maillist": "team", "subscribers": ["anna", "vera"], "exclusive": True},
            {"maillist": "2024", "subscribers": ["anna"]},
            {"maillist": "news", "subscribers": ["boris"]},
        ],
        **SIGN,
    }
    inventory = ansible.inventory({service.domain: variables}, pdd_domain_token=TOKEN, pdd_domain_api_url=service.url)
    service.forget()
    done = ansible.playbook(PROVISION, inventory)
    assert done.code == 2
    assert service.maillists == {"vera": {}, "team": {"boris": False, "anna": False}, "news": {"boris": False}}
    assert service.writes().count(SETSIGN) == 1
    last = failures(done, service.domain)[-1]
    assert "vera" in last.partition("Not tried")[0]
    assert "Not tried to subscribe to team vera, which could not be created." in last
    assert "Not tried to manage the subscribers of 2024, which could not be created." in last
    assert len(last) < MOST


def test_service_that_is_not_there(ansible: Ansible, service: Service) -> None:
    """One part fails, and the others do not wait for the same timeout."""
    variables = {**mailbox("vera", password=SECRET), **BOTH, **SIGN, "pdd_domain_retry_timeout": 0}
    inventory = ansible.inventory({service.domain: variables}, pdd_domain_token=TOKEN)
    done = ansible.playbook(PROVISION, inventory, "-e", "pdd_domain_api_url=http://127.0.0.1:9")
    assert done.code == 2
    assert (done.recap[service.domain]["failed"], done.recap[service.domain]["ignored"]) == (1, 1)
