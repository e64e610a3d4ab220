# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the command line and changed while the emulator runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from y360_emulator.faults import Faults


class HalfSender(Enum):
    """What the service does with the role that lets users send from a list (docs/api/y360.md, 4.2)."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    REFUSED = "refused"


class Delete(Enum):
    """Whether users can be deleted (docs/api/y360.md, 2.3)."""

    ALLOWED = "allowed"
    MISSING = "missing"


@dataclass
class Settings:
    """Settings of a running emulator; times are in seconds."""

    latency: float = 0.0
    half_sender: HalfSender = HalfSender.VISIBLE
    delete: Delete = Delete.ALLOWED
    token_lifetime: int = 3600
    faults: Faults = field(default_factory=Faults)
