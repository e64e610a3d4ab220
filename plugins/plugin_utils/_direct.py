# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module in the process of its task: without a second Python, an archive of code, or a file with its options.

The modules of this collection call an API and change nothing on the host. If they run on the controller, they need no
process of their own. Options and results pass through the same JSON, and the same validation, as those of any module,
so the result is the same.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible import constants as C  # noqa: N812 - its usual name
from ansible.errors import AnsibleValueOmittedError
from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as NormalAction

from ..module_utils._core.deps import IMPORT_ERROR
from ..module_utils._module.direct import run_directly
from ..module_utils._module.run import Module

_SWITCH = "mailops_direct"
"""The variable that turns this off."""
_INTERNAL = "_ansible_"
"""The prefix of Ansible's own arguments for modules."""
_PROFILE = "legacy"
"""Core's name for the default serialization of modules."""


class DirectAction(NormalAction):  # type: ignore[misc]  # core has no annotations
    """Run a module here if it would run here, as this user, with this Python; otherwise like any other module."""

    module: ClassVar[Module]

    def run(self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, and return its result."""
        outcome: dict[str, Any]
        if not self._is_direct(task_vars or {}):
            outcome = super().run(tmp, task_vars)
            return outcome
        self._display.vvv(f"{self._task.action} runs in the process of the task")
        outcome = ActionBase.run(self, tmp, task_vars)
        return {**outcome, **self._run_directly(task_vars or {})}

    def _run_directly(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        sent = dict(self._task.args)
        self._update_module_args(self._task.action, sent, variables)
        arrived = _serialize_and_parse(sent, Direction.CONTROLLER_TO_MODULE)
        result = run_directly(
            self.module,
            {name: value for name, value in arrived.items() if not name.startswith(_INTERNAL)},
            check_mode=arrived[f"{_INTERNAL}check_mode"],
            diff_mode=arrived[f"{_INTERNAL}diff"],
            show=lambda line: self._show(f"[{variables.get('inventory_hostname')}] {line}"),
        )
        if not arrived.get(f"{_INTERNAL}inject_invocation", True):  # set by ansible-core 2.21 and newer
            del result["invocation"]
        return self._parse_result(result)

    def _is_direct(self, variables: Mapping[str, Any]) -> bool:
        task, connection = self._task, self._connection
        if IMPORT_ERROR or connection.transport != "local" or connection.become or task.async_val:
            return False
        # Libraries of macOS end a process that was forked. Tracebacks are those of the process of the module.
        if any(task.environment or ()) or sys.platform == "darwin" or _shows_tracebacks():
            return False
        # The switch can be set for the host of the task, or for the one that it is delegated to.
        delegated = variables
        if task.delegate_to:
            delegated = variables.get("ansible_delegated_vars", {}).get(task.delegate_to, {})
        return self._is_on(variables) and self._is_on(delegated) and self._is_own_python(delegated)

    def _is_on(self, variables: Mapping[str, Any]) -> bool:
        value = self._template(variables.get(_SWITCH))
        return value in (None, "") or bool(boolean(value, strict=False))

    def _is_own_python(self, variables: Mapping[str, Any]) -> bool:
        """Return whether the task asks for the Python that Ansible runs with, or leaves it to Ansible.

        A link to the same file can be another environment, with other libraries.
        """
        value = self._template(C.config.get_config_value("INTERPRETER_PYTHON", variables=variables))
        return not value or str(value).startswith("auto") or os.path.normpath(str(value)) == sys.executable

    def _template(self, value: Any) -> Any:
        """Return a value without templates and white space around it, None if it is omitted."""
        try:
            found = self._templar.template(value)
        except AnsibleValueOmittedError:
            return None
        return found.strip() if isinstance(found, str) else found

    def _parse_result(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return a result as Ansible receives it from a module."""
        encoder = get_module_encoder(_PROFILE, Direction.MODULE_TO_CONTROLLER)
        ended = {"stdout": json.dumps(result, cls=encoder), "stderr": "", "rc": 0}
        received = self._parse_returned_data(ended, _PROFILE)
        if not isinstance(received, dict):  # ansible-core 2.21 and newer have a class for results
            received = received.as_result_dict(for_round_trip=True)
        plain: dict[str, Any] = received
        return plain

    def _show(self, line: str) -> None:
        """Show a line on standard error: standard output is buffered, and may be meant for a machine."""
        if not self._task.no_log:
            self._display.display(line, stderr=True)


def _serialize_and_parse(values: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """Return values as they arrive at the other side."""
    text = json.dumps(values, cls=get_module_encoder(_PROFILE, direction))
    arrived: dict[str, Any] = json.loads(text, cls=get_module_decoder(_PROFILE, direction))
    return arrived


def _shows_tracebacks() -> bool:
    return bool(C.config.get_config_value("DISPLAY_TRACEBACK") != ["never"])
