# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints, and what their handlers get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from pdd_emulator import rules
from pdd_emulator.forms import Answer
from pdd_emulator.importer import Importer
from pdd_emulator.parameters import Upload
from pdd_emulator.rules import ApiError
from pdd_emulator.settings import Settings
from pdd_emulator.store import Account, Domain, Store


class DomainUse(Enum):
    """What a call does with the parameter `domain`: it is about one of the account's, about any, or about none."""

    OWN = "own"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True)
class Identity:
    """A uid or a name of a mailbox or a mailing list, as a caller gave it, not checked yet."""

    text: str
    is_uid: bool


@dataclass(frozen=True)
class Call:
    """An authenticated call: the merged parameters and all that a handler may use.

    Two kinds of faults act here: `hidden` are uids that the call does not see, `drop` is the number of subscribers
    that a listing leaves out at its end.
    """

    params: Mapping[str, str]
    token: str
    store: Store
    importer: Importer
    settings: Settings
    uploads: Mapping[str, Upload]
    own_domain: Domain | None = None
    hidden: frozenset[int] = frozenset()
    drop: int = 0

    @property
    def domain(self) -> Domain:
        """The domain that the call is about."""
        assert self.own_domain, "the endpoint takes no domain"
        return self.own_domain

    @property
    def managed_domain(self) -> Domain:
        """The domain that the call changes. Raises `not_allowed` if the owner may only manage its mailboxes."""
        if not self.domain.master_admin:
            raise ApiError("not_allowed")
        return self.domain

    def identity(self, uid: str, name: str, *, missing: str) -> Identity:
        """Read a pair of parameters of which one is to be given; the uid wins, an empty one counts as not given.

        Raises `missing` if neither is given (docs/api/pdd.md, 1.3 and 1.6).
        """
        if self.params.get(uid):
            return Identity(self.params[uid], is_uid=True)
        if self.params.get(name):
            return Identity(self.params[name], is_uid=False)
        raise ApiError(missing)

    def find(self, identity: Identity, *, maillist: bool | None = None) -> Account:
        """Return the account of the domain that an identity means: a mailbox, a list, or (None) either.

        Raises `account_not_found`.
        """
        domain = self.domain.name
        if identity.is_uid:
            account = self.store.account_by_uid(domain, rules.existing_uid(identity.text))
        else:
            account = self.store.account(domain, rules.existing_name(identity.text, domain))
        if account is None or account.uid in self.hidden or maillist not in {None, account.maillist}:
            raise ApiError("account_not_found")
        return account


Handler = Callable[[Call], Answer | Awaitable[Answer]]
"""Returns the answer without `domain` and `success`, or raises `ApiError`.

It runs as one transaction. One that has to wait for the network returns an awaitable, which must leave the state alone.
"""


@dataclass(frozen=True)
class Endpoint:
    """An API call.

    `methods`: the documented ones. `writes`: whether the call changes something. `admin_only`: whether registrars may
    not use it.
    """

    handler: Handler
    methods: tuple[str, ...]
    writes: bool
    domain: DomainUse
    admin_only: bool


def reading(
    handler: Handler,
    *,
    methods: tuple[str, ...] = ("GET",),
    domain: DomainUse = DomainUse.OWN,
    admin_only: bool = False,
) -> Endpoint:
    """Return an endpoint that changes nothing."""
    return Endpoint(handler, methods, writes=False, domain=domain, admin_only=admin_only)


def writing(handler: Handler, *, domain: DomainUse = DomainUse.OWN, admin_only: bool = False) -> Endpoint:
    """Return an endpoint that changes something."""
    return Endpoint(handler, ("POST",), writes=True, domain=domain, admin_only=admin_only)
