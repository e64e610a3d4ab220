# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that connect a domain to the account, tell how far that is, and disconnect it (docs/api/pdd.md, 2.1).

Chosen: no DNS is asked. What a check finds is set on a test-control path, and so is whose a domain is that the account
has not connected.
"""

from __future__ import annotations

import time
from dataclasses import replace

from pdd_emulator import forms, rules
from pdd_emulator.endpoint import Call, DomainUse, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.rules import ApiError
from pdd_emulator.store import Domain


def _register(call: Call) -> Answer:
    """Connect a domain. Chosen: for one that the account has already, the answer is that of the first time."""
    name = rules.new_domain(rules.required(call.params, "domain"))
    present = call.store.domain(name)
    if present and present.owner == "other":
        raise ApiError("occupied")
    if present and present.owner == "account":
        if present.blocked:
            raise ApiError("blocked")
        return forms.registration(present)
    return forms.registration(_connected(call, name))


def _connected(call: Call, name: str) -> Domain:
    """Connect a domain that nobody has. One that is delegated needs no check (docs/api/pdd.md, 2.1)."""
    if call.store.count_domains() >= rules.DOMAINS_MAX:
        raise ApiError("domain_limit_reached")
    call.store.add_domain(name)
    domain = call.store.domain(name)
    assert domain
    domain = replace(domain, owner="account", status="added" if domain.delegated else "domain-activate")
    call.store.save_domain(domain)
    return domain


def _status(call: Call) -> Answer:
    return forms.registration_status(call.domain, time.time(), call.settings.era)


def _delete(call: Call) -> Answer:
    """Disconnect a domain. Chosen: everything under it is deleted."""
    if not call.domain.master_admin:
        raise ApiError("not_master_admin")
    name = call.domain.name
    call.importer.stop([box.id for box in call.store.import_boxes(name)])
    call.store.delete_domain(name)
    return {}


ENDPOINTS = {
    "domain/register": writing(_register, domain=DomainUse.ANY),
    "domain/registration_status": reading(_status),
    "domain/delete": writing(_delete),
}
