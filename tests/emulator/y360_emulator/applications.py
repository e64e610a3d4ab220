# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service applications, and the tokens of users that they get (docs/api/y360.md, 9)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from y360_emulator import names, scopes
from y360_emulator.endpoint import Answer, Call, Endpoint, reading, writing
from y360_emulator.errors import ApiError, Host, bad, forbidden, grant
from y360_emulator.forms import Forms
from y360_emulator.records import Organization, User
from y360_emulator.store import Token

PATH = "/security/v1/org/{organization}/service_applications"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
SUBJECT_TYPE = "urn:yandex:params:oauth:token-type:"
MOST_APPLICATIONS = 20


def list_applications(call: Call) -> Answer:
    """List the service applications."""
    return {"applications": [*_active(call).applications]}


def set_applications(call: Call) -> Answer:
    """Replace the list of service applications."""
    organization = _active(call)
    applications = [{"id": item.required("id"), "scopes": item.texts("scopes")} for item in _items(call)]
    if len(applications) > MOST_APPLICATIONS or len({item["id"] for item in applications}) < len(applications):
        raise bad()
    call.store.organizations.put(replace(organization, applications=applications))
    return {"applications": applications}


def _items(call: Call) -> Any:
    if "applications" not in call.body:
        raise bad()
    return call.body.objects("applications")


def clear_applications(call: Call) -> Answer:
    """Remove all service applications."""
    call.store.organizations.put(replace(_active(call), applications=[]))
    return {}


def activate(call: Call) -> Answer:
    """Allow service applications."""
    call.store.organizations.put(replace(call.organization, applications_active=True))
    return {}


def deactivate(call: Call) -> Answer:
    """Allow no service applications."""
    call.store.organizations.put(replace(call.organization, applications_active=False))
    return {}


def _active(call: Call) -> Organization:
    if not call.organization.applications_active:
        raise forbidden("feature is not active")
    return call.organization


# Tokens


def exchange(call: Call) -> Answer:
    """Give a service application a token of a user."""
    form = dict(parse_qsl(call.content.decode(errors="replace")))
    if form.get("grant_type") != EXCHANGE:
        raise grant("unsupported_grant_type", "Unsupported grant type")
    client = form.get("client_id", "")
    secret = call.store.secret(client)
    if secret is None or secret != form.get("client_secret"):
        raise grant("invalid_client", "Wrong client secret" if secret is not None else "Client not found")
    user = _subject(call, form)
    granted = _scopes(call, user, client, form)
    token = Token(
        f"2.{user.id}.{secrets.token_hex(8)}.MADEUP",
        "exchanged",
        Forms(call.store, user.organization).email(user),
        granted,
        [user.organization],
        time.time() + call.settings.token_lifetime,
    )
    call.store.put_token(token)
    return {
        "access_token": token.token,
        "expires_in": call.settings.token_lifetime,
        "issued_token_type": ACCESS_TOKEN,
        "scope": " ".join(granted),
        "token_type": "bearer",
    }


def _subject(call: Call, form: Mapping[str, str]) -> User:
    """Return the user whose token is asked for, who has to be able to log in."""
    kind = form.get("subject_token_type", "").removeprefix(SUBJECT_TYPE)
    if kind not in {"email", "uid"}:
        raise grant("invalid_request", "Unknown subject token type")
    subject = form.get("subject_token", "")
    users = [_user(call, organization.id, kind, subject) for organization in call.store.organizations.everywhere()]
    user = next((each for each in users if each), None)
    if user is None or user.is_outside or user.is_dismissed or not user.is_enabled:
        raise grant("invalid_grant", "User not found")
    return user


def _user(call: Call, organization: int, kind: str, subject: str) -> User | None:
    if kind == "uid":
        is_number = subject.isascii() and subject.isdecimal() and len(subject) < 19
        return call.store.users.get(organization, int(subject)) if is_number else None
    owner = names.find(call.store, organization, subject)
    return call.store.users.get(organization, owner.id) if owner and owner.kind == names.USER else None


def _scopes(call: Call, user: User, client: str, form: Mapping[str, str]) -> list[str]:
    """Return the scopes of the application in the user's organization, or those of them that are asked for."""
    organization = call.store.organizations.get(user.organization, user.organization)
    assert organization
    known = {item["id"]: item["scopes"] for item in organization.applications}
    if not organization.applications_active or client not in known:
        raise grant("unauthorized_client", "Unauthorized")
    asked = form.get("scope", "").split()
    if not set(asked) <= set(known[client]):
        raise ApiError(400, "Scope is not allowed", word="invalid_scope")
    return asked or [*known[client]]


_READ = scopes.applications("read")
_WRITE = scopes.applications("write")

ENDPOINTS = [
    reading("service_applications/list", PATH, list_applications, _READ, owner=True),
    writing("service_applications/set", "POST", PATH, set_applications, _WRITE, owner=True),
    writing("service_applications/clear", "DELETE", PATH, clear_applications, _WRITE, owner=True),
    writing("service_applications/activate", "POST", PATH + "/activate", activate, _WRITE, owner=True),
    writing("service_applications/deactivate", "POST", PATH + "/deactivate", deactivate, _WRITE, owner=True),
    Endpoint("token", "POST", "/token", exchange, host=Host.OAUTH, public=True),
]
