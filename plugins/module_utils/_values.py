# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the service's numbers, flags and texts in all the forms in which they were seen (pdd-api.md, 3.3)."""

from __future__ import annotations

_TRUE = ("yes", "true", "ok", "1")
_FALSE = ("no", "false", "error", "0")
_LONGEST_NUMBER = 19


def to_int(value: object) -> int | None:
    """Read an integer or an integer as text; None for anything else."""
    if isinstance(value, int):  # bool included: true is 1
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        digits = value.strip()
        if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER:
            return int(digits)
    return None


def to_flag(value: object) -> bool | None:
    """Read true/yes/ok/1 or false/no/error/0, in any case; None for anything else."""
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    return None


def to_text(value: object) -> str:
    """Read a text; null is the empty text."""
    return "" if value is None else str(value)
