# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocking work beside the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
    """Run a blocking function in a thread of its own and return its outcome as a future.

    The thread is a daemon: unlike those of asyncio's own pool it does not hold up the end of the process while it
    waits for an answer from the network.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(method: Callable[[Any], None], outcome: T | Exception) -> None:
        if not future.done():  # it may have been cancelled
            method(outcome)

    def work() -> None:
        method: Callable[[Any], None] = future.set_result
        outcome: T | Exception
        try:
            outcome = function(*args, **kwargs)
        except Exception as error:
            method, outcome = future.set_exception, error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, method, outcome)

    threading.Thread(target=work, daemon=True).start()
    return future
