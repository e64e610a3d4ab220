# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_mailbox_import: mail is copied from another server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import wait_until
from pdd_source_server import SourceServer

from ..conftest import Service, in_every_era
from . import odd_files
from .conftest import Middleman, Runner

MODULE = "pdd_mailbox_import"
START = "import/start_one_import"
CHANGE = {"kind": "import", "action": "start"}
WAIT: dict[str, Any] = {"wait": True, "poll_interval": 1}


def server(source: SourceServer, protocol: str = "imap") -> dict[str, Any]:
    """Return the options of a source server for one of its protocols."""
    method, ssl = protocol.removesuffix("s"), protocol.endswith("s")
    return {"server": source.host, "port": source.ports[protocol], "method": method, "ssl": ssl}


def box(login: str, **internal: str) -> dict[str, Any]:
    """Return the options of an account of the source server."""
    return {"external_login": login, "external_password": f"made-up-{login.partition('@')[0]}", **internal}


@pytest.fixture
def nowhere(dead_port: int) -> dict[str, Any]:
    """Return the options of a source server that does not answer."""
    return {"server": "127.0.0.1", "port": dead_port, "ssl": False}


@pytest.mark.parametrize("protocol", ["imap", "imaps", "pop3", "pop3s"])
def test_all_protocols(run: Runner, service: Service, source: SourceServer, protocol: str) -> None:
    result = run.check_then_run_twice(MODULE, **server(source, protocol), **box("anna"), **WAIT)
    assert result["changed"]
    assert result["imported"] == service.addresses("anna")
    assert result["existing"] == result["failures"] == []
    assert result["diff"] == service.diff([], ["anna: import started"])
    assert result["changes"] == [{"kind": "import", "name": service.address("anna"), "action": "start"}]
    assert result["import"] == {
        "state": "done",
        "progress_percent": 100,
        "total_boxes": 1,
        "done_boxes": 1,
        "complete_boxes": 1,
        "failed_boxes": 0,
        "total_messages": 3,
        "imported_messages": 3,
    }
    assert service.mailboxes["anna"]["messages"] == 3


@in_every_era
def test_every_era(run: Runner, service: Service, source: SourceServer) -> None:
    bad = {**box("boris"), "external_password": "made-up-wrong"}
    result = run(MODULE, **server(source), mailboxes=[box("anna"), bad], **WAIT)
    assert result["imported"] == service.addresses("anna", "boris")
    assert (result["import"]["complete_boxes"], result["import"]["failed_boxes"]) == (1, 1)
    assert [failure["object"] for failure in result["failures"]] == service.addresses("boris")
    again = run(MODULE, **server(source), mailboxes=[box("anna"), bad])
    assert again["existing"] == service.addresses("anna", "boris")
    assert [failure["object"] for failure in again["failures"]] == service.addresses("boris")
    assert not again["changed"]


@pytest.mark.parametrize(("method", "protocol"), [("imap4", "imaps"), ("pop", "pop3s")])
def test_other_names_of_the_methods(
    run: Runner, service: Service, source: SourceServer, method: str, protocol: str
) -> None:
    options = {**server(source, protocol), "method": method}
    assert run(MODULE, **options, **box("boris"), **WAIT)["import"]["imported_messages"] == 2
    assert {entry["params"].get("method") for entry in service.requests()} == {method, None}


@pytest.mark.parametrize(
    ("method", "ssl", "port"),
    [("imap", True, 993), ("imap4", False, 143), ("pop3", True, 995), ("pop", False, 110), (None, None, 993)],
)
def test_default_ports(run: Runner, service: Service, method: str | None, ssl: bool | None, port: int) -> None:
    run(MODULE, check=True, server="127.0.0.1", method=method, ssl=ssl, **box("anna"))
    (asked,) = [entry["params"] for entry in service.requests() if entry["path"].endswith("check_settings")]
    assert asked["port"] == str(port)
    assert asked["ssl"] == ("no" if ssl is False else "yes")


def test_without_waiting(run: Runner, service: Service, source: SourceServer) -> None:
    result = run(MODULE, **server(source), **box("anna"))
    assert result["imported"] == service.addresses("anna")
    assert result["import"]["total_boxes"] == 1
    assert wait_until(lambda: service.mailboxes["anna"]["messages"] == 3)


def test_new_name_and_password(run: Runner, service: Service, source: SourceServer) -> None:
    entry = box("clara@old.test", internal_login="Clara.New", internal_password="a-new-one-1")
    run.check_then_run_twice(MODULE, **server(source), **entry, **WAIT)
    assert service.mailboxes["clara.new"]["messages"] == 1
    assert service.mailboxes["clara.new"]["password"] == "a-new-one-1"


def test_name_is_that_of_the_account_up_to_the_at(run: Runner, service: Service, source: SourceServer) -> None:
    desired = [box("clara@old.test"), box("Anna")]
    result = run(MODULE, check=True, **server(source), mailboxes=desired)
    assert result["imported"] == service.addresses("clara", "anna")


def test_other_names_of_the_options(run: Runner, service: Service, source: SourceServer) -> None:
    old: dict[str, Any] = {
        "ext_login": "anna",
        "ext_passwd": "made-up-anna",
        "int_login": "anne",
        "int_passwd": "a-new-one-1",
    }
    older = {**old, "int_login": "annie"}
    assert run(MODULE, **server(source), **old, **WAIT)["imported"] == service.addresses("anne")
    assert run(MODULE, **server(source), mailboxes=[older], **WAIT)["imported"] == service.addresses("annie")
    for name in ("anne", "annie"):
        assert service.mailboxes[name]["messages"] == 3
        assert service.mailboxes[name]["password"] == "a-new-one-1"


def test_many_mailboxes(run: Runner, service: Service, source: SourceServer) -> None:
    logins = [f"box{number:02}" for number in range(30)]
    result = run.check_then_run_twice(MODULE, **server(source), mailboxes=[box(login) for login in logins], **WAIT)
    assert result["imported"] == service.addresses(*logins)
    assert result["import"]["imported_messages"] == 30
    assert {each["messages"] for each in service.mailboxes.values()} == {1}
    assert len(service.mailboxes) == 30


def test_no_mailboxes(run: Runner, service: Service) -> None:
    assert not run.check_then_run_twice(MODULE, server="old.example.test", mailboxes=[])["changed"]
    assert "import/check_settings" not in service.calls()


def test_existing_mailbox_is_left_alone(run: Runner, service: Service, source: SourceServer) -> None:
    service.add_mailboxes("anna")
    result = run(MODULE, **server(source), mailboxes=[box("anna"), box("boris")], **WAIT)
    assert (result["imported"], result["existing"]) == (service.addresses("boris"), service.addresses("anna"))
    assert result["skipped_existing"] == service.addresses("anna")
    assert result["starts"] == {service.address("anna"): False, service.address("boris"): True}
    assert service.mailboxes["anna"]["messages"] == 0
    service.forget()
    again = run(MODULE, **server(source), mailboxes=[box("anna"), box("boris")])
    assert again["existing"] == service.addresses("anna", "boris")
    assert "import/check_settings" not in service.calls()


@pytest.mark.parametrize("check", [True, False])
def test_existing_mailboxes_are_warned_of_once(
    run: Runner, service: Service, source: SourceServer, check: bool
) -> None:
    """Mail that is not copied must not go unnoticed. One whose import failed is a failure instead."""
    service.add_mailboxes("anna", "boris", *(f"box{number:02}" for number in range(10)))
    service.api.control_put("failed_boxes/clara", {"last_error": "made up"})
    named = [box(login) for login in sorted(service.mailboxes)]
    options: dict[str, Any] = {**server(source), "mailboxes": named, "check": check}
    result = run(MODULE, **options)
    (warning,) = map(str, result["warnings"])
    assert f"mailboxes that exist: {service.address('anna')}, {service.address('boris')}, " in warning
    assert f"{service.address('box07')} and 2 more. Set existing" in warning
    assert "existing: import (pdd_domain_imports_existing: import in the role pdd_domain)" in warning
    assert "clara" not in warning
    assert [failure["object"] for failure in result["failures"]] == service.addresses("clara")
    assert len(result["skipped_existing"]) == len(result["existing"]) == 13
    assert run(MODULE, **options, expected_present=list(service.mailboxes)).get("warnings", []) == []


def test_existing_mailbox_is_filled(run: Runner, service: Service, source: SourceServer) -> None:
    """Whenever the task asks for it; a check run says so, too."""
    service.add_mailboxes("anna")
    options: dict[str, Any] = {**server(source), "mailboxes": [box("anna"), box("boris")], "existing": "import"}
    both = service.addresses("anna", "boris")
    for before in (["anna: mailbox"], ["anna: mailbox", "boris: mailbox"]):
        predicted = run(MODULE, check=True, diff=True, **options)
        result = run(MODULE, diff=True, **options, **WAIT)
        assert predicted["changes"] == result["changes"]
        assert [change["name"] for change in result["changes"]] == both
        assert predicted["diff"] == result["diff"]
        assert result["diff"] == service.diff(before, ["anna: import started", "boris: import started"])
        assert (result["imported"], result["skipped_existing"]) == (both, [])
        assert result.get("warnings", []) == []
        assert (service.mailboxes["anna"]["messages"], service.mailboxes["boris"]["messages"]) == (3, 2)
    assert service.mailboxes["anna"]["password"] == "made-up-1"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("applied", [True, False])
def test_lost_start_of_an_existing_mailbox(
    run: Runner, service: Service, source: SourceServer, middleman: Middleman, applied: bool
) -> None:
    """That it is there says nothing."""
    service.add_mailboxes("anna")
    service.forget()
    middleman.lose(START, applied=applied)
    result = run(MODULE, **server(source), **box("anna"), existing="import", api_url=middleman.url)
    assert result["error"]["code"] == "outcome_unknown"
    assert service.calls().count(START) == int(applied)


def test_waiting_includes_what_an_earlier_run_began(run: Runner, service: Service, source: SourceServer) -> None:
    service.api.control_put("/latency", {"import_latency": 0.5})
    began = run(MODULE, **server(source), **box("anna"))
    assert began["import"]["state"] != "done"
    result = run(MODULE, **server(source), **box("anna"), **WAIT)
    assert not result["changed"]
    assert result["import"]["imported_messages"] == 3


def test_check_run_does_not_wait(run: Runner, source: SourceServer) -> None:
    result = run(MODULE, check=True, **server(source), **box("anna"), wait=True, stall_timeout=1)
    assert result["changed"]
    assert not result.get("failed")


def test_older_task_that_is_still_shown_is_not_done(
    run: Runner, service: Service, source: SourceServer, middleman: Middleman
) -> None:
    looks = iter(range(2))

    def show_an_older_one(answer: dict[str, Any]) -> None:
        if next(looks, None) is not None:
            answer["import"].update(state="done", total_box_count=0, done_box_count=0)

    middleman.edit("import/check_imports", show_an_older_one)
    result = run(MODULE, **server(source), **box("anna"), **WAIT, api_url=middleman.url)
    assert result["import"]["total_boxes"] == 1
    assert service.mailboxes["anna"]["messages"] == 3


def test_wrong_password_of_the_source(run: Runner, service: Service, source: SourceServer) -> None:
    wrong = {**box("anna"), "external_password": "made-up-wrong"}
    options = {**server(source), "mailboxes": [wrong, box("boris")]}
    result = run(MODULE, **options, **WAIT)
    assert result["failed"]
    assert result["changed"]
    assert result["imported"] == service.addresses("anna", "boris")
    (failure,) = result["failures"]
    assert (failure["action"], failure["object"], failure["count"]) == ("import", service.address("anna"), 1)
    assert failure["error"] == result["error"]
    assert "authentication failed" in failure["error"]["message"]
    assert "retry_failed" in failure["error"]["advice"]
    assert service.address("anna") in result["msg"]
    assert "made-up-wrong" not in run.output
    assert service.mailboxes["boris"]["messages"] == 2


@pytest.fixture
def failed_import(run: Runner, source: SourceServer) -> dict[str, Any]:
    """Import anna with a wrong password; returns the options with the right one."""
    run(MODULE, **server(source), **{**box("anna"), "external_password": "made-up-wrong"}, **WAIT)
    return {**server(source), **box("anna")}


@pytest.mark.parametrize("check", [True, False])
def test_failed_import_is_no_success_in_the_next_run(
    run: Runner, service: Service, failed_import: dict[str, Any], check: bool
) -> None:
    service.forget()
    result = run(MODULE, check=check, **failed_import)
    assert result["failed"]
    assert not result["changed"]
    assert [failure["object"] for failure in result["failures"]] == service.addresses("anna")
    assert result["existing"] == service.addresses("anna")
    assert service.writes() == []


def test_retry_failed(run: Runner, service: Service, failed_import: dict[str, Any]) -> None:
    result = run.check_then_run_twice(MODULE, **failed_import, **WAIT, retry_failed=True)
    assert result["imported"] == result["existing"] == service.addresses("anna")
    assert service.mailboxes["anna"]["messages"] == 3


def echo_passwords(middleman: Middleman, password: str) -> dict[str, Any]:
    """Have failed boxes show a password; returns the option."""

    def add(answer: dict[str, Any]) -> None:
        for each in answer["import"]["failed_boxes"]:
            each.update(external_password=password, internal_password=password)

    middleman.edit("import/check_imports", add)
    return {"api_url": middleman.url}


def test_failed_import_with_a_corrected_password(
    run: Runner, service: Service, middleman: Middleman, failed_import: dict[str, Any]
) -> None:
    """It is tried again by itself, if the service says which password failed; and that is shown nowhere."""
    options: dict[str, Any] = {**failed_import, **echo_passwords(middleman, "made-up-wrong")}
    wrong: dict[str, Any] = {**options, "external_password": "made-up-wrong"}
    assert [each["object"] for each in run(MODULE, **wrong)["failures"]] == service.addresses("anna")
    predicted = run(MODULE, check=True, **options)
    assert "made-up-wrong" not in run.output
    result = run(MODULE, **options)
    assert "made-up-wrong" not in run.output
    assert predicted["changes"] == result["changes"] == [CHANGE | {"name": service.address("anna")}]
    assert wait_until(lambda: service.mailboxes["anna"]["messages"] == 3)


def test_failed_import_whose_password_the_service_hides(
    run: Runner, service: Service, middleman: Middleman, failed_import: dict[str, Any]
) -> None:
    for hidden in ("", "********"):
        result = run(MODULE, **failed_import, **echo_passwords(middleman, hidden))
        assert [each["object"] for each in result["failures"]] == service.addresses("anna")
        assert "pdd_domain_imports_retry_failed" in result["error"]["advice"]


def test_failed_imports_are_counted(run: Runner, service: Service, source: SourceServer) -> None:
    """In the run that starts them and in later ones, with all that are there; each failure stands there once."""
    wrong = {**box("anna"), "external_password": "made-up-wrong"}
    options: dict[str, Any] = {
        **server(source),
        "mailboxes": [wrong, *(box(f"box{number:02}") for number in range(19))],
    }
    for more in (WAIT, {}, WAIT):
        result = run(MODULE, **options, **more)
        assert result["msg"].startswith("1 of 20 imports failed, 19 are there. importing")
        assert [each["object"] for each in result["failures"]] == service.addresses("anna")


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.usefixtures("impatient")
def test_failure_to_start_is_told_once(
    run: Runner, service: Service, middleman: Middleman, failed_import: dict[str, Any], applied: bool
) -> None:
    """Not a second time because of what the service says of the earlier import."""
    middleman.lose(START, applied=applied)
    wrong: dict[str, Any] = {**failed_import, "external_password": "made-up-wrong", "api_url": middleman.url}
    result = run(MODULE, **wrong, **WAIT, retry_failed=True)
    assert [each["object"] for each in result["failures"]] == service.addresses("anna")
    assert result["msg"].startswith("1 of 1 imports failed. ")


def test_list_that_an_earlier_task_removes(run: Runner, service: Service, source: SourceServer) -> None:
    """In check mode its address is free; in a real run the service is asked."""
    service.add_maillist("anna")
    options: dict[str, Any] = {**server(source), **box("anna"), "expected_absent": ["Anna"]}
    assert run(MODULE, check=True, **options)["imported"] == service.addresses("anna")
    assert run(MODULE, **options)["error"]["code"] == "occupied"
    assert "expected_absent[0]: 'a b'" in run.refused_before_any_request(
        MODULE, **{**options, "expected_absent": ["a b"]}
    )


def test_all_imports_failed(run: Runner, service: Service, source: SourceServer) -> None:
    wrong = {**box("anna"), "external_password": "made-up-wrong"}
    result = run(MODULE, **server(source), **wrong, **WAIT)
    assert result["import"]["state"] == "failed"
    assert [failure["object"] for failure in result["failures"]] == service.addresses("anna")
    assert result["msg"].startswith("1 of 1 imports failed. importing")


def test_failed_boxes_of_others_do_no_harm(run: Runner, service: Service, source: SourceServer) -> None:
    run(MODULE, **server(source), **box("anna"), **WAIT)
    service.api.control_put("failed_boxes/stranger", {"last_error": "made up"})
    result = run(MODULE, **server(source), **box("anna"), **WAIT)
    assert not result.get("failed")
    assert result["import"]["failed_boxes"] == 1


def test_task_in_which_only_boxes_of_others_failed(run: Runner, service: Service, source: SourceServer) -> None:
    service.add_mailboxes("anna")
    service.api.control_put("failed_boxes/stranger", {"last_error": "made up"})
    result = run(MODULE, **server(source), **box("anna"), **WAIT)
    assert not result.get("failed")
    assert result["import"]["state"] == "failed"


def test_failed_boxes_of_all_pages(run: Runner, service: Service, source: SourceServer) -> None:
    for number in range(105):
        service.api.control_put(f"failed_boxes/person{number:03}", {"last_error": "made up"})
    named = [{**box(f"person{number:03}"), "external_password": "made-up-1"} for number in range(105)]
    result = run(MODULE, **server(source), mailboxes=named)
    assert len(result["failures"]) == 105
    assert len(result["msg"]) < 1000
    assert result["import"]["failed_boxes"] == 105


@pytest.mark.parametrize("check", [True, False])
def test_unreachable_source(run: Runner, service: Service, nowhere: dict[str, Any], check: bool) -> None:
    result = run(MODULE, check=check, **nowhere, **box("anna"))
    assert result["error"]["code"] == "no_reply"
    assert f"127.0.0.1, port {nowhere['port']}" in result["msg"]
    assert not result["changed"]
    assert service.writes() == []
    assert service.mailboxes == {}


def test_unreachable_source_unchecked(run: Runner, service: Service, nowhere: dict[str, Any]) -> None:
    result = run(MODULE, **nowhere, **box("anna"), **WAIT, check_settings=False, stall_timeout=1)
    assert result["error"]["code"] == "stalled"
    assert result["changed"]
    assert result["imported"] == service.addresses("anna")
    (failure,) = result["failures"]
    assert (failure["action"], failure["object"]) == ("wait", service.domain)
    assert "state: stopped" in result["msg"]
    assert "import/check_settings" not in service.calls()


def test_wait_timeout(run: Runner, nowhere: dict[str, Any]) -> None:
    result = run(MODULE, **nowhere, **box("anna"), **WAIT, check_settings=False, wait_timeout=1)
    assert result["error"]["code"] == "timeout"
    assert "within 1 s" in result["msg"]


BEGIN = "waiting for the imports, at most 3600 s; interrupting leaves them running"


def looks(*messages: int, state: str = "in_progress") -> Callable[[dict[str, Any]], None]:
    """Return a change of answers: so many of four messages are there at each look, then all is done."""
    left = iter(messages)

    def change(answer: dict[str, Any]) -> None:
        imported = next(left, 4)
        done = imported == 4
        answer["import"].update(
            state="done" if done else state,
            progress_percent=25 * imported,
            total_message_count=4,
            imported_message_count=imported,
            total_box_count=1,
            done_box_count=int(done),
            complete_box_count=int(done),
        )

    return change


def test_progress_in_files(run: Runner, source: SourceServer, middleman: Middleman, tmp_path: Path) -> None:
    """One line for every change, after what a file held before; a file that is named twice is one."""
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text("before\n")
    middleman.edit("import/check_imports", looks(0, 1, 1))
    paths = [str(new), str(old), str(new)]
    result = run(MODULE, **server(source), **box("anna"), **WAIT, progress_path=paths, api_url=middleman.url)
    assert "warnings" not in result
    assert new.read_text().splitlines() == [
        BEGIN,
        "0 %, 0 of 4 messages, 0 of 1 mailboxes, 0 failed",
        "25 %, 1 of 4 messages, 0 of 1 mailboxes, 0 failed",
        "100 %, 4 of 4 messages, 1 of 1 mailboxes, 0 failed",
    ]
    assert old.read_text() == f"before\n{new.read_text()}"
    again = run(MODULE, **server(source), **box("anna"), **WAIT, progress_path=paths)
    assert not again["changed"]
    assert old.read_text() == f"before\n{new.read_text()}"


def test_progress_of_what_an_earlier_run_began(
    run: Runner, service: Service, source: SourceServer, middleman: Middleman, tmp_path: Path
) -> None:
    service.add_mailboxes("anna")
    middleman.edit("import/check_imports", looks(2, 2, state="paused"))
    options = {**server(source), **box("anna"), "api_url": middleman.url}
    run(MODULE, **options, **WAIT, progress_path=[str(tmp_path / "file")])
    assert (tmp_path / "file").read_text().splitlines() == [
        BEGIN,
        "50 %, 2 of 4 messages, 0 of 1 mailboxes, 0 failed",
        "100 %, 4 of 4 messages, 1 of 1 mailboxes, 0 failed",
    ]


def test_progress_that_cannot_be_written(
    run: Runner, source: SourceServer, middleman: Middleman, tmp_path: Path
) -> None:
    """The task warns of each file once, and does all the rest."""
    good, missing = tmp_path / "good", tmp_path / "none" / "file"
    middleman.edit("import/check_imports", looks(0, 1))
    paths = [str(missing), "", str(good)]
    result = run(MODULE, **server(source), **box("anna"), **WAIT, progress_path=paths, api_url=middleman.url)
    assert not result.get("failed")
    for path, warning in zip(paths, map(str, result["warnings"]), strict=False):
        assert f"progress_path: {path!r} cannot be written (No such file or directory)" in warning
    assert len(result["warnings"]) == 2
    assert len(good.read_text().splitlines()) == 4


@pytest.mark.timeout(60)
def test_progress_in_what_is_no_file(run: Runner, source: SourceServer, middleman: Middleman, tmp_path: Path) -> None:
    """Nothing is written to it, nor to what a link leads to, nor is anything created."""
    paths = {make.__name__: tmp_path / make.__name__ / "path" for make in odd_files.IRREGULAR}
    for make in odd_files.IRREGULAR:
        paths[make.__name__].parent.mkdir()
        make(paths[make.__name__])
    before = odd_files.tree(tmp_path)
    middleman.edit("import/check_imports", looks(0, 1))
    options: dict[str, Any] = {"progress_path": [str(path) for path in paths.values()], "api_url": middleman.url}
    result = run(MODULE, **server(source), **box("anna"), **WAIT, **options)
    assert odd_files.tree(tmp_path) == before
    assert not result.get("failed")
    for path, warning in zip(paths.values(), map(str, result["warnings"]), strict=True):
        assert re.search(rf"progress_path: {str(path)!r} cannot be written \(it is a .*, not a regular file\)", warning)


def test_progress_on_a_full_disk(run: Runner, source: SourceServer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with odd_files.full_disk():
        result = run(MODULE, **server(source), **box("anna"), **WAIT, progress_path=[str(path)])
    assert result["changed"]
    assert f"progress_path: {str(path)!r} cannot be written (File too large)" in str(result["warnings"])


@pytest.mark.parametrize("options", [{"check": True, "wait": True}, {"wait": False}])
def test_no_progress_without_waiting(
    run: Runner, source: SourceServer, tmp_path: Path, options: dict[str, Any]
) -> None:
    run(MODULE, **options, **server(source), **box("anna"), progress_path=[str(tmp_path / "file")])
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("state", ["paused", "pause_cause_of_error"])
def test_paused_imports_stall(run: Runner, source: SourceServer, middleman: Middleman, state: str) -> None:
    def pause(answer: dict[str, Any]) -> None:
        answer["import"].update(state=state, imported_message_count=0, done_box_count=0, complete_box_count=0)

    middleman.edit("import/check_imports", pause)
    result = run(MODULE, **server(source), **box("anna"), **WAIT, stall_timeout=1, api_url=middleman.url)
    assert result["error"]["code"] == "stalled"
    assert state in result["msg"]


@in_every_era
def test_stopped(run: Runner, service: Service, nowhere: dict[str, Any]) -> None:
    run(MODULE, **nowhere, **box("anna"), check_settings=False)
    result = run.check_then_run_twice(MODULE, state="stopped")
    assert result["changed"]
    assert (result["imported"], result["existing"]) == ([], [])
    diff = {key: result["diff"][key] for key in ("before", "after")}
    assert diff == {"before": f"{service.domain}: imports running\n", "after": f"{service.domain}: imports stopped\n"}
    assert result["changes"] == [{"kind": "import", "name": service.domain, "action": "remove"}]
    assert result["import"]["state"] == "removed"
    waiting = run(MODULE, **nowhere, **box("anna"), **WAIT)
    assert waiting["error"]["code"] == "removed"
    assert waiting["existing"] == service.addresses("anna")


def test_stopped_where_nothing_ran(run: Runner) -> None:
    assert not run.check_then_run_twice(MODULE, state="stopped")["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_domain_that_is_not_verified(run: Runner, service: Service, source: SourceServer, check: bool) -> None:
    service.api.control_put("", {"status": "domain-activate"})
    result = run(MODULE, check=check, **server(source), **box("anna"))
    assert result["error"]["code"] == "guard"
    assert f"{service.domain} is not verified" in result["msg"]
    assert result["changes"] == [{"kind": "import", "name": service.address("anna"), "action": "start"}]
    assert service.writes() == []


def test_domain_without_mx_is_good_enough(run: Runner, service: Service, source: SourceServer) -> None:
    service.api.control_put("", {"status": "mx-activate"})
    assert run(MODULE, **server(source), **box("anna"), **WAIT)["changed"]


def test_domain_whose_state_nobody_knows(run: Runner, source: SourceServer, middleman: Middleman) -> None:
    middleman.edit("domain/details", lambda answer: answer.update(success="error", error="not_allowed"))
    assert run(MODULE, **server(source), **box("anna"), **WAIT, api_url=middleman.url)["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_mailing_list_in_the_way(run: Runner, service: Service, source: SourceServer, check: bool) -> None:
    service.add_maillist("anna")
    result = run(MODULE, check=check, **server(source), mailboxes=[box("anna"), box("boris")])
    assert result["imported"] == service.addresses("boris")
    (failure,) = result["failures"]
    assert (failure["action"], failure["object"]) == ("start", service.address("anna"))
    assert failure["error"]["code"] == "occupied"
    assert f"{service.address('anna')} is a mailing list" in result["msg"]


def test_refused_start(run: Runner, service: Service, source: SourceServer, middleman: Middleman) -> None:
    """An answer can say `ok` and yet `started: no`."""

    def occupy(forward: Any) -> Any:
        service.add_maillist("anna")
        return forward()

    middleman.on(START, occupy)
    result = run(MODULE, **server(source), **box("anna"), api_url=middleman.url)
    assert not result["changed"]
    assert (result["error"]["code"], result["error"]["endpoint"]) == ("occupied", START)
    assert "made-up-anna" not in run.output


def test_lost_start_that_was_applied(run: Runner, service: Service, source: SourceServer, middleman: Middleman) -> None:
    middleman.lose(START, applied=True)
    result = run(MODULE, **server(source), **box("anna"), **WAIT, api_url=middleman.url)
    assert result["imported"] == service.addresses("anna")
    assert service.writes() == [START]


@pytest.mark.usefixtures("impatient")
def test_lost_start_that_was_not_applied(
    run: Runner, service: Service, source: SourceServer, middleman: Middleman
) -> None:
    middleman.lose(START, applied=False)
    result = run(MODULE, **server(source), **box("anna"), api_url=middleman.url)
    assert result["error"]["code"] == "outcome_unknown"
    assert not result["changed"]
    assert service.writes() == []


def test_long_password(run: Runner, service: Service, source: SourceServer) -> None:
    """A new mailbox has a password of 20 characters at most; what exists may have a longer one."""
    service.add_mailboxes("boris")
    service.forget()
    options = {**server(source), "internal_password": "x" * 25}
    for check in (True, False):
        result = run(MODULE, check=check, **options, **box("anna"))
        assert result["error"]["code"] == "invalid_input"
        assert "internal_password of anna: a password has at most 20 characters" in result["msg"]
    assert service.writes() == []
    assert run(MODULE, **options, **box("boris"))["existing"] == service.addresses("boris")


NEW: dict[str, Any] = {"external_login": "anna", "external_password": "made-up-1"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"port": 0, **NEW}, ["port: 0", "between 1 and 65535"]),
        ({"port": 65536, **NEW}, ["port: 65536"]),
        ({"server": "no server", **NEW}, ["server: 'no server'", "host name"]),
        ({"server": "imap://old.test", **NEW}, ["server: 'imap://old.test'"]),
        ({}, ["nothing to import"]),
        ({**NEW, "external_login": "  "}, ["external_login is empty"]),
        ({**NEW, "external_password": ""}, ["external_password of anna is empty"]),
        ({**NEW, "external_login": "1st"}, ["external_login: '1st'", "no valid login", "give internal_login"]),
        ({**NEW, "internal_login": "anna-"}, ["internal_login: 'anna-'", "ends with a letter or digit"]),
        ({**NEW, "internal_login": "an_na"}, ["internal_login: 'an_na'", "Latin letters"]),
        ({**NEW, "internal_login": "анна"}, ["internal_login: 'анна'", "Latin letters"]),
        ({**NEW, "internal_login": "x" * 31}, ["internal_login", "31 characters", "at most 30"]),
        ({**NEW, "internal_login": "Abuse"}, ["internal_login: 'abuse'", "reserved"]),
        ({**NEW, "internal_login": "postmaster"}, ["'postmaster'", "reserved"]),
        ({**NEW, "internal_login": "anna@other.test"}, ["internal_login: 'anna@other.test'", "not in the domain"]),
        ({**NEW, "internal_password": "short"}, ["internal_password of anna", "at least 6"]),
        ({**NEW, "internal_password": "x" * 31}, ["internal_password of anna", "at most 30"]),
        ({**NEW, "internal_password": "with space"}, ["internal_password of anna", "Latin letters, digits and"]),
        ({**NEW, "internal_password": "пароль"}, ["internal_password of anna", "Latin letters, digits and"]),
        ({**NEW, "external_login": "annabelle", "internal_password": "Annabelle"}, ["must differ from the login"]),
        ({**NEW, "external_password": "four"}, ["external_password of anna", "give internal_password"]),
        ({"mailboxes": [NEW, {**NEW, "external_login": "ANNA"}]}, ["mailboxes[1].internal_login", "mailboxes[0]"]),
        ({"mailboxes": [NEW, {**NEW, "external_login": "b c"}]}, ["mailboxes[1].external_login", "'b c"]),
        ({**NEW, "wait_timeout": 0}, ["wait_timeout: 0"]),
        ({**NEW, "stall_timeout": -1}, ["stall_timeout: -1"]),
        ({**NEW, "poll_interval": 0}, ["poll_interval: 0"]),
    ],
)
def test_bad_input(run: Runner, options: dict[str, Any], words: list[str]) -> None:
    message = run.refused_before_any_request(MODULE, **{"server": "old.example.test", **options})
    assert all(word in message for word in words), message
    assert not [secret for secret in ("made-up-1", "with space", "пароль", "Annabelle") if secret in run.output]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server", "old.example.test"),
        ("wait", True),
        ("retry_failed", True),
        ("mailboxes", []),
        ("progress_path", ["a"]),
    ],
)
def test_stopping_takes_no_options(run: Runner, option: str, value: object) -> None:
    message = run.refused_before_any_request(MODULE, state="stopped", **{option: value})
    assert f"{option} has no meaning with state: stopped" in message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (NEW, "server"),
        ({"server": "old.test", "external_login": "anna"}, "required together: external_login, external_password"),
        ({"server": "old.test", **NEW, "mailboxes": []}, "mutually exclusive: external_login|mailboxes"),
        ({"server": "old.test", "mailboxes": [], "internal_login": "anna"}, "missing parameter(s) required by"),
        ({"server": "old.test", "mailboxes": [{"external_login": "anna"}]}, "external_password"),
        ({"server": "old.test", **NEW, "method": "smtp"}, "value of method must be one of"),
        ({"server": "old.test", **NEW, "port": "imap"}, "port"),
    ],
)
def test_contradictions(run: Runner, service: Service, options: dict[str, Any], words: str) -> None:
    assert words in run.refused_by_ansible(MODULE, **options)
    assert service.requests() == []


def test_idn_source_server(run: Runner, service: Service) -> None:
    """It is sent in Punycode, and refused where that cannot be."""
    options = {"server": "\u041f\u043e\u0447\u0442\u0430.example", "check_settings": False, **box("anna")}
    assert run(MODULE, **options)["imported"] == service.addresses("anna")
    service.api.call("import/stop_all_imports")
    [started] = [entry["params"] for entry in service.requests() if entry["path"].endswith(START)]
    assert started["server"] == "xn--80a1acny.example"
    message = run.refused_before_any_request(MODULE, **{**options, "server": "\u043f\u043e\u0447\u0442\u0430..example"})
    assert "is no host name or IP address" in message
