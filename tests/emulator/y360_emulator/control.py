# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test-control paths, outside those of the API: chosen for the emulator, without a token, JSON in and out.

    GET    /control/requests       the API requests since the start or the last reset, in the order of arrival: list
                                   of {"method", "path", "call" (as in `--help`, null if there is none), "params" (of
                                   the query), "json" (the body, null if it is no JSON), "query" (raw), "headers"
                                   (names in lower case), "status" (null while it is being answered, and if a fault
                                   left it without an answer), "write", "applied", "fault", "switches"}; "write" is
                                   true for calls that change something, "applied" for a call that was carried out
                                   with success, whatever the client got, "fault" is the spec that struck it or null,
                                   "switches" are the specs of the switches that did
    DELETE /control/requests       resets that list
    GET    /control/faults         [{"spec": string, "struck": how often}] in the order of the specs
    PUT    /control/faults         [spec, ...] instead of the present faults, nothing counted yet; see `--help`
    DELETE /control/faults         no faults any more; what they did not show is shown
    GET    /control/settings       the settings of the next line
    PUT    /control/settings       any of {"latency": seconds, "half_sender": "visible" | "hidden" | "refused",
                                   "delete": "allowed" | "missing", "token_lifetime": seconds}
    PUT    /control/organizations/ID                   {"domains": [main, alias, ...]}, creates the organization
    GET    /control/organizations/ID                   its whole state, see `picture`
    DELETE /control/organizations/ID                   deletes it with everything in it
    PUT    /control/organizations/ID/domains/NAME      any of {"verified", "mx", "spf", "ns" (delegated), "dkim",
                                   "technical": bool (results of checks may be null), "country": string}; the domain
                                   is created if need be
    PUT    /control/organizations/ID/users/USER        any field of `records.User`, for instance "is_robot",
                                   "is_dismissed"; a user of an unknown ID is created: {"outside_email": string} makes
                                   one from outside
    PUT    /control/organizations/ID/groups/GROUP      any of {"type": string, "removed": bool, "members_count": number
                                   or null (the true one)}; a group of an unknown ID is created
    PUT    /control/tokens/TOKEN   any of {"kind": "owner" | "admin", "login": string, "scopes": [string, ...] or null
                                   (all), "organizations": [ID, ...] or null (all), "expires_in": seconds or null}
    DELETE /control/tokens/TOKEN   the token is good no more
    PUT    /control/clients/ID     {"secret": string}: an application that asks for tokens

A PUT or DELETE answers `{}`. What does not exist is answered with 404, what makes no sense with 400, both with
{"error": text}.
"""

from __future__ import annotations

import time
from dataclasses import fields, replace
from typing import Any

from emulator_common import control
from emulator_common.control import changes
from emulator_common.journal import Journal
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from y360_emulator import clock, names, picture, scopes, setup
from y360_emulator.errors import ApiError
from y360_emulator.faults import Faults
from y360_emulator.records import FIRST_USER, Domain, Group, User
from y360_emulator.settings import Delete, HalfSender, Settings
from y360_emulator.store import Name, Store, Token

REFUSALS = {HTTPException: control.refusal, ApiError: control.refusal}

_NULL = type(None)
_DOMAIN_CHANGES: dict[str, type | tuple[type, ...]] = {
    "verified": bool,
    "mx": (bool, _NULL),
    "spf": (bool, _NULL),
    "ns": (bool, _NULL),
    "dkim": (bool, _NULL),
    "technical": bool,
    "country": str,
}
_USER_TYPES = {"str": str, "bool": bool, "int": int}
_USER_CHANGES: dict[str, type | tuple[type, ...]] = {
    field.name: _USER_TYPES.get(str(field.type), list)
    for field in fields(User)
    if field.name not in {"organization", "id"}
}
_GROUP_CHANGES: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "type": str,
    "removed": bool,
    "members_count": (int, _NULL),
}
_TOKEN_CHANGES: dict[str, type | tuple[type, ...]] = {
    "kind": str,
    "login": str,
    "scopes": (list, _NULL),
    "organizations": (list, _NULL),
    "expires_in": (int, float, _NULL),
}
_SETTINGS: dict[str, type | tuple[type, ...]] = {
    "latency": (int, float),
    "half_sender": str,
    "delete": str,
    "token_lifetime": int,
}


class Control(control.Control):
    """The handlers of the test-control paths."""

    def __init__(self, store: Store, settings: Settings, journal: Journal) -> None:
        super().__init__(journal, settings, Faults)
        self._store = store
        self._running = settings

    def routes(self) -> list[Route]:
        """Return the routes, relative to `/control`."""
        organization = "/organizations/{organization:int}"
        return [
            *super().routes(),
            Route("/settings", self._get_settings, methods=["GET"]),
            Route("/settings", self._put_settings, methods=["PUT"]),
            Route(organization, self._get_organization, methods=["GET"]),
            Route(organization, self._put_organization, methods=["PUT"]),
            Route(organization, self._delete_organization, methods=["DELETE"]),
            Route(organization + "/domains/{domain}", self._put_domain, methods=["PUT"]),
            Route(organization + "/users/{user:int}", self._put_user, methods=["PUT"]),
            Route(organization + "/groups/{group:int}", self._put_group, methods=["PUT"]),
            Route("/tokens/{token}", self._put_token, methods=["PUT"]),
            Route("/tokens/{token}", self._delete_token, methods=["DELETE"]),
            Route("/clients/{client}", self._put_client, methods=["PUT"]),
        ]

    async def _get_settings(self, _request: Request) -> Response:
        running = self._running
        return JSONResponse(
            {
                "latency": running.latency,
                "half_sender": running.half_sender.value,
                "delete": running.delete.value,
                "token_lifetime": running.token_lifetime,
            }
        )

    async def _put_settings(self, request: Request) -> Response:
        desired = await changes(request, _SETTINGS)
        running = self._running
        latency = desired.get("latency", running.latency)
        if not 0 <= latency < float("inf"):
            raise HTTPException(400, "no such time")
        try:
            running.half_sender = HalfSender(desired.get("half_sender", running.half_sender))
            running.delete = Delete(desired.get("delete", running.delete))
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        running.latency = latency
        running.token_lifetime = desired.get("token_lifetime", running.token_lifetime)
        return JSONResponse({})

    async def _get_organization(self, request: Request) -> Response:
        return JSONResponse(picture.of(self._store, self._organization(request)))

    async def _put_organization(self, request: Request) -> Response:
        domains = (await changes(request, {"domains": list})).get("domains", [])
        spec = ":".join([str(request.path_params["organization"]), *map(str, domains)])
        try:
            with self._store.transaction():
                setup.add_organization(self._store, *setup.organization(spec))
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        return JSONResponse({})

    async def _delete_organization(self, request: Request) -> Response:
        with self._store.transaction():
            self._store.forget_organization(self._organization(request))
        return JSONResponse({})

    async def _put_domain(self, request: Request) -> Response:
        desired = await changes(request, _DOMAIN_CHANGES)
        organization = self._organization(request)
        name = names.domain_name(request.path_params["domain"])
        now = clock.now()
        domain = self._store.domains.get(organization, name) or Domain(organization, name, now, now)
        self._store.domains.put(replace(domain, **desired))
        return JSONResponse({})

    async def _put_user(self, request: Request) -> Response:
        desired = await changes(request, _USER_CHANGES)
        organization, number = self._organization(request), request.path_params["user"]
        now = clock.now()
        nickname = f"user{number}"
        with self._store.transaction():
            user = self._store.users.get(organization, number)
            if user is None:
                user = User(organization, number, desired.get("nickname", nickname), now, now)
                if number > FIRST_USER:
                    self._store.take_name(organization, user.nickname, Name(names.USER, number))
                    self._store.skip_to(0, "user", number - FIRST_USER)
            self._store.users.put(replace(user, **desired))
        return JSONResponse({})

    async def _put_group(self, request: Request) -> Response:
        desired = await changes(request, _GROUP_CHANGES)
        organization, number = self._organization(request), request.path_params["group"]
        with self._store.transaction():
            group = self._store.groups.get(organization, number)
            if group is None:
                group = Group(organization, number, f"Group {number}", clock.now())
                self._store.skip_to(organization, "group", number)
            self._store.groups.put(replace(group, **desired))
        return JSONResponse({})

    async def _put_token(self, request: Request) -> Response:
        desired = await changes(request, _TOKEN_CHANGES)
        text = request.path_params["token"]
        present = self._store.token(text) or Token(text, "owner", "admin@yandex.example", scopes.ALL, None, None)
        if desired.get("kind", present.kind) not in {"owner", "admin", "exchanged"}:
            raise HTTPException(400, "no such kind")
        values: dict[str, Any] = {key: desired[key] for key in ("kind", "login", "organizations") if key in desired}
        if "scopes" in desired:
            values["scopes"] = scopes.ALL if desired["scopes"] is None else desired["scopes"]
        if "expires_in" in desired:
            seconds = desired["expires_in"]
            values["expires"] = None if seconds is None else time.time() + seconds
        self._store.put_token(present._replace(**values))
        return JSONResponse({})

    async def _delete_token(self, request: Request) -> Response:
        self._store.delete_token(request.path_params["token"])
        return JSONResponse({})

    async def _put_client(self, request: Request) -> Response:
        secret = (await changes(request, {"secret": str})).get("secret", "")
        self._store.put_client(request.path_params["client"], secret)
        return JSONResponse({})

    def _organization(self, request: Request) -> int:
        number: int = request.path_params["organization"]
        if self._store.organizations.get(number, number) is None:
            raise HTTPException(404, "no such organization")
        return number
