# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of the server's processes."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pdd_source_server import Account, SourceServer, SourceServerError, start_twisted

from .clients import imap_client, read_mail

Start = Callable[..., SourceServer]

ANNA = Account("anna@old.test", "secret-1", messages=1)
PACKAGE_ROOT = Path(__file__).parent.parent

PARENT = """
import sys, signal, pathlib, pdd_source_server
start = getattr(pdd_source_server, sys.argv[1])
server = start(pathlib.Path(sys.argv[2]), [])
print("started", flush=True)
signal.pause()
"""


def descendants(pid: int) -> list[int]:
    """Return the processes that a process and its children started."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def has_ended(pidfd: int) -> bool:
    """Wait for the end of a process, though not for ever."""
    readable, *_others = select.select([pidfd], [], [], 60)
    return bool(readable)


def test_stop_leaves_no_process(start: Start, directory: Path) -> None:
    before = set(descendants(os.getpid()))
    server = start(directory, [ANNA])
    client = imap_client(server)
    client.login(ANNA.login, ANNA.password)
    started = [os.pidfd_open(pid) for pid in set(descendants(os.getpid())) - before]
    assert started
    server.stop()
    assert all(has_ended(pidfd) for pidfd in started)
    assert set(descendants(os.getpid())) <= before
    client.shutdown()
    server.stop()


def test_stop_frees_the_ports(start: Start, directory: Path) -> None:
    with start(directory, [ANNA]) as server:
        ports = server.ports
        assert len(set(ports.values())) == 4
        assert server.host == "127.0.0.1"
    for port in ports.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, port))


def test_start_again_on_the_same_ports(start: Start, directory: Path) -> None:
    with start(directory, [ANNA]) as server:
        ports = dict(server.ports)
        server.stop()
        server.start()
        server.start()
        assert server.ports == ports
        for protocol in ports:
            assert len(read_mail(server, protocol, ANNA.login, ANNA.password)) == 1


def test_an_account_added_while_stopped_is_served_later(start: Start, directory: Path) -> None:
    with start(directory, []) as server:
        server.stop()
        server.add(ANNA)
        server.start()
        assert len(read_mail(server, "imap", ANNA.login, ANNA.password)) == 1


@pytest.mark.parametrize("protocol", ["imap", "pop3s"])
def test_a_taken_port_is_an_error_that_shows_the_log(start: Start, directory: Path, protocol: str) -> None:
    with start(directory, [ANNA]) as server:
        server.stop()
        with (
            socket.create_server((server.host, server.ports[protocol])),
            pytest.raises(SourceServerError, match=r"(?i)address already in use"),
        ):
            server.start()
        server.start()
        assert len(read_mail(server, protocol, ANNA.login, ANNA.password)) == 1


def test_the_server_dies_with_its_parent(start: Start, directory: Path) -> None:
    command = [sys.executable, "-c", PARENT, start.__name__, str(directory)]
    with tempfile.TemporaryDirectory() as left_behind:
        environment = {**os.environ, "TMPDIR": left_behind}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=PACKAGE_ROOT) as parent:
            assert parent.stdout is not None
            assert parent.stdout.readline() == b"started\n"
            started = [os.pidfd_open(pid) for pid in descendants(parent.pid)]
            assert started
            parent.kill()
            assert all(has_ended(pidfd) for pidfd in started)


def test_an_exception_in_the_with_block_stops_the_server(start: Start, directory: Path) -> None:
    before = set(descendants(os.getpid()))
    with pytest.raises(KeyError), start(directory, []):
        raise KeyError
    assert set(descendants(os.getpid())) <= before


def test_certificate_is_for_localhost_too(start: Start, directory: Path) -> None:
    with start(directory, []) as server:
        context = ssl.create_default_context(cafile=server.ca_file)
        with (
            socket.create_connection((server.host, server.ports["imaps"])) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            assert secured.recv(4) == b"* OK"


def test_private_files_are_private(directory: Path) -> None:
    with start_twisted(directory, [ANNA]):
        modes = {path.name: path.stat().st_mode & 0o077 for path in directory.iterdir() if path.is_file()}
    assert modes["passwd"] == modes["server.pem"] == 0


@pytest.fixture
def program(directory: Path) -> subprocess.Popen[str]:
    """Return the program of the Twisted server, just started on an empty directory."""
    return subprocess.Popen(
        [sys.executable, "-m", "pdd_source_server", "--directory", str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PACKAGE_ROOT,
    )


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, "end of input"])
def test_the_program_prints_its_ports_and_ends_cleanly(program: subprocess.Popen[str], end: object) -> None:
    assert program.stdout is not None
    ports = json.loads(program.stdout.readline())
    assert list(ports) == ["imap", "imaps", "pop3", "pop3s"]
    socket.create_connection(("127.0.0.1", ports["pop3"])).close()
    if isinstance(end, signal.Signals):
        program.send_signal(end)
        assert program.wait() == 0
    assert program.communicate() == ("", "")
    assert program.returncode == 0
