# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of the API are in the repository, where code says they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pdd_emulator.testing import READS, WRITES

from .conftest import ROOT

FACTS = (ROOT / "docs" / "api" / "pdd.md").read_text()
EMULATOR = ROOT / "tests" / "emulator" / "pdd_emulator"

_SECTION = r"\d+(?:\.\d+[a-z]?)?"
_CITED = re.compile(rf"docs/api/pdd\.md,\s+({_SECTION}(?:(?:, | and | to ){_SECTION})*)")
_FORMER_NAME = re.compile(r"pdd-api\.md")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_RAISED = re.compile(r'(?:ApiError\(|missing=|complaint=)"([a-z_-]+)"')
_REQUIRED = re.compile(r'required\([\w.]+, "([\w-]+)"\)')


def _sections() -> set[str]:
    return set(re.findall(rf"^#+ ({_SECTION})[. ]", FACTS, re.MULTILINE))


def _sources() -> Iterator[tuple[Path, str]]:
    folders = [ROOT / name for name in ("plugins", "roles", "playbooks", "tests", "docs/docsite", "docs/api")]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in {".md", ".py", ".rst", ".yml"}]
    for file in [*files, *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        yield file.relative_to(ROOT), file.read_text()


def test_cited_sections_exist() -> None:
    sections = _sections()
    cited = [(file, found) for file, text in _sources() for found in _CITED.findall(text)]
    assert len(cited) > 40
    assert [(file, found) for file, found in cited if not set(re.findall(_SECTION, found)) <= sections] == []


def test_former_name_is_gone() -> None:
    assert [file for file, text in _sources() if _FORMER_NAME.search(text)] == []


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md", "docs/docsite/rst/guide_emulator.rst"])
def test_facts_can_be_found(document: str) -> None:
    assert "api/pdd.md" in (ROOT / document).read_text()


def test_links_lead_to_headings() -> None:
    headings = {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in _HEADING.findall(FACTS)}
    assert set(re.findall(r"\]\(#([^)]+)\)", FACTS)) - headings == set()


def test_examples_are_answers() -> None:
    examples = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", FACTS, re.DOTALL)]
    assert {each["success"] for each in examples} == {"ok", "error"}


def test_calls_of_the_emulator_are_described() -> None:
    """The table of section 2 has each call, in the column of its documented method."""
    table = re.search(r"\| section \| reads \(GET\) \| writes \(POST\) \|\n(.*?)\n\n", FACTS, re.DOTALL)
    assert table
    rows = [line.split("|") for line in table[1].splitlines()[1:]]
    assert {call for row in rows for call in re.findall(r"`(.*?)`", row[2])} >= READS
    assert {call for row in rows for call in re.findall(r"`(.*?)`", row[3])} >= WRITES


def test_codes_of_the_emulator_are_described() -> None:
    source = "".join(file.read_text() for file in EMULATOR.rglob("*.py"))
    codes = {*_RAISED.findall(source), *(f"no_{parameter}" for parameter in _REQUIRED.findall(source))}
    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"`{code}`" not in FACTS] == []
