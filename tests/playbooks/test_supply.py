# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What development and continuous integration install is what was pinned, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from .conftest import ROOT

REQUIREMENTS = sorted([*ROOT.glob("requirements/*.txt"), *ROOT.glob("tests/*/requirements.txt")])
"""All that pip installs for developers; requirements.txt says what users need and pins nothing."""
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.y*ml"))
SCRIPTS = [ROOT / "Makefile", *sorted(ROOT.glob(".ci/*")), *WORKFLOWS]

_PINNED = re.compile(r"[\w.-]+(?:\[[\w,-]+\])?==[\w.+]+(?: ; [^\\]+?)?(?: +--hash=sha256:[0-9a-f]{64})+")
_OPTION = re.compile(r"--only-binary :all:")
_INSTALL = re.compile(r"\bpip3? +(?:install|download|wheel)\b.*")
_CHECKED = "pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r"
_ACTION = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

every_file = pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: str(path.relative_to(ROOT)))
every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file that hold something; those that a backslash continues are joined."""
    for line in re.sub(r" \\\n *", " ", path.read_text()).splitlines():
        if line and not line.lstrip().startswith("#"):
            yield line


@every_file
def test_every_requirement_has_a_version_and_hashes(path: Path) -> None:
    assert [line for line in lines(path) if not _PINNED.fullmatch(line) and not _OPTION.fullmatch(line)] == []
    assert any(_PINNED.fullmatch(line) for line in lines(path))


@every_file
def test_requirements_are_made_by_the_command_at_their_top(path: Path) -> None:
    command = path.read_text().splitlines()[1]
    assert "uv pip compile --universal " in command
    assert " --generate-hashes " in command
    assert command.endswith(f" -o {path.name} {path.stem}.in")
    assert path.with_suffix(".in").is_file()


def test_every_source_of_requirements_is_compiled() -> None:
    sources = [*ROOT.glob("requirements/*.in"), *ROOT.glob("tests/*/requirements.in")]
    assert sorted(source.with_suffix(".txt") for source in sources) == REQUIREMENTS


@every_file
def test_what_ansible_test_installs_is_never_built(path: Path) -> None:
    """Its pip takes no option of ours, so that a build backend would be whatever is newest."""
    by_ansible_test = path.parent != ROOT / "requirements"
    assert ("--only-binary :all:" in lines(path)) == by_ansible_test


def test_every_installation_checks_hashes() -> None:
    installations = [found for path in SCRIPTS for line in lines(path) for found in _INSTALL.findall(line)]
    assert len(installations) == 2
    assert [command for command in installations if not command.startswith(_CHECKED)] == []


def test_every_tested_core_is_pinned() -> None:
    found = re.search(r'^cores="(.*?)"', (ROOT / ".ci" / "matrix").read_text(), re.MULTILINE)
    assert found
    cores = [pair.partition("/")[0] for pair in found[1].split()]
    assert [path.stem for path in REQUIREMENTS if path.stem.startswith("ansible-core-")] == [
        f"ansible-core-{core}" for core in cores
    ]
    for core in cores:
        assert f"\nansible-core=={core}." in (ROOT / "requirements" / f"ansible-core-{core}.txt").read_text()


@every_workflow
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    used = [line.strip().removeprefix("- ") for line in lines(path) if "uses:" in line]
    assert used
    assert [line for line in used if not _ACTION.fullmatch(line)] == []


@every_workflow
def test_workflows_may_only_read(path: Path) -> None:
    text = path.read_text()
    workflow = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes strings only, `on` included
    assert workflow["permissions"] == {"contents": "read"}
    assert len(re.findall(r"\bpermissions\b", text)) == 1
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    checkouts = [step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts == [{"persist-credentials": "false"}]
    assert not {"pull_request_target", "workflow_run"} & set(workflow["on"])
    assert "secrets" not in text
