# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on mailing lists (docs/api/pdd.md, 2.3)."""

from __future__ import annotations

from pdd_emulator import rules
from pdd_emulator.endpoint import Call, Identity, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.rules import ApiError, flag
from pdd_emulator.store import Account


def _add(call: Call) -> Answer:
    domain = call.domain.name
    name = rules.new_name(call.params.get("maillist"), domain, missing="no_maillist")
    if call.store.account(domain, name):
        raise ApiError("occupied")
    uid = call.store.add_account(domain, name, maillist=True)
    return {"maillist": f"{name}@{domain}", "uid": uid}


def _list(call: Call) -> Answer:
    maillists = call.store.maillists(call.domain.name)
    forms = [{"maillist": item.address, "uid": item.uid, "cnt": count} for item, count in maillists]
    return {"maillists": [form for form in forms if form["uid"] not in call.hidden]}


def _delete(call: Call) -> Answer:
    maillist = call.find(_maillist(call), maillist=True)
    call.store.delete_account(maillist.uid)
    return {"maillist": maillist.address}


def _subscribe(call: Call) -> Answer:
    """Subscribe a mailbox, or a list. Chosen: the answer always contains the permission that applies from now on."""
    who = _maillist(call), _subscriber(call)
    text = call.params.get("can_send_on_behalf")
    asked = None if text is None else rules.yes_or_no(text, "can_send_on_behalf")
    maillist, subscriber = _find_both(call, *who)
    present = call.store.can_send_on_behalf(maillist.uid, subscriber.uid)
    allowed = bool(present) if asked is None else asked
    call.store.subscribe(maillist.uid, subscriber.uid, can_send_on_behalf=allowed)
    return _pair(maillist, subscriber) | {"can_send_on_behalf": flag(allowed)}


def _subscribers(call: Call) -> Answer:
    maillist = call.find(_maillist(call), maillist=True)
    addresses = [subscriber.address for subscriber, _allowed in call.store.subscribers(maillist.uid)]
    return {
        "maillist": maillist.address,
        "uid": maillist.uid,
        "subscribers": addresses[: max(0, len(addresses) - call.drop)],
    }


def _unsubscribe(call: Call) -> Answer:
    maillist, subscriber, _allowed = _subscription(call, _maillist(call), _subscriber(call))
    call.store.unsubscribe(maillist.uid, subscriber.uid)
    return _pair(maillist, subscriber)


def _get_permission(call: Call) -> Answer:
    maillist, subscriber, allowed = _subscription(call, _maillist(call), _subscriber(call))
    permission = {"subscriber_uid": subscriber.uid, "can_send_on_behalf": flag(allowed)}
    return _pair(maillist, subscriber) | permission


def _set_permission(call: Call) -> Answer:
    who = _maillist(call), _subscriber(call)
    allowed = rules.yes_or_no(rules.required(call.params, "can_send_on_behalf"), "can_send_on_behalf")
    maillist, subscriber, _allowed = _subscription(call, *who)
    call.store.subscribe(maillist.uid, subscriber.uid, can_send_on_behalf=allowed)
    return _pair(maillist, subscriber) | {"can_send_on_behalf": flag(allowed)}


def _maillist(call: Call) -> Identity:
    return call.identity("maillist_uid", "maillist", missing="no_maillist")


def _subscriber(call: Call) -> Identity:
    return call.identity("subscriber_uid", "subscriber", missing="no_subscriber")


def _find_both(call: Call, maillist: Identity, subscriber: Identity) -> tuple[Account, Account]:
    return call.find(maillist, maillist=True), call.find(subscriber)


def _subscription(call: Call, maillist: Identity, subscriber: Identity) -> tuple[Account, Account, bool]:
    """Return a list, a subscriber, and the permission. Raise `account_not_found` also if there is no subscription."""
    accounts = _find_both(call, maillist, subscriber)
    allowed = call.store.can_send_on_behalf(*(account.uid for account in accounts))
    if allowed is None:
        raise ApiError("account_not_found")
    return *accounts, allowed


def _pair(maillist: Account, subscriber: Account) -> Answer:
    return {"maillist": maillist.address, "uid": maillist.uid, "subscriber": subscriber.address}


ENDPOINTS = {
    "email/ml/add": writing(_add),
    "email/ml/list": reading(_list),
    "email/ml/del": writing(_delete),
    "email/ml/subscribe": writing(_subscribe),
    "email/ml/subscribers": reading(_subscribers),
    "email/ml/unsubscribe": writing(_unsubscribe),
    "email/ml/get_can_send_on_behalf": reading(_get_permission),
    "email/ml/set_can_send_on_behalf": writing(_set_permission),
}
