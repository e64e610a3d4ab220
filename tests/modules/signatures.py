# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of pdd_signature share."""

from __future__ import annotations

from typing import Any

from ..conftest import Service
from .conftest import Runner

MODULE = "pdd_signature"
TEXT, OTHER = "Example Ltd.", "Example Ltd., 1 Example Street"
SET = ["domain/settings/setsign"]


def run_in_vain(run: Runner, service: Service, *, check: bool = False, **options: Any) -> str:
    """Run the module where it cannot remember anything; returns its one warning."""
    service.forget()
    result = run(MODULE, **{"signature": TEXT, "timeout": 1, **options}, check=check)
    assert (result["changed"], result["previously"]) == (True, "unknown")
    assert service.writes() == ([] if check else SET)
    if not check:
        assert service.signature == options.get("signature", TEXT)
    (warning,) = map(str, result["warnings"])
    assert "Set state_path (pdd_domain_signature_state_path in the role" in warning
    return warning
