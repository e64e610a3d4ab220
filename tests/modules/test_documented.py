# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of return values: its samples, and the check that every result of these tests goes through."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import MODULES, Service
from .conftest import Runner, documentation
from .documented import undocumented, wrong_samples


@pytest.mark.parametrize("module", MODULES)
def test_samples(module: str) -> None:
    documented = documentation(module)
    assert [problem for key, value in documented.items() for problem in wrong_samples(key, value)] == []
    assert {value["returned"] for value in documented.values()} <= {"always", "success", "failure"}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"created": None}, "created is null"),
        ({"created": [1]}, "created[] is 1, and not of the type str"),
        ({"created": "team"}, "created is 'team', and not of the type list"),
        ({"maillists": [{"maillist": "team", "uid": 1}]}, "maillists[].subscribers_count is missing"),
        ({"maillists": [{"maillist": "t", "uid": True, "subscribers_count": 0}]}, "maillists[].uid is True, and not"),
        ({"more": 1}, "more is not documented"),
        ({"error": {}}, "error is there although nothing failed"),
        ({"failed": True}, "error is missing"),
    ],
)
def test_check_finds_differences(run: Runner, service: Service, change: dict[str, Any], problem: str) -> None:
    result = run("pdd_maillist", maillist=["team"])
    documented = documentation("pdd_maillist")
    assert undocumented(documented, result) == []
    assert any(each.startswith(problem) for each in undocumented(documented, {**result, **change}))
    assert set(service.maillists) == {"team"}
