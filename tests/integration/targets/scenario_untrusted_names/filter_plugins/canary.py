# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A filter that leaves a trace if a template runs it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def canary(value: Any) -> Any:
    """Touch the file that the environment names."""
    Path(os.environ["CANARY_FILE"]).touch()
    return value


class FilterModule:
    """The filter."""

    def filters(self) -> dict[str, Any]:
        """Return the filter by its name."""
        return {"canary": canary}
