# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests that the documentation names are there."""

from __future__ import annotations

import re

import pytest

from .conftest import ROOT

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("document", ["README.md", "SECURITY.md"])
def test_named_tests_exist(document: str) -> None:
    named = _NAMED.findall((ROOT / document).read_text())
    assert len(named) > 10
    assert [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text()] == []


def test_table_names_a_test_in_every_row() -> None:
    table = re.search(r"## What happens when\n\n(.*?)\n\n", (ROOT / "README.md").read_text(), re.DOTALL)
    assert table
    rows = table[1].splitlines()[2:]
    assert [row for row in rows if not _NAMED.search(row)] == []
