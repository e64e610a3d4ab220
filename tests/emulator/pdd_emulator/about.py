# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls and faults, as `--help` lists them."""

from __future__ import annotations

from emulator_common import faults as common

from pdd_emulator import faults
from pdd_emulator.app import ENDPOINTS
from pdd_emulator.endpoint import Endpoint


def epilog() -> str:
    """Return what follows the options in `--help`."""
    calls = "\n".join(f"  {action:31} {_about(endpoint)}" for action, endpoint in sorted(ENDPOINTS.items()))
    return (
        f"calls below /api2/admin/ and /api2/registrar/ (dns/... is not served):\n{calls}\n\n"
        f"choices, where nothing is known: see docs/api/pdd.md.\n"
        f"control paths: see the beginning of control.py.\n\n{common.__doc__}\n{faults.OWN_KINDS}"
    )


def _about(endpoint: Endpoint) -> str:
    methods = " or ".join(endpoint.methods)
    return f"{methods}, not for registrars" if endpoint.admin_only else methods
