# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the results of the info modules, and the drift, into what the report shows.

Every string becomes a plain one here, without what Ansible's own classes of strings and containers carry.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ..module_utils._core.values import to_flag, to_int
from ._report import (
    Details,
    Deviation,
    DomainSection,
    Drift,
    FailedBoxRow,
    Imports,
    MailboxRow,
    MaillistRow,
    Member,
    visible,
)

Value = TypeVar("Value")
Read = Callable[[str, Any], Value]
"""Return the value, checked; raise ReportError, whose message begins with the place of the value."""

KEYS = ("host", "domain", "details", "maillists", "mailboxes", "import", "failed_boxes", "drift", "errors")


class ReportError(ValueError):
    """The input of the report is wrong; the message is half a sentence without final stop."""


class Entry:
    """A dict of the input. A key that is null or empty is treated as missing."""

    def __init__(self, place: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise ReportError(f"{place}: {reprlib.repr(value)} is not a dictionary")
        self._place = place
        self._values = value

    def unknown_keys(self, known: Iterable[str]) -> list[str]:
        """Return the keys that are not known, as strings."""
        return [str(key) for key in self._values if key not in known]

    def get(self, key: str, read: Read[Value]) -> Value | None:
        """Return the value of a key, None if there is none."""
        value = self._values.get(key)
        return None if value is None or value == "" else read(f"{self._place}.{key}", value)

    def need(self, key: str, read: Read[Value]) -> Value:
        """Return the value of a key; raise ReportError if there is none."""
        value = self.get(key, read)
        if value is None:
            raise ReportError(f"{self._place}: the key {key!r} is missing")
        return value


def read_string(place: str, value: Any) -> str:
    """Return a string, made visible."""
    if not isinstance(value, str):
        raise ReportError(f"{place}: {reprlib.repr(value)} is not a string")
    return visible(value)


def read_count(place: str, value: Any) -> int:
    """Return a count."""
    number = None if isinstance(value, bool) else to_int(value)
    if number is None or number < 0:
        raise ReportError(f"{place}: {reprlib.repr(value)} is not a number of 0 or more")
    return number


def read_flag(place: str, value: Any) -> bool:
    """Return a boolean."""
    flag = to_flag(value)
    if flag is None:
        raise ReportError(f"{place}: {reprlib.repr(value)} is not a boolean")
    return flag


def list_of(read: Read[Value]) -> Read[tuple[Value, ...]]:
    """Return a function that reads a list of such values."""

    def read_list(place: str, value: Any) -> tuple[Value, ...]:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise ReportError(f"{place}: {reprlib.repr(value)} is not a list")
        return tuple(read(f"{place}[{index}]", each) for index, each in enumerate(value))

    return read_list


read_strings = list_of(read_string)


def read_domain(place: str, value: Any) -> DomainSection:
    """Return all that is known of a domain. Unknown keys are an error, because they may be misspelt."""
    entry = Entry(place, value)
    unknown = entry.unknown_keys(KEYS)
    if unknown:
        raise ReportError(f"{place}: {unknown[0]!r} is none of the keys {', '.join(KEYS)}")
    return DomainSection(
        host=entry.need("host", read_string),
        name=entry.get("domain", read_string),
        details=entry.get("details", _read_details),
        maillists=entry.get("maillists", list_of(_read_maillist)),
        mailboxes=entry.get("mailboxes", list_of(_read_mailbox)),
        imports=entry.get("import", _read_imports),
        failed_boxes=entry.get("failed_boxes", list_of(_read_failed_box)),
        drift=entry.get("drift", _read_drift),
        errors=entry.get("errors", read_strings) or (),
    )


read_domains = list_of(read_domain)


def _read_details(place: str, value: Any) -> Details:
    entry = Entry(place, value)
    if "works" in value:
        return _read_organization_domain(entry)
    facts = {
        "Name servers": _words(entry, "delegated", "the service's", "not the service's"),
        "Language": entry.get("language", read_string),
        "Alias domains": _aliases(entry),
        "DKIM": _words(entry, "dkim_ready", "mail is signed", "mail is not signed"),
        "Token's owner": _words(entry, "master_admin", "main administrator", "not the main administrator"),
        "Mailboxes": _occupancy(entry.get("mailboxes_count", read_count), entry.get("mailboxes_limit", read_count)),
    }
    return Details(status=entry.get("status", read_string), facts=tuple(facts.items()))


def _read_organization_domain(entry: Entry) -> Details:
    """Return the details of a domain whose service says of each check whether it has passed."""
    is_verified = entry.get("verified", read_flag)
    works = entry.need("works", read_flag)
    status = "added" if works else "domain-activate" if is_verified is False else "mx-activate"
    ours, foreign = "the service's", "not the service's"
    facts = {
        "Verified": _words(entry, "verified", "yes", "no"),
        "MX record": _words(entry, "mx", ours, foreign),
        "SPF record": _words(entry, "spf", ours, foreign),
        "DKIM record": _words(entry, "dkim", ours, foreign),
        "Name servers": _words(entry, "delegated", ours, foreign),
    }
    return Details(status=status, facts=tuple(facts.items()))


def _words(entry: Entry, key: str, yes: str, no: str) -> str | None:
    flag = entry.get(key, read_flag)
    return None if flag is None else yes if flag else no


def _aliases(entry: Entry) -> str | None:
    aliases = entry.get("aliases", read_strings)
    return None if aliases is None else ", ".join(aliases) or "none"


def _occupancy(count: int | None, limit: int | None) -> str | None:
    if count is None or limit is None:
        return None if count is None else f"{count:,}"
    return f"{count:,} of at most {limit:,}"


def _read_maillist(place: str, value: Any) -> MaillistRow:
    entry = Entry(place, value)
    senders = entry.get("senders_on_behalf", read_strings)
    may_send = frozenset(senders or ())
    members = [
        Member(address, None if senders is None else address in may_send)
        for address in entry.need("subscribers", read_strings)
    ]
    return MaillistRow(entry.need("maillist", read_string), tuple(members), has_permissions=senders is not None)


def _read_mailbox(place: str, value: Any) -> MailboxRow:
    entry = Entry(place, value)
    names = [entry.get("first_name", read_string), entry.get("last_name", read_string)]
    counters = entry.get("counters", Entry)
    return MailboxRow(
        login=entry.need("login", read_string),
        name=" ".join(filter(None, names)),
        enabled=entry.get("enabled", read_flag),
        ready=entry.get("ready", read_flag),
        unread=counters.get("unread", read_count) if counters else None,
        new=counters.get("new", read_count) if counters else None,
    )


def _read_imports(place: str, value: Any) -> Imports:
    entry = Entry(place, value)
    return Imports(
        state=entry.need("state", read_string),
        percent=entry.get("progress_percent", read_count),
        total_boxes=entry.get("total_boxes", read_count),
        complete_boxes=entry.get("complete_boxes", read_count),
        failed_boxes=entry.get("failed_boxes", read_count),
        total_messages=entry.get("total_messages", read_count),
        imported_messages=entry.get("imported_messages", read_count),
    )


def _read_failed_box(place: str, value: Any) -> FailedBoxRow:
    entry = Entry(place, value)
    return FailedBoxRow(
        login=entry.need("internal_login", read_string),
        external_login=entry.get("external_login", read_string),
        reason=entry.get("last_error", read_string),
        times=entry.get("last_error_count", read_count),
        imported_messages=entry.get("imported_messages", read_count),
    )


def _read_drift(place: str, value: Any) -> Drift:
    entry = Entry(place, value)
    differences = entry.need("differences", list_of(_read_difference))
    by_object: dict[str, dict[str | None, list[str]]] = {}
    for address, subscriber, difference in differences:
        by_object.setdefault(address, {}).setdefault(subscriber, []).append(difference)
    deviations = [
        Deviation(
            address=address,
            differences=tuple(found.get(None, ())),
            subscribers=tuple((name, tuple(texts)) for name, texts in found.items() if name is not None),
        )
        for address, found in by_object.items()
    ]
    return Drift(tuple(deviations), unknown=entry.get("unknown", read_strings) or ())


def _read_difference(place: str, value: Any) -> tuple[str, str | None, str]:
    entry = Entry(place, value)
    return (
        entry.need("object", read_string),
        entry.get("subscriber", read_string),
        entry.need("difference", read_string),
    )
