# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the bodies of modules ask of a mail service. Each service has a client that implements it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .._core.paging import Listing
from .._core.remarks import Remarks
from .._core.transport import Transport
from .address import Address
from .models import Box, Counters, DomainDetails, ImportStatus, Mailbox, Maillist, SenderSettings, Source, Unaddressed
from .rules import Rules


@dataclass(frozen=True)
class Capabilities:
    """What not every service can do, or does in another way.

    can_import: it copies mail from other servers (ImportService). can_read_signature: it says which signature is set.
    has_counters: it counts the messages of a mailbox (CounterService). properties: those of its mailboxes that can be
    changed. creation_properties: those that a mailbox is created with. has_ready: a mailbox that is not blocked may not
    be ready yet. disables_before_delete: only a mailbox that is blocked can be deleted. lists_maillists_twice: also
    among the mailboxes. counts_subscribers: its counts can be trusted. subscribers_at_once: how many one request
    subscribes (BatchService), without the permission to send. resolves_aliases: resolve() finds all aliases.
    has_unaddressed: subscribers may have no address. hides_permissions: those to send are perhaps not shown.
    taken_code, missing_code: those of its refusals.
    """

    can_import: bool
    can_read_signature: bool
    has_counters: bool
    properties: tuple[str, ...]
    creation_properties: tuple[str, ...]
    has_ready: bool
    disables_before_delete: bool
    lists_maillists_twice: bool
    counts_subscribers: bool
    subscribers_at_once: int
    resolves_aliases: bool
    has_unaddressed: bool
    hides_permissions: bool
    taken_code: str
    missing_code: str

    @property
    def grants_on_subscribe(self) -> bool:
        """Whether the permission to send is given with the subscription; otherwise by a request of its own."""
        return self.subscribers_at_once == 1


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

    def check_domain(self) -> None:
        """Raise if the domain is known to have no mailboxes and lists of its own."""

    def domains(self) -> Listing[Any]:
        """Return all domains of the token's owner: objects with `name` and `to_result()`."""

    def complete_domain(self, name: str, listed: Any) -> Any:
        """Return all that is known of a domain; listed: the one of the listing, None if it is not listed."""

    def resolve(self, address: Address) -> Address:
        """Return the address under which the service lists what an address is another one of; else the same."""

    def mailboxes(self) -> Listing[Mailbox]:
        """Return all accounts of the domain, mailing lists among them."""

    def add_mailbox(self, login: Address, password: str, properties: Mapping[str, Any]) -> int | None:
        """Create a mailbox; returns its uid, None if it is not known. Raises an error that is TAKEN.

        properties: as edit_mailbox() takes them, of Capabilities.creation_properties.
        """

    def edit_mailbox(self, login: Address, properties: Mapping[str, Any]) -> None:
        """Change properties of a mailbox: those of Mailbox, password, hint_answer, password_change_required."""

    def delete_mailbox(self, login: Address) -> None:
        """Delete a mailbox and its mail for good. Raises an error that is MISSING."""

    def maillists(self) -> list[Maillist]:
        """Return all mailing lists of the domain."""

    def add_maillist(self, maillist: Address) -> int | None:
        """Create a mailing list; returns its uid, None if it is not known. Raises an error that is TAKEN."""

    def delete_maillist(self, maillist: Address) -> None:
        """Delete a mailing list. Raises an error that is MISSING."""

    def subscribers(self, maillist: Address) -> list[Address]:
        """Return the addresses subscribed to a list. Raises an error that is MISSING."""

    def unaddressed(self, maillist: Address) -> Sequence[Unaddressed]:
        """Return who was subscribed to a list, but has no address, when its subscribers were last read."""

    def is_outside(self, address: Address) -> bool:
        """Return whether an address can be subscribed only if it is made an object of the service before."""

    def known_others(self, addresses: Collection[Address]) -> set[Address]:
        """Return which of these, that are neither mailboxes nor lists, can be subscribed."""

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


class CounterService(MailService, Protocol):
    """A service that counts the messages of mailboxes."""

    def counters(self, login: Address) -> Counters:
        """Return the counters of a mailbox. Raises an error that is MISSING."""


class AliasService(MailService, Protocol):
    """A service whose mailboxes are given further addresses."""

    def add_alias(self, login: Address, alias: Address) -> None:
        """Give a mailbox a further address. Raises an error that is TAKEN or MISSING."""

    def remove_alias(self, login: Address, alias: Address) -> None:
        """Take a further address from a mailbox. Raises an error that is MISSING."""


class BatchService(MailService, Protocol):
    """A service that subscribes many at once, and has permissions to send apart from subscriptions.

    memory_key: whose things tasks remember.
    """

    memory_key: str

    def subscribe_all(self, maillist: Address, subscribers: Sequence[Address]) -> None:
        """Subscribe addresses to a list, all or none of them. Raises an error that is MISSING."""

    def unsubscribe_all(self, maillist: Address, subscribers: Sequence[Address]) -> None:
        """Remove addresses from a list, all or none of them. Raises an error that is MISSING."""

    def permission_key(self, maillist: Address, subscriber: Address) -> str:
        """Return what tells a permission to send from all others, also from one of an earlier list of that name."""

    def shows_permission(self, maillist: Address, subscriber: Address) -> bool:
        """Return whether the service shows a permission to send that has just been given."""


class MailboxSignatureService(MailService, Protocol):
    """A service where each mailbox has signatures of its own. memory_key: whose things tasks remember."""

    memory_key: str

    def sender_settings(self, login: Address) -> SenderSettings:
        """Return the signatures of a mailbox. Raises an error that is MISSING."""

    def set_sender_settings(self, login: Address, settings: SenderSettings) -> SenderSettings:
        """Replace the signatures of a mailbox; returns them as the service stored them."""


class SignatureService(MailService, Protocol):
    """A service with one signature for all domains of the token's owner."""

    def set_signature(self, signature: str) -> None:
        """Set the signature."""


class ImportService(MailService, Protocol):
    """A service that copies mail from other servers into new mailboxes."""

    def domain_details(self) -> DomainDetails:
        """Return the details of the domain."""

    def check_source(self, source: Source) -> None:
        """Have the service find out whether it reaches a source server; raises if it does not."""

    def start_import(self, source: Source, box: Box) -> None:
        """Start the import of one mailbox, which creates it; raises if it was not started."""

    def stop_imports(self) -> None:
        """Stop all imports of the domain."""

    def import_status(self) -> ImportStatus:
        """Return the state of the domain's imports, with all failed boxes."""
