# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what modules return in common, from returns*.yml, into their RETURN blocks; with --check, only compare."""

from __future__ import annotations

import re
import sys
from pathlib import Path

MODULES = Path(__file__).parents[2] / "plugins" / "modules"
SERVICES = ("pdd", "y360")

_RETURN = re.compile(r'(?<=^RETURN = r"""\n).*?(?=^""")', re.DOTALL | re.MULTILINE)


def merge(own: str, shared: str, indent: int = 0) -> str:
    """Return a YAML mapping in which keys of the shared mapping replace its own, at every depth.

    The order of its own keys is kept, and new keys follow. The text is never parsed as YAML, to keep its layout.
    """
    ours, theirs = _split(own, indent), _split(shared, indent)
    if not ours or not theirs:
        return shared
    return "".join(_merge_entry(ours.get(key), theirs.get(key), indent) for key in {**ours, **theirs})


def _merge_entry(own: str | None, shared: str | None, indent: int) -> str:
    """Return one key with its value."""
    if own is None or shared is None:
        return own or shared or ""
    head, value = shared.split("\n", 1)
    _head, own_value = own.split("\n", 1)
    return f"{head}\n{merge(own_value, value, indent + 2)}"


def _split(text: str, indent: int) -> dict[str, str]:
    """Return the entries of a mapping in block style by their keys; empty if the text is something else."""
    entries = rf"^ {{{indent}}}(\w+):.*\n(?:(?: {{{indent + 1},}}\S.*)?\n)*"
    return {found[1]: found[0] for found in re.finditer(entries, text, re.MULTILINE)}


def updated(source: str, shared: str) -> str:
    """Return the source of a module with the shared parts of those values that its RETURN block has."""
    block = _RETURN.search(source)
    if not block or "\ndef main(" not in source:
        return source
    returned = _split(block[0], 0)
    parts = "".join(part for key, part in _split(shared, 0).items() if key in returned)
    return source[: block.start()] + merge(block[0], parts) + source[block.end() :] if parts else source


def read_shared(service: str) -> str:
    """Return what the modules for a service return in common."""
    common, own = (Path(__file__).with_name(name).read_text() for name in ("returns.yml", f"returns_{service}.yml"))
    return merge(own, common)


def main() -> None:
    """Write the modules; with --check, exit with a message if one of them would change."""
    changed = {}
    for service in SERVICES:
        shared = read_shared(service)
        sources = {path: path.read_text() for path in sorted(MODULES.glob(f"{service}_*.py"))}
        changed.update({path: new for path, old in sources.items() if (new := updated(old, shared)) != old})
    if "--check" in sys.argv[1:]:
        names = ", ".join(path.name for path in changed)
        sys.exit(f"RETURN differs from tests/docs/returns*.yml in {names}. Run make docs-fragments." if names else 0)
    for path, new in changed.items():
        path.write_text(new)


if __name__ == "__main__":
    main()
