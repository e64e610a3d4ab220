# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve a directory of Maildirs until SIGTERM, SIGINT or the end of standard input.

Prints one line when it is ready: a JSON object with the port of each protocol.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from twisted.internet.task import react

from .launch import PROTOCOLS
from .store import Store
from .twisted_server import serve


def main() -> None:
    """Run the program; the accounts come from the directory, so that no secret is an argument."""
    parser = argparse.ArgumentParser(prog=__package__, description=__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="holds the passwd file and the Maildirs")
    for protocol in PROTOCOLS:
        parser.add_argument(f"--{protocol}-port", type=int, default=0, help="0, the default: any free port")
    options = parser.parse_args()
    ports = {protocol: getattr(options, f"{protocol}_port") for protocol in PROTOCOLS}
    react(serve, (Store(options.directory), ports))


if __name__ == "__main__":
    main()
