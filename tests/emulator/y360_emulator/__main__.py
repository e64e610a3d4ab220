# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m y360_emulator`."""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path
from typing import Any

from emulator_common import arguments, server

from y360_emulator import about, setup
from y360_emulator.app import create_app
from y360_emulator.faults import Fault, Faults
from y360_emulator.proxy import Proxy, authority
from y360_emulator.settings import Delete, HalfSender, Settings
from y360_emulator.store import Store

KEEP_ALIVE_SECONDS = 60


def main() -> None:
    """Run the emulator until SIGTERM or SIGINT."""
    server.end_on_signals()
    parser = _parser()
    options = parser.parse_args()
    try:
        store = _store(options)
        listener = server.listen(options.port)
        proxy = _proxy(options, listener.getsockname()[1])
    except (OSError, sqlite3.Error, ValueError) as error:
        parser.error(str(error))
    settings = Settings(
        latency=options.latency,
        half_sender=HalfSender(options.half_sender),
        delete=Delete(options.delete),
        faults=Faults(options.fault, options.seed),
    )
    app = create_app(store, settings, [proxy[0].run] if proxy else [])
    urls = [proxy[1]] if proxy else []
    try:
        server.serve(app, listener, keep_alive_seconds=KEEP_ALIVE_SECONDS, further_urls=urls)
    finally:
        store.close()


def _proxy(options: argparse.Namespace, port: int) -> tuple[Proxy, str] | None:
    """Return the proxy and its URL, if there shall be one."""
    if options.proxy_port is None:
        return None
    if options.ca_dir is None:
        raise ValueError("--proxy-port needs --ca-dir")
    listener = server.listen(options.proxy_port)
    return Proxy(listener, port, authority(options.ca_dir)), server.url(listener)


def _store(options: argparse.Namespace) -> Store:
    """Open the state and add to it what the command line names."""
    store = Store(options.state)
    with store.transaction():
        for token in options.token:
            store.put_token(setup.token(token))
        for organization in options.organization:
            setup.add_organization(store, *setup.organization(organization))
    if not store.has_tokens():
        raise ValueError("a --token is needed: the state holds none")
    return store


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="y360_emulator",
        description="A local emulator of the API of Yandex 360 for Business on 127.0.0.1.",
        epilog=about.epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--port", type=arguments.port, required=True, help="0 picks a free one")
    parser.add_argument(
        "--organization",
        metavar="ID:DOMAIN[:ALIAS...]",
        help="an organization, its main domain, and domains that are aliases of that; may be repeated",
        **several,
    )
    parser.add_argument(
        "--token",
        metavar="TOKEN[=SCOPE,...]",
        help="a good token, by default with all scopes; may be repeated",
        **several,
    )
    parser.add_argument("--state", type=Path, help="file that keeps the state; without it, it is in memory")
    parser.add_argument("--latency", type=arguments.seconds, default=0.0, help="delay of each API answer, in seconds")
    fault = arguments.fault(Fault)
    parser.add_argument("--fault", metavar="SPEC", type=fault, help="see below; may be repeated", **several)
    parser.add_argument("--seed", type=int, default=0, help="a number that decides when faults with a rate strike")
    parser.add_argument(
        "--half-sender",
        choices=[mode.value for mode in HalfSender],
        default=HalfSender.VISIBLE.value,
        help="whether the undocumented role to send from a list is shown, taken and not shown, or refused",
    )
    parser.add_argument(
        "--delete",
        choices=[mode.value for mode in Delete],
        default=Delete.ALLOWED.value,
        help="whether the call exists that deletes users",
    )
    parser.add_argument(
        "--proxy-port",
        type=arguments.port,
        help="where a proxy takes CONNECT for the vendor's hosts, and ends TLS; its URL is the second line",
    )
    parser.add_argument(
        "--ca-dir",
        type=Path,
        help="folder for the proxy's authority, which clients have to trust: its certificate is ca.pem",
    )
    return parser


if __name__ == "__main__":
    main()
