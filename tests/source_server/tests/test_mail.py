# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client sees of the accounts, over each protocol."""

from __future__ import annotations

import email
import email.policy
import mailbox
import os
import poplib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from pdd_source_server import Account, SourceServer, dovecot_installed, start_dovecot, start_twisted

from .clients import LoginRefusedError, imap_client, read_mail

Start = Callable[..., SourceServer]

ANNA = Account("anna@old.test", "secret-1", messages=5, seen=2)
BORIS = Account("boris@old.test", "!@#$%^&*()_-+:;,.aZ9", messages=1)
EMPTY = Account("empty@old.test", "secret-2")

each_protocol = pytest.mark.parametrize("protocol", ["imap", "imaps", "pop3", "pop3s"])


@pytest.fixture(scope="module")
def server(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SourceServer]:
    """Return a server for the tests that change nothing."""
    with start(tmp_path_factory.mktemp("source"), [ANNA, BORIS, EMPTY]) as server:
        yield server


@each_protocol
def test_all_messages_are_read(server: SourceServer, protocol: str) -> None:
    mail = read_mail(server, protocol, ANNA.login, ANNA.password)
    messages = [email.message_from_bytes(found.content, policy=email.policy.default) for found in mail]
    assert [message["Subject"] for message in messages] == [f"Message {n} for anna@old.test" for n in range(1, 6)]
    dates = [message["Date"].datetime for message in messages]
    assert dates == sorted(set(dates))
    texts = [message.get_content() for message in messages]
    assert "ждём оплату" in texts[1]
    assert "Grüße aus Köln" in texts[2]
    assert "\r\n.\r\n" in texts[2], "a line with a lone dot must survive POP3"


def test_every_protocol_gives_the_same_bytes(server: SourceServer) -> None:
    contents = [
        [mail.content for mail in read_mail(server, protocol, ANNA.login, ANNA.password)] for protocol in server.ports
    ]
    assert contents[0] == contents[1] == contents[2] == contents[3]


def test_pop3_announces_the_sizes_of_what_it_sends(server: SourceServer) -> None:
    contents = [mail.content for mail in read_mail(server, "pop3", ANNA.login, ANNA.password)]
    client = poplib.POP3(server.host, server.ports["pop3"])
    client.user(ANNA.login)
    client.pass_(ANNA.password)
    sizes = [int(line.split()[1]) for line in client.list()[1]]
    assert client.stat() == (5, sum(sizes))
    client.quit()
    assert sizes == [len(content) for content in contents]


@each_protocol
def test_an_account_without_messages_is_empty(server: SourceServer, protocol: str) -> None:
    assert read_mail(server, protocol, EMPTY.login, EMPTY.password) == []


def test_messages_seen_before_are_flagged(server: SourceServer) -> None:
    mail = read_mail(server, "imap", ANNA.login, ANNA.password)
    seen, unseen = frozenset({b"\\Seen"}), frozenset[bytes]()
    assert [found.flags for found in mail] == [seen, seen, unseen, unseen, unseen]


def test_reading_changes_no_flag(server: SourceServer) -> None:
    before = read_mail(server, "imap", ANNA.login, ANNA.password)
    read_mail(server, "pop3", ANNA.login, ANNA.password)
    assert read_mail(server, "imap", ANNA.login, ANNA.password) == before


@each_protocol
def test_identifiers_are_stable(start: Start, directory: Path, protocol: str) -> None:
    with start(directory, [ANNA]) as server:
        first = read_mail(server, protocol, ANNA.login, ANNA.password)
        second = read_mail(server, protocol, ANNA.login, ANNA.password)
        server.stop()
        server.start()
        third = read_mail(server, protocol, ANNA.login, ANNA.password)
    assert first == second == third
    assert len({mail.identifier for mail in first}) == 5


def test_old_identifiers_survive_new_mail(start: Start, directory: Path) -> None:
    with start(directory, [ANNA]) as server:
        before = read_mail(server, "imap", ANNA.login, ANNA.password)
        key = mailbox.Maildir(directory / "mail" / ANNA.login, create=False).add(b"Subject: new\n\n")
        delivered = directory / "mail" / ANNA.login / "new" / key
        os.chown(delivered, delivered.parent.stat().st_uid, delivered.parent.stat().st_gid)
        after = read_mail(server, "imap", ANNA.login, ANNA.password)
    assert after[:5] == before
    assert after[5].content.startswith(b"Subject: new\r\n")


@each_protocol
@pytest.mark.parametrize("login", [ANNA.login, "nobody@old.test"])
def test_a_wrong_password_is_refused(server: SourceServer, protocol: str, login: str) -> None:
    with pytest.raises(LoginRefusedError):
        read_mail(server, protocol, login, "wrong")
    assert len(read_mail(server, protocol, ANNA.login, ANNA.password)) == 5, "the next login must work"


@each_protocol
def test_a_password_may_hold_any_punctuation(server: SourceServer, protocol: str) -> None:
    assert len(read_mail(server, protocol, BORIS.login, BORIS.password)) == 1
    with pytest.raises(LoginRefusedError):
        read_mail(server, protocol, BORIS.login, BORIS.password.partition(":")[0])


def test_authenticate_plain(server: SourceServer) -> None:
    with imap_client(server) as client:
        client.authenticate("PLAIN", lambda _challenge: b"\0anna@old.test\0secret-1")
        assert client.select("INBOX")[1] == [b"5"]


@each_protocol
def test_an_account_is_added_while_the_server_runs(start: Start, directory: Path, protocol: str) -> None:
    with start(directory, [ANNA]) as server:
        with pytest.raises(LoginRefusedError):
            read_mail(server, protocol, BORIS.login, BORIS.password)
        server.add(BORIS)
        assert len(read_mail(server, protocol, BORIS.login, BORIS.password)) == 1
        assert len(read_mail(server, protocol, ANNA.login, ANNA.password)) == 5


def test_an_account_added_again_keeps_its_mail_and_gets_the_new_password(start: Start, directory: Path) -> None:
    with start(directory, [ANNA]) as server:
        before = read_mail(server, "imap", ANNA.login, ANNA.password)
        server.add(Account(ANNA.login, "altered", messages=3))
        assert read_mail(server, "imap", ANNA.login, "altered") == before
        with pytest.raises(LoginRefusedError):
            read_mail(server, "imap", ANNA.login, ANNA.password)


@each_protocol
def test_twenty_clients_at_once(server: SourceServer, protocol: str) -> None:
    with ThreadPoolExecutor(20) as pool:
        runs = [pool.submit(read_mail, server, protocol, ANNA.login, ANNA.password) for _round in range(20)]
        mails = [run.result() for run in runs]
    assert all(mail == mails[0] for mail in mails)
    assert len(mails[0]) == 5


def test_twenty_sessions_of_one_account_stay_open(server: SourceServer) -> None:
    with ExitStack() as sessions:
        clients = [sessions.enter_context(imap_client(server)) for _round in range(20)]
        for client in clients:
            client.login(ANNA.login, ANNA.password)
        assert all(client.select("INBOX", readonly=True)[1] == [b"5"] for client in clients)


def test_inbox_is_listed_and_counted(server: SourceServer) -> None:
    with imap_client(server) as client:
        client.login(ANNA.login, ANNA.password)
        assert "INBOX" in str(client.list())
        assert client.status("INBOX", "(MESSAGES UNSEEN)")[1] == [b"INBOX (MESSAGES 5 UNSEEN 3)"]


def test_inbox_opens_for_reading_and_for_writing(server: SourceServer) -> None:
    with imap_client(server) as client:
        client.login(ANNA.login, ANNA.password)
        assert client.select("INBOX", readonly=True)[0] == "OK"
        assert client.response("READ-ONLY")[1] != [None]
        assert client.select("INBOX")[0] == "OK"
        assert client.response("READ-WRITE")[1] != [None]
        assert client.select("Archive")[0] == "NO"


def test_searches_that_an_import_makes(server: SourceServer) -> None:
    with imap_client(server) as client:
        client.login(ANNA.login, ANNA.password)
        client.select("INBOX", readonly=True)
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        assert client.search(None, "ALL")[1] == [b"1 2 3 4 5"]
        assert client.search(None, "UNSEEN")[1] == [b"3 4 5"]
        assert client.search(None, "DELETED")[1] == [b""], "a search without a result has a response all the same"
        assert client.uid("SEARCH", "UID", f"{uids[3].decode()}:*")[1][0].split() == uids[3:]


def test_attributes_that_an_import_fetches(server: SourceServer) -> None:
    with imap_client(server) as client:
        client.login(ANNA.login, ANNA.password)
        client.select("INBOX", readonly=True)
        uid = client.uid("SEARCH", "2")[1][0].decode()
        (envelope, whole), _end = client.uid("FETCH", uid, "(UID INTERNALDATE RFC822.SIZE RFC822)")[1]
        (_envelope, header), _end = client.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
    assert f"RFC822.SIZE {len(whole)}".encode() in envelope
    assert b'INTERNALDATE "05-Jan-2026 11:00:00 +0000"' in envelope
    assert header.strip().lower() == b"message-id: <2.anna@old.test>"


def test_both_kinds_of_server_serve_the_same_directory(directory: Path) -> None:
    if not dovecot_installed():
        pytest.skip("Dovecot is not installed")
    with start_twisted(directory, [ANNA]) as server:
        from_twisted = read_mail(server, "imap", ANNA.login, ANNA.password)
    with start_dovecot(directory, []) as server:
        from_dovecot = read_mail(server, "imap", ANNA.login, ANNA.password)
    with start_twisted(directory, []) as server:
        again = read_mail(server, "imap", ANNA.login, ANNA.password)
    assert [mail[1:] for mail in from_dovecot] == [mail[1:] for mail in from_twisted]
    assert again == from_twisted


@pytest.mark.parametrize("login", ["", ".hidden@old.test", "../escape", "a:b", "new\nline"])
def test_a_login_that_cannot_be_served_is_refused(login: str) -> None:
    with pytest.raises(ValueError, match="not a login"):
        Account(login, "secret")


def test_more_seen_messages_than_messages_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        Account("anna@old.test", "secret", messages=2, seen=3)
