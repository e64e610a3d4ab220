# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regular files, and nothing else (files)."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.files import (
    LIMIT,
    locked,
    open_regular,
    private_umask,
    read_regular,
    replace_regular,
    require_writable,
)


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


# Open and read


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_RDWR, os.O_WRONLY | os.O_CREAT])
@pytest.mark.parametrize("kind", ["a directory", "a named pipe", "a symbolic link", "a device"])
def test_what_is_no_regular_file(tmp_path: Path, kind: str, flags: int) -> None:
    """It is not opened, and a link is not followed to create what it names."""
    path = tmp_path / "path"
    if kind == "a directory":
        path.mkdir()
    elif kind == "a named pipe":
        os.mkfifo(path)
    elif kind == "a symbolic link":
        path.symlink_to(tmp_path / "target")
    else:
        path = Path(os.devnull)
    with pytest.raises(OSError, match=f"it is {kind}, not a regular file"):
        open_regular(path, flags)
    assert not (tmp_path / "target").exists()


def test_content(tmp_path: Path) -> None:
    """What does not exist is no error."""
    path = tmp_path / "file"
    assert read_regular(path) is None
    path.write_bytes(b"content")
    assert read_regular(path) == b"content"


def test_large_file(tmp_path: Path) -> None:
    """It is not read into memory."""
    path = tmp_path / "file"
    path.touch()
    os.truncate(path, LIMIT)
    assert len(read_regular(path) or b"") == LIMIT
    os.truncate(path, 2**40)
    with pytest.raises(OSError, match=f"it has more than {LIMIT} bytes"):
        read_regular(path)


# Replace


def test_file_is_private(tmp_path: Path) -> None:
    """It is replaced, not written into, so it does not matter what it was before."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o644)
    replace_regular(path, b"new", expected=b"old")
    assert (mode(path), path.read_bytes()) == (0o600, b"new")


def test_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Who reads meanwhile has the old one."""
    path = tmp_path / "file"
    replace_regular(path, b"old", expected=None)
    with path.open("rb") as reader:
        replace_regular(path, b"new", expected=b"old")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("expected", [None, b"", b"ol", b"old and more"])
def test_file_that_was_changed(tmp_path: Path, expected: bytes | None) -> None:
    """It is kept."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="another program has changed it meanwhile"):
        replace_regular(path, b"new", expected=expected)
    assert (list(tmp_path.iterdir()), path.read_bytes()) == ([path], b"old")


def test_file_that_became_a_link(tmp_path: Path) -> None:
    """Neither is replaced, although what it leads to holds what is expected."""
    target, path = tmp_path / "target", tmp_path / "file"
    target.write_bytes(b"old")
    path.symlink_to(target)
    with pytest.raises(OSError, match="it is a symbolic link"):
        replace_regular(path, b"new", expected=b"old")
    assert (path.is_symlink(), target.read_bytes()) == (True, b"old")


# Locks


def test_lock_excludes(tmp_path: Path) -> None:
    """The error comes at the deadline, and names the lock."""
    path = tmp_path / "lock"
    with locked(path, deadline=0, create=True):
        begin = time.monotonic()
        with (
            pytest.raises(TimeoutError, match="another process holds the lock"),
            locked(path, deadline=begin + 0.1, create=True),
        ):
            pytest.fail("both have the lock")
        assert time.monotonic() >= begin + 0.1
    with locked(path, deadline=0, create=True):
        pass
    assert mode(path) == 0o600


def test_lock_of_a_removed_file_is_none(tmp_path: Path) -> None:
    """Who waits for it takes the lock of the file that is there by then."""
    path = tmp_path / "lock"
    taken = threading.Event()

    def take() -> None:
        with locked(path, deadline=time.monotonic() + 60, create=True):
            taken.set()

    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = threading.Thread(target=take)
        waiting.start()
        path.unlink()
        assert taken.wait(60)
        waiting.join()


def test_no_lock_is_made(tmp_path: Path) -> None:
    """In check mode, say: what does not exist is held by nobody."""
    with locked(tmp_path / "none" / "lock", deadline=0, create=False):
        pass
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError), locked(tmp_path / "none" / "lock", deadline=0, create=True):
        pass


# Folders


@pytest.mark.parametrize("umask", [0, 0o777])
def test_private_umask(tmp_path: Path, umask: int) -> None:
    """Whatever it is otherwise, and is again afterwards."""
    before = os.umask(umask)
    try:
        with private_umask():
            (tmp_path / "a" / "b").mkdir(parents=True)
        assert os.umask(before) == umask
    finally:
        os.umask(before)
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_writable_folders(tmp_path: Path) -> None:
    """Of one that does not exist, the nearest that does."""
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    require_writable(tmp_path)
    require_writable(tmp_path / "a" / "b")
    for name in ("file", "file/a/b", "link", "link/a"):
        with pytest.raises(OSError, match=r"is not a directory|No such file"):
            require_writable(tmp_path / name)
    assert {each.name for each in tmp_path.iterdir()} == {"file", "link"}
