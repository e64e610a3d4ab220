# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regular files at paths that a user may have mistyped and others may change meanwhile.

No function follows a link, waits for longer than asked, or opens anything but a regular file: opening a device can be
enough to make it act. All of them raise OSError; its `strerror` completes a sentence about the file.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIMIT = 16 * 2**20
"""Bytes that are read of a file at most."""

_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_PAUSE = 0.02
"""Seconds between two attempts to get a lock."""


def open_regular(path: Path | str, flags: int, mode: int = 0o600) -> int:
    """Return a descriptor of a regular file."""
    with suppress(FileNotFoundError):
        _require_regular(os.lstat(path))
    descriptor = os.open(path, flags | _SAFELY, mode)
    try:
        _require_regular(os.fstat(descriptor))  # it may have changed since
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_regular(path: Path) -> bytes | None:
    """Return the content, or None if there is no file. More bytes than LIMIT are an error."""
    try:
        descriptor = open_regular(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LIMIT + 1) or b""  # None: a file of /proc that would have to be waited for
    if len(content) > LIMIT:
        raise OSError(errno.EFBIG, f"it has more than {LIMIT} bytes")
    return content


def replace_regular(path: Path, content: bytes, *, expected: bytes | None) -> None:
    """Replace a file as a whole, mode 0600, provided that it still holds what is expected (None: does not exist)."""
    with private_umask():
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _require_content(path, expected)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def locked(
    path: Path, *, deadline: float, create: bool, sleep: Callable[[float], object] = time.sleep
) -> Iterator[None]:
    """Hold the lock that a file stands for. What does not exist and is not created needs no lock.

    deadline: the latest time.monotonic() at which another holder is waited for, with sleep(seconds). The holder may
    remove the file.
    """
    descriptor = None
    try:
        descriptor = _lock(path, deadline, os.O_RDWR | (os.O_CREAT if create else 0), sleep)
    except FileNotFoundError:
        if create:
            raise
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


@contextmanager
def private_umask() -> Iterator[None]:
    """Let what is created be accessible for its owner, and for nobody else, whatever the umask is."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def require_writable(folder: Path) -> None:
    """Raise OSError if files cannot be made in a folder, or the folder itself cannot; makes nothing."""
    existing = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    if not stat.S_ISDIR(existing.stat().st_mode):
        raise OSError(errno.ENOTDIR, f"{str(existing)!r} is not a directory")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, f"the directory {str(existing)!r} cannot be written")


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a regular file")


def _require_content(path: Path, expected: bytes | None) -> None:
    if read_regular(path) != expected:
        raise OSError(errno.EBUSY, "another program has changed it meanwhile")


def _lock(path: Path, deadline: float, flags: int, sleep: Callable[[float], object]) -> int:
    """Return the descriptor that holds the lock."""
    while True:
        descriptor = _open_lock(path, flags)
        try:
            if _takes_lock(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() >= deadline:
            raise TimeoutError(errno.ETIMEDOUT, f"another process holds the lock {str(path)!r}")
        sleep(_PAUSE)


def _open_lock(path: Path, flags: int) -> int:
    try:
        with private_umask():
            return open_regular(path, flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"the lock {str(path)!r} cannot be used: {error.strerror}"
        raise OSError(error.errno, message) from None


def _takes_lock(descriptor: int, path: Path) -> bool:
    """Take the lock if it is free; one whose file was removed meanwhile locks nobody out."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return False
