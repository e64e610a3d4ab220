# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a Python script, or `-m` a module, and leaves the peak of the process's memory in a file, in kilobytes.

`python peak.py FILE SCRIPT ARGUMENT...`; the rusage of a child would not do, since that begins with what its parent
had used when it was started.
"""

from __future__ import annotations

import atexit
import re
import runpy
import sys
from pathlib import Path


def _leave_peak(file: Path) -> None:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    file.write_text(found[1])


if __name__ == "__main__":
    atexit.register(_leave_peak, Path(sys.argv[1]))
    del sys.argv[:2]
    if sys.argv[0] == "-m":
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")
