# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the variables of the roles for the plugins that pass them to its tasks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._core.errors import InvalidInputError
from ._input import read_values, shorten
from ._places import export_place, irregular_problem, user_path
from ._play_hosts import compare_play
from ._rules import (
    domain_of,
    domain_problems,
    nameless,
    supported,
    undocumented_problems,
    unify,
    unknown_variables,
    unsupported_problems,
)
from ._typed import Template, find_names, find_spec, service_problems
from ._variables import TOKENS, VARIABLES, Names, Role, Spec

_DRIFT = "pdd_fail_on_drift"
_REPORT = "pdd_report_path"
_ONE_SIGNER = "_pdd_domain_one_signer"
_DESIRED = ("signature", "imports", "mailboxes", "maillists", "maillists_exclusive", "maillists_absent")


def read_domain(
    role: Role, entry_point: str, variables: Mapping[str, Any], template: Template, *, task: Any, check_mode: bool
) -> dict[str, Any]:
    """Return what an entry point of a role works with; raise InvalidInputError with all that is wrong.

    `variables` has the variables of the role without their prefix, checked and in one form. The other keys are said in
    the documentation of the module. task: the task at hand, as far as it is known.
    """
    host = variables["inventory_hostname"]
    spec = {**role.entry_points[entry_point], **(role.lacks if entry_point != "export" else {})}
    names = find_names(role, spec, variables, template)
    values, problems = _read(names, spec, variables, template)
    problems += unknown_variables(role, (name for name in variables if isinstance(name, str)))
    problems += service_problems(variables, template, role)
    domain, no_domain = domain_of(values, host, names)
    result: dict[str, Any] = {"service": role.service_name, "twins": sorted(names.twins), "signers": [host]}
    if entry_point in ("main", "validate"):
        problems += no_domain
        if domain:
            ignored, refused = _unsupported(values, names)
            values = unify(supported(values, role), domain)
            problems += domain_problems(values, domain, names, needs_token=entry_point == "main")
            result |= {"refused": refused, "ignored": ignored, "nameless": nameless(values, domain, role)}
            if entry_point == "validate" or not result["nameless"]:
                problems += refused
        problems += drift_problems(variables, template, check_mode=check_mode)
        verdict = compare_play(role, task, variables, template)
        problems += verdict.by_host.get(host, [])
        if _flag(variables, _ONE_SIGNER, template):
            result["signers"] = verdict.signers(host)
        result["fails_on_drift"] = _flag(variables, _DRIFT, template)
    if entry_point == "export" and "export_dir" in values:
        place, no_place = export_place(values["export_dir"], host)
        problems += no_place
        result |= {"path": place.path, "directory": place.directory}
    if problems:
        raise InvalidInputError(shorten(problems))
    result["describes"] = any(values.get(name) not in (None, [], False) for name in _DESIRED)
    return {**result, "variables": {**values, "name": values["name"] or host}}


def _unsupported(values: Mapping[str, Any], names: Names) -> tuple[list[str], list[str]]:
    """Return what is left out because the service does not have it, and what is refused."""
    unsupported = unsupported_problems(values, names)
    ignored = unsupported if values.get("ignore_unsupported") else []
    return ignored, [each for each in unsupported if not ignored] + undocumented_problems(values, names)


def _read(
    names: Names, spec: Spec, variables: Mapping[str, Any], template: Template
) -> tuple[dict[str, Any], list[str]]:
    """Return the variables by their names without prefix, and what is wrong with them."""
    tokens = [os.environ[name] for name in TOKENS if name in os.environ]
    found, problems = read_values(
        find_spec(names, spec), variables, template, others=VARIABLES, hidden=tokens, spelling=_spelling
    )
    values = {name: found[names[name]] for name in spec if names[name] in found}
    return {name: _placed(spec[name], value, variables) for name, value in values.items()}, problems


def read_play(
    role: Role, entry_point: str, variables: Mapping[str, Any], template: Template, *, task: Any, check_mode: bool
) -> dict[str, Any]:
    """Return what concerns all hosts of the play; raise InvalidInputError with all that is wrong with it.

    For a report that is its `path`. Otherwise the hosts are compared with each other.
    """
    result, problems = {}, []
    if entry_point == "report":
        found = template([variables.get(_REPORT)]) if variables.get(_REPORT) else []
        given = bool(found) and str(found[0] or "").strip()
        # Beside the inventory only if the user says so: there Ansible would read the page as one.
        path = user_path(given, variables.get("inventory_dir")) if given else user_path("pdd_report.html", None)
        result["path"] = path
        problem = irregular_problem(path)
        problems += [f"{problem}. Remove it, or set {_REPORT}"] if problem else []
    else:
        problems += drift_problems(variables, template, check_mode=check_mode)
        problems += compare_play(role, task, variables, template).problems
    if problems:
        raise InvalidInputError(problems)
    return result


def drift_problems(variables: Mapping[str, Any], template: Template, *, check_mode: bool) -> list[str]:
    """Return what keeps a run from comparing: that it would write."""
    if check_mode or not _flag(variables, _DRIFT, template):
        return []
    return [f"{_DRIFT} compares, and has a meaning only with --check; without it the run would write"]


def _flag(variables: Mapping[str, Any], name: str, template: Template) -> bool:
    found = template([variables[name]]) if name in variables else []
    return bool(found) and bool(boolean(found[0], strict=False))


def _placed(option: Mapping[str, Any], value: Any, variables: Mapping[str, Any]) -> Any:
    if option.get("kind") != "path" or not value:
        return value
    return user_path(value, variables.get("inventory_dir"))


def _spelling(number: int) -> str | None:
    """Return how a whole number is written in the file that it is from, None if that cannot be told."""
    try:
        from ansible._internal._datatag._tags import Origin  # noqa: PLC0415 - older and newer Ansible may lack it

        origin = Origin.get_tag(number)
        if not origin or not origin.path or not origin.line_num or not origin.col_num:
            return None
        line = _lines(origin.path)[origin.line_num - 1]
        word = line[origin.col_num - 1 :].split()[0].rstrip(",]}")
        return word if yaml.safe_load(word) == number else None
    except (ImportError, OSError, ValueError, IndexError, yaml.YAMLError):
        return None


@cache
def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
