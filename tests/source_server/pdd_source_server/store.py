# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a source server serves: a Dovecot passwd file, one Maildir for each account, and a TLS certificate."""

from __future__ import annotations

import base64
import hashlib
import mailbox
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import trustme

MAIL_UID = os.geteuid() or 65534
"""Owner of the mail. Dovecot never opens mail as root, so root hands it to nobody."""
MAIL_GID = os.getegid() or 65534

# A login is a field of the passwd file and the name of a folder.
LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*")
FIRST_DATE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
FIRST_UID = 1001
FLAGS = {"S": "\\Seen", "R": "\\Answered", "F": "\\Flagged", "D": "\\Draft", "T": "\\Deleted"}
"""The IMAP name of each flag letter of a Maildir."""
BODIES = (
    "Good morning,\n\nthe minutes of the meeting are ready.\n",
    "Добрый день!\n\n«Договор» подписан, ждём оплату до пятницы.\n",
    "Grüße aus Köln, café, naïve, 20 €.\n.\nA line with one dot stands above.\n",
)


@dataclass(frozen=True)
class Account:
    """A mailbox to be made: `messages` made-up messages in INBOX, of which the first `seen` are already read.

    Raises ValueError for a login that is no plain address or name, and for `seen` outside 0..`messages`.
    """

    login: str
    password: str
    messages: int = 0
    seen: int = 0

    def __post_init__(self) -> None:
        """Refuse what no server could serve."""
        if not LOGIN.fullmatch(self.login):
            raise ValueError(f"not a login: {self.login!r}")
        if not 0 <= self.seen <= self.messages:
            raise ValueError(f"{self.seen} of {self.messages} messages cannot be seen")


@dataclass(frozen=True)
class StoredMessage:
    """A message as it lies in a Maildir: `content` with CRLF, `flags` as IMAP names, `received` in Unix seconds."""

    uid: int
    uidl: str
    flags: tuple[str, ...]
    received: float
    content: bytes


class Store:
    """The directory that both kinds of server read; what is missing in it is made."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()
        self.log = self.directory / "server.log"
        self.ca_file = self.directory / "ca.pem"
        self.certificate_file = self.directory / "server.pem"
        """Key and certificate for localhost and 127.0.0.1, signed by the authority in `ca_file`; all as PEM."""
        self._passwd = self.directory / "passwd"
        self._mail = self.directory / "mail"
        self._mail.mkdir(parents=True, exist_ok=True)
        self._passwd.touch(mode=0o600)
        if not self.certificate_file.exists():
            self._issue_certificate()

    def add(self, account: Account) -> None:
        """Make an account; one that exists keeps its mail and gets the new password."""
        if not self._maildir(account.login).exists():
            self._deliver(account)
        self._write_passwords({**self.passwords(), account.login: account.password})

    def passwords(self) -> dict[str, str]:
        """Return the password of each login."""
        fields = [line.split(":") for line in self._passwd.read_text("ascii").splitlines()]
        return {field[0]: _decoded(field[1]) for field in fields}

    def messages(self, login: str) -> list[StoredMessage]:
        """Return the messages in an account's INBOX, oldest delivery first.

        A UID is the message's place in that order, moved so that it never equals the sequence number: a client that
        confuses the two is found out. It is stable because nothing here ever deletes a message.
        """
        maildir = mailbox.Maildir(self._maildir(login), create=False)
        keys = sorted(maildir.iterkeys(), key=_delivery_order)
        return [_stored_message(maildir, key, uid) for uid, key in enumerate(keys, start=FIRST_UID)]

    def _issue_certificate(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        issued = authority.issue_cert("localhost", "127.0.0.1")
        _write_private(self.certificate_file, issued.private_key_and_cert_chain_pem.bytes())

    def _maildir(self, login: str) -> Path:
        return self._mail / login

    def _deliver(self, account: Account) -> None:
        path = self._maildir(account.login)
        maildir = mailbox.Maildir(path)
        for number in range(1, account.messages + 1):
            maildir.add(_made_up_message(account, number))
        if os.geteuid() == 0:
            for entry in (self._mail, path, *path.rglob("*")):
                os.chown(entry, MAIL_UID, MAIL_GID)

    def _write_passwords(self, passwords: dict[str, str]) -> None:
        lines = [f"{login}:{_encoded(password)}::::::\n" for login, password in passwords.items()]
        # Servers read the file while they run: it is replaced as a whole.
        unfinished = self._passwd.with_suffix(".new")
        _write_private(unfinished, "".join(lines).encode("ascii"))
        # Dovecot knows a changed file by its size and the second of its date.
        date = self._passwd.stat().st_mtime + 1
        os.utime(unfinished, (date, date))
        unfinished.replace(self._passwd)


def _encoded(password: str) -> str:
    """Encode a password so that no character of it can be taken for a field separator."""
    return "{PLAIN.b64}" + base64.b64encode(password.encode()).decode("ascii")


def _decoded(field: str) -> str:
    return base64.b64decode(field.removeprefix("{PLAIN.b64}")).decode()


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


def _delivery_order(key: str) -> list[int]:
    """Sort key of a Maildir file name: its numbers are the second, the microsecond, the process and a counter."""
    return [int(number) for number in re.findall(r"\d+", key)]


def _stored_message(maildir: mailbox.Maildir, key: str, uid: int) -> StoredMessage:
    message = maildir.get_message(key)
    return StoredMessage(
        uid=uid,
        uidl=hashlib.sha256(key.encode()).hexdigest(),
        flags=tuple(name for letter, name in FLAGS.items() if letter in message.get_flags()),
        received=message.get_date(),
        content=maildir.get_bytes(key).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    )


def _made_up_message(account: Account, number: int) -> mailbox.MaildirMessage:
    date = FIRST_DATE + timedelta(hours=number)
    content = EmailMessage()
    content["From"] = "Žofie Nováková <zofie@sender.test>"
    content["To"] = account.login
    content["Date"] = format_datetime(date)
    content["Message-ID"] = f"<{number}.{account.login}>"
    content["Subject"] = f"Message {number} for {account.login}"
    content.set_content(BODIES[(number - 1) % len(BODIES)])
    message = mailbox.MaildirMessage(content.as_bytes())
    message.set_date(date.timestamp())
    if number <= account.seen:
        message.set_subdir("cur")
        message.set_flags("S")
    return message
