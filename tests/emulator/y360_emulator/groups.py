# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups, which are mailing lists if they have a label (docs/api/y360.md, 3)."""

from __future__ import annotations

from dataclasses import replace

from y360_emulator import members, names, paging, scopes
from y360_emulator.endpoint import Answer, Call, reading, writing
from y360_emulator.errors import Host, bad, forbidden
from y360_emulator.forms import Forms
from y360_emulator.names import change_label
from y360_emulator.records import Group
from y360_emulator.store import Member, Name, Permission

PATH = "/directory/v1/org/{organization}/groups"
CLOUD_PATH = "/v1/directory/organizations/{organization}/groups"

SENDER = "mail_list_sender"
ANYBODY = Permission(SENDER, "anonymous", 0)
"""What a new list begins with."""


def list_groups(call: Call) -> Answer:
    """List the groups, page by page."""
    page = call.page()
    hidden = call.hidden("group")
    groups = call.store.groups.page(call.o, offset=page.offset, limit=page.size, hidden=hidden)
    forms = Forms(call.store, call.o)
    return {
        "groups": [forms.group(group) for group in groups],
        **page.form(call.store.groups.count(call.o, hidden=hidden)),
    }


def search_groups(call: Call) -> Answer:
    """List the groups, or the one of an address; none has a second factor."""
    page = call.cloud_page()
    hidden = call.hidden("group")
    groups = call.store.groups.page(call.o, hidden=hidden)
    if email := call.query.get("email"):
        owner = names.find(call.store, call.o, email)
        groups = [group for group in groups if owner == Name(names.GROUP, group.id)]
    if paging.flag(call.query, "is_2fa_enabled"):
        groups = []
    forms = Forms(call.store, call.o)
    return {**page.cloud_form(len(groups)), "items": [forms.cloud_group(group) for group in page.of(groups)]}


def get(call: Call) -> Answer:
    """Return a group."""
    return Forms(call.store, call.o).group(call.group())


def cloud_get(call: Call) -> Answer:
    """Return a group as the other host shows it."""
    return Forms(call.store, call.o).cloud_group(call.group())


def create(call: Call) -> Answer:
    """Create a group."""
    body = call.body
    blank = Group(call.o, 0, group_name(body.text("name")), created=call.now)
    group = replace(blank, description=body.text("description"), external_id=body.text("externalId"))
    desired = members.read(body)
    members.check(call, desired)
    group = replace(group, id=call.store.next_number(call.o, "group"))
    group = _labelled(call, group, body.text("label"))
    call.store.groups.put(group)
    members.replace_first_kinds(call, group, desired)
    call.created("group", group.id)
    return Forms(call.store, call.o).group(group)


def edit(call: Call) -> Answer:
    """Change what a request names of a group; members replace the present ones."""
    group, body = call.group(), call.body
    if group.type != "generic":
        raise forbidden()
    changed = replace(
        group,
        name=group_name(body.text("name")) if "name" in body else group.name,
        description=body.text("description", group.description),
        external_id=body.text("externalId", group.external_id),
    )
    desired = members.read(body)
    members.check(call, desired, group)
    if "label" in body:
        changed = _labelled(call, changed, body.text("label"))
    call.store.groups.put(changed)
    if "members" in body:
        members.replace_first_kinds(call, changed, desired)
    return Forms(call.store, call.o).group(changed)


def delete(call: Call) -> Answer:
    """Delete a group; its members stay."""
    group = call.group()
    if group.type != "generic":
        raise forbidden()
    _labelled(call, group, "")
    call.store.clear_members(call.o, group.id)
    call.store.remove_from_groups(call.o, Member("group", str(group.id)))
    call.store.revoke_subject(call.o, "group", group.id)
    call.store.groups.delete(group)
    return {"id": group.id, "removed": True}


def group_name(text: str) -> str:
    """Check the name of a group or department."""
    name = text.strip()
    if not name:
        raise bad("invalid_name")
    if len(name) == 1:
        raise bad("name_too_short")
    return name


def _labelled(call: Call, group: Group, label: str) -> Group:
    name = change_label(call, group.label, label, Name(names.GROUP, group.id))
    return replace(group, label=name, email_id=list_id(call, group.email_id, name))


def list_id(call: Call, present: int, label: str) -> int:
    """Return the ID of the address of a group or department, 0 if it has none; a new list takes mail from anybody."""
    if label and present:
        return present
    call.store.revoke_list(call.o, present)
    if not label:
        return 0
    email_id = call.store.next_email_id()
    call.store.grant(call.o, email_id, ANYBODY)
    return email_id


ENDPOINTS = [
    reading("groups/list", PATH, list_groups, scopes.read("groups")),
    writing("groups/create", "POST", PATH, create, scopes.write("groups")),
    reading("groups/get", PATH + "/{group}", get, scopes.read("groups")),
    writing("groups/edit", "PATCH", PATH + "/{group}", edit, scopes.write("groups")),
    writing("groups/delete", "DELETE", PATH + "/{group}", delete, scopes.write("groups")),
    reading("groups/search", CLOUD_PATH, search_groups, scopes.read("groups"), host=Host.CLOUD),
    reading("groups/cloud_get", CLOUD_PATH + "/{group}", cloud_get, scopes.read("groups"), host=Host.CLOUD),
]
