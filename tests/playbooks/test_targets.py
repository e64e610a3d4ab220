# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users name in a play has an integration target of its own, which `ansible-test` finds by its name."""

from __future__ import annotations

from collections.abc import Iterator

from .conftest import ROOT

TARGETS = {path.name for path in (ROOT / "tests" / "integration" / "targets").iterdir()}


def expected() -> Iterator[str]:
    """Yield the names of the targets that must exist."""
    for kind in ("filter", "inventory", "lookup"):
        yield from (f"{kind}_{path.stem}" for path in (ROOT / "plugins" / kind).glob("*.py"))
    yield from (path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
    yield from (f"playbook_{path.stem}" for path in (ROOT / "playbooks").glob("*.yml"))
    yield from (f"role_{path.name}" for path in (ROOT / "roles").iterdir())


def test_every_part_has_an_integration_target() -> None:
    assert sorted(set(expected()) - TARGETS) == []
