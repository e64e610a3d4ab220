# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ASGI application: routing, the order of checks, answers (docs/api/y360.md, 1)."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

from emulator_common import wire
from emulator_common.faults import Fault
from emulator_common.journal import Journal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from y360_emulator import clock, control, scopes
from y360_emulator.body import parse
from y360_emulator.endpoint import Call, Endpoint
from y360_emulator.endpoints import ENDPOINTS
from y360_emulator.errors import ApiError, Host
from y360_emulator.records import Organization
from y360_emulator.settings import Delete, Settings
from y360_emulator.store import Store, Token

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_THROTTLED = frozenset({"429", "busy", "rate", "rate_limit"})
_RETRY_AFTER = 1
_VENDORS_HOSTS = {host.value: host for host in Host}

_Context = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class _Route:
    """What a path leads to: the endpoints of its methods, one of them if the method is known."""

    host: Host
    methods: Mapping[str, Endpoint]
    endpoint: Endpoint | None
    params: Mapping[str, str]


@dataclass(frozen=True)
class _Exchange:
    """A request as it came in, its ID, and its entry in the journal."""

    request: Request
    content: bytes
    route: _Route
    id: str
    entry: dict[str, Any]


class Api:
    """All paths but those of the test controls."""

    def __init__(self, store: Store, settings: Settings, journal: Journal) -> None:
        self._store = store
        self._settings = settings
        self._journal = journal

    async def answer(self, request: Request) -> Response:
        """Answer a request, and note it in the journal."""
        content = await request.body()
        route = _find(request)
        endpoint = route.endpoint
        name, writes = (endpoint.name, endpoint.writes) if endpoint else ("unknown", False)
        entry = self._journal.begin(
            request,
            writes=writes,
            call=name if endpoint else None,
            params=dict(request.query_params),
            json=_json(content),
            switches=[],
        )
        exchange = _Exchange(request, content, route, str(uuid.uuid4()), entry)
        with self._settings.faults.around(name, writes=writes, now=time.monotonic()) as fault:
            response = await (self._struck(exchange, fault) if fault else self._response(exchange))
            if not isinstance(response, wire.NoAnswer):
                entry["status"] = response.status_code
            await asyncio.sleep(self._settings.latency)
        return response

    async def _struck(self, exchange: _Exchange, fault: Fault) -> Response:
        """Let a fault strike; one that replaces the answer does so before the call is carried out or after."""
        exchange.entry["fault"] = fault.spec
        own = await self._response(exchange) if fault.applied or not fault.replaces_answer else None
        await wire.wait(fault, exchange.request.receive)
        if own and not fault.replaces_answer:
            return own
        return self._replacement(exchange, fault, own)

    def _replacement(self, exchange: _Exchange, fault: Fault, own: Response | None) -> Response:
        if fault.kind in _THROTTLED:
            after = _RETRY_AFTER if fault.retry_after is None else fault.retry_after
            return _error(exchange, ApiError(429), {"Retry-After": str(after)})
        if fault.kind in {"500", "fail_next"}:
            status = getattr(fault, "status", 0) or 500
            return _error(exchange, ApiError(status), {"Retry-After": str(_RETRY_AFTER)} if status == 429 else {})
        kind = {"drop_after_write": "reset", "html_error": "502"}.get(fault.kind, fault.kind)
        return wire.replacement(replace(fault, kind=kind), own)

    async def _response(self, exchange: _Exchange) -> Response:
        endpoint = exchange.route.endpoint
        try:
            answer = self._answer(exchange, endpoint)
        except ApiError as error:
            others = sorted(exchange.route.methods.keys() - {exchange.request.method})
            return _error(exchange, error, {"Allow": ", ".join(others)} if error.status == 405 else {})
        exchange.entry["applied"] = True
        if answer is None:
            return Response(status_code=204, headers=_headers(exchange))
        return JSONResponse(answer, headers=_headers(exchange))

    def _answer(self, exchange: _Exchange, endpoint: Endpoint | None) -> dict[str, Any] | None:
        """Carry a call out. The checks have the order of docs/api/y360.md, 1.4."""
        if not exchange.route.methods:
            raise ApiError(404)
        if endpoint is None:
            raise ApiError(405)
        switches = self._settings.faults.switched(endpoint.name, writes=endpoint.writes)
        exchange.entry["switches"] = [switch.spec for switch in switches.values()]
        self._check_published(endpoint, switches)
        with self._store.transaction():
            token = None if endpoint.public else self._token(exchange.request)
            if token and not scopes.suffice(token.scopes, endpoint.needs):
                raise ApiError(403, "No required scope")
            call = Call(
                exchange.route.params,
                exchange.request.query_params,
                exchange.content,
                exchange.request.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                self._store,
                self._settings,
                switches,
                clock.now(),
                token,
                self._organization(exchange.route, endpoint, token),
            )
            if "no_seats" in switches:
                raise ApiError(403)
            return endpoint.handler(call)

    def _check_published(self, endpoint: Endpoint, switches: Mapping[str, Any]) -> None:
        """Refuse the call that deletes users, if the service shall not have it any more."""
        if "users_delete_missing" in switches:
            raise ApiError(switches["users_delete_missing"].status or 405)
        if endpoint.name == "users/delete" and self._settings.delete is Delete.MISSING:
            raise ApiError(405)

    def _token(self, request: Request) -> Token:
        """Return the token of a request (docs/api/y360.md, 1.2)."""
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        token = self._store.token(text.strip()) if scheme.lower() == "oauth" else None
        if token is None or (token.expires is not None and token.expires <= time.time()):
            raise ApiError(401)
        return token

    def _organization(self, route: _Route, endpoint: Endpoint, token: Token | None) -> Organization | None:
        if token is None or "organization" not in route.params:
            return None
        text = route.params["organization"]
        if not text.isascii() or not text.isdecimal():
            raise ApiError(400)
        organization = self._store.organizations.get(int(text), int(text)) if len(text) < 19 else None
        if organization is None:
            raise ApiError(endpoint.unknown_organization)
        if token.kind == "exchanged" or not (token.organizations is None or organization.id in token.organizations):
            raise ApiError(403)
        if endpoint.owner and token.kind != "owner":
            raise ApiError(403, "Not an owner")
        return organization


def _find(request: Request) -> _Route:
    """Return what the path of a request leads to, on the host that is asked, or on any if it is not the vendor's."""
    path = request.scope["path"]
    asked = _VENDORS_HOSTS.get(request.headers.get("Host", "").partition(":")[0].lower())
    matches = [
        (endpoint, match)
        for endpoint in ENDPOINTS
        if asked in {None, endpoint.host} and (match := endpoint.pattern.fullmatch(path))
    ]
    if not matches:
        guess = Host.CLOUD if path.startswith("/v1/") else Host.API
        return _Route(asked or guess, {}, None, {})
    template = matches[0][0].path
    methods = {endpoint.method: endpoint for endpoint, _match in matches if endpoint.path == template}
    endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
    return _Route(matches[0][0].host, methods, endpoint, matches[0][1].groupdict())


def _error(exchange: _Exchange, error: ApiError, headers: Mapping[str, str]) -> Response:
    body = error.body(exchange.route.host, exchange.id)
    return JSONResponse(body, error.status, {**_headers(exchange), **headers})


def _headers(exchange: _Exchange) -> dict[str, str]:
    names = {Host.API: "X-Request-Id", Host.CLOUD: "Yandex-Cloud-Request-ID"}
    name = names.get(exchange.route.host)
    return {name: exchange.id} if name else {}


def _json(content: bytes) -> Any:
    """Return a body for the journal, None if it is no JSON."""
    try:
        return parse(content)
    except ValueError:
        return None


def create_app(store: Store, settings: Settings, contexts: Sequence[_Context] = ()) -> ASGIApp:
    """Return the emulator as an ASGI application; the contexts are open while it runs."""
    journal = Journal()

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            for context in contexts:
                await stack.enter_async_context(context())
            yield

    routes = [
        Mount("/control", routes=control.Control(store, settings, journal).routes()),
        Route("/{path:path}", Api(store, settings, journal).answer, methods=_METHODS),
    ]
    app = Starlette(routes=routes, exception_handlers=control.REFUSALS, lifespan=lifespan)
    return wire.QuietEnd(app)
