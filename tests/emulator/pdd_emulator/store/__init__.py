# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's state, in SQLite: the schema and every query.

One connection, used by the event loop's thread only. Without an explicit transaction each statement is one by itself.
"""

from __future__ import annotations

from pdd_emulator.store.accounts import Accounts
from pdd_emulator.store.domains import Domains
from pdd_emulator.store.imports import Imports
from pdd_emulator.store.records import OWNERS, Account, Dkim, Domain, ImportBox, ImportTask, Logo, Message
from pdd_emulator.store.tokens import Tokens

__all__ = ["OWNERS", "Account", "Dkim", "Domain", "ImportBox", "ImportTask", "Logo", "Message", "Store"]


class Store(Tokens, Domains, Accounts, Imports):
    """All queries on one state."""
