# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON body of a request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from y360_emulator.errors import bad

_LONGEST_NUMBER = 20  # digits of an unsigned 64-bit number


class Body:
    """An object whose values are read by type. Keys that no call knows are ignored. Raises the error 400."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __contains__(self, key: object) -> bool:
        """Return whether the object has a key whose value is not null."""
        return self._values.get(str(key)) is not None

    @classmethod
    def read(cls, content: bytes) -> Body:
        """Read a body."""
        try:
            values = parse(content)
        except ValueError:
            raise bad() from None
        return cls.of(values)

    @classmethod
    def of(cls, values: Any) -> Body:
        """Return a part of a body, which has to be an object."""
        if not isinstance(values, dict):
            raise bad()
        return cls(values)

    def text(self, key: str, default: str = "") -> str:
        """Return a string."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise bad()
        return value

    def required(self, key: str) -> str:
        """Return a string that has to be there, and not be empty."""
        if not (text := self.text(key)):
            raise bad()
        return text

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise bad()
        return value

    def loose_flag(self, key: str) -> bool:
        """Return a boolean, false if it is not there, that a client may write as a string, in any case of letters."""
        value = self._values.get(key)
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        return self.flag(key)

    def integer(self, key: str) -> int:
        """Return a number that has to be there."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise bad()
        return value

    def number(self, key: str) -> int:
        """Return an ID that has to be there, as a number or as its digits."""
        return as_number(self._values.get(key))

    def items(self, key: str) -> Sequence[Any]:
        """Return a list, empty if it is not there."""
        value = self._values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad()
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of strings."""
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise bad()
        return [*values]

    def objects(self, key: str) -> list[Body]:
        """Return a list of objects."""
        return [Body.of(value) for value in self.items(key)]

    def object(self, key: str) -> Body:
        """Return an object, empty if it is not there."""
        value = self._values.get(key)
        return Body.of({} if value is None else value)


def parse(content: bytes) -> Any:
    """Read JSON, with lone surrogates replaced: neither SQLite nor JSON can take them. Raises ValueError."""
    try:
        values = json.loads(content, parse_constant=_refuse)
        return json.loads(json.dumps(values, ensure_ascii=False).encode(errors="replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def as_number(value: Any) -> int:
    """Read an ID that is a number or its digits."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _LONGEST_NUMBER:
        return int(value)
    raise bad()
