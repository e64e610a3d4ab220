# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that some clients send and nobody documents (docs/api/pdd.md, 3.2a): refused, unless `--lenient` is given."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from pdd_emulator.testing import Api, Emulator

YES = ("True", "true", "TRUE", "1", "yes")
NO = ("False", "false", "FALSE", "0", "no")
METHODS = ("Imap", "IMAP", "Imap4", "POP", "Pop3", "imap")

_numbers = count(1)


@pytest.fixture(scope="module")
def emulator_lenient() -> Iterator[Emulator]:
    """Return a lenient emulator."""
    with Emulator("--lenient") as running:
        yield running
    assert running.errors == ""


def prepared(emulator: Emulator) -> Api:
    """Return a client for a domain with a mailbox and a list."""
    api = emulator.api(f"lenient{next(_numbers)}.test")
    api.ok("email/add", {"login": "anna", "password": "secret-1"})
    api.ok("email/ml/add", {"maillist": "team"})
    return api


@pytest.fixture
def lenient(emulator_lenient: Emulator) -> Api:
    """Return a client of a lenient emulator."""
    return prepared(emulator_lenient)


@pytest.fixture
def strict(emulator: Emulator) -> Api:
    """Return a client of one that is not."""
    return prepared(emulator)


@pytest.fixture
def dead_port() -> Iterator[int]:
    """Return a port on which nobody answers."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


def settings(port: int, **changes: str) -> dict[str, Any]:
    """Return the settings of an import."""
    return {"method": "imap", "server": "127.0.0.1", "port": port, "ssl": "no", **changes}


def test_enabled(lenient: Api) -> None:
    """The flag of a mailbox."""
    for text in (*NO, *YES):
        account = lenient.ok("email/edit", {"login": "anna", "enabled": text})["account"]
        assert account["enabled"] == ("yes" if text in YES else "no")


def test_right(lenient: Api) -> None:
    """The flag of a subscriber."""
    both = {"maillist": "team", "subscriber": "anna"}
    for action in ("email/ml/subscribe", "email/ml/set_can_send_on_behalf"):
        for text in (*YES, *NO):
            answer = lenient.ok(action, {**both, "can_send_on_behalf": text})
            assert answer["can_send_on_behalf"] == ("yes" if text in YES else "no")


def test_import_settings(lenient: Api, dead_port: int) -> None:
    """Flag and method are echoed in the documented form."""
    login = {"ext-login": "anna", "ext-passwd": "secret-1"}
    for text in (*YES, *NO):
        answer = lenient.ok("import/start_one_import", {**settings(dead_port, ssl=text), **login})
        assert answer["settings"]["ssl"] == ("yes" if text in YES else "no")
    for method in METHODS:
        answer = lenient.ok("import/start_one_import", {**settings(dead_port, method=method), **login})
        assert answer["settings"]["method"] == method.lower()
    lenient.ok("import/stop_all_imports")


def test_still_refused(lenient: Api, dead_port: int) -> None:
    """Lenient is not careless: other values are refused, and other parameters taken as they are."""
    for text in ("2", "on", "Ja", "-1", "truetrue"):
        assert lenient.error("email/edit", {"login": "anna", "enabled": text}) == "bad_enabled"
    assert lenient.error("import/check_settings", settings(dead_port, method="ftp")) == "bad_method"
    assert lenient.ok("email/edit", {"login": "anna", "iname": "True", "sex": "1"})["account"]["iname"] == "True"


def test_journal_shows_what_was_sent(lenient: Api) -> None:
    """The request is noted as it came."""
    lenient.ok("email/edit", {"login": "anna", "enabled": "True"})
    assert lenient.control("/requests")[-1]["params"]["enabled"] == "True"


def test_strict_is_the_default(strict: Api, dead_port: int) -> None:
    """Without the switch nothing but the documented values will do."""
    both = {"maillist": "team", "subscriber": "anna"}
    for text in (*YES[:-1], *NO[:-1]):
        assert strict.error("email/edit", {"login": "anna", "enabled": text}) == "bad_enabled"
        assert strict.error("email/ml/subscribe", {**both, "can_send_on_behalf": text}) == "bad_can_send_on_behalf"
        assert strict.error("import/check_settings", settings(dead_port, ssl=text)) == "bad_ssl"
    for method in METHODS[:-1]:
        assert strict.error("import/check_settings", settings(dead_port, method=method)) == "bad_method"
