# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the service's numbers, flags and strings in all the forms in which they were seen (docs/api/pdd.md, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

_TRUE = ("yes", "true", "ok", "1")
_FALSE = ("no", "false", "error", "0")
_LONGEST_NUMBER = 19
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON's escapes can write one, but no encoding can
_REPLACEMENT = "\ufffd"
# Answers have four levels. This collection reads nothing below.
_DEPTH = 8


def to_int(value: object) -> int | None:
    """Return the value of an integer, or of an integer as a string; None for anything else."""
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
    """Return the value of true/yes/ok/1 or false/no/error/0, in any case; None for anything else."""
    text = str(value).strip()
    if not text.isascii():
        return None  # "o" and a KELVIN SIGN are no "ok", although they are in lower case
    if text.lower() in _TRUE:
        return True
    return False if text.lower() in _FALSE else None


def to_string(value: object) -> str:
    """Return a string; the empty one for null."""
    return "" if value is None else str(value)


def readable(value: Any, broken: Callable[[str], None], name: str, *, names: Sequence[str]) -> Any:
    """Return a JSON value in which U+FFFD stands for every lone surrogate; keys count as strings, too.

    broken(name) is called for a string with one; name is that of the object around it. names: the keys under which
    objects have a name, the most telling first.
    """

    def read(value: Any, name: str, depth: int) -> Any:
        if isinstance(value, str):
            text = _LONE_SURROGATE.sub(_REPLACEMENT, value)
            if text != value:
                broken(name)
            return text
        if not isinstance(value, (dict, list)):
            return value
        if not depth:
            return None
        if isinstance(value, list):
            return [read(each, name, depth - 1) for each in value]
        own = (value[key] for key in names if isinstance(value.get(key), str) and value[key])
        name = _LONE_SURROGATE.sub(_REPLACEMENT, next(own, name))
        return {read(key, name, 1): read(each, name, depth - 1) for key, each in value.items()}

    return read(value, name, _DEPTH)
