# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of both APIs are in the repository, where code says they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from emulator_common.faults import OPTIONS
from pdd_emulator.testing import READS, WRITES
from y360_emulator.endpoints import ENDPOINTS
from y360_emulator.faults import Fault
from y360_emulator.scopes import NONE

from .conftest import ROOT

DOCUMENTS = {name: (ROOT / "docs" / "api" / f"{name}.md").read_text() for name in ("pdd", "y360")}
PDD = DOCUMENTS["pdd"]
Y360 = DOCUMENTS["y360"]
EMULATORS = {name: ROOT / "tests" / "emulator" / f"{name}_emulator" for name in DOCUMENTS}

_SECTION = r"\d+(?:\.\d+[a-z]?)?"
_CITED = re.compile(rf"docs/api/(pdd|y360)\.md,\s+({_SECTION}(?:(?:, | and | to ){_SECTION})*)")
_FORMER_NAME = re.compile(r"pdd-api\.md")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_RAISED = re.compile(r'(?:ApiError\(|missing=|complaint=)"([a-z_-]+)"')
_MESSAGE = re.compile(r'(?:bad|forbidden|conflict|failed_precondition|ApiError)\((?:40[1359], )?"([\w. ]+)"')
_REQUIRED = re.compile(r'required\([\w.]+, "([\w-]+)"\)')


def _sections(name: str) -> set[str]:
    return set(re.findall(rf"^#+ ({_SECTION})[. ]", DOCUMENTS[name], re.MULTILINE))


def _sources() -> Iterator[tuple[Path, str]]:
    folders = [ROOT / name for name in ("plugins", "roles", "playbooks", "tests", "docs/docsite", "docs/api")]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in {".md", ".py", ".rst", ".yml"}]
    for file in [*files, *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        yield file.relative_to(ROOT), file.read_text()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_cited_sections_exist(name: str) -> None:
    sections = _sections(name)
    cited = [(file, found) for file, text in _sources() for cited, found in _CITED.findall(text) if cited == name]
    assert len(cited) > 20
    assert [(file, found) for file, found in cited if not set(re.findall(_SECTION, found)) <= sections] == []


def test_former_name_is_gone() -> None:
    assert [file for file, text in _sources() if _FORMER_NAME.search(text)] == []


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md", "docs/docsite/rst/guide_emulator.rst"])
def test_facts_can_be_found(document: str) -> None:
    text = (ROOT / document).read_text()
    assert "api/pdd.md" in text
    assert "api/y360.md" in text


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_headings(name: str) -> None:
    facts = DOCUMENTS[name]
    headings = {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in _HEADING.findall(facts)}
    assert set(re.findall(r"\]\(#([^)]+)\)", facts)) - headings == set()


def test_examples_are_answers() -> None:
    assert {each["success"] for each in _examples(PDD)} == {"ok", "error"}
    assert len(_examples(Y360)) > 10


def _examples(facts: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in re.findall(r"```json\n(.*?)```", facts, re.DOTALL)]


def test_calls_of_the_emulator_are_described() -> None:
    """The table of section 2 has each call, in the column of its documented method."""
    table = re.search(r"\| section \| reads \(GET\) \| writes \(POST\) \|\n(.*?)\n\n", PDD, re.DOTALL)
    assert table
    rows = [line.split("|") for line in table[1].splitlines()[1:]]
    assert {call for row in rows for call in re.findall(r"`(.*?)`", row[2])} >= READS
    assert {call for row in rows for call in re.findall(r"`(.*?)`", row[3])} >= WRITES


def test_codes_of_the_emulator_are_described() -> None:
    source = _source("pdd")
    codes = {*_RAISED.findall(source), *(f"no_{parameter}" for parameter in _REQUIRED.findall(source))}
    assert len(codes) > 20
    assert [code for code in sorted(codes) if f"`{code}`" not in PDD] == []


def test_messages_of_the_emulator_are_described() -> None:
    source = _source("y360")
    messages = {*_MESSAGE.findall(source), *re.findall(r'grant\("(\w+)"', source)}
    assert len(messages) > 20
    assert [message for message in sorted(messages) if f"`{message}`" not in Y360] == []


def test_scopes_of_the_emulator_are_described() -> None:
    needed = {scope for endpoint in ENDPOINTS for group in endpoint.needs or NONE for scope in group}
    assert len(needed) > 15
    assert [scope for scope in sorted(needed) if f"`{scope}`" not in Y360] == []


def test_faults_of_the_emulator_are_described() -> None:
    section = Y360.partition("## 11. ")[2].partition("\n## ")[0]
    own = Fault.options.keys() - OPTIONS.keys()
    assert set(re.findall(r"`([a-z_]+)(?=[:`])", section)) >= own


def _source(name: str) -> str:
    return "".join(file.read_text() for file in EMULATORS[name].rglob("*.py"))
