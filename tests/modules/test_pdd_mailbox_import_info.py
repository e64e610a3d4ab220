# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdd_mailbox_import_info: how far the imports are, and what failed."""

from __future__ import annotations

from typing import Any

import pytest
from pdd_source_server import SourceServer

from ..conftest import Service, in_every_era
from .conftest import Middleman, Runner

MODULE = "pdd_mailbox_import_info"
PASSWORD = "made-up-7531"


@in_every_era
@pytest.mark.parametrize("check", [True, False])
def test_nothing_was_ever_imported(run: Runner, service: Service, check: bool) -> None:
    result = run(MODULE, check=check)
    assert not result["changed"]
    assert result["import"]["total_boxes"] == result["import"]["imported_messages"] == 0
    assert result["failed_boxes"] == []
    assert result.keys().isdisjoint({"changes", "failures"})
    assert service.writes() == []


@in_every_era
def test_one_box_done_and_one_failed(run: Runner, service: Service, source: SourceServer) -> None:
    boxes = [
        {"external_login": "anna", "external_password": "made-up-anna"},
        {"external_login": "boris", "external_password": PASSWORD},
    ]
    settings: dict[str, Any] = {"server": source.host, "port": source.ports["imaps"]}
    run("pdd_mailbox_import", **settings, mailboxes=boxes, wait=True, poll_interval=1)
    service.forget()
    result = run(MODULE)
    counts = {key: value for key, value in result["import"].items() if key != "state"}
    assert counts == {
        "progress_percent": 100,
        "total_boxes": 2,
        "done_boxes": 2,
        "complete_boxes": 1,
        "failed_boxes": 1,
        "total_messages": 3,
        "imported_messages": 3,
    }
    (failed,) = result["failed_boxes"]
    assert failed["internal_login"] == service.address("boris")
    assert failed["external_login"] == "boris"
    assert failed["last_error"]
    assert PASSWORD not in run.output
    assert service.writes() == []


def test_passwords_in_the_answer_are_left_out(run: Runner, middleman: Middleman) -> None:
    box = {
        "internal_login": "anna",
        "external_login": "a",
        "external_password": PASSWORD,
        "internal_password": PASSWORD,
    }
    middleman.edit("import/check_imports", lambda answer: answer["import"].update(failed_boxes=[box]))
    assert len(run(MODULE, api_url=middleman.url)["failed_boxes"]) == 1
    assert PASSWORD not in run.output


def test_all_pages_of_failed_boxes(run: Runner, service: Service) -> None:
    names = [f"box{number:03}" for number in range(130)]
    for name in reversed(names):
        service.api.control_put(f"failed_boxes/{name}", {"last_error": "authentication failed"})
    result = run(MODULE)
    assert [box["internal_login"] for box in result["failed_boxes"]] == service.addresses(*names)
    assert result["import"]["failed_boxes"] == 130
