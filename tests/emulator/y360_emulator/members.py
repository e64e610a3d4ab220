# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Members of groups, in both versions of the calls (docs/api/y360.md, 3.3)."""

from __future__ import annotations

from collections.abc import Sequence

from y360_emulator import names, scopes
from y360_emulator.body import Body, as_number
from y360_emulator.endpoint import Answer, Call, Endpoint, reading, writing
from y360_emulator.errors import Host, bad, forbidden, not_found
from y360_emulator.forms import MEMBER_KINDS, Forms
from y360_emulator.records import Group
from y360_emulator.store import Member

PATH = "/directory/v2/org/{organization}/groups/{group}/members"
OLD_PATH = "/directory/v1/org/{organization}/groups/{group}/members"
MOVED_PATH = "/v1/api360/directory/org/{organization}/groups/{group}/members"

_KEYS = {
    "userIds": "user",
    "departmentIds": "department",
    "groupIds": "group",
    "externalContactIds": "external_contact",
    "sharedMailboxIds": names.SHARED,
}


# Version 2


def list_members(call: Call) -> Answer:
    """List the direct members of all kinds, without pages."""
    return Forms(call.store, call.o).members(call.store.members(call.o, call.group().id))


def add(call: Call) -> Answer:
    """Add members; all or nothing. Those that are members already stay."""
    group = call.group()
    desired = _by_kind(call.body)
    _check_generic(group)
    check(call, desired, group)
    for member in desired:
        call.store.add_member(call.o, group.id, member)
    return {}


def remove(call: Call) -> Answer:
    """Remove members; who is none, or does not exist, is passed over."""
    group = call.group()
    undesired = _by_kind(call.body)
    _check_generic(group)
    for member in undesired:
        call.store.remove_member(call.o, group.id, member)
    return {}


def _by_kind(body: Body) -> list[Member]:
    return [Member(kind, _id(kind, value)) for key, kind in _KEYS.items() for value in body.items(key)]


def _id(kind: str, value: object) -> str:
    """Return the ID of a member as it is stored. Those of contacts are no numbers."""
    if kind != "external_contact":
        return str(as_number(value))
    if not isinstance(value, str):
        raise bad()
    return value


# Version 1


def old_list(call: Call) -> Answer:
    """List the direct members of the kinds that the first version knows."""
    shown = list_members(call)
    return {key: shown[key] for key in ("users", "groups", "departments")}


def old_add(call: Call) -> Answer:
    """Add one member."""
    return _old_add(call, number=False)


def moved_add(call: Call) -> Answer:
    """Add one member, whose ID is a number on this host."""
    call.body.integer("id")
    return _old_add(call, number=True)


def _old_add(call: Call, *, number: bool) -> Answer:
    group = call.group()
    member = _one(call.body)
    _check_generic(group)
    check(call, [member], group)
    added = call.store.add_member(call.o, group.id, member)
    return {"id": int(member.id) if number else member.id, "type": member.kind, "added": added}


def old_set(call: Call) -> Answer:
    """Replace all members of the kinds that the first version knows."""
    group = call.group()
    desired = read(call.body)
    _check_generic(group)
    check(call, desired, group)
    replace_first_kinds(call, group, desired)
    return old_list(call)


def old_clear(call: Call) -> Answer:
    """Remove all members of the kinds that the first version knows. Chosen: the answer is the list, now empty."""
    group = call.group()
    _check_generic(group)
    replace_first_kinds(call, group, [])
    return old_list(call)


def old_remove(call: Call) -> Answer:
    """Remove one member."""
    group = call.group()
    _check_generic(group)
    kind, number = call.path["type"], call.number("member")
    if kind not in MEMBER_KINDS:
        raise bad()
    removed = call.store.remove_member(call.o, group.id, Member(kind, str(number)))
    return {"id": str(number), "type": kind, "deleted": removed}


# Both


def read(body: Body) -> list[Member]:
    """Read a list of members of the kinds that the first version knows."""
    return [_one(item) for item in body.objects("members")]


def _one(body: Body) -> Member:
    kind = body.text("type", "user")
    if kind not in MEMBER_KINDS:
        raise bad()
    return Member(kind, str(body.number("id")))


def check(call: Call, desired: Sequence[Member], group: Group | None = None) -> None:
    """Check that members exist, and that no group becomes a part of itself."""
    if not all(_exists(call, member) for member in desired):
        raise not_found()
    nested = {int(member.id) for member in desired if member.kind == "group"}
    if group and nested & ({group.id} | _above(call, group.id)):
        raise bad("group_loop")


def _exists(call: Call, member: Member) -> bool:
    store, kind, number = call.store, *member
    if kind == "external_contact":
        return store.contacts.get(call.o, number) is not None
    if kind == "user":
        user = store.users.get(call.o, int(number))
        return user is not None and not user.is_dismissed
    if kind == "group":
        group = store.groups.get(call.o, int(number))
        return group is not None and not group.removed
    table = store.departments if kind == "department" else store.shared
    return table.get(call.o, int(number)) is not None


def _above(call: Call, group: int) -> set[int]:
    """Return the groups of which a group is a part, at any depth."""
    above: set[int] = set()
    rest = [group]
    while rest:
        parents = call.store.groups_of(call.o, Member("group", str(rest.pop())))
        rest += [parent for parent in parents if parent not in above]
        above.update(parents)
    return above


def replace_first_kinds(call: Call, group: Group, desired: Sequence[Member]) -> None:
    """Replace the members of the kinds that the first version knows; others stay."""
    for member in call.store.members(call.o, group.id):
        if member.kind in MEMBER_KINDS and member not in desired:
            call.store.remove_member(call.o, group.id, member)
    for member in desired:
        call.store.add_member(call.o, group.id, member)


def _check_generic(group: Group) -> None:
    """Refuse to change a service group. Chosen."""
    if group.type != "generic":
        raise forbidden()


def _old(path: str, host: Host) -> list[Endpoint]:
    """Return the calls of the first version on a host."""
    needs = scopes.write("groups")
    one_more = old_add if host is Host.API else moved_add
    return [
        reading("old_members/list", path, old_list, scopes.read("groups"), host=host),
        writing("old_members/add", "POST", path, one_more, needs, host=host),
        writing("old_members/set", "PUT", path, old_set, needs, host=host),
        writing("old_members/clear", "DELETE", path, old_clear, needs, host=host),
    ]


ENDPOINTS = [
    reading("members/list", PATH, list_members, scopes.read("groups")),
    writing("members/add", "PATCH", PATH + "/add", add, scopes.write("groups")),
    writing("members/remove", "PATCH", PATH + "/delete", remove, scopes.write("groups")),
    *_old(OLD_PATH, Host.API),
    *_old(MOVED_PATH, Host.CLOUD),
    writing("old_members/remove", "DELETE", OLD_PATH + "/{type}/{member}", old_remove, scopes.write("groups")),
]
