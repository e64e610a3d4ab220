# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared parts of RETURN are merged key by key, and their lists are complete."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailops.pdd.plugins.module_utils._y360 import codes as y360_codes

from ..conftest import MODULES
from .update_returns import merge, read_shared, updated

ROOT = Path(__file__).parents[2]
MODULES_PACKAGE = "ansible_collections.mailops.pdd.plugins.modules"
RETURNS = {service: yaml.safe_load(read_shared(service)) for service in ("pdd", "y360")}
IMPORT_STATES = {"failed", "removed"}
"""States of imports that become the code of the error, because they are how the imports ended."""

OWN = """\
error:
  description: Old.
  type: dict
  contains:
    special:
      description: Only here.
    code:
      description:
        - Old,
          in two lines.
      type: str
"""
PARTS = """\
error:
  description:
    - New.
    - "code: not a key."
  contains:
    code:
      description: New.
    advice:
      description: New.
"""
MODULE = '''\
RETURN = r"""
domains:
  description: The domains.
error:
  description: Old.
"""


def main() -> None:
    pass
'''


@cache
def _nodes() -> list[ast.AST]:
    return [node for file in (ROOT / "plugins").rglob("*.py") for node in ast.walk(ast.parse(file.read_text()))]


def _strings(node: ast.AST | None) -> set[str]:
    """Return the strings in an expression; a name in capitals stands for a string that is assigned to it anywhere."""
    inner = list(ast.walk(node)) if node else []
    constants = {each.value for each in inner if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    names = {each.id for each in inner if isinstance(each, ast.Name) and each.id.isupper()}
    assigned = [each for each in _nodes() if names and isinstance(each, ast.Assign)]
    return constants | {
        each.value.value
        for each in assigned
        if isinstance(each.targets[0], ast.Name) and each.targets[0].id in names
        if isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
    }


def _first_arguments(pattern: str) -> set[str]:
    """Return the strings in the first argument of calls of functions whose name has a pattern in it."""
    calls = [node for node in _nodes() if isinstance(node, ast.Call) and node.args]
    return {
        text
        for call in calls
        if re.search(pattern, ast.unparse(call.func).rpartition(".")[2])
        for text in _strings(call.args[0])
    }


def _defaults(name: str) -> set[str]:
    """Return the strings that fields and keyword arguments of a name are given."""
    fields = [node.value for node in _nodes() if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name]
    keywords = [node.value for node in _nodes() if isinstance(node, ast.keyword) and node.arg == name]
    return {text for value in [*fields, *keywords] for text in _strings(value)}


def _values(documented: dict[str, Any]) -> set[str]:
    """Return the values that a description lists."""
    return set(re.findall(r"V\((\w+)\)", "".join(documented["description"])))


def _documented(key: str) -> list[dict[str, Any]]:
    """Return what the modules document of a key, such as failures, that has keys of its own."""
    blocks = [yaml.safe_load(import_module(f"{MODULES_PACKAGE}.{module}").RETURN) for module in MODULES]
    return [block[key]["contains"] for block in blocks if key in block]


def test_own_keys_stay_and_shared_ones_replace() -> None:
    merged = yaml.safe_load(merge(OWN, PARTS))
    assert merged == {
        "error": {
            "description": ["New.", "code: not a key."],
            "type": "dict",
            "contains": {
                "special": {"description": "Only here."},
                "code": {"description": "New.", "type": "str"},
                "advice": {"description": "New."},
            },
        }
    }
    assert merge(merge(OWN, PARTS), PARTS) == merge(OWN, PARTS)


def test_modules_get_what_they_return() -> None:
    written = updated(MODULE, PARTS + "requests:\n  description: New.\n")
    assert "  description: The domains.\n" in written
    assert "    - New.\n" in written
    assert "requests" not in written


@pytest.mark.parametrize("source", [MODULE.replace("def main", "def other"), MODULE.replace("RETURN", "EXAMPLES")])
def test_other_files_stay(source: str) -> None:
    assert updated(source, PARTS) == source


def test_codes_are_complete() -> None:
    """Each code that the collection itself gives an error is listed, unless it is one of the service's."""
    raised = _first_arguments(r"[Ee]rror$|^_unknown$|^_unsent$|^__init__$") | _defaults("code")
    codes = {code for code in raised if re.fullmatch(r"[a-z]+(_[a-z]+)*", code)} | IMPORT_STATES
    facts = (ROOT / "docs" / "api" / "pdd.md").read_text()
    assert len(codes) > 10
    own = {code for code in codes if f"\n| `{code}`" not in facts}
    documented = {service: _values(each["error"]["contains"]["code"]) for service, each in RETURNS.items()}
    assert documented["pdd"] - {"account_not_found"} == own
    by_status = {*y360_codes.BY_STATUS.values(), y360_codes.REFUSED, "throttled"}
    assert documented["y360"] == own - IMPORT_STATES - {"stalled"} | by_status


def test_actions_are_complete() -> None:
    """Each action that can fail is listed by a module."""
    actions = _first_arguments(r"Step$") | _defaults("action")
    assert len(actions) > 5
    assert set().union(*(_values(each["action"]) for each in _documented("failures"))) == actions


def test_kinds_and_actions_of_changes_are_complete() -> None:
    """Each kind of change is listed by a module, and only actions that changes have."""
    kinds = _first_arguments(r"^Change$")
    assert len(kinds) > 5
    assert set().union(*(_values(each["kind"]) for each in _documented("changes"))) == kinds
    actions = {"create", "update", "delete", "add", "remove", "start"}
    assert set().union(*(_values(each["action"]) for each in _documented("changes"))) == actions
