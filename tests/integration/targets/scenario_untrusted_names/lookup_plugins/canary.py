# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lookup that leaves a trace if a template runs it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):  # type: ignore[misc] # Ansible has no types
    """The lookup."""

    def run(self, terms: list[Any], variables: Any = None, **_options: Any) -> list[str]:  # noqa: ARG002 - as Ansible calls it
        """Touch the file that the environment names."""
        Path(os.environ["CANARY_FILE"]).touch()
        return ["run"]
