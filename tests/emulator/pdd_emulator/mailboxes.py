# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on mailboxes (docs/api/pdd.md, 2.2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pdd_emulator import forms, rules
from pdd_emulator.endpoint import Call, Identity, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.rules import ApiError
from pdd_emulator.store import Account

ON_PAGE = 30
ON_PAGE_MAX = 1000

_EDITABLE: dict[str, Callable[[str], Any]] = {
    "password": rules.changed_password,
    "iname": str,
    "fname": str,
    "enabled": lambda text: rules.yes_or_no(text, "enabled"),
    "birth_date": rules.birth_date,
    "sex": rules.sex,
    "hintq": str,
    "hinta": str,
}
"""The parameters of `email/edit` in the order of their checks."""

_NOT_GIVEN_IF_EMPTY = frozenset({"enabled", "birth_date", "sex"})  # docs/api/pdd.md, 3.2a


def _add(call: Call) -> Answer:
    domain = call.domain.name
    login = rules.new_login(call.params.get("login"), domain)
    password = rules.new_password(call.params.get("password"), login)
    if call.store.account(domain, login):
        raise ApiError("occupied")
    uid = call.store.add_account(domain, login, maillist=False, password=password)
    return {"login": f"{login}@{domain}", "uid": uid}


def _list(call: Call) -> Answer:
    page, on_page = rules.paging(call.params, default=ON_PAGE, most=ON_PAGE_MAX)
    domain = call.domain.name
    accounts = call.store.accounts(domain, offset=(page - 1) * on_page, limit=on_page, hidden=call.hidden)
    total = call.store.count_accounts(domain, hidden=call.hidden)
    return forms.account_list(accounts, page=page, on_page=on_page, total=total, era=call.settings.era)


def _edit(call: Call) -> Answer:
    """Change what is given. Chosen: a mailbox that is ready, once both names are set, remains so without them."""
    identity = _identity(call)
    given = {name for name, text in call.params.items() if text or name not in _NOT_GIVEN_IF_EMPTY}
    changes = {name: check(call.params[name]) for name, check in _EDITABLE.items() if name in given}
    mailbox = replace(_unblocked(call, identity), **changes)
    if changes.keys() & {"iname", "fname"} and mailbox.iname and mailbox.fname:
        mailbox = replace(mailbox, ready=True)
    if "password" in changes:
        rules.check_unlike_login(mailbox.password, mailbox.login)
    call.store.save_account(mailbox)
    return {"login": mailbox.address, "uid": mailbox.uid, "account": forms.account(mailbox)}


def _delete(call: Call) -> Answer:
    mailbox = _unblocked(call, _identity(call))
    call.store.delete_account(mailbox.uid)
    return {"login": mailbox.address}


def _counters(call: Call) -> Answer:
    """Count the imported messages; nothing else brings mail. Chosen: reading does not reset `new`."""
    mailbox = call.find(_identity(call), maillist=False)
    unread, new = call.store.count_messages(mailbox.uid)
    return {"login": mailbox.address, "uid": mailbox.uid, "counters": {"unread": unread, "new": new}}


def _details(call: Call) -> Answer:
    mailbox = call.find(_identity(call), maillist=False)
    return {"login": mailbox.address, "uid": mailbox.uid, "account": forms.account(mailbox)}


def _oauth_token(call: Call) -> Answer:
    """Issue a token. Chosen: nobody can sign in to a mailbox that its administrator has switched off either."""
    mailbox = _unblocked(call, _identity(call))
    if not mailbox.enabled:
        raise ApiError("user_blocked")
    return {"login": mailbox.address, "uid": mailbox.uid, "oauth-token": secrets.token_hex(16)}


def _identity(call: Call) -> Identity:
    return call.identity("uid", "login", missing="no_uid_or_login")


def _unblocked(call: Call, identity: Identity) -> Account:
    """Find a mailbox. Chosen: `user_blocked` means blocked by the service.

    A mailbox that its administrator has switched off (`enabled` `no`) could not be switched on again otherwise.
    """
    mailbox = call.find(identity, maillist=False)
    if mailbox.blocked:
        raise ApiError("user_blocked")
    return mailbox


ENDPOINTS = {
    "email/add": writing(_add),
    "email/list": reading(_list),
    "email/edit": writing(_edit),
    "email/del": writing(_delete),
    "email/counters": reading(_counters),
    "email/details": reading(_details),
    "email/get_oauth_token": reading(_oauth_token, methods=("POST", "GET")),  # clients use either
}
