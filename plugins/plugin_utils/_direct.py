# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module in the process of its task: without a second Python, an archive of code, or a file with its options.

The modules of this collection speak to an API and do nothing on the host of the task. So where they run on the machine
of Ansible itself, they need no process of their own. Options and results pass through the same JSON, and the same
validation, as those of any module, so the result is the same.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from ansible import constants as C  # noqa: N812 - its usual name
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
"""What the names begin with of what Ansible tells modules besides their options."""
_PROFILE = "legacy"
"""How core calls the JSON that modules speak unless they choose another one."""


class DirectAction(NormalAction):  # type: ignore[misc]  # core has no annotations
    """Run a module here if it would run on this machine, as this user, with this Python; else like any module."""

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
        arrived = _over_the_wire(sent, Direction.CONTROLLER_TO_MODULE)
        result = run_directly(
            self.module,
            {name: value for name, value in arrived.items() if not name.startswith(_INTERNAL)},
            check_mode=arrived[f"{_INTERNAL}check_mode"],
            diff_mode=arrived[f"{_INTERNAL}diff"],
            show=lambda line: self._show(f"[{variables.get('inventory_hostname')}] {line}"),
        )
        if not arrived.get(f"{_INTERNAL}inject_invocation", True):  # which ansible-core 2.21 and newer say
            del result["invocation"]
        return self._received(result)

    def _is_direct(self, variables: Mapping[str, Any]) -> bool:
        task, connection = self._task, self._connection
        if IMPORT_ERROR or connection.transport != "local" or connection.become or task.async_val:
            return False
        if any(task.environment or ()):
            return False
        if task.delegate_to:
            variables = variables.get("ansible_delegated_vars", {}).get(task.delegate_to, {})
        return self._is_allowed(variables) and self._is_own_python(variables)

    def _is_allowed(self, variables: Mapping[str, Any]) -> bool:
        value = self._templar.template(variables.get(_SWITCH))
        return value is None or bool(boolean(value, strict=False))

    def _is_own_python(self, variables: Mapping[str, Any]) -> bool:
        """Return whether the task asks for the Python that Ansible runs with, or leaves it to Ansible.

        A link to the same file can be another environment, with other libraries.
        """
        value = self._templar.template(C.config.get_config_value("INTERPRETER_PYTHON", variables=variables))
        return value is None or str(value).startswith("auto") or os.path.normpath(str(value)) == sys.executable

    def _received(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """Return a result as Ansible has it of a module."""
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


def _over_the_wire(values: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """Return values as they arrive at the other side."""
    text = json.dumps(values, cls=get_module_encoder(_PROFILE, direction))
    arrived: dict[str, Any] = json.loads(text, cls=get_module_decoder(_PROFILE, direction))
    return arrived
