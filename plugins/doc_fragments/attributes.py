# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes that modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragments mailops.pdd.attributes and mailops.pdd.attributes.info."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: With C(--check), the module returns what it would change, and changes nothing.
  diff_mode:
    description:
      - With C(--diff), the module returns the state before and after as sorted lines, also in check mode.
      - The diff contains the lines that change, up to two unchanged lines around each, and at most 1,000 lines in all.
  idempotent:
    description: Another run with the same options changes nothing and reports no change.
  action:
    description: Whether the module runs in the process of the task on the controller.
    support: full
    details:
      - If the connection is C(local), the module runs in the process of the task, with the Python that runs Ansible.
        Nothing is copied, and no option is in a temporary file.
      - The module runs in a process of its own with another connection, with C(become), C(async), or C(environment),
        if C(ansible_python_interpreter) is neither C(auto) nor the path of the Python that runs Ansible
        (C(ansible_playbook_python)), if requests cannot be imported by Ansible, if Ansible shows tracebacks
        (E(ANSIBLE_DISPLAY_TRACEBACK)), on macOS, or if the variable C(mailops_direct) is V(false). With
        C(delegate_to), the variables of the delegated host count. The results are the same.
      - A process of its own writes its options to the system's log, without secrets, unless Ansible's
        C(no_target_syslog) is set. The process of the task does not.
  platform:
    description: Where the module runs.
    support: full
    platforms: all
requirements:
  - python >= 3.9
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details: The module only reads.
  diff_mode:
    support: N/A
    details: The module only reads.
  idempotent:
    support: full
    details: The module only reads.
"""
