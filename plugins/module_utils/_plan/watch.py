# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""When imports have ended, and what is new while they run: pure logic from what was read."""

from __future__ import annotations

from dataclasses import dataclass

from .._core.errors import ServiceError
from .._mail.models import ImportTask

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
    """Judges the states of the imports that are read while waiting, and says what is new in them.

    Times: seconds of one clock.
    """

    def __init__(self, waiting: Waiting, *, started: int, now: float) -> None:
        self._waiting = waiting
        self._started = started
        self._since = now
        self._progress: tuple[int, ...] | None = None
        self._progress_at = now
        self._told = ""

    def find_news(self, task: ImportTask) -> list[str]:
        """Return lines for who waits: one at the start, and one for every change.

        There are none if nothing was started and nothing runs, since then nothing is waited for.
        """
        lines = []
        if not self._told:
            if not self._started and task.state in _ENDED:
                return []
            lines.append(_describe_beginning(self._waiting))
        progress = _describe_progress(task)
        if self._is_current(task) and progress != self._told:
            lines.append(progress)
        if lines:
            self._told = lines[-1]
        return lines

    def has_ended(self, task: ImportTask, now: float) -> bool:
        """Return whether the imports are done; raises ServiceError when they have ended badly or it took too long.

        Where nothing was started, a failed task says nothing of the boxes at hand but what stands in its failed boxes.
        """
        current = self._is_current(task)
        if current and (task.state == "done" or (task.state == "failed" and not self._started)):
            return True
        if current and task.state in _ENDED_BADLY:
            message = (
                f"the imports ended in the state {task.state} ({_describe_progress(task)}), so mail may be missing"
            )
            advice = "Delete mailboxes without all their mail, and import them again."
            raise ServiceError(task.state, message, advice=advice, endpoint="import/check_imports")
        progress = (task.done_boxes, task.complete_boxes, task.failed_boxes_count, task.imported_messages)
        if progress != self._progress:
            self._progress, self._progress_at = progress, now
        quiet = now - self._progress_at
        if quiet >= self._waiting.stall_timeout:
            state = f"their state is {task.state} ({_describe_progress(task)})"
            message = f"the imports made no progress for {quiet:.0f} s, {state}"
            advice = "They go on by themselves. Check the source server, or stop them with state: stopped."
            raise ServiceError("stalled", message, advice=advice, endpoint="import/check_imports")
        if now - self._since >= self._waiting.timeout:
            message = f"the imports were not done within {self._waiting.timeout} s ({_describe_progress(task)})"
            advice = "They go on by themselves. Run the task again to wait for longer."
            raise ServiceError("timeout", message, advice=advice, endpoint="import/check_imports")
        return False

    def _is_current(self, task: ImportTask) -> bool:
        """Tell a task from an older one that is still shown: it has fewer boxes than were just started."""
        return task.total_boxes >= self._started


def _describe_beginning(waiting: Waiting) -> str:
    return f"waiting for the imports, at most {waiting.timeout} s; interrupting leaves them running"


def _describe_progress(task: ImportTask) -> str:
    return (
        f"{task.progress_percent} %, {task.imported_messages} of {task.total_messages} messages, "
        f"{task.done_boxes} of {task.total_boxes} mailboxes, {task.failed_boxes_count} failed"
    )
