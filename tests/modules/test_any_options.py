# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is written into a task: it succeeds, or fails with a sentence, in check mode too; there is no traceback."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..conftest import Service
from .conftest import MODULES, Runner
from .test_connection import every_module

NAMES = ("anna", "ANNA ", "boris@{domain}", "team", "Team@{domain}", "a@other.test", "пример", "x@пример.test", "abuse")
ODD_TEXTS = (
    "",
    " ",
    "@",
    "a@b@c",
    "a" * 31,
    "a" * 300,
    "a b",
    "\0",
    "\ud800",
    "a\nb",
    "-",
    "..",
    "{{ x }}",
    "yes",
    "1",
)
TEXTS = st.sampled_from(NAMES + ODD_TEXTS) | st.text(max_size=8)
NUMBERS = st.integers() | st.sampled_from([0, -1, 1, 100, 101, 65535, 65536, 2**63])
SCALARS = TEXTS | NUMBERS | st.booleans() | st.none() | st.floats()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
PASSWORDS = st.sampled_from(["made-up-1", "short", "x" * 21, "x" * 31, "пароль", "anna", ""])
DATES = st.sampled_from(["1990-02-03", "1990-02-30", "soon", ""])
NEVER = frozenset({"state_path", "wait"})
"""Options that are not given: they would write anywhere, and take as long as they are told."""
KEPT = {
    "server": st.sampled_from(["127.0.0.1", "", " ", "\0", "a b"]),  # others would be asked for by name
    "port": st.sampled_from([0, -1, 1, 65536, "x", 2**40]),
    "password": PASSWORDS,
    "external_password": PASSWORDS,
    "internal_password": PASSWORDS,
    "birth_date": DATES,
}
"""The options whose values are not any."""
OF_TYPE = {"str": TEXTS, "path": TEXTS, "int": NUMBERS, "float": st.floats(), "bool": st.booleans()}


def values(name: str, spec: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for an option: mostly values of its type."""
    if "choices" in spec:
        return st.sampled_from([*spec["choices"], "nonsense"])
    if name in KEPT:
        return KEPT[name]
    element = options(spec["options"]) if "options" in spec else OF_TYPE.get(spec.get("elements") or spec["type"], JSON)
    right = st.lists(element, max_size=4) if spec["type"] == "list" else element
    return right | right | right | JSON


def options(specs: Mapping[str, Mapping[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for some of the options."""
    needed = {name: values(name, spec) for name, spec in specs.items() if spec.get("required")}
    others = {name: values(name, spec) for name, spec in specs.items() if name not in NEVER | set(needed)}
    return st.fixed_dictionaries(needed, optional=others)


def in_domain(value: Any, domain: str) -> Any:
    """Put the domain into all texts that want it."""
    if isinstance(value, str):
        return value.replace("{domain}", domain)
    if isinstance(value, list):
        return [in_domain(each, domain) for each in value]
    if isinstance(value, dict):
        return {key: in_domain(each, domain) for key, each in value.items()}
    return value


@pytest.mark.parametrize(
    "options", [{"maillist": "team", "subscriber_uid": "INF"}, {"maillists": [], "maillist_uid": "-INF"}]
)
def test_infinite_integer(run: Runner, options: dict[str, Any]) -> None:
    """Ansible itself ends with a traceback."""
    assert " must be a" in run.refused_by_ansible("pdd_maillist_subscriber", **options)


@every_module
@pytest.mark.usefixtures("state_home", "impatient")
@settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_options(run: Runner, service: Service, module: str, data: st.DataObject) -> None:
    if not service.mailboxes:
        service.add_mailboxes("anna", "boris")
        service.add_maillist("team", "anna")
    specs = getattr(import_module(f"{MODULES}.{module}"), "OPTIONS", {})
    given = in_domain(data.draw(options(specs)), service.domain)
    check = data.draw(st.booleans())
    service.forget()
    result = run.unchecked(module, **given, _ansible_check_mode=check, _ansible_diff=True)
    assert "Traceback" not in run.output
    assert "exception" not in result or "Traceback" not in str(result["exception"])
    if result.get("failed"):
        assert isinstance(result["msg"], str)
        assert result["msg"]
        assert "error" not in result or result["error"]["code"]
    if check or result.get("error", {}).get("code") == "invalid_input":
        assert service.writes() == []
    service.api.call("import/stop_all_imports")
