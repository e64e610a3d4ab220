# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module in the process that asks for it, and return its result, as AnsibleModule would make it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._core.interrupt import watch_parent
from .arguments import explain_refusal
from .masking import mask, register
from .run import Module, run
from .runtime import Runtime


def run_directly(
    module: Module,
    given: Mapping[str, Any],
    *,
    check_mode: bool = False,
    diff_mode: bool = False,
    show: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Check the options as AnsibleModule does, run a module, and return its result, in which secrets are masked."""
    secrets: set[str] = set()
    warnings: dict[str, None] = {}

    def hide(found: Set[str]) -> None:
        secrets.update(found)
        register(found)

    runtime = Runtime(
        options={},
        given=given,
        check_mode=check_mode,
        diff_mode=diff_mode,
        warn=lambda text: warnings.update({text: None}),
        hide=hide,
        show=show,
        is_orphan=watch_parent(),
    )
    result = _check_and_run(module, runtime)
    if warnings:
        result["warnings"] = list(warnings)
    return mask(result, secrets)


def _check_and_run(module: Module, runtime: Runtime) -> dict[str, Any]:
    try:
        checked = ArgumentSpecValidator(module.argument_spec, **module.constraints).validate(runtime.given)
    except OverflowError as error:  # for what ansible/module_utils/common/validation.py takes as an integer
        return _refuse(module, runtime, str(error), ())
    # What AnsibleModule reads of it has no public name.
    runtime.hide(checked._no_log_values)
    for each in checked._warnings:
        runtime.warn(f"Both option {each['option']} and its alias {each['alias']} are set.")
    if checked.error_messages:
        return _refuse(module, runtime, checked.errors.msg, checked.errors)
    options: dict[str, Any] = checked.validated_parameters
    return {**run(module, replace(runtime, options=options)), "invocation": {"module_args": options}}


def _refuse(module: Module, runtime: Runtime, msg: str, errors: Iterable[object]) -> dict[str, Any]:
    """Return the result of a task whose options do not fit; which of them are secret may not be known."""
    return {"failed": True, "msg": explain_refusal(module.argument_spec, runtime.given, msg, errors), "invocation": {}}
