# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An old mail server, for the demonstration and tests of mailbox imports: IMAP and POP3, with and without TLS."""

from __future__ import annotations

from .dovecot import dovecot_installed, start_dovecot
from .launch import SourceServer, SourceServerError
from .store import Account
from .twisted_process import start_twisted

__all__ = ["Account", "SourceServer", "SourceServerError", "dovecot_installed", "start_dovecot", "start_twisted"]
