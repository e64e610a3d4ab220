# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of command-line arguments. Each raises `argparse.ArgumentTypeError` with a sentence."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from emulator_common.faults import Fault


def port(text: str) -> int:
    """Read a port."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def token(text: str) -> str:
    """Read a token."""
    if not text.isascii() or not text.isprintable() or not text or " " in text:
        raise argparse.ArgumentTypeError("a token consists of visible ASCII characters")
    return text


def seconds(text: str) -> float:
    """Read a number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return number


def fault(kinds: type[Fault]) -> Callable[[str], str]:
    """Return the type of an argument that is the spec of a fault."""

    def read(text: str) -> str:
        try:
            return kinds.parse(text).spec
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read
