# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the files of the user, and what may be written there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..module_utils._core.show import escape

EXPORT_MARK = "# Written by mailops.pdd.export"
"""What a file begins with that an export may replace."""


def user_path(path: str, inventory_dir: str | None) -> str:
    """Return a path of the user, absolute: it is relative to the inventory, else to the current directory."""
    if path.startswith(("~", "$")):
        return path  # which the module expands
    # Without a file, Ansible calls the directory "None".
    base = inventory_dir if inventory_dir and Path(inventory_dir).is_absolute() else ""
    return os.path.normpath(Path.cwd() / base / path)


def irregular_problem(path: str) -> str | None:
    """Return why a file cannot be written: something else has its name. None if nothing has."""
    place = Path(path)
    if place.is_symlink() or (place.exists() and not place.is_file()):
        return f"{escape(path)} is a link, a directory or a device, which is not replaced"
    return None


@dataclass(frozen=True)
class ExportPlace:
    """The file that the variables of a host go to, and its directory."""

    path: str
    directory: str


def export_place(directory: str, host: str) -> tuple[ExportPlace, list[str]]:
    """Return where the variables of a host go, below the directory of an export, and why they cannot, if so."""
    if Path(host).name != host or host in (".", "..") or not host.isprintable():
        problem = (
            f'Nothing is exported, because the name of the host, "{escape(host)}", cannot be the name of a file in '
            "host_vars. Name the host without slashes and control characters, and its domain in pdd_domain_name"
        )
        return ExportPlace("", ""), [problem]
    base = Path(directory) / "host_vars" / host
    # If a directory has the name of the host, Ansible reads nothing else.
    path = base / "pdd_export.yml" if base.is_dir() else base.with_name(f"{host}.yml")
    place = ExportPlace(str(path), str(path.parent))
    irregular = irregular_problem(str(path))
    if irregular:
        return place, [f"Nothing is exported, because {irregular}. Remove it, or choose another directory"]
    rivals = [] if base.is_dir() else [base.with_name(host + ending) for ending in ("", ".yaml", ".json")]
    foreign = [each for each in rivals if each.is_file()] + ([path] if _is_foreign(path) else [])
    if foreign:
        problem = (
            f"Nothing is exported, because {', '.join(escape(str(each)) for each in foreign)} was not written by an "
            "export. It would be lost, or Ansible would read only one of both. Move it to "
            f"{escape(str(base))}/, where it goes together with an export, or choose another directory"
        )
        return place, [problem]
    return place, []


def _is_foreign(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return not file.read(len(EXPORT_MARK)).startswith(EXPORT_MARK.encode())
    except FileNotFoundError:
        return False
