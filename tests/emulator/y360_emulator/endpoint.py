# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints, and what their handlers get."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from y360_emulator import paging
from y360_emulator.body import Body
from y360_emulator.errors import Host, bad, not_found
from y360_emulator.paging import Page
from y360_emulator.records import Department, Group, Organization, User
from y360_emulator.scopes import Needs
from y360_emulator.settings import Settings
from y360_emulator.store import Store, Token

Answer = dict[str, Any]
T = TypeVar("T")

_LONGEST_NUMBER = 18  # all numbers of so many digits fit into 63 bits


@dataclass(frozen=True)
class Call:
    """A call that may be carried out, and all that a handler may use; `switches` are those that strike it, by kind."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    content: bytes
    media_type: str
    store: Store
    settings: Settings
    switches: Mapping[str, Any]
    now: str
    caller: Token | None = None
    own_organization: Organization | None = None

    @property
    def token(self) -> Token:
        """The token of the caller."""
        assert self.caller, "the endpoint takes no token"
        return self.caller

    @property
    def organization(self) -> Organization:
        """The organization that the call is about."""
        assert self.own_organization, "the endpoint takes no organization"
        return self.own_organization

    @property
    def o(self) -> int:
        """The ID of the organization."""
        return self.organization.id

    @cached_property
    def body(self) -> Body:
        """The JSON body. Raises the error 400."""
        return Body.read(self.content)

    def number(self, name: str) -> int:
        """Return a part of the path that has to be a number."""
        text = self.path[name]
        if not text.isascii() or not text.isdecimal():
            raise bad()
        if len(text) > _LONGEST_NUMBER:
            raise not_found()
        return int(text)

    def page(self, default: int = 10) -> Page:
        """Return the numbered page that is asked for."""
        return paging.numbered(self.query, default=default, most=self.most)

    def cloud_page(self) -> Page:
        """Return the page that is asked for by its offset."""
        return paging.offset(self.query, most=self.most)

    @property
    def most(self) -> int:
        """The size of the largest page."""
        clip = self.switches.get("clip")
        return clip.size if clip else paging.MOST

    def user(self) -> User:
        """Return the user that the path names."""
        return found(self.store.users.get(self.o, self.number("user")))

    def group(self) -> Group:
        """Return the group that the path names."""
        group = found(self.store.groups.get(self.o, self.number("group")))
        if group.removed:
            raise not_found()
        return group

    def department(self) -> Department:
        """Return the department that the path names."""
        return found(self.store.departments.get(self.o, self.number("department")))

    def hidden(self, kind: str) -> frozenset[int | str]:
        """Return what a listing does not show yet."""
        return self.settings.faults.hidden(kind, self.o)

    def created(self, kind: str, number: int | str) -> None:
        """Hide what was created from listings, if a fault says so."""
        if lag := self.switches.get("lag"):
            self.settings.faults.hide(kind, self.o, number, lag.requests)


def found(record: T | None) -> T:
    """Return an object. Raises the error 404 if there is none."""
    if record is None:
        raise not_found()
    return record


Handler = Callable[[Call], Answer | None]
"""Returns the body of the answer, None if it has none (status 204). It runs as one transaction."""


@dataclass(frozen=True)
class Endpoint:
    """A call: its name in faults and in the journal, where it is, and what it needs.

    `public`: it takes no token. `owner`: only the token of the owner will do. `unknown_organization`: the status if
    there is no organization of that ID.
    """

    name: str
    method: str
    path: str
    handler: Handler
    needs: Needs = ()
    host: Host = Host.API
    writes: bool = False
    public: bool = False
    owner: bool = False
    unknown_organization: int = 403

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what matches the path; a slash may follow it (docs/api/y360.md, 1.1)."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "/?")


def reading(name: str, path: str, handler: Handler, needs: Needs, **options: Any) -> Endpoint:
    """Return an endpoint that changes nothing."""
    return Endpoint(name, "GET", path, handler, needs, **options)


def writing(name: str, method: str, path: str, handler: Handler, needs: Needs, **options: Any) -> Endpoint:
    """Return an endpoint that changes something."""
    return Endpoint(name, method, path, handler, needs, writes=True, **options)
