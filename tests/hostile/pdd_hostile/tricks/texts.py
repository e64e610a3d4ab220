# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that change how a terminal shows them, forge lines, or are far too long."""

from __future__ import annotations

from typing import Any

from pdd_hostile.trick import Play, Trick, table
from pdd_hostile.tricks.bodies import body, edited
from pdd_hostile.tricks.framing import header
from pdd_hostile.wire import error, to_json

_TEXTS = {
    "colours": "\x1b[31mred\x1b[2J\x1b[H",
    "a title of the window": "\x1b]0;owned\x07",
    "a link": "\x1b]8;;http://example.test\x1b\\here\x1b]8;;\x1b\\",
    "a control string of eight bits": "\x9b31m\x90q\x9c",
    "backspaces": "bad\x08\x08\x08good",
    "a carriage return": "bad\rgood",
    "forged lines": "x\n\nTASK [Forged] ***\nok: [forged]",
    "a NUL": "a\x00b",
    "marks that turn the writing": "\u202egnp.exe\u202c \u2066x\u2069",
    "marks of no width": "a\u200bd\u200dm\u2060i\ufeffn\u00ad",
    "separators of lines": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "tags": "\U000e0041\U000e0042",
    "a lone surrogate": "a\ud83dz",
    "a thousand accents": "e" + "\u0301" * 1000,
    "a megabyte": "long " * 200_000,
    "many lines": "line\n" * 10_000,
}


def everywhere(text: str) -> Play:
    """Return a trick that adds a string to all strings of the correct answer, before the `@` of addresses."""

    def dressed(old: Any) -> Any:
        if isinstance(old, dict):
            return {key: each if key == "success" else dressed(each) for key, each in old.items()}
        if isinstance(old, list):
            return [dressed(each) for each in old]
        if not isinstance(old, str) or old in ("yes", "no"):
            return old
        name, at, domain = old.partition("@")
        return f"{name}{text}{at}{domain}"

    return edited(lambda answer: answer.update(dressed(answer)))


def import_refused(text: str) -> Play:
    """Return a trick that does not start an import, with a reason."""
    return body(to_json({"success": "ok", "import_list": [{"started": "no", "error": text}]}))


_IN_HEADERS = {
    "colours": b"\x1b[31mred",
    "a control string of eight bits": b"\x9b31m",
    "backspaces": b"bad\x08\x08good",
}

TRICKS: list[Trick] = [
    *table("text", {f"{name} as code": body(error(text)) for name, text in _TEXTS.items()}),
    *table("text", {f"{name} after a code": body(error(f"occupied {text}")) for name, text in _TEXTS.items()}),
    *table(
        "text", {f"{name} as code of an import": import_refused(text) for name, text in _TEXTS.items()}, alters=True
    ),
    *table(
        "text", {f"{name} everywhere": everywhere(text) for name, text in _TEXTS.items()}, credible=True, alters=True
    ),
    *table(
        "text", {f"{name} as reason": body(b"{}", status=b"HTTP/1.1 403 " + text) for name, text in _IN_HEADERS.items()}
    ),
    *table(
        "text",
        {f"{name} as encoding": header(b"Content-Encoding: " + text) for name, text in _IN_HEADERS.items()},
        credible=True,
    ),
]
