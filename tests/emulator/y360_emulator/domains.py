# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, their DKIM keys and DNS records (docs/api/y360.md, 6)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

from y360_emulator import forms, names, scopes
from y360_emulator.body import Body
from y360_emulator.endpoint import Answer, Call, found, reading, writing
from y360_emulator.errors import ApiError, bad, conflict, failed_precondition, forbidden, not_found
from y360_emulator.records import DnsRecord, Domain

PATH = "/directory/v1/org/{organization}/domains"
METHODS = ("webmaster.dns", "webmaster.html_file", "webmaster.meta_tag")
DNS_PAGE = 50
DEFAULT_TTL = 21600

_TEXT = str
_NUMBER = int
_RECORD_FIELDS: dict[str, dict[str, type]] = {
    "A": {"address": _TEXT},
    "AAAA": {"address": _TEXT},
    "CNAME": {"target": _TEXT},
    "NS": {"target": _TEXT},
    "MX": {"exchange": _TEXT, "preference": _NUMBER},
    "TXT": {"text": _TEXT},
    "SRV": {"port": _NUMBER, "priority": _NUMBER, "weight": _NUMBER, "target": _TEXT},
    "CAA": {"flag": _NUMBER, "tag": _TEXT, "value": _TEXT},
}


def list_domains(call: Call) -> Answer:
    """List the domains, page by page."""
    page = call.page()
    shown = call.store.domains.page(call.o, offset=page.offset, limit=page.size)
    return {"domains": [forms.domain(item) for item in shown], **page.form(call.store.domains.count(call.o))}


def create(call: Call) -> Answer:
    """Connect a domain, whose owner has to be proved."""
    name = names.domain_name(call.body.required("domain"))
    if any(domain.id == name for domain in call.store.domains.everywhere()):
        raise conflict("domain_already_exists")
    return forms.domain(call.store.domains.put(Domain(call.o, name, added=call.now, checked=call.now)))


def delete(call: Call) -> Answer:
    """Disconnect a domain, but not the main one."""
    domain = _domain(call)
    if domain.master or domain.technical:
        raise forbidden()
    call.store.domains.delete(domain)
    for record in _records(call, domain):
        call.store.dns.delete(record)
    return {}


def status(call: Call) -> Answer:
    """Check a domain, and return how its owner can be proved."""
    domain = call.store.domains.put(replace(_domain(call), checked=call.now))
    codes = [(method, _made_up(f"{method}/{domain.id}")[:16]) for method in METHODS]
    return {
        "status": "added" if domain.verified else "need-validate",
        "methods": [{"method": method, "code": code} for method, code in codes],
    }


def get_dkim(call: Call) -> Answer:
    """Return the public DKIM key."""
    domain = _domain(call)
    return {"enabled": domain.dkim_enabled, "publicKey": f"v=DKIM1; k=rsa; t=s; p={_made_up(domain.id)}"}


def enable_dkim(call: Call) -> Answer:
    """Sign mail."""
    call.store.domains.put(replace(_domain(call), dkim_enabled=True))
    return {}


def disable_dkim(call: Call) -> Answer:
    """Sign mail no more."""
    call.store.domains.put(replace(_domain(call), dkim_enabled=False))
    return {}


def _domain(call: Call) -> Domain:
    try:
        name = names.domain_name(call.path["domain"])
    except ApiError:
        raise not_found() from None
    return found(call.store.domains.get(call.o, name))


def _made_up(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=").replace("/", "A")


# DNS


def list_records(call: Call) -> Answer:
    """List the DNS records, page by page."""
    domain = _delegated(call)
    page = call.page(DNS_PAGE)
    records = _records(call, domain)
    return {"records": [forms.dns_record(record) for record in page.of(records)], **page.form(len(records))}


def add_record(call: Call) -> Answer:
    """Add a DNS record."""
    domain = _delegated(call)
    content = _content(call.body)
    record = DnsRecord(call.o, call.store.next_number(call.o, "dns"), domain.id, content)
    return forms.dns_record(call.store.dns.put(record))


def edit_record(call: Call) -> Answer:
    """Replace a DNS record."""
    record = _record(call)
    return forms.dns_record(call.store.dns.put(replace(record, content=_content(call.body))))


def delete_record(call: Call) -> Answer:
    """Delete a DNS record."""
    call.store.dns.delete(_record(call))
    return {}


def _delegated(call: Call) -> Domain:
    """Return a domain with DNS records. Chosen: there are none unless the domain is delegated."""
    domain = _domain(call)
    if not domain.ns:
        raise failed_precondition()
    return domain


def _records(call: Call, domain: Domain) -> list[DnsRecord]:
    return call.store.dns.having(call.o, "domain", domain.id)


def _record(call: Call) -> DnsRecord:
    domain = _delegated(call)
    record = found(call.store.dns.get(call.o, call.number("record")))
    if record.domain != domain.id:
        raise not_found()
    return record


def _content(body: Body) -> dict[str, Any]:
    kind = body.text("type")
    if kind not in _RECORD_FIELDS:
        raise bad()
    fields = _RECORD_FIELDS[kind]
    values = {key: body.required(key) if value is _TEXT else body.integer(key) for key, value in fields.items()}
    ttl = body.integer("ttl") if "ttl" in body else DEFAULT_TTL
    return {"type": kind, "name": body.required("name"), "ttl": ttl, **values}


_READ = scopes.read("domains")
_WRITE = scopes.write("domains")
_DNS = scopes.dns()

ENDPOINTS = [
    reading("domains/list", PATH, list_domains, _READ),
    writing("domains/create", "POST", PATH, create, _WRITE),
    writing("domains/delete", "DELETE", PATH + "/{domain}", delete, _WRITE),
    reading("domains/status", PATH + "/{domain}/status", status, _READ),
    reading("dkim/get", PATH + "/{domain}/dkim", get_dkim, _READ),
    writing("dkim/enable", "POST", PATH + "/{domain}/dkim/enable", enable_dkim, _WRITE),
    writing("dkim/disable", "POST", PATH + "/{domain}/dkim/disable", disable_dkim, _WRITE),
    reading("dns/list", PATH + "/{domain}/dns", list_records, _DNS),
    writing("dns/add", "POST", PATH + "/{domain}/dns", add_record, _DNS),
    writing("dns/edit", "POST", PATH + "/{domain}/dns/{record}", edit_record, _DNS),
    writing("dns/delete", "DELETE", PATH + "/{domain}/dns/{record}", delete_record, _DNS),
]
