# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks see what they look for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pdd_hostile.assignments import ALL
from pdd_hostile.checks import Outcome, general_offences
from pdd_hostile.disguises import DISGUISES, SECRETS, revealed
from pdd_hostile.stage import documentation
from pdd_hostile.tasks import Ended

ERROR = {"code": "bad_answer", "message": "m", "http_status": None, "endpoint": None, "advice": ""}
FAILED = {"failed": True, "changed": False, "msg": "Cannot.", "failures": [], "error": ERROR}


def wrong(result: Any, **ended: Any) -> list[str]:
    """Return what is wrong with a failed task that returns this."""
    facts = {
        "status": 1,
        "output": json.dumps(result),
        "errors": "",
        "seconds": 1.0,
        "megabytes": 50.0,
        "killed": False,
    }
    return general_offences(Outcome(Ended(**{**facts, **ended}), documentation("pdd_maillist")))


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("secret", SECRETS.values())
def test_secret_in_any_dress_is_found(secret: str, disguise: str) -> None:
    assert secret in revealed(f"The service answered '{DISGUISES[disguise](secret)}'.")


def test_no_secret_is_found_where_there_is_none() -> None:
    assert revealed(f"The service answered 'occupied' to {', '.join(ALL)}.") == []


def test_nothing_is_wrong_with_a_failed_task_that_is_right() -> None:
    assert wrong(FAILED) == []


@pytest.mark.parametrize(
    ("result", "ended", "words"),
    [
        (FAILED, {"killed": True}, "still runs"),
        (FAILED, {"megabytes": 301.0}, "301 MB"),
        (FAILED, {"errors": "Traceback (most recent call last):\nKeyError: 1"}, "traceback: KeyError: 1"),
        (FAILED, {"status": -11}, "status -11"),
        ("nothing", {"status": 0}, "status 0"),
        ({"failed": True, "msg": "Cannot."}, {}, "without a code"),
        ({**FAILED, "error": {**ERROR, "code": "Made up"}}, {}, "the code 'Made up'"),
        ({**FAILED, "msg": "\x1b[31m"}, {}, "msg has the characters"),
        ({**FAILED, "warnings": ["\u202e"]}, {}, "warnings has the characters"),
        ({**FAILED, "failures": [{"error": {**ERROR, "message": "\r"}}]}, {}, "failures has the characters"),
        ({**FAILED, "msg": "a\nok: [forged]"}, {}, "forged lines"),
        ({**FAILED, "msg": "a" * 3001}, {}, "a line of 3001"),
        ({**FAILED, "msg": "a\n" * 3001}, {}, "6002 characters"),
        ({**FAILED, "msg": SECRETS["token"].lower()}, {}, "shows the secret"),
    ],
)
def test_what_is_wrong_is_seen(result: Any, ended: dict[str, Any], words: str) -> None:
    assert words in "; ".join(wrong(result, **ended))
