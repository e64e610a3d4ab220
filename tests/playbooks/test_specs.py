# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows is held against the argument specs, and the role's against its defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..conftest import MODULES
from .conftest import ROOT, examples_of

PREFIX = "mailops.pdd."
FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("*.py"))
CONSTRAINTS = ("mutually_exclusive", "required_by", "required_if", "required_one_of", "required_together")
NAMES = ("pdd_domain", "y360_domain")
ROLES = {
    name: yaml.safe_load((ROOT / f"roles/{name}/meta/argument_specs.yml").read_text())["argument_specs"]
    for name in NAMES
}
DEFAULTS = {name: yaml.safe_load((ROOT / f"roles/{name}/defaults/main.yml").read_text()) for name in NAMES}


class SpecReadError(Exception):
    """Ends a module where it would begin, and has what it said of its options."""

    def __init__(self, argument_spec: dict[str, Any], **others: Any) -> None:
        super().__init__(argument_spec)
        self.validator = ArgumentSpecValidator(
            argument_spec, **{name: others[name] for name in CONSTRAINTS if name in others}
        )


@pytest.fixture
def validators(monkeypatch: pytest.MonkeyPatch) -> dict[str, ArgumentSpecValidator]:
    """Return what checks the options of each module, as it tells them to AnsibleModule."""

    def stop(_module: AnsibleModule, **arguments: Any) -> None:
        raise SpecReadError(**arguments)

    monkeypatch.setattr(AnsibleModule, "__init__", stop)
    found = {}
    for module in MODULES:
        with pytest.raises(SpecReadError) as stopped:
            import_module(f"ansible_collections.{PREFIX}plugins.modules.{module}").main()
        found[module] = stopped.value.validator
    return found


def blocks(name: str) -> list[Any]:
    """Return the YAML that a file of the documentation shows."""
    found = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / name).read_text(), re.DOTALL | re.MULTILINE)
    return [yaml.safe_load(block) for block in found]


SHOWN = {
    **{name: blocks(name) for name in ("README.md", *(f"roles/{name}/README.md" for name in NAMES))},
    **{name: examples_of("modules", name) for name in MODULES},
    **{name: examples_of("filter", name) for name in FILTERS},
}


def dicts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the dicts at any depth of a value, itself included."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from dicts(each)


def test_every_task_shown_has_valid_options(validators: dict[str, ArgumentSpecValidator]) -> None:
    problems: list[str] = []
    used: set[str] = set()
    for place, content in SHOWN.items():
        defaults = [each["module_defaults"] for each in dicts(content) if "module_defaults" in each]
        given = {
            service: {
                key: value for each in defaults for key, value in each.get(f"group/{PREFIX}{service}", {}).items()
            }
            for service in ("pdd", "y360")
        }
        for task in dicts(content):
            for key in task.keys() & {PREFIX + module for module in MODULES}:
                module = key.removeprefix(PREFIX)
                used.add(module)
                checked = validators[module].validate({**given[module.partition("_")[0]], **task[key]})
                problems += [f"{place}: {task.get('name')}: {message}" for message in checked.error_messages]
    assert problems == []
    assert used == set(MODULES)


def test_an_unknown_option_would_be_found(validators: dict[str, ArgumentSpecValidator]) -> None:
    for validator in validators.values():
        assert any("nonsense" in message for message in validator.validate({"nonsense": 1}).error_messages)


def test_every_variable_shown_is_one_of_the_role() -> None:
    validator = {name: ArgumentSpecValidator(ROLES[name]["main"]["options"]) for name in NAMES}
    found: set[str] = set()
    for content in SHOWN.values():
        for each in dicts(content):
            for name in NAMES:
                variables = {key: value for key, value in each.items() if str(key).startswith(f"{name}_")}
                found.update(variables)
                assert validator[name].validate(variables).error_messages == []
    assert found >= {"pdd_domain_imports", "pdd_domain_maillists", "pdd_domain_mailboxes"}


@pytest.mark.parametrize("role", NAMES)
@pytest.mark.parametrize("entry_point", ROLES["pdd_domain"])
def test_defaults_of_the_role(role: str, entry_point: str) -> None:
    """Each entry point takes variables with the defaults' names, types and values; without a default they are blank."""
    options = {
        name: option for name, option in ROLES[role][entry_point]["options"].items() if not option.get("required")
    }
    known = {name: value for name, value in DEFAULTS[role].items() if name in options}
    blank = {name for name in known if "default" not in options[name]}
    assert {name: options[name]["default"] for name in known if name not in blank} == {
        name: value for name, value in known.items() if name not in blank
    }
    assert {known[name] for name in blank} <= {"", None, "{{ inventory_hostname }}"}
    checked = ArgumentSpecValidator(options).validate(known)
    assert checked.error_messages == []
    assert {name: checked.validated_parameters[name] for name in known} == known


def test_main_takes_all_variables_of_the_role() -> None:
    for name in NAMES:
        assert set(ROLES[name]["main"]["options"]) == set(DEFAULTS[name])


def plain(option: dict[str, Any]) -> dict[str, Any]:
    """Return what an argument spec asks for: a path is left to the module, which may run elsewhere."""
    kind = {"path": "str"}.get(option["type"], option["type"])
    found = {key: option[key] for key in ("elements", "choices", "default", "required", "no_log") if option.get(key)}
    return {"type": kind, **found, "options": {name: plain(each) for name, each in option.get("options", {}).items()}}


def test_tables_of_the_roles_are_what_is_documented() -> None:
    """The code reads variables by its own tables, in which every variable, type and default is as documented."""
    table = import_module(f"ansible_collections.{PREFIX}plugins.plugin_utils._variables")
    assert {role.name for role in table.ROLES.values()} == set(ROLES)
    for role in table.ROLES.values():
        assert set(role.entry_points) == set(ROLES[role.name])
        for name in role.entry_points:
            documented = {variable: plain(option) for variable, option in ROLES[role.name][name]["options"].items()}
            assert {variable: plain(option) for variable, option in role.documented(name).items()} == documented
    readme = (ROOT / "README.md").read_text()
    assert [name for name in table.PDD_DOMAIN.main if f"`pdd_domain_{name}`" not in readme] == []


def test_shared_variables_name_their_twin() -> None:
    """And nothing that belongs to one service has one."""
    table = import_module(f"ansible_collections.{PREFIX}plugins.plugin_utils._variables")
    assert table.Y360_DOMAIN.shared.isdisjoint({"token", "oauth_token", "api_url", "cloud_api_url", "ca_path"})
    options = ROLES["y360_domain"]["main"]["options"]
    for name in table.Y360_DOMAIN.shared:
        assert f"main:pdd_domain_{name})" in str(options[f"y360_domain_{name}"]["description"])
