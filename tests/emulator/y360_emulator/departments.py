# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Departments, which are mailing lists if they have a label (docs/api/y360.md, 8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from y360_emulator import names, paging, scopes
from y360_emulator.endpoint import Answer, Call, found, reading, writing
from y360_emulator.errors import Host, bad, failed_precondition, not_found
from y360_emulator.forms import Forms
from y360_emulator.groups import group_name, list_id
from y360_emulator.records import ROOT_DEPARTMENT, Department
from y360_emulator.store import Member, Name

PATH = "/directory/v1/org/{organization}/departments"
CLOUD_PATH = "/v1/directory/organizations/{organization}/departments"


def list_departments(call: Call) -> Answer:
    """List the departments, the root included, or those right below one."""
    page = call.page()
    departments = _visible(call)
    if "parentId" in call.query:
        parent = paging.integer(call.query, "parentId", 0)
        departments = [item for item in departments if item.parent == parent]
    order = call.query.get("orderBy") or "id"
    if order not in {"id", "name"}:
        raise bad()
    if order == "name":
        departments = sorted(departments, key=lambda item: item.name)
    forms = Forms(call.store, call.o)
    shown = [forms.department(item) for item in page.of(departments)]
    return {"departments": shown, **page.form(len(departments))}


def search_departments(call: Call) -> Answer:
    """List the departments, or the one of an address; none has a second factor."""
    page = call.cloud_page()
    departments = _visible(call)
    if email := call.query.get("email"):
        owner = names.find(call.store, call.o, email)
        departments = [item for item in departments if owner == Name(names.DEPARTMENT, item.id)]
    if paging.flag(call.query, "is_2fa_enabled"):
        departments = []
    forms = Forms(call.store, call.o)
    shown = [forms.cloud_department(item) for item in page.of(departments)]
    return {**page.cloud_form(len(departments)), "items": shown}


def _visible(call: Call) -> Sequence[Department]:
    return call.store.departments.page(call.o, hidden=call.hidden("department"))


def get(call: Call) -> Answer:
    """Return a department."""
    return Forms(call.store, call.o).department(call.department())


def cloud_get(call: Call) -> Answer:
    """Return a department as the other host shows it."""
    return Forms(call.store, call.o).cloud_department(call.department())


def create(call: Call) -> Answer:
    """Create a department below another one."""
    body = call.body
    name = group_name(body.text("name"))
    parent = found(call.store.departments.get(call.o, body.number("parentId")))
    blank = Department(call.o, 0, name, created=call.now, parent=parent.id)
    department = replace(blank, description=body.text("description"), external_id=body.text("externalId"))
    department = replace(department, id=call.store.next_number(call.o, "department"))
    department = _labelled(call, department, body.text("label"))
    call.created("department", department.id)
    return Forms(call.store, call.o).department(call.store.departments.put(department))


def edit(call: Call) -> Answer:
    """Change what a request names of a department."""
    department, body = call.department(), call.body
    changed = replace(
        department,
        name=group_name(body.text("name")) if "name" in body else department.name,
        description=body.text("description", department.description),
        external_id=body.text("externalId", department.external_id),
        parent=_new_parent(call, department) if "parentId" in body else department.parent,
    )
    if "label" in body:
        changed = _labelled(call, changed, body.text("label"))
    return Forms(call.store, call.o).department(call.store.departments.put(changed))


def _new_parent(call: Call, department: Department) -> int:
    """Return the department below which one shall be. Chosen: neither itself nor anything below it."""
    parent = call.body.number("parentId")
    if parent == department.parent:
        return parent
    above: Department | None = found(call.store.departments.get(call.o, parent))
    while above:
        if above.id == department.id:
            raise bad("department_loop")
        above = call.store.departments.get(call.o, above.parent)
    return parent


def delete(call: Call) -> Answer:
    """Delete a department that is empty, but not the root."""
    department = call.department()
    staff = call.store.users.having(call.o, "department", department.id)
    below = call.store.departments.having(call.o, "parent", department.id)
    if staff or below or department.id == ROOT_DEPARTMENT:
        raise failed_precondition()
    call.store.free_names_of(call.o, Name(names.DEPARTMENT, department.id))
    call.store.revoke_list(call.o, department.email_id)
    call.store.revoke_subject(call.o, "department", department.id)
    call.store.remove_from_groups(call.o, Member("department", str(department.id)))
    call.store.departments.delete(department)
    return {"id": department.id, "removed": True}


def add_alias(call: Call) -> Answer:
    """Add an alias."""
    department = call.department()
    aliases = names.new_alias(call, [*department.aliases], Name(names.DEPARTMENT, department.id))
    changed = call.store.departments.put(replace(department, aliases=aliases))
    return Forms(call.store, call.o).department(changed)


def remove_alias(call: Call) -> Answer:
    """Remove an alias."""
    department, alias = call.department(), call.path["alias"].lower()
    if alias not in department.aliases:
        raise not_found()
    call.store.free_name(call.o, alias)
    aliases = [name for name in department.aliases if name != alias]
    call.store.departments.put(replace(department, aliases=aliases))
    return {"alias": alias, "removed": True}


def _labelled(call: Call, department: Department, label: str) -> Department:
    name = names.change_label(call, department.label, label, Name(names.DEPARTMENT, department.id))
    return replace(department, label=name, email_id=list_id(call, department.email_id, name))


_READ = scopes.read("departments")
_WRITE = scopes.write("departments")

ENDPOINTS = [
    reading("departments/list", PATH, list_departments, _READ),
    writing("departments/create", "POST", PATH, create, _WRITE),
    reading("departments/get", PATH + "/{department}", get, _READ),
    writing("departments/edit", "PATCH", PATH + "/{department}", edit, _WRITE),
    writing("departments/delete", "DELETE", PATH + "/{department}", delete, _WRITE),
    writing("department_aliases/add", "POST", PATH + "/{department}/aliases", add_alias, _WRITE),
    writing("department_aliases/remove", "DELETE", PATH + "/{department}/aliases/{alias}", remove_alias, _WRITE),
    reading("departments/search", CLOUD_PATH, search_departments, _READ, host=Host.CLOUD),
    reading("departments/cloud_get", CLOUD_PATH + "/{department}", cloud_get, _READ, host=Host.CLOUD),
]
