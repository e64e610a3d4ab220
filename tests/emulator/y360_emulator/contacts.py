# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""External contacts: owners of addresses outside the organization (docs/api/y360.md, 8.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from y360_emulator import forms, scopes
from y360_emulator.body import Body
from y360_emulator.endpoint import Answer, Call, found, reading, writing
from y360_emulator.errors import bad
from y360_emulator.records import Contact
from y360_emulator.store import Member

PATH = "/directory/v1/org/{organization}/external_contacts"
EMAIL_TYPES = frozenset({"work", ""})
PHONE_TYPES = frozenset({"work", "mobile", "ip", ""})


def list_contacts(call: Call) -> Answer:
    """List the contacts, page by page."""
    page = call.page()
    hidden = call.hidden("external_contact")
    shown = call.store.contacts.page(call.o, offset=page.offset, limit=page.size, hidden=hidden)
    total = call.store.contacts.count(call.o, hidden=hidden)
    return {"contacts": [forms.contact(item) for item in shown], **page.form(total)}


def create(call: Call) -> Answer:
    """Create a contact; another one may have the same address."""
    body = call.body
    if not body.text("firstName").strip() or not body.text("lastName").strip():
        raise bad("invalid_name")
    emails, phones = _emails(body), _phones(body)
    contact = Contact(
        call.o, call.store.next_contact(), call.now, call.now, emails=emails, phones=phones, texts=_texts(body)
    )
    call.store.contacts.put(contact)
    call.created("external_contact", contact.id)
    return {"id": contact.id}


def get(call: Call) -> Answer:
    """Return a contact."""
    return forms.contact(_contact(call))


def edit(call: Call) -> Answer:
    """Change what a request names of a contact, apart from addresses and numbers."""
    contact = _contact(call)
    texts = {**contact.texts, **_texts(call.body)}
    if not texts["firstName"].strip() or not texts["lastName"].strip():
        raise bad("invalid_name")
    return _saved(call, replace(contact, texts=texts))


def set_emails(call: Call) -> Answer:
    """Replace the addresses."""
    return _saved(call, replace(_contact(call), emails=_emails(call.body)))


def set_phones(call: Call) -> Answer:
    """Replace the phone numbers."""
    return _saved(call, replace(_contact(call), phones=_phones(call.body)))


def delete(call: Call) -> Answer:
    """Delete a contact, also from groups."""
    contact = _contact(call)
    call.store.remove_from_groups(call.o, Member("external_contact", contact.id))
    call.store.contacts.delete(contact)
    return {}


def _contact(call: Call) -> Contact:
    return found(call.store.contacts.get(call.o, call.path["contact"]))


def _saved(call: Call, contact: Contact) -> Answer:
    call.store.contacts.put(replace(contact, updated=call.now))
    return {"id": contact.id}


def _texts(body: Body) -> dict[str, str]:
    return {key: body.text(key) for key in forms.CONTACT_TEXTS if key in body}


def _emails(body: Body) -> list[dict[str, Any]]:
    """Read the addresses: one at least. Chosen: the first is the main one unless another is marked."""
    emails = [_entry(item, "email", EMAIL_TYPES) for item in body.objects("emails")]
    if not emails or not all("@" in item["email"].strip("@") for item in emails):
        raise bad()
    if not any(item["main"] for item in emails):
        emails[0]["main"] = True
    return emails


def _phones(body: Body) -> list[dict[str, Any]]:
    phones = [_entry(item, "phone", PHONE_TYPES) for item in body.objects("phones")]
    if sum(item["main"] for item in phones) > 1:
        raise bad()
    return phones


def _entry(item: Body, key: str, types: frozenset[str]) -> dict[str, Any]:
    if item.text("type") not in types:
        raise bad()
    return {key: item.required(key), "type": item.text("type"), "main": item.flag("main")}


_READ = scopes.read("external_contacts")
_WRITE = scopes.write("external_contacts")

ENDPOINTS = [
    reading("external_contacts/list", PATH, list_contacts, _READ),
    writing("external_contacts/create", "POST", PATH, create, _WRITE),
    reading("external_contacts/get", PATH + "/{contact}", get, _READ),
    writing("external_contacts/edit", "PATCH", PATH + "/{contact}", edit, _WRITE),
    writing("external_contacts/delete", "DELETE", PATH + "/{contact}", delete, _WRITE),
    writing("external_contacts/set_emails", "PUT", PATH + "/{contact}/emails", set_emails, _WRITE),
    writing("external_contacts/set_phones", "PUT", PATH + "/{contact}/phones", set_phones, _WRITE),
]
