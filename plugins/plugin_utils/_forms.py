# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bring the values of variables into one form, and refuse what YAML has made of something else.

Pure. What is left of a value fits its argument spec or is refused by it. No problem shows a secret.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..module_utils._core.show import escape
from ..module_utils._mail.address import WITHOUT_JOINERS, find_hidden
from ..module_utils._module.arguments import explain_kind, shown_name

UNSET = object()
"""What stands for a value that is not given."""

_BOM = "\ufeff"
_BLANKS = " \t\r\n\f\v"
_LABELS = ("login", "maillist", "external_login", "server")


@dataclass
class Forms:
    """Converts the values of one host, and collects what is wrong with them.

    spelling(number): how a whole number is written in its file, None if that is not known.
    """

    spelling: Callable[[int], str | None] = lambda _number: None
    problems: list[str] = field(default_factory=list)

    def convert(self, spec: Mapping[str, Mapping[str, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables in one form, without those that are not set."""
        found = {name: self._value(spec[name], value, name) for name, value in values.items()}
        return {name: value for name, value in found.items() if value is not UNSET}

    def _value(self, option: Mapping[str, Any], value: Any, place: str) -> Any:
        if option["type"] == "list":
            return self._list(option, value, place)
        try:
            return _leaf(option, value, self.spelling, may_be_empty=option.get("kind") == "html")
        except ValueError as error:
            self.problems.append(f"{place} {error}")
            return UNSET

    def _list(self, option: Mapping[str, Any], value: Any, place: str) -> Any:
        if isinstance(value, str):
            if not value.strip(_BLANKS + _BOM):
                return UNSET
            value = value.split(",") if option["elements"] == "str" else value
        if option["elements"] != "str":
            return self._entries(option, value, place)
        if isinstance(value, Mapping):
            return value  # which its spec refuses
        entry = {**option, "type": "str"}
        entries = value if isinstance(value, (list, tuple)) else [value]
        found = [self._value(entry, each, f"{place}:") for each in entries if each is not None]
        return [each for each in found if each is not UNSET]

    def _entries(self, option: Mapping[str, Any], value: Any, place: str) -> Any:
        if not isinstance(value, (list, tuple)):
            return value
        return [
            self._entry(option["options"], each, f"{place}, {label(each, number)}")
            if isinstance(each, Mapping)
            else each
            for number, each in enumerate(value, 1)
        ]

    def _entry(self, options: Mapping[str, Any], entry: Mapping[Any, Any], place: str) -> dict[Any, Any]:
        found = {}
        for key, value in entry.items():
            name = key.strip(_BOM + _BLANKS) if isinstance(key, str) else key
            known = options.get(name)
            each = value if known is None else self._value(known, value, f"{place}: {shown_name(name)}")
            if each is not UNSET and not (known is None and value in ("", None)):
                found[name] = each
        return found


def label(entry: Any, number: int) -> str:
    """Return how a message calls an entry of a list: by its name if that is a usable one, else by its number."""
    for key in _LABELS:
        name = entry.get(key) if isinstance(entry, Mapping) else None
        if isinstance(name, str) and name.strip() and "{" not in name:
            return f"'{escape(name.strip())[:80]}'"
    return f"entry {number}"


def misleading(address: str) -> str | None:
    """Return the rule that an address breaks by a character that cannot be seen, or looks like another one."""
    local, at, host = address.rpartition("@")
    return _hidden(local if at else host) or _hidden(host.translate(WITHOUT_JOINERS) if at else "")


def _leaf(option: Mapping[str, Any], value: Any, spelling: Callable[[int], str | None], *, may_be_empty: bool) -> Any:
    """Return one value in its form; raises ValueError with the rule that it breaks, to be read after its name."""
    if isinstance(value, str):
        text = value.removeprefix(_BOM)
        if not text.strip(_BLANKS) and not may_be_empty:
            return UNSET
        return _text(option, text)
    if option["type"] in ("int", "float") and isinstance(value, bool):
        raise ValueError("is a boolean, not a number")
    if option["type"] != "str" or "choices" in option:
        return value
    if option.get("no_log"):
        raise ValueError(explain_kind(value))
    if option.get("kind") == "date" and isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole:
        raise ValueError(explain_kind(value))
    written = spelling(value)
    if written is not None and written != str(value):
        raise ValueError(f"is written {written}, which YAML reads as the number {value}: quote it")
    return str(int(value))


def _text(option: Mapping[str, Any], text: str) -> str:
    kind = option.get("kind")
    if kind not in ("address", "account", "text") or option.get("no_log"):
        return text
    found = unicodedata.normalize("NFC", text) if kind != "account" else text
    if kind == "text":
        return found
    found = found.strip(_BLANKS)
    problem = misleading(found) if kind == "address" else _hidden(found)
    if problem:
        raise ValueError(f"{problem} ('{escape(found)[:80]}')")
    return found


def _hidden(text: str) -> str | None:
    """Return the rule that a name breaks by a character; blanks are left to the modules."""
    hidden = find_hidden(text.replace(" ", ""))
    return f"has {hidden} in it" if hidden else None
