# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test-control paths that all emulators have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator_common.faults import Faults
from emulator_common.journal import Journal


class HasFaults(Protocol):
    """The settings of an emulator, of which this file knows the faults."""

    faults: Any


class Control:
    """The handlers of the paths about requests and faults."""

    def __init__(self, journal: Journal, settings: HasFaults, faults_type: type[Faults]) -> None:
        self._journal = journal
        self._settings = settings
        self._faults_type = faults_type

    def routes(self) -> list[Route]:
        """Return the routes, relative to `/control`."""
        return [
            Route("/requests", self._requests, methods=["GET"]),
            Route("/requests", self._reset_requests, methods=["DELETE"]),
            Route("/faults", self._faults, methods=["GET"]),
            Route("/faults", self._put_faults, methods=["PUT"]),
            Route("/faults", self._delete_faults, methods=["DELETE"]),
        ]

    async def _requests(self, _request: Request) -> Response:
        return JSONResponse(self._journal.entries)

    async def _reset_requests(self, _request: Request) -> Response:
        self._journal.entries.clear()
        return JSONResponse({})

    async def _faults(self, _request: Request) -> Response:
        return JSONResponse(self._settings.faults.report())

    async def _put_faults(self, request: Request) -> Response:
        specs = await body(request)
        if not isinstance(specs, list) or not all(isinstance(spec, str) for spec in specs):
            raise HTTPException(400, "no JSON list of texts")
        try:
            self._settings.faults = self._faults_type(specs, self._settings.faults.seed)
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
        return JSONResponse({})

    async def _delete_faults(self, _request: Request) -> Response:
        self._settings.faults = self._faults_type(seed=self._settings.faults.seed)
        return JSONResponse({})


async def refusal(_request: Request, error: Exception) -> Response:
    """Answer an exception that a handler raised on purpose."""
    if isinstance(error, HTTPException):
        return JSONResponse({"error": error.detail}, error.status_code)
    return JSONResponse({"error": str(error)}, 404)


async def changes(request: Request, types: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """Read the body: an object with some of the given keys, of the given types."""
    content = await body(request)
    if not isinstance(content, dict):
        raise HTTPException(400, "no JSON object")
    for key, value in content.items():
        if key not in types or not isinstance(value, types[key]):
            raise HTTPException(400, f"{key}: unknown or of a wrong type")
    return content


async def body(request: Request) -> Any:
    """Read the body as JSON."""
    try:
        return json.loads(await request.body())
    except ValueError:
        raise HTTPException(400, "no JSON") from None
