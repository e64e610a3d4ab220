# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the options that break their argument spec, and the rules, without quoting any value.

Ansible quotes the value that it refuses, and a secret can stand in any option: typed into the wrong one, or taken from
the wrong variable. So whether a value fits is left to Ansible, and only the sentence is made here, from the spec.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible.module_utils import errors
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

_TYPES = {
    "bool": "true or false",
    "dict": "a dictionary",
    "float": "a number",
    "int": "a whole number",
    "path": "a path",
    "str": "a string",
}
_ELEMENTS = {"dict": "dictionaries", "float": "numbers", "int": "whole numbers", "str": "strings"}

# What the name of an option looks like; anything else may be a secret in the wrong place.
_NAME = re.compile(r"[a-z]+(?:_[a-z]+)*")


# Errors of Ansible whose messages name options, and quote no value.
_NAMES_ONLY = (
    errors.MutuallyExclusiveError,
    errors.RequiredByError,
    errors.RequiredError,
    errors.RequiredIfError,
    errors.RequiredOneOfError,
    errors.RequiredTogetherError,
)


def explain_refusal(spec: Mapping[str, Any], values: Mapping[str, Any], msg: str, found: Iterable[object]) -> str:
    """Return what may be said instead of a message of Ansible that refuses options; found: its errors."""
    problems = argument_problems(spec, values)
    if problems:
        return "; ".join(problems)
    if all(isinstance(error, _NAMES_ONLY) for error in found):
        return msg
    return "The options do not fit their description"


def argument_problems(spec: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """Return a sentence without final stop for each option that does not fit; values: the options as they were given.

    What concerns several options at once, such as mutually exclusive ones, is left to Ansible, which names no values.
    """
    return list(_problems(spec, values, "", names_shown=True))


def unquoted_problems(spec: Mapping[str, Any], values: Mapping[str, Any], place: str = "") -> dict[str, str]:
    """Return by place where a string is expected, and something else was given; values: as they were given.

    Ansible makes strings of them, `False` of an unquoted `no`. A whole number can be a name, but no secret, because
    YAML reads 0123 as 83.
    """
    problems = {}
    for name, option in spec.items():
        key = _given((name, *option.get("aliases", ())), values)
        if key is None:
            continue
        value, where = values[key], f"{place}{key}"
        entries = {where: value}
        if option.get("type") == "list" and isinstance(value, (list, tuple)):
            entries = {f"{where}[{index}]": entry for index, entry in enumerate(value)}
        for where, entry in entries.items():
            if option.get("options") and isinstance(entry, Mapping):
                problems.update(unquoted_problems(option["options"], entry, f"{where}."))
            elif _is_for_strings(option) and not _is_string(entry, is_secret=bool(option.get("no_log"))):
                problems[where] = f"{where} {explain_kind(entry)}"
    return problems


def _is_for_strings(option: Mapping[str, Any]) -> bool:
    kind = option.get("elements") if option.get("type") == "list" else option.get("type", "str")
    return kind in ("str", "path") and "choices" not in option


def _is_string(value: object, *, is_secret: bool) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value is None or isinstance(value, str) or (is_number and not is_secret)


def explain_kind(value: object) -> str:
    """Return what a value is that should be a string, to be read after its name; it may be a secret."""
    if isinstance(value, bool):
        return "is a boolean, not a string: YAML reads words such as no, on and yes so; quote it"
    if isinstance(value, (int, float)):
        return "is a number, not a string: YAML may have changed how it was written; quote it"
    if isinstance(value, datetime.date):
        return "is a date, not a string; quote it"
    kind = "dictionary" if isinstance(value, Mapping) else "list" if isinstance(value, (list, tuple)) else "value"
    return f"is a {kind}, not a string"


def shown_name(name: object) -> str:
    """Return the name of an option as it may be shown, even if there is no such option."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "a name that is not shown"


def _problems(spec: Mapping[str, Any], values: Mapping[str, Any], place: str, *, names_shown: bool) -> Iterator[str]:
    keys = {name: (name, *option.get("aliases", ())) for name, option in spec.items()}
    known = {key for names in keys.values() for key in names}
    unknown = sorted({shown_name(key) if names_shown else shown_name(None) for key in values if key not in known})
    if unknown:
        supported = ", ".join(sorted(spec))
        yield f"{place}unsupported parameters: {', '.join(unknown)}. Supported parameters include: {supported}"
    given = {name: _given(names, values) for name, names in keys.items()}
    missing = [name for name, key in given.items() if key is None and spec[name].get("required")]
    if missing:
        yield f"{place}missing required arguments: {', '.join(sorted(missing))}"
    for name, key in given.items():
        if key is not None:
            yield from _value_problems(key, spec[name], values[key], place)


def _given(names: Sequence[str], values: Mapping[str, Any]) -> str | None:
    """Return under which of its names an option is given; Ansible has an alias override the name before it."""
    key = next((name for name in reversed(names) if name in values), None)
    return None if key is None or values[key] is None else key


def _value_problems(name: str, option: Mapping[str, Any], value: object, place: str) -> Iterator[str]:
    """Yield what is wrong with one value, or with the entries in it."""
    plain = {key: option[key] for key in ("type", "elements", "choices") if key in option}
    try:
        checked = ArgumentSpecValidator({name: plain}).validate({name: value})
    except OverflowError:  # an integer that is infinite
        checked = None
    if checked is None or checked.error_messages:
        yield place + _rule(name, plain)
    elif option.get("options"):
        found = checked.validated_parameters[name]
        is_list = isinstance(found, list)
        given = value if isinstance(value, (list, tuple)) else [value] * (len(found) if is_list else 1)
        for number, (entry, raw) in enumerate(zip(found if is_list else [found], given), 1):
            where = f"{place}{name}, entry {number}: " if is_list else f"{place}{name}: "
            # The names in what was given as a string are parts of a value.
            yield from _problems(option["options"], entry, where, names_shown=isinstance(raw, Mapping))


def _rule(name: str, option: Mapping[str, Any]) -> str:
    """Return what an option must be, as a sentence."""
    choices: Sequence[object] = option.get("choices", ())
    if choices:
        return f"value of {name} must be one of: {', '.join(map(str, choices))}"
    kind = option.get("type", "str")
    if kind == "list":
        return f"{name} must be a list of {_ELEMENTS.get(option.get('elements', ''), 'values')}"
    return f"{name} must be {_TYPES.get(kind, kind)}"
