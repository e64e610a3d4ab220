# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the objects in the service's answers (docs/api/pdd.md, 2): pure functions that raise ServiceError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.paging import Listing
from .._core.rows import malformed
from .._core.show import show
from .._core.values import to_flag, to_int, to_string
from .._mail.address import Address, normalize_domain
from .._mail.models import Domain, FailedBox, ImportStatus, Mailbox, Maillist

SEXES = {1: "male", 2: "female"}


def read_domain(row: Mapping[str, Any]) -> Domain:
    """Read a row of the domains."""
    name = row.get("name")
    if not isinstance(name, str) or not name:
        raise malformed("domain/domains", "name")
    aliases = row.get("aliases")
    return Domain(
        name=normalize_domain(name),
        status=to_string(row.get("status")) or None,
        stage=to_string(row.get("stage")) or None,
        delegated=to_flag(row.get("nsdelegated")),
        aliases=tuple(alias for alias in aliases if isinstance(alias, str)) if isinstance(aliases, list) else (),
        master_admin=to_flag(row.get("master_admin")),
        dkim_ready=to_flag(row.get("dkim-ready")),
        mailboxes_count=to_int(row.get("emails-count")),
        mailboxes_limit=to_int(row.get("emails-max-count")),
    )


def read_mailbox(row: Mapping[str, Any], domain: str) -> Mailbox:
    """Read a row of the accounts of a domain."""
    aliases = row.get("aliases")
    return Mailbox(
        login=_address(row.get("login"), domain, "email/list"),
        uid=to_int(row.get("uid")),
        enabled=to_flag(row.get("enabled")) is not False,
        first_name=to_string(row.get("iname")),
        last_name=to_string(row.get("fname")),
        birth_date=to_string(row.get("birth_date")) or None,
        sex=SEXES.get(to_int(row.get("sex")) or 0, "unset"),
        hint_question=to_string(row.get("hintq")),
        ready=to_flag(row.get("ready")) is True,
        aliases=tuple(Address.parse(alias, domain) for alias in aliases if isinstance(alias, str))
        if isinstance(aliases, list)
        else (),
        is_maillist=to_flag(row.get("maillist")) is True,
    )


def read_maillist(row: Mapping[str, Any], domain: str) -> Maillist:
    """Read a row of the mailing lists of a domain."""
    return Maillist(
        address=_address(row.get("maillist"), domain, "email/ml/list"),
        uid=to_int(row.get("uid")),
        subscribers_count=to_int(row.get("cnt")),
    )


def read_failed_box(row: Mapping[str, Any], domain: str) -> FailedBox:
    """Read a failed box. Of its passwords only the one that was tried is kept, to be compared with another one."""
    external = show(to_string(row.get("external_login")))
    internal = to_string(row.get("internal_login")) or external.partition("@")[0]
    return FailedBox(
        internal=Address.parse(internal, domain),
        external_login=external,
        last_error=show(to_string(row.get("last_error"))),
        last_error_count=to_int(row.get("last_error_count")),
        imported_messages=to_int(row.get("imported_mail")),
        external_password=_readable_password(row.get("external_password")),
    )


def read_import_status(status: Mapping[str, Any], boxes: Listing[FailedBox]) -> ImportStatus:
    """Read the state of the imports; boxes: the failed ones of all pages."""

    def number(key: str) -> int:
        return to_int(status.get(key)) or 0

    return ImportStatus(
        state=show(to_string(status.get("state"))),
        progress_percent=number("progress_percent"),
        total_boxes=number("total_box_count"),
        done_boxes=number("done_box_count"),
        complete_boxes=number("complete_box_count"),
        failed_boxes_count=max(number("failed_boxes_count"), len(boxes)),
        total_messages=number("total_message_count"),
        imported_messages=number("imported_message_count"),
        failed_boxes=tuple(boxes),
        shortage=boxes.shortage,
    )


def _readable_password(value: object) -> str | None:
    """Return a password as it was sent; None if there is none, or stars in its place."""
    return value if isinstance(value, str) and value.strip("*") else None


def _address(value: object, domain: str, endpoint: str) -> Address:
    if not isinstance(value, str) or not value.strip():
        raise malformed(endpoint, "address")
    return Address.parse(value, domain)
