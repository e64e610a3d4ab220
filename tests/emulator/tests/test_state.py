# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state: restarts, kills, concurrency."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import requests
from pdd_emulator.testing import TOKEN, Api, Emulator

WORKERS = 32
OLD_STATE = """
CREATE TABLE token (token TEXT PRIMARY KEY, signature TEXT);
CREATE TABLE domain (
    name TEXT PRIMARY KEY, status TEXT NOT NULL DEFAULT 'added', blocked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE account (
    uid INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL REFERENCES domain ON DELETE CASCADE,
    login TEXT NOT NULL,
    maillist INTEGER NOT NULL,
    password TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    blocked INTEGER NOT NULL DEFAULT 0,
    iname TEXT NOT NULL DEFAULT '',
    fname TEXT NOT NULL DEFAULT '',
    birth_date TEXT,
    sex INTEGER,
    hintq TEXT NOT NULL DEFAULT '',
    hinta TEXT NOT NULL DEFAULT '',
    UNIQUE (domain, login));
INSERT INTO domain (name, status) VALUES ('old.test', 'mx-activate');
INSERT INTO account (uid, domain, login, maillist, password, iname, fname) VALUES
    (1130000001234599, 'old.test', 'anna', 0, 'secret-1', 'Anna', 'Muster'),
    (1130000001234600, 'old.test', 'boris', 0, 'secret-1', 'Boris', '');
"""
"""What the emulator of release 1.0.0 left, in short."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the name of a state file that does not exist yet."""
    return tmp_path / "state"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_restart(state: Path, number: signal.Signals) -> None:
    """All is there again after a restart, and nothing that was deleted comes back, uids included."""
    emulator = Emulator("--state", str(state), "--domain", "one.test")
    api = emulator.api("one.test")
    api.ok("domain/settings/setsign", {"signature": "Bye"})
    api.ok("email/add", {"login": "anna", "password": "secret-1"})
    api.ok("email/ml/add", {"maillist": "team"})
    api.ok("email/ml/subscribe", {"maillist": "team", "subscriber": "anna", "can_send_on_behalf": "yes"})
    last = api.ok("email/ml/add", {"maillist": "last"})["uid"]
    api.ok("email/ml/del", {"maillist": "last"})
    picture = api.control("")
    emulator.stop(number)
    with Emulator("--state", str(state), "--token", "SECOND", "--domain", "two.test") as restarted:
        api = Api(restarted.url, "one.test")
        assert api.control("") == picture
        assert api.control("/signatures") == {TOKEN: "Bye"}
        assert api.ok("email/ml/add", {"maillist": "next"})["uid"] > last
        for token in (TOKEN, "SECOND"):
            domains = api.ok("domain/domains", headers={"PddToken": token})["domains"]
            assert [item["name"] for item in domains] == ["one.test", "two.test"]


def test_state_of_an_older_emulator(state: Path) -> None:
    """It is taken over, more than once, and can do all that a new one can."""
    with contextlib.closing(sqlite3.connect(state)) as old:
        old.executescript(OLD_STATE)
    for boris in ("no", "yes"):
        with Emulator("--state", str(state)) as running:
            api = Api(running.url, "old.test")
            ready = {account["login"]: account["ready"] for account in api.ok("email/list")["accounts"]}
            assert ready == {"anna@old.test": "yes", "boris@old.test": boris}
            api.ok("email/edit", {"login": "boris", "fname": "Muster"})
            api.control_put("mailboxes/anna", {"aliases": ["ann"]})
            status = api.ok("domain/registration_status")
            assert status["status"] == "mx-activate"
            assert all(len(secret) == 12 for secret in status["secrets"].values())
            assert status["last_check"] > "2026"
            assert api.ok("domain/settings/set_country", {"country": "kz"})
            assert api.ok("dkim/enable")
            assert api.ok("deputy/list") == {"deputies": []}


def test_state_file_is_private(state: Path) -> None:
    """Only the owner may read the state, whatever the mode of the file was, and its companions."""
    state.touch(mode=0o644)
    with Emulator("--state", str(state)) as running:
        running.api("example.test").ok("email/add", {"login": "anna", "password": "secret-1"})
        assert {stat.S_IMODE(file.stat().st_mode) for file in state.parent.iterdir()} == {0o600}


def test_kill_amid_writes(state: Path) -> None:
    """A killed emulator's state has everything that was answered, and no half of anything."""
    emulator = Emulator("--state", str(state))
    api = emulator.api("example.test")
    enough = Event()

    def add_until_killed(worker: int) -> list[str]:
        client = Api(emulator.url, "example.test")
        added: list[str] = []
        try:
            while True:
                added.append(client.ok("email/ml/add", {"maillist": f"l{worker}-{len(added)}"})["maillist"])
                if len(added) == 20:
                    enough.set()
        except requests.RequestException:
            return added

    with ThreadPoolExecutor() as pool:
        workers = [pool.submit(add_until_killed, worker) for worker in range(4)]
        enough.wait(30)
        emulator.stop(signal.SIGKILL)
        answered = {address for worker in workers for address in worker.result()}
    with Emulator("--state", str(state)) as restarted:
        lists = Api(restarted.url, api.domain).ok("email/ml/list")["maillists"]
    assert answered <= {item["maillist"] for item in lists}
    assert len(lists) <= len(answered) + 4


def test_parallel_writes(emulator: Emulator, api: Api) -> None:
    """Many clients at once leave exactly what they asked for, whatever the order."""
    names = [f"m{number}" for number in range(300)]

    def work(name: str) -> None:
        client = Api(emulator.url, api.domain)
        client.ok("email/add", {"login": name, "password": "secret-1"})
        client.ok("email/ml/subscribe", {"maillist": "team", "subscriber": name})
        client.ok("email/edit", {"login": name, "iname": name.upper()})
        if name.endswith("3"):
            client.ok("email/del", {"login": name})

    api.ok("email/ml/add", {"maillist": "team"})
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, random.sample(names, len(names))))
    kept = {f"{name}@{api.domain}" for name in names if not name.endswith("3")}
    picture = api.control("")
    assert {address: box["iname"] for address, box in picture["mailboxes"].items()} == {
        address: address.partition("@")[0].upper() for address in kept
    }
    assert set(picture["maillists"][f"team@{api.domain}"]) == kept
    assert len({box["uid"] for box in picture["mailboxes"].values()}) == len(kept)


def test_only_one_wins(emulator: Emulator, api: Api) -> None:
    """Of many that want the same name exactly one gets it."""

    def add(_number: int) -> bool:
        client = Api(emulator.url, api.domain)
        return "uid" in client.call("email/add", {"login": "anna", "password": "secret-1"})

    with ThreadPoolExecutor(WORKERS) as pool:
        assert sum(pool.map(add, range(100))) == 1
    assert api.ok("email/list")["total"] == 1


def test_delayed_answers_overlap() -> None:
    """While one client waits for its answer, others are served: all requests are there before the first answer."""
    with Emulator("--latency", "300") as running, ThreadPoolExecutor(8) as pool:
        api = running.api("example.test")
        waiting = [pool.submit(Api(running.url, api.domain).request, "email/list") for _round in range(8)]
        while len([entry for entry in api.control("/requests") if entry["status"] == 200]) < 8:
            assert not any(future.done() for future in waiting)
        running.stop(signal.SIGKILL)
