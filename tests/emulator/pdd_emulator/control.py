# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test-control paths, outside `/api2/`: chosen for the emulator, without a token, JSON in and out.

    GET    /control/requests       the API requests since the start or the last reset, in the order of arrival: list
                                   of {"method", "path", "params" (merged), "files" ({name: {"type", "size"}}), "query"
                                   (raw query string), "headers" (names in lower case), "status" (null while it is
                                   being answered, and if a fault left it without an answer), "write", "applied",
                                   "fault"}; "write" is true for endpoints that change something, whatever the method,
                                   "applied" for a call that was carried out with success, whatever the client got,
                                   "fault" the spec that struck it or null
    DELETE /control/requests       resets that list
    GET    /control/signatures     {token: signature}, for the tokens that have set one
    GET    /control/domains/DOMAIN {"mailboxes": {address: {...}}, "maillists": {address: {subscriber's address: may
                                   send on behalf (bool)}}}
    PUT    /control/domains/DOMAIN any of these; a new domain is created, a verified one unless a status is given:
                                   "status": "domain-activate" | "mx-activate" | "added"
                                   "check_results": what domain/registration_status shows, as documented; until a
                                   status is set, from then on it follows from the status again
                                   "blocked": bool
                                   "owner": "account" (default), "other" (another user's: domain/register answers
                                   `occupied`), "nobody" (may be registered)
                                   "master_admin": bool, whether the callers are the main administrator (default), or
                                   may manage mailboxes only
                                   "delegated": bool, to the service's name servers
                                   "dkim_published": bool, whether the domain's owner put dkim/enable's record into DNS
                                   "aliases": [name, ...], only shown
    GET    /control/domains/DOMAIN/logo                the image itself
    GET    /control/domains/DOMAIN/messages/LOGIN      [{"subject", "seen"}] of a mailbox in the order of copying
    GET    /control/domains/DOMAIN/password?login=     {"password": string} of a mailbox
    PUT    /control/domains/DOMAIN/mailboxes/LOGIN     {"blocked": bool, "ready": bool, "aliases": [LOGIN, ...]}, any of
                                   them; blocked is by the service, as in `user_blocked`; aliases are only shown
    PUT    /control/domains/DOMAIN/failed_boxes/LOGIN  {"last_error": string}: makes the box of that internal login in
                                   the current import a failed one; mailbox, box and import are added if need be
    PUT    /control/era            {"era": "2017" | "2021" | "strings"}
    PUT    /control/latency        {"latency": seconds, "import_latency": seconds}, either or both
    GET    /control/faults         [{"spec": string, "struck": how often}] in the order of the specs
    PUT    /control/faults         [spec, ...] instead of the present faults, nothing counted yet; see `faults`
    DELETE /control/faults         no faults any more; what they made invisible is seen

LOGIN is `name` or `name@domain`. A PUT or DELETE answers `{}`. What does not exist is answered with 404, what makes no
sense with 400, both with {"error": text}.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from emulator_common import control
from emulator_common.control import changes as changes_of
from emulator_common.journal import Journal
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pdd_emulator import forms, rules
from pdd_emulator.faults import Faults
from pdd_emulator.importer import Importer
from pdd_emulator.rules import ApiError, SourceServer
from pdd_emulator.settings import Era, Settings
from pdd_emulator.store import OWNERS, Account, Domain, Store

_DOMAIN_CHANGES: dict[str, type] = {
    "status": str,
    "check_results": str,
    "blocked": bool,
    "owner": str,
    "master_admin": bool,
    "delegated": bool,
    "dkim_published": bool,
    "aliases": list,
}
_MADE_UP_SERVER = SourceServer("imap", "old.example.test", 143, ssl=False)


class Control(control.Control):
    """The handlers of the test-control paths."""

    def __init__(self, store: Store, importer: Importer, settings: Settings, journal: Journal) -> None:
        super().__init__(journal, settings, Faults)
        self._store = store
        self._importer = importer
        self._running = settings

    def routes(self) -> list[Route]:
        """Return the routes, relative to `/control`."""
        return [
            *super().routes(),
            Route("/signatures", self._signatures, methods=["GET"]),
            Route("/domains/{domain}", self._picture, methods=["GET"]),
            Route("/domains/{domain}", self._put_domain, methods=["PUT"]),
            Route("/domains/{domain}/logo", self._logo, methods=["GET"]),
            Route("/domains/{domain}/messages/{login}", self._messages, methods=["GET"]),
            Route("/domains/{domain}/password", self._password, methods=["GET"]),
            Route("/domains/{domain}/mailboxes/{login}", self._put_mailbox, methods=["PUT"]),
            Route("/domains/{domain}/failed_boxes/{login}", self._put_failed_box, methods=["PUT"]),
            Route("/era", self._put_era, methods=["PUT"]),
            Route("/latency", self._put_latency, methods=["PUT"]),
        ]

    async def _signatures(self, _request: Request) -> Response:
        return JSONResponse(self._store.signatures())

    async def _picture(self, request: Request) -> Response:
        accounts = self._store.accounts(self._domain(request).name)
        return JSONResponse(
            {
                "mailboxes": {item.address: self._mailbox_picture(item) for item in accounts if not item.maillist},
                "maillists": {item.address: self._subscriber_picture(item) for item in accounts if item.maillist},
            }
        )

    def _mailbox_picture(self, mailbox: Account) -> dict[str, Any]:
        unread, messages = self._store.count_messages(mailbox.uid)
        return {
            **forms.account(mailbox),
            "hinta": mailbox.hinta,
            "password": mailbox.password,
            "blocked": mailbox.blocked,
            "messages": messages,
            "unread": unread,
        }

    def _subscriber_picture(self, maillist: Account) -> dict[str, bool]:
        return {subscriber.address: allowed for subscriber, allowed in self._store.subscribers(maillist.uid)}

    async def _put_domain(self, request: Request) -> Response:
        changes = _checked_domain(await changes_of(request, _DOMAIN_CHANGES))
        with self._store.transaction():
            self._store.add_domain(_domain_name(request))
            domain = self._domain(request)
            published = changes.pop("dkim_published", domain.dkim.published)
            self._store.save_domain(replace(domain, dkim=replace(domain.dkim, published=published), **changes))
        return JSONResponse({})

    async def _logo(self, request: Request) -> Response:
        logo = self._store.logo(self._domain(request).name)
        if logo is None:
            raise HTTPException(404, "no logo")
        return Response(logo.content, media_type=logo.media_type)

    async def _messages(self, request: Request) -> Response:
        mailbox = self._mailbox(request, request.path_params["login"])
        messages = self._store.messages(mailbox.uid)
        return JSONResponse([{"subject": message.subject, "seen": message.seen} for message in messages])

    async def _password(self, request: Request) -> Response:
        mailbox = self._mailbox(request, request.query_params.get("login", ""))
        return JSONResponse({"password": mailbox.password})

    async def _put_mailbox(self, request: Request) -> Response:
        changes = await changes_of(request, {"blocked": bool, "ready": bool, "aliases": list})
        mailbox = self._mailbox(request, request.path_params["login"])
        if "aliases" in changes:
            changes["aliases"] = _checked(changes["aliases"], lambda text: rules.alias(text, mailbox.domain))
        self._store.save_account(replace(mailbox, **changes))
        return JSONResponse({})

    async def _put_failed_box(self, request: Request) -> Response:
        error = (await changes_of(request, {"last_error": str})).get("last_error", "")
        with self._store.transaction():
            domain = self._domain(request).name
            login = rules.existing_name(request.path_params["login"], domain)
            box_id = self._box(domain, login)
            self._importer.stop([box_id])
            self._store.fail_import_box(box_id, error)
        return JSONResponse({})

    def _box(self, domain: str, login: str) -> int:
        """Return the box of an internal login in the current import, made up if it is missing."""
        for box in self._store.import_boxes(domain):
            if box.internal_login == login:
                return box.id
        if self._store.import_task(domain) is None:
            self._store.begin_import_task(domain, _MADE_UP_SERVER)
        mailbox = self._store.account(domain, login)
        return self._store.put_import_box(
            domain,
            mailbox=mailbox.uid if mailbox else self._store.add_account(domain, login, maillist=False),
            server=_MADE_UP_SERVER,
            external_login=login,
            external_password="",
            internal_login=login,
        )

    async def _put_era(self, request: Request) -> Response:
        changes = await changes_of(request, {"era": str})
        try:
            self._running.era = Era(changes.get("era"))
        except ValueError:
            raise HTTPException(400, "no such era") from None
        return JSONResponse({})

    async def _put_latency(self, request: Request) -> Response:
        changes = await changes_of(request, {"latency": (int, float), "import_latency": (int, float)})
        if any(not 0 <= seconds < float("inf") for seconds in changes.values()):
            raise HTTPException(400, "no such time")
        self._running.latency = changes.get("latency", self._running.latency)
        self._running.import_latency = changes.get("import_latency", self._running.import_latency)
        return JSONResponse({})

    def _domain(self, request: Request) -> Domain:
        domain = self._store.domain(_domain_name(request))
        if domain is None:
            raise HTTPException(404, "no such domain")
        return domain

    def _mailbox(self, request: Request, login: str) -> Account:
        domain = self._domain(request).name
        mailbox = self._store.account(domain, rules.existing_name(login, domain))
        if mailbox is None or mailbox.maillist:
            raise HTTPException(404, "no such mailbox")
        return mailbox


REFUSALS = {HTTPException: control.refusal, ApiError: control.refusal}


def _domain_name(request: Request) -> str:
    return rules.a_label(request.path_params["domain"])


def _checked_domain(changes: dict[str, Any]) -> dict[str, Any]:
    """Check the values of the changes of a domain."""
    if changes.get("status", "added") not in forms.STAGES:
        raise HTTPException(400, "no such status")
    if changes.get("owner", "account") not in OWNERS:
        raise HTTPException(400, "no such owner")
    if changes.get("check_results", "ok") not in rules.CHECK_RESULTS:
        raise HTTPException(400, "no such results")
    aliases = {"aliases": _checked(changes["aliases"], rules.a_label)} if "aliases" in changes else {}
    anew = {"check_results": None} if "status" in changes else {}
    return {**anew, **changes, **aliases}


def _checked(texts: list[Any], check: Callable[[str], str]) -> tuple[str, ...]:
    """Return the strings of a list in the form that a rule gives them."""
    if not all(isinstance(text, str) for text in texts):
        raise HTTPException(400, "no list of strings")
    try:
        return tuple(check(text) for text in texts)
    except ApiError as error:
        raise HTTPException(400, str(error)) from None
