# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make certificates, valid and invalid ones."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import trustme

HOST = "127.0.0.1"
_LONG_AGO = datetime.datetime(2001, 2, 3, tzinfo=datetime.UTC)


class Authority:
    """A certification authority of the tests, with the contexts of servers that show its certificates."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.bundle = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.bundle))
        self.right = _context(authority.issue_cert(HOST))
        self.other_host = _context(authority.issue_cert("other.example.test"))
        self.expired = _context(authority.issue_cert(HOST, not_before=_LONG_AGO, not_after=_LONG_AGO))
        self.stranger = _context(trustme.CA().issue_cert(HOST))


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
