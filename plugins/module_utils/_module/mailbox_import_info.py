# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of pdd_mailbox_import_info: read the state of the imports."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .._core.paging import read_whole
from .._mail.models import FailedBox
from .._mail.service import ImportService
from .._plan import imports as plans
from .body import InfoBody, Input


class MailboxImportInfoBody(InfoBody[str]):
    """Reads the imports of a domain."""

    client: ImportService

    @staticmethod
    def parse(given: Input) -> str:
        """Return the domain."""
        return given.domain

    def read(self) -> dict[str, Any]:
        """Read the state, and the failed boxes."""
        status = read_whole(self.client.import_status)
        if status.shortage:
            self.run.warn(f"{status.shortage.capitalize()}.")
        boxes = sorted(status.failed_boxes, key=lambda box: (box.internal, box.external_login))
        return {"import": plans.to_result(status), "failed_boxes": [_to_result(box) for box in boxes]}


def _to_result(box: FailedBox) -> dict[str, Any]:
    properties = asdict(box)
    del properties["external_password"]
    return {"internal_login": properties.pop("internal"), **properties}
