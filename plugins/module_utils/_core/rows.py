# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the rows in answers: pure functions that raise ServiceError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import Delivery, ServiceError
from .paging import MOST_ROWS, endless


def objects(answer: Mapping[str, Any], key: str, endpoint: str) -> list[dict[str, Any]]:
    """Return a list of objects in an answer; null is an empty list."""
    rows = answer.get(key)
    if rows is None and key in answer:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise malformed(endpoint, key)
    if len(rows) > MOST_ROWS:
        raise endless(endpoint)
    return rows


def strings(answer: Mapping[str, Any], key: str, endpoint: str) -> list[str]:
    """Return a list of strings in an answer."""
    rows = answer.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        raise malformed(endpoint, key)
    if len(rows) > MOST_ROWS:
        raise endless(endpoint)
    return rows


def malformed(endpoint: str, key: str) -> ServiceError:
    """Return the error of an answer with ok that cannot be understood; the outcome of a write is then unknown."""
    message = f"the answer has no readable {key!r}"
    return ServiceError("bad_answer", message, endpoint=endpoint, http_status=200, delivery=Delivery.UNKNOWN)
