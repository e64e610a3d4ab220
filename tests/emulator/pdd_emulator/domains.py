# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on domains that are served: `domain/domains`, `domain/details`, `domain/settings/setsign`."""

from __future__ import annotations

from pdd_emulator import forms, rules
from pdd_emulator.endpoint import Call, reading, writing
from pdd_emulator.forms import Answer

ON_PAGE = 10
ON_PAGE_MAX = 20


def _list(call: Call) -> Answer:
    page, on_page = rules.paging(call.params, default=ON_PAGE, most=ON_PAGE_MAX)
    domains = call.store.domains(offset=(page - 1) * on_page, limit=on_page)
    total = call.store.count_domains()
    return forms.domain_list(domains, page=page, on_page=on_page, total=total, era=call.settings.era)


def _details(call: Call) -> Answer:
    return forms.domain_details(call.domain, call.settings.era)


def _set_signature(call: Call) -> Answer:
    signature = rules.required(call.params, "signature")
    call.store.set_signature(call.token, signature)
    return {"signature": signature}


ENDPOINTS = {
    "domain/domains": reading(_list, takes_domain=False),
    "domain/details": reading(_details),
    "domain/settings/setsign": writing(_set_signature, takes_domain=False),
}
