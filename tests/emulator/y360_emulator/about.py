# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls and faults, as `--help` lists them."""

from __future__ import annotations

from emulator_common import faults as common

from y360_emulator import faults
from y360_emulator.endpoints import ENDPOINTS


def epilog() -> str:
    """Return what follows the options in `--help`."""
    lines = [f"  {endpoint.name:27} {endpoint.method:6} {endpoint.path}" for endpoint in ENDPOINTS]
    calls = "\n".join(sorted(lines))
    return (
        f"calls (the name is the one for faults and in the journal):\n{calls}\n\n"
        f"choices, where nothing is known: see docs/api/y360.md.\n"
        f"control paths: see the beginning of control.py.\n\n{common.__doc__}\n{faults.OWN_KINDS}"
    )
