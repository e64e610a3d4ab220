# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All endpoints, in the order in which their paths are tried."""

from __future__ import annotations

from y360_emulator import (
    applications,
    contacts,
    departments,
    domains,
    groups,
    mail_settings,
    mailboxes,
    members,
    organizations,
    permissions,
    users,
)

ENDPOINTS = (
    *organizations.ENDPOINTS,
    *users.ENDPOINTS,
    *groups.ENDPOINTS,
    *members.ENDPOINTS,
    *permissions.ENDPOINTS,
    *mail_settings.ENDPOINTS,
    *domains.ENDPOINTS,
    *departments.ENDPOINTS,
    *contacts.ENDPOINTS,
    *mailboxes.ENDPOINTS,
    *applications.ENDPOINTS,
)
