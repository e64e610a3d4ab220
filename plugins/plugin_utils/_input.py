# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read variables that hold secrets: each is templated and checked by itself, and no message shows a value.

Where Ansible cannot template one of several values, its error shows all of them. Here nothing but the place of the
failure gets into a message, and its reason only if that is known to quote no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._core.errors import InvalidInputError
from ..module_utils._core.secrets import Secrets
from ..module_utils._module.arguments import argument_problems, shown_name
from ._forms import Forms, label

_ENTRY = re.compile(r"\b(\w+), entry (\d+)(?=[,:])")
_UNDEFINED = re.compile(r"'([A-Za-z_]\w*)' is undefined")
_OMITTED = object()
_UNKNOWN: Mapping[str, Any] = {"no_log": True}
"""An option that the spec does not name: perhaps a secret under a wrong name."""
_MOST = 300
"""Characters of a reason that are shown at most."""
_MOST_PROBLEMS = 3
"""So many problems of one variable are shown at most."""


def read_input(
    spec: Mapping[str, Any],
    raw: Mapping[str, Any],
    template: Callable[[list[Any]], list[Any]],
    others: Mapping[str, Any],
    hidden: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the values of variables, checked and converted, without what is not set; raise InvalidInputError.

    spec: an argument spec, whose secrets are marked with no_log. raw: the variables before templating. template: as
    Ansible's, called with a list of one value, which is empty if the value is `omit`. others: the spec of variables
    that are not asked for, but hold secrets that no message may show either. hidden: secrets that are in no variable.
    """
    values, problems = read_values(spec, raw, template, others, hidden)
    if problems:
        raise InvalidInputError(shorten(problems))
    return values


def read_values(
    spec: Mapping[str, Any],
    raw: Mapping[str, Any],
    template: Callable[[list[Any]], list[Any]],
    others: Mapping[str, Any],
    hidden: Iterable[str] = (),
    *,
    spelling: Callable[[int], str | None] = lambda _number: None,
) -> tuple[dict[str, Any], list[str]]:
    """Do as read_input(), but return what is wrong; it is missing among the values. spelling: as Forms takes it."""
    reader = _Reader(template)
    values = reader.read_all(raw, spec)
    failed = {failure.variable for failure in reader.failures}
    readable = {name: value for name, value in values.items() if name not in failed and value is not None}
    problems = []
    if reader.failures:
        problems = _failure_sentences(reader, raw, {**others, **spec}, hidden)
    forms = Forms(spelling)
    converted = forms.convert(spec, readable)
    problems += forms.problems
    refused = failed | {_variable(problem) for problem in forms.problems}
    fit = {name: option for name, option in spec.items() if name not in refused}
    unfit = argument_problems(fit, {name: value for name, value in converted.items() if name in fit})
    problems += [_with_names(problem, converted) for problem in unfit]
    refused |= {_variable(problem) for problem in unfit}
    missing = {name for name in spec if spec[name].get("required") and name not in converted}
    checked, more = _checked({name: spec[name] for name in spec if name not in refused | missing}, converted)
    return checked, problems + more


def read_some(
    spec: Mapping[str, Any], raw: Mapping[str, Any], template: Callable[[list[Any]], list[Any]]
) -> dict[str, Any] | None:
    """Return the values of variables as read_input() does, or None if anything is wrong with one of them."""
    reader = _Reader(template)
    values = {name: value for name, value in reader.read_all(raw, spec).items() if value is not None}
    forms = Forms()
    converted = forms.convert(spec, values)
    if reader.failures or forms.problems or argument_problems(spec, converted):
        return None
    checked, problems = _checked(spec, converted)
    return None if problems else checked


def shorten(problems: Iterable[str]) -> list[str]:
    """Return so many of the problems of each variable that nobody has to scroll; what is left out is counted."""
    by_variable: dict[str, list[str]] = {}
    for problem in problems:
        by_variable.setdefault(_variable(problem), []).append(_cut(problem))
    shown: list[str] = []
    for variable, found in by_variable.items():
        shown += found[:_MOST_PROBLEMS]
        if len(found) > _MOST_PROBLEMS:
            shown.append(f"{variable}: {len(found) - _MOST_PROBLEMS} more")
    return shown


def _with_names(problem: str, values: Mapping[str, Any]) -> str:
    """Return a problem with the names of the entries that it numbers, where they have one."""

    def name(found: re.Match[str]) -> str:
        nonlocal values
        entries = values.get(found[1]) if isinstance(values, Mapping) else None
        number = int(found[2])
        if not isinstance(entries, list) or number > len(entries):
            return found[0]
        values = entries[number - 1]
        return f"{found[1]}, {label(values, number)}"

    return _ENTRY.sub(name, problem)


def _variable(problem: str) -> str:
    """Return the variable that a problem begins with."""
    return re.split(r"[,:\s]", problem, maxsplit=1)[0]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def holds_secrets(option: Mapping[str, Any]) -> bool:
    """Return whether an option is a secret or has one in it."""
    return bool(option.get("no_log")) or any(map(holds_secrets, option.get("options", {}).values()))


@dataclass(frozen=True)
class _Failure:
    """A value that cannot be templated."""

    place: str
    is_secret: bool
    error: Exception

    @property
    def variable(self) -> str:
        """The variable that the value is in."""
        return self.place.partition(",")[0]


@dataclass
class _Reader:
    """Templates values one by one, and goes on after a failure."""

    template: Callable[[list[Any]], list[Any]]
    failures: list[_Failure] = field(default_factory=list)

    def read_all(self, raw: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables of a spec that are there and can be read, by name."""
        found = {name: self.read(raw[name], option, name) for name, option in spec.items() if name in raw}
        return {name: value for name, value in found.items() if value is not _OMITTED}

    def read(self, value: Any, option: Mapping[str, Any], place: str) -> Any:
        """Return a value without templates and without what is not set; _OMITTED if it cannot be read or is omitted."""
        if isinstance(value, Mapping):
            options = option.get("options", {})
            found = {
                key: self.read(each, options.get(key, _UNKNOWN), f"{place}, {shown_name(key)}")
                for key, each in value.items()
            }
            return {key: each for key, each in found.items() if each is not _OMITTED and each is not None}
        if isinstance(value, (list, tuple)):
            entries = [self.read(each, option, f"{place}, entry {number}") for number, each in enumerate(value, 1)]
            return [each for each in entries if each is not _OMITTED]
        return self._templated(value, option, place)

    def _templated(self, value: Any, option: Mapping[str, Any], place: str) -> Any:
        try:
            found = self.template([value])
        except Exception as error:  # plugins raise whatever they like
            self.failures.append(_Failure(place, holds_secrets(option), error))
            return _OMITTED
        return _without_none(found[0]) if found else _OMITTED


def _checked(spec: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the values as their types and defaults make them, and what Ansible alone refuses."""
    found, problems = {}, []
    for name, option in spec.items():
        result = ArgumentSpecValidator({name: option}).validate({name: values[name]} if name in values else {})
        if result.error_messages:
            problems.append(f"{name} does not fit its description")
        else:
            found[name] = _without_none(result.validated_parameters[name])
    return found, problems


def _without_none(value: Any) -> Any:
    """Return a value without the keys that are null, as a template or the validator makes them."""
    if isinstance(value, Mapping):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, (list, tuple)) else value


# What may be shown of a failure


def _failure_sentences(
    reader: _Reader, raw: Mapping[str, Any], spec: Mapping[str, Any], hidden: Iterable[str]
) -> list[str]:
    """Return a sentence for each failure. While a secret is not known, no reason can be searched for it."""
    search = _Reader(reader.template)
    holders = {name: option for name, option in spec.items() if holds_secrets(option)}
    found = _secrets({"options": holders}, search.read_all(raw, holders))
    secrets = Secrets((*found, *hidden))
    known = not any(failure.is_secret for failure in (*reader.failures, *search.failures))
    return [f"{failure.place}: {_reason(failure.error, secrets, quotable=known)}" for failure in reader.failures]


def _reason(error: Exception, secrets: Secrets, *, quotable: bool) -> str:
    """Return the message of an error if it may be quoted, else what can be said without it."""
    message = "".join(each if each.isprintable() else " " for each in str(error))
    message = " ".join(message.split()).rstrip(".")
    if quotable and not secrets.are_in(message):
        return _cut(message)
    undefined = _UNDEFINED.search(message)
    if undefined and not secrets.are_in(undefined[1]):
        return undefined[0]
    return f"it cannot be evaluated ({type(_root(error)).__name__}; the reason may hold a secret)"


def _root(error: BaseException) -> BaseException:
    """Return what an error comes from."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return _root(cause) if cause else error


def _secrets(option: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Yield the secrets in a value."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _secrets(option.get("options", {}).get(key, _UNKNOWN), each)
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(option, each)
    elif holds_secrets(option) and value is not _OMITTED:
        yield str(value)
