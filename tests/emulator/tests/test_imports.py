# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on imports (docs/api/pdd.md, 2.4), with real source servers."""

from __future__ import annotations

import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pdd_emulator.testing import Api, Emulator, wait_until
from pdd_source_server import Account, SourceServer, dovecot_installed, start_dovecot, start_twisted

ACCOUNTS = [
    Account("anna", "secret-1", messages=5, seen=2),
    Account("boris", "secret-2", messages=3),
    Account("empty", "secret-3"),
    Account("clara@old.test", "the old password of Clara", messages=1),
    Account("many", "secret-4", messages=40, seen=40),
]
ANNA = {"ext-login": "anna", "ext-passwd": "secret-1"}
PROTOCOLS = {"imap": "imap", "imap4": "imaps", "pop": "pop3", "pop3": "pop3s"}
"""A method for each protocol of a source server."""

needs_dovecot = pytest.mark.skipif(not dovecot_installed(), reason="Dovecot is not installed")


@pytest.fixture(scope="module", params=["twisted", pytest.param("dovecot", marks=needs_dovecot)])
def any_source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceServer]:
    """Return source servers of all kinds."""
    start = start_twisted if request.param == "twisted" else start_dovecot
    with start(tmp_path_factory.mktemp("source"), ACCOUNTS) as running:
        yield running


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceServer]:
    """Return a source server."""
    with start_twisted(tmp_path_factory.mktemp("source"), ACCOUNTS) as running:
        yield running


@pytest.fixture
def own_source(tmp_path: Path) -> Iterator[SourceServer]:
    """Return a source server that a test may stop."""
    with start_twisted(tmp_path / "source", ACCOUNTS) as running:
        yield running


@pytest.fixture(scope="module")
def slow_emulator() -> Iterator[Emulator]:
    """Return an emulator that takes a minute to import a message."""
    with Emulator("--import-latency", "60") as running:
        yield running
        assert running.stop() == 0
        assert running.errors == ""


@pytest.fixture
def slow(slow_emulator: Emulator, request: pytest.FixtureRequest) -> Api:
    """Return a client for a domain without mailboxes, where a message takes a minute until a test says otherwise."""
    api = slow_emulator.api(f"{request.node.name.replace('_', '-')}.test")
    api.control_put("/latency", {"import_latency": 60})
    return api


@pytest.fixture
def dead_port() -> Iterator[int]:
    """Return a port where nothing answers: it is taken, but not listened on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def settings(source: SourceServer, method: str = "imap") -> dict[str, Any]:
    """Return the settings parameters of a source server."""
    protocol = PROTOCOLS[method]
    ssl = "yes" if protocol.endswith("s") else "no"
    return {"method": method, "server": source.host, "port": source.ports[protocol], "ssl": ssl}


def start(api: Api, source_settings: dict[str, Any], login: str, password: str, **params: str) -> dict[str, Any]:
    """Start the import of a box and return its entry in the answer."""
    named = {"ext-login": login, "ext-passwd": password, **params}
    (entry,) = api.ok("import/start_one_import", {**source_settings, **named})["import_list"]
    return dict(entry)


def upload(api: Api, source_settings: dict[str, Any], content: str) -> dict[str, Any]:
    """Start the import of a file, the documented way: all but the file in the query."""
    query = urlencode({"domain": api.domain, **source_settings})
    file = {"file": ("import_list_file", content.encode())}
    return api.ok(f"import/start_import_file?{query}", data=None, files=file)


def progress(api: Api, **params: int) -> dict[str, Any]:
    """Return the progress of the import."""
    return dict(api.ok("import/check_imports", params)["import"])


def finished(api: Api) -> dict[str, Any]:
    """Wait for the end of the import and return its progress."""
    wait_until(lambda: progress(api)["state"] not in {"task_just_created", "in_progress"})
    return progress(api)


def messages(api: Api, login: str) -> list[tuple[str, bool]]:
    """Return subject and `seen` of the messages of a mailbox."""
    return [(message["subject"], message["seen"]) for message in api.control(f"messages/{login}")]


# Settings


@pytest.mark.parametrize("method", PROTOCOLS)
def test_check_settings(api: Api, any_source: SourceServer, method: str) -> None:
    """A source that greets is good, with TLS and without; the settings are echoed."""
    wanted = settings(any_source, method)
    assert api.ok("import/check_settings", wanted) == {"settings": wanted}


@pytest.mark.parametrize("action", ["import/check_settings", "import/start_one_import", "import/start_import_file"])
def test_errors_of_settings(api: Api, action: str) -> None:
    """One parameter after the other is looked at, first for absence, then for its value."""
    good = {"method": "pop3", "server": "old.test", "port": "110", "ssl": "no"}
    for parameter, bad_values in {
        "method": ["", "smtp", "IMAP"],
        "server": ["", "two words", "a/b", "x" * 254],
        "port": ["", "0", "65536", "-1", "http", "11o"],
        "ssl": ["", "1", "YES"],
    }.items():
        before = dict(list(good.items())[: list(good).index(parameter)])
        assert api.error(action, before) == f"no_{parameter}"
        for value in bad_values:
            assert api.error(action, {**before, parameter: value}) == f"bad_{parameter}"
            assert api.error(action, {**good, parameter: value}) == f"bad_{parameter}"


@pytest.mark.parametrize("action", ["import/check_settings", "import/start_one_import", "import/start_import_file"])
def test_unverified_domain(api: Api, source: SourceServer, action: str) -> None:
    """Nothing is imported into a domain that is not verified; a missing MX record does not matter."""
    api.control_put("", {"status": "domain-activate"})
    assert api.error(action, settings(source)) == "not_allowed"
    assert api.error(action) == "not_allowed"
    api.control_put("", {"status": "mx-activate"})
    assert api.error(action) == "no_method"


@pytest.mark.parametrize("method", PROTOCOLS)
def test_no_reply_from_a_dead_port(api: Api, dead_port: int, method: str) -> None:
    """A refused connection is `no_reply`, with TLS and without."""
    for ssl in ("yes", "no"):
        wanted = {"method": method, "server": "127.0.0.1", "port": dead_port, "ssl": ssl}
        assert api.error("import/check_settings", wanted) == "no_reply"


def test_no_reply_from_other_servers(api: Api, source: SourceServer) -> None:
    """Neither is another protocol a greeting, nor TLS where there is none, nor a name that does not exist."""
    imap, pop = settings(source), settings(source, "pop")
    for wanted in (
        {**imap, "method": "pop3"},
        {**pop, "method": "imap"},
        {**imap, "ssl": "yes"},
        {**imap, "server": "no-such-host.invalid"},
    ):
        assert api.error("import/check_settings", wanted) == "no_reply", wanted


def test_no_reply_from_a_silent_server(api: Api) -> None:
    """A server that accepts and says nothing is waited for a few seconds only."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wanted = {"method": "imap", "server": "127.0.0.1", "port": silent.getsockname()[1], "ssl": "no"}
        assert api.error("import/check_settings", wanted) == "no_reply"


# One box


@pytest.mark.parametrize("method", PROTOCOLS)
def test_import(api: Api, any_source: SourceServer, method: str) -> None:
    """All messages come over, in order; IMAP tells which were read."""
    wanted = settings(any_source, method)
    answer = api.ok("import/start_one_import", {**wanted, **ANNA})
    assert answer == {
        "settings": wanted,
        "import_list": [
            {
                "external_login": "anna",
                "external_password": "secret-1",
                "internal_login": "anna",
                "internal_password": "secret-1",
                "started": "yes",
            }
        ],
    }
    finished(api)
    assert api.ok("import/check_imports") == {
        "settings": wanted,
        "import": {
            "state": "done",
            "total_box_count": 1,
            "done_box_count": 1,
            "complete_box_count": 1,
            "failed_boxes_count": 0,
            "failed_boxes_pages": 0,
            "failed_boxes_current_page": 1,
            "total_message_count": 5,
            "imported_message_count": 5,
            "progress_percent": 100,
            "failed_boxes": [],
        },
    }
    seen = 2 if method.startswith("imap") else 0
    assert messages(api, "anna") == [(f"Message {number} for anna", number <= seen) for number in range(1, 6)]
    assert api.ok("email/counters", {"login": "anna"})["counters"] == {"unread": 5 - seen, "new": 5}
    assert api.control("password?login=anna") == {"password": "secret-1"}


@pytest.mark.parametrize("method", ["imap", "pop"])
def test_import_leaves_the_source_alone(api: Api, any_source: SourceServer, method: str) -> None:
    """What was unread at the source stays unread."""
    start(api, settings(any_source, method), "boris", "secret-2")
    finished(api)
    start(api, settings(any_source, "imap"), "boris", "secret-2", **{"int-login": "later"})
    finished(api)
    assert [seen for _subject, seen in messages(api, "later")] == [False] * 3


def test_other_names(api: Api, source: SourceServer) -> None:
    """A source address is cut at `@`; a new login or password replaces one that breaks the rules."""
    wanted = settings(source)
    clara = {"login": "clara@old.test", "password": "the old password of Clara"}
    refused = start(api, wanted, **clara)
    assert (refused["internal_login"], refused["started"], refused["error"]) == ("clara", "no", "passwd-toolong")
    entry = start(api, wanted, **clara, **{"int-passwd": "secret-9", "int-login": ""})
    assert (entry["internal_login"], entry["internal_password"], entry["started"]) == ("clara", "secret-9", "yes")
    start(api, wanted, "empty", "secret-3", **{"int-login": f"New@{api.domain}"})
    assert api.control("password?login=new") == {"password": "secret-3"}
    assert finished(api)["complete_box_count"] == 2
    assert set(api.control("")["mailboxes"]) == {f"clara@{api.domain}", f"new@{api.domain}"}
    assert messages(api, "clara") == [("Message 1 for clara@old.test", False)]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"int-login": "1x"}, "badlogin"),
        ({"int-login": "x@other.test"}, "badlogin"),
        ({"int-login": "abuse"}, "login_reserved"),
        ({"int-login": "team"}, "occupied"),
        ({"int-passwd": "12345"}, "passwd-tooshort"),
        ({"int-passwd": "anna12", "int-login": "anna12"}, "passwd-likelogin"),
        ({"ext-login": ""}, "login-empty"),
        ({"ext-passwd": ""}, "passwd-empty"),
    ],
)
def test_not_started(api: Api, source: SourceServer, params: dict[str, str], code: str) -> None:
    """What is wrong with the new mailbox is told in the list; nothing is created, and no import begins."""
    api.ok("email/ml/add", {"maillist": "team"})
    answer = api.ok("import/start_one_import", {**settings(source), **ANNA, **params})
    (entry,) = answer["import_list"]
    assert (entry["started"], entry["error"]) == ("no", code)
    assert api.control("")["mailboxes"] == {}
    assert api.ok("import/check_imports")["settings"] == {}


def test_missing_account(api: Api, source: SourceServer) -> None:
    """Login and password of the source have to be given."""
    assert api.error("import/start_one_import", settings(source)) == "no_ext-login"
    assert api.error("import/start_one_import", {**settings(source), "ext-login": "anna"}) == "no_ext-passwd"


def test_no_import_ever(api: Api) -> None:
    """There is nothing to tell; a stop is fine."""
    for _round in range(2):
        answer = api.ok("import/check_imports")
        assert answer["settings"] == {}
        assert (answer["import"]["state"], answer["import"]["failed_boxes"]) == ("done", [])
        assert {value for key, value in answer["import"].items() if key.endswith("_count")} == {0}
        assert api.call("import/stop_all_imports") == {"domain": api.domain, "success": "ok"}


@pytest.mark.parametrize("method", ["imap", "pop3"])
def test_import_again(api: Api, any_source: SourceServer, method: str) -> None:
    """What was copied from a source account is not copied twice; other sources add their messages."""
    first, again = settings(any_source, method), settings(any_source, "imap4" if method == "imap" else "pop")
    start(api, first, "anna", "secret-1")
    finished(api)
    for wanted in (first, again):
        start(api, wanted, "anna", "secret-1", **{"int-passwd": "other-secret"})
        progress_again = finished(api)
        assert progress_again["state"] == "done"
        assert (progress_again["total_box_count"], progress_again["imported_message_count"]) == (1, 0)
        assert len(messages(api, "anna")) == 5
    assert api.control("password?login=anna") == {"password": "secret-1"}
    start(api, first, "boris", "secret-2", **{"int-login": "anna"})
    assert finished(api)["imported_message_count"] == 3
    assert len(messages(api, "anna")) == 8
    assert api.ok("email/counters", {"login": "anna"})["counters"]["new"] == 8


@pytest.mark.parametrize("method", PROTOCOLS)
def test_wrong_password(api: Api, any_source: SourceServer, method: str) -> None:
    """A box that cannot be signed in to has failed; its mailbox is there, its passwords are not told."""
    start(api, settings(any_source, method), "anna", "wrong-1")
    answer = finished(api)
    assert answer["state"] == "failed"
    assert (answer["total_box_count"], answer["done_box_count"], answer["complete_box_count"]) == (1, 1, 0)
    assert (answer["failed_boxes_count"], answer["failed_boxes_pages"]) == (1, 1)
    assert answer["failed_boxes"] == [
        {
            "external_login": "anna",
            "internal_login": "anna",
            "imported_mail": 0,
            "last_error": "authentication failed",
            "last_error_count": 1,
        }
    ]
    assert messages(api, "anna") == []


def test_one_of_two_fails(slow: Api, source: SourceServer) -> None:
    """With one good box the task is done; the failed one may be begun anew while the task runs."""
    api = slow
    start(api, settings(source), "anna", "secret-1")
    start(api, settings(source), "boris", "wrong-1")
    wait_until(lambda: progress(api)["failed_boxes_count"] == 1)
    assert progress(api)["state"] == "in_progress"
    start(api, settings(source), "boris", "secret-2")
    assert progress(api)["total_box_count"] == 2
    assert progress(api)["failed_boxes_count"] == 0
    start(api, settings(source), "many", "wrong-1")
    wait_until(lambda: progress(api)["failed_boxes_count"] == 1)
    api.control_put("/latency", {"import_latency": 0})
    api.ok("import/stop_all_imports")
    start(api, settings(source), "boris", "secret-2")
    start(api, settings(source), "anna", "wrong-1")
    answer = finished(api)
    assert answer["state"] == "done"
    assert (answer["done_box_count"], answer["complete_box_count"], answer["failed_boxes_count"]) == (2, 1, 1)


# Time


def test_dead_source_is_waited_for(api: Api, own_source: SourceServer) -> None:
    """A source that does not answer is no error; the import goes on when it is back."""
    own_source.stop()
    assert start(api, settings(own_source), "anna", "secret-1")["started"] == "yes"
    wait_until(lambda: progress(api)["state"] == "in_progress")
    waiting = progress(api)
    assert (waiting["failed_boxes_count"], waiting["imported_message_count"], waiting["progress_percent"]) == (0, 0, 0)
    own_source.start()
    assert finished(api)["state"] == "done"
    assert len(messages(api, "anna")) == 5


def test_dead_sources_leave_room(api: Api, source: SourceServer, dead_port: int) -> None:
    """Boxes that wait for their sources do not hold up others."""
    dead = {**settings(source), "port": dead_port}
    for number in range(20):
        start(api, dead, f"box{number}", "secret-1")
    start(api, settings(source), "anna", "secret-1")
    wait_until(lambda: progress(api)["complete_box_count"] == 1)
    assert progress(api)["state"] == "in_progress"
    assert api.ok("import/check_imports")["settings"] == settings(source)
    api.ok("import/stop_all_imports")


def test_progress_and_stop(slow: Api, source: SourceServer) -> None:
    """The progress can be watched, a start joins what runs, and a stop ends it all at once."""
    api = slow
    start(api, settings(source), "anna", "secret-1")
    wait_until(lambda: progress(api)["imported_message_count"] == 1)
    start(api, settings(source), "boris", "secret-2")
    wait_until(lambda: progress(api)["imported_message_count"] == 2)
    answer = progress(api)
    assert answer["state"] == "in_progress"
    assert (answer["total_box_count"], answer["done_box_count"]) == (2, 0)
    assert (answer["total_message_count"], answer["progress_percent"]) == (8, 25)
    api.ok("import/stop_all_imports")
    assert progress(api)["state"] == "removed"
    api.control_put("/latency", {"import_latency": 0})
    assert progress(api)["imported_message_count"] == 2
    start(api, settings(source), "anna", "secret-1")
    answer = finished(api)
    assert answer["state"] == "done"
    assert (answer["total_box_count"], answer["imported_message_count"]) == (1, 4)
    api.ok("import/stop_all_imports")
    assert progress(api)["state"] == "done"
    assert len(messages(api, "anna")) == 5
    assert len(messages(api, "boris")) == 1


def test_nothing_is_copied_after_a_stop(slow_emulator: Emulator, slow: Api, source: SourceServer) -> None:
    """What runs is ended, while another domain's import goes on to its end."""
    slow.control_put("/latency", {"import_latency": 0.05})
    start(slow, settings(source), "many", "secret-4")
    wait_until(lambda: progress(slow)["imported_message_count"] >= 1)
    slow.ok("import/stop_all_imports")
    copied = messages(slow, "many")
    other = slow_emulator.api(f"other.{slow.domain}")
    start(other, settings(source), "anna", "secret-1")
    assert finished(other)["imported_message_count"] == 5
    assert messages(slow, "many") == copied
    assert len(copied) < 40


def test_deleted_mailbox_leaves_the_import(slow: Api, source: SourceServer) -> None:
    """Nothing is copied into a mailbox that was deleted, nor into a new one of its name."""
    api = slow
    start(api, settings(source), "anna", "secret-1")
    wait_until(lambda: progress(api)["imported_message_count"] == 1)
    api.ok("email/del", {"login": "anna"})
    api.ok("email/add", {"login": "anna", "password": "secret-1"})
    assert finished(api)["total_box_count"] == 0
    assert messages(api, "anna") == []


@pytest.mark.parametrize(("number", "method"), [(signal.SIGTERM, "imap"), (signal.SIGKILL, "pop3")])
def test_restart_goes_on(tmp_path: Path, any_source: SourceServer, number: signal.Signals, method: str) -> None:
    """A restart copies what is missing, without doubles, and forgets the source's password at the end."""
    state = tmp_path / "state"
    any_source.add(Account("late", "very-secret", messages=10, seen=4))
    emulator = Emulator("--state", str(state), "--import-latency", "60")
    api = emulator.api("example.test")
    start(api, settings(any_source, method), "late", "very-secret")
    start(api, {**settings(any_source), "port": 1}, "boris", "secret-2")
    wait_until(lambda: progress(api)["imported_message_count"] == 1)
    emulator.stop(number)
    assert passwords(state) == {"very-secret", "secret-2"}
    with Emulator("--state", str(state)) as restarted:
        api = Api(restarted.url, "example.test")
        wait_until(lambda: progress(api)["complete_box_count"] == 1)
        assert progress(api)["state"] == "in_progress"
        assert progress(api)["imported_message_count"] == progress(api)["total_message_count"] == 10
        assert [subject for subject, _seen in messages(api, "late")] == [f"Message {n} for late" for n in range(1, 11)]
        assert restarted.stop() == 0
        assert restarted.errors == ""
    assert passwords(state) == {None, "secret-2"}


def test_stopped_import_is_not_resumed(tmp_path: Path, source: SourceServer) -> None:
    """A restart leaves a stopped import alone; its passwords are gone."""
    state = tmp_path / "state"
    emulator = Emulator("--state", str(state), "--import-latency", "60")
    api = emulator.api("example.test")
    start(api, settings(source), "anna", "secret-1")
    start(api, {**settings(source), "port": 1}, "boris", "secret-2")
    wait_until(lambda: progress(api)["imported_message_count"] == 1)
    api.ok("import/stop_all_imports")
    emulator.stop()
    assert passwords(state) == {None}
    with Emulator("--state", str(state)) as restarted:
        assert progress(Api(restarted.url, "example.test"))["state"] == "removed"


def passwords(state: Path) -> set[str | None]:
    """Return the source accounts' passwords in a state file."""
    with closing(sqlite3.connect(state)) as database:
        return {row[0] for row in database.execute("SELECT external_password FROM import_box")}


def test_end_amid_a_silent_source() -> None:
    """A source that accepts connections and says nothing does not hold up the end."""
    with Emulator() as running, socket.create_server(("127.0.0.1", 0)) as silent:
        api = running.api("example.test")
        port = silent.getsockname()[1]
        start(api, {"method": "imap", "server": "127.0.0.1", "port": port, "ssl": "no"}, "anna", "secret-1")
        connection, _address = silent.accept()
        with connection:
            assert running.stop() == 0
        assert running.errors == ""


# Many boxes


def test_import_file(api: Api, source: SourceServer) -> None:
    """Each line is a box, with or without a new login and password; bad lines are told, blank ones ignored."""
    api.ok("email/ml/add", {"maillist": "team"})
    lines = [
        '\ufeff"anna","secret-1"',
        "boris,secret-2,bob",
        "",
        '"clara@old.test", "the old password of Clara", "clara", "secret-9"',
        '"empty","secret-3","",""',
        "one",
        "a,b,c,d,e",
        '"unfinished',
        "team,secret-1",
        "dora,1",
    ]
    wanted = settings(source)
    answer = upload(api, wanted, "\r\n".join(lines))
    assert answer["settings"] == wanted
    entries = answer["import_list"]
    started = [(entry["internal_login"], entry["internal_password"]) for entry in entries if entry["started"] == "yes"]
    assert started == [("anna", "secret-1"), ("bob", "secret-2"), ("clara", "secret-9"), ("empty", "secret-3")]
    refused = [(entry["external_login"], entry["error"]) for entry in entries if entry["started"] == "no"]
    assert refused == [
        ("one", "bad_line"),
        ("a,b,c,d,e", "bad_line"),
        ('"unfinished', "bad_line"),
        ("team", "occupied"),
        ("dora", "passwd-tooshort"),
    ]
    ended = finished(api)
    assert (ended["state"], ended["total_box_count"], ended["imported_message_count"]) == ("done", 4, 9)
    assert len(messages(api, "bob")) == 3


def test_import_file_with_settings_as_parts(api: Api, source: SourceServer) -> None:
    """The settings may be form parts; without a file nothing begins."""
    wanted = settings(source)
    assert api.error("import/start_import_file", wanted) == "no_file"
    parts = {"domain": api.domain, **wanted, "file": ""}
    assert api.ok("import/start_import_file", data=parts) == {"settings": wanted, "import_list": []}
    api.ok("import/start_import_file", data={**wanted, "domain": api.domain}, files={"file": ("x", b"empty,secret-3")})
    assert finished(api)["complete_box_count"] == 1


def test_many_boxes(api: Api, source: SourceServer) -> None:
    """More boxes than are copied at the same time all come to their end."""
    wanted = settings(source)
    lines = [f"many,secret-4,copy{number}" for number in range(20)]
    upload(api, wanted, "\n".join(lines))
    answer = finished(api)
    assert (answer["complete_box_count"], answer["imported_message_count"]) == (20, 800)
    assert api.ok("email/counters", {"login": "copy19"})["counters"] == {"unread": 0, "new": 40}


def test_paging_of_failed_boxes(api: Api) -> None:
    """Failed boxes come by ten; the control path makes them, and a page past the end is empty."""
    for number in range(12):
        api.control_put(f"failed_boxes/box{number}", {"last_error": f"error {number}"})
    api.control_put("failed_boxes/box0", {"last_error": "again"})
    for params, page, pages, found in (
        ({}, 1, 2, range(10)),
        ({"page": 2}, 2, 2, range(10, 12)),
        ({"page": 3}, 3, 2, range(0)),
        ({"page": 2, "on_page": 5}, 2, 3, range(5, 10)),
        ({"page": 0, "on_page": 0}, 1, 12, range(1)),
    ):
        answer = progress(api, **params)
        assert (answer["state"], answer["failed_boxes_count"]) == ("failed", 12)
        assert (answer["failed_boxes_current_page"], answer["failed_boxes_pages"]) == (page, pages)
        assert [box["internal_login"] for box in answer["failed_boxes"]] == [f"box{number}" for number in found]
    first = progress(api)["failed_boxes"][0]
    assert (first["last_error"], first["last_error_count"]) == ("again", 2)


def test_failing_a_running_box(slow: Api, source: SourceServer) -> None:
    """The control path ends the copying of a box."""
    api = slow
    start(api, settings(source), "anna", "secret-1")
    wait_until(lambda: progress(api)["imported_message_count"] == 1)
    api.control_put("failed_boxes/anna", {"last_error": "disk full"})
    answer = progress(api)
    assert (answer["state"], answer["failed_boxes"][0]["last_error"]) == ("failed", "disk full")
    assert answer["failed_boxes"][0]["imported_mail"] == 1
