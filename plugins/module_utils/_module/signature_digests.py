# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that remembers which signature was set last, because the service cannot be asked (docs/api/pdd.md, 2.1).

It holds digests only, keyed by the token: neither the token nor the text can be found out from it.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from .._core.transport import Connection

MARKER, MARKED = "mailops.pdd", "digests of signatures"
"""The entry that marks a file of ours; those of version 1.0 have none."""
PENDING = ""
"""In the place of a digest: a task is setting the signature, or ended before it knew whether it is set."""

_FOREIGN = "it was not written by this module"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_OR_PENDING = re.compile(r"([0-9a-f]{64})?")


def owner_key(connection: Connection) -> str:
    """Return the name under which the digest of this token owner at this service is kept."""
    return _digest(connection, "owner")


def text_digest(connection: Connection, signature: str) -> str:
    """Return the digest of a signature."""
    return _digest(connection, f"signature\n{signature}")


def default_state_path(environment: Mapping[str, str], name: str = "signatures.json") -> Path | None:
    """Return a file under the user's state directory (XDG base directory specification), None if there is no home.

    A home that does not exist is never created: that is how systems say that a user has none.
    """
    base, home = Path(environment.get("XDG_STATE_HOME", "")), Path(environment.get("HOME", ""))
    if not base.is_absolute():
        if not (home.is_absolute() and os.access(home, os.X_OK)):
            return None
        base = home / ".local/state"
    return base / "mailops.pdd" / name


def parse_digests(content: bytes | None) -> dict[str, str]:
    """Return the digests by owner. Raises OSError for what neither this version nor 1.0 has written."""
    if content is None:
        return {}
    try:
        digests = json.loads(content)
    except (ValueError, RecursionError):
        digests = None
    if not isinstance(digests, dict):
        raise OSError(errno.EEXIST, _FOREIGN)
    value = _DIGEST
    if digests.get(MARKER) == MARKED:
        del digests[MARKER]
        value = _DIGEST_OR_PENDING
    for owner, digest in digests.items():
        if not (_DIGEST.fullmatch(owner) and isinstance(digest, str) and value.fullmatch(digest)):
            raise OSError(errno.EEXIST, _FOREIGN)
    return digests


def format_digests(digests: Mapping[str, str]) -> bytes:
    """Return the content of a file."""
    return json.dumps({MARKER: MARKED, **dict(sorted(digests.items()))}, indent=1).encode()


def _digest(connection: Connection, text: str) -> str:
    dialect = connection.dialect
    message = f"{dialect.base_urls[0]}\n{text}".encode(errors="surrogatepass")
    return hmac.new(dialect.credentials.encode(), message, hashlib.sha256).hexdigest()
