# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls for one organization: paths, pages, and why a call is forbidden (docs/api/y360.md, 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from .._core.errors import ServiceError
from .._core.paging import MOST_PAGES, Listing, all_pages, endless
from .._core.remarks import Remarks
from .._core.rows import objects
from .._core.show import show_names
from .._core.transport import Transport
from .._core.values import readable, to_int, to_string
from .codes import FORBIDDEN
from .once import Once
from .scopes import missing_scopes

USERS_ON_PAGE = GROUPS_ON_PAGE = 1000
OTHERS_ON_PAGE = 100
# What an object is called, the most telling first.
_NAMES = ("email", "nickname", "label", "name", "id")
_BROKEN = "The service sent characters that cannot be encoded, replaced here by U+FFFD, in what it says of"
_ORGANIZATIONS = "directory/v1/org"
_ADD_SCOPE = "Add it to the application of the token, and get a new token."

Row = TypeVar("Row")


class Api:
    """What the methods of the client share; usable from many threads. organization: None until it is known."""

    def __init__(self, transport: Transport, remarks: Remarks, organization: int | None = None) -> None:
        self.transport = transport
        self.organization = organization
        self._remarks = remarks
        self._owner = Once(lambda: transport.read("whoami", {}))

    def directory(self, path: str, *, version: int = 1) -> str:
        """Return an endpoint of the directory on the first host."""
        return f"{_ORGANIZATIONS.replace('v1', f'v{version}')}/{self.organization}/{path}"

    def read(self, endpoint: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a read, and return its answer."""
        return self._explained("GET", endpoint, lambda: self.transport.read(endpoint, params or {}))

    def write(
        self, method: str, endpoint: str, body: Mapping[str, Any] | None = None, *, repeatable: bool = False
    ) -> dict[str, Any]:
        """Send a write, and return its answer; it is repeatable as Transport.write() says."""
        return self._explained(
            method,
            endpoint,
            lambda: self.transport.write(endpoint, body or {}, method=method, repeatable=repeatable),
        )

    def pages(
        self,
        endpoint: str,
        key: str,
        read_row: Callable[[Mapping[str, Any]], Row],
        *,
        of: str,
        size: int,
        identify: Callable[[Row], object],
    ) -> Listing[Row]:
        """Return all rows of a listing with numbered pages, as the first host has them."""
        rows, _first = all_pages(
            lambda page: self.read(endpoint, {"page": str(page), "perPage": str(size)}),
            endpoint=endpoint,
            of=of,
            rows=lambda answer: [read_row(row) for row in objects(answer, key, endpoint)],
            key=identify,
            count=lambda answer: (to_int(answer.get("total")), to_int(answer.get("pages"))),
        )
        return rows

    def offsets(
        self,
        endpoint: str,
        read_row: Callable[[Mapping[str, Any]], Row],
        *,
        of: str,
        size: int,
        identify: Callable[[Row], object],
    ) -> Listing[Row]:
        """Return all rows of a listing with offsets, as the second host has them. It may lower the size of pages."""
        step = size

        def read(page: int) -> dict[str, Any]:
            nonlocal step
            answer = self.read(endpoint, {"limit": str(step), "offset": str((page - 1) * step)})
            limit = to_int(answer.get("limit")) or step
            step = limit if page == 1 and limit < step else step
            return answer

        rows, _first = all_pages(
            read,
            endpoint=endpoint,
            of=of,
            rows=lambda answer: [read_row(row) for row in objects(answer, "items", endpoint)],
            key=identify,
            count=lambda answer: (to_int(answer.get("total")), None),
        )
        return rows

    def find_organization(self) -> int:
        """Return the ID of the only organization of the token. Raises ServiceError if there is none, or are several."""
        found: dict[int, str] = {}
        token = ""
        for _page in range(MOST_PAGES):
            params = {"pageSize": str(OTHERS_ON_PAGE), **({"pageToken": token} if token else {})}
            answer = self.read(_ORGANIZATIONS, params)
            ids = {
                to_int(row.get("id")): to_string(row.get("name"))
                for row in objects(answer, "organizations", _ORGANIZATIONS)
            }
            found.update({number: name for number, name in ids.items() if number is not None})
            token = to_string(answer.get("nextPageToken"))
            if not token:
                return _only(found)
        raise endless(_ORGANIZATIONS)

    def _explained(self, method: str, endpoint: str, send: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self._require_scopes(method, endpoint)
        try:
            answer = send()
        except ServiceError as error:
            raise (self._explain(method, endpoint, error) if error.code == FORBIDDEN else error) from None
        cleaned: dict[str, Any] = readable(
            answer, lambda name: self._remarks.note(_BROKEN, name), endpoint, names=_NAMES
        )
        return cleaned

    def _require_scopes(self, method: str, endpoint: str) -> None:
        """Raise for a call that the service would forbid, if it has been asked what the token may do."""
        missing = _find_missing(self._owner.peek() or {}, method, endpoint)
        if missing:
            message = f"not sent, because the token lacks the scope {missing}"
            raise ServiceError(FORBIDDEN, message, endpoint=endpoint, advice=_ADD_SCOPE)

    def _explain(self, method: str, endpoint: str, error: ServiceError) -> ServiceError:
        """Return what a refusal means that has no reason: the service says what the token may do, if it is asked."""
        try:
            owner = self._owner.get()
        except ServiceError:
            return error
        missing, organizations = _find_missing(owner, method, endpoint), owner.get("orgIds")
        if missing:
            message = f"{error.message}; the token lacks the scope {missing}"
            return replace(error, message=message, advice=_ADD_SCOPE)
        known = list(map(str, organizations)) if isinstance(organizations, list) else []
        if known and self.organization is not None and str(self.organization) not in known:
            message = (
                f"{error.message}; the token is not for the organization {self.organization}, but {show_names(known)}"
            )
            return replace(error, message=message, advice="Check the options organization and token.")
        return error


def _find_missing(owner: Mapping[str, Any], method: str, endpoint: str) -> str:
    """Return the scopes that a call needs and the token lacks, as far as that is known."""
    scopes = owner.get("scopes")
    return " and ".join(missing_scopes(method, endpoint, set(map(str, scopes)))) if isinstance(scopes, list) else ""


def _only(organizations: Mapping[int, str]) -> int:
    if len(organizations) == 1:
        return next(iter(organizations))
    count = f"{len(organizations)} organizations" if organizations else "no organization"
    names = f" ({show_names(f'{number} {name}'.rstrip() for number, name in organizations.items())})"
    raise ServiceError(
        "not_found",
        f"the token administers {count}{names if organizations else ''}",
        advice="Give the option organization or the environment variable Y360_ORGANIZATION.",
    )
