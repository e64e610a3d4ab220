# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin, through the commands that users run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import OAUTH_TOKEN, TOKEN, Emulator
from pytest_httpserver import HTTPServer

from ..conftest import ERAS, Service
from ..leaks import files_with
from .conftest import Ansible, Finished

FILE = "domains.pdd.yml"
STATUSES = ("added", "domain-activate", "mx-activate")
VARIABLES = {
    "pdd_status",
    "pdd_stage",
    "pdd_delegated",
    "pdd_aliases",
    "pdd_master_admin",
    "pdd_dkim_ready",
    "pdd_mailboxes_count",
    "pdd_mailboxes_limit",
}
CACHE = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "cache"}
SENT = {"PDD_TOKEN": TOKEN}
"""The environment of a run that reads the domains."""

Listing = Callable[..., Finished]
"""Runs `ansible-inventory` with further arguments on a file of the given options, with the token in the environment."""


@pytest.fixture(scope="module")
def own_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Return an emulator with no domains but those of this file; the parameter is its era."""
    with Emulator("--era", getattr(request, "param", ERAS[0])) as running:
        yield running
    assert running.errors == ""


@pytest.fixture
def service(own_emulator: Emulator) -> Service:
    """Return the one domain that all tests see, with two more of other statuses."""
    service = Service(own_emulator.api("example.test"))
    own_emulator.api("new.example.test").control_put("", {"status": "domain-activate"})
    own_emulator.api("пример.test").control_put("", {"status": "mx-activate"})
    service.forget()
    return service


def file_of(ansible: Ansible, service: Service, **options: Any) -> Path:
    """Write an inventory file; an option that is None is left out."""
    given = {"plugin": "mailops.pdd.pdd", "api_url": service.url, **options}
    return ansible.write(FILE, {name: value for name, value in given.items() if value is not None})


@pytest.fixture
def listing(ansible: Ansible, service: Service) -> Listing:
    """Return a way to run `ansible-inventory`."""

    def run(*arguments: str, environment: Mapping[str, str] | None = None, **options: Any) -> Finished:
        given = SENT if environment is None else environment
        return ansible("inventory", "-i", file_of(ansible, service, **options), *arguments, **given)

    return run


def hosts_of(listed: dict[str, Any], group: str) -> set[str]:
    """Return the hosts of a group in what `--list` says."""
    inside: dict[str, Any] = listed.get(group, {})
    return set(inside.get("hosts", [])).union(*(hosts_of(listed, child) for child in inside.get("children", [])))


def plain(value: Any) -> Any:
    """Return what `ansible-inventory` says without the mark that it gives to what is no template."""
    if isinstance(value, dict):
        return value.get("__ansible_unsafe", {key: plain(each) for key, each in value.items()})
    return [plain(each) for each in value] if isinstance(value, list) else value


def told(finished: Finished) -> str:
    """Return what a command said in one line, since Ansible wraps warnings."""
    return " ".join(finished.output.split())


def refused(ansible: Ansible, path: Path, *arguments: str, **environment: str) -> str:
    """Run `ansible-inventory` where it fails; returns what it says."""
    strictly = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true", **environment}
    failed = ansible("inventory", "-i", path, "--list", "-vvvv", *arguments, **strictly)
    assert failed.code != 0
    assert "Traceback" not in failed.output
    return told(failed)


def test_graph(listing: Listing) -> None:
    """Statuses with hyphens and international names are made safe."""
    graph = listing("--graph")
    assert graph.code == 0, graph.output
    assert graph.output.strip().splitlines() == [
        "@all:",
        "  |--@ungrouped:",
        "  |--@pdd:",
        "  |  |--@pdd_status_added:",
        "  |  |  |--example.test",
        "  |  |--@pdd_status_domain_activate:",
        "  |  |  |--new.example.test",
        "  |  |--@pdd_status_mx_activate:",
        "  |  |  |--xn--e1afmkfd.test",
    ]


def test_all_pages(ansible: Ansible) -> None:
    names = {f"many{number:02}.test": STATUSES[number % 3] for number in range(45)}
    with Emulator() as emulator:
        for name, status in names.items():
            emulator.api(name).control_put("", {"status": status})
        service = Service(emulator.api("many00.test"))
        service.forget()
        listed = ansible("inventory", "-i", file_of(ansible, service), "--list", **SENT).result
        assert service.calls() == ["domain/domains"] * 3
    assert hosts_of(listed, "pdd") == set(names)
    for status in STATUSES:
        group = f"pdd_status_{status.replace('-', '_')}"
        assert hosts_of(listed, group) == {name for name in names if names[name] == status}


@pytest.mark.parametrize("own_emulator", ERAS, indirect=True)
def test_variables(listing: Listing, service: Service, request: pytest.FixtureRequest) -> None:
    era = request.node.callspec.params["own_emulator"]
    assert plain(listing("--host", "new.example.test").result) == {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "pdd_domain_api_url": service.url,
        "pdd_aliases": [],
        "pdd_delegated": False,
        "pdd_dkim_ready": False,
        "pdd_mailboxes_count": 0,
        "pdd_mailboxes_limit": 2147483647 if era == "2021" else 1000,
        "pdd_master_admin": True,
        "pdd_stage": "owner-check",
        "pdd_status": "domain-activate",
    }


def test_what_the_file_says_of_the_connection_is_inherited(listing: Listing) -> None:
    given = {"timeout": 5, "retry_timeout": "2.5", "max_connections": 2, "validate_certs": "no", "ca_path": "/"}
    inherited = {name: value for name, value in listing("--host", "example.test").result.items() if "domain_" in name}
    assert set(inherited) == {"pdd_domain_api_url"}
    variables = plain(listing("--host", "example.test", **given).result)
    assert {name: variables[f"pdd_domain_{name}"] for name in given} == {
        "timeout": 5.0,
        "retry_timeout": 2.5,
        "max_connections": 2,
        "validate_certs": False,
        "ca_path": "/",
    }


def test_group_vars_win(ansible: Ansible, listing: Listing) -> None:
    (ansible.directory / "group_vars").mkdir()
    ansible.write("group_vars/all.yml", {"pdd_domain_api_url": "https://other.test"})
    ansible.write("group_vars/pdd.yml", {"ansible_connection": "other"})
    variables = plain(listing("--host", "example.test").result)
    assert variables["pdd_domain_api_url"] == "https://other.test"
    assert variables["ansible_connection"] == "other"


def test_connection_of_the_environment(listing: Listing, service: Service) -> None:
    environment = {"PDD_API_URL": f" {service.url}/", "PDD_TOKEN": f"{TOKEN}\n", "PDD_OAUTH_TOKEN": OAUTH_TOKEN}
    for blank in (None, " "):
        service.forget()
        options = {"api_url": blank, "token": blank, "oauth_token": blank}
        variables = listing("--host", "example.test", environment=environment, **options).result
        assert variables["pdd_domain_api_url"] == service.url
        (entry,) = service.requests()
        assert entry["path"] == "/api2/registrar/domain/domains"
        assert entry["headers"]["pddtoken"] == TOKEN


def test_environment_is_no_template(listing: Listing) -> None:
    said = told(listing("--graph", environment={"PDD_TOKEN": "{{ 1 + 1 }}{% if %}"}))
    assert "the service answered 'bad_token'" in said


def test_token_from_templates(ansible: Ansible, listing: Listing) -> None:
    (ansible.directory / "pdd_token").write_text(f"{TOKEN}\n")
    lookup = "{{ lookup('ansible.builtin.file', 'pdd_token') }}"
    assert "|--example.test" in listing("--graph", environment={}, token=lookup).output
    extra = ["-e", f"vaulted_pdd_token={TOKEN}"]
    assert "|--example.test" in listing("--graph", *extra, environment={}, token="{{ vaulted_pdd_token }}").output


def test_vaulted_token(ansible: Ansible, service: Service) -> None:
    for name, text in (("password", "made-up-vault-1"), ("wrong", "made-up-vault-2")):
        (ansible.directory / name).write_text(text)
    vaulted = ansible("vault", "encrypt_string", "--vault-password-file", "password", "--name", "token", TOKEN)
    path = ansible.directory / FILE
    path.write_text(
        f"plugin: mailops.pdd.pdd\napi_url: {service.url}\n{vaulted.output[vaulted.output.index('token:') :]}"
    )
    listed = ansible("inventory", "-i", path, "--vault-password-file", "password", "--list", "-vvvv")
    assert hosts_of(listed.result, "pdd") == {"example.test", "new.example.test", "xn--e1afmkfd.test"}
    assert TOKEN not in listed.output
    service.forget()
    assert "ecrypt" in refused(ansible, path, "--vault-password-file", "wrong")
    assert service.requests() == []


def test_cache(ansible: Ansible, listing: Listing, service: Service) -> None:
    fresh = listing("--list", **CACHE)
    assert service.calls() == ["domain/domains"]
    service.forget()
    cached = listing("--list", "-vvvv", **CACHE)
    assert cached.result == fresh.result
    assert hosts_of(cached.result, "pdd_status_added") == {"example.test"}
    assert service.requests() == []
    (kept,) = (ansible.directory / "cache").iterdir()
    assert b"example.test" in kept.read_bytes()
    assert files_with((TOKEN,), ansible.root) == []
    play = ansible.write("play.yml", [{"hosts": "pdd", "gather_facts": False}])
    flushed = ansible("playbook", "-i", FILE, play, "--flush-cache", "--list-hosts", **SENT)
    assert "example.test" in flushed.output
    assert service.calls() == ["domain/domains"]


def test_no_cache_unless_it_is_wanted(ansible: Ansible, listing: Listing, service: Service) -> None:
    for _run in range(2):
        listing("--graph", cache_plugin=CACHE["cache_plugin"], cache_connection=CACHE["cache_connection"])
    assert service.calls() == ["domain/domains"] * 2
    assert not (ansible.directory / "cache").exists()


def test_cache_of_another_version_counts_as_none(ansible: Ansible, listing: Listing, service: Service) -> None:
    listing("--graph", **CACHE)
    (kept,) = (ansible.directory / "cache").iterdir()
    kept.write_text(kept.read_text().replace("stage", "of_another_version"))
    service.forget()
    assert plain(listing("--host", "example.test", **CACHE).result)["pdd_stage"] == "added"
    assert service.calls() == ["domain/domains"]
    service.forget()
    assert "|--example.test" in listing("--graph", **CACHE).output
    assert service.requests() == []


def test_refresh_does_not_read_the_cache(ansible: Ansible, listing: Listing, service: Service) -> None:
    listing("--graph", **CACHE)
    service.forget()
    tasks = [{"ansible.builtin.meta": "refresh_inventory"}]
    play = ansible.write("play.yml", [{"hosts": "pdd_status_added", "gather_facts": False, "tasks": tasks}])
    done = ansible("playbook", "-i", FILE, play, **SENT)
    assert done.code == 0, done.output
    assert service.calls() == ["domain/domains"]


BAD_INPUT: list[tuple[dict[str, Any], str]] = [
    ({"token": " "}, "token is missing: give the option or the environment variable PDD_TOKEN"),
    ({"token": "MADEUPЖ2345"}, "token has a character that is not printable ASCII"),
    ({"token": ["MADEUP2345"]}, "token is not a string"),
    ({"token": "MADEUP2345{{ nowhere }}"}, "token: the template cannot be filled in ('nowhere' is undefined)"),
    ({"token": "MADEUP2345{{ nowhere"}, "token: the template cannot be filled in ("),
    ({"token": "MADEUP2345", "api_url": "{{ nowhere }}"}, "api_url: the template cannot be filled in"),
    (
        {"token": "MADEUP2345", "api_url": "https://anna:made-up-2345@pdd.test"},
        "must not contain a user name or password",
    ),
    ({"token": "MADEUP2345", "api_url": "service.test"}, "api_url: no URL of the form"),
    ({"token": "MADEUP2345", "timeout": 0}, "timeout: 0.0 is not between 0.001 and 86400"),
    ({"token": "MADEUP2345", "timeout": "soon"}, "'soon'"),
    ({"token": "MADEUP2345", "ca_path": "/no/such/file"}, "ca_path: '/no/such/file' does not exist"),
    ({"token": "MADEUP2345", "validate_certs": "fasle"}, "validate_certs: 'fasle' is neither true nor false"),
    ({"token": "MADEUP2345", "tokn": "MADEUP2345"}, "tokn: there is no such option"),
]


def test_bad_input(ansible: Ansible, service: Service) -> None:
    """It is refused before the first request, and no secret is shown."""
    arguments: list[str | Path] = []
    for number, (options, _words) in enumerate(BAD_INPUT):
        path = ansible.directory / f"bad{number}.pdd.yml"
        arguments += ["-i", file_of(ansible, service, **options).rename(path)]
    failed = ansible("inventory", *arguments, "--list", "-vvvv")
    said = told(failed)
    assert [words for _options, words in BAD_INPUT if words not in said] == []
    assert said.count("Unable to parse") == len(BAD_INPUT)
    assert "Traceback" not in said
    assert "2345" not in said
    assert service.requests() == []


def test_all_problems_are_named_at_once(ansible: Ansible, service: Service) -> None:
    said = refused(ansible, file_of(ansible, service, timeout=0, max_connections=0))
    assert all(word in said for word in ("timeout", "max_connections", "token is missing"))
    said = refused(ansible, file_of(ansible, service, cache="perhaps", tokn="x"))
    assert all(word in said for word in ("cache: 'perhaps'", "tokn: there is no such option"))


def test_wrong_token(ansible: Ansible, service: Service) -> None:
    said = refused(ansible, file_of(ansible, service), PDD_TOKEN="MADEUPWRONGTOKEN")
    assert "Cannot list the domains: the service answered 'bad_token' (the PDD token is wrong)." in said
    assert "Check the option token or the environment variable PDD_TOKEN." in said
    assert len(service.requests()) == 1
    assert "MADEUPWRONGTOKEN" not in said
    assert files_with(["MADEUPWRONGTOKEN"], ansible.root) == []


def test_service_that_is_elsewhere(ansible: Ansible, service: Service, dead_port: int) -> None:
    nowhere = file_of(ansible, service, api_url=f"http://127.0.0.1:{dead_port}", retry_timeout=0)
    said = f"Cannot list the domains: no connection to http://127.0.0.1:{dead_port} (Connection refused)"
    assert said in refused(ansible, nowhere, **SENT)
    wrong = file_of(ansible, service, api_url=f"{service.url}/elsewhere")
    said = "the answer cannot be read, because it is JSON without a readable 'success' (HTTP status 404)"
    assert said in refused(ansible, wrong, **SENT)


def test_failure_is_a_warning_where_it_may_be(listing: Listing) -> None:
    """That is Ansible's own default, which the documentation speaks of."""
    failed = listing("--graph", environment={})
    assert failed.code == 0
    assert "token is missing" in failed.output
    assert "example.test" not in failed.output


def test_address_without_encryption_is_warned_of(listing: Listing) -> None:
    said = told(listing("--graph", api_url="http://service.test", retry_timeout=0))
    assert "http://service.test is not encrypted" in said


def test_missing_library(ansible: Ansible, listing: Listing) -> None:
    (ansible.directory / "requests.py").write_text("raise ImportError('there is none')\n")
    failed = listing("--graph", environment={**SENT, "PYTHONPATH": str(ansible.directory)})
    said = told(failed)
    assert f"The Python that runs Ansible, {sys.executable}, lacks the library requests." in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("name", "taken"), [("domains.pdd.yaml", True), ("domains.yml", False), ("pdd.yml", False)])
def test_name_of_the_file(ansible: Ansible, service: Service, name: str, taken: bool) -> None:
    path = file_of(ansible, service).rename(ansible.directory / name)
    graph = ansible("inventory", "-i", path, "--graph", **SENT)
    assert ("|--example.test" in graph.output) is taken
    assert ("could not be verified" in told(graph)) is not taken


def test_token_is_shown_nowhere(ansible: Ansible, listing: Listing) -> None:
    for arguments in (["--list"], ["--list", "--yaml"], ["--graph", "--vars"], ["--host", "example.test"]):
        listed = listing(
            *arguments, "-vvvv", environment={**SENT, "PDD_OAUTH_TOKEN": OAUTH_TOKEN, "ANSIBLE_DEBUG": "1"}
        )
        assert "example.test" in listed.output
        assert TOKEN not in listed.output
        assert OAUTH_TOKEN not in listed.output
    assert files_with((TOKEN, OAUTH_TOKEN), ansible.root) == []


HOSTILE = [
    "{{ 1 + 1 }}",
    "{% raw %}x{% endraw %}",
    "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ 1 + 1 ]]",
    "!unsafe x",
    "é\n\x1b[31m",
]


@pytest.mark.parametrize("cache", [{}, CACHE])
def test_what_the_service_says_is_no_template(
    ansible: Ansible, listing: Listing, httpserver: HTTPServer, cache: dict[str, Any]
) -> None:
    """Neither in a play nor in an expression of the inventory file; also if it comes from the cache."""
    rows = [
        {"name": f"d{number}.test", "status": text, "stage": text, "aliases": [text]}
        for number, text in enumerate(HOSTILE)
    ]
    answer = {"success": "ok", "domains": rows, "total": len(rows), "found": len(rows), "page": 1, "on_page": 20}
    httpserver.expect_request("/api2/admin/domain/domains").respond_with_json(answer)
    compose = {"again": "pdd_status", "derived": "([pdd_status] | map('upper') | first) ~ pdd_aliases[0]"}
    keyed = [{"prefix": "under", "key": "pdd_status"}, {"prefix": "under", "key": "derived"}]
    options = {"api_url": httpserver.url_for("").rstrip("/"), "compose": compose, "keyed_groups": keyed, **cache}
    said = ["pdd_status", "pdd_stage", "pdd_aliases", "again", "derived"]
    task = {
        "ansible.builtin.copy": {
            "content": f"{{{{ [{', '.join(said)}] | to_json }}}}",
            "dest": "{{ playbook_dir }}/{{ inventory_hostname }}.json",
            "mode": "0600",
        }
    }
    play = ansible.write("play.yml", [{"hosts": "pdd", "gather_facts": False, "tasks": [task]}])
    assert listing("--graph", **options).code == 0
    done = ansible("playbook", "-i", FILE, play, **SENT)
    assert done.code == 0, done.output
    for number, text in enumerate(HOSTILE):
        arrived = json.loads((ansible.directory / f"d{number}.test.json").read_text())
        assert arrived == [text, text, [text], text, text.upper() + text]
    assert len(httpserver.log) == (1 if cache else 2)
    groups = yaml.safe_load(listing("--list", "--yaml", **options).output)["all"]["children"]["pdd"]["children"]
    assert sorted(groups)[:2] == ["pdd_status____1___1___", "pdd_status____raw___x___endraw___"]
    assert all(group.isidentifier() for group in groups)


def test_names_that_are_no_domains(listing: Listing, httpserver: HTTPServer) -> None:
    """They would be taken for paths, patterns or templates; the others are there nevertheless."""
    bad = [
        "../../etc/x.test",
        "a b.test",
        "*.test",
        "!d.test",
        "d.test:22",
        "{{ 1 + 1 }}.test",
        "all",
        "localhost",
        "[a:z].test",
    ]
    rows = [{"name": name} for name in [*bad, "Good.TEST"]]
    answer = {"success": "ok", "domains": rows, "total": len(rows)}
    httpserver.expect_request("/api2/admin/domain/domains").respond_with_json(answer)
    listed = listing("--list", api_url=httpserver.url_for("").rstrip("/"))
    assert hosts_of(listed.result, "all") == hosts_of(listed.result, "pdd_status_unknown") == {"good.test"}
    assert {
        value
        for name, value in listed.result["_meta"]["hostvars"]["good.test"].items()
        if name in VARIABLES - {"pdd_aliases"}
    } == {None}
    said = told(listed)
    for name in bad:
        assert f"Left out {name!r}: the service lists it, but it is no domain" in said


def test_constructed(listing: Listing, service: Service) -> None:
    options = {
        "strict": True,
        "compose": {"left": "pdd_mailboxes_limit - pdd_mailboxes_count", "ansible_connection": "'ssh'"},
        "groups": {"idle": "pdd_mailboxes_count == 0", "with space": "left | int < pdd_mailboxes_limit"},
        "keyed_groups": [{"prefix": "under", "key": "inventory_hostname.split('.')[-2]"}],
    }
    if not service.mailboxes:
        service.add_mailboxes("anna")
    listed = plain(listing("--list", **options).result)
    assert listed["_meta"]["hostvars"]["example.test"]["left"] == 999
    assert listed["_meta"]["hostvars"]["example.test"]["ansible_connection"] == "ssh"
    assert hosts_of(listed, "with_space") == {"example.test"}
    assert hosts_of(listed, "idle") == {"new.example.test", "xn--e1afmkfd.test"}
    assert hosts_of(listed, "under_example") == {"example.test", "new.example.test"}
    assert hosts_of(listed, "under_xn__e1afmkfd") == {"xn--e1afmkfd.test"}


def test_constructed_strictly(ansible: Ansible, listing: Listing, service: Service) -> None:
    assert "nowhere" not in listing("--host", "example.test", compose={"x": "nowhere"}).result
    said = refused(ansible, file_of(ansible, service, strict=True, compose={"x": "nowhere"}), **SENT)
    assert "Could not set x for host example.test" in said


def test_play_over_the_domains(ansible: Ansible, service: Service) -> None:
    """The modules find Python, service and token without a word in the play."""
    tasks = [
        {
            "mailops.pdd.pdd_domain_info": {
                "domain": "{{ inventory_hostname }}",
                "api_url": "{{ pdd_domain_api_url }}",
            },
            "register": "read",
        },
        {"ansible.builtin.assert": {"that": "read.domains[0].status == pdd_status"}},
    ]
    play = ansible.write("play.yml", [{"hosts": "pdd", "gather_facts": False, "tasks": tasks}])
    done = ansible("playbook", "-i", file_of(ansible, service), play, **SENT)
    assert done.code == 0, done.output
    assert {host: counts["ok"] for host, counts in done.recap.items()} == {
        "example.test": 2,
        "new.example.test": 2,
        "xn--e1afmkfd.test": 2,
    }


def test_role_takes_the_variables(ansible: Ansible, service: Service) -> None:
    """The playbook runs over what the service lists, with the state from a file of variables."""
    (ansible.directory / "host_vars").mkdir()
    ansible.write("host_vars/example.test.yml", {"pdd_domain_maillists": [{"maillist": "team", "subscribers": []}]})
    done = ansible("playbook", "-i", file_of(ansible, service), "mailops.pdd.provision", "--check", **SENT)
    assert done.code == 0, done.output
    assert done.changed("example.test") == ["Create the mailing lists"]
    assert done.changed("new.example.test") == []
    assert service.writes() == []
