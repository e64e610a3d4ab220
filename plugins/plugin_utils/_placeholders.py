# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placeholders for secrets in check mode.

Ansible masks all text in the result of a task that equals one of its secrets, for example the name of a property if the
password is "password". A check run sends no secret of a mailbox, so its tasks do not need them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, islice
from typing import Any

from ..module_utils._mail.rules import Rules

# What no result contains, of characters that a password can have.
_SIGNS = "!;*+"
_ANSWER_LENGTH = 20


def without_secrets(entry: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """Return an entry of the mailboxes with placeholders for its secrets; rules: those of the service.

    That of a password has the same length, which can break a rule. A password that breaks one in any case is kept, and
    the module refuses it.
    """
    hidden = dict(entry)
    password, answer = entry.get("password"), entry.get("hint_answer")
    if password and not rules.password_problem("password", password, entry["login"].partition("@")[0]):
        hidden["password"] = _placeholder(len(password))
    if answer:
        hidden["hint_answer"] = _placeholder(_ANSWER_LENGTH)
    return hidden


def _placeholder(length: int) -> str:
    return "".join(islice(cycle(_SIGNS), length))
