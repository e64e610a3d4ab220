# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report shows of each domain, as plain values.

None means that something was not read. Nothing here knows HTML or Ansible.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from ..module_utils._core.deps import idna

STATUSES = {
    "added": "works",
    "mx-activate": "MX record is missing",
    "domain-activate": "not verified",
    "none": "not known to the service",
}
IMPORT_STATES = {
    "task_just_created": "just started",
    "in_progress": "in progress",
    "paused": "paused",
    "pause_cause_of_error": "paused because of an error",
    "failed": "failed",
    "done": "done",
    "removed": "stopped",
}
_FAULTY_STATES = ("pause_cause_of_error", "failed")
# Unicode's categories of what cannot be seen, turns the order of the letters round, or cannot be written to a file.
_INVISIBLE = ("Cc", "Cf", "Cn", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class Member:
    """A subscriber of a mailing list; is_sender is None if the permissions were not read."""

    address: str
    is_sender: bool | None


@dataclass(frozen=True)
class MaillistRow:
    """A mailing list and its subscribers."""

    address: str
    members: tuple[Member, ...]
    has_permissions: bool

    @property
    def senders(self) -> int:
        """The number of members that may send on behalf of the list."""
        return sum(member.is_sender is True for member in self.members)


@dataclass(frozen=True)
class MailboxRow:
    """A mailbox and its counters."""

    login: str
    name: str
    enabled: bool | None
    ready: bool | None
    unread: int | None
    new: int | None


@dataclass(frozen=True)
class Imports:
    """The progress of the imports of a domain."""

    state: str
    percent: int | None
    total_boxes: int | None
    complete_boxes: int | None
    failed_boxes: int | None
    total_messages: int | None
    imported_messages: int | None

    @property
    def are_none(self) -> bool:
        """Whether nothing was ever imported. The service returns the state done for that (docs/api/pdd.md, 2.4)."""
        return self.state == "done" and self.total_boxes == 0 and not self.failed_boxes

    @property
    def words(self) -> str:
        """The state in words."""
        return IMPORT_STATES.get(self.state, self.state)


@dataclass(frozen=True)
class FailedBoxRow:
    """A mailbox that could not be imported."""

    login: str
    external_login: str | None
    reason: str | None
    times: int | None
    imported_messages: int | None


@dataclass(frozen=True)
class Deviation:
    """An object that differs from the desired state: its own differences, and those of each of its subscribers."""

    address: str
    differences: tuple[str, ...]
    subscribers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Drift:
    """How a domain differs from the desired state, and what cannot be compared."""

    deviations: tuple[Deviation, ...]
    unknown: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of differences."""
        return sum(
            len(each.differences) + sum(len(differences) for _subscriber, differences in each.subscribers)
            for each in self.deviations
        )


@dataclass(frozen=True)
class Details:
    """The details of a domain; facts: labels and their values, None if the service returns none."""

    status: str | None
    facts: tuple[tuple[str, str | None], ...]

    @property
    def status_in_words(self) -> str | None:
        """What the status means."""
        return STATUSES.get(self.status, self.status) if self.status else None


@dataclass(frozen=True)
class DomainSection:
    """All that the report shows of a domain."""

    host: str
    name: str | None
    details: Details | None
    maillists: tuple[MaillistRow, ...] | None
    mailboxes: tuple[MailboxRow, ...] | None
    imports: Imports | None
    failed_boxes: tuple[FailedBoxRow, ...] | None
    drift: Drift | None
    errors: tuple[str, ...]

    @property
    def unicode_name(self) -> str | None:
        """The domain in Unicode, if it is an IDN."""
        if idna is None or not self.name or "xn--" not in self.name.lower():
            return None
        try:
            return visible(idna.decode(self.name))
        except (idna.IDNAError, UnicodeError):
            return None

    @property
    def heading(self) -> str:
        """The most readable name of the domain."""
        return self.unicode_name or self.name or self.host

    @property
    def unread(self) -> int | None:
        """The number of all unread messages; None if the counter of a mailbox is missing."""
        if self.mailboxes is None:
            return None
        known = [mailbox.unread for mailbox in self.mailboxes if mailbox.unread is not None]
        return sum(known) if len(known) == len(self.mailboxes) else None

    @property
    def most_unread(self) -> int:
        """The largest number of unread messages in one mailbox."""
        return max((mailbox.unread or 0 for mailbox in self.mailboxes or ()), default=0)

    @property
    def problems(self) -> tuple[str, ...]:
        """What somebody should look at, except for drift: what could not be read, and what the service reports."""
        found = list(self.errors)
        if self.details and self.details.status not in (None, "added"):
            found.append(f"The domain is not ready for mail: {self.details.status_in_words}.")
        if self.imports and self.imports.state in _FAULTY_STATES:
            found.append(f"The import is not going on: {self.imports.words}.")
        failed = self.failed_imports
        if failed:
            found.append(f"{counted(failed, 'mailbox', 'mailboxes')} could not be imported.")
        return tuple(found)

    @property
    def failed_imports(self) -> int:
        """The number of mailboxes that could not be imported; the larger one if the service returns two."""
        count = self.imports.failed_boxes if self.imports else None
        return max(count or 0, len(self.failed_boxes or ()))


def visible(text: str) -> str:
    """Return a string with control characters and the like replaced by their codes; line feeds stay."""
    return "".join(map(_visible_character, text.replace("\r\n", "\n")))


def _visible_character(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _INVISIBLE:
        return character
    return f"[U+{ord(character):04X}]"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: `1 mailbox`, `1,024 mailboxes`."""
    return f"{number:,} {one if number == 1 else many}"
