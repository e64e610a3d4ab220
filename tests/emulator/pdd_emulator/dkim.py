# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on the signing of mail (docs/api/pdd.md, 2.6).

Chosen: a domain gets its key pair when signing is enabled for the first time, and keeps it when it is disabled. Until
then its texts are empty.
"""

from __future__ import annotations

from dataclasses import replace

from pdd_emulator import forms, keys, rules
from pdd_emulator.endpoint import Call, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.store import Dkim


def _status(call: Call) -> Answer:
    with_key = "secretkey" in call.params and rules.only_yes(call.params["secretkey"], "secretkey")
    return {"dkim": forms.dkim(call.domain, with_key=with_key)}


def _enable(call: Call) -> Answer:
    domain = call.managed_domain
    dkim = domain.dkim if domain.dkim.private_key else _with_keys(domain.dkim)
    call.store.save_domain(replace(domain, dkim=replace(dkim, enabled=True)))
    return {"dkim": {"enabled": "yes", "txtrecord": dkim.record}}


def _with_keys(dkim: Dkim) -> Dkim:
    pair = keys.new_pair()
    return replace(dkim, private_key=pair.private, record=f"v=DKIM1; k=rsa; p={pair.public}")


def _disable(call: Call) -> Answer:
    """Sign no more. Chosen: `ok` also if nothing was signed."""
    domain = call.managed_domain
    call.store.save_domain(replace(domain, dkim=replace(domain.dkim, enabled=False)))
    return {}


ENDPOINTS = {
    "dkim/status": reading(_status),
    "dkim/enable": writing(_enable),
    "dkim/disable": writing(_disable),
}
