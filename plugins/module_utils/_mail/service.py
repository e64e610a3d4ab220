# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the bodies of modules ask of a mail service. Each service has a client that implements it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .._core.paging import Listing
from .._core.remarks import Remarks
from .._core.transport import Transport
from .address import Address
from .models import Box, Counters, Domain, DomainDetails, ImportStatus, Mailbox, Maillist, Source
from .rules import Rules


@dataclass(frozen=True)
class Capabilities:
    """What not every service can do.

    can_import: it copies mail from other servers (ImportService). can_read_signature: it says which signature is set.
    has_counters: it counts the messages of a mailbox. has_hint_questions: a mailbox has a question for its owner.
    """

    can_import: bool
    can_read_signature: bool
    has_counters: bool
    has_hint_questions: bool


class MailService(Protocol):
    """A mail service, as the administrator of one domain; usable from many threads.

    Addresses of mailboxes and lists lie in the domain. What is written may be read only some seconds later. All methods
    raise ServiceError, with what they attempted. remarks: what was odd in the answers.
    """

    transport: Transport
    domain: str
    remarks: Remarks
    rules: Rules
    capabilities: Capabilities

    def domains(self) -> Listing[Domain]:
        """Return all domains of the token's owner."""

    def domain_details(self) -> DomainDetails:
        """Return the details of the domain."""

    def mailboxes(self) -> Listing[Mailbox]:
        """Return all accounts of the domain, mailing lists among them."""

    def add_mailbox(self, login: Address, password: str) -> int | None:
        """Create a mailbox; returns its uid, None if it is not known. Raises an error that is TAKEN."""

    def edit_mailbox(self, login: Address, properties: Mapping[str, Any]) -> None:
        """Change properties of a mailbox: those of Mailbox, password, hint_answer."""

    def delete_mailbox(self, login: Address) -> None:
        """Delete a mailbox and its mail for good. Raises an error that is MISSING."""

    def counters(self, login: Address) -> Counters:
        """Return the counters of a mailbox. Raises an error that is MISSING."""

    def maillists(self) -> list[Maillist]:
        """Return all mailing lists of the domain."""

    def add_maillist(self, maillist: Address) -> int | None:
        """Create a mailing list; returns its uid, None if it is not known. Raises an error that is TAKEN."""

    def delete_maillist(self, maillist: Address) -> None:
        """Delete a mailing list. Raises an error that is MISSING."""

    def subscribers(self, maillist: Address) -> list[Address]:
        """Return the addresses subscribed to a list. Raises an error that is MISSING."""

    def can_send_on_behalf(self, maillist: Address, subscriber: Address) -> bool:
        """Return whether a subscriber may send on behalf of a list. Raises an error that is MISSING."""

    def subscribe(self, maillist: Address, subscriber: Address, *, can_send_on_behalf: bool | None = None) -> None:
        """Subscribe an address to a list, with or without permission to send on behalf; None leaves it open.

        Raises an error that is TAKEN or MISSING, which may mean the list or the subscriber.
        """

    def unsubscribe(self, maillist: Address, subscriber: Address) -> None:
        """Remove an address from a list. Raises an error that is MISSING, which may mean the list or the subscriber."""

    def set_can_send_on_behalf(self, maillist: Address, subscriber: Address, *, can_send_on_behalf: bool) -> None:
        """Give a subscriber the permission to send on behalf of a list, or take it."""


class SignatureService(MailService, Protocol):
    """A service with one signature for all domains of the token's owner."""

    def set_signature(self, signature: str) -> None:
        """Set the signature."""


class ImportService(MailService, Protocol):
    """A service that copies mail from other servers into new mailboxes."""

    def check_source(self, source: Source) -> None:
        """Have the service find out whether it reaches a source server; raises if it does not."""

    def start_import(self, source: Source, box: Box) -> None:
        """Start the import of one mailbox, which creates it; raises if it was not started."""

    def stop_imports(self) -> None:
        """Stop all imports of the domain."""

    def import_status(self) -> ImportStatus:
        """Return the state of the domain's imports, with all failed boxes."""
