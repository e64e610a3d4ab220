# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail settings of users: signatures, the address book, rules (docs/api/y360.md, 5)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from y360_emulator import scopes
from y360_emulator.body import Body
from y360_emulator.endpoint import Answer, Call, reading, writing
from y360_emulator.errors import bad, not_found
from y360_emulator.forms import Forms
from y360_emulator.records import User

PATH = "/admin/v1/org/{organization}/mail/users/{user}/settings"
POSITIONS = frozenset({"bottom", "under"})

_AREA = "user_settings"
_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/>", re.IGNORECASE)


def get_sender_info(call: Call) -> Answer:
    """Return the signatures and the sender of a user."""
    return Forms(call.store, call.o).sender_info(_user(call))


def set_sender_info(call: Call) -> Answer:
    """Change them; signatures replace the present ones, and what a request leaves out stays."""
    user, body = _user(call), call.body
    position = body.text("signPosition", user.sign_position)
    if position not in POSITIONS:
        raise bad()
    signs = [_sign(call, item) for item in body.objects("signs")]
    changed = replace(
        user,
        from_name=body.text("fromName", user.from_name),
        default_from=body.text("defaultFrom", user.default_from),
        signs=signs if "signs" in body else user.signs,
        sign_position=position,
    )
    return Forms(call.store, call.o).sender_info(call.store.users.put(changed))


def _sign(call: Call, item: Body) -> dict[str, Any]:
    text = item.text("text")
    if "sanitize" in call.switches:
        text = _BREAK.sub("<br>", _SCRIPT.sub("", text))
    return {
        "emails": item.texts("emails"),
        "isDefault": item.loose_flag("isDefault"),
        "text": text,
        "lang": item.text("lang", "ru"),
    }


def get_address_book(call: Call) -> Answer:
    """Return whether addresses are collected."""
    return {"collectAddresses": _user(call).collect_addresses}


def set_address_book(call: Call) -> Answer:
    """Set whether addresses are collected."""
    user = _user(call)
    if "collectAddresses" not in call.body:
        raise bad()
    collect = call.body.flag("collectAddresses")
    call.store.users.put(replace(user, collect_addresses=collect))
    return {"collectAddresses": collect}


def get_rules(call: Call) -> Answer:
    """Return the rules for incoming mail."""
    rules = _user(call).rules
    return {
        "autoreplies": [{key: rule[key] for key in rule if key != "kind"} for rule in rules if _is_reply(rule)],
        "forwards": [{key: rule[key] for key in rule if key != "kind"} for rule in rules if not _is_reply(rule)],
    }


def create_rule(call: Call) -> Answer:
    """Create a rule: an automatic reply, or forwarding to an address of the organization."""
    user, body = _user(call), call.body
    if ("autoreply" in body) == ("forward" in body):
        raise bad()
    content = _reply(body.object("autoreply")) if "autoreply" in body else _forward(call, body.object("forward"))
    number = call.store.next_number(call.o, "rule")
    call.store.users.put(replace(user, rules=[*user.rules, {"ruleId": number, **content}]))
    return {"ruleId": number}


def delete_rule(call: Call) -> Answer:
    """Delete a rule."""
    user, number = _user(call), call.number("rule")
    rest = [rule for rule in user.rules if rule["ruleId"] != number]
    if len(rest) == len(user.rules):
        raise not_found()
    call.store.users.put(replace(user, rules=rest))
    return {}


def _is_reply(rule: Any) -> bool:
    return bool(rule["kind"] == "autoreply")


def _reply(body: Body) -> dict[str, Any]:
    return {"kind": "autoreply", "ruleName": body.text("ruleName"), "text": body.text("text")}


def _forward(call: Call, body: Body) -> dict[str, Any]:
    address = body.text("address").lower()
    domains = {domain.id for domain in call.store.domains.page(call.o)}
    if address.rpartition("@")[2] not in domains:
        raise bad("invalid_forward_address")
    store_too = body.flag("withStore")
    return {"kind": "forward", "ruleName": body.text("ruleName"), "address": address, "withStore": store_too}


def _user(call: Call) -> User:
    """Return the user that the path names; accounts from outside have no mail settings."""
    user = call.user()
    if user.is_outside:
        raise not_found()
    return user


_READ = scopes.mail_read(_AREA)
_WRITE = scopes.mail_write(_AREA)

ENDPOINTS = [
    reading("sender_info/get", PATH + "/sender_info", get_sender_info, _READ),
    writing("sender_info/set", "POST", PATH + "/sender_info", set_sender_info, _WRITE),
    reading("address_book/get", PATH + "/address_book", get_address_book, _READ),
    writing("address_book/set", "POST", PATH + "/address_book", set_address_book, _WRITE),
    reading("user_rules/list", PATH + "/user_rules", get_rules, _READ),
    writing("user_rules/create", "POST", PATH + "/user_rules", create_rule, _WRITE),
    writing("user_rules/delete", "DELETE", PATH + "/user_rules/{rule}", delete_rule, _WRITE),
]
