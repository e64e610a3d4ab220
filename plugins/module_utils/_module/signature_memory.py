# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and writes the file that remembers signatures, so that it is never wrong and never in the way."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from .._core.files import locked, private_umask, read_regular, replace_regular, require_writable
from .signature_digests import PENDING, format_digests, parse_digests


class SignatureMemory:
    """Whether the signature that was set last for one owner is the one with this digest.

    The file is an aid: if it cannot be used, warn(reason) is called, and the signature counts as unknown. Other tasks
    are waited for with sleep(seconds), which may raise.

    What the file says must be so, whatever fails and whoever else uses it. So a task forgets before it sends, and
    remembers afterwards. The tasks of one owner take turns. One whose turn does not come in time forgets both before
    and after it sends, and a task that finds forgotten what it began does not remember it.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        owner: str,
        digest: str,
        timeout: float,
        check_mode: bool,
        warn: Callable[[str], None],
        sleep: Callable[[float], object],
    ) -> None:
        self._given = path
        self._path = path or Path()
        self._owner = owner
        self._digest = digest
        self._timeout = timeout
        self._check_mode = check_mode
        self._warn = warn
        self._sleep = sleep
        self._deadline = 0.0
        self._usable = True
        self._contested = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other tasks from setting the signature of this owner meanwhile."""
        self._deadline = time.monotonic() + self._timeout
        with ExitStack() as held:
            try:
                self._prepare()
                held.enter_context(self._turn_lock())
            except TimeoutError as error:
                self._contested = True
                self._warn(f"another task sets the signature of the same owner ({error.strerror})")
            except OSError as error:
                self._give_up(error)
            yield

    def recall(self) -> str:
        """Return "same", "different" or "unknown"."""
        if self._contested or not self._usable:
            return "unknown"
        try:
            with self._file_lock():
                remembered = self._read().get(self._owner, PENDING)
        except OSError as error:
            self._give_up(error)
            return "unknown"
        return "unknown" if remembered == PENDING else "same" if remembered == self._digest else "different"

    def forget(self) -> None:
        """Forget what was set, before a signature is sent."""
        if not self._changed(lambda _remembered: None if self._contested else PENDING):
            self._discard()

    def remember(self) -> None:
        """Remember the signature that was sent, unless another task may have sent one meanwhile."""
        self._deadline = time.monotonic() + self._timeout
        if self._usable and not self._changed(self._settled):
            self._discard()

    def _settled(self, remembered: str | None) -> str | None:
        if self._contested:
            return None
        if remembered == PENDING:
            return self._digest
        self._warn("another task has set the signature of the same owner meanwhile")
        return None

    def _prepare(self) -> None:
        """Make the folder, unless something is wrong already: nothing is made beside a file that is not ours."""
        if self._given is None:
            raise OSError(errno.ENOENT, "neither XDG_STATE_HOME nor HOME names a directory")
        if str(self._given).startswith("~"):  # what Ansible leaves of it if there is no such home
            raise OSError(errno.ENOENT, "its home directory is not known")
        self._path = _followed(self._given)
        self._read()
        require_writable(self._path.parent)
        if not self._check_mode:
            with private_umask():
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def _turn_lock(self) -> Iterator[None]:
        path = self._path.with_name(f"{self._path.name}.{self._owner[:16]}.lock")
        if self._check_mode:
            yield
            return
        with locked(path, deadline=self._deadline, create=True, sleep=self._sleep):
            try:
                yield
            finally:
                with suppress(OSError):
                    path.unlink()

    def _file_lock(self) -> AbstractContextManager[None]:
        path = self._path.with_name(f"{self._path.name}.lock")
        return locked(path, deadline=self._deadline, create=not self._check_mode, sleep=self._sleep)

    def _read(self) -> dict[str, str]:
        return parse_digests(read_regular(self._path))

    def _changed(self, change: Callable[[str | None], str | None]) -> bool:
        """Replace the owner's digest by what change() makes of it; return whether that was possible."""
        if not self._usable:
            return False
        try:
            with self._file_lock():
                content = read_regular(self._path)
                digests = parse_digests(content)
                digest = change(digests.pop(self._owner, None))
                if digest is not None:
                    digests[self._owner] = digest
                replace_regular(self._path, format_digests(digests), expected=content)
        except OSError as error:
            self._give_up(error)
        return self._usable

    def _discard(self) -> None:
        """Remove a file that will be wrong and cannot be changed; even a full disk allows that."""
        harmless = {None, self._digest} if self._contested else {None, self._digest, PENDING}
        try:
            if self._read().get(self._owner) in harmless:
                return
        except OSError:
            return  # it is not ours
        try:
            self._path.unlink()
        except OSError as error:
            self._warn(f"it still remembers another signature and cannot be removed ({error.strerror})")

    def _give_up(self, error: OSError) -> None:
        self._usable = False
        self._warn(error.strerror or str(error))


def _followed(path: Path) -> Path:
    """Return the file that a link leads to. One that does not exist is not made there."""
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if not target.exists():
        raise OSError(errno.ENOENT, "it is a symbolic link that leads to no file")
    return target
