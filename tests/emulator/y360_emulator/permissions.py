# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may send to a mailing list, and from it (docs/api/y360.md, 4)."""

from __future__ import annotations

from y360_emulator import scopes
from y360_emulator.body import Body
from y360_emulator.endpoint import Answer, Call, reading, writing
from y360_emulator.errors import Host, bad, not_found
from y360_emulator.groups import SENDER
from y360_emulator.settings import HalfSender
from y360_emulator.store import Permission

PATH = "/v1/admin/org/{organization}/mail-lists/{list}"
HALF_SENDER = "mail_list_half_sender"
ROLES = frozenset({SENDER, HALF_SENDER})
ACTIONS = frozenset({"grant", "revoke", "overwrite"})

_AREA = "mail_list_permissions"


def get(call: Call) -> Answer:
    """Return the permissions on a list, by subject."""
    subjects: dict[tuple[str, int], list[str]] = {}
    for role, kind, number in call.store.permissions(call.o, _list(call)):
        if role != HALF_SENDER or call.settings.half_sender is not HalfSender.HIDDEN:
            subjects.setdefault((kind, number), []).append(role)
    items = [
        {"roles": {"items": roles}, "subject": _subject_form(call, kind, number)}
        for (kind, number), roles in subjects.items()
    ]
    return {"grants": {"items": items}}


def _subject_form(call: Call, kind: str, number: int) -> Answer:
    form: Answer = {"type": kind, "id": number}
    return form if kind == "anonymous" else {**form, "org_id": call.o}


def update(call: Call) -> None:
    """Carry out the actions of a request in their order, or none of them."""
    email_id = _list(call)
    actions = call.body.objects("role_actions")
    if not actions:
        raise bad()
    for action in actions:
        _carry_out(call, email_id, action)


def _carry_out(call: Call, email_id: int, action: Body) -> None:
    kind, roles = action.text("type"), action.texts("roles")
    if kind not in ACTIONS or not roles or not ROLES.issuperset(roles):
        raise bad()
    if HALF_SENDER in roles and call.settings.half_sender is HalfSender.REFUSED:
        raise bad()
    subjects = [_subject(call, item) for item in action.objects("subjects")]
    if not subjects:
        raise bad()
    if HALF_SENDER in roles and any(subject_kind != "user" for subject_kind, _number in subjects):
        raise bad()
    for role in roles:
        _apply(call, email_id, kind, role, subjects)


def _apply(call: Call, email_id: int, action: str, role: str, subjects: list[tuple[str, int]]) -> None:
    """Give or take a role; `overwrite` takes it from all other subjects of the kinds that are named."""
    if action == "overwrite":
        for kind in {kind for kind, _number in subjects}:
            call.store.revoke_kind(call.o, email_id, role, kind)
    change = call.store.revoke if action == "revoke" else call.store.grant
    for subject in subjects:
        change(call.o, email_id, Permission(role, *subject))


def _subject(call: Call, item: Body) -> tuple[str, int]:
    """Read a subject. Chosen: `org_id` has to be there, and be the organization's, for all kinds but `anonymous`."""
    kind = item.text("type")
    if kind == "anonymous":
        return kind, 0
    if item.integer("org_id") != call.o:
        raise bad()
    if kind == "organization":
        return kind, 0
    number = item.integer("id")
    if not _exists(call, kind, number):
        raise bad()
    return kind, number


def _exists(call: Call, kind: str, number: int) -> bool:
    if kind == "user":
        user = call.store.users.get(call.o, number)
        return user is not None and not user.is_dismissed
    if kind == "group":
        return call.store.groups.get(call.o, number) is not None
    if kind == "department":
        return call.store.departments.get(call.o, number) is not None
    return kind == "shared_mailbox" and call.store.shared.get(call.o, number) is not None


def _list(call: Call) -> int:
    """Return the ID of the list that the path names, which is a group or a department."""
    email_id = call.number("list")
    groups = call.store.groups.having(call.o, "email_id", email_id)
    if not email_id or not (groups or call.store.departments.having(call.o, "email_id", email_id)):
        raise not_found()
    return email_id


ENDPOINTS = [
    reading(
        "permissions/get",
        PATH + "/permissions",
        get,
        scopes.mail_read(_AREA),
        host=Host.CLOUD,
        unknown_organization=404,
    ),
    writing(
        "permissions/update",
        "POST",
        PATH + "/update-permissions",
        update,
        scopes.mail_write(_AREA),
        host=Host.CLOUD,
        unknown_organization=404,
    ),
]
