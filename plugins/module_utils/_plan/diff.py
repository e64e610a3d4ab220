# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The diff that people read: sorted lines, each of which says by itself what it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from .._core.show import escape

_CONTEXT = 2
# More lines than anybody reads. The changes that a module returns hold all of them.
_MOST_LINES = 1000


def line(name: str, what: str) -> str:
    """Return a line about an object, as one line that no terminal acts on."""
    return escape(f"{name}: {what}")


def property_line(name: str, key: str, value: object) -> str:
    """Return a line about a property of an object: strings in quotes, flags as YAML has them."""
    shown = "not set" if value is None else json.dumps(value, ensure_ascii=False)
    return line(name, f"{key} {shown}")


def text_diff(before: Iterable[str], after: Iterable[str], header: str) -> dict[str, str]:
    """Return a diff as Ansible shows it: the lines that changed, and two unchanged ones around them.

    Both texts are empty if nothing changes. After 1,000 lines the rest is counted. header: what both are about.
    """
    old, new = set(before), set(after)
    lines = sorted(old | new)
    near: dict[int, None] = {}
    for index, each in enumerate(lines):
        if (each in old) != (each in new):
            near.update(dict.fromkeys(range(max(0, index - _CONTEXT), min(len(lines), index + _CONTEXT + 1))))
    shown = [lines[index] for index in sorted(near)]
    first, rest = shown[:_MOST_LINES], shown[_MOST_LINES:]
    texts = {
        "before": _text([each for each in first if each in old], sum(each in old for each in rest)),
        "after": _text([each for each in first if each in new], sum(each in new for each in rest)),
    }
    return {**texts, "before_header": header, "after_header": header}


def _text(lines: Sequence[str], left: int) -> str:
    more = [f"({left} more lines)"] if left else []
    return "".join(f"{each}\n" for each in [*lines, *more])
