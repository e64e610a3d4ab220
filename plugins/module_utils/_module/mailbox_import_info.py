# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the state of the imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .._core.paging import read_whole
from .._mail.models import FailedBox
from .._plan.imports import import_as_returned
from .run import Result, Task


def wanted_domain(_params: Mapping[str, Any], domain: str) -> str:
    return domain


def execute(task: Task, _domain: str) -> Result:
    status = read_whole(task.client.import_task)
    if status.shortage:
        task.warn(f"{status.shortage.capitalize()}.")
    boxes = sorted(status.failed_boxes, key=lambda box: (box.internal, box.external_login))
    return Result(values={"import": import_as_returned(status), "failed_boxes": [as_returned(box) for box in boxes]})


def as_returned(box: FailedBox) -> dict[str, Any]:
    properties = asdict(box)
    return {"internal_login": properties.pop("internal"), **properties}
