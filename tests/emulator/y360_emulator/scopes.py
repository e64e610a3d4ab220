# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes of tokens, and which of them calls need (docs/api/y360.md, 1.3)."""

from __future__ import annotations

from collections.abc import Iterable

Needs = tuple[frozenset[str], ...]
"""What a call needs: of each set at least one scope."""

DIRECTORY = (
    "organization",
    "departments",
    "groups",
    "users",
    "domains",
    "offices",
    "rooms",
    "external_contacts",
)
MAIL = (
    "antispam_settings",
    "user_settings",
    "routing_rules",
    "domain_routes",
    "shared_mailbox_inventory",
    "organization_settings",
    "mail_list_permissions",
)
SECURITY = (
    "domain_2fa_write",
    "domain_sessions_read",
    "domain_sessions_write",
    "domain_passwords_read",
    "domain_passwords_write",
    "domain_settings_read",
    "domain_settings_write",
    "service_applications_read",
    "service_applications_write",
    "audit_log_disk",
    "audit_log_mail",
    "read_auditlog",
)
DNS = "directory:manage_dns"
ALL = (
    *(f"directory:{kind}_{area}" for area in DIRECTORY for kind in ("read", "write")),
    DNS,
    *(f"ya360_admin:mail_{kind}_{area}" for area in MAIL for kind in ("read", "write")),
    *(f"ya360_security:{name}" for name in SECURITY),
)
"""What a token may do that is given without scopes."""

USERS = ("mail:", "cloud_api:", "calendar:")
"""What the scopes begin with that a user has, not an administrator."""

NONE: Needs = ()


def read(area: str) -> Needs:
    """Return what a call needs that reads a part of the directory: the right to write includes it."""
    return (frozenset({f"directory:read_{area}", f"directory:write_{area}"}),)


def write(area: str) -> Needs:
    """Return what a call needs that changes a part of the directory."""
    return (frozenset({f"directory:write_{area}"}),)


def dns() -> Needs:
    """Return what the calls about DNS records need."""
    return (frozenset({DNS}),)


def mail_read(area: str) -> Needs:
    """Return what a call needs that reads settings of mail."""
    return (frozenset({f"ya360_admin:mail_read_{area}"}),)


def mail_write(area: str) -> Needs:
    """Return what a call needs that changes settings of mail: both scopes."""
    return (*mail_read(area), frozenset({f"ya360_admin:mail_write_{area}"}))


def applications(kind: str) -> Needs:
    """Return what the calls about service applications need."""
    return (frozenset({f"ya360_security:service_applications_{kind}"}),)


def suffice(scopes: Iterable[str], needs: Needs) -> bool:
    """Return whether a token with these scopes may send a call."""
    granted = set(scopes)
    return all(granted & alternatives for alternatives in needs)
