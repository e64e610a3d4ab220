# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shared parts of RETURN are merged key by key, and their lists are complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .update_returns import SHARED, merge, updated

ROOT = Path(__file__).parents[2]
RETURNS = yaml.safe_load(SHARED.read_text())
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


def _calls() -> Iterator[tuple[str, str]]:
    """Yield the names of what plugins call with a string as first argument, and that string."""
    for file in (ROOT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = ast.unparse(node.func).rpartition(".")[2]
                if isinstance(node.args[0].value, str):
                    yield name, node.args[0].value


def _listed(value: str) -> set[str]:
    description = RETURNS[value.partition(".")[0]]["contains"][value.partition(".")[2]]["description"]
    return set(re.findall(r"V\((\w+)\)", "".join(description)))


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
    raised = {text for name, text in _calls() if re.search(r"[Ee]rror$|^_unknown$|^_unsent$|^__init__$", name)}
    codes = {code for code in raised if re.fullmatch(r"[a-z]+(_[a-z]+)*", code)} | IMPORT_STATES
    facts = (ROOT / "docs" / "api" / "pdd.md").read_text()
    assert len(codes) > 10
    assert _listed("error.code") - {"account_not_found"} == {code for code in codes if f"\n| `{code}`" not in facts}


def test_actions_are_complete() -> None:
    """Each action that can fail is listed."""
    actions = {text for name, text in _calls() if name.endswith("Step")}
    assert len(actions) > 5
    assert _listed("failures.action") == actions
