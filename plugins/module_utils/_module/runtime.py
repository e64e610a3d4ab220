# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module gets from Ansible, in a process of its own (process.py) or in the process of its task (direct.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Runtime:
    """What a module gets from Ansible, and how it reaches the user. A body behaves the same in both processes.

    options: by name, as Ansible has checked them, None if one is not given. given: the same as they were given. warn:
    show a warning. hide: mask these values in the result. show: show a line of progress at once. is_orphan: return
    whether the controller is gone.
    """

    options: Mapping[str, Any]
    given: Mapping[str, Any]
    check_mode: bool
    diff_mode: bool
    warn: Callable[[str], None]
    hide: Callable[[Set[str]], None]
    show: Callable[[str], None]
    is_orphan: Callable[[], bool]
