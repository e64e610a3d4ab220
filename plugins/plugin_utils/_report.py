# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report says of each domain, as plain values.

What was not read is None, which is not the same as nothing. Nothing here knows HTML or Ansible.
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
    """A subscriber of a mailing list; is_sender is None if the rights were not read."""

    address: str
    is_sender: bool | None


@dataclass(frozen=True)
class Maillist:
    """A mailing list and who is on it."""

    address: str
    members: tuple[Member, ...]
    rights_read: bool

    @property
    def senders(self) -> int:
        """How many of the members may send on behalf of the list."""
        return sum(member.is_sender is True for member in self.members)


@dataclass(frozen=True)
class Mailbox:
    """A mailbox and its counters."""

    login: str
    name: str
    enabled: bool | None
    ready: bool | None
    unread: int | None
    new: int | None


@dataclass(frozen=True)
class Imports:
    """How far the imports of a domain are."""

    state: str
    percent: int | None
    total_boxes: int | None
    complete_boxes: int | None
    failed_boxes: int | None
    total_messages: int | None
    imported_messages: int | None

    @property
    def are_none(self) -> bool:
        """Whether nothing was ever imported: the service calls that done (docs/api/pdd.md, 2.4)."""
        return self.state == "done" and self.total_boxes == 0 and not self.failed_boxes

    @property
    def words(self) -> str:
        """The state in words."""
        return IMPORT_STATES.get(self.state, self.state)


@dataclass(frozen=True)
class FailedBox:
    """A mailbox that could not be imported."""

    login: str
    external_login: str | None
    reason: str | None
    times: int | None
    imported_messages: int | None


@dataclass(frozen=True)
class Deviation:
    """An object that is not as wanted: what is wrong with itself, and with each of its people."""

    address: str
    differences: tuple[str, ...]
    people: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Drift:
    """How a domain differs from the wanted state, and what nobody can know."""

    deviations: tuple[Deviation, ...]
    unknown: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many differences there are."""
        return sum(
            len(each.differences) + sum(len(differences) for _person, differences in each.people)
            for each in self.deviations
        )


@dataclass(frozen=True)
class Details:
    """What the service says of the domain itself; facts: label and text, None where it does not say."""

    status: str | None
    facts: tuple[tuple[str, str | None], ...]

    @property
    def status_in_words(self) -> str | None:
        """What the status means."""
        return STATUSES.get(self.status, self.status) if self.status else None


@dataclass(frozen=True)
class Domain:
    """All that the report says of a domain."""

    host: str
    name: str | None
    details: Details | None
    maillists: tuple[Maillist, ...] | None
    mailboxes: tuple[Mailbox, ...] | None
    imports: Imports | None
    failed_boxes: tuple[FailedBox, ...] | None
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
        """The name by which the domain is called."""
        return self.unicode_name or self.name or self.host

    @property
    def unread(self) -> int | None:
        """All unread messages; None if the counter of a mailbox is missing."""
        if self.mailboxes is None:
            return None
        read = [mailbox.unread for mailbox in self.mailboxes if mailbox.unread is not None]
        return sum(read) if len(read) == len(self.mailboxes) else None

    @property
    def most_unread(self) -> int:
        """The largest number of unread messages in one mailbox."""
        return max((mailbox.unread or 0 for mailbox in self.mailboxes or ()), default=0)

    @property
    def problems(self) -> tuple[str, ...]:
        """What somebody should look at, drift apart: what could not be read, and what the service says is not well."""
        problems = list(self.errors)
        if self.details and self.details.status not in (None, "added"):
            problems.append(f"The domain is not ready for mail: {self.details.status_in_words}.")
        if self.imports and self.imports.state in _FAULTY_STATES:
            problems.append(f"The import is not going on: {self.imports.words}.")
        failed = self.failed_imports
        if failed:
            problems.append(f"{counted(failed, 'mailbox', 'mailboxes')} could not be imported.")
        return tuple(problems)

    @property
    def failed_imports(self) -> int:
        """How many mailboxes could not be imported; the larger number if the service says two."""
        said = self.imports.failed_boxes if self.imports else None
        return max(said or 0, len(self.failed_boxes or ()))


def visible(text: str) -> str:
    """Return a plain text in which control characters and the like stand as their codes; lines may break."""
    return "".join(map(_visible_character, text.replace("\r\n", "\n")))


def _visible_character(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _INVISIBLE:
        return character
    return f"[U+{ord(character):04X}]"


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: `1 mailbox`, `1,024 mailboxes`."""
    return f"{number:,} {one if number == 1 else many}"
