# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: the emulator as a child process, and a plain client for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import requests
from emulator_common import testing
from emulator_common.testing import wait_until

__all__ = ["CLOUD", "DIRECTORY", "MOVED", "TOKEN", "V2", "Api", "Emulator", "command", "wait_until"]

TOKEN = "made-up-token-of-an-owner"
DIRECTORY = "/directory/v1/org/{o}"
V2 = "/directory/v2/org/{o}"
CLOUD = "/v1/directory/organizations/{o}"
MOVED = "/v1/api360/directory/org/{o}"
PASSWORD = "Made-Up-Pass-1"

_PACKAGE = "y360_emulator"
_numbers = count(101)


def command(*arguments: str) -> list[str]:
    """Return the command line of an emulator; it is to be run in `Emulator.cwd`."""
    return testing.command(_PACKAGE, *arguments)


class Emulator(testing.Emulator):
    """An emulator on a free port, from its construction until `stop` or the end of the `with` block."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(_PACKAGE, "--token", TOKEN, *arguments)

    def api(self, *domains: str, organization: int = 0, token: str = TOKEN) -> Api:
        """Return a client for an organization with these domains, the first is the main one; it is created if need be.

        Without an ID it is a new organization, without domains its main domain is `orgID.test`.
        """
        number = organization or next(_numbers)
        names = [*domains] or [f"org{number}.test"]
        api = Api(self.url, number, names[0], token)
        api.control_put(f"/organizations/{number}", {"domains": names})
        return api


class Api:
    """A client with a session of its own. In paths, `{o}` stands for the ID of its organization."""

    def __init__(self, url: str, organization: int, domain: str, token: str = TOKEN) -> None:
        self.url = url
        self.organization = organization
        self.domain = domain
        self.token = token
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"OAuth {token}"

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send a request; a body is sent as JSON."""
        if body is not None:
            options["json"] = body
        url = self.url + path.replace("{o}", str(self.organization))
        return self.session.request(method, url, timeout=60, **options)

    def ok(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Return the answer of a call that succeeds, None if that has no body."""
        response = self.request(method, path, body, **options)
        assert response.status_code in {200, 204}, f"{response.status_code} {response.text}"
        return response.json() if response.content else None

    def error(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str]:
        """Return the status and the message of a call that fails."""
        response = self.request(method, path, body, **options)
        assert response.status_code >= 400, response.text
        return response.status_code, response.json()["message"]

    def get(self, path: str, **params: Any) -> Any:
        """Return the answer of a read that succeeds."""
        return self.ok("GET", path, params=params)

    # What tests often need

    def add_user(self, nickname: str, **fields: Any) -> dict[str, Any]:
        """Create a user and return it."""
        own = {"nickname": nickname, "departmentId": 1, "name": {"first": nickname.capitalize(), "last": "Test"}}
        user: dict[str, Any] = self.ok("POST", f"{DIRECTORY}/users", {"password": PASSWORD, **own, **fields})
        return user

    def add_group(self, label: str, **fields: Any) -> dict[str, Any]:
        """Create a group, a mailing list if the label is not empty, and return it."""
        own = {"name": label or "Without label", "label": label}
        group: dict[str, Any] = self.ok("POST", f"{DIRECTORY}/groups", {**own, **fields})
        return group

    def add_members(self, group: int, **ids: Sequence[Any]) -> None:
        """Add members: `userIds=[...]` and so on."""
        self.ok("PATCH", f"{V2}/groups/{group}/members/add", ids)

    # Control paths

    def state(self) -> dict[str, Any]:
        """Return the whole state of the organization: users, groups and others by their address."""
        state: dict[str, Any] = self.control(f"/organizations/{self.organization}")
        return state

    def reset(self) -> None:
        """Empty the organization; its domains stay."""
        domains = [*self.state()["domains"]]
        self.control_delete(f"/organizations/{self.organization}")
        self.control_put(f"/organizations/{self.organization}", {"domains": domains})

    def journal(self, **having: Any) -> list[dict[str, Any]]:
        """Return the requests since the start or the last `forget`, those with these values if any are given."""
        entries: list[dict[str, Any]] = self.control("/requests")
        return [entry for entry in entries if all(entry[key] == value for key, value in having.items())]

    def writes(self) -> list[dict[str, Any]]:
        """Return the requests that are to change something."""
        return self.journal(write=True)

    def forget(self) -> None:
        """Forget the requests."""
        self.control_delete("/requests")

    def arm(self, *specs: str) -> None:
        """Let the emulator have these faults only; none removes all."""
        self.control_put("/faults", specs)

    def struck(self) -> list[int]:
        """Return how often each fault has struck."""
        return [fault["struck"] for fault in self.control("/faults")]

    def settings(self, **changes: Any) -> None:
        """Change settings: latency, half_sender, delete, token_lifetime."""
        self.control_put("/settings", changes)

    def put_domain(self, name: str, **changes: Any) -> None:
        """Change what checks of a domain found, or create it."""
        self.control_put(f"/organizations/{self.organization}/domains/{name}", changes)

    def put_user(self, number: int | str, **changes: Any) -> None:
        """Change what a client cannot, or create a user, also one from outside."""
        self.control_put(f"/organizations/{self.organization}/users/{number}", changes)

    def put_group(self, number: int, **changes: Any) -> None:
        """Change what a client cannot, or create a group, also a service group."""
        self.control_put(f"/organizations/{self.organization}/groups/{number}", changes)

    def put_token(self, token: str, **changes: Any) -> Api:
        """Create or change a token, and return a client with it."""
        self.control_put(f"/tokens/{token}", changes)
        return Api(self.url, self.organization, self.domain, token)

    def control(self, path: str) -> Any:
        """Read a control path."""
        response = self.session.get(f"{self.url}/control{path}", timeout=60)
        response.raise_for_status()
        return response.json()

    def control_put(self, path: str, body: Mapping[str, Any] | Sequence[str]) -> None:
        """Write to a control path."""
        self.session.put(f"{self.url}/control{path}", json=body, timeout=60).raise_for_status()

    def control_delete(self, path: str) -> None:
        """Reset a control path."""
        self.session.delete(f"{self.url}/control{path}", timeout=60).raise_for_status()
