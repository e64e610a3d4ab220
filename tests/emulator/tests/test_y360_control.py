# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test-control paths, the state file, the command line, and the proxy of the emulator of Yandex 360."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from y360_emulator.endpoints import ENDPOINTS
from y360_emulator.errors import Host
from y360_emulator.testing import DIRECTORY, TOKEN, V2, Api, Emulator, command

USERS = f"{DIRECTORY}/users"


def failure(*arguments: str) -> str:
    """Run a command that cannot start and return its complaint."""
    completed = subprocess.run(
        command(*arguments), cwd=Emulator.cwd, capture_output=True, text=True, timeout=20, check=False
    )
    assert completed.returncode == 2
    assert completed.stdout == ""
    assert "Traceback" not in completed.stderr
    return completed.stderr.splitlines()[-1]


# Control paths


def test_journal() -> None:
    """The journal has what was sent, and what came of it."""
    with Emulator() as running:
        org = running.api("example.test")
        user = org.add_user("anna")
        org.error("POST", USERS, {})
        org.get(USERS, page=1, perPage=5)
        org.request("GET", "/nowhere", data="no JSON")
        created, refused, read, unknown = org.journal()
        assert (created["method"], created["path"]) == ("POST", USERS.format(o=org.organization))
        assert created["json"]["nickname"] == "anna"
        assert [entry["call"] for entry in (created, refused, read, unknown)] == [
            "users/create",
            "users/create",
            "users/list",
            None,
        ]
        assert [entry["status"] for entry in (created, refused, read, unknown)] == [200, 400, 200, 404]
        assert [entry["write"] for entry in (created, refused, read, unknown)] == [True, True, False, False]
        assert [entry["applied"] for entry in (created, refused, read, unknown)] == [True, False, True, False]
        assert read["params"] == {"page": "1", "perPage": "5"}
        assert unknown["json"] is None
        assert created["headers"]["authorization"] == f"OAuth {TOKEN}"
        assert org.writes() == [created, refused]
        assert org.journal(call="users/list") == [read]
        org.forget()
        assert org.journal() == []
        assert org.get(f"{USERS}/{user['id']}") == user


def test_marks() -> None:
    """Reads are GET, and nothing else is, but for the call that returns a token."""
    for endpoint in ENDPOINTS:
        assert endpoint.writes == (endpoint.method != "GET") or endpoint.name == "token"


def test_state(org: Api, anna: str, news: dict[str, Any]) -> None:
    """Everything is found by its address."""
    org.add_members(news["id"], userIds=[anna])
    state = org.state()
    assert state["id"] == org.organization
    assert [*state["domains"]] == [org.domain, org.domain.replace("main", "alias")]
    assert state["users"].keys() == {f"anna@{org.domain}"}
    assert state["users"][f"anna@{org.domain}"]["senderInfo"]["fromName"] == "Anna Test"
    assert state["groups"][news["email"]]["member_names"] == [f"anna@{org.domain}"]
    assert state["departments"].keys() == {"#1"}
    assert state["external_contacts"] == []
    assert state["delegated_mailboxes"] == {}


def test_reset(org: Api, anna: str, news: dict[str, Any], yandex360: Emulator) -> None:
    """An organization can be emptied; others stay as they are."""
    other = yandex360.api()
    other.add_user("anna")
    before = other.state()
    org.add_members(news["id"], userIds=[anna])
    org.reset()
    state = org.state()
    assert (state["users"], state["groups"], len(state["domains"])) == ({}, {}, 2)
    assert org.add_user("anna")["groups"] == []
    assert org.add_group("news")["id"] == news["id"]
    assert other.state() == before


def test_settings(org: Api) -> None:
    """Settings can be read, and changed one by one."""
    before = org.control("/settings")
    assert before == {"latency": 0.0, "half_sender": "visible", "delete": "allowed", "token_lifetime": 3600}
    org.settings(latency=0.01, token_lifetime=5)
    assert org.control("/settings") == {**before, "latency": 0.01, "token_lifetime": 5}
    org.settings(**before)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/settings", {"half_sender": "perhaps"}, 400),
        ("/settings", {"latency": -1}, 400),
        ("/settings", {"unknown": 1}, 400),
        ("/settings", [], 400),
        ("/organizations/1", {"domains": []}, 400),
        ("/organizations/1", {"domains": ["nodots"]}, 400),
        ("/organizations/2147480000/users/1", {}, 404),
        ("/organizations/2147480000/groups/1", {}, 404),
        ("/tokens/T", {"kind": "visitor"}, 400),
        ("/tokens/T", {"scopes": "all"}, 400),
        ("/faults", ["unknown"], 400),
    ],
)
def test_bad_control(org: Api, path: str, body: Any, status: int) -> None:
    """What makes no sense is refused with a sentence."""
    response = requests.put(f"{org.url}/control{path}", json=body, timeout=10)
    assert response.status_code == status
    assert response.json()["error"]


def test_foreign_domain(org: Api, yandex360: Emulator) -> None:
    """A domain belongs to one organization."""
    body = {"domains": [org.domain]}
    response = requests.put(f"{yandex360.url}/control/organizations/77001", json=body, timeout=10)
    assert (response.status_code, "belongs to" in response.json()["error"]) == (400, True)
    assert requests.get(f"{yandex360.url}/control/organizations/77001", timeout=10).status_code == 404


# State and command line


def test_restart(tmp_path: Path) -> None:
    """A restart on the state file continues, even after a kill."""
    state = ["--state", str(tmp_path / "state"), "--organization", "7:example.test:alias.test"]
    first = Emulator(*state)
    org = Api(first.url, 7, "example.test")
    user, group = org.add_user("anna"), org.add_group("news")
    org.add_members(group["id"], userIds=[user["id"]])
    org.ok("PATCH", f"{USERS}/{user['id']}", {"isEnabled": False})
    before = org.state()
    first.stop(signal.SIGKILL)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o600
    with Emulator(*state) as second:
        org = Api(second.url, 7, "example.test")
        assert org.state() == before
        assert org.get(f"{V2}/groups/{group['id']}/members")["users"][0]["id"] == user["id"]
        assert int(org.add_user("boris")["id"]) == int(user["id"]) + 1
        org.ok("DELETE", f"{USERS}/{user['id']}")
        assert second.stop() == 0
        assert second.errors == ""


def test_arguments() -> None:
    """Several organizations and tokens, the latter with scopes of their own."""
    arguments = ["--organization", "7:example.test:alias.test", "--organization", "8:пример.test"]
    with Emulator(*arguments, "--token", "reader=directory:read_users,directory:read_domains") as running:
        reader = Api(running.url, 8, "xn--e1afmkfd.test", "reader")
        assert reader.get("/whoami")["orgIds"] == [7, 8]
        assert reader.get(f"{DIRECTORY}/domains")["domains"][0]["name"] == "xn--e1afmkfd.test"
        assert reader.error("GET", f"{DIRECTORY}/groups") == (403, "No required scope")
        assert [*Api(running.url, 7, "example.test").state()["domains"]] == ["example.test", "alias.test"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "--port"),
        (["--port", "0"], "--token"),
        (["--port", "http", "--token", "T"], "from 0 to 65535"),
        (["--port", "0", "--token", "=directory:read_users"], "visible ASCII"),
        (["--port", "0", "--token", "T=unknown"], "no scope 'unknown'"),
        (["--port", "0", "--token", "T", "--organization", "example.test"], "is no organization"),
        (["--port", "0", "--token", "T", "--organization", "7"], "is no organization"),
        (["--port", "0", "--token", "T", "--organization", "7:nodots"], "no domain names"),
        (["--port", "0", "--token", "T", "--organization", "7:a.test", "--organization", "8:a.test"], "belongs to"),
        (["--port", "0", "--token", "T", "--latency", "-1"], "no number of seconds"),
        (["--port", "0", "--token", "T", "--fault", "503"], "no kind '503'"),
        (["--port", "0", "--token", "T", "--half-sender", "maybe"], "maybe"),
        (["--port", "0", "--token", "T", "--delete", "maybe"], "maybe"),
        (["--port", "0", "--token", "T", "--state", "/nonexistent/state"], "/nonexistent/state"),
        (["--port", "0", "--token", "T", "--proxy-port", "0"], "--ca-dir"),
    ],
)
def test_bad_arguments(arguments: list[str], complaint: str) -> None:
    """A sentence on stderr, exit status 2."""
    assert complaint in failure(*arguments)


def test_port_in_use() -> None:
    """A taken port is a bad argument too."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "in use" in failure("--port", str(taken.getsockname()[1]), "--token", TOKEN)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_end_by_signal(number: signal.Signals) -> None:
    """One line on stdout, nothing on stderr, exit status 0, though a client keeps its connection open."""
    emulator = Emulator()
    emulator.api().get(USERS)
    assert emulator.stop(number) == 0
    assert (emulator.output, emulator.errors) == ("", "")


def test_help_names_every_call() -> None:
    """The help lists the calls by the names that faults and the journal have."""
    shown = subprocess.run(
        command("--help"), cwd=Emulator.cwd, capture_output=True, text=True, timeout=20, check=True
    ).stdout
    listed = re.findall(r"^  ([a-z_/0-9]+) +(GET|POST|PUT|PATCH|DELETE) +(/\S*)$", shown, re.MULTILINE)
    assert {*listed} == {(endpoint.name, endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


# The proxy


def test_proxy(tmp_path: Path) -> None:
    """A client of the vendor's addresses is served, by each host with its paths, and by no other host."""
    arguments = ["--organization", "7:example.test", "--proxy-port", "0", "--ca-dir", str(tmp_path / "ca")]
    for _start in range(2):  # the authority stays
        with Emulator(*arguments) as running:
            assert running.process.stdout
            proxy = running.process.stdout.readline().rstrip("\n")
            with requests.Session() as session:
                session.trust_env = False
                session.proxies = {"https": proxy, "http": proxy}
                session.verify = str(tmp_path / "ca" / "ca.pem")
                session.headers["Authorization"] = f"OAuth {TOKEN}"
                for _round in range(2):
                    assert session.get(f"https://{Host.API.value}/whoami", timeout=10).json()["orgIds"] == [7]
                users = session.get(f"https://{Host.CLOUD.value}/v1/directory/organizations/7/users", timeout=10)
                assert users.json()["total"] == 0
                assert session.get(f"https://{Host.CLOUD.value}/whoami", timeout=10).status_code == 404
                token = session.post(f"https://{Host.OAUTH.value}/token", timeout=10)
                assert token.json()["error"] == "unsupported_grant_type"
                with pytest.raises(requests.exceptions.ProxyError, match="403"):
                    session.get("https://example.test/", timeout=10)
                assert session.get("http://example.test/", timeout=10).status_code == 405
                entry = running.api(organization=7).journal()[0]
                assert entry["headers"]["host"] == Host.API.value
            assert running.stop() == 0
            assert (running.output, running.errors) == ("", "")
    assert stat.S_IMODE((tmp_path / "ca" / "ca.key").stat().st_mode) == 0o600


def test_proxy_amid_connections(tmp_path: Path) -> None:
    """The emulator ends as ever while clients have connections, and send what makes no sense."""
    arguments = ["--organization", "7:example.test", "--proxy-port", "0", "--ca-dir", str(tmp_path)]
    with Emulator(*arguments) as running, contextlib.ExitStack() as stack:
        assert running.process.stdout
        proxy = running.process.stdout.readline().rstrip("\n")
        address = ("127.0.0.1", int(proxy.rpartition(":")[2]))
        connections = [stack.enter_context(socket.create_connection(address, 10)) for _connection in range(3)]
        connections[0].sendall(b"CONNECT api360.yandex.net:443 HTTP/1.1\r\n\r\n")
        assert connections[0].recv(100).startswith(b"HTTP/1.1 200 ")
        connections[0].sendall(b"no TLS")
        connections[1].sendall(b"x" * 200_000)
        session = stack.enter_context(requests.Session())
        session.trust_env = False
        session.proxies = {"https": proxy}
        session.verify = str(tmp_path / "ca.pem")
        assert session.get(f"https://{Host.API.value}/whoami", timeout=10).status_code == 401
        assert running.stop() == 0
        assert running.errors == ""
