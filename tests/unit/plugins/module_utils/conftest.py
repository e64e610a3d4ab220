# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One server for all tests, and no settings of the machine that the tests run on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.service import Service
from pytest_httpserver import HTTPServer

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
FROM_ENVIRONMENT = (*PROXIES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FROM_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def http_server() -> Iterator[HTTPServer]:
    """Return a server that answers requests at the same time."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def service(http_server: HTTPServer) -> Service:
    """Return a service without answers."""
    return Service(http_server)
