# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects that a mail service manages. Domains are as parse_domain() returns them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .address import Address


@dataclass(frozen=True)
class Domain:
    """A domain of the token's owner; None if the service returns no value. Counts are of mailboxes."""

    name: str
    status: str | None = None
    stage: str | None = None
    delegated: bool | None = None
    language: str | None = None
    aliases: tuple[str, ...] = ()
    master_admin: bool | None = None
    dkim_ready: bool | None = None
    mailboxes_count: int | None = None
    mailboxes_limit: int | None = None

    def to_result(self) -> dict[str, Any]:
        """Return the domain as modules return it."""
        properties = asdict(self)
        return {"domain": properties.pop("name"), **properties, "aliases": list(self.aliases)}


@dataclass(frozen=True)
class OrganizationDomain:
    """A domain of an organization; None if the service returns no value. main: the one that has the mailboxes.

    mx, spf, ns, dkim: whether the record is the service's. works: it is verified, and mail reaches the service.
    """

    name: str
    main: bool
    verified: bool | None
    mx: bool | None
    spf: bool | None
    ns: bool | None
    dkim: bool | None
    delegated: bool | None
    works: bool

    def to_result(self) -> dict[str, Any]:
        """Return the domain as modules return it."""
        return asdict(self)


@dataclass(frozen=True)
class DomainDetails:
    """The details of one domain; None if the service returns no value. language: a code such as `en`."""

    status: str | None
    stage: str | None
    delegated: bool | None
    language: str | None


@dataclass(frozen=True)
class Mailbox:
    """An account of the domain; is_maillist: the service lists mailing lists among them.

    Of the properties each service has its own ones (Capabilities.properties); the others stay as they are here.
    """

    login: Address
    uid: int | None
    enabled: bool
    first_name: str
    last_name: str
    birth_date: str | None
    sex: str
    hint_question: str
    ready: bool
    aliases: tuple[Address, ...]
    is_maillist: bool
    middle_name: str = ""
    position: str = ""


@dataclass(frozen=True)
class Counters:
    """Messages of a mailbox: unread ones, and new ones since the last check."""

    unread: int
    new: int


@dataclass(frozen=True)
class Maillist:
    """A mailing list; subscribers_count is the service's own, None if it sent none."""

    address: Address
    uid: int | None
    subscribers_count: int | None


@dataclass(frozen=True)
class Unaddressed:
    """A subscriber without an address; kind: of the service, such as group or department."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True)
class Signature:
    """A signature of a mailbox. emails: the addresses of the mailbox that it is for; none: for all of them."""

    text: str
    is_default: bool
    emails: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class SenderSettings:
    """The signatures of a mailbox, and what is set together with them, as the service has it."""

    signatures: tuple[Signature, ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def default(self) -> str | None:
        """The text of the default signature."""
        return next((each.text for each in self.signatures if each.is_default), None)


@dataclass(frozen=True)
class Source:
    """A source server of an import."""

    server: str
    method: str
    port: int
    ssl: bool


@dataclass(frozen=True)
class Box:
    """A mailbox to import: an account of the source server, and what it becomes; internal is an address."""

    external_login: str
    external_password: str
    internal: Address
    internal_password: str


@dataclass(frozen=True)
class FailedBox:
    """A mailbox whose import failed; internal is an address.

    external_password: the one it was tried with, None if the service does not say. Never shown.
    """

    internal: Address
    external_login: str
    last_error: str
    last_error_count: int | None
    imported_messages: int | None
    external_password: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class ImportStatus:
    """The domain's imports, with all failed boxes; shortage: half a sentence, if the service counts more of these."""

    state: str
    progress_percent: int
    total_boxes: int
    done_boxes: int
    complete_boxes: int
    failed_boxes_count: int
    total_messages: int
    imported_messages: int
    failed_boxes: tuple[FailedBox, ...]
    shortage: str | None = None
