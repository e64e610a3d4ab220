# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration: an emulated service, an old mail server with some mail in it, and two domains that move.

It leaves a report on them in the repository's directory, which git does not track.

Everything is started on the loopback interface and ended again, also when the demonstration is interrupted.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from pdd_emulator.testing import TOKEN, Api, Emulator
from pdd_source_server import Account, start_twisted

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
REPORT = REPOSITORY / "demo-report.html"
DOMAINS = ("example.test", "пример.test")
OLD_MAILBOXES = {"anna": (12, 7), "boris": (3, 0), "vera": (5, 1)}  # messages, and how many of them were read
RUNS: tuple[tuple[str, list[str]], ...] = (
    ("A check run says what would change, and writes nothing.", ["--check"]),
    ("The first run provisions both domains and waits for the mail.", []),
    ("A second run changes nothing.", []),
)


def old_accounts(passwords: Path) -> Iterable[Account]:
    """Make up the old mailboxes; their passwords lie where the inventory looks for them."""
    passwords.mkdir(mode=0o700)
    for name, (messages, seen) in OLD_MAILBOXES.items():
        password = secrets.token_hex(8)
        (passwords / f"old-{name}").write_text(f"{password}\n")
        yield Account(f"{name}@old.example.test", password, messages=messages, seen=seen)


def collections_path(directory: Path) -> Path:
    """Make a tree in which Ansible finds this checkout as mailops.pdd."""
    namespace = directory / "collections" / "ansible_collections" / "mailops"
    namespace.mkdir(parents=True)
    (namespace / "pdd").symlink_to(REPOSITORY)
    return directory / "collections"


def ansible(*arguments: str) -> str:
    """Show and run an Ansible command; returns what it prints. Ends the demonstration if it fails.

    What the demonstration was called with is added, such as `-e ansible_python_interpreter=/usr/bin/python3`.
    """
    program, *rest = [*arguments, *sys.argv[1:]]
    inventory = str(HERE.relative_to(REPOSITORY) / "inventory.yml")
    print(f"$ {shlex.join([program, '-i', inventory, *rest])}", flush=True)
    module = "adhoc" if program == "ansible" else "playbook"
    command = [sys.executable, "-m", "ansible", module, "-i", str(HERE / "inventory.yml"), *rest]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        sys.exit(f"{finished.stdout}\n{finished.stderr}\nThe demonstration failed.")
    return finished.stdout


def writes(api: Api) -> int:
    """Count the requests so far that change something."""
    return sum(request["write"] for request in api.control("/requests"))


def main() -> None:
    """Run the demonstration."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailops.pdd-demo-")))
        source = stack.enter_context(start_twisted(directory / "old", old_accounts(directory / "passwords")))
        emulator = stack.enter_context(Emulator(*(word for domain in DOMAINS for word in ("--domain", domain))))
        os.environ |= {
            "ANSIBLE_COLLECTIONS_PATH": str(collections_path(directory)),
            "ANSIBLE_NOCOLOR": "1",
            "DEMO_PASSWORDS": str(directory / "passwords"),
            "DEMO_SOURCE_PORT": str(source.ports["imaps"]),
            "PDD_API_URL": emulator.url,
            "PDD_DOMAIN": DOMAINS[0],
            "PDD_TOKEN": TOKEN,
            "XDG_STATE_HOME": str(directory / "state"),
        }
        api = emulator.api(DOMAINS[0])
        print(f"The emulated service is at {emulator.url}, the old mail server at port {source.ports['imaps']}.")
        for title, options in RUNS:
            print(f"\n{title}")
            before = writes(api)
            output = ansible("ansible-playbook", "mailops.pdd.provision", *options)
            print(output[output.index("PLAY RECAP") :].strip())
            print(f"Requests that write: {writes(api) - before}")
        messages, seen = OLD_MAILBOXES["anna"]
        print(f"\nAnna's old mailbox had {messages} messages, {messages - seen} of them unread. Her new one has:")
        print(ansible("ansible", DOMAINS[0], "-m", "mailops.pdd.pdd_mailbox_info", "-a", "login=anna"), end="")
        print("\nSomebody removes Boris from a mailing list by hand. The report on both domains shows it.")
        api.ok("email/ml/unsubscribe", {"maillist": "everybody", "subscriber": "boris"})
        ansible("ansible-playbook", "mailops.pdd.report", "-e", json.dumps({"pdd_report_path": str(REPORT)}))
        print(f"\nThe report is {REPORT}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; everything that was started has ended.")
