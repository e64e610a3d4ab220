# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation is shown, and every example in it works."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pdd_emulator.testing import TOKEN
from pdd_source_server import SourceServer

from ..conftest import MODULES, PDD_MODULES, Y360_MODULES, Organization, Service
from .conftest import ROOT, Ansible, examples_of

FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("*.py"))
INPUT = "pdd_domain_input"
"""An action, and a lookup."""
HTTP = {"api_url", "validate_certs", "ca_path", "timeout", "retry_timeout", "max_connections"}
CONNECTION = {"domain", "token", "oauth_token", *HTTP}
Y360_CONNECTION = {"domain", "token", "organization", "cloud_api_url", *HTTP}


def test_modules_are_shown(ansible: Ansible) -> None:
    shown = ansible("doc", "-t", "module", "--json", *(f"mailops.pdd.{module}" for module in MODULES))
    assert shown.code == 0
    assert len(shown.result) == len(MODULES)
    for content in shown.result.values():
        connection = Y360_CONNECTION if content["doc"]["module"].startswith("y360_") else CONNECTION
        assert content["doc"]["options"].keys() >= connection
        assert {"check_mode", "diff_mode", "idempotent", "action", "action_group", "platform"} <= set(
            content["doc"]["attributes"]
        )
        assert {"requests", "error"} <= set(content["return"])
        if not content["doc"]["module"].endswith("_info"):
            assert {"changes", "failures"} <= set(content["return"])
        assert content["examples"].strip()
    readable = ansible("doc", "-t", "module", *(f"mailops.pdd.{module}" for module in MODULES))
    assert readable.code == 0
    assert all(f"MODULE mailops.pdd.{module}" in readable.output for module in MODULES)


def test_filters_are_shown(ansible: Ansible) -> None:
    shown = ansible("doc", "-t", "filter", "--json", *(f"mailops.pdd.{name}" for name in FILTERS))
    assert shown.code == 0
    assert len(shown.result) == len(FILTERS)
    for content in shown.result.values():
        assert "_input" in content["doc"]["options"]
        assert "_value" in content["return"]
        assert content["examples"].strip()


def inventory_plugin(ansible: Ansible) -> dict[str, Any]:
    """Return what ansible-doc says of the inventory plugin."""
    shown = ansible("doc", "-t", "inventory", "--json", "mailops.pdd.pdd").result["mailops.pdd.pdd"]
    return {**shown["doc"], "examples": shown["examples"]}


def test_inventory_plugin_is_shown(ansible: Ansible) -> None:
    options = inventory_plugin(ansible)["options"]
    constructed = {"compose", "groups", "keyed_groups", "strict"}
    assert set(options) >= {"plugin", "cache", "cache_plugin", *constructed, *CONNECTION - {"domain"}}
    assert "domain" not in options
    assert {name for name in CONNECTION if "env" in options.get(name, {})} == {"token", "oauth_token", "api_url"}
    readable = ansible("doc", "-t", "inventory", "mailops.pdd.pdd")
    assert "INVENTORY mailops.pdd.pdd" in readable.output


def test_inventory_plugin_names_its_variables(ansible: Ansible, service: Service) -> None:
    inventory = ansible.write("domains.pdd.yml", {"plugin": "mailops.pdd.pdd", "api_url": service.url, "timeout": 5})
    variables = ansible("inventory", "-i", inventory, "--host", service.domain, PDD_TOKEN=TOKEN).result
    named = set(re.findall(r"C\((\w+)[=)]", " ".join(inventory_plugin(ansible)["description"])))
    assert len(variables) > 10
    assert set(variables) <= named


def test_examples_of_the_inventory_plugin(ansible: Ansible, service: Service) -> None:
    """List the domains with each file that is shown."""
    text = inventory_plugin(ansible)["examples"].replace("https://pdd.example.test", service.url)
    (ansible.directory / "pdd_token").write_text(TOKEN)
    variables = ansible.write("vault.yml", {"vaulted_pdd_token": TOKEN})
    outputs = []
    for example in yaml.safe_load_all(text.replace("/var/lib/example", str(ansible.directory))):
        path = ansible.write("domains.pdd.yml", example)
        environment = {} if "token" in example else {"PDD_TOKEN": TOKEN}
        shown = ansible("inventory", "-i", path, "-e", f"@{variables}", "--graph", "--vars", **environment)
        assert f"|--{service.domain}\n" in shown.output
        outputs.append(shown.output)
    plain, cached, constructed = outputs
    assert cached == plain
    assert (ansible.directory / "inventory").exists()
    assert all(word in constructed for word in ("{mailboxes_left = 1000}", "@unsigned:", "@under_test:"))


def test_documentation_points_both_ways(ansible: Ansible) -> None:
    """Who comes from one of two plugins finds the other."""
    pointers, plugins = set(), set()
    for kind, names in {
        "module": [*MODULES, INPUT],
        "filter": FILTERS,
        "inventory": ["pdd"],
        "lookup": [INPUT],
    }.items():
        shown = ansible("doc", "-t", kind, "--json", *(f"mailops.pdd.{name}" for name in names))
        for name, content in shown.result.items():
            plugins.add((kind, name))
            pointers |= {((kind, name), pointed_at(entry)) for entry in content["doc"].get("seealso", ())}
    assert {source for source, _target in pointers} == plugins
    assert {(target, source) for source, target in pointers} == pointers


def pointed_at(entry: dict[str, str]) -> tuple[str, str]:
    """Return the kind and the name of what an entry of `seealso` names."""
    return ("module", entry["module"]) if "module" in entry else (entry["plugin_type"], entry["plugin"])


def test_role_is_shown(ansible: Ansible) -> None:
    shown = ansible("doc", "-t", "role", "--json", "mailops.pdd.pdd_domain")
    options = shown.result["mailops.pdd.pdd_domain"]["entry_points"]["main"]["options"]
    assert set(options) == set(yaml.safe_load((ROOT / "roles/pdd_domain/defaults/main.yml").read_text()))
    assert all(option["description"] for option in options.values())
    listed = ansible("doc", "-t", "role", "-l", "mailops.pdd")
    assert "mailops.pdd.pdd_domain" in listed.output


def filled_in(value: Any, service: Service, source: SourceServer) -> Any:
    """Put the emulator and the source server in the place of what an example makes up; its structure stays."""
    if isinstance(value, dict):
        return {key: filled_in(each, service, source) for key, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each, service, source) for each in value]
    if not isinstance(value, str):
        return value
    if value.endswith("old.example.test"):
        return source.host if value == "old.example.test" else value  # else an account of that server
    state = value.replace("/var/lib/example/", "{{ lookup('ansible.builtin.env', 'XDG_STATE_HOME') }}/")
    return state.replace("example.test", service.domain)


@pytest.fixture
def inhabitants(service: Service) -> None:
    """Create what the examples speak of."""
    service.add_mailboxes("boris")
    service.add_maillist("old")


@pytest.mark.parametrize(
    ("kind", "module"),
    [
        *(("modules", name) for name in [*PDD_MODULES, INPUT]),
        *(("filter", name) for name in FILTERS),
        ("lookup", INPUT),
    ],
)
@pytest.mark.usefixtures("inhabitants")
def test_examples(ansible: Ansible, service: Service, source: SourceServer, kind: str, module: str) -> None:
    """Run all examples of a module or filter one after the other; the source's ports are the only thing added."""
    examples = filled_in(examples_of(kind, module), service, source)
    name = f"mailops.pdd.{module}"
    for task in examples:
        options = task.get(name, {})
        if options.get("server"):
            options["port"] = source.ports["pop3s" if options.get("method") == "pop3" else "imaps"]
    if module != "pdd_mailbox_import":
        service.add_mailboxes("anna")
    if module == "pdd_maillist_subscriber":
        service.add_maillist("team")
        service.add_maillist("news")
    if module == "pdd_drift":
        service.add_maillist("team")
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {"group/mailops.pdd.pdd": {"api_url": service.url}},
        "vars": {
            "vaulted_pdd_token": TOKEN,
            "vaulted_password_anna": "made-up-anna",
            "vaulted_password_boris": "made-up-boris",
            "vaulted_new_password_anna": "a-new-one-1",
            "vaulted_new_password_boris": "a-new-one-2",
        },
        "tasks": examples,
    }
    ansible.state.parent.mkdir(parents=True)
    done = ansible("playbook", ansible.write("play.yml", [play]))
    assert done.code == 0, done.output
    assert done.recap["localhost"]["ok"] == len(examples)
    assert done.recap["localhost"]["skipped"] == 0
    assert TOKEN not in done.output


@pytest.mark.parametrize("module", Y360_MODULES)
def test_examples_for_yandex_360(ansible: Ansible, organization: Organization, module: str) -> None:
    """Run all examples of a module one after the other."""
    examples = with_domain(examples_of("modules", module), organization.domain)
    organization.add_mailboxes("boris", "clara", *(() if module == "y360_mailbox" else ("anna",)))
    if "subscriber" in module:
        organization.add_maillist("team")
        organization.add_maillist("news")
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {
            "group/mailops.pdd.y360": {key: organization.connection[key] for key in ("organization", "api_url")}
        },
        "vars": {"vaulted_y360_token": organization.own.token, "vaulted_password_anna": "A-new-one-1"},
        "tasks": examples,
    }
    done = ansible("playbook", ansible.write("play.yml", [play]))
    assert done.code == 0, done.output
    assert done.recap["localhost"]["ok"] == len(examples)
    assert done.recap["localhost"]["skipped"] == 0
    assert organization.own.token not in done.output


def with_domain(value: Any, domain: str) -> Any:
    """Put the domain in the place of that which examples make up."""
    if isinstance(value, dict):
        return {key: with_domain(each, domain) for key, each in value.items()}
    if isinstance(value, list):
        return [with_domain(each, domain) for each in value]
    return re.sub(r"\bexample\.test", domain, value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    "path", ["README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "docs/architecture.md", "roles/pdd_domain/README.md"]
)
def test_texts_point_to_what_exists(path: str) -> None:
    """Links to files, names of files of the plugins, and targets of make."""
    text = (ROOT / path).read_text()
    links = [(ROOT / path).parent / link for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
    names = [
        ROOT / name for name in re.findall(r"`((?:changelogs|docs|plugins|requirements|roles|tests)/[\w./*]+)`", text)
    ]
    names += [ROOT / "plugins" / "module_utils" / name for name in re.findall(r"`(_\w+/\w+\.py)`", text)]
    names = [name for name in names if "build" not in name.parts]
    assert [str(each) for each in [*links, *names] if not list(each.parent.glob(each.name))] == []
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake (?:-s )?([a-z0-9-]+)(?:`|$| ARGS| PYTEST)", text, re.MULTILINE)) <= targets


def find_definitions(path: Path) -> Iterator[str]:
    """Yield the names that a file of the plugins defines; those in a class with the name of the class before them."""
    for node in ast.parse(path.read_text()).body:
        yield from names_of(node)
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for each in node.body for name in names_of(each))


def names_of(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def test_architecture_names_code_that_exists() -> None:
    """Functions, classes and constants are defined, and in the files that are named with them."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    plugins = ROOT / "plugins"
    defined = {name for path in plugins.rglob("*.py") for name in find_definitions(path)}
    named = set(re.findall(r"`([\w.]+)\(\)`|`(_?[A-Z]\w*(?:\.\w+)?)`", text))
    assert {function or other for function, other in named} - defined == set()
    places = re.findall(r"`([\w.]+?)(?:\(\))?`\s+of\s+`(plugins/|)(\w+/\w+\.py)`", text)
    assert len(places) > 20
    for name, prefix, path in places:
        assert name in find_definitions(plugins / path if prefix else plugins / "module_utils" / path)
