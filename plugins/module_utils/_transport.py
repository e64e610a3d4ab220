# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP to the service: TLS, proxies, time-outs, retries within a budget, parallel requests. Knows no endpoint."""

from __future__ import annotations

import json
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from ._adapter import open_adapter
from ._budget import Budget, Limit, backoff, retry_after
from ._deps import requests
from ._errors import PddError, refusal
from ._values import to_flag
from ._version import VERSION

if TYPE_CHECKING:
    from requests import Response

Item = TypeVar("Item")
Value = TypeVar("Value")

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
        """The URL of the administrator's or the registrar's tree (pdd-api.md, 1.1)."""
        return f"{self.api_url}/api2/{'registrar' if self.oauth_token else 'admin'}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request (pdd-api.md, 1.2); the tokens travel nowhere else."""
        headers = {
            "Accept": "application/json",
            "PddToken": self.token,
            "User-Agent": f"mailops.pdd/{VERSION} (Ansible; python-requests/{requests.__version__})",
        }
        if self.oauth_token:
            headers["Authorization"] = f"OAuth {self.oauth_token}"
        return headers

    @property
    def secrets(self) -> tuple[str | None, ...]:
        """What must not come back in a message."""
        return self.token, self.oauth_token

    @property
    def verify(self) -> bool | str:
        """What certificates are checked against; the options go before the environment."""
        if not self.validate_certs:
            return False
        environment = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        return self.ca_path or environment or True


class _FaultError(Exception):
    """One try that may be repeated.

    applied: False if the request surely was not applied, None if nobody knows. wait: seconds that the service asks for.
    """

    def __init__(
        self, error: PddError, *, applied: bool | None, throttled: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.applied = applied
        self.throttled = throttled
        self.wait = wait
        self.epoch = 0


class _Gate:
    """Lets at most so many requests through as the limit says, and none before the end of a pause."""

    def __init__(self, ceiling: int) -> None:
        self.limit = Limit(ceiling)
        self.throttled_seconds = 0.0
        self._changed = threading.Condition()  # its lock can be taken twice
        self._in_flight = 0
        self._closed_until = 0.0

    @contextmanager
    def passage(self) -> Iterator[int]:
        """Wait for a place; yields the limit's epoch."""
        with self._changed:
            while True:
                pause = self._closed_until - time.monotonic()
                if pause <= 0 and self._in_flight < self.limit.current:
                    break
                self._changed.wait(pause if pause > 0 else None)
            self._in_flight += 1
            epoch = self.limit.epoch
        try:
            yield epoch
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def answered(self) -> None:
        """Note an answered request."""
        with self._changed:
            self.limit.answered()

    def close(self, pause: float) -> float:
        """Let nothing through for so many seconds; returns how many were not closed before."""
        with self._changed:
            now = time.monotonic()
            longer = max(0.0, now + pause - max(now, self._closed_until))
            self._closed_until = max(self._closed_until, now + pause)
            return longer

    def throttled(self, epoch: int, pause: float) -> None:
        """Let nothing through for so many seconds because the service asks for it, and fewer at once from then on."""
        with self._changed:
            self.throttled_seconds += self.close(pause)
            self.limit.throttled(epoch)


class Transport:
    """Sends requests of one task over connections that are kept; usable from many threads.

    It counts requests sent, those of them that repeated another one, and writes that were answered with ok.

    It uses the adapter of requests without a session. So there are no cookies and no redirects, and the environment is
    read here, once: .netrc would add an Authorization header, and a CA bundle named there would go before the options.
    It is also a quarter faster, since a session merges its settings anew for every request.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sent = 0
        self.retried = 0
        self.written = 0
        self._gate = _Gate(connection.max_connections)
        self._budget = Budget(connection.retry_timeout)
        self._lock = threading.Lock()
        self._last_fault: PddError | None = None
        self._gave_up: PddError | None = None
        self._adapter = open_adapter(connection.api_url, connection.verify, connection.max_connections)
        self._headers = {**requests.utils.default_headers(), **connection.headers}
        self._proxies = requests.utils.get_environ_proxies(connection.api_url)

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
        return self._send("GET", endpoint, params, repeatable=True)

    def write(self, endpoint: str, params: Mapping[str, str], *, repeatable: bool = False) -> dict[str, Any]:
        """Send a POST; returns the answer.

        It is repeated if it surely was not applied, and, where repeatable, also if nobody knows. Raises PddError, with
        outcome_unknown set if the write may have been applied.
        """
        answer = self._send("POST", endpoint, params, repeatable=repeatable)
        with self._lock:
            self.written += 1
        return answer

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
        finally:
            pool.shutdown(cancel_futures=True)  # a task that is interrupted sends nothing further

    def read_all(self, call: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
        """Call with every item like map(), and raise the first error if there is one."""
        values: list[Value] = []
        for _item, value in self.map(call, items):
            if isinstance(value, PddError):
                raise value
            values.append(value)
        return values

    def _send(self, method: str, endpoint: str, params: Mapping[str, str], *, repeatable: bool) -> dict[str, Any]:
        attempt = 0
        last: PddError | None = None
        while True:
            attempt += 1
            try:
                return self._try(method, endpoint, params, attempt)
            except PddError as error:
                # What was tried before has failed for its own reason, not because it was not sent once more.
                raise (last if last and error.given_up else error) from None
            except _FaultError as fault:
                last = fault.error
                fault.error.outcome_unknown = method == "POST" and fault.applied is None
                if fault.error.outcome_unknown and not repeatable:
                    self._slow_down()
                    raise fault.error from None
                self._pause(fault, attempt)

    def _try(self, method: str, endpoint: str, params: Mapping[str, str], attempt: int) -> dict[str, Any]:
        """Send once, when there is a place; raises _FaultError if it may be repeated, else PddError."""
        with self._gate.passage() as epoch:
            timeout = self._timeout(endpoint)
            sent_at = time.monotonic()
            with self._lock:
                self.sent += 1
                self.retried += attempt > 1
            try:
                answer = self._exchange(method, endpoint, params, timeout)
            except _FaultError as fault:
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

    def _timeout(self, endpoint: str) -> float:
        """Return the time-out of the next request, which ends soon after the budget; raises PddError after its end."""
        with self._lock:
            remaining = self._budget.remaining(time.monotonic())
            if remaining == 0:
                self._gave_up = self._gave_up or self._last_fault
            if self._gave_up:
                message = f"not sent, because the service no longer answers ({self._gave_up.message})"
                status = self._gave_up.http_status
                raise PddError(self._gave_up.code, message, endpoint=endpoint, http_status=status, given_up=True)
        if remaining is None:
            return self.connection.timeout
        return min(self.connection.timeout, max(_SHORTEST_TIMEOUT, remaining))

    def _pause(self, fault: _FaultError, attempt: int) -> None:
        """Wait before the next try; raises the fault's error where none is left."""
        wait = fault.wait or backoff(attempt)  # a Retry-After of 0 is no reason to hammer
        with self._lock:
            remaining = self._budget.remaining(time.monotonic())
            if wait >= (self.connection.retry_timeout if remaining is None else remaining):
                self._gave_up = self._gave_up or fault.error
                raise fault.error from None
        if fault.throttled:
            self._gate.throttled(fault.epoch, wait)
        else:
            time.sleep(wait)

    def _slow_down(self) -> None:
        """Hold the next requests back when all connections have failed in a row: writes are many, and not repeated."""
        with self._lock:
            failures = self._budget.failures - self.connection.max_connections
        if failures > 0:
            self._gate.close(min(backoff(failures), self.connection.retry_timeout))

    def _exchange(self, method: str, endpoint: str, params: Mapping[str, str], timeout: float) -> dict[str, Any]:
        url = f"{self.connection.root}/{endpoint}"
        query, form = (params, None) if method == "GET" else (None, params)
        try:
            request = requests.Request(method, url, headers=self._headers, params=query, data=form).prepare()
            verify = self.connection.validate_certs  # what against, the adapter knows
            response = self._adapter.send(request, timeout=timeout, verify=verify, proxies=self._proxies)
            content = response.content
        except (requests.RequestException, OSError, ValueError) as error:
            raise _transport_fault(error, endpoint, timeout) from None
        return _answer(response, content, endpoint, [*self.connection.secrets, *map(params.get, _SECRET_PARAMS)])


def _transport_fault(error: Exception, endpoint: str, timeout: float) -> _FaultError | PddError:
    """Sort what went wrong on the way; the message holds no URL and no header."""
    kinds = requests.exceptions
    reason = _reason(error)
    if _kinds(error) & {"CertificateError", "SSLCertVerificationError"}:
        return PddError("tls", f"the service's certificate is not trusted ({reason})", endpoint=endpoint)
    sorted_out: tuple[tuple[bool, str, str, bool | None], ...] = (
        (
            isinstance(error, kinds.ConnectTimeout),
            "timeout",
            f"no connection to the service within {timeout:g} s",
            False,
        ),
        (isinstance(error, kinds.Timeout), "timeout", f"no answer from the service within {timeout:g} s", None),
        (_never_connected(error), "unreachable", f"no connection to the service ({reason})", False),
        (isinstance(error, kinds.SSLError), "tls", f"the encrypted connection to the service failed ({reason})", None),
        (isinstance(error, kinds.ContentDecodingError), "bad_answer", "the answer cannot be decoded", None),
        (isinstance(error, kinds.ChunkedEncodingError), "bad_answer", "the answer ended too early", None),
        (
            isinstance(error, kinds.ConnectionError),
            "unreachable",
            f"the connection to the service broke ({reason})",
            None,
        ),
    )
    for matches, code, message, applied in sorted_out:
        if matches:
            return _FaultError(PddError(code, message, endpoint=endpoint), applied=applied)
    return PddError("unreachable", f"the request cannot be sent ({reason})", endpoint=endpoint)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that it wraps: as cause, context, argument or urllib3's `reason`."""
    waiting: list[Any] = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]


def _kinds(error: BaseException) -> set[str]:
    """Return the names of all types in the chain; urllib3's differ between its versions 1 and 2, their names do not."""
    return {kind.__name__ for each in _chain(error) for kind in type(each).__mro__}


def _never_connected(error: BaseException) -> bool:
    """Tell whether no connection came about, so that nothing was sent. A ProxyError alone does not say so."""
    refused_tunnel = any(str(each).startswith("Tunnel connection failed") for each in _chain(error))
    return refused_tunnel or bool(_kinds(error) & {"ConnectTimeoutError", "NewConnectionError"})


def _reason(error: BaseException) -> str:
    """Return the innermost reason in a few words: the system's or the TLS library's text, else the type's name."""
    for each in _chain(error):
        if type(each).__name__ == "CertificateError":
            return str(each)
        if isinstance(each, ssl.SSLError):
            return getattr(each, "verify_message", None) or getattr(each, "reason", None) or "TLS error"
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
    return type(error).__name__


def _answer(response: Response, content: bytes, endpoint: str, secrets: Iterable[str | None]) -> dict[str, Any]:
    """Read one answer; raises _FaultError if the request may be repeated, else PddError."""
    status = response.status_code

    def error(code: str, message: str) -> PddError:
        return PddError(code, message, endpoint=endpoint, http_status=status)

    wait = retry_after(response.headers.get("Retry-After"), time.time())
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        busy = error("unreachable", "the service takes no more requests for now")
        raise _FaultError(busy, applied=False, throttled=True, wait=wait)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise error("redirect", f"the service redirects to another place (HTTP status {status})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        failed = error("bad_answer", f"the service failed with HTTP status {status}")
        raise _FaultError(failed, applied=None, throttled=wait is not None, wait=wait)
    body = _json_object(content)
    success = to_flag(body.get("success"))
    if success is None:
        unreadable = error("bad_answer", f"the answer is none of the service's (HTTP status {status})")
        raise unreadable if status >= HTTPStatus.BAD_REQUEST else _FaultError(unreadable, applied=None)
    if success:
        return body
    refused = refusal(str(body.get("error") or "unknown"), endpoint, status, filter(None, secrets))
    raise _FaultError(refused, applied=None) if refused.code == "unknown" else refused


def _json_object(content: bytes) -> dict[str, Any]:
    """Parse a JSON object; anything else is as good as an empty one."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
