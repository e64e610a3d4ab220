# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that remembers what a service does not show: lists of strings by owner and name. Never a secret.

It is an aid, and never a reason to fail. What was remembered by nobody is empty.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from .._core.errors import InvalidInputError
from .._core.files import locked, private_umask, read_regular, replace_regular, require_writable
from .signature_digests import default_state_path

_MARKER, _MARKED = "mailops.pdd", "what a service does not show"
_FOREIGN = "it was not written by this module"

_Notes = dict[str, list[str]]


def digest(text: str) -> str:
    """Return what a text is recognized by."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def parse_path(path: str | None) -> Path | None:
    """Return the file that an option names, else the default one, None if there is no home directory."""
    if path and "\0" in path:
        raise InvalidInputError([f"state_path: {path!r} is no path"])
    return Path(path) if path else default_state_path(os.environ, "memory.json")


class Memory:
    """The notes of one owner in a file. If it cannot be used, warn(sentence) is called once."""

    def __init__(
        self,
        path: Path | None,
        owner: str,
        *,
        timeout: float,
        warn: Callable[[str], None],
        sleep: Callable[[float], object],
    ) -> None:
        self._path = path
        self._owner = digest(owner)
        self._timeout = timeout
        self._warn = warn
        self._sleep = sleep
        self._is_usable = True

    def recall(self, name: str) -> frozenset[str]:
        """Return the notes of a name."""
        try:
            return frozenset(_parse(read_regular(self._require_path())).get(self._owner, {}).get(name, ()))
        except OSError as error:
            self._give_up(error)
            return frozenset()

    def note(self, name: str, *, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
        """Change the notes of a name."""
        try:
            path = self._require_path()
            require_writable(path.parent)
            with private_umask():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = path.with_name(f"{path.name}.lock")
            with locked(lock, deadline=time.monotonic() + self._timeout, create=True, sleep=self._sleep):
                content = read_regular(path)
                owners = _parse(content)
                notes = owners.setdefault(self._owner, {})
                notes[name] = sorted({*notes.get(name, ()), *add}.difference(remove))
                replace_regular(path, _format(owners), expected=content)
        except OSError as error:
            self._give_up(error)

    def _require_path(self) -> Path:
        if self._path is None:
            raise OSError(errno.ENOENT, "neither XDG_STATE_HOME nor HOME names a directory")
        if str(self._path).startswith("~"):  # what Ansible leaves of it if there is no such home
            raise OSError(errno.ENOENT, "its home directory is not known")
        return self._path

    def _give_up(self, error: OSError) -> None:
        if self._is_usable:
            self._is_usable = False
            subject = f"state_path: {str(self._path)!r} cannot be used" if self._path else "state_path has no default"
            self._warn(f"{subject}: {error.strerror or error}. The task does not remember what it sets.")


def _parse(content: bytes | None) -> dict[str, _Notes]:
    """Return the notes by owner. Raises OSError for what this module has not written."""
    if content is None:
        return {}
    try:
        owners = json.loads(content)
    except (ValueError, RecursionError):
        owners = None
    if not isinstance(owners, dict) or owners.pop(_MARKER, None) != _MARKED:
        raise OSError(errno.EEXIST, _FOREIGN)
    for notes in owners.values():
        if not isinstance(notes, dict) or not all(map(_are_strings, notes.values())):
            raise OSError(errno.EEXIST, _FOREIGN)
    return owners


def _are_strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(each, str) for each in values)


def _format(owners: Mapping[str, _Notes]) -> bytes:
    return json.dumps({_MARKER: _MARKED, **dict(sorted(owners.items()))}, indent=1).encode()
