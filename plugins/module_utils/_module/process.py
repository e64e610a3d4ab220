# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module in a process of its own, as Ansible does on another machine. The only place that knows AnsibleModule."""

from __future__ import annotations

from collections.abc import Set

from ansible.module_utils.basic import missing_required_lib

from .._core.deps import IMPORT_ERROR
from .._core.interrupt import watch_controller
from .masking import register
from .no_log import NoLogModule
from .run import Module, run
from .runtime import Runtime


def run_module(module: Module) -> None:
    """Run a module and end the process."""
    ansible = NoLogModule(argument_spec=module.argument_spec, supports_check_mode=True, **module.constraints)
    if IMPORT_ERROR:
        ansible.fail_json(msg=missing_required_lib("requests"), exception=IMPORT_ERROR)
    runtime = Runtime(
        options=ansible.params,
        given=ansible.given,
        check_mode=ansible.check_mode,
        diff_mode=ansible._diff,
        warn=ansible.warn,
        hide=lambda secrets: _hide(ansible, secrets),
        show=lambda _line: None,  # what a process prints is its result
        is_orphan=watch_controller(),
    )
    result = run(module, runtime)
    if result.get("failed"):
        ansible.fail_json(**result)
    ansible.exit_json(**result)


def _hide(ansible: NoLogModule, secrets: Set[str]) -> None:
    """Mask secrets in the result; core masks the options only as they were given."""
    ansible.no_log_values.update(secrets)
    register(secrets)
