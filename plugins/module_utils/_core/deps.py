# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one guarded import of the modules' library `requests`, and of the libraries that it depends on.

Without them, the collection still imports. The action then runs the module in a process of its own, and run_module()
ends the task with Ansible's usual message.
"""

from __future__ import annotations

import traceback

IMPORT_ERROR: str | None = None
try:
    import idna
    import requests
    import urllib3
except Exception:  # which a library that is broken may raise as well
    idna = None  # type: ignore[assignment]
    requests = None  # type: ignore[assignment]
    urllib3 = None  # type: ignore[assignment]
    IMPORT_ERROR = traceback.format_exc()

__all__ = ["IMPORT_ERROR", "idna", "requests", "urllib3"]
