# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules return, held against what they document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OF_ANSIBLE = {"changed", "diff", "exception", "failed", "invocation", "msg", "warnings"}
"""What no module documents, since Ansible does."""
TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "dict": (dict,),
    "float": (float, int),
    "int": (int,),
    "list": (list,),
    "raw": (bool, dict, float, int, list, str),
    "str": (str,),
}


def undocumented(documented: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    """Return in which points the result of a task is not what the module documents in RETURN.

    A value is there if `returned` says so; keys inside of a value always are, unless they have a `returned` of their
    own. A value may be null only where its description, or that of what it is in, speaks of V(none).
    """
    values = {key: value for key, value in result.items() if key not in OF_ANSIBLE}
    outcome = "failure" if result.get("failed") else "success"
    due = {key for key, value in documented.items() if value["returned"] in ("always", outcome)}
    wrong = {key for key in values if documented.get(key, {}).get("returned") == "failure" and outcome == "success"}
    return [
        *(f"{key} is missing" for key in due - set(values)),
        *(f"{key} is there although nothing failed" for key in wrong),
        *_wrong_in_dict("", values, documented),
    ]


def wrong_samples(name: str, documented: Mapping[str, Any]) -> Iterator[str]:
    """Yield in which points the samples are not what is documented beside them."""
    if "sample" in documented:
        yield from _wrong(name, documented["sample"], documented)
    for key, value in documented.get("contains", {}).items():
        yield from wrong_samples(f"{name}.{key}", value)


def _wrong(name: str, value: Any, documented: Mapping[str, Any], *, nullable: bool = False) -> Iterator[str]:
    nullable = nullable or "V(none)" in "".join(documented["description"])
    if value is None:
        yield from () if nullable else (f"{name} is null",)
    elif type(value) not in TYPES[documented["type"]]:
        yield f"{name} is {value!r}, and not of the type {documented['type']}"
    elif isinstance(value, list):
        for each in value:
            yield from _wrong(f"{name}[]", each, {**documented, "type": documented["elements"]})
    elif isinstance(value, dict) and "contains" in documented:
        yield from _wrong_in_dict(f"{name}.", value, documented["contains"], nullable=nullable)


def _wrong_in_dict(
    prefix: str, values: Mapping[str, Any], documented: Mapping[str, Any], *, nullable: bool = False
) -> Iterator[str]:
    for key, value in values.items():
        if key in documented:
            yield from _wrong(prefix + key, value, documented[key], nullable=nullable)
        else:
            yield f"{prefix}{key} is not documented"
    needed = (key for key, value in documented.items() if "returned" not in value)
    yield from (f"{prefix}{key} is missing" for key in needed if key not in values)
