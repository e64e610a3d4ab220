# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a path may name that an option gives, other than a file of ours, and what else can be in the way."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOREIGN = b"Notes of somebody else's\n"
DIGESTS = {"a" * 64: "b" * 64}
NOBODY = 65534


def directory(path: Path) -> None:
    """Make a directory."""
    path.mkdir()


def named_pipe(path: Path) -> None:
    """Make a named pipe that nobody reads or writes."""
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    """Make a socket; the address is short, whatever the path is."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def device(path: Path) -> None:
    """Make a device that is like /dev/null."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root may make a device")


def dangling_link(path: Path) -> None:
    """Make a link to a file that does not exist."""
    path.symlink_to(path.with_name("nothing"))


def link_to_foreign_file(path: Path) -> None:
    """Make a link to a file of somebody else's."""
    target = path.with_name("notes")
    target.write_bytes(FOREIGN)
    path.symlink_to(target)


def link_to_device(path: Path) -> None:
    """Make a link to a device."""
    device(path.with_name("null"))
    path.symlink_to(path.with_name("null"))


def loop_of_links(path: Path) -> None:
    """Make two links that lead to each other."""
    other = path.with_name("other")
    other.symlink_to(path)
    path.symlink_to(other)


IRREGULAR: list[Callable[[Path], None]] = [
    directory,
    named_pipe,
    unix_socket,
    device,
    dangling_link,
    link_to_foreign_file,
    link_to_device,
    loop_of_links,
]
"""Functions that make what is no regular file."""

FOREIGN_CONTENTS = {
    "empty": b"",
    "text": FOREIGN,
    "bytes": b"\xff\xfe\x00",
    "list": b"[1]",
    "nested": b"[" * 100_000,
    "numbers": b'{"a": 1}',
    "strings": b'{"name": "text"}',
    "digests and more": json.dumps({**DIGESTS, "name": "text"}).encode(),
    "digests of something": json.dumps({"name": "b" * 64}).encode(),
    "capitals": json.dumps({"A" * 64: "b" * 64}).encode(),
    "no digest": json.dumps({"a" * 64: ""}).encode(),
    "another marker": json.dumps({**DIGESTS, "mailops.pdd": "something else"}).encode(),
    "cut": json.dumps(DIGESTS).encode()[:-9],
}
"""Contents of files that are not ours."""


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file have a single byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock as another process would."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def not_root() -> Iterator[None]:
    """Be somebody whom permissions stop."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, 0)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def tree(folder: Path) -> dict[str, tuple[str, object]]:
    """Return all that is below a folder: kinds, permissions, contents, and where links lead."""
    return {str(path.relative_to(folder)): (oct(path.lstat().st_mode), _content(path)) for path in folder.rglob("*")}


def _content(path: Path) -> object:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return path.readlink()
    return path.read_bytes() if stat.S_ISREG(mode) else None
