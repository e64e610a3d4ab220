# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""When imports have ended, and what is new while they run: pure logic from what was read."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.errors import ServiceError
from .._mail.models import ImportStatus

# docs/api/pdd.md, 2.4
_ENDED_BADLY = ("failed", "removed")
_ENDED = ("done", *_ENDED_BADLY)


@dataclass(frozen=True)
class Waiting:
    """How long to wait for imports, all in seconds."""

    timeout: int
    stall_timeout: int
    poll_interval: int


class Watch:
    """Judge the states of the imports that are read while waiting, and find what is new in them.

    Times: seconds of one clock.
    """

    def __init__(self, waiting: Waiting, *, started: int, now: float) -> None:
        self._waiting = waiting
        self._started = started
        self._since = now
        self._progress: tuple[int, ...] | None = None
        self._progress_at = now
        self._told = ""

    def find_news(self, status: ImportStatus) -> list[str]:
        """Return lines for users who wait: one at the start, and one for every change.

        There are none if nothing was started and nothing runs, because nothing is waited for then.
        """
        lines = []
        if not self._told:
            if not self._started and status.state in _ENDED:
                return []
            lines.append(_format_beginning(self._waiting))
        progress = _format_progress(status)
        if self._is_current(status) and progress != self._told:
            lines.append(progress)
        if lines:
            self._told = lines[-1]
        return lines

    def has_ended(self, status: ImportStatus, now: float) -> bool:
        """Return whether the imports are done; raise ServiceError if they have ended badly or took too long.

        If nothing was started, the state failed says nothing about the boxes of the task; its failed boxes do.
        """
        current = self._is_current(status)
        if current and (status.state == "done" or (status.state == "failed" and not self._started)):
            return True
        if current and status.state in _ENDED_BADLY:
            message = (
                f"the imports ended in the state {status.state} ({_format_progress(status)}), so mail may be missing"
            )
            advice = "Delete mailboxes without all their mail, and import them again."
            raise ServiceError(status.state, message, advice=advice, endpoint="import/check_imports")
        progress = (status.done_boxes, status.complete_boxes, status.failed_boxes_count, status.imported_messages)
        if progress != self._progress:
            self._progress, self._progress_at = progress, now
        quiet = now - self._progress_at
        if quiet >= self._waiting.stall_timeout:
            state = f"their state is {status.state} ({_format_progress(status)})"
            message = f"the imports made no progress for {quiet:.0f} s, {state}"
            advice = "They go on by themselves. Check the source server, or stop them with state: stopped."
            raise ServiceError("stalled", message, advice=advice, endpoint="import/check_imports")
        if now - self._since >= self._waiting.timeout:
            message = f"the imports were not done within {self._waiting.timeout} s ({_format_progress(status)})"
            advice = "They go on by themselves. Run the task again to wait for longer."
            raise ServiceError("timeout", message, advice=advice, endpoint="import/check_imports")
        return False

    def _is_current(self, status: ImportStatus) -> bool:
        """Return whether the service shows the imports just started, and not older ones, which have fewer boxes."""
        return status.total_boxes >= self._started


def _format_beginning(waiting: Waiting) -> str:
    return f"waiting for the imports, at most {waiting.timeout} s; interrupting leaves them running"


def _format_progress(status: ImportStatus) -> str:
    return (
        f"{status.progress_percent} %, {status.imported_messages} of {status.total_messages} messages, "
        f"{status.done_boxes} of {status.total_boxes} mailboxes, {status.failed_boxes_count} failed"
    )
