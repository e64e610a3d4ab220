# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on imports (docs/api/pdd.md, 2.4).

The calls are known, but not how a task behaves. Chosen: a domain has one current task. A start while it runs
joins it, a later one begins a new task; a box that the running task has already is begun anew.
"""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass

from pdd_emulator import fetch, forms, rules
from pdd_emulator.endpoint import Call, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.rules import ApiError, SourceServer
from pdd_emulator.threads import in_thread

ON_PAGE = 10
ON_PAGE_MAX = 1000
CHECK_SECONDS = 5.0


@dataclass(frozen=True)
class _Box:
    """A mailbox to import, as asked for; `complaint` is the code of what is wrong with its line in a file."""

    external_login: str
    external_password: str
    internal_login: str
    internal_password: str
    complaint: str | None = None


def _check_settings(call: Call) -> Awaitable[Answer]:
    _check_verified(call)
    return _greeting(rules.source_server(call.params))


async def _greeting(server: SourceServer) -> Answer:
    try:
        connecting = in_thread(fetch.connect, server, CHECK_SECONDS)
        source = await asyncio.wait_for(connecting, CHECK_SECONDS)
    except (fetch.UnreachableError, TimeoutError):
        raise ApiError("no_reply") from None
    in_thread(source.close)
    return {"settings": server.form()}


def _start_one(call: Call) -> Answer:
    _check_verified(call)
    server = rules.source_server(call.params)
    external = rules.required(call.params, "ext-login"), rules.required(call.params, "ext-passwd")
    box = _box(*external, call.params.get("int-login", ""), call.params.get("int-passwd", ""))
    return _start(call, server, [box])


def _start_file(call: Call) -> Answer:
    _check_verified(call)
    server = rules.source_server(call.params)
    lines = re.split(r"\r?\n", rules.required(call.params, "file").removeprefix("\ufeff"))
    return _start(call, server, [_box_of_line(line) for line in lines if line.strip()])


def _progress(call: Call) -> Answer:
    page, on_page = rules.paging(call.params, default=ON_PAGE, most=ON_PAGE_MAX)
    domain = call.domain.name
    task, boxes = call.store.import_task(domain), call.store.import_boxes(domain)
    return forms.import_progress(task, boxes, page=page, on_page=on_page)


def _stop(call: Call) -> Answer:
    domain = call.domain.name
    boxes = call.store.import_boxes(domain)
    if forms.import_runs(call.store.import_task(domain), boxes):
        call.store.stop_import_task(domain)
        call.importer.stop(box.id for box in boxes)
    return {}


def _check_verified(call: Call) -> None:
    if call.domain.status == "domain-activate":
        raise ApiError("not_allowed")


def _box(external_login: str, external_password: str, internal_login: str, internal_password: str) -> _Box:
    """Fill in what is not given: the same login, cut at `@`, and the same password."""
    return _Box(
        external_login,
        external_password,
        internal_login or external_login.partition("@")[0],
        internal_password or external_password,
    )


def _box_of_line(line: str) -> _Box:
    """Read a line: login, password, and (not always) the new login and the new password."""
    try:
        fields = [*next(csv.reader([line], skipinitialspace=True, strict=True)), "", ""]
    except csv.Error:
        fields = []
    if len(fields) in {4, 5, 6}:
        return _box(*fields[:4])
    return _Box(line, "", "", "", complaint="bad_line")


def _start(call: Call, server: SourceServer, boxes: Iterable[_Box]) -> Answer:
    """Start the boxes that have nothing wrong with them; if there is none the present task stays as it is."""
    started: list[int] = []
    entries = []
    for box in boxes:
        entry: Answer = {
            "external_login": box.external_login,
            "external_password": box.external_password,
            "internal_login": box.internal_login,
            "internal_password": box.internal_password,
        }
        try:
            mailbox, login = _mailbox(call, box)
        except ApiError as error:
            entries.append(entry | {"started": "no", "error": error.code})
            continue
        if not started:
            _join_or_begin_task(call, server)
        started.append(
            call.store.put_import_box(
                call.domain.name,
                mailbox=mailbox,
                server=server,
                external_login=box.external_login,
                external_password=box.external_password,
                internal_login=login,
            )
        )
        entries.append(entry | {"started": "yes"})
    call.importer.start(started)
    return {"settings": server.form(), "import_list": entries}


def _mailbox(call: Call, box: _Box) -> tuple[int, str]:
    """Find or create the mailbox of a box, and return its uid and login. The rules are those of `email/add`."""
    if box.complaint:
        raise ApiError(box.complaint)
    domain = call.domain.name
    login = rules.new_login(box.internal_login, domain)
    password = rules.new_password(box.internal_password, login)
    present = call.store.account(domain, login)
    if present is None:
        return call.store.add_account(domain, login, maillist=False, password=password), login
    if present.maillist:
        raise ApiError("occupied")
    return present.uid, login


def _join_or_begin_task(call: Call, server: SourceServer) -> None:
    domain = call.domain.name
    if forms.import_runs(call.store.import_task(domain), call.store.import_boxes(domain)):
        call.store.set_import_server(domain, server)
    else:
        call.store.begin_import_task(domain, server)


ENDPOINTS = {
    "import/check_settings": reading(_check_settings),
    "import/start_one_import": writing(_start_one),
    "import/start_import_file": writing(_start_file),
    "import/check_imports": reading(_progress),
    "import/stop_all_imports": writing(_stop),
}
