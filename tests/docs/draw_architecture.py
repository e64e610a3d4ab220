# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw docs/architecture.svg from the imports in plugins/ and the names in YAML; with --check, only compare."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "architecture.svg"
MODULE_UTILS = "plugins/module_utils"

WIDTH = 560
TOP = 20
ROW = 90
HEIGHT = 64
CHANNEL = 12
"""The least distance of an arrow from a corner, and from another arrow."""

Arrows = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Box:
    """A part of the collection. Rows count from the top, columns are in pixels; lines say what is in it."""

    name: str
    folders: tuple[str, ...]
    row: int
    left: int
    right: int
    lines: tuple[str, ...]
    style: str = "box"

    @property
    def top(self) -> int:
        """Where the box begins."""
        return TOP + ROW * self.row

    @property
    def bottom(self) -> int:
        """Where the box ends."""
        return self.top + HEIGHT


BOXES = (
    Box("playbooks/", ("playbooks",), 0, 30, 400, ("provision, export, report",), "controller"),
    Box(
        "roles/",
        ("roles/pdd_domain", "roles/y360_domain"),
        1,
        30,
        400,
        ("one host is one domain",),
        "controller",
    ),
    Box("modules/", ("plugins/modules",), 3, 30, 174, ("documentation,", "options, one call")),
    Box(
        "action filter lookup",
        ("plugins/action", "plugins/filter", "plugins/lookup"),
        2,
        30,
        400,
        ("run modules in the process of the task,", "read the input of the role"),
        "controller",
    ),
    Box("inventory/", ("plugins/inventory",), 2, 420, 530, ("domains", "as hosts"), "controller"),
    Box(
        "plugin_utils/",
        ("plugins/plugin_utils",),
        3,
        188,
        530,
        ("role variables, drift,", "export, report, inventory"),
        "controller",
    ),
    Box(
        "_module/",
        (f"{MODULE_UTILS}/_module",),
        4,
        30,
        400,
        ("Ansible's side, and a body for each", "kind of object: read, plan, send"),
    ),
    Box(
        "_plan/", (f"{MODULE_UTILS}/_plan",), 5, 30, 262, ("from the current to the", "desired state, in steps"), "pure"
    ),
    Box(
        "_pdd/ _y360/",
        (f"{MODULE_UTILS}/_pdd", f"{MODULE_UTILS}/_y360"),
        5,
        282,
        530,
        ("one service each: endpoints,", "answers, codes and rules"),
    ),
    Box(
        "_mail/",
        (f"{MODULE_UTILS}/_mail",),
        6,
        30,
        530,
        ("addresses, mailboxes, mailing lists,", "and what a mail service must offer"),
        "pure",
    ),
    Box(
        "_core/",
        (f"{MODULE_UTILS}/_core",),
        7,
        30,
        530,
        ("HTTP within limits, retries, errors;", "settles steps whose outcome is unknown"),
    ),
)
SERVICE = Box("", (), 8, 110, 450, ("the service at api_url;", "in tests, the emulator"), "service")
ZONES = (("plugins/", 2, 7, 14, 528), ("module_utils/", 4, 7, 22, 462))
"""Areas behind rows of boxes: name, first and last row, margin, and where the name ends."""
LEGEND = (("controller", "runs on the controller only"), ("pure", "pure functions and values, no I/O"))

STYLE = """\
    .page { fill: #ffffff; }
    .zone { fill: #59636e; fill-opacity: 0.08; stroke: #59636e; stroke-opacity: 0.35; }
    .box, .service { fill: #ffffff; stroke: #4a5a6a; stroke-width: 1.5; }
    .controller { fill: #e8eef8; stroke: #41619b; stroke-width: 1.5; }
    .pure { fill: #e4f3e8; stroke: #2f7a48; stroke-width: 1.5; }
    .service { stroke-dasharray: 6 4; }
    .arrow { fill: none; stroke: #4a5a6a; stroke-width: 2; marker-end: url(#head); }
    .head { fill: #4a5a6a; }
    text { fill: #1c2630; font: 15px system-ui, sans-serif; text-anchor: middle; }
    .name { font: bold 16px ui-monospace, monospace; }
    .label { fill: #566472; font: 14px ui-monospace, monospace; text-anchor: end; }
    .legend { text-anchor: start; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #12171c; }
      .zone { fill: #a5b3c0; stroke: #a5b3c0; }
      .box, .service { fill: #222c36; stroke: #9fb0c0; }
      .controller { fill: #1f2b42; stroke: #86a5e0; }
      .pure { fill: #1d3326; stroke: #6cc48a; }
      .arrow { stroke: #9fb0c0; }
      .head { fill: #9fb0c0; }
      text { fill: #e6ecf2; }
      .label { fill: #a5b3c0; }
    }"""


def find_uses() -> dict[str, set[str]]:
    """Return which boxes use which others: by imports in Python, and by names of plugins in YAML."""
    uses: dict[str, set[str]] = {box.name: set() for box in BOXES}
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for folder in _find_imported_folders(path):
            _note_use(uses, path, folder)
    for pattern in ("playbooks/*.yml", "roles/*/tasks/*.yml", "roles/*/vars/*.yml"):
        for path in sorted(ROOT.glob(pattern)):
            for folder in _find_named_folders(path):
                _note_use(uses, path, folder)
    return uses


def _find_imported_folders(path: Path) -> Iterator[Path]:
    """Yield the folders of relative imports, which all imports within the collection are."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            target = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            yield target if target.is_dir() else target.parent


def _find_named_folders(path: Path) -> Iterator[Path]:
    """Yield the folders of the roles, modules and other plugins whose full names are in a file."""
    for name in re.findall(r"(?<!group/)mailops\.pdd\.(\w+)", path.read_text()):
        yield from (found.parent for found in ROOT.glob(f"plugins/*/{name}.py"))
        yield from ROOT.glob(f"roles/{name}")


def _note_use(uses: dict[str, set[str]], path: Path, folder: Path) -> None:
    user, used = _find_box(path.parent), _find_box(folder)
    if user is used:
        return
    if user.row >= used.row:
        sys.exit(f"{path.relative_to(ROOT)} uses {used.name}, which is no lower in the picture than {user.name}.")
    uses[user.name].add(used.name)


def _find_box(folder: Path) -> Box:
    relative = folder.relative_to(ROOT).as_posix()
    for box in BOXES:
        if any(f"{relative}/".startswith(f"{each}/") for each in box.folders):
            return box
    sys.exit(f"{relative} has no box in {Path(__file__).name}.")


def drop_implied(uses: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return the uses without those that follow from others: who uses _mail uses _core."""

    def reach(name: str) -> set[str]:
        return {name}.union(*(reach(each) for each in uses[name]))

    return {
        name: frozenset(each for each in used if not any(each in reach(other) for other in used if other != each))
        for name, used in uses.items()
    }


def draw(arrows: Arrows) -> str:
    """Return the picture."""
    by_name = {box.name: box for box in BOXES}
    pairs = [(by_name[name], by_name[each]) for name in by_name for each in sorted(arrows[name])]
    height = SERVICE.bottom + TOP + 30 * len(LEGEND)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        ' role="img" aria-labelledby="title description">',
        '  <title id="title">The layers of mailops.pdd</title>',
        f'  <desc id="description">{_describe(arrows)}</desc>',
        "  <!-- Generated by tests/docs/draw_architecture.py. -->",
        f"  <style>\n{STYLE}\n  </style>",
        '  <marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">',
        '    <path class="head" d="M0 0 10 5 0 10z"/>',
        "  </marker>",
        f'  <rect class="page" width="{WIDTH}" height="{height}"/>',
        *(_draw_zone(*zone) for zone in ZONES),
        *(_draw_box(box) for box in (*BOXES, SERVICE)),
        *_draw_arrows([*pairs, (BOXES[-1], SERVICE)]),
        *_draw_legend(SERVICE.bottom + TOP),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _describe(arrows: Arrows) -> str:
    """Return the arrows as sentences."""
    return " ".join(f"{name} uses {' and '.join(sorted(used))}." for name, used in arrows.items() if used)


def _draw_zone(name: str, first: int, last: int, left: int, end: int) -> str:
    top = TOP + ROW * first - 22
    height = TOP + ROW * last + HEIGHT - top + 26 - left
    size = f'width="{WIDTH - 2 * left}" height="{height}"'
    label = f'<text class="label" x="{end}" y="{top + 15}">{name}</text>'
    return f'  <rect class="zone" x="{left}" y="{top}" {size} rx="8"/>\n  {label}'


def _draw_box(box: Box) -> str:
    middle = (box.left + box.right) // 2
    place = f'x="{box.left}" y="{box.top}" width="{box.right - box.left}" height="{HEIGHT}"'
    texts = [*([("name", box.name)] if box.name else []), *(("line", line) for line in box.lines)]
    first = box.top + (HEIGHT - 19 * len(texts)) // 2 + 14
    shown = [f'  <rect class="{box.style}" {place} rx="6"/>']
    for index, (style, text) in enumerate(texts):
        shown.append(f'  <text class="{style}" x="{middle}" y="{first + 19 * index}">{text}</text>')
    return "\n".join(shown)


def _draw_arrows(pairs: Sequence[tuple[Box, Box]]) -> Iterator[str]:
    """Yield the arrows, each straight down through a channel that no box between and no other arrow is in."""
    taken: list[tuple[int, Box, Box]] = []
    for upper, lower in pairs:
        x = _find_channel(upper, lower, taken)
        taken.append((x, upper, lower))
        yield f'  <path class="arrow" d="M{x} {upper.bottom}V{lower.top}"/>'


def _find_channel(upper: Box, lower: Box, taken: Sequence[tuple[int, Box, Box]]) -> int:
    left, right = max(upper.left, lower.left) + CHANNEL, min(upper.right, lower.right) - CHANNEL
    between = [box for box in BOXES if upper.row < box.row < lower.row]
    beside = [x for x, above, below in taken if above.row < lower.row and below.row > upper.row]
    for x in sorted(range(left, right + 1), key=lambda x: (abs(2 * x - left - right), x)):
        blocked = any(box.left - CHANNEL < x < box.right + CHANNEL for box in between)
        if not blocked and all(abs(x - other) >= CHANNEL for other in beside):
            return x
    sys.exit(f"No arrow can be drawn from {upper.name} to {lower.name}; move the boxes.")


def _draw_legend(top: int) -> Iterator[str]:
    for index, (style, text) in enumerate(LEGEND):
        y = top + 30 * index
        yield f'  <rect class="{style}" x="110" y="{y}" width="30" height="18" rx="4"/>'
        yield f'  <text class="legend" x="150" y="{y + 14}">{text}</text>'


def main() -> None:
    """Write the picture; with --check, exit with a message if it would change."""
    picture = draw(drop_implied(find_uses()))
    if "--check" not in sys.argv[1:]:
        PICTURE.write_text(picture)
    elif PICTURE.read_text() != picture:
        sys.exit("docs/architecture.svg differs from the imports. Run make docs-fragments.")


if __name__ == "__main__":
    main()
