# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on the deputies of a domain, which are not for registrars (docs/api/pdd.md, 2.5)."""

from __future__ import annotations

from pdd_emulator import rules
from pdd_emulator.endpoint import Call, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.rules import ApiError


def _add(call: Call) -> Answer:
    """Add a deputy. Chosen: any well-formed account exists."""
    domain = call.managed_domain.name
    login = rules.deputy(rules.required(call.params, "login"), domain)
    if login in call.store.deputies(domain):
        raise ApiError("occupied")
    call.store.add_deputy(domain, login)
    return {}


def _list(call: Call) -> Answer:
    return {"deputies": call.store.deputies(call.domain.name)}


def _delete(call: Call) -> Answer:
    domain = call.managed_domain.name
    login = rules.required(call.params, "login").lower()
    if login not in call.store.deputies(domain):
        raise ApiError("account_not_found")
    call.store.delete_deputy(domain, login)
    return {}


ENDPOINTS = {
    "deputy/add": writing(_add, admin_only=True),
    "deputy/list": reading(_list, admin_only=True),
    "deputy/delete": writing(_delete, admin_only=True),
}
