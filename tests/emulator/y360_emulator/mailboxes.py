# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared and delegated mailboxes, and the tasks that change roles (docs/api/y360.md, 7)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from y360_emulator import forms, names, scopes
from y360_emulator.body import Body, as_number
from y360_emulator.endpoint import Answer, Call, found, reading, writing
from y360_emulator.errors import bad, conflict, failed_precondition, not_found
from y360_emulator.forms import Forms
from y360_emulator.names import SHARED
from y360_emulator.records import Delegated, SharedMailbox, Task, User
from y360_emulator.store import Member, Name

PATH = "/admin/v1/org/{organization}/mailboxes"
ROLES = frozenset(
    f"shared_mailbox_{role}" for role in ("owner", "reader", "editor", "admin", "imap_admin", "sender", "half_sender")
)
NOTIFY = frozenset({"all", "delegates", "none", ""})
SHORTEST_NAME = 2
MOST_MAILBOXES = 2500
MOST_MAILBOXES_OF_ACTOR = 40
MOST_ACTORS = 40
POLLS = 1
"""For how many polls a task is running."""

_AREA = "shared_mailbox_inventory"


# Shared mailboxes


def list_shared(call: Call) -> Answer:
    """List the shared mailboxes: their IDs, and the number of their actors."""
    hidden = call.hidden("shared_mailbox")
    return _inventory(call, [item.id for item in call.store.shared.page(call.o, hidden=hidden)])


def create_shared(call: Call) -> Answer:
    """Create a shared mailbox on the main domain."""
    body = call.body
    label, _at, domain = body.text("email").lower().rpartition("@")
    if domain != names.main_domain(call.store, call.o):
        raise bad("invalid_data")
    name = _name(call, body, None)
    label = names.login(label)
    owner = call.store.owner_of(call.o, label)
    if owner:
        raise conflict("resource_already_exists" if owner.kind == SHARED else "passport_email_taken")
    if call.store.shared.count(call.o) >= MOST_MAILBOXES:
        raise failed_precondition()
    number = call.store.next_user()
    call.store.take_name(call.o, label, Name(SHARED, number))
    call.store.shared.put(
        SharedMailbox(call.o, number, label, name, body.text("description"), created=call.now, updated=call.now)
    )
    call.created("shared_mailbox", number)
    return {"resourceId": str(number)}


def get_shared(call: Call) -> Answer:
    """Return a shared mailbox."""
    mailbox = _shared(call)
    return forms.shared(mailbox, Forms(call.store, call.o).address(mailbox.label))


def edit_shared(call: Call) -> Answer:
    """Change the name and the description of a shared mailbox; its address stays."""
    mailbox = _shared(call)
    name = _name(call, call.body, mailbox) if "name" in call.body else mailbox.name
    description = call.body.text("description", mailbox.description)
    call.store.shared.put(replace(mailbox, name=name, description=description, updated=call.now))
    return {"resourceId": str(mailbox.id)}


def delete_shared(call: Call) -> Answer:
    """Delete a shared mailbox."""
    mailbox = _shared(call)
    call.store.free_names_of(call.o, Name(SHARED, mailbox.id))
    call.store.forget_resource(call.o, mailbox.id)
    call.store.remove_from_groups(call.o, Member(SHARED, str(mailbox.id)))
    call.store.revoke_subject(call.o, SHARED, mailbox.id)
    call.store.shared.delete(mailbox)
    return {}


def _shared(call: Call) -> SharedMailbox:
    return found(call.store.shared.get(call.o, call.number("resource")))


def _name(call: Call, body: Body, present: SharedMailbox | None) -> str:
    """Check the name of a shared mailbox, which no other one has."""
    name = body.text("name").strip()
    others = [item for item in call.store.shared.having(call.o, "name", name) if item != present]
    if len(name) < SHORTEST_NAME or others:
        raise bad("invalid_data")
    return name


# Delegated mailboxes


def list_delegated(call: Call) -> Answer:
    """List the users to whose mailboxes others may be given access."""
    return _inventory(call, [item.id for item in call.store.delegated.page(call.o)])


def create_delegated(call: Call) -> Answer:
    """Allow that others are given access to a user's mailbox."""
    user = _user(call, call.body.number("resourceId"))
    present = call.store.delegated.get(call.o, user.id)
    if not present and call.store.delegated.count(call.o) >= MOST_MAILBOXES:
        raise failed_precondition()
    call.store.delegated.put(Delegated(call.o, user.id))
    return {"resourceId": str(user.id)}


def delete_delegated(call: Call) -> Answer:
    """End the access of all others to a user's mailbox."""
    mailbox = found(call.store.delegated.get(call.o, call.number("resource")))
    call.store.forget_resource(call.o, mailbox.id)
    call.store.delegated.delete(mailbox)
    return {}


def _inventory(call: Call, resources: Sequence[int]) -> Answer:
    """Return a page of mailboxes; unlike other pages it does not say how many there are."""
    page = call.page()
    shown = [
        {"resourceId": str(number), "count": len(call.store.actors(call.o, number))} for number in page.of(resources)
    ]
    return {"resources": shown, "page": page.number, "perPage": page.size, "total": len(resources)}


# Roles


def list_actors(call: Call) -> Answer:
    """List who has which roles on a mailbox."""
    actors = call.store.actors(call.o, _resource(call))
    return {"actors": [{"actorId": str(actor), "roles": roles} for actor, roles in actors.items()]}


def list_resources(call: Call) -> Answer:
    """List on which mailboxes a user has which roles."""
    resources = call.store.resources(call.o, call.user().id)
    return {
        "resources": [
            {
                "resourceId": str(resource),
                "type": "shared" if call.store.shared.get(call.o, resource) else "delegated",
                "roles": roles,
            }
            for resource, roles in resources.items()
        ]
    }


def set_roles(call: Call) -> Answer:
    """Begin to replace the roles of a user on a mailbox."""
    resource = _resource(call)
    actor = _user(call, as_number(call.query.get("actorId")))
    if call.query.get("notify", "") not in NOTIFY:
        raise bad()
    if "roles" not in call.body or not ROLES.issuperset(call.body.texts("roles")):
        raise bad()
    roles = call.body.texts("roles")
    if roles:
        _check_limits(call, resource, actor.id)
    polls = call.switches["task_polls"].polls if "task_polls" in call.switches else POLLS
    task = Task(call.o, str(uuid.uuid4()), resource, actor.id, roles, polls, fails="task_error" in call.switches)
    return {"taskId": call.store.tasks.put(task).id}


def get_task(call: Call) -> Answer:
    """Return the state of a task. Chosen: the roles change with the first poll that shows it as complete."""
    task = found(call.store.tasks.get(call.o, call.path["task"]))
    if task.polls:
        call.store.tasks.put(replace(task, polls=task.polls - 1))
        return {"status": "running"}
    if task.fails:
        return {"status": "error"}
    if not task.done:
        call.store.tasks.put(replace(task, done=True))
        if call.store.users.get(call.o, task.actor) and _is_resource(call, task.resource):
            call.store.set_roles(call.o, task.resource, task.actor, task.roles)
    return {"status": "complete"}


def _check_limits(call: Call, resource: int, actor: int) -> None:
    others = {*call.store.actors(call.o, resource)} - {actor}
    mailboxes = {*call.store.resources(call.o, actor)} - {resource}
    if len(others) >= MOST_ACTORS or len(mailboxes) >= MOST_MAILBOXES_OF_ACTOR:
        raise failed_precondition()


def _resource(call: Call) -> int:
    number = call.number("resource")
    if not _is_resource(call, number):
        raise not_found()
    return number


def _is_resource(call: Call, number: int) -> bool:
    return bool(call.store.shared.get(call.o, number) or call.store.delegated.get(call.o, number))


def _user(call: Call, number: int) -> User:
    """Return a user with a mailbox."""
    user = call.store.users.get(call.o, number)
    if user is None or user.is_outside or user.is_dismissed:
        raise not_found()
    return user


_READ = scopes.mail_read(_AREA)
_WRITE = scopes.mail_write(_AREA)

ENDPOINTS = [
    reading("mailboxes/list_shared", PATH + "/shared", list_shared, _READ),
    writing("mailboxes/create_shared", "PUT", PATH + "/shared", create_shared, _WRITE),
    reading("mailboxes/get_shared", PATH + "/shared/{resource}", get_shared, _READ),
    writing("mailboxes/edit_shared", "PUT", PATH + "/shared/{resource}", edit_shared, _WRITE),
    writing("mailboxes/delete_shared", "DELETE", PATH + "/shared/{resource}", delete_shared, _WRITE),
    reading("mailboxes/list_delegated", PATH + "/delegated", list_delegated, _READ),
    writing("mailboxes/create_delegated", "PUT", PATH + "/delegated", create_delegated, _WRITE),
    writing("mailboxes/delete_delegated", "DELETE", PATH + "/delegated/{resource}", delete_delegated, _WRITE),
    reading("mailboxes/actors", PATH + "/actors/{resource}", list_actors, _READ),
    reading("mailboxes/resources", PATH + "/resources/{user}", list_resources, _READ),
    writing("mailboxes/set", "POST", PATH + "/set/{resource}", set_roles, _WRITE),
    reading("mailboxes/task", PATH + "/tasks/{task}", get_task, _READ),
]
