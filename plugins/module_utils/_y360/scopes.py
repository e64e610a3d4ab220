# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which scope of a token a call needs (docs/api/y360.md, 1.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

# By a part of the endpoint, the most telling first: the area, and what the scopes have after `read_` and `write_`.
_AREAS = (
    (r"mail-lists/", "ya360_admin:mail_", "mail_list_permissions"),
    (r"mail/users/", "ya360_admin:mail_", "user_settings"),
    (r"/mailboxes/", "ya360_admin:mail_", "shared_mailbox_inventory"),
    (r"/external_contacts", "directory:", "external_contacts"),
    (r"/departments", "directory:", "departments"),
    (r"/domains", "directory:", "domains"),
    (r"/groups", "directory:", "groups"),
    (r"/users", "directory:", "users"),
    (r"directory/v1/org$", "directory:", "organization"),
)


def missing_scopes(method: str, endpoint: str, scopes: Collection[str]) -> list[str]:
    """Return which scopes a call needs that are not among these; in the directory, writing includes reading."""
    area, name = next(((area, name) for part, area, name in _AREAS if re.search(part, endpoint)), ("", ""))
    if not name:
        return []
    reading, writing = f"{area}read_{name}", f"{area}write_{name}"
    if area == "directory:":
        enough = (writing,) if method != "GET" else (reading, writing)
        return [] if set(enough) & set(scopes) else [enough[0]]
    return [each for each in ((reading,) if method == "GET" else (reading, writing)) if each not in scopes]
