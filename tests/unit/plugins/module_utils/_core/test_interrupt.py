# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""An interrupted task ends waiting and sending at once, and so does one whose controller is gone (interrupt)."""

from __future__ import annotations

import os
import signal
import socket
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import urllib3
from ansible_collections.mailops.pdd.plugins.module_utils._core import interrupt
from ansible_collections.mailops.pdd.plugins.module_utils._core.converge import until_visible
from ansible_collections.mailops.pdd.plugins.module_utils._core.errors import Delivery, ServiceError
from ansible_collections.mailops.pdd.plugins.module_utils._core.interrupt import Interrupt, watch_controller
from ansible_collections.mailops.pdd.plugins.module_utils._core.transport import Transport
from ansible_collections.mailops.pdd.plugins.module_utils._module.signature_memory import SignatureMemory
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import OK, Service, answered, connection
from werkzeug import Request, Response

PATH = "section/action"
MANY = 40


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    """Return an endpoint of the test's own: the server may still be reading requests of the test before."""
    return f"section/{zlib.crc32(request.node.name.encode())}"


def count(service: Service, path: str) -> int:
    """Count the requests to an endpoint."""
    return sum(asked.endpoint == path for asked in service.asked)


def interrupt_after(requests: int, answer: Callable[[], Response]) -> Callable[[Request], Response]:
    """Return an answer that interrupts this process, as Ctrl+C does, when so many requests have come."""
    come = iter(range(1, 1_000_000))

    def respond(_request: Request) -> Response:
        response = answer()
        if next(come) == requests:
            os.kill(os.getpid(), signal.SIGINT)
        return response

    return respond


@pytest.mark.parametrize("most", [1, 8])
def test_interrupt_ends_pauses(service: Service, path: str, most: int) -> None:
    """All connections wait because the service throttles; none of them sends anything again."""
    service.answer(path, interrupt_after(1, lambda: Response("", 429, headers={"Retry-After": "3"})))
    transport = Transport(connection(service.url, max_connections=most))
    with pytest.raises(KeyboardInterrupt):
        transport.map(lambda number: transport.write(path, {"n": str(number)}), range(MANY))
    assert 1 <= count(service, path) <= most


@pytest.mark.parametrize("most", [1, 8])
def test_interrupt_ends_requests(service: Service, path: str, most: int) -> None:
    """Those that wait for their answers end without them; nothing is sent any more, and nothing is claimed."""
    ended = threading.Event()
    hanging = interrupt_after(most, lambda: answered(OK))

    def respond(request: Request) -> Response:
        response = hanging(request)
        ended.wait(60)
        return response

    service.answer(path, respond)
    transport = Transport(connection(service.url, max_connections=most, timeout=60))
    try:
        with pytest.raises(KeyboardInterrupt):
            transport.map(lambda number: transport.write(path, {"n": str(number)}), range(MANY))
        assert not ended.is_set()
        assert count(service, path) == most
        assert transport.written == 0
    finally:
        ended.set()


def test_interrupt_while_connecting(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is interrupted before it is sent is not sent."""
    service.answer(PATH, OK)
    transport = Transport(connection(service.url))
    connect = urllib3.util.connection.create_connection

    def interrupted(*args: Any, **options: Any) -> socket.socket:
        transport.interrupt()
        return connect(*args, **options)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", interrupted)
    with pytest.raises(ServiceError) as caught:
        transport.write(PATH, {})
    assert caught.value.delivery is not Delivery.UNKNOWN
    assert service.asked == []


def test_nothing_is_sent_after_an_interrupt(service: Service) -> None:
    """Nor is anything waited for."""
    service.answer(PATH, OK)
    transport = Transport(connection(service.url))
    transport.interrupt()
    for call in (lambda: transport.read(PATH, {}), lambda: transport.write(PATH, {}), lambda: transport.sleep(60)):
        with pytest.raises(ServiceError) as caught:
            call()
        assert caught.value.code == "interrupted"
        assert caught.value.delivery is not Delivery.UNKNOWN
    assert service.asked == []


def test_interrupt_ends_waiting_for_what_is_not_visible() -> None:
    """Nothing is looked at again."""
    transport = Transport(connection("http://127.0.0.1:1"))
    readings = []

    def read() -> None:
        readings.append(1)
        transport.interrupt()

    with pytest.raises(ServiceError) as caught:
        until_visible(transport, read, lambda _found: True)
    assert caught.value.code == "interrupted"
    assert readings == [1]


def test_interrupt_ends_waiting_for_another_task(tmp_path: Path) -> None:
    """Which sets the signature of the same owner meanwhile."""
    transport = Transport(connection("http://127.0.0.1:1"))
    transport.interrupt()

    def memory() -> SignatureMemory:
        return SignatureMemory(
            tmp_path / "signatures.json",
            owner="a" * 64,
            digest="b" * 64,
            timeout=60,
            check_mode=False,
            warn=pytest.fail,
            sleep=transport.sleep,
        )

    with memory().turn(), pytest.raises(ServiceError) as caught, memory().turn():
        pytest.fail("both have the turn")
    assert caught.value.code == "interrupted"


def test_orphan_ends_while_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again and again whether its controller is there."""
    monkeypatch.setattr(interrupt, "_TICK", 0.01)
    looks = iter([False, False, False, True])
    with pytest.raises(ServiceError) as caught:
        Interrupt(lambda: next(looks)).sleep(60)
    assert caught.value.code == "interrupted"
    assert next(looks, None) is None


class Processes:
    """A /proc of the test's own, in which the leader of this process's session runs a command."""

    def __init__(self, path: Path, command: bytes, parent: int = 4711) -> None:
        self.path = path
        self._leader = path / str(os.getsid(0))
        self._leader.mkdir()
        (self._leader / "cmdline").write_bytes(command)
        self.adopt(parent)

    def adopt(self, parent: int) -> None:
        """Give the leader another parent."""
        (self._leader / "stat").write_bytes(b"7 (a ) name) S %d 7 7 0" % parent)

    def end(self) -> None:
        """Let the leader end."""
        (self._leader / "stat").unlink()


WORKER = b"/usr/bin/python3\0/usr/bin/ansible-playbook\0site.yml\0"


def test_worker_that_lost_its_controller(tmp_path: Path) -> None:
    processes = Processes(tmp_path, WORKER)
    is_orphan = watch_controller(tmp_path)
    assert not is_orphan()
    processes.adopt(1)
    assert is_orphan()


def test_worker_that_has_ended(tmp_path: Path) -> None:
    processes = Processes(tmp_path, WORKER)
    is_orphan = watch_controller(tmp_path)
    processes.end()
    assert is_orphan()


@pytest.mark.parametrize(
    "command",
    [
        b"-bash\0",
        b"bash\0-c\0ansible-playbook site.yml\0",
        b"/usr/bin/python3\0manage.py\0",
        b"python3\0/home/anna/.ansible/tmp/async_wrapper.py\0",
        b"",
    ],
)
def test_what_is_no_worker_is_not_watched(tmp_path: Path, command: bytes) -> None:
    """A shell may end, and a command started with nohup goes on; a background job has left its worker for good."""
    processes = Processes(tmp_path, command)
    is_orphan = watch_controller(tmp_path)
    processes.adopt(1)
    assert not is_orphan()


def test_system_without_proc(tmp_path: Path) -> None:
    assert not watch_controller(tmp_path / "missing")()
