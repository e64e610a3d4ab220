# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP to the service: retries within a budget, parallel requests, interruption. Knows no endpoint."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .._pdd.answers import read_answer
from .adapter import open_adapter
from .budget import Budget, backoff
from .deps import requests
from .environment import find_proxies, find_proxy, find_trust_store
from .errors import PddError
from .exchange import Exchange, exchanging, read_body
from .faults import FaultError, Way, sort_fault
from .gate import Gate
from .interrupt import Interrupt, watch_controller
from .version import VERSION

if TYPE_CHECKING:
    from requests import PreparedRequest

Item = TypeVar("Item")
Value = TypeVar("Value")

DEFAULT_API_URL = "https://pddimp.yandex.ru"
_SHORTEST_TIMEOUT = 1.0
# Parameters whose values must not come back in a message.
_SECRET_PARAMS = ("password", "hinta", "ext-passwd", "int-passwd")


@dataclass(frozen=True)
class Connection:
    """Where the service is and how to talk to it; all values checked. Times in seconds."""

    api_url: str
    token: str
    oauth_token: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30.0
    retry_timeout: float = 60.0
    max_connections: int = 8

    @property
    def root(self) -> str:
        """The URL of the administrator's or the registrar's tree (docs/api/pdd.md, 1.1)."""
        return f"{self.api_url}/api2/{'registrar' if self.oauth_token else 'admin'}"

    @property
    def shown_url(self) -> str:
        """The URL as messages name it."""
        closed = " (the default of api_url, which its vendor closed on 1 April 2023)"
        return f"{self.api_url}{closed if self.api_url == DEFAULT_API_URL else ''}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request (docs/api/pdd.md, 1.2); the tokens travel nowhere else."""
        headers = {
            "Accept": "application/json",
            "PddToken": self.token,
            "User-Agent": f"mailops.pdd/{VERSION} (Ansible; python-requests/{requests.__version__})",
        }
        if self.oauth_token:
            headers["Authorization"] = f"OAuth {self.oauth_token}"
        return headers

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not come back in a message."""
        return tuple(filter(None, (self.token, self.oauth_token)))

    @property
    def verify(self) -> bool | str:
        """What certificates are checked against: a file or directory, True for those of requests, False for nothing."""
        return self.validate_certs and (find_trust_store(self.ca_path) or True)


@dataclass(frozen=True)
class _Request:
    """A request; is_repeatable: also if nobody knows whether it was applied. is_fresh: over a connection of its own."""

    method: str
    endpoint: str
    params: Mapping[str, str]
    is_repeatable: bool = False
    is_fresh: bool = False


class Transport:
    """Sends requests of one task over connections that are kept; usable from many threads.

    It counts requests sent, those of them that repeated another one, and writes that were answered with ok.

    It uses the adapter of requests without a session. So there are no cookies and no redirects, and the environment is
    read here, once: .netrc would add an Authorization header, and a CA bundle named there would override the options.
    It is also a quarter faster, because a session merges its settings anew for every request.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sent = 0
        self.retried = 0
        self.written = 0
        self._interrupt = Interrupt(watch_controller())
        self._gate = Gate(connection.max_connections, self._interrupt)
        self._budget = Budget(connection.retry_timeout)
        self._lock = threading.Lock()
        self._exchanges: set[Exchange] = set()
        self._last_fault: PddError | None = None
        self._gave_up: PddError | None = None
        self._adapter = open_adapter(connection.api_url, connection.verify, connection.max_connections)
        self._headers = {**requests.utils.default_headers(), "Accept-Encoding": "gzip", **connection.headers}
        self._proxies = find_proxies(connection.api_url)
        self._way = Way(connection.shown_url, find_proxy(connection.api_url, self._proxies))

    @property
    def stats(self) -> dict[str, int | float]:
        """What the task cost: requests sent, those of them that were repetitions, seconds held back by the service."""
        return {
            "sent": self.sent,
            "retried": self.retried,
            "throttled_seconds": round(self._gate.throttled_seconds, 3),
        }

    def read(self, endpoint: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Send a GET until it is answered or the budget is used up; returns the answer. Raises PddError."""
        return self._send(_Request("GET", endpoint, params, is_repeatable=True))

    def write(
        self, endpoint: str, params: Mapping[str, str], *, repeatable: bool = False, fresh: bool = False
    ) -> dict[str, Any]:
        """Send a POST; returns the answer.

        It is repeated if it surely was not applied, and, if repeatable, also if nobody knows. fresh: over a connection
        that was not used before, so that one which the other side has dropped costs no unknown outcome. Raises
        PddError, with outcome_unknown set if the write may have been applied.
        """
        answer = self._send(_Request("POST", endpoint, params, is_repeatable=repeatable, is_fresh=fresh))
        with self._lock:
            self.written += 1
        return answer

    def check(self) -> None:
        """Raise PddError if the task has been interrupted."""
        self._interrupt.check()

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the task is interrupted, which raises PddError."""
        self._interrupt.sleep(seconds)

    def interrupt(self) -> None:
        """End all requests, and send no further one."""
        self._interrupt.set()
        with self._lock:
            for exchange in self._exchanges:
                exchange.abort()

    def map(self, call: Callable[[Item], Value], items: Iterable[Item]) -> list[tuple[Item, Value | PddError]]:
        """Call with every item, as many at once as connections are allowed; errors stand where the values would."""

        def outcome(item: Item) -> tuple[Item, Value | PddError]:
            try:
                return item, call(item)
            except PddError as error:
                return item, error

        pool = ThreadPoolExecutor(self.connection.max_connections)
        try:
            return list(pool.map(outcome, items))
        except BaseException:
            self.interrupt()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def read_all(self, call: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
        """Call with every item like map(), and raise the first error if there is one."""
        values: list[Value] = []
        for _item, value in self.map(call, items):
            if isinstance(value, PddError):
                raise value
            values.append(value)
        return values

    def _send(self, request: _Request) -> dict[str, Any]:
        attempt = 0
        last: PddError | None = None
        while True:
            attempt += 1
            try:
                return self._try(request, attempt)
            except PddError as error:
                error.endpoint = request.endpoint
                # What was tried before has failed for its own reason, not because it was not sent once more.
                raise (last if last and error.given_up else error) from None
            except FaultError as fault:
                last = fault.error
                last.endpoint = request.endpoint
                last.outcome_unknown = request.method == "POST" and fault.applied is None
                if last.outcome_unknown and not request.is_repeatable:
                    self._slow_down()
                    raise last from None
                self._pause(fault, attempt)

    def _try(self, request: _Request, attempt: int) -> dict[str, Any]:
        """Send once, when there is a place; raises FaultError if it may be repeated, else PddError."""
        with self._gate.passage() as epoch:
            timeout = self._timeout()
            sent_at = time.monotonic()
            with self._lock:
                self.sent += 1
                self.retried += attempt > 1
            try:
                answer = self._exchange(request, timeout)
            except FaultError as fault:
                fault.epoch = epoch
                with self._lock:
                    self._budget.failed(sent_at)
                    self._last_fault = fault.error
                raise
            except PddError:
                self._answered()
                raise
            self._answered()
            return answer

    def _answered(self) -> None:
        with self._lock:
            self._budget.answered(time.monotonic())
        self._gate.answered()

    def _timeout(self) -> float:
        """Return the timeout of the next request, which ends soon after the budget; raises PddError after its end."""
        with self._lock:
            remaining = self._budget.remaining(time.monotonic())
            if remaining == 0:
                self._gave_up = self._gave_up or self._last_fault
            if self._gave_up:
                message = f"not sent, because the service no longer answers ({self._gave_up.message})"
                raise PddError(self._gave_up.code, message, http_status=self._gave_up.http_status, given_up=True)
        if remaining is None:
            return self.connection.timeout
        return min(self.connection.timeout, max(_SHORTEST_TIMEOUT, remaining))

    def _pause(self, fault: FaultError, attempt: int) -> None:
        """Wait before the next try; raises the fault's error if none is left."""
        wait = fault.wait or backoff(attempt)  # a Retry-After of 0 is no reason to hammer
        with self._lock:
            remaining = self._budget.remaining(time.monotonic())
            if wait >= (self.connection.retry_timeout if remaining is None else remaining):
                fault.error.message += self._too_long(fault.wait)
                self._gave_up = self._gave_up or fault.error
                raise fault.error from None
        if fault.throttled:
            self._gate.throttled(fault.epoch, wait)
        else:
            self._interrupt.sleep(wait)

    def _too_long(self, wait: float | None) -> str:
        """Return the end of a message if the service asks for a longer pause than the options allow."""
        if not wait:
            return ""
        return f", and asks to wait {wait:g} s, longer than retry_timeout allows ({self.connection.retry_timeout:g} s)"

    def _slow_down(self) -> None:
        """Hold the next requests back when all connections have failed in a row: writes are many, and not repeated."""
        with self._lock:
            failures = self._budget.failures - self.connection.max_connections
        if failures > 0:
            self._gate.close(min(backoff(failures), self.connection.retry_timeout))

    def _exchange(self, request: _Request, timeout: float) -> dict[str, Any]:
        """Send one request and read its answer, both within the timeout; raises FaultError or PddError."""
        prepared = self._prepare(request)
        exchange = Exchange(timeout, is_fresh=request.is_fresh)
        with self._lock:
            self._exchanges.add(exchange)
        response = None
        try:
            with exchanging(exchange):
                verify = self.connection.validate_certs  # against what, the adapter knows
                response = self._adapter.send(prepared, timeout=timeout, verify=verify, proxies=self._proxies)
                content = read_body(response)
        except Exception as error:  # hostile bytes have the libraries raise nearly anything
            if response is not None:
                response.close()
            raise sort_fault(error, exchange, self._way, timeout) from None
        finally:
            with self._lock:
                self._exchanges.discard(exchange)
        secrets = filter(None, [*self.connection.secrets, *map(request.params.get, _SECRET_PARAMS)])
        return read_answer(response, content, request.endpoint, self._way, secrets, params=request.params)

    def _prepare(self, request: _Request) -> PreparedRequest:
        url = f"{self.connection.root}/{request.endpoint}"
        query, form = (request.params, None) if request.method == "GET" else (None, request.params)
        try:
            return requests.Request(request.method, url, headers=self._headers, params=query, data=form).prepare()
        except (requests.RequestException, ValueError) as error:
            message = f"no request can be made of api_url, the token and the options ({type(error).__name__})"
            raise PddError("invalid_input", message, advice="Correct the input; nothing was sent.") from None
