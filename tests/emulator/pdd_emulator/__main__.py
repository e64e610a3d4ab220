# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m pdd_emulator`."""

from __future__ import annotations

import argparse
import logging
import math
import signal
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import uvicorn

from pdd_emulator import about, faults, rules, wire
from pdd_emulator.app import create_app
from pdd_emulator.faults import Faults
from pdd_emulator.rules import ApiError
from pdd_emulator.settings import Era, Settings
from pdd_emulator.store import Store

HOST = "127.0.0.1"
KEEP_ALIVE_SECONDS = 120  # docs/api/pdd.md, 3.1
LAST_ANSWERS_SECONDS = 1


class Server(uvicorn.Server):
    """The HTTP server. It prints its URL on stdout as soon as it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        for listener in sockets or ():
            sys.stdout.write(f"http://{HOST}:{listener.getsockname()[1]}\n")
            sys.stdout.flush()


def main() -> None:
    """Run the emulator until SIGTERM or SIGINT."""
    # The server ends tidily on a signal, then raises it again for whoever was there before it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: sys.exit(0))
    # It warns of every body that is no multipart, byte by byte.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    parser = _parser()
    options = parser.parse_args()
    try:
        store = _store(options)
        listener = _listener(options.port)
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
    config = uvicorn.Config(
        create_app(store, settings),
        http=wire.Protocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    try:
        Server(config).run(sockets=[listener])
    finally:
        store.close()


def _listener(port: int) -> socket.socket:
    listener = socket.create_server((HOST, port))
    # Connections inherit it; without it each answer whose header and body are written apart waits 40 ms for the client.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


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
    parser.add_argument("--port", type=_port, required=True, help="0 picks a free one")
    parser.add_argument("--token", type=_token, help="a good PDD token; may be repeated", **several)
    parser.add_argument("--domain", type=_domain, help="a verified domain; may be repeated", **several)
    parser.add_argument("--oauth-token", type=_token, help="a good OAuth token; may be repeated", **several)
    parser.add_argument("--state", type=Path, help="file that keeps the state; without it, it is in memory")
    parser.add_argument("--latency", type=_seconds, default=0.0, help="delay of each API answer, in seconds")
    parser.add_argument("--import-latency", type=_seconds, default=0.0, help="seconds per message that is imported")
    parser.add_argument("--era", choices=[era.value for era in Era], default="2017", help="the forms of the answers")
    parser.add_argument("--strict-methods", action="store_true", help="answer 405 to an undocumented method")
    parser.add_argument(
        "--lenient", action="store_true", help="take True, False, 1 and 0 as flags, and any letter case of `method`"
    )
    parser.add_argument("--fault", metavar="SPEC", type=_fault, help="see below; may be repeated", **several)
    parser.add_argument("--seed", type=int, default=0, help="a number that decides when faults with a rate strike")
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _token(text: str) -> str:
    if not text.isascii() or not text.isprintable() or not text or " " in text:
        raise argparse.ArgumentTypeError("a token consists of visible ASCII characters")
    return text


def _domain(text: str) -> str:
    try:
        return rules.a_label(text)
    except ApiError:
        raise argparse.ArgumentTypeError(f"{text!r} is no domain name") from None


def _fault(text: str) -> str:
    try:
        return faults.parse(text).spec
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


if __name__ == "__main__":
    main()
