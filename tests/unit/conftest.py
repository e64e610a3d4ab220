# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for all unit tests."""

from __future__ import annotations

from importlib.util import find_spec

from hypothesis import settings

# These need ansible-core, which `make test-oldest` does not install.
collect_ignore = (
    []
    if find_spec("ansible")
    else [
        "plugins/module_utils/_module/test_arguments.py",
        *(f"plugins/plugin_utils/test_{name}.py" for name in ("hosts", "input", "rules")),
    ]
)

# A busy machine is no reason to fail.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
