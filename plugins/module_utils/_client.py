# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's endpoints (pdd-api.md, 2): one method each, typed results in canonical form, raises PddError.

Reads go to the last page. Writes raise with outcome_unknown where the write may have been applied.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from ._address import canonical_address, lenient_domain
from ._errors import PddError, refusal
from ._transport import Transport
from ._values import to_flag, to_int, to_text

# Several clients asked for 500 and more (pdd-api.md, 1.7); a smaller page in the answer is read right as well.
_MAILBOXES_ON_PAGE = 500
_FAILED_BOXES_ON_PAGE = 100
Method = TypeVar("Method", bound=Callable[..., Any])
Row = TypeVar("Row")

_DOMAINS_ON_PAGE = 20
_SEXES = {1: "male", 2: "female"}
_EDIT_PARAMS = {
    "first_name": "iname",
    "last_name": "fname",
    "birth_date": "birth_date",
    "sex": "sex",
    "hint_question": "hintq",
    "hint_answer": "hinta",
    "enabled": "enabled",
    "password": "password",
}


@dataclass(frozen=True)
class Domain:
    """A domain of the token's owner; None where the service does not say. Counts are of mailboxes."""

    name: str
    status: str | None = None
    stage: str | None = None
    delegated: bool | None = None
    language: str | None = None
    aliases: tuple[str, ...] = ()
    master_admin: bool | None = None
    dkim_ready: bool | None = None
    mailboxes_count: int | None = None
    mailboxes_limit: int | None = None


@dataclass(frozen=True)
class DomainDetails:
    """What the service says of one domain; None where it does not. language: a code such as `en`."""

    status: str | None
    stage: str | None
    delegated: bool | None
    language: str | None


@dataclass(frozen=True)
class Mailbox:
    """An account of the domain; is_maillist: the service lists mailing lists among them."""

    login: str
    uid: int | None
    enabled: bool
    first_name: str
    last_name: str
    birth_date: str | None
    sex: str
    hint_question: str
    ready: bool
    aliases: tuple[str, ...]
    is_maillist: bool


@dataclass(frozen=True)
class Counters:
    """Messages of a mailbox: unread ones, and new ones since the last check."""

    unread: int
    new: int


@dataclass(frozen=True)
class Maillist:
    """A mailing list; subscribers_count is the service's own, None if it sent none."""

    address: str
    uid: int | None
    subscribers_count: int | None


@dataclass(frozen=True)
class Source:
    """A source server of an import."""

    server: str
    method: str
    port: int
    ssl: bool


@dataclass(frozen=True)
class Box:
    """A mailbox to import: an account of the source server, and what it becomes; internal is an address."""

    external_login: str
    external_password: str
    internal: str
    internal_password: str


@dataclass(frozen=True)
class FailedBox:
    """A mailbox whose import failed; internal is an address."""

    internal: str
    external_login: str
    last_error: str
    last_error_count: int | None
    imported_messages: int | None


@dataclass(frozen=True)
class ImportTask:
    """The domain's imports, with all failed boxes."""

    state: str
    progress_percent: int
    total_boxes: int
    done_boxes: int
    complete_boxes: int
    failed_boxes_count: int
    total_messages: int
    imported_messages: int
    failed_boxes: tuple[FailedBox, ...]


def _attempts(phrase: str) -> Callable[[Method], Method]:
    """Add to the errors of a method what it attempts; the phrase names its arguments, none of which is a secret."""

    def decorate(method: Method) -> Method:
        signature = inspect.signature(method)

        @functools.wraps(method)
        def attempt(*args: object, **kwargs: object) -> object:
            try:
                return method(*args, **kwargs)
            except PddError as error:
                error.attempt = phrase.format(**signature.bind(*args, **kwargs).arguments)
                raise

        return cast("Method", attempt)

    return decorate


class PddClient:
    """The service, as the administrator of one domain; domain is an A-label."""

    def __init__(self, transport: Transport, domain: str) -> None:
        self.transport = transport
        self.domain = domain

    # Domain

    @_attempts("read the details of the domain {self.domain}")
    def domain_details(self) -> DomainDetails:
        """Return the details of the domain (2.1)."""
        answer = self._read("domain/details", {})
        return DomainDetails(
            status=to_text(answer.get("status")) or None,
            stage=to_text(answer.get("stage")) or None,
            delegated=to_flag(answer.get("delegated")),
            language=to_text(answer.get("country")) or None,
        )

    @_attempts("list the domains")
    def domains(self) -> list[Domain]:
        """Return all domains of the token's owner (2.1)."""
        endpoint = "domain/domains"
        rows, _first = _all_pages(
            lambda page: self.transport.read(endpoint, page),
            on_page=_DOMAINS_ON_PAGE,
            rows=lambda answer: [_domain(row) for row in _objects(answer, "domains", endpoint)],
            key=lambda domain: domain.name,
            count=lambda answer: (to_int(answer.get("total")), None),
        )
        return rows

    @_attempts("set the signature")
    def set_signature(self, signature: str) -> None:
        """Set the signature of all the token owner's domains (2.1)."""
        self.transport.write("domain/settings/setsign", {"signature": signature}, repeatable=True)

    # Mailboxes

    @_attempts("list the mailboxes of {self.domain}")
    def mailboxes(self) -> list[Mailbox]:
        """Return all accounts of the domain, mailing lists among them (2.2)."""
        endpoint = "email/list"
        rows, _first = _all_pages(
            lambda page: self._read(endpoint, page),
            on_page=_MAILBOXES_ON_PAGE,
            rows=lambda answer: [self._mailbox(row) for row in _objects(answer, "accounts", endpoint)],
            key=lambda mailbox: mailbox.uid or mailbox.login,
            count=lambda answer: (to_int(answer.get("total")), to_int(answer.get("pages"))),
        )
        return rows

    @_attempts("create the mailbox {login}")
    def add_mailbox(self, login: str, password: str) -> int | None:
        """Create a mailbox; returns its uid, None if the answer names none (2.2)."""
        return to_int(self._write("email/add", {"login": login, "password": password}).get("uid"))

    @_attempts("change the mailbox {login}")
    def edit_mailbox(self, login: str, properties: Mapping[str, Any]) -> None:
        """Change properties of a mailbox: those of Mailbox, password, hint_answer (2.2)."""
        params = {_EDIT_PARAMS[name]: _edit_value(name, value) for name, value in properties.items()}
        self._write("email/edit", {"login": login, **params}, repeatable=True)

    @_attempts("delete the mailbox {login}")
    def delete_mailbox(self, login: str) -> None:
        """Delete a mailbox and its mail for good (2.2)."""
        self._write("email/del", {"login": login})

    @_attempts("read the counters of {login}")
    def counters(self, login: str) -> Counters:
        """Return the counters of a mailbox; raises account_not_found (2.2)."""
        endpoint = "email/counters"
        counters = self._read(endpoint, {"login": login}).get("counters")
        if not isinstance(counters, dict):
            raise _misshapen(endpoint, "counters")
        unread, new = to_int(counters.get("unread")), to_int(counters.get("new"))
        if unread is None or new is None:
            raise _misshapen(endpoint, "counters")
        return Counters(unread, new)

    # Mailing lists

    @_attempts("list the mailing lists of {self.domain}")
    def maillists(self) -> list[Maillist]:
        """Return all mailing lists of the domain (2.3)."""
        endpoint = "email/ml/list"
        maillists = [
            Maillist(
                address=self._address(row.get("maillist"), endpoint),
                uid=to_int(row.get("uid")),
                subscribers_count=to_int(row.get("cnt")),
            )
            for row in _objects(self._read(endpoint, {}), "maillists", endpoint)
        ]
        return list({maillist.address: maillist for maillist in maillists}.values())

    @_attempts("create the mailing list {maillist}")
    def add_maillist(self, maillist: str) -> int | None:
        """Create a mailing list; returns its uid, None if the answer names none (2.3)."""
        return to_int(self._write("email/ml/add", {"maillist": maillist}).get("uid"))

    @_attempts("delete the mailing list {maillist}")
    def delete_maillist(self, maillist: str) -> None:
        """Delete a mailing list (2.3)."""
        self._write("email/ml/del", {"maillist": maillist})

    @_attempts("list the subscribers of {maillist}")
    def subscribers(self, maillist: str) -> list[str]:
        """Return the addresses subscribed to a list, in the service's order (2.3)."""
        endpoint = "email/ml/subscribers"
        rows = self._read(endpoint, {"maillist": maillist}).get("subscribers")
        if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
            raise _misshapen(endpoint, "subscribers")
        return list(dict.fromkeys(canonical_address(row, self.domain) for row in rows))

    @_attempts("read whether {subscriber} may send on behalf of {maillist}")
    def can_send_on_behalf(self, maillist: str, subscriber: str) -> bool:
        """Tell whether a subscriber may send on behalf of a list (2.3)."""
        endpoint = "email/ml/get_can_send_on_behalf"
        answer = self._read(endpoint, {"maillist": maillist, "subscriber": subscriber})
        flag = to_flag({key.lower(): value for key, value in answer.items()}.get("can_send_on_behalf"))
        if flag is None:
            raise _misshapen(endpoint, "can_send_on_behalf")
        return flag

    @_attempts("subscribe {subscriber} to {maillist}")
    def subscribe(self, maillist: str, subscriber: str, *, can_send_on_behalf: bool | None = None) -> None:
        """Subscribe an address to a list, with or without the right to send on behalf; None leaves it open (2.3)."""
        right = {} if can_send_on_behalf is None else {"can_send_on_behalf": _yes_no(can_send_on_behalf)}
        self._write("email/ml/subscribe", {"maillist": maillist, "subscriber": subscriber, **right})

    @_attempts("unsubscribe {subscriber} from {maillist}")
    def unsubscribe(self, maillist: str, subscriber: str) -> None:
        """Remove an address from a list (2.3)."""
        self._write("email/ml/unsubscribe", {"maillist": maillist, "subscriber": subscriber})

    @_attempts("set whether {subscriber} may send on behalf of {maillist}")
    def set_can_send_on_behalf(self, maillist: str, subscriber: str, *, can_send_on_behalf: bool) -> None:
        """Give a subscriber the right to send on behalf of a list, or take it (2.3)."""
        params = {"maillist": maillist, "subscriber": subscriber, "can_send_on_behalf": _yes_no(can_send_on_behalf)}
        self._write("email/ml/set_can_send_on_behalf", params, repeatable=True)

    # Imports

    @_attempts("reach the source server {source.server}, port {source.port}")
    def check_source(self, source: Source) -> None:
        """Ask the service whether it reaches a source server; raises no_reply (2.4)."""
        self._read("import/check_settings", _settings(source))

    @_attempts("start the import of {box.internal}")
    def start_import(self, source: Source, box: Box) -> None:
        """Start the import of one mailbox, which creates it; raises the code of a box that was not started (2.4).

        The answer echoes passwords, so nothing of it is quoted but its code.
        """
        endpoint = "import/start_one_import"
        login = {"ext-login": box.external_login, "ext-passwd": box.external_password}
        login |= {"int-login": box.internal, "int-passwd": box.internal_password}
        params = {"domain": self.domain, **_settings(source), **login}
        answer = self.transport.write(endpoint, params, fresh=True)
        rows = _objects(answer, "import_list", endpoint)
        started = to_flag(rows[0].get("started")) if rows else None
        if started is None:
            raise _misshapen(endpoint, "import_list")
        if not started:
            secrets = (box.external_password, box.internal_password)
            raise refusal(to_text(rows[0].get("error")) or "unknown", endpoint, 200, secrets)

    @_attempts("stop the imports of {self.domain}")
    def stop_imports(self) -> None:
        """Stop all imports of the domain (2.4)."""
        self._write("import/stop_all_imports", {}, repeatable=True)

    @_attempts("read the state of the imports of {self.domain}")
    def import_task(self) -> ImportTask:
        """Return the state of the domain's imports, with the failed boxes of all pages (2.4)."""
        endpoint = "import/check_imports"

        def task(answer: Mapping[str, Any]) -> dict[str, Any]:
            found = answer.get("import")
            if not isinstance(found, dict):
                raise _misshapen(endpoint, "import")
            return found

        boxes, first = _all_pages(
            lambda page: self._read(endpoint, page),
            on_page=_FAILED_BOXES_ON_PAGE,
            rows=lambda answer: [self._failed_box(row) for row in _objects(task(answer), "failed_boxes", endpoint)],
            key=lambda box: (box.internal, box.external_login),
            count=lambda answer: (
                to_int(task(answer).get("failed_boxes_count")),
                to_int(task(answer).get("failed_boxes_pages")),
            ),
        )
        return _import_task(task(first), boxes)

    # What the methods share

    def _read(self, endpoint: str, params: Mapping[str, str]) -> dict[str, Any]:
        return self.transport.read(endpoint, {"domain": self.domain, **params})

    def _write(self, endpoint: str, params: Mapping[str, str], *, repeatable: bool = False) -> dict[str, Any]:
        return self.transport.write(endpoint, {"domain": self.domain, **params}, repeatable=repeatable)

    def _address(self, value: object, endpoint: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise _misshapen(endpoint, "address")
        return canonical_address(value, self.domain)

    def _mailbox(self, row: Mapping[str, Any]) -> Mailbox:
        aliases = row.get("aliases")
        return Mailbox(
            login=self._address(row.get("login"), "email/list"),
            uid=to_int(row.get("uid")),
            enabled=to_flag(row.get("enabled")) is not False,
            first_name=to_text(row.get("iname")),
            last_name=to_text(row.get("fname")),
            birth_date=to_text(row.get("birth_date")) or None,
            sex=_SEXES.get(to_int(row.get("sex")) or 0, "unset"),
            hint_question=to_text(row.get("hintq")),
            ready=to_flag(row.get("ready")) is True,
            aliases=tuple(canonical_address(alias, self.domain) for alias in aliases if isinstance(alias, str))
            if isinstance(aliases, list)
            else (),
            is_maillist=to_flag(row.get("maillist")) is True,
        )

    def _failed_box(self, row: Mapping[str, Any]) -> FailedBox:
        """Read a failed box; its passwords, if the service sends them, are left out."""
        external = to_text(row.get("external_login"))
        internal = to_text(row.get("internal_login")) or external.partition("@")[0]
        return FailedBox(
            internal=canonical_address(internal, self.domain),
            external_login=external,
            last_error=to_text(row.get("last_error")),
            last_error_count=to_int(row.get("last_error_count")),
            imported_messages=to_int(row.get("imported_mail")),
        )


def _all_pages(
    read: Callable[[Mapping[str, str]], dict[str, Any]],
    *,
    on_page: int,
    rows: Callable[[Mapping[str, Any]], list[Row]],
    key: Callable[[Row], object],
    count: Callable[[Mapping[str, Any]], tuple[int | None, int | None]],
) -> tuple[list[Row], dict[str, Any]]:
    """Read all pages; returns their rows, each key once, and the first answer.

    The end is a page with nothing new, or the service's own count (of rows, of pages) reached: it may cap on_page,
    repeat its last page, or move rows between pages while they are read.
    """
    found: dict[object, Row] = {}
    first: dict[str, Any] = {}
    page = 0
    while True:
        page += 1
        answer = read({"page": str(page), "on_page": str(on_page)})
        first = first or answer
        before = len(found)
        for row in rows(answer):
            found.setdefault(key(row), row)
        total, pages = count(answer)
        complete = total is not None and len(found) >= total and page >= (pages or 0)
        if complete or len(found) == before:
            return list(found.values()), first


def _domain(row: Mapping[str, Any]) -> Domain:
    name = row.get("name")
    if not isinstance(name, str) or not name:
        raise _misshapen("domain/domains", "name")
    aliases = row.get("aliases")
    return Domain(
        name=lenient_domain(name),
        status=to_text(row.get("status")) or None,
        stage=to_text(row.get("stage")) or None,
        delegated=to_flag(row.get("nsdelegated")),
        aliases=tuple(alias for alias in aliases if isinstance(alias, str)) if isinstance(aliases, list) else (),
        master_admin=to_flag(row.get("master_admin")),
        dkim_ready=to_flag(row.get("dkim-ready")),
        mailboxes_count=to_int(row.get("emails-count")),
        mailboxes_limit=to_int(row.get("emails-max-count")),
    )


def _edit_value(name: str, value: object) -> str:
    if name == "sex":
        return next((str(number) for number, sex in _SEXES.items() if sex == value), "0")
    return _yes_no(value) if isinstance(value, bool) else str(value)


def _import_task(task: Mapping[str, Any], boxes: Sequence[FailedBox]) -> ImportTask:
    def number(key: str) -> int:
        return to_int(task.get(key)) or 0

    return ImportTask(
        state=to_text(task.get("state")),
        progress_percent=number("progress_percent"),
        total_boxes=number("total_box_count"),
        done_boxes=number("done_box_count"),
        complete_boxes=number("complete_box_count"),
        failed_boxes_count=max(number("failed_boxes_count"), len(boxes)),
        total_messages=number("total_message_count"),
        imported_messages=number("imported_message_count"),
        failed_boxes=tuple(boxes),
    )


def _settings(source: Source) -> dict[str, str]:
    return {
        "method": source.method,
        "server": source.server,
        "port": str(source.port),
        "ssl": _yes_no(source.ssl),
    }


def _yes_no(flag: bool) -> str:
    return "yes" if flag else "no"


def _objects(answer: Mapping[str, Any], key: str, endpoint: str) -> list[dict[str, Any]]:
    """Return a list of objects in an answer; null is an empty list."""
    rows = answer.get(key)
    if rows is None and key in answer:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _misshapen(endpoint, key)
    return rows


def _misshapen(endpoint: str, key: str) -> PddError:
    """Complain of an answer that says ok but cannot be understood; what a write did is then unknown."""
    message = f"the answer has no readable {key!r}"
    return PddError("bad_answer", message, endpoint=endpoint, http_status=200, outcome_unknown=True)
