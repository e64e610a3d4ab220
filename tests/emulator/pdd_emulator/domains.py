# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on the account's domains and their settings (docs/api/pdd.md, 2.1)."""

from __future__ import annotations

from dataclasses import replace

from pdd_emulator import forms, rules
from pdd_emulator.endpoint import Call, DomainUse, reading, writing
from pdd_emulator.forms import Answer

ON_PAGE = 10
ON_PAGE_MAX = 20


def _list(call: Call) -> Answer:
    page, on_page = rules.paging(call.params, default=ON_PAGE, most=ON_PAGE_MAX)
    descending = call.params.get("direction") == "desc"
    domains = call.store.domains(offset=(page - 1) * on_page, limit=on_page, descending=descending)
    paging = {"page": page, "on_page": on_page, "total": call.store.count_domains()}
    return forms.domain_list(domains, paging, descending=descending, era=call.settings.era)


def _details(call: Call) -> Answer:
    return forms.domain_details(call.domain, call.settings.era)


def _set_signature(call: Call) -> Answer:
    signature = rules.required(call.params, "signature")
    call.store.set_signature(call.token, signature)
    return {"signature": signature}


def _set_country(call: Call) -> Answer:
    domain = call.managed_domain
    country = rules.country(rules.required(call.params, "country"))
    call.store.save_domain(replace(domain, country=country))
    return {"country": country}


ENDPOINTS = {
    "domain/domains": reading(_list, domain=DomainUse.NONE),
    "domain/details": reading(_details),
    "domain/settings/setsign": writing(_set_signature, domain=DomainUse.NONE),
    "domain/settings/set_country": writing(_set_country),
}
