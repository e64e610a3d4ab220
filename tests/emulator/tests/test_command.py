# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, and how the emulator ends."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from pdd_emulator.testing import OAUTH_TOKEN, READS, TOKEN, WRITES, Api, Emulator, command


def failure(*arguments: str) -> str:
    """Run a command that cannot start and return its complaint."""
    completed = subprocess.run(
        command(*arguments), cwd=Emulator.cwd, capture_output=True, text=True, timeout=20, check=False
    )
    assert completed.returncode == 2
    assert completed.stdout == ""
    assert "Traceback" not in completed.stderr
    return completed.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "--port"),
        (["--port", "0"], "--token"),
        (["--port", "65536", "--token", "T"], "from 0 to 65535"),
        (["--port", "http", "--token", "T"], "from 0 to 65535"),
        (["--port", "0", "--token", ""], "visible ASCII"),
        (["--port", "0", "--token", "a b"], "visible ASCII"),
        (["--port", "0", "--token", "T", "--domain", "not a name"], "'not a name' is no domain name"),
        (["--port", "0", "--token", "T", "--latency", "-1"], "no number of seconds"),
        (["--port", "0", "--token", "T", "--import-latency", "nan"], "no number of seconds"),
        (["--port", "0", "--token", "T", "--era", "2018"], "2018"),
        (["--port", "0", "--token", "T", "--state", "/nonexistent/state"], "/nonexistent/state"),
        (["--port", "0", "--token", "T", "--state", __file__], "not a database"),
        (["--port", "0", "--token", "T", "--fault", "503"], "'503' is no fault: there is no kind '503'"),
        (["--port", "0", "--token", "T", "--fault", "500:rate=%"], "a probability"),
        (["--port", "0", "--token", "T", "--seed", "x"], "--seed"),
        (["--port", "0", "--token", "T", "--unknown"], "--unknown"),
    ],
)
def test_bad_arguments(arguments: list[str], complaint: str) -> None:
    """A sentence on stderr, exit status 2."""
    assert complaint in failure(*arguments)


def test_help_and_guide_name_every_call() -> None:
    """The help says which methods are documented, too; the guide leaves none out and has none that is not served."""
    shown = subprocess.run(
        command("--help"), cwd=Emulator.cwd, capture_output=True, text=True, timeout=20, check=True
    ).stdout
    calls = shown.partition("calls below")[2].partition("choices")[0]
    served = dict(re.findall(r"^  (\S+) +(\S.*)$", calls, re.MULTILINE))
    assert served.keys() == READS | WRITES
    assert all(served[action] in {"GET", "GET, not for registrars"} for action in READS)
    assert all(served[action].startswith("POST") for action in WRITES)
    assert {action for action in READS | WRITES if "not for registrars" in served[action]} == {
        "deputy/add",
        "deputy/delete",
        "deputy/list",
    }
    guide = (Emulator.cwd.parent.parent / "docs" / "docsite" / "rst" / "guide_emulator.rst").read_text()
    supported = guide.partition("Supported calls\n")[2].partition("\nStart the emulator\n")[0]
    assert set(re.findall(r"``([a-z_]+/[a-z_/]+)``", supported)) - {"docs/api/pdd"} == READS | WRITES


def test_port_in_use() -> None:
    """A taken port is a bad argument too."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "in use" in failure("--port", str(taken.getsockname()[1]), "--token", TOKEN)


def test_given_port() -> None:
    """A free port is taken as given, on 127.0.0.1 only."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Emulator("--port", str(port)) as running:
        assert running.url == f"http://127.0.0.1:{port}"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_end_by_signal(number: signal.Signals) -> None:
    """One line on stdout, nothing on stderr, exit status 0, though a client keeps its connection open."""
    emulator = Emulator()
    emulator.api("example.test").ok("email/list")
    assert emulator.stop(number) == 0
    assert emulator.output == ""
    assert emulator.errors == ""


def test_end_amid_requests() -> None:
    """Answers that take too long are given up, without a traceback."""
    emulator = Emulator("--latency", "300")
    api = emulator.api("example.test")
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(api.request, "email/list")
        while not api.session.get(f"{emulator.url}/control/requests", timeout=10).json():
            time.sleep(0.01)
        assert emulator.stop() == 0
        with pytest.raises((requests.ConnectionError, AssertionError)):
            assert waiting.result().status_code == 200
    assert "Traceback" not in emulator.errors


def test_several_tokens_and_domains() -> None:
    """Every token may manage every domain."""
    names = {"one.test", "xn--e1afmkfd.test"}
    arguments = ["--token", "SECOND", "--oauth-token", "second", "--domain", "ONE.test", "--domain", "пример.test"]
    with Emulator(*arguments) as running:
        api = Api(running.url, "one.test")
        for token in (TOKEN, "SECOND"):
            for oauth_token in (OAUTH_TOKEN, "second"):
                headers = {"PddToken": token, "Authorization": f"OAuth {oauth_token}"}
                domains = api.ok("domain/domains", tree="registrar", headers=headers)["domains"]
                assert {item["name"] for item in domains} == names
        for token in (TOKEN, "SECOND"):
            api.ok("domain/settings/setsign", {"signature": f"of {token}"}, headers={"PddToken": token})
        assert api.control("/signatures") == {TOKEN: f"of {TOKEN}", "SECOND": "of SECOND"}


def test_state_is_given_up_without_a_file(tmp_path: Path) -> None:
    """Without a state file each start is a new one."""
    for _round in range(2):
        with Emulator() as running:
            assert running.api("example.test").ok("email/ml/add", {"maillist": "team"})["uid"] == 1130000001234567
    assert list(tmp_path.iterdir()) == []
