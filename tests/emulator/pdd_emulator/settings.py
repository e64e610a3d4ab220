# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be set on the command line and, partly, changed while the emulator runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pdd_emulator.faults import Faults


class Era(Enum):
    """The forms of the answers: those recorded in 2017, those of 2021, or every oddity a client must bear."""

    Y2017 = "2017"
    Y2021 = "2021"
    STRINGS = "strings"


@dataclass
class Settings:
    """Settings of a running emulator; the delays are in seconds."""

    era: Era = Era.Y2017
    latency: float = 0.0
    import_latency: float = 0.0
    strict_methods: bool = False
    lenient: bool = False
    faults: Faults = field(default_factory=Faults)
