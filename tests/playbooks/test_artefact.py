# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is built and installed from a checkout is the collection, whatever else lies in the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
import yaml

from .conftest import ROOT, Ansible

NOT_FOR_USERS = (
    ".*",
    "Makefile",
    "changelogs/config.yaml",
    "changelogs/fragments/*",
    "docs/conf.py",
    "galaxy.yml",
    "pyproject.toml",
    "requirements/*",
    "tests/*",
)
"""What git tracks and the artefact lacks: what only developers need."""
WRITTEN = {"FILES.json", "MANIFEST.json"}
"""What Ansible itself puts into an artefact."""
MOST_BYTES = 500_000
USERS_FILES = (
    ".vault-password",
    "ansible.cfg",
    "ansible.log",
    "artifacts/1/command",
    "ca.pem",
    "domains.pdd.yml",
    "env/extravars",
    "group_vars/all.yml",
    "host_vars/example.test/pdd_export.yml",
    "host_vars/example.test.yml",
    "inventory.yml",
    "passwords/anna",
    "pdd_report.html",
    "provision.retry",
    "signatures.json",
    "vault.yml",
)
"""What somebody who works in a checkout may leave there, in any of its directories; git ignores all of it."""
STRAY_FILES = (
    *USERS_FILES,
    "README.txt",
    "__pycache__/_notes.cpython-311.pyc",
    "any name/bin/activate.py",
    "any name/lib/python3.11/site-packages/README.md",
    "any name/pyvenv.cfg",
    "main.yaml",
    "notes.md",
    "notes.txt",
    "pdd_notes.py",
    "secret.yml",
)
"""Those, and others that git may show as new."""
SPOILT_NAMES = ("{}~", "{}.bak", "{}.orig", "{}.rej", "{}.swp", ".{}.swp", "#{}#", ".#{}", "{} copy", "copy of {}")
"""What editors and merge tools leave beside a file."""


def git(*arguments: str, names: Iterable[str] = ()) -> list[str]:
    """Return the names that a command of git writes; names: what it reads. Skip the test if git is not there."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        assert not os.environ.get("CI"), "continuous integration needs git"
        pytest.skip("needs git, and a checkout made by it")
    command = ["git", *arguments, "-z"]
    done = subprocess.run(command, cwd=ROOT, input="\0".join(names), capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.split("\0")[:-1]


def listed() -> set[str]:
    """Return the files that galaxy.yml names."""
    directives = yaml.safe_load((ROOT / "galaxy.yml").read_text())["manifest"]["directives"]
    words = [directive.split() for directive in directives]
    assert {action for action, *_names in words} == {"include"}
    return {name for _action, *names in words for name in names}


def directories(root: Path) -> Iterator[Path]:
    """Yield a directory and all that are in it."""
    yield root
    yield from (path for path in root.rglob("*") if path.is_dir())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what galaxy.yml names, and of galaxy.yml."""
    copy = tmp_path / "checkout"
    for name in (*listed(), "galaxy.yml"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def used(checkout: Path) -> Path:
    """Return a checkout with stray files in each of its directories, and beside each of its files."""
    files = [path for path in checkout.rglob("*") if path.is_file()]
    strays = [directory / name for directory in list(directories(checkout)) for name in STRAY_FILES]
    strays += [path.with_name(name.format(path.name)) for path in files for name in SPOILT_NAMES]
    shutil.copytree(checkout, checkout / "backup")
    for stray in strays:
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_text("secret")
    (checkout / "link.yml").symlink_to("vault.yml")
    (checkout / "playbooks" / "all").symlink_to(checkout)
    return checkout


def build(ansible: Ansible, checkout: Path) -> Path:
    """Return the artefact that `ansible-galaxy collection build` makes of a checkout."""
    built = ansible("galaxy", "collection", "build", checkout)
    assert built.code == 0, built.output
    [artefact] = ansible.directory.glob("mailops-pdd-*.tar.gz")
    return artefact


def packed(artefact: Path) -> set[str]:
    """Return the names of the files in an artefact."""
    with tarfile.open(artefact) as archive:
        return {member.name for member in archive if not member.isdir()}


def test_galaxy_yml_names_what_git_tracks_for_users() -> None:
    """A new file that users need has to be named in galaxy.yml, others in NOT_FOR_USERS."""
    tracked = set(git("ls-files"))
    assert listed() == {name for name in tracked if not any(fnmatchcase(name, each) for each in NOT_FOR_USERS)}
    assert [each for each in NOT_FOR_USERS if not any(fnmatchcase(name, each) for name in tracked)] == []


def test_no_link_is_listed() -> None:
    """Links are not packed, so the text of the licence lies there twice."""
    assert [name for name in listed() if (ROOT / name).is_symlink()] == []
    assert (ROOT / "LICENSES" / "GPL-3.0-or-later.txt").read_text() == (ROOT / "COPYING").read_text()


def test_artefact_of_this_checkout(ansible: Ansible) -> None:
    artefact = build(ansible, ROOT)
    assert packed(artefact) == listed() | WRITTEN
    assert artefact.stat().st_size < MOST_BYTES


def test_artefact_of_a_used_checkout(ansible: Ansible, used: Path) -> None:
    assert packed(build(ansible, used)) == listed() | WRITTEN


def test_installation_of_a_used_checkout(ansible: Ansible, used: Path) -> None:
    place = ansible.directory / "collections"
    installed = ansible("galaxy", "collection", "install", "--offline", used, ANSIBLE_COLLECTIONS_PATH=str(place))
    assert installed.code == 0, installed.output
    collection = place / "ansible_collections" / "mailops" / "pdd"
    files = {str(path.relative_to(collection)) for path in collection.rglob("*") if not path.is_dir()}
    assert files == listed() | WRITTEN


@pytest.mark.parametrize("command", ["build", "install"])
def test_missing_library(ansible: Ansible, checkout: Path, command: str) -> None:
    """Say which library is missing, and write nothing, if Python has no distlib."""
    (ansible.root / "distlib.py").write_text("raise ImportError")
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(ansible.directory), "PYTHONPATH": str(ansible.root)}
    failed = ansible("galaxy", "collection", command, checkout, **environment)
    assert failed.code == 1
    assert 'Use of "manifest" requires the python "distlib" library' in failed.output
    assert list(ansible.directory.rglob("*pdd*")) == []


def test_git_ignores_what_users_leave() -> None:
    """Ignore their files in every directory, and none that is tracked."""
    tracked = {Path(name) for name in git("ls-files")}
    left = [*USERS_FILES, *(name.format("main.yml") for name in SPOILT_NAMES[:-2])]
    names = {str(path.parent / name) for path in tracked for name in left} - set(map(str, tracked))
    assert set(git("check-ignore", "--stdin", names=names)) == names
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == []
