# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of answers and how they differ between the eras (docs/api/pdd.md, 2.1 to 2.4, 3.1, 3.3). Pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pdd_emulator.rules import flag
from pdd_emulator.settings import Era
from pdd_emulator.store import Account, Domain, ImportBox, ImportTask

Answer = dict[str, Any]

STAGES = {"domain-activate": "owner-check", "mx-activate": "mx-check", "added": "added"}

_CHECK_RESULTS = {"domain-activate": "no-cname,no-file", "mx-activate": "mx-not-found", "added": "ok"}
_CHECK_EVERY = 1800  # seconds
_NULL_IF_UNSET = frozenset({"birth_date", "sex", "fio", "fname", "iname", "hintq"})
_CHUNKED_FROM = 2800  # bytes; recorded: up to about 300 not, from about 2,900 on; chosen between the two
_HEADERS_2017 = {
    "Server": "nginx/1.8.1",
    "Content-Disposition": "attachment; filename=\"json.txt\"; filename*=UTF-8''json.txt",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Strict-Transport-Security": "max-age=31536000",
}
_HEADERS_2022 = {"Server": "nginx"}


def headers(era: Era) -> dict[str, str]:
    """Return the headers of an answer, apart from those about its length and its connection."""
    own = _HEADERS_2022 if era is Era.Y2021 else _HEADERS_2017
    return {"Content-Type": "application/json; charset=utf-8", **own}


def connection_headers(era: Era) -> dict[str, str]:
    """Return the headers about a connection that is kept."""
    return {"Connection": "keep-alive"} | ({"Keep-Alive": "timeout=120"} if era is Era.Y2021 else {})


def is_chunked(body: bytes) -> bool:
    """Return whether an answer goes out in chunks, without a length."""
    return len(body) >= _CHUNKED_FROM


def body(answer: Answer, era: Era, turn: int) -> bytes:
    """Write an answer as JSON. Its keys are rotated by `turn`: no client shall depend on their order."""
    form = _strings(answer) if era is Era.STRINGS else _rotated(answer, turn)
    return (json.dumps(form, ensure_ascii=False) + ("" if era is Era.Y2021 else "\n")).encode()


def page_count(total: int, on_page: int) -> int:
    """Return the number of pages, 0 if there is nothing to show."""
    return -(-total // on_page)


def domain_list(
    domains: Sequence[tuple[Domain, int]], paging: Mapping[str, int], *, descending: bool, era: Era
) -> Answer:
    """Return the answer of `domain/domains`; each domain comes with the number of its mailboxes.

    Chosen: in 2021, which had no `direction`, it is echoed if it was not the usual one.
    """
    answer = {
        **paging,
        "found": len(domains),
        "domains": [_domain(domain, mailboxes, era) for domain, mailboxes in domains],
    }
    direction = {"direction": "desc" if descending else "asc"}
    if era is Era.Y2021:
        return answer | direction if descending else answer
    return answer | direction | {"order": "default"}


def registration(domain: Domain) -> Answer:
    """Return the answer of `domain/register`."""
    return {
        "status": domain.status,
        "stage": STAGES[domain.status],
        "secrets": {"name": domain.secret_name, "content": domain.secret_content},
    }


def registration_status(domain: Domain, now: float, era: Era) -> Answer:
    """Return the answer of `domain/registration_status`.

    Chosen: a domain is checked when it is registered and each half an hour from then; in 2017, all results are written
    like the only one that was recorded, in 2021 as documented.
    """
    results = domain.check_results or _CHECK_RESULTS[domain.status]
    last = now - (now - domain.registered) % _CHECK_EVERY
    return registration(domain) | {
        "check_results": results if era is Era.Y2021 else results.replace("-", " ").replace(",", ", "),
        "last_check": _time(last),
        "next_check": _time(last + _CHECK_EVERY),
    }


def dkim(domain: Domain, *, with_key: bool) -> Answer:
    """Return the object of `dkim/status`. The record of a delegated domain is published (docs/api/pdd.md, 2.6)."""
    state = {
        "enabled": flag(domain.dkim.enabled),
        "txtrecord": domain.dkim.record,
        "nsready": flag(_is_dkim_published(domain)),
        "mailready": flag(_is_dkim_ready(domain)),
    }
    return state | ({"secretkey": domain.dkim.private_key} if with_key else {})


def domain_details(domain: Domain, era: Era) -> Answer:
    """Return the answer of `domain/details`; the country comes with the verification."""
    answer: Answer = {
        "status": domain.status,
        "stage": STAGES[domain.status],
        "delegated": flag(domain.delegated),
        "imap_enabled": 1,
        "pop_enabled": 0,
        "default_theme": "",
    }
    if domain.status != "domain-activate":
        answer["country"] = domain.country
    if era is Era.Y2021:
        return answer
    return answer | {
        "from_registrar": "no",
        "ws_technical": "no",
        "can_users_change_password": "yes",
        "roster_enabled": "no",
        "master_admin": flag(domain.master_admin),
        "default_uid": 0,
        "logo_url": domain.logo_url,
    }


def account_list(accounts: Sequence[Account], *, page: int, on_page: int, total: int, era: Era) -> Answer:
    """Return the answer of `email/list`."""
    answer = {
        "page": page,
        "pages": page_count(total, on_page),
        "on_page": on_page,
        "total": total,
        "found": len(accounts),
        "box_limit": _box_limit(era),
        "accounts": [account(item) for item in accounts],
    }
    return answer if era is Era.Y2021 else answer | {"direction": "desc", "order": "uid", "offset": None}


def account(item: Account) -> Answer:
    """Return an account object; `fname` is the last name."""
    return {
        "login": item.address,
        "uid": item.uid,
        "enabled": flag(item.enabled and not item.blocked),
        "fio": f"{item.fname} {item.iname}".strip(),
        "fname": item.fname,
        "iname": item.iname,
        "birth_date": item.birth_date,
        "sex": item.sex,
        "hintq": item.hintq,
        "ready": flag(item.ready),
        "aliases": [*item.aliases],
        "maillist": flag(item.maillist),
    }


def import_progress(task: ImportTask | None, boxes: Sequence[ImportBox], *, page: int, on_page: int) -> Answer:
    """Return the answer of `import/check_imports`; the paging is that of the failed boxes."""
    state = _import_state(task, boxes)
    total = sum(box.total for box in boxes)
    imported = sum(box.imported for box in boxes)
    failed = [box for box in boxes if box.outcome == "failed"]
    progress = {
        "state": state,
        "total_box_count": len(boxes),
        "done_box_count": sum(box.outcome is not None for box in boxes),
        "complete_box_count": sum(box.outcome == "complete" for box in boxes),
        "failed_boxes_count": len(failed),
        "failed_boxes_pages": page_count(len(failed), on_page),
        "failed_boxes_current_page": page,
        "total_message_count": total,
        "imported_message_count": imported,
        "progress_percent": 100 if state == "done" else min(99, 100 * imported // max(total, 1)),
        "failed_boxes": [_failed_box(box) for box in failed[(page - 1) * on_page : page * on_page]],
    }
    return {"settings": task.server.form() if task else {}, "import": progress}


def import_runs(task: ImportTask | None, boxes: Sequence[ImportBox]) -> bool:
    """Return whether a task goes on, so that a start joins it."""
    return _import_state(task, boxes) in {"task_just_created", "in_progress"}


def _import_state(task: ImportTask | None, boxes: Sequence[ImportBox]) -> str:
    if task and task.removed:
        return "removed"
    if any(box.outcome is None for box in boxes):
        return "in_progress" if any(box.begun for box in boxes) else "task_just_created"
    return "failed" if boxes and all(box.outcome == "failed" for box in boxes) else "done"


def _failed_box(box: ImportBox) -> Answer:
    return {
        "external_login": box.external_login,
        "internal_login": box.internal_login,
        "imported_mail": box.imported,
        "last_error": box.last_error,
        "last_error_count": box.last_error_count,
    }


def _box_limit(era: Era) -> int:
    return 2147483647 if era is Era.Y2021 else 1000


def _domain(domain: Domain, mailboxes: int, era: Era) -> Answer:
    def own_flag(value: bool) -> bool | str:
        return flag(value) if era is Era.Y2021 else value

    item: Answer = {
        "name": domain.name,
        "status": domain.status,
        "stage": STAGES[domain.status],
        "aliases": [*domain.aliases],
        "logo_enabled": own_flag(bool(domain.logo_url)),
        "nsdelegated": own_flag(domain.delegated),
        "master_admin": domain.master_admin,
        "dkim-ready": own_flag(_is_dkim_ready(domain)),
        "emails-max-count": _box_limit(era),
        "emails-count": mailboxes,
        "from_registrar": "no",
        "ws_technical": "no",
    }
    if era is Era.Y2021:
        return item | {"workspace": "yes", "show-ready-soon": "no", "show-simple-check": "no"}
    return item | {"logo_url": domain.logo_url}


def _is_dkim_published(domain: Domain) -> bool:
    return bool(domain.dkim.record) and (domain.delegated or domain.dkim.published)


def _is_dkim_ready(domain: Domain) -> bool:
    return domain.dkim.enabled and _is_dkim_published(domain)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rotated(value: Any, turn: int) -> Any:
    if isinstance(value, list):
        return [_rotated(item, turn) for item in value]
    if not isinstance(value, dict):
        return value
    pairs = [(key, _rotated(item, turn)) for key, item in value.items()]
    start = turn % len(pairs) if pairs else 0
    return dict(pairs[start:] + pairs[:start])


def _strings(value: Any) -> Any:
    if isinstance(value, list):
        return [_strings(item) for item in value]
    if isinstance(value, bool):
        return flag(value)
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, dict):
        return value
    pairs = [(key, _unset(key, _strings(item))) for key, item in value.items()]
    return dict([("x-undocumented", "yes"), *reversed(pairs)])


def _unset(key: str, value: Any) -> Any:
    return None if key in _NULL_IF_UNSET and value == "" else value
