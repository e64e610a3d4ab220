# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set the signature, and remember what was set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._core.errors import InvalidInputError
from .run import Result, Task
from .signature_digests import (
    default_state_path,
    owner_key,
    text_digest,
)
from .signature_memory import SignatureMemory


@dataclass(frozen=True)
class DesiredSignature:
    text: str
    state_path: Path | None
    force: bool


def desired_signature(params: Mapping[str, Any], _domain: str) -> DesiredSignature:
    given = params["state_path"] or ""
    if "\0" in given:
        raise InvalidInputError([f"state_path: {given!r} is no path"])
    path = Path(given) if given else default_state_path(os.environ)
    return DesiredSignature(params["signature"], path, params["force"])


def execute(task: Task, desired: DesiredSignature) -> Result:
    connection = task.client.transport.connection
    memory = SignatureMemory(
        desired.state_path,
        owner=owner_key(connection),
        digest=text_digest(connection, desired.text),
        timeout=connection.timeout,
        check_mode=task.check_mode,
        warn=lambda reason: task.warn(unusable(desired.state_path, reason)),
    )
    with memory.turn():
        previously = memory.recall()
        changed = desired.force or previously != "same"
        if changed and not task.check_mode:
            memory.forget()
            task.client.set_signature(desired.text)
            memory.remember()
    return Result(
        changed=changed,
        values={"signature": desired.text, "previously": previously},
        before=f"{desired.text}\n" if previously == "same" else "(unknown)\n",
        after=f"{desired.text}\n",
    )


def unusable(path: Path | None, reason: str) -> str:
    subject = f"state_path: {str(path)!r} cannot be used" if path else "state_path has no default"
    return (
        f"{subject}: {reason}. The task does not know which signature is set, and does not remember the one it sets."
        " Set state_path (pdd_domain_signature_state_path in the role pdd_domain) to a file that it can use."
    )
