# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: routing, parameters, authentication, envelope (docs/api/pdd.md, 1.1 to 1.4, 3.1)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from itertools import count
from typing import Any

from emulator_common import wire
from emulator_common.faults import Fault
from emulator_common.journal import Journal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from pdd_emulator import (
    control,
    deputies,
    dkim,
    domains,
    forms,
    imports,
    logos,
    mailboxes,
    maillists,
    parameters,
    registration,
    rules,
    slashes,
)
from pdd_emulator.endpoint import Call, DomainUse, Endpoint
from pdd_emulator.forms import Answer
from pdd_emulator.importer import Importer
from pdd_emulator.parameters import Upload
from pdd_emulator.rules import ApiError
from pdd_emulator.settings import Era, Settings
from pdd_emulator.store import Domain, Store

ENDPOINTS = (
    domains.ENDPOINTS
    | registration.ENDPOINTS
    | logos.ENDPOINTS
    | dkim.ENDPOINTS
    | deputies.ENDPOINTS
    | mailboxes.ENDPOINTS
    | maillists.ENDPOINTS
    | imports.ENDPOINTS
)
TREES = frozenset({"admin", "registrar"})

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True)
class _Exchange:
    """An API request as it came in, its entry in the journal, and the fault that strikes it."""

    request: Request
    tree: str
    params: Mapping[str, str]
    uploads: Mapping[str, Upload]
    entry: dict[str, Any]
    fault: Fault | None


class Api:
    """The paths under `/api2/`."""

    def __init__(self, store: Store, importer: Importer, settings: Settings, journal: Journal) -> None:
        self._store = store
        self._importer = importer
        self._settings = settings
        self._journal = journal
        self._turns = count()

    async def answer(self, request: Request) -> Response:
        """Answer a request, and note it in the journal."""
        tree, _slash, action = request.path_params["path"].partition("/")
        endpoint = ENDPOINTS.get(action) if tree in TREES else None
        params = await parameters.merged(request)
        writes = endpoint is not None and endpoint.writes
        entry = self._journal.begin(request, writes=writes, params=params.texts, files=params.files)
        with self._settings.faults.around(action, writes=writes, now=time.monotonic()) as fault:
            exchange = _Exchange(request, tree, params.texts, params.uploads, entry, fault)
            response = await (self._struck(exchange, endpoint, fault) if fault else self._response(exchange, endpoint))
            if not isinstance(response, wire.NoAnswer):
                entry["status"] = response.status_code
                response.headers.update(self._connection_headers(request))
            await asyncio.sleep(self._settings.latency)
        return response

    async def _struck(self, exchange: _Exchange, endpoint: Endpoint | None, fault: Fault) -> Response:
        """Let a fault strike; one that replaces the answer does so before the call is carried out or after."""
        exchange.entry["fault"] = fault.spec
        carried_out = fault.applied or not fault.replaces_answer
        own = await self._response(exchange, endpoint) if carried_out else None
        await wire.wait(fault, exchange.request.receive)
        return own if own and not fault.replaces_answer else wire.replacement(fault, own)

    async def _response(self, exchange: _Exchange, endpoint: Endpoint | None) -> Response:
        if endpoint is None:
            return PlainTextResponse("Not Found", 404)
        methods = self._methods(endpoint)
        if exchange.request.method not in methods:
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": ", ".join(methods)})
        answer = await self._envelope(exchange, endpoint)
        era = self._settings.era
        body = forms.body(answer, era, next(self._turns))
        return (wire.Chunked if forms.is_chunked(body) else Response)(body, headers=forms.headers(era))

    def _methods(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Return the methods that an endpoint takes: the documented ones only, if that is to be enforced."""
        return endpoint.methods if self._settings.strict_methods else ("GET", "POST")

    def _connection_headers(self, request: Request) -> dict[str, str]:
        """Return the headers about the connection, none if it is closed: the server then adds its own."""
        ends = "close" in request.headers.get("Connection", "").lower() or request.scope["http_version"] == "1.0"
        return {} if ends else forms.connection_headers(self._settings.era)

    async def _envelope(self, exchange: _Exchange, endpoint: Endpoint) -> Answer:
        params, fault = exchange.params, exchange.fault
        has_domain = endpoint.domain is not DomainUse.NONE and "domain" in params
        echo = {"domain": params["domain"]} if has_domain else {}
        try:
            answer = await self._operate(exchange, endpoint)
        except ApiError as error:
            return {**echo, "success": "error", "error": error.code}
        exchange.entry["applied"] = True
        if fault and fault.kind == "unknown":
            return {**echo, "success": "error", "error": "unknown"}
        if fault and fault.kind == "invisible":
            self._settings.faults.hide(answer["uid"], time.monotonic() + fault.seconds)
        return {**echo, **answer, "success": "ok"}

    async def _operate(self, exchange: _Exchange, endpoint: Endpoint) -> Answer:
        params, fault = exchange.params, exchange.fault
        if self._settings.lenient:
            params = rules.lenient(params)
        if fault and fault.kind == "unknown" and not fault.applied:
            raise ApiError("unknown")
        with self._store.transaction():
            token = self._authenticated(exchange.request, exchange.tree, params)
            if endpoint.admin_only and exchange.tree == "registrar":
                raise ApiError("not_allowed")
            call = Call(
                params,
                token,
                self._store,
                self._importer,
                self._settings,
                exchange.uploads,
                self._own_domain(params) if endpoint.domain is DomainUse.OWN else None,
                hidden=self._settings.faults.hidden(time.monotonic()),
                drop=fault.drop if fault else 0,
            )
            answer = endpoint.handler(call)
        return await answer if isawaitable(answer) else answer

    def _authenticated(self, request: Request, tree: str, params: Mapping[str, str]) -> str:
        """Return the PDD token of a request that has all it needs (docs/api/pdd.md, 1.2)."""
        token = request.headers.get("PddToken") or params.get("token")
        if not token:
            raise ApiError("no_auth")
        if not self._store.knows_token(token):
            raise ApiError("bad_token")
        if tree == "registrar":
            self._check_oauth(request.headers.get("Authorization"))
        return token

    def _check_oauth(self, authorization: str | None) -> None:
        if not authorization:
            raise ApiError("no_auth")
        scheme, _space, token = authorization.partition(" ")
        if scheme.lower() != "oauth" or not self._store.knows_oauth_token(token.strip()):
            raise ApiError("bad_oauth")

    def _own_domain(self, params: Mapping[str, str]) -> Domain:
        domain = self._store.domain(rules.a_label(rules.required(params, "domain")))
        if domain is None or domain.owner != "account":
            raise ApiError("no_such_domain" if self._settings.era is Era.Y2021 else "not_allowed")
        if domain.blocked:
            raise ApiError("blocked")
        return domain


def create_app(store: Store, settings: Settings) -> ASGIApp:
    """Return the emulator as an ASGI application. Unfinished imports of the state go on when it starts."""
    importer = Importer(store, settings)
    journal = Journal()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        importer.start(store.unfinished_import_boxes())
        yield
        importer.stop_all()

    api = Api(store, importer, settings, journal)
    routes = [
        Route("/api2/{path:path}", api.answer, methods=_METHODS),
        Mount("/control", routes=control.Control(store, importer, settings, journal).routes()),
    ]
    app = Starlette(routes=routes, exception_handlers=control.REFUSALS, lifespan=lifespan)
    return wire.QuietEnd(slashes.MergedSlashes(app))
