# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, their aliases and contacts (docs/api/y360.md, 2)."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from datetime import date
from typing import Any

from y360_emulator import names, scopes
from y360_emulator.body import Body
from y360_emulator.endpoint import Answer, Call, Endpoint, found, reading, writing
from y360_emulator.errors import Host, bad, failed_precondition, forbidden, not_found
from y360_emulator.forms import Forms
from y360_emulator.records import User
from y360_emulator.store import Member, Name

PATH = "/directory/v1/org/{organization}/users"
CLOUD_PATH = "/v1/directory/organizations/{organization}/users"
MOVED_PATH = "/v1/api360/directory/org/{organization}/users"

PASSWORD_SHORTEST = 8
WEAK_PASSWORDS = frozenset({"password", "qwertyui", "qwerty123", "12345678a", "password1", "abcdefgh"})
CONTACT_TYPES = frozenset({"email", "phone_extension", "phone", "site", "icq", "twitter", "skype"})
GENDERS = frozenset({"male", "female", ""})

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEXTS = {
    "position": "position",
    "about": "about",
    "externalId": "external_id",
    "timezone": "timezone",
    "language": "language",
}


def list_users(call: Call) -> Answer:
    """List the users, page by page."""
    page = call.page()
    hidden = call.hidden("user")
    users = call.store.users.page(call.o, offset=page.offset, limit=page.size, hidden=hidden)
    forms = Forms(call.store, call.o)
    total = call.store.users.count(call.o, hidden=hidden)
    return {"users": [forms.user(user, listed=True) for user in users], **page.form(total)}


def search_users(call: Call) -> Answer:
    """List the users, or the one of an address."""
    page = call.cloud_page()
    hidden = call.hidden("user")
    forms = Forms(call.store, call.o)
    if email := call.query.get("email"):
        users = [user for user in _of_address(call, email) if user.id not in hidden]
        shown, total = page.of(users), len(users)
    else:
        shown = call.store.users.page(call.o, offset=page.offset, limit=page.size, hidden=hidden)
        total = call.store.users.count(call.o, hidden=hidden)
    return {**page.cloud_form(total), "items": [forms.cloud_user(user) for user in shown]}


def _of_address(call: Call, email: str) -> list[User]:
    owner = names.find(call.store, call.o, email)
    if owner and owner.kind == names.USER:
        return [found(call.store.users.get(call.o, owner.id))]
    return [] if owner else call.store.users.having(call.o, "outside_email", email.lower())


def get(call: Call) -> Answer:
    """Return a user."""
    return Forms(call.store, call.o).user(call.user())


def create(call: Call) -> Answer:
    """Create a user."""
    body = call.body
    nickname = names.login(body.required("nickname"))
    department = body.number("departmentId")
    blank = User(call.o, 0, nickname, created=call.now, updated=call.now, department=department)
    user = _changed(blank, body, call.now)
    if not user.first or not user.last:
        raise bad("invalid_name")
    user = replace(user, password=_password(body.required("password"), user))
    user = replace(user, password_change_required=body.flag("passwordChangeRequired"))
    found(call.store.departments.get(call.o, department))
    user = replace(user, id=call.store.next_user())
    names.take(call, nickname, Name(names.USER, user.id))
    call.created("user", user.id)
    return Forms(call.store, call.o).user(call.store.users.put(user))


def edit(call: Call) -> Answer:
    """Change what a request names of a user."""
    user, body = call.user(), call.body
    if user.is_outside:
        raise forbidden()
    changed = _changed(user, body, call.now)
    if not changed.first or not changed.last:
        raise bad("invalid_name")
    changed = _enabled(_with_password(changed, body), body, call.now)
    if "departmentId" in body:
        department = found(call.store.departments.get(call.o, body.number("departmentId")))
        changed = replace(changed, department=department.id)
    if "nickname" in body:
        changed = _renamed(call, changed, names.login(body.text("nickname")))
    return Forms(call.store, call.o).user(_saved(call, user, changed))


def _saved(call: Call, former: User, user: User) -> User:
    """Store a user; the time of the update is the former one if nothing has changed."""
    return call.store.users.put(user if user == former else replace(user, updated=call.now))


def _changed(user: User, body: Body, now: str) -> User:
    """Return a user with all that needs no more than a check of its own."""
    texts: dict[str, Any] = {field: body.text(key) for key, field in _TEXTS.items() if key in body}
    name = body.object("name")
    texts |= {key: name.text(key).strip() for key in ("first", "last", "middle") if key in name}
    if "birthday" in body:
        texts["birthday"] = _birthday(body.text("birthday"), now)
    if "gender" in body:
        texts["gender"] = _gender(body.text("gender"))
    user = replace(user, **texts, display_name=body.text("displayName") or user.display_name)
    if "contacts" in body:
        user = replace(user, contacts=_contacts(body))
    return replace(user, is_admin=body.flag("isAdmin", default=user.is_admin))


def _with_password(user: User, body: Body) -> User:
    """Set the password. Chosen: whether it has to be changed can only be said together with it."""
    if "password" not in body:
        if "passwordChangeRequired" in body:
            raise bad()
        return user
    password = _password(body.text("password"), user)
    if password == user.password:
        raise bad("password.equals_previous")
    return replace(user, password=password, password_change_required=body.flag("passwordChangeRequired"))


def _enabled(user: User, body: Body, now: str) -> User:
    is_enabled = body.flag("isEnabled", default=user.is_enabled)
    if is_enabled == user.is_enabled:
        return user
    return replace(user, is_enabled=is_enabled, is_enabled_updated=now)


def _renamed(call: Call, user: User, nickname: str) -> User:
    """Give a user another nickname; the former one becomes an alias."""
    if nickname == user.nickname:
        return user
    names.take(call, nickname, Name(names.USER, user.id))
    return replace(user, nickname=nickname, aliases=[*user.aliases, user.nickname])


def _password(text: str, user: User) -> str:
    if len(text) < PASSWORD_SHORTEST:
        raise bad("password.short")
    if text.lower() == user.nickname:
        raise bad("password.likelogin")
    if not text.isascii() or not text.isprintable():
        raise bad("password.prohibitedsymbols")
    if text.isdecimal() or text.lower() in WEAK_PASSWORDS:
        raise bad("password.weak")
    return text


def _birthday(text: str, now: str) -> str:
    if not text:
        return ""
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() > now[:10]:
        raise bad("invalid_birthday")
    return text


def _gender(text: str) -> str:
    if text not in GENDERS:
        raise bad("invalid_gender")
    return text


def _contacts(body: Body) -> list[dict[str, str]]:
    """Read the contacts of a user; those that appear by themselves may be among them, and are left out."""
    contacts = [item for item in body.objects("contacts") if not item.flag("synthetic")]
    if any(item.text("type") not in CONTACT_TYPES or not item.text("value") for item in contacts):
        raise bad()
    return [{"type": item.text("type"), "value": item.text("value"), "label": item.text("label")} for item in contacts]


def cloud_edit(call: Call) -> Answer:
    """Change the display name and the address from which mail is sent."""
    user, body = call.user(), call.body
    if user.is_outside:
        raise forbidden()
    changed = replace(user, display_name=body.text("display_name") or user.display_name)
    if email := body.text("default_email"):
        owner = names.find(call.store, call.o, email)
        if owner != Name(names.USER, user.id):
            raise bad("invalid_email")
        changed = replace(changed, default_from=email.lower())
    return Forms(call.store, call.o).cloud_user(_saved(call, user, changed))


def delete(call: Call) -> Answer:
    """Delete a user, who has to be disabled before."""
    user = call.user()
    if user.is_outside:
        raise forbidden()
    if user.is_dismissed:
        raise not_found()
    needs_disabled = not getattr(call.switches.get("delete_needs_disabled"), "off", False)
    if user.is_enabled and needs_disabled:
        raise failed_precondition()
    forget(call, user)
    if "delete_leaves_dismissed" in call.switches:
        gone = replace(user, is_dismissed=True, is_enabled=False, aliases=[], updated=call.now)
        call.store.users.put(gone)
    else:
        call.store.users.delete(user)
    return {"userId": str(user.id), "deleted": True}


def forget(call: Call, user: User) -> None:
    """Remove all traces of a user in other objects."""
    call.store.free_names_of(call.o, Name(names.USER, user.id))
    call.store.remove_from_groups(call.o, Member("user", str(user.id)))
    call.store.revoke_subject(call.o, "user", user.id)
    call.store.forget_actor(call.o, user.id)
    call.store.forget_resource(call.o, user.id)
    if delegated := call.store.delegated.get(call.o, user.id):
        call.store.delegated.delete(delegated)


def add_alias(call: Call) -> Answer:
    """Add an alias."""
    user = call.user()
    if user.is_outside:
        raise forbidden()
    aliases = names.new_alias(call, [*user.aliases], Name(names.USER, user.id))
    return Forms(call.store, call.o).user(_saved(call, user, replace(user, aliases=aliases)))


def remove_alias(call: Call) -> Answer:
    """Remove an alias; mail is sent from the main address again if it was sent from this one."""
    user, alias = call.user(), call.path["alias"].lower()
    if alias not in user.aliases:
        raise not_found()
    call.store.free_name(call.o, alias)
    aliases = [name for name in user.aliases if name != alias]
    default_from = "" if user.default_from.partition("@")[0] == alias else user.default_from
    _saved(call, user, replace(user, aliases=aliases, default_from=default_from))
    return {"alias": alias, "removed": True}


def set_contacts(call: Call) -> Answer:
    """Replace the contacts of a user."""
    user = call.user()
    return Forms(call.store, call.o).user(_saved(call, user, replace(user, contacts=_contacts(call.body))))


def clear_contacts(call: Call) -> Answer:
    """Remove the contacts of a user."""
    user = call.user()
    return Forms(call.store, call.o).user(_saved(call, user, replace(user, contacts=[])))


def set_avatar(call: Call) -> Answer:
    """Take a picture of a user; of its content nothing but a checksum is kept."""
    user = call.user()
    if not call.content:
        raise bad()
    avatar = f"{call.o}/{zlib.crc32(call.content):08x}"
    _saved(call, user, replace(user, avatar=avatar))
    return {"url": f"https://avatars.example.test/{avatar}"}


def get_second_factor(call: Call) -> Answer:
    """Return whether a user has a second factor. Chosen: nobody has."""
    return {"userId": str(call.user().id), "has2fa": False, "hasSecurityPhone": False}


def reset_second_factor(call: Call) -> Answer:
    """Forget the phone of a user's second factor, of which there is none."""
    call.user()
    return {}


def _on_both_hosts(name: str, method: str, tail: str, handler: Any) -> list[Endpoint]:
    needs = scopes.write("users")
    return [
        writing(name, method, PATH + tail, handler, needs),
        writing(name, method, MOVED_PATH + tail, handler, needs, host=Host.CLOUD),
    ]


ENDPOINTS = [
    reading("users/list", PATH, list_users, scopes.read("users")),
    writing("users/create", "POST", PATH, create, scopes.write("users")),
    reading("users/get", PATH + "/{user}", get, scopes.read("users")),
    writing("users/edit", "PATCH", PATH + "/{user}", edit, scopes.write("users")),
    writing("users/delete", "DELETE", PATH + "/{user}", delete, scopes.write("users")),
    writing("users/set_avatar", "PUT", PATH + "/{user}/avatar", set_avatar, scopes.write("users")),
    reading("users/get_second_factor", PATH + "/{user}/2fa", get_second_factor, scopes.read("users")),
    writing("users/reset_second_factor", "DELETE", PATH + "/{user}/2fa", reset_second_factor, scopes.write("users")),
    *_on_both_hosts("aliases/add", "POST", "/{user}/aliases", add_alias),
    *_on_both_hosts("aliases/remove", "DELETE", "/{user}/aliases/{alias}", remove_alias),
    *_on_both_hosts("contacts/set", "PUT", "/{user}/contacts", set_contacts),
    *_on_both_hosts("contacts/clear", "DELETE", "/{user}/contacts", clear_contacts),
    reading("users/search", CLOUD_PATH, search_users, scopes.read("users"), host=Host.CLOUD),
    writing("users/cloud_edit", "PATCH", CLOUD_PATH + "/{user}", cloud_edit, scopes.write("users"), host=Host.CLOUD),
]
