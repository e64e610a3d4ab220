# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP to a service: retries within a budget, parallel requests, interruption. Of the service it knows the dialect."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from .adapter import open_adapter
from .answers import check_status
from .budget import Budget, backoff
from .deps import requests
from .dialect import Answer, Call, Dialect, HttpRequest
from .environment import find_proxies, find_proxy, find_trust_store
from .errors import Delivery, ServiceError
from .exchange import Exchange, exchanging, read_body
from .faults import FaultError, Way, sort_fault, was_dropped
from .gate import Gate
from .interrupt import Interrupt
from .version import VERSION

if TYPE_CHECKING:
    from requests import PreparedRequest
    from requests.adapters import HTTPAdapter

Item = TypeVar("Item")
Value = TypeVar("Value")

_SHORTEST_TIMEOUT = 1.0


@dataclass(frozen=True)
class Connection:
    """How to speak to the service, and for how long; all values checked. Times in seconds."""

    dialect: Dialect
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30.0
    retry_timeout: float = 60.0
    max_connections: int = 8

    @property
    def verify(self) -> bool | str:
        """What certificates are checked against: a file or directory, True for those of requests, False for nothing."""
        return self.validate_certs and (find_trust_store(self.ca_path) or True)


@dataclass(frozen=True)
class _Route:
    """How one of the service's URLs is reached."""

    adapter: HTTPAdapter
    proxies: dict[str, str]
    way: Way


def _open_route(connection: Connection, url: str) -> _Route:
    """Return the route to one of the service's URLs. Raises ServiceError if the certificates cannot be read."""
    proxies = find_proxies(url)
    way = Way(connection.dialect.shown_url(url), find_proxy(url, proxies))
    return _Route(open_adapter(url, connection.verify, connection.max_connections), proxies, way)


class Transport:
    """Sends requests of one task over connections that are kept; usable from many threads.

    It counts requests sent, those of them that repeated another one, and writes that were answered with ok.

    is_orphan: returns whether the controller is gone, which ends the task.

    It uses the adapter of requests without a session. So there are no cookies and no redirects, and the environment is
    read here, once: .netrc would add an Authorization header, and a CA bundle named there would override the options.
    It is also a quarter faster, because a session merges its settings anew for every request.
    """

    def __init__(self, connection: Connection, is_orphan: Callable[[], bool] = lambda: False) -> None:
        self.connection = connection
        self.sent = 0
        self.retried = 0
        self.written = 0
        self._interrupt = Interrupt(is_orphan)
        self._gate = Gate(connection.max_connections, self._interrupt)
        self._budget = Budget(connection.retry_timeout)
        self._lock = threading.Lock()
        self._exchanges: set[Exchange] = set()
        self._last_fault: ServiceError | None = None
        self._gave_up: ServiceError | None = None
        self._routes = {url: _open_route(connection, url) for url in connection.dialect.base_urls}
        self._headers = {
            **requests.utils.default_headers(),
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"mailops.pdd/{VERSION} (Ansible; python-requests/{requests.__version__})",
        }

    @property
    def stats(self) -> dict[str, int | float]:
        """What the task cost: requests sent, those of them that were repetitions, seconds held back by the service."""
        return {
            "sent": self.sent,
            "retried": self.retried,
            "throttled_seconds": round(self._gate.throttled_seconds, 3),
        }

    def read(self, endpoint: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Send a GET until it is answered or the budget is used up; returns the answer. Raises ServiceError."""
        return self._send(Call("GET", endpoint, params, is_repeatable=True))

    def write(
        self,
        endpoint: str,
        params: Mapping[str, Any],
        *,
        method: str = "POST",
        repeatable: bool = False,
        fresh: bool = False,
    ) -> dict[str, Any]:
        """Send a write; returns the answer.

        It is repeated if it surely was not applied, and, if repeatable, also if the outcome is unknown. fresh: over a
        connection that was not used before, so that one which the other side has dropped costs no unknown outcome.
        Raises ServiceError, whose delivery is UNKNOWN if the write may have been applied.
        """
        answer = self._send(Call(method, endpoint, params, is_repeatable=repeatable, is_fresh=fresh))
        with self._lock:
            self.written += 1
        return answer

    def check(self) -> None:
        """Raise ServiceError if the task has been interrupted."""
        self._interrupt.check()

    def sleep(self, seconds: float) -> None:
        """Wait, at most until the task is interrupted, which raises ServiceError."""
        self._interrupt.sleep(seconds)

    def interrupt(self) -> None:
        """End all requests, and send no further one."""
        self._interrupt.set()
        with self._lock:
            for exchange in self._exchanges:
                exchange.abort()

    def close(self) -> None:
        """End all requests, and close the connections."""
        self.interrupt()
        for route in self._routes.values():
            route.adapter.close()

    def map(self, call: Callable[[Item], Value], items: Iterable[Item]) -> list[tuple[Item, Value | ServiceError]]:
        """Call with every item, as many at once as connections are allowed; errors stand where the values would."""

        def outcome(item: Item) -> tuple[Item, Value | ServiceError]:
            try:
                return item, call(item)
            except ServiceError as error:
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
            if isinstance(value, ServiceError):
                raise value
            values.append(value)
        return values

    def _send(self, call: Call) -> dict[str, Any]:
        attempt = epoch = 0
        last: ServiceError | None = None
        while True:
            attempt += 1
            try:
                with self._gate.passage() as epoch:
                    return self._try(call, is_retry=attempt > 1)
            except ServiceError as error:
                # What was tried before has failed for its own reason, not because it was not sent once more.
                is_held_back = error.delivery is Delivery.NOT_SENT
                raise (last if last and is_held_back else replace(error, endpoint=call.endpoint)) from None
            except FaultError as fault:
                last = _failure(fault, call)
                if last.delivery is Delivery.UNKNOWN and not call.is_repeatable:
                    self._slow_down()
                    raise last from None
                self._pause(fault, last, attempt, epoch)

    def _try(self, call: Call, *, is_retry: bool) -> dict[str, Any]:
        """Send once; raises FaultError if it may be repeated, else ServiceError."""
        timeout = self._timeout()
        sent_at = time.monotonic()
        self._count(is_retry=is_retry)
        try:
            answer = self._exchange(call, timeout)
        except FaultError as fault:
            with self._lock:
                self._budget.failed(sent_at)
                self._last_fault = fault.error
            raise
        except ServiceError:
            self._answered()
            raise
        self._answered()
        return answer

    def _count(self, *, is_retry: bool) -> None:
        with self._lock:
            self.sent += 1
            self.retried += is_retry

    def _answered(self) -> None:
        with self._lock:
            self._budget.answered(time.monotonic())
        self._gate.answered()

    def _timeout(self) -> float:
        """Return the timeout of the next request, which ends soon after the budget. Raises ServiceError after it."""
        with self._lock:
            remaining = self._budget.remaining(time.monotonic())
            if remaining == 0:
                self._gave_up = self._gave_up or self._last_fault
            if self._gave_up:
                message = f"not sent, because the service no longer answers ({self._gave_up.message})"
                raise ServiceError(
                    self._gave_up.code,
                    message,
                    http_status=self._gave_up.http_status,
                    delivery=Delivery.NOT_SENT,
                )
        if remaining is None:
            return self.connection.timeout
        return min(self.connection.timeout, max(_SHORTEST_TIMEOUT, remaining))

    def _pause(self, fault: FaultError, error: ServiceError, attempt: int, epoch: int) -> None:
        """Wait before the next try; raises the error if none is left."""
        wait = fault.wait or backoff(attempt)  # a Retry-After of 0 is no reason to hammer
        with self._lock:
            remaining = self._budget.remaining(time.monotonic())
            if wait >= (self.connection.retry_timeout if remaining is None else remaining):
                last = replace(error, message=f"{error.message}{self._too_long(fault.wait)}")
                self._gave_up = self._gave_up or last
                raise last from None
        if fault.is_throttled:
            self._gate.throttled(epoch, wait)
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

    def _exchange(self, call: Call, timeout: float) -> dict[str, Any]:
        """Send one call and read its answer, both within the timeout; raises FaultError or ServiceError."""
        request = self.connection.dialect.build(call)
        route = self._routes[request.base_url]
        prepared = self._prepare(request)
        exchange = Exchange(timeout, is_fresh=call.is_fresh)
        with self._lock:
            self._exchanges.add(exchange)
        try:
            with exchanging(exchange):
                answer = self._receive(prepared, route, exchange, timeout)
        except Exception as error:  # hostile bytes have the libraries raise nearly anything
            raise sort_fault(error, exchange, route.way, timeout) from None
        finally:
            with self._lock:
                self._exchanges.discard(exchange)
        dialect = self.connection.dialect
        check_status(answer, route.way, dialect.throttled_code)
        return dialect.read(call, answer)

    def _receive(self, prepared: PreparedRequest, route: _Route, exchange: Exchange, timeout: float) -> Answer:
        """Send a request and return its answer. Raises whatever the libraries raise.

        Servers close kept connections at any moment. So a read that meets this is sent once more at once (RFC 9112,
        9.3.1), which says nothing about the service and uses up no budget.
        """
        response = None
        try:
            verify = self.connection.validate_certs  # against what, the adapter knows
            response = route.adapter.send(prepared, timeout=timeout, verify=verify, proxies=route.proxies)
            return Answer(response.status_code, response.headers, read_body(response))
        except Exception as error:
            if response is not None:
                response.close()
            if prepared.method != "GET" or not was_dropped(error, exchange):
                raise
        exchange.restart()
        self._count(is_retry=True)
        return self._receive(prepared, route, exchange, timeout)

    def _prepare(self, request: HttpRequest) -> PreparedRequest:
        try:
            return requests.Request(
                request.method,
                f"{request.base_url}{request.path}",
                headers={**self._headers, **request.headers},
                params=request.query,
                data=request.form,
                json=request.body,
            ).prepare()
        except (requests.RequestException, ValueError) as error:
            message = f"no request can be made of api_url, the token and the options ({type(error).__name__})"
            raise ServiceError("invalid_input", message, advice="Correct the input; nothing was sent.") from None


def _failure(fault: FaultError, call: Call) -> ServiceError:
    """Return the error of a call that is not tried again; one that only reads leaves nothing in doubt."""
    delivery = fault.error.delivery if call.is_write else Delivery.REFUSED
    return replace(fault.error, endpoint=call.endpoint, delivery=delivery)
