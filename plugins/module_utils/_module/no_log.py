# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An AnsibleModule that shows no option before it is known which of them are secret.

What forces this, in ansible/module_utils/basic.py (the lines are those of ansible-core 2.19.14):

- `AnsibleModule.__init__()` calls `fail_json()` with the message of the first option that `validator.validate()`
  refuses (432 to 450). The message quotes the value, which may be a secret that was typed into the wrong option.
- `_return_formatted()` then adds `invocation`, with all of `self.params` (1450). What is secret in them stands in
  `validation_result._no_log_values`, which is incomplete if the validation ended early.
- There is no hook between the two. So `fail_json()` (1537) is overridden until `__init__()` has returned.
- To say which options are wrong, they are needed as they were given, and `self.params` has been changed by then (433):
  also what YAML has read as a boolean is a string there. `_load_params()` (314) returns them. It is private, but its
  docstring has modules that need this call it.
"""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule, _load_params

from .arguments import explain_refusal


class NoLogModule(AnsibleModule):  # type: ignore[misc]  # Ansible has no types
    """Quotes no value that does not fit its argument spec, and shows no option until all of them are read."""

    _are_options_read = False

    def __init__(self, **arguments: Any) -> None:
        try:
            super().__init__(**arguments)
        except OverflowError as error:  # for what ansible/module_utils/common/validation.py (518) takes as an integer
            self.fail_json(str(error))
        self._are_options_read = True

    @property
    def given(self) -> dict[str, Any]:
        """The options as they were given."""
        return {name: value for name, value in _load_params().items() if not name.startswith("_ansible_")}

    def fail_json(self, msg: str, **result: Any) -> None:
        """End the task with an error."""
        if not self._are_options_read:
            msg, result["invocation"] = self._explain_refusal(msg), {}
        super().fail_json(msg, **result)

    def _explain_refusal(self, msg: str) -> str:
        """Return what may be said instead of a message that refuses options."""
        validated = getattr(self, "validation_result", None)  # Ansible may fail before it validates
        return explain_refusal(self.argument_spec, self.given, msg, validated.errors if validated else ())
