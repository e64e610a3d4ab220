# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables in the guides, which tests hold against the code."""

from __future__ import annotations

import re
from pathlib import Path

GUIDES = Path(__file__).parent.parent / "docs" / "docsite" / "rst"


def read_table(guide: str, title: str) -> list[list[str]]:
    """Return the rows of a list-table in a guide, as one string for each cell, without the header."""
    text = (GUIDES / f"{guide}.rst").read_text()
    found = re.search(rf"^\.\. list-table:: {re.escape(title)}\n(?:   :.*\n)*\n((?:   .*\n|\n)+)", text, re.MULTILINE)
    assert found, f"{guide} has no table {title!r}"
    rows = re.split(r"^   \* - ", found[1], flags=re.MULTILINE)[1:]
    cells = [[" ".join(cell.split()) for cell in re.split(r"^     -(?: |$)", row, flags=re.MULTILINE)] for row in rows]
    assert len({len(row) for row in cells}) == 1
    return cells[1:]
