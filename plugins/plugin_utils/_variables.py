# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role pdd_domain: the one table of their names, types, defaults and kinds.

Everything that the controller does with them follows from it. The argument specs of the role, its defaults and the
documentation say the same in prose, and a test compares them.

An entry is an argument spec of Ansible with one more key. `kind` says what a string is:
    address  a name or an address: compared in NFC, without invisible and full-width characters
    account  a login on another server, which may have any form, but no invisible characters
    text     what people read: kept in NFC
    date     a date, which YAML may have read as one
    path     a file of the user, relative to his inventory
A string without a kind is kept as it is, and so is what has no_log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PREFIX = "pdd_domain_"
Spec = Mapping[str, Mapping[str, Any]]

_SECRET = {"type": "str", "no_log": True}
_ADDRESS = {"type": "str", "kind": "address"}
_ADDRESSES = {"type": "list", "elements": "str", "kind": "address"}
_TEXT = {"type": "str", "kind": "text"}

CONNECTION: Spec = {
    "pdd_domain_name": _ADDRESS,
    "pdd_domain_token": _SECRET,
    "pdd_domain_oauth_token": _SECRET,
    "pdd_domain_api_url": {"type": "str"},
    "pdd_domain_validate_certs": {"type": "bool", "default": True},
    "pdd_domain_ca_path": {"type": "str", "kind": "path"},
    "pdd_domain_timeout": {"type": "float", "default": 30},
    "pdd_domain_retry_timeout": {"type": "float", "default": 60},
    "pdd_domain_max_connections": {"type": "int", "default": 8},
    "pdd_domain_throttle": {"type": "int", "default": 0},
}

_IMPORTED: Spec = {
    "external_login": {"type": "str", "kind": "account", "required": True},
    "external_password": {**_SECRET, "required": True},
    "internal_login": _ADDRESS,
    "internal_password": _SECRET,
}

_SOURCE: Spec = {
    "server": {"type": "str", "required": True},
    "method": {"type": "str", "choices": ["imap", "imap4", "pop", "pop3"], "default": "imap"},
    "ssl": {"type": "bool", "default": True},
    "port": {"type": "int"},
    "mailboxes": {"type": "list", "elements": "dict", "required": True, "options": _IMPORTED},
}

_MAILBOX: Spec = {
    "login": {**_ADDRESS, "required": True},
    "password": _SECRET,
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create"},
    "first_name": _TEXT,
    "last_name": _TEXT,
    "birth_date": {"type": "str", "kind": "date"},
    "sex": {"type": "str", "choices": ["male", "female", "unset"]},
    "hint_question": _TEXT,
    "hint_answer": _SECRET,
    "enabled": {"type": "bool"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

_MAILLIST: Spec = {
    "maillist": {**_ADDRESS, "required": True},
    "subscribers": _ADDRESSES,
    "senders_on_behalf": _ADDRESSES,
    "exclusive": {"type": "bool", "default": False},
}

MAIN: Spec = {
    **CONNECTION,
    "pdd_domain_signature": {"type": "str"},
    "pdd_domain_signature_state_path": {"type": "str", "kind": "path"},
    "pdd_domain_sets_signature": {"type": "bool", "default": True},
    "pdd_domain_imports": {"type": "list", "elements": "dict", "default": [], "options": _SOURCE},
    "pdd_domain_imports_wait": {"type": "bool", "default": False},
    "pdd_domain_imports_wait_timeout": {"type": "int", "default": 3600},
    "pdd_domain_imports_retry_failed": {"type": "bool", "default": False},
    "pdd_domain_imports_existing": {"type": "str", "choices": ["skip", "import"], "default": "skip"},
    "pdd_domain_mailboxes": {"type": "list", "elements": "dict", "default": [], "options": _MAILBOX},
    "pdd_domain_maillists": {"type": "list", "elements": "dict", "default": [], "options": _MAILLIST},
    "pdd_domain_maillists_exclusive": {"type": "bool", "default": False},
    "pdd_domain_maillists_absent": {**_ADDRESSES, "default": []},
    "pdd_domain_max_removals_percent": {"type": "int", "default": 30},
    "pdd_domain_verify_count": {"type": "bool", "default": True},
}

EXPORT: Spec = {
    **CONNECTION,
    "pdd_domain_export_dir": {"type": "str", "kind": "path", "required": True},
    "pdd_domain_export_exclusive": {"type": "bool", "default": False},
}

ENTRY_POINTS: Mapping[str, Spec] = {"main": MAIN, "export": EXPORT, "report": MAIN, "validate": MAIN}
"""The variables that each entry point of the role takes."""

RESULTS = frozenset({"pdd_domain_input", "pdd_domain_report", "pdd_domain_drift"})
"""What the role itself sets, and what a play may use after it."""

KNOWN = frozenset({*MAIN, *EXPORT}) | RESULTS
"""All names with the prefix that mean something."""
