# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m pdd_emulator`."""

from __future__ import annotations

import argparse
import logging
import sqlite3
from pathlib import Path
from typing import Any

from emulator_common import arguments, server

from pdd_emulator import about, rules
from pdd_emulator.app import create_app
from pdd_emulator.faults import Fault, Faults
from pdd_emulator.rules import ApiError
from pdd_emulator.settings import Era, Settings
from pdd_emulator.store import Store

KEEP_ALIVE_SECONDS = 120  # docs/api/pdd.md, 3.1


def main() -> None:
    """Run the emulator until SIGTERM or SIGINT."""
    server.end_on_signals()
    # It warns of every body that is no multipart, byte by byte.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    parser = _parser()
    options = parser.parse_args()
    try:
        store = _store(options)
        listener = server.listen(options.port)
    except (OSError, sqlite3.Error, ValueError) as error:
        parser.error(str(error))
    settings = Settings(
        Era(options.era),
        options.latency,
        options.import_latency,
        options.strict_methods,
        options.lenient,
        Faults(options.fault, options.seed),
    )
    try:
        server.serve(create_app(store, settings), listener, keep_alive_seconds=KEEP_ALIVE_SECONDS)
    finally:
        store.close()


def _store(options: argparse.Namespace) -> Store:
    """Open the state and add to it what the command line names."""
    store = Store(options.state)
    with store.transaction():
        for token in options.token:
            store.add_token(token)
        for token in options.oauth_token:
            store.add_oauth_token(token)
        for domain in options.domain:
            store.add_domain(domain)
    if not store.has_tokens():
        raise ValueError("a --token is needed: the state holds none")
    return store


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pdd_emulator",
        description="A local emulator of the PDD API on 127.0.0.1.",
        epilog=about.epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--port", type=arguments.port, required=True, help="0 picks a free one")
    parser.add_argument("--token", type=arguments.token, help="a good PDD token; may be repeated", **several)
    parser.add_argument("--domain", type=_domain, help="a verified domain; may be repeated", **several)
    parser.add_argument("--oauth-token", type=arguments.token, help="a good OAuth token; may be repeated", **several)
    parser.add_argument("--state", type=Path, help="file that keeps the state; without it, it is in memory")
    parser.add_argument("--latency", type=arguments.seconds, default=0.0, help="delay of each API answer, in seconds")
    parser.add_argument(
        "--import-latency", type=arguments.seconds, default=0.0, help="seconds per message that is imported"
    )
    parser.add_argument("--era", choices=[era.value for era in Era], default="2017", help="the forms of the answers")
    parser.add_argument("--strict-methods", action="store_true", help="answer 405 to an undocumented method")
    parser.add_argument(
        "--lenient", action="store_true", help="take True, False, 1 and 0 as flags, and any letter case of `method`"
    )
    parser.add_argument(
        "--fault", metavar="SPEC", type=arguments.fault(Fault), help="see below; may be repeated", **several
    )
    parser.add_argument("--seed", type=int, default=0, help="a number that decides when faults with a rate strike")
    return parser


def _domain(text: str) -> str:
    try:
        return rules.a_label(text)
    except ApiError:
        raise argparse.ArgumentTypeError(f"{text!r} is no domain name") from None


if __name__ == "__main__":
    main()
