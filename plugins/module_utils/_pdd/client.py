# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service's endpoints (docs/api/pdd.md, 2): one method each, typed results, raises ServiceError.

Reads go to the last page. Errors of writes say whether the write may have been applied.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from .._core.attempts import attempts
from .._core.paging import Listing, all_pages
from .._core.remarks import Remarks
from .._core.rows import malformed, objects, strings
from .._core.transport import Transport
from .._core.values import readable, to_flag, to_int, to_string
from .._mail.address import Address
from .._mail.models import Box, Counters, Domain, DomainDetails, ImportStatus, Mailbox, Maillist, Source, Unaddressed
from .._mail.service import Capabilities, CounterService, ImportService, SignatureService
from .codes import refusal
from .rows import SEXES, read_domain, read_failed_box, read_import_status, read_mailbox, read_maillist
from .rules import PddRules

# Several clients asked for 500 and more (docs/api/pdd.md, 1.7); a smaller page in the answer is read correctly, too.
_MAILBOXES_ON_PAGE = 500
_FAILED_BOXES_ON_PAGE = 100
_DOMAINS_ON_PAGE = 20
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
# What an object is called, the most telling first.
_NAMES = ("login", "maillist", "name", "internal_login", "external_login", "domain")
_BROKEN = "The service sent characters that cannot be encoded, replaced here by U+FFFD, in what it says of"

AnyRow = TypeVar("AnyRow", Mailbox, Maillist)


class PddClient(CounterService, SignatureService, ImportService):
    """The service, as the administrator of one domain; domain is in Punycode. remarks: what was odd in its answers."""

    rules = PddRules()
    capabilities = Capabilities(
        can_import=True,
        can_read_signature=False,
        has_counters=True,
        properties=("first_name", "last_name", "birth_date", "sex", "hint_question", "enabled"),
        creation_properties=(),
        has_ready=True,
        disables_before_delete=False,
        lists_maillists_twice=True,
        counts_subscribers=True,
        subscribers_at_once=1,
        resolves_aliases=False,
        has_unaddressed=False,
        hides_permissions=False,
        taken_code="occupied",
        missing_code="account_not_found",
    )

    def __init__(self, transport: Transport, domain: str) -> None:
        self.transport = transport
        self.domain = domain
        self.remarks = Remarks()

    # Domain

    def check_domain(self) -> None:
        """Do nothing: only an answer about the domain shows whether it is the token's."""

    def complete_domain(self, name: str, listed: Domain | None) -> Domain:
        """Complete what the listing says of the domain with its details, which are the ones to believe."""
        details, domain = self.domain_details(), listed or Domain(name)
        return replace(
            domain,
            status=details.status,
            stage=details.stage,
            delegated=domain.delegated if details.delegated is None else details.delegated,
            language=details.language,
        )

    @attempts("read the details of the domain {self.domain}")
    def domain_details(self) -> DomainDetails:
        """Return the details of the domain (2.1)."""
        answer = self._read("domain/details", {})
        return DomainDetails(
            status=to_string(answer.get("status")) or None,
            stage=to_string(answer.get("stage")) or None,
            delegated=to_flag(answer.get("delegated")),
            language=to_string(answer.get("country")) or None,
        )

    @attempts("list the domains")
    def domains(self) -> Listing[Domain]:
        """Return all domains of the token's owner (2.1)."""
        endpoint = "domain/domains"
        rows, _first = all_pages(
            lambda page: self._cleaned(endpoint, self.transport.read(endpoint, _page(page, _DOMAINS_ON_PAGE))),
            endpoint=endpoint,
            of="the domains",
            rows=lambda answer: [read_domain(row) for row in objects(answer, "domains", endpoint)],
            key=lambda domain: domain.name,
            count=lambda answer: (to_int(answer.get("total")), None),
        )
        return rows

    @attempts("set the signature")
    def set_signature(self, signature: str) -> None:
        """Set the signature of all the token owner's domains (2.1)."""
        self.transport.write("domain/settings/setsign", {"signature": signature}, repeatable=True)

    # Mailboxes

    def resolve(self, address: Address) -> Address:
        """Return the same address: the service lists subscribers under all of them."""
        return address

    @attempts("list the mailboxes of {self.domain}")
    def mailboxes(self) -> Listing[Mailbox]:
        """Return all accounts of the domain, mailing lists among them (2.2)."""
        endpoint = "email/list"
        rows, _first = all_pages(
            lambda page: self._read(endpoint, _page(page, _MAILBOXES_ON_PAGE)),
            endpoint=endpoint,
            of=f"the mailboxes and mailing lists of {self.domain}",
            rows=lambda answer: [read_mailbox(row, self.domain) for row in objects(answer, "accounts", endpoint)],
            key=lambda mailbox: (mailbox.uid, mailbox.login),
            count=lambda answer: (to_int(answer.get("total")), to_int(answer.get("pages"))),
        )
        return Listing(self._own(rows, lambda mailbox: mailbox.login), rows.shortage)

    @attempts("create the mailbox {login}")
    def add_mailbox(self, login: Address, password: str, properties: Mapping[str, Any]) -> int | None:
        """Create a mailbox; returns its uid, None if the answer names none (2.2). Properties are set afterwards."""
        return to_int(self._write("email/add", {"login": login, "password": password}).get("uid"))

    @attempts("change the mailbox {login}")
    def edit_mailbox(self, login: Address, properties: Mapping[str, Any]) -> None:
        """Change properties of a mailbox: those of Mailbox, password, hint_answer (2.2)."""
        params = {_EDIT_PARAMS[name]: _edit_value(name, value) for name, value in properties.items()}
        self._write("email/edit", {"login": login, **params}, repeatable=True)

    @attempts("delete the mailbox {login}")
    def delete_mailbox(self, login: Address) -> None:
        """Delete a mailbox and its mail for good (2.2)."""
        self._write("email/del", {"login": login})

    @attempts("read the counters of {login}")
    def counters(self, login: Address) -> Counters:
        """Return the counters of a mailbox; raises account_not_found (2.2)."""
        endpoint = "email/counters"
        counters = self._read(endpoint, {"login": login}).get("counters")
        if not isinstance(counters, dict):
            raise malformed(endpoint, "counters")
        unread, new = to_int(counters.get("unread")), to_int(counters.get("new"))
        if unread is None or new is None:
            raise malformed(endpoint, "counters")
        return Counters(unread, new)

    # Mailing lists

    @attempts("list the mailing lists of {self.domain}")
    def maillists(self) -> list[Maillist]:
        """Return all mailing lists of the domain (2.3)."""
        endpoint = "email/ml/list"
        maillists = [
            read_maillist(row, self.domain) for row in objects(self._read(endpoint, {}), "maillists", endpoint)
        ]
        own = self._own(maillists, lambda maillist: maillist.address)
        return list({maillist.address: maillist for maillist in own}.values())

    @attempts("create the mailing list {maillist}")
    def add_maillist(self, maillist: Address) -> int | None:
        """Create a mailing list; returns its uid, None if the answer names none (2.3)."""
        return to_int(self._write("email/ml/add", {"maillist": maillist}).get("uid"))

    @attempts("delete the mailing list {maillist}")
    def delete_maillist(self, maillist: Address) -> None:
        """Delete a mailing list (2.3)."""
        self._write("email/ml/del", {"maillist": maillist})

    @attempts("list the subscribers of {maillist}")
    def subscribers(self, maillist: Address) -> list[Address]:
        """Return the addresses subscribed to a list, in the service's order (2.3)."""
        endpoint = "email/ml/subscribers"
        rows = strings(self._read(endpoint, {"maillist": maillist}), "subscribers", endpoint)
        return list(dict.fromkeys(Address.parse(row, self.domain) for row in rows))

    def unaddressed(self, maillist: Address) -> Sequence[Unaddressed]:
        """Return nobody: all subscribers have addresses."""
        return ()

    def is_outside(self, address: Address) -> bool:
        """Return that it is not: any address can be subscribed."""
        return False

    def known_others(self, addresses: Collection[Address]) -> set[Address]:
        """Return none: nothing else can be subscribed."""
        return set()

    @attempts("read whether {subscriber} may send on behalf of {maillist}")
    def can_send_on_behalf(self, maillist: Address, subscriber: Address) -> bool:
        """Return whether a subscriber may send on behalf of a list (2.3)."""
        endpoint = "email/ml/get_can_send_on_behalf"
        answer = self._read(endpoint, {"maillist": maillist, "subscriber": subscriber})
        flag = to_flag({key.lower(): value for key, value in answer.items()}.get("can_send_on_behalf"))
        if flag is None:
            raise malformed(endpoint, "can_send_on_behalf")
        return flag

    @attempts("subscribe {subscriber} to {maillist}")
    def subscribe(self, maillist: Address, subscriber: Address, *, can_send_on_behalf: bool | None = None) -> None:
        """Subscribe an address to a list, with or without permission to send on behalf; None leaves it open (2.3)."""
        permission = {} if can_send_on_behalf is None else {"can_send_on_behalf": _yes_no(can_send_on_behalf)}
        self._write("email/ml/subscribe", {"maillist": maillist, "subscriber": subscriber, **permission})

    @attempts("unsubscribe {subscriber} from {maillist}")
    def unsubscribe(self, maillist: Address, subscriber: Address) -> None:
        """Remove an address from a list (2.3)."""
        self._write("email/ml/unsubscribe", {"maillist": maillist, "subscriber": subscriber})

    @attempts("set whether {subscriber} may send on behalf of {maillist}")
    def set_can_send_on_behalf(self, maillist: Address, subscriber: Address, *, can_send_on_behalf: bool) -> None:
        """Give a subscriber permission to send on behalf of a list, or take it (2.3)."""
        params = {"maillist": maillist, "subscriber": subscriber, "can_send_on_behalf": _yes_no(can_send_on_behalf)}
        self._write("email/ml/set_can_send_on_behalf", params, repeatable=True)

    # Imports

    @attempts("reach the source server {source.server}, port {source.port}")
    def check_source(self, source: Source) -> None:
        """Ask the service whether it reaches a source server; raises no_reply (2.4)."""
        self._read("import/check_settings", _settings(source))

    @attempts("start the import of {box.internal}")
    def start_import(self, source: Source, box: Box) -> None:
        """Start the import of one mailbox, which creates it; raises the code of a box that was not started (2.4).

        The answer echoes passwords, so nothing of it is quoted but its code.
        """
        endpoint = "import/start_one_import"
        login = {"ext-login": box.external_login, "ext-passwd": box.external_password}
        login |= {"int-login": box.internal, "int-passwd": box.internal_password}
        params = {"domain": self.domain, **_settings(source), **login}
        answer = self._cleaned(endpoint, self.transport.write(endpoint, params, fresh=True))
        rows = objects(answer, "import_list", endpoint)
        started = to_flag(rows[0].get("started")) if rows else None
        if started is None or not self._is_echo(box.internal, rows[0].get("internal_login")):
            raise malformed(endpoint, "import_list")
        if not started:
            secrets = (box.external_password, box.internal_password)
            raise refusal(to_string(rows[0].get("error")) or "unknown", endpoint, 200, secrets)

    @attempts("stop the imports of {self.domain}")
    def stop_imports(self) -> None:
        """Stop all imports of the domain (2.4)."""
        self._write("import/stop_all_imports", {}, repeatable=True)

    @attempts("read the state of the imports of {self.domain}")
    def import_status(self) -> ImportStatus:
        """Return the state of the domain's imports, with the failed boxes of all pages (2.4)."""
        endpoint = "import/check_imports"

        def find_status(answer: Mapping[str, Any]) -> dict[str, Any]:
            found = answer.get("import")
            if not isinstance(found, dict):
                raise malformed(endpoint, "import")
            return found

        boxes, first = all_pages(
            lambda page: self._read(endpoint, _page(page, _FAILED_BOXES_ON_PAGE)),
            endpoint=endpoint,
            of="the failed mailboxes",
            rows=lambda answer: [
                read_failed_box(row, self.domain) for row in objects(find_status(answer), "failed_boxes", endpoint)
            ],
            key=lambda box: (box.internal, box.external_login),
            count=lambda answer: (
                to_int(find_status(answer).get("failed_boxes_count")),
                to_int(find_status(answer).get("failed_boxes_pages")),
            ),
        )
        return read_import_status(find_status(first), boxes)

    # What the methods share

    def _read(self, endpoint: str, params: Mapping[str, str]) -> dict[str, Any]:
        return self._cleaned(endpoint, self.transport.read(endpoint, {"domain": self.domain, **params}))

    def _write(self, endpoint: str, params: Mapping[str, str], *, repeatable: bool = False) -> dict[str, Any]:
        params = {"domain": self.domain, **params}
        return self._cleaned(endpoint, self.transport.write(endpoint, params, repeatable=repeatable))

    def _cleaned(self, endpoint: str, answer: dict[str, Any]) -> dict[str, Any]:
        """Return an answer that can be written down in any encoding, and note what was not."""
        cleaned: dict[str, Any] = readable(
            answer, lambda name: self.remarks.note(_BROKEN, name), endpoint, names=_NAMES
        )
        return cleaned

    def _own(self, rows: Iterable[AnyRow], address: Callable[[AnyRow], Address]) -> list[AnyRow]:
        """Leave out what is in another domain, as do accounts of alias domains (docs/api/pdd.md, 3.5), and note it."""
        own = []
        for row in rows:
            if address(row).is_in(self.domain):
                own.append(row)
            else:
                self.remarks.note(f"Left out what the service lists, but is not in {self.domain}", address(row))
        return own

    def _is_echo(self, address: Address, echo: object) -> bool:
        """Return whether an answer has the address that was sent, perhaps in an alias domain, or has none."""
        if not isinstance(echo, str) or not echo:
            return True
        return Address.parse(echo, self.domain).local == address.local


def _edit_value(name: str, value: object) -> str:
    if name == "sex":
        return next((str(number) for number, sex in SEXES.items() if sex == value), "0")
    return _yes_no(value) if isinstance(value, bool) else str(value)


def _settings(source: Source) -> dict[str, str]:
    return {
        "method": source.method,
        "server": source.server,
        "port": str(source.port),
        "ssl": _yes_no(source.ssl),
    }


def _page(page: int, on_page: int) -> dict[str, str]:
    return {"page": str(page), "on_page": str(on_page)}


def _yes_no(flag: bool) -> str:
    return "yes" if flag else "no"
