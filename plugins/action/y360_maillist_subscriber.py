# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the module y360_maillist_subscriber in the process of its task if possible."""

from __future__ import annotations

from ..modules.y360_maillist_subscriber import MODULE
from ..plugin_utils._direct import DirectAction


class ActionModule(DirectAction):
    """The action of the module."""

    module = MODULE
