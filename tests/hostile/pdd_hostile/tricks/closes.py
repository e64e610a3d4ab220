# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that end too early, with and without manners, and those that are dropped between two requests."""

from __future__ import annotations

import socket

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import chunk, head, whole

_CHUNKED = b"Transfer-Encoding: chunked"


def cut(part: float, *, reset: bool = False) -> Play:
    """Return a trick that sends a part of the correct answer, 0 to 1, and ends the connection."""

    def play(talk: Talk) -> None:
        answer = whole(talk.body)
        talk.send(answer[: int(len(answer) * part)])
        if reset:
            talk.reset()

    return play


def cut_at(offset: int) -> Play:
    """Return a trick that sends so many bytes of the correct answer."""
    return lambda talk: talk.send(whole(talk.body)[:offset])


def _after_headers(talk: Talk) -> None:
    talk.send(whole(talk.body)[: -len(talk.body)])


def _in_chunk(talk: Talk) -> None:
    talk.send(head(_CHUNKED), chunk(talk.body)[:-20])


def _between_chunks(talk: Talk) -> None:
    talk.send(head(_CHUNKED), chunk(talk.body[:20]), chunk(talk.body[20:]))


def _half_closed(talk: Talk) -> None:
    """Nothing more comes, but the connection stays half open."""
    talk.send(whole(talk.body)[:-5])
    talk.connection.shutdown(socket.SHUT_WR)
    talk.hold()


def _whole_and_reset(talk: Talk) -> None:
    """Reset after the answer: the client may see either."""
    talk.send(whole(talk.body))
    talk.reset()


_PARTS = {"before the answer": 0.0, "within the status line": 0.05, "within the headers": 0.3, "within the body": 0.9}

TRICKS: list[Trick] = [
    *table("close", {f"closed {name}": cut(part) for name, part in _PARTS.items()}),
    *table("close", {f"reset {name}": cut(part, reset=True) for name, part in _PARTS.items()}),
    *table(
        "close",
        {
            "closed after the headers": _after_headers,
            "closed within a chunk": _in_chunk,
            "closed before the last chunk": _between_chunks,
            "half closed": _half_closed,
        },
    ),
    *table("close", {"reset after the answer": _whole_and_reset}, credible=True),
]
