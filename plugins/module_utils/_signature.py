# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remembers which signature was set last, since the service cannot be asked (pdd-api.md, 2.1).

The file holds digests only, keyed by the token: neither the token nor the text can be found out from it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ._transport import Connection


def owner_key(connection: Connection) -> str:
    """Return the name under which the digest of this token owner at this service is kept."""
    return _digest(connection, "owner")


def text_digest(connection: Connection, signature: str) -> str:
    """Return the digest of a signature."""
    return _digest(connection, f"signature\n{signature}")


def default_state_path(environment: Mapping[str, str]) -> Path:
    """Return the file under the user's state directory (XDG base directory specification)."""
    base = Path(environment.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():
        base = Path("~/.local/state").expanduser()
    return base / "mailops.pdd" / "signatures.json"


class SignatureState:
    """The file of digests. Reading needs no lock, since the file is only ever replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.realpath(path))  # where a link leads to; unlike resolve(), it bears a loop of links

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other tasks from reading and changing the file meanwhile. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self) -> dict[str, str]:
        """Return the digests by owner. Raises OSError, and ValueError if the file is damaged."""
        try:
            content = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            raise ValueError("it is no JSON file") from None
        if not isinstance(content, dict) or not all(isinstance(each, str) for each in content.values()):
            raise ValueError("it is no file of digests")
        return content

    def write(self, digests: Mapping[str, str]) -> None:
        """Replace the file at once; mode 0600. Raises OSError."""
        descriptor, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(digests, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _digest(connection: Connection, text: str) -> str:
    secret = f"{connection.token}\n{connection.oauth_token or ''}".encode()
    return hmac.new(secret, f"{connection.api_url}\n{text}".encode(errors="surrogatepass"), hashlib.sha256).hexdigest()
