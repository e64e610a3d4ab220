# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show the progress of imports while the module pdd_mailbox_import waits for them.

The module runs as it does without this plugin, and writes the progress into a file. This plugin creates the file, shows
it while it grows, and removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import constants as C  # noqa: N812 - its usual name
from ansible.module_utils.common.validation import check_type_list
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action.normal import ActionModule as NormalAction

from ..plugin_utils._follow import followed_file


class ActionModule(NormalAction):  # type: ignore[misc]  # core has no annotations
    """Run the module like any other, and show its progress if possible."""

    def run(self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, and return its result."""
        if not self._shows_progress():
            return self._run_module(tmp, task_vars)
        host, given = (task_vars or {}).get("inventory_hostname"), self._task.args
        # If this process is killed, Ansible removes its own temporary directory when it ends.
        with followed_file(C.DEFAULT_LOCAL_TMP, lambda line: self._show(f"[{host}] {line}")) as path:
            self._task.args = with_progress_path(given, path)
            try:
                return self._run_module(tmp, task_vars)
            finally:
                self._task.args = given

    def _run_module(self, tmp: str | None, task_vars: Mapping[str, Any] | None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        return result

    def _shows_progress(self) -> bool:
        """Return whether the task waits, and the module runs here as this user, who may see the progress."""
        task, connection = self._task, self._connection
        hidden = task.check_mode or task.async_val or task.no_log
        return waits(task.args) and not hidden and connection.transport == "local" and not connection.become

    def _show(self, line: str) -> None:
        """Show a line on standard error: standard output is buffered, and may be meant for a machine."""
        self._display.display(line, stderr=True)


def waits(options: Mapping[str, Any]) -> bool:
    """Return whether the module will wait, by its options before they are checked."""
    return options.get("state") != "stopped" and bool(boolean(options.get("wait", False), strict=False))


def with_progress_path(options: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the options with one more progress_path. The module refuses values that are wrong."""
    try:
        given = check_type_list(options.get("progress_path") or [])
    except TypeError:
        return dict(options)
    return {**options, "progress_path": [*given, path]}
