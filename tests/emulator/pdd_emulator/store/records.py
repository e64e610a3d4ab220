# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the state holds."""

from __future__ import annotations

from dataclasses import dataclass

from pdd_emulator.rules import SourceServer

OWNERS = frozenset({"account", "other", "nobody"})


@dataclass(frozen=True)
class Dkim:
    """How a domain's mail is signed; the strings are empty until it was enabled for the first time.

    `published` tells whether its owner has put the record into the DNS.
    """

    enabled: bool
    published: bool
    private_key: str
    record: str


@dataclass(frozen=True)
class Domain:
    """A domain; `status` is `domain-activate`, `mx-activate` or `added`, `owner` one of `OWNERS`.

    `check_results` is None if they follow from the status, `registered` the time in seconds since the epoch.
    """

    name: str
    status: str
    blocked: bool
    owner: str
    master_admin: bool
    delegated: bool
    country: str
    aliases: tuple[str, ...]
    check_results: str | None
    secret_name: str
    secret_content: str
    registered: int
    logo_url: str
    dkim: Dkim


@dataclass(frozen=True)
class Logo:
    """An uploaded image."""

    media_type: str
    content: bytes


@dataclass(frozen=True)
class Account:
    """A mailbox or a mailing list: both have uids of the same sequence and share their domain's names."""

    uid: int
    domain: str
    login: str
    maillist: bool
    password: str
    enabled: bool
    blocked: bool
    iname: str
    fname: str
    birth_date: str | None
    sex: int | None
    hintq: str
    hinta: str
    ready: bool
    aliases: tuple[str, ...]

    @property
    def address(self) -> str:
        """The full address, as answers show it."""
        return f"{self.login}@{self.domain}"


@dataclass(frozen=True)
class Message:
    """A copied message; `seen` tells whether it was read at the source."""

    subject: str
    seen: bool
    content: bytes


@dataclass(frozen=True)
class ImportTask:
    """The current import of a domain: the server of the latest start, and whether it was stopped."""

    server: SourceServer
    removed: bool


@dataclass(frozen=True)
class ImportBox:
    """A box of an import task.

    `outcome` is None (unprocessed), `complete` or `failed`; `source` names the source account.
    `total` and `imported` count the messages of this task only, not those that earlier imports had copied.
    """

    id: int
    mailbox: int
    server: SourceServer
    source: str
    external_login: str
    external_password: str | None
    internal_login: str
    begun: bool
    outcome: str | None
    total: int
    imported: int
    last_error: str
    last_error_count: int
