# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the variables of the roles pdd_domain and y360_domain, and return them, without showing a secret.

The documentation is in plugins/modules/pdd_domain_input.py, which has no code, because all of it runs here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._core.errors import InvalidInputError
from ..plugin_utils._domain_input import read_domain, read_play
from ..plugin_utils._variables import PDD_DOMAIN, ROLES

_SPEC = {
    "entry_point": {"type": "str", "choices": ["main", "export", "report", "validate"], "default": "main"},
    "hosts": {"type": "str", "choices": ["one", "all"], "default": "one"},
    "service": {"type": "str", "choices": list(ROLES), "default": PDD_DOMAIN.service_name},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # core has no annotations
    """Read variables. Their values are in no output, whether they fit or not."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the variables, or all problems with them."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _checked, args = self.validate_argument_spec(_SPEC)
        variables, template = task_vars or {}, self._templar.template
        role, entry_point = ROLES[args["service"]], args["entry_point"]
        context = {"task": self._task, "check_mode": bool(self._task.check_mode)}
        try:
            if args["hosts"] == "all":
                return {**result, "changed": False, **read_play(role, entry_point, variables, template, **context)}
            found = read_domain(role, entry_point, variables, template, **context)
        except InvalidInputError as error:
            return {**result, "failed": True, "msg": error.sentence(), "error": error.as_dict()}
        for each in found.get("ignored", ()):  # a hidden result has no warnings
            self._display.warning(f"{each}.")
        # The values were templated once. They are not templated again.
        return {**result, "changed": False, **wrap_var(found), "_ansible_no_log": True}
