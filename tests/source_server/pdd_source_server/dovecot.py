# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's Dovecot 2.3 as a source server."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .launch import HOST, Ports, SourceServer, SourceServerError, child, start_failure
from .store import MAIL_GID, MAIL_UID, Account, Store

DOVECOT = "/usr/sbin/dovecot"
LIBEXEC = Path("/usr/lib/dovecot")

CONFIG = """
base_dir = {base}/run
state_dir = {base}/run
log_path = /dev/stderr
protocols = imap pop3
listen = {host}
ssl = yes
ssl_cert = <{store}/server.pem
ssl_key = <{store}/server.pem
disable_plaintext_auth = no
mail_max_userip_connections = 0
auth_failure_delay = 0
pop3_no_flag_updates = yes
auth_username_format = %u
mail_location = maildir:{mail}/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = {uid}
first_valid_gid = {gid}
passdb {{
  driver = passwd-file
  args = username_format=%u {store}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={mail}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Without this a wrong password delays the next login from the same address.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

# Root may have put the mail under a directory that no one else can enter.
AS_ROOT = """
mail_chroot = {store}/mail
service auth {{
  user = root
}}
"""

AS_USER = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
"""


def dovecot_installed() -> bool:
    """Return whether Dovecot 2.3 is installed, with IMAP and POP3. Later versions are configured differently."""
    if not all(path.exists() for path in (Path(DOVECOT), LIBEXEC / "imap", LIBEXEC / "pop3")):
        return False
    return subprocess.check_output([DOVECOT, "--version"], text=True).startswith("2.3.")


def start_dovecot(directory: Path, accounts: Iterable[Account]) -> SourceServer:
    """Make the accounts in the directory and serve all that it holds.

    It ends with the thread that started it at the latest. Raises SourceServerError if it is not installed or does not
    start.
    """
    return DovecotServer(directory, accounts, _dovecot)


class DovecotServer(SourceServer):
    """A source server that looks at its passwd file once in each second of the clock at most."""

    def add(self, account: Account) -> None:
        """Make an account as every source server does; while the server runs, return when it will be served."""
        super().add(account)
        if self.runs:
            time.sleep(1 - time.time() % 1)


@contextmanager
def _dovecot(store: Store, ports: Ports) -> Iterator[Ports]:
    if not dovecot_installed():
        raise SourceServerError("Dovecot 2.3 with IMAP and POP3 is not installed")
    ports = ports if all(ports.values()) else _free_ports(ports)
    # Of its own, since the path of a UNIX socket has at most 107 characters and the configuration quotes no paths.
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as directory:
        base = Path(directory)
        base.chmod(0o711)
        (base / "store").symlink_to(store.directory)
        (base / "dovecot.conf").write_text(_config(base, ports))
        command = ["setpriv", "--pdeathsig", "TERM", DOVECOT, "-F", "-c", str(base / "dovecot.conf")]
        with child(command, store) as process:
            # Dovecot writes this file when it listens.
            while not (base / "run" / "master.pid").exists():
                _pause_unless_ended(process, store)
            yield ports


def _free_ports(ports: Ports) -> Ports:
    with ExitStack() as stack:
        sockets = {protocol: stack.enter_context(socket.create_server((HOST, 0))) for protocol in ports}
        return {protocol: listener.getsockname()[1] for protocol, listener in sockets.items()}


def _pause_unless_ended(process: subprocess.Popen[str], store: Store) -> None:
    try:
        process.wait(timeout=0.01)
    except subprocess.TimeoutExpired:
        return
    raise start_failure(process, store)


def _config(base: Path, ports: Ports) -> str:
    is_root = os.geteuid() == 0
    store = base / "store"
    return (CONFIG + (AS_ROOT if is_root else AS_USER)).format(
        base=base,
        store=store,
        mail="" if is_root else store / "mail",
        host=HOST,
        uid=MAIL_UID,
        gid=MAIL_GID,
        user=pwd.getpwuid(os.geteuid()).pw_name,
        group=grp.getgrgid(os.getegid()).gr_name,
        **ports,
    )
