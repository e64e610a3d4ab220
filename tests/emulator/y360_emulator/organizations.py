# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token's own call, organizations, and their mail settings (docs/api/y360.md, 1.2, 2.1, 5)."""

from __future__ import annotations

from dataclasses import replace

from y360_emulator import forms, paging, scopes
from y360_emulator.endpoint import Answer, Call, Endpoint, reading, writing
from y360_emulator.errors import Host, bad
from y360_emulator.records import Organization

MAIL_PATH = "/v1/admin/org/{organization}/mail-settings"
MAIL_SETTINGS = {
    "enable_imap": True,
    "enable_pop": True,
    "disable_disk_attachments": False,
    "friendly_org_users_is_external": False,
    "lock_employees_default_mail_domain": False,
    "show_external_contact_notification_on_compose": False,
    "show_external_contact_notification_on_read": False,
    "force_default_display_name": False,
}
"""The settings, with the values that a new organization has. Chosen."""

MOST_ORGANIZATIONS = 100
_AREA = "organization_settings"


def whoami(call: Call) -> Answer:
    """Return what the token is for."""
    return {
        "login": call.token.login,
        "scopes": [*call.token.scopes],
        "orgIds": [organization.id for organization in _own(call)],
    }


def list_organizations(call: Call) -> Answer:
    """List the organizations of the token, page by page. Chosen: the token of a page is its offset."""
    size = min(call.most, MOST_ORGANIZATIONS, paging.integer(call.query, "pageSize", 10) or 10)
    start = paging.integer(call.query, "pageToken", 0)
    own = _own(call)
    end = start + size
    return {
        "organizations": [forms.organization(item) for item in own[start:end]],
        "nextPageToken": str(end) if end < len(own) else "",
    }


def _own(call: Call) -> list[Organization]:
    known = call.token.organizations
    return [item for item in call.store.organizations.everywhere() if known is None or item.id in known]


def get_mail_settings(call: Call) -> Answer:
    """Return the mail settings of an organization."""
    return MAIL_SETTINGS | dict(call.organization.mail_settings)


def edit_mail_settings(call: Call) -> Answer:
    """Change some mail settings."""
    changes = {key: call.body.flag(key) for key in MAIL_SETTINGS if key in call.body}
    if not changes:
        raise bad()
    settings = {**call.organization.mail_settings, **changes}
    call.store.organizations.put(replace(call.organization, mail_settings=settings))
    return MAIL_SETTINGS | settings


ENDPOINTS: list[Endpoint] = [
    reading("whoami", "/whoami", whoami, scopes.NONE),
    reading("organizations/list", "/directory/v1/org", list_organizations, scopes.read("organization")),
    reading("mail_settings/get", MAIL_PATH, get_mail_settings, scopes.mail_read(_AREA), host=Host.CLOUD),
    writing("mail_settings/edit", "PATCH", MAIL_PATH, edit_mail_settings, scopes.mail_write(_AREA), host=Host.CLOUD),
]
