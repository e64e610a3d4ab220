# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What applies to tasks with passwords."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragment mailops.pdd.passwords, for modules with passwords among their options."""

    DOCUMENTATION = r"""
options: {}
notes:
  - In the output of a task with passwords, Ansible replaces every string that equals one of them, even inside a login.
    M(mailops.pdd.pdd_mailbox_info) shows logins unchanged.
"""
