# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads what the info modules return, and the drift, into what the report says.

Every text becomes a plain one here: what Ansible's own kinds of texts and containers know besides stays behind.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ..module_utils._core.values import to_flag, to_int
from ._report import (
    Details,
    Deviation,
    Domain,
    Drift,
    FailedBox,
    Imports,
    Mailbox,
    Maillist,
    Member,
    visible,
)

Value = TypeVar("Value")
Read = Callable[[str, Any], Value]
"""Reads a value; gets the place where it stands, for the message of the ReportError."""

KEYS = ("host", "domain", "details", "maillists", "mailboxes", "import", "failed_boxes", "drift", "errors")


class ReportError(ValueError):
    """The input is not what a report is made of; the message is half a sentence without final stop."""


class Entry:
    """A dict of the input. A key that is missing is the same as one that is null or empty."""

    def __init__(self, place: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise ReportError(f"{place}: {reprlib.repr(value)} is no dict")
        self._place = place
        self._values = value

    def unknown_keys(self, known: Iterable[str]) -> list[str]:
        """Return the keys that are not known, as texts."""
        return [str(key) for key in self._values if key not in known]

    def get(self, key: str, read: Read[Value]) -> Value | None:
        """Read the value of a key, None if there is none."""
        value = self._values.get(key)
        return None if value is None or value == "" else read(f"{self._place}.{key}", value)

    def need(self, key: str, read: Read[Value]) -> Value:
        """Read the value of a key that must have one."""
        value = self.get(key, read)
        if value is None:
            raise ReportError(f"{self._place}: the key {key!r} is missing")
        return value


def read_text(place: str, value: Any) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ReportError(f"{place}: {reprlib.repr(value)} is no text")
    return visible(value)


def read_count(place: str, value: Any) -> int:
    """Read a number of things."""
    number = None if isinstance(value, bool) else to_int(value)
    if number is None or number < 0:
        raise ReportError(f"{place}: {reprlib.repr(value)} is no number of 0 or more")
    return number


def read_flag(place: str, value: Any) -> bool:
    """Read a boolean."""
    flag = to_flag(value)
    if flag is None:
        raise ReportError(f"{place}: {reprlib.repr(value)} is no boolean")
    return flag


def list_of(read: Read[Value]) -> Read[tuple[Value, ...]]:
    """Return a reader of lists."""

    def read_list(place: str, value: Any) -> tuple[Value, ...]:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise ReportError(f"{place}: {reprlib.repr(value)} is no list")
        return tuple(read(f"{place}[{index}]", each) for index, each in enumerate(value))

    return read_list


read_texts = list_of(read_text)


def read_domain(place: str, value: Any) -> Domain:
    """Read all that is known of a domain. Unknown keys are an error, for what is misspelt would seem not to be read."""
    entry = Entry(place, value)
    unknown = entry.unknown_keys(KEYS)
    if unknown:
        raise ReportError(f"{place}: {unknown[0]!r} is none of the keys {', '.join(KEYS)}")
    return Domain(
        host=entry.need("host", read_text),
        name=entry.get("domain", read_text),
        details=entry.get("details", _read_details),
        maillists=entry.get("maillists", list_of(_read_maillist)),
        mailboxes=entry.get("mailboxes", list_of(_read_mailbox)),
        imports=entry.get("import", _read_imports),
        failed_boxes=entry.get("failed_boxes", list_of(_read_failed_box)),
        drift=entry.get("drift", _read_drift),
        errors=entry.get("errors", read_texts) or (),
    )


read_domains = list_of(read_domain)


def _read_details(place: str, value: Any) -> Details:
    entry = Entry(place, value)
    facts = {
        "Name servers": _words(entry, "delegated", "the service's", "not the service's"),
        "Language": entry.get("language", read_text),
        "Alias domains": _aliases(entry),
        "DKIM": _words(entry, "dkim_ready", "mail is signed", "mail is not signed"),
        "Token's owner": _words(entry, "master_admin", "main administrator", "not the main administrator"),
        "Mailboxes": _occupancy(entry.get("mailboxes_count", read_count), entry.get("mailboxes_limit", read_count)),
    }
    return Details(status=entry.get("status", read_text), facts=tuple(facts.items()))


def _words(entry: Entry, key: str, yes: str, no: str) -> str | None:
    flag = entry.get(key, read_flag)
    return None if flag is None else yes if flag else no


def _aliases(entry: Entry) -> str | None:
    aliases = entry.get("aliases", read_texts)
    return None if aliases is None else ", ".join(aliases) or "none"


def _occupancy(count: int | None, limit: int | None) -> str | None:
    if count is None or limit is None:
        return None if count is None else f"{count:,}"
    return f"{count:,} of at most {limit:,}"


def _read_maillist(place: str, value: Any) -> Maillist:
    entry = Entry(place, value)
    senders = entry.get("senders_on_behalf", read_texts)
    may_send = frozenset(senders or ())
    members = [
        Member(address, None if senders is None else address in may_send)
        for address in entry.need("subscribers", read_texts)
    ]
    return Maillist(entry.need("maillist", read_text), tuple(members), rights_read=senders is not None)


def _read_mailbox(place: str, value: Any) -> Mailbox:
    entry = Entry(place, value)
    names = [entry.get("first_name", read_text), entry.get("last_name", read_text)]
    counters = entry.get("counters", Entry)
    return Mailbox(
        login=entry.need("login", read_text),
        name=" ".join(filter(None, names)),
        enabled=entry.get("enabled", read_flag),
        ready=entry.get("ready", read_flag),
        unread=counters.get("unread", read_count) if counters else None,
        new=counters.get("new", read_count) if counters else None,
    )


def _read_imports(place: str, value: Any) -> Imports:
    entry = Entry(place, value)
    return Imports(
        state=entry.need("state", read_text),
        percent=entry.get("progress_percent", read_count),
        total_boxes=entry.get("total_boxes", read_count),
        complete_boxes=entry.get("complete_boxes", read_count),
        failed_boxes=entry.get("failed_boxes", read_count),
        total_messages=entry.get("total_messages", read_count),
        imported_messages=entry.get("imported_messages", read_count),
    )


def _read_failed_box(place: str, value: Any) -> FailedBox:
    entry = Entry(place, value)
    return FailedBox(
        login=entry.need("internal_login", read_text),
        external_login=entry.get("external_login", read_text),
        reason=entry.get("last_error", read_text),
        times=entry.get("last_error_count", read_count),
        imported_messages=entry.get("imported_messages", read_count),
    )


def _read_drift(place: str, value: Any) -> Drift:
    entry = Entry(place, value)
    differences = entry.need("differences", list_of(_read_difference))
    by_object: dict[str, dict[str | None, list[str]]] = {}
    for address, person, difference in differences:
        by_object.setdefault(address, {}).setdefault(person, []).append(difference)
    deviations = [
        Deviation(
            address=address,
            differences=tuple(found.get(None, ())),
            people=tuple((person, tuple(texts)) for person, texts in found.items() if person is not None),
        )
        for address, found in by_object.items()
    ]
    return Drift(tuple(deviations), unknown=entry.get("unknown", read_texts) or ())


def _read_difference(place: str, value: Any) -> tuple[str, str | None, str]:
    entry = Entry(place, value)
    return entry.need("object", read_text), entry.get("subscriber", read_text), entry.need("difference", read_text)
