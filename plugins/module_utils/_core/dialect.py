# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the transport asks of a service: how a request is built, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Call:
    """What a client asks the service for.

    method: of HTTP. endpoint: as failures name it. params: strings, or whatever the dialect can send. is_repeatable: it
    is sent again although it may have been applied. is_fresh: it is sent over a connection of its own.
    """

    method: str
    endpoint: str
    params: Mapping[str, Any]
    is_repeatable: bool = False
    is_fresh: bool = False

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"


@dataclass(frozen=True)
class HttpRequest:
    """A call as it is sent.

    base_url: the one of the dialect's URLs below which path lies. query, form and body (JSON) are left out if None.
    """

    method: str
    base_url: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None
    body: object = None


@dataclass(frozen=True)
class Answer:
    """An answer that was read to its end. Names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Dialect(Protocol):
    """How one service is spoken to; usable from many threads."""

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The URLs under which the service is reached, without final slash; the first is the one of most calls."""

    @property
    def credentials(self) -> str:
        """What the service knows its user by: a secret, the same in every task of the same user."""

    @property
    def throttled_code(self) -> str:
        """The code of the error if the service asks for fewer requests than there are."""

    def shown_url(self, base_url: str) -> str:
        """Return one of the base URLs as messages name it."""

    def build(self, call: Call) -> HttpRequest:
        """Return what is sent for a call."""

    def read(self, call: Call, answer: Answer) -> dict[str, Any]:
        """Return the object that a call was answered with.

        Answers that mean the same in all services have been sorted out before (answers.check_status). Raises FaultError
        if the call may be repeated, with an error that says whether it may have been applied, else ServiceError.
        Nothing that may be a secret is quoted.
        """
