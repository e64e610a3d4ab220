# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying the boxes of imports in the background.

The network is waited for in threads; the state is only touched from the event loop, between two waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from pdd_emulator import fetch
from pdd_emulator.settings import Settings
from pdd_emulator.store import ImportBox, Store
from pdd_emulator.threads import in_thread

PARALLEL_BOXES = 8
RETRY_SECONDS = 1.0
ANSWER_SECONDS = 10.0


class Importer:
    """Runs the copying of boxes, `PARALLEL_BOXES` at the same time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._slots = asyncio.Semaphore(PARALLEL_BOXES)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def start(self, box_ids: Iterable[int]) -> None:
        """Begin to copy boxes."""
        for box_id in box_ids:
            task = asyncio.get_running_loop().create_task(self._copy_at_last(box_id))
            self._tasks[box_id] = task
            task.add_done_callback(partial(self._forget, box_id))

    def stop(self, box_ids: Iterable[int]) -> None:
        """End the copying of boxes, if it goes on. Nothing is written for them any more."""
        for box_id in box_ids:
            if box_id in self._tasks:
                self._tasks[box_id].cancel()

    def stop_all(self) -> None:
        """End all copying."""
        self.stop(list(self._tasks))

    def _forget(self, box_id: int, _task: asyncio.Task[None]) -> None:
        del self._tasks[box_id]

    async def _copy_at_last(self, box_id: int) -> None:
        while not await self._processed(box_id):
            await asyncio.sleep(RETRY_SECONDS)

    async def _processed(self, box_id: int) -> bool:
        """Try once, and tell whether nothing is left to do."""
        async with self._slots:
            box = self._store.begin_import_box(box_id)
            if box is None:
                return True
            try:
                await self._copy(box)
            except fetch.UnreachableError:
                return False
            except fetch.RefusedError as error:
                self._store.fail_import_box(box_id, str(error))
            else:
                self._store.complete_import_box(box_id)
            return True

    async def _copy(self, box: ImportBox) -> None:
        source = await in_thread(fetch.connect, box.server, ANSWER_SECONDS)
        try:
            await in_thread(source.login, box.external_login, box.external_password or "")
            await self._copy_messages(box, source)
        finally:
            in_thread(source.close)  # nobody has to wait for the goodbye

    async def _copy_messages(self, box: ImportBox, source: fetch.SourceMailbox) -> None:
        copied = self._store.copied_ids(box.mailbox, box.source)
        remaining = [message_id for message_id in await in_thread(source.message_ids) if message_id not in copied]
        self._store.set_import_box_remaining(box.id, len(remaining))
        for message_id in remaining:
            message = await in_thread(source.message, message_id)
            if message and not self._store.add_imported_message(box.id, message_id, message):
                return
            await asyncio.sleep(self._settings.import_latency)
