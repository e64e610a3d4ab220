# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that each module runs with on the small domain: more than one request, and more than one write."""

from __future__ import annotations

from typing import Any

from pdd_hostile.disguises import SECRETS
from pdd_hostile.domain import NAME

TIMEOUT = 1.0
RETRY_TIMEOUT = 2.0
SECONDS_AFTER_RETRIES = 10
"""When `retry_timeout` is over, every task has ended after so many seconds."""

_SOURCE = {"server": "old.example.test", "check_settings": False}
_PASSWORDS = {key: SECRETS[key] for key in ("external_password", "internal_password")}
WRITING: dict[str, dict[str, Any]] = {
    "pdd_maillist": {"maillist": ["team", "news", "sales"]},
    "pdd_maillist_subscriber": {
        "maillists": [
            {
                "maillist": "team",
                "subscribers": ["anna", "boris"],
                "senders_on_behalf": ["boris"],
                "exclusive": True,
            }
        ],
    },
    "pdd_mailbox": {
        "mailboxes": [
            {"login": "vera", "password": SECRETS["password"]},
            {
                "login": "anna",
                "first_name": "Anna",
                "hint_question": "Which?",
                "hint_answer": SECRETS["hint_answer"],
            },
            {"login": "clara", "state": "absent"},
        ],
    },
    "pdd_mailbox_import": {
        **_SOURCE,
        "mailboxes": [{"external_login": name, **_PASSWORDS} for name in ("eva", "fred")],
    },
    "pdd_signature": {"signature": "Example Ltd."},
}
READING: dict[str, dict[str, Any]] = {
    "pdd_domain_info": {},
    "pdd_mailbox_import_info": {},
    "pdd_mailbox_info": {},
    "pdd_maillist_info": {},
}
ALL = {**WRITING, **READING}


def options(module: str, url: str, **more: Any) -> dict[str, Any]:
    """Return all options of a module for a service at a URL."""
    connection: dict[str, Any] = {key: SECRETS[key] for key in ("token", "oauth_token")}
    connection.update(api_url=url, domain=NAME)
    if module == "pdd_domain_info":
        del connection["domain"]
    return {**connection, "timeout": TIMEOUT, "retry_timeout": RETRY_TIMEOUT, **ALL[module], **more}
