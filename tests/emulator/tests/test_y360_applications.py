# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service applications and their tokens (docs/api/y360.md, 9)."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from y360_emulator.testing import DIRECTORY, Api

APPLICATIONS = "/security/v1/org/{o}/service_applications"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPE = "urn:yandex:params:oauth:token-type:"
APPLICATION: dict[str, Any] = {"id": "made-up-client", "scopes": ["mail:imap_full", "directory:read_users"]}


@pytest.fixture
def registered(org: Api) -> Api:
    """Return a client of an organization with a service application."""
    org.control_put("/clients/made-up-client", {"secret": "made-up-secret"})
    org.ok("POST", f"{APPLICATIONS}/activate")
    org.ok("POST", APPLICATIONS, {"applications": [APPLICATION]})
    return org


def ask(api: Api, **fields: str) -> requests.Response:
    """Ask for a token of a user."""
    form = {
        "grant_type": EXCHANGE,
        "client_id": "made-up-client",
        "client_secret": "made-up-secret",
        "subject_token": f"anna@{api.domain}",
        "subject_token_type": f"{TYPE}email",
        **fields,
    }
    return requests.post(f"{api.url}/token", data=form, timeout=10)


def test_list(org: Api) -> None:
    """The list is replaced as a whole, after the feature was activated."""
    assert org.error("GET", APPLICATIONS) == (403, "feature is not active")
    assert org.ok("POST", f"{APPLICATIONS}/activate") == {}
    assert org.get(APPLICATIONS) == {"applications": []}
    for name in ("one", "two"):
        body = {"applications": [{"id": name, "scopes": ["mail:imap_ro"]}]}
        assert org.ok("POST", APPLICATIONS, body) == body == org.get(APPLICATIONS)
    assert org.ok("DELETE", APPLICATIONS) == {}
    assert org.get(APPLICATIONS) == {"applications": []}
    assert org.ok("POST", f"{APPLICATIONS}/deactivate") == {}
    assert org.error("GET", APPLICATIONS) == (403, "feature is not active")


def test_refused(registered: Api) -> None:
    """There are twenty at most, each once."""
    many = [{"id": f"client{number}", "scopes": []} for number in range(21)]
    bad: list[Any] = [many, [APPLICATION, APPLICATION], [{"scopes": []}], "x"]
    for applications in bad:
        assert registered.error("POST", APPLICATIONS, {"applications": applications}) == (400, "Bad Request")
    assert registered.error("POST", APPLICATIONS, {}) == (400, "Bad Request")


def test_owner(org: Api) -> None:
    """Only the owner's token will do."""
    assert org.put_token("admin", kind="admin").error("GET", APPLICATIONS) == (403, "Not an owner")


def test_exchange(registered: Api, anna: str) -> None:
    """The token is the user's, by address or ID, with the scopes of the application or some of them."""
    answer = ask(registered).json()
    assert answer == {
        "access_token": answer["access_token"],
        "expires_in": 3600,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "scope": "mail:imap_full directory:read_users",
        "token_type": "bearer",
    }
    client = Api(registered.url, registered.organization, registered.domain, answer["access_token"])
    assert client.get("/whoami") == {
        "login": f"anna@{registered.domain}",
        "scopes": APPLICATION["scopes"],
        "orgIds": [registered.organization],
    }
    assert client.error("GET", f"{DIRECTORY}/users") == (403, "Forbidden")
    fields = {"subject_token": anna, "subject_token_type": f"{TYPE}uid", "scope": "mail:imap_full"}
    assert ask(registered, **fields).json()["scope"] == "mail:imap_full"


def test_lifetime(registered: Api, anna: str) -> None:
    """A token is good for a time."""
    assert anna
    registered.settings(token_lifetime=0)
    try:
        token = ask(registered).json()["access_token"]
    finally:
        registered.settings(token_lifetime=3600)
    assert Api(registered.url, 1, "", token).error("GET", "/whoami") == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("fields", "error", "description"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type", "Unsupported grant type"),
        ({"client_id": "other"}, "invalid_client", "Client not found"),
        ({"client_secret": "other"}, "invalid_client", "Wrong client secret"),
        ({"subject_token": "nobody@elsewhere.test"}, "invalid_grant", "User not found"),
        ({"subject_token": "x", "subject_token_type": f"{TYPE}uid"}, "invalid_grant", "User not found"),
        ({"subject_token_type": "login"}, "invalid_request", "Unknown subject token type"),
        ({"scope": "mail:smtp"}, "invalid_scope", "Scope is not allowed"),
    ],
)
@pytest.mark.usefixtures("anna")
def test_exchange_refused(registered: Api, fields: dict[str, str], error: str, description: str) -> None:
    """Errors have the form of OAuth."""
    response = ask(registered, **fields)
    assert response.status_code == 400
    assert response.json() == {"error": error, "error_description": description}


def test_of_nobody_else(registered: Api, anna: str, yandex360: Any) -> None:
    """No token of a blocked user, a shared mailbox, or a user of an organization without the application."""
    other = yandex360.api()
    boris = other.add_user("boris")
    response = ask(registered, subject_token=boris["email"])
    assert response.json() == {"error": "unauthorized_client", "error_description": "Unauthorized"}
    body = {"email": f"support@{registered.domain}", "name": "Support"}
    registered.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", body)
    registered.ok("PATCH", f"{DIRECTORY}/users/{anna}", {"isEnabled": False})
    for subject in (f"support@{registered.domain}", f"anna@{registered.domain}"):
        assert ask(registered, subject_token=subject).json()["error"] == "invalid_grant"
