# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A correct service with one small domain, so that a trick can begin after some correct answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

NAME = "example.test"
Answer = dict[str, Any]
Params = Mapping[str, str]


def address(name: str) -> str:
    """Return the address of a name in the domain."""
    return name.lower() if "@" in name else f"{name.lower()}@{NAME}"


@dataclass
class Domain:
    """What the service knows, and what it answers. Listings have one row on each page, so that there are many.

    starts: how often the import of a mailbox was started, by address.
    """

    mailboxes: dict[str, dict[str, str]] = field(
        default_factory=lambda: {address(name): {} for name in ("anna", "boris", "clara")}
    )
    maillists: dict[str, dict[str, bool]] = field(
        default_factory=lambda: {address("team"): {address("anna"): True, address("clara"): False}}
    )
    starts: Counter[str] = field(default_factory=Counter)
    signature: str = ""

    def answer(self, action: str, params: Params) -> Answer:
        """Carry a call out and return its answer."""
        call = _CALLS.get(action)
        if call is None:
            return {"success": "error", "error": "unknown"}
        echoed = {"domain": params["domain"]} if "domain" in params else {}
        return {"success": "ok", **echoed, **call(self, params)}


def _domains(_domain: Domain, params: Params) -> Answer:
    names = [NAME, "other.test", "third.test"]
    rows = [{"name": name, "status": "added", "stage": "added", "nsdelegated": "yes"} for name in names]
    return _page("domains", rows, params)


def _details(_domain: Domain, _params: Params) -> Answer:
    return {"status": "added", "stage": "added", "delegated": "yes", "country": "en"}


def _accounts(domain: Domain, params: Params) -> Answer:
    rows = [_account(domain, login) for login in (*domain.mailboxes, *domain.maillists)]
    return _page("accounts", rows, params)


def _account(domain: Domain, login: str) -> Answer:
    account = {"login": login, "uid": _uid(login), "enabled": "yes", "ready": "no", "aliases": []}
    flag = {"maillist": "yes" if login in domain.maillists else "no"}
    empty: Answer = {"iname": "", "fname": "", "hintq": "", "birth_date": None, "sex": None}
    return {**account, **flag, **empty, **domain.mailboxes.get(login, {})}


def _page(key: str, rows: list[Answer], params: Params) -> Answer:
    number = int(params.get("page", "1"))
    page = {"page": number, "pages": len(rows), "on_page": 1, "total": len(rows)}
    found = rows[number - 1 : number]
    return {**page, "found": len(found), key: found}


def _uid(name: str) -> int:
    return 1130000000000000 + int.from_bytes(name[:5].encode(), "big")


def _counters(_domain: Domain, params: Params) -> Answer:
    login = address(params["login"])
    return {"login": login, "uid": _uid(login), "counters": {"unread": 1, "new": 0}}


def _add(domain: Domain, params: Params) -> Answer:
    login = address(params["login"])
    if login in domain.mailboxes or login in domain.maillists:
        return {"success": "error", "error": "occupied"}
    domain.mailboxes[login] = {}
    return {"login": login, "uid": _uid(login)}


def _edit(domain: Domain, params: Params) -> Answer:
    login = address(params["login"])
    if login not in domain.mailboxes:
        return {"success": "error", "error": "account_not_found"}
    kept = {name: value for name, value in params.items() if name in ("iname", "fname", "hintq", "enabled")}
    domain.mailboxes[login].update(kept)
    return {"login": login, "uid": _uid(login), "account": _account(domain, login)}


def _del(domain: Domain, params: Params) -> Answer:
    login = address(params["login"])
    if domain.mailboxes.pop(login, None) is None:
        return {"success": "error", "error": "account_not_found"}
    for subscribers in domain.maillists.values():
        subscribers.pop(login, None)
    return {"login": login}


def _ml_list(domain: Domain, _params: Params) -> Answer:
    lists = domain.maillists.items()
    return {"maillists": [{"maillist": name, "uid": _uid(name), "cnt": len(people)} for name, people in lists]}


def _ml_add(domain: Domain, params: Params) -> Answer:
    name = address(params["maillist"])
    if name in domain.mailboxes or name in domain.maillists:
        return {"success": "error", "error": "occupied"}
    domain.maillists[name] = {}
    return {"maillist": name, "uid": _uid(name)}


def _ml_del(domain: Domain, params: Params) -> Answer:
    name = address(params["maillist"])
    if domain.maillists.pop(name, None) is None:
        return {"success": "error", "error": "account_not_found"}
    return {"maillist": name}


def _ml_subscribers(domain: Domain, params: Params) -> Answer:
    name = address(params["maillist"])
    if name not in domain.maillists:
        return {"success": "error", "error": "account_not_found"}
    return {"maillist": name, "uid": _uid(name), "subscribers": list(domain.maillists[name])}


def _ml_member(domain: Domain, params: Params) -> tuple[dict[str, bool], str, Answer]:
    """Return who is subscribed to the list of a call, the subscriber of the call, and what its answer echoes."""
    name, subscriber = address(params["maillist"]), address(params["subscriber"])
    return domain.maillists[name], subscriber, {"maillist": name, "uid": _uid(name), "subscriber": subscriber}


def _ml_subscribe(domain: Domain, params: Params) -> Answer:
    people, subscriber, echo = _ml_member(domain, params)
    flag = params.get("can_send_on_behalf")
    people[subscriber] = people.get(subscriber, False) if flag is None else flag == "yes"
    return echo


def _ml_unsubscribe(domain: Domain, params: Params) -> Answer:
    people, subscriber, echo = _ml_member(domain, params)
    if people.pop(subscriber, None) is None:
        return {"success": "error", "error": "account_not_found"}
    return echo


def _ml_get_sender(domain: Domain, params: Params) -> Answer:
    people, subscriber, echo = _ml_member(domain, params)
    if subscriber not in people:
        return {"success": "error", "error": "account_not_found"}
    return {**echo, "can_send_on_behalf": "yes" if people[subscriber] else "no"}


def _ml_set_sender(domain: Domain, params: Params) -> Answer:
    people, subscriber, echo = _ml_member(domain, params)
    if subscriber not in people:
        return {"success": "error", "error": "account_not_found"}
    people[subscriber] = params["can_send_on_behalf"] == "yes"
    return {**echo, "can_send_on_behalf": params["can_send_on_behalf"]}


def _check_settings(_domain: Domain, _params: Params) -> Answer:
    return {"settings": {}}


def _start_import(domain: Domain, params: Params) -> Answer:
    login = address(params["int-login"])
    domain.starts[login] += 1
    domain.mailboxes.setdefault(login, {})
    return {"import_list": [{"external_login": params["ext-login"], "internal_login": login, "started": "yes"}]}


def _check_imports(domain: Domain, params: Params) -> Answer:
    number, failed = int(params.get("page", "1")), ["xenia", "yuri", "zoe"]
    boxes = [{"external_login": name, "internal_login": name, "last_error": "no_reply"} for name in failed]
    done = len(failed) + len(domain.starts)
    task = {"state": "done", "total_box_count": done, "done_box_count": done, "progress_percent": 100}
    pages = {"failed_boxes_count": len(boxes), "failed_boxes_pages": len(boxes), "failed_boxes_current_page": number}
    return {"import": {**task, **pages, "failed_boxes": boxes[number - 1 : number]}}


def _setsign(domain: Domain, params: Params) -> Answer:
    domain.signature = params["signature"]
    return {"signature": domain.signature}


_CALLS: dict[str, Callable[[Domain, Params], Answer]] = {
    "domain/domains": _domains,
    "domain/details": _details,
    "domain/settings/setsign": _setsign,
    "email/list": _accounts,
    "email/counters": _counters,
    "email/add": _add,
    "email/edit": _edit,
    "email/del": _del,
    "email/ml/list": _ml_list,
    "email/ml/add": _ml_add,
    "email/ml/del": _ml_del,
    "email/ml/subscribers": _ml_subscribers,
    "email/ml/subscribe": _ml_subscribe,
    "email/ml/unsubscribe": _ml_unsubscribe,
    "email/ml/get_can_send_on_behalf": _ml_get_sender,
    "email/ml/set_can_send_on_behalf": _ml_set_sender,
    "import/check_settings": _check_settings,
    "import/start_one_import": _start_import,
    "import/check_imports": _check_imports,
}
