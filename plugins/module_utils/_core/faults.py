# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sorts what can go wrong between a request and its answer: what it is called, and whether to try again."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from .deps import requests
from .errors import Delivery, ServiceError
from .exchange import LONGEST_ANSWER, Exchange

_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (4\d\d)\b")


class FaultError(Exception):
    """One try that may be repeated.

    wait: seconds that the service asks for. is_throttled: it asks for fewer requests, too.
    """

    def __init__(self, error: ServiceError, *, is_throttled: bool = False, wait: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.is_throttled = is_throttled
        self.wait = wait


@dataclass(frozen=True)
class Way:
    """How the service is reached, for messages: its URL, and the URL of a proxy; neither holds a secret."""

    url: str
    proxy: str | None = None

    def __str__(self) -> str:
        """Return it as a message names it."""
        return f"{self.url} through the proxy {self.proxy}" if self.proxy else self.url


def sort_fault(error: Exception, exchange: Exchange, way: Way, timeout: float) -> FaultError | ServiceError:
    """Return what an exception of the libraries means. A request that may have left counts as one that has."""
    if not exchange.is_sent:
        return _sort_unsent(error, exchange, way, timeout)
    if exchange.is_too_long:
        return _unknown("bad_answer", f"the answer is longer than {LONGEST_ANSWER >> 20} MiB")
    if exchange.is_late or _has_timed_out(error):
        return _unknown("timeout", f"no answer from {way} within {timeout:g} s")
    if isinstance(error, (requests.exceptions.SSLError, ssl.SSLError)):
        return _unknown("tls", f"the encrypted connection to {way} failed ({_reason(error)})")
    if _has_broken(error):
        return _unknown("unreachable", f"the connection to {way} broke ({_reason(error)})")
    return _unknown("bad_answer", f"the answer is malformed, or ended too early ({_reason(error)})")


def was_dropped(error: Exception, exchange: Exchange) -> bool:
    """Return whether an exception means that the other side has closed a kept connection instead of answering."""
    return exchange.is_unanswered and _has_broken(error)


def refused_by_proxy(status: int, way: Way) -> ServiceError:
    """Return the error of a proxy that refuses to help, which it will do again."""
    wrong = status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
    reason = "its user name or password is missing or wrong" if wrong else "it does not allow the connection"
    advice = "Check the proxy in the environment (https_proxy, http_proxy, no_proxy)."
    return ServiceError("unreachable", f"the proxy {way.proxy} answered {status}: {reason}", advice=advice)


def _sort_unsent(error: Exception, exchange: Exchange, way: Way, timeout: float) -> FaultError | ServiceError:
    kinds, reason = _kinds(error), _reason(error)
    refused = next(filter(None, (_TUNNEL_REFUSED.match(str(each)) for each in _chain(error))), None)
    if refused:
        return refused_by_proxy(int(refused[1]), way)
    if kinds & {"CertificateError", "SSLCertVerificationError"}:
        return ServiceError("tls", f"the certificate of {way} is not trusted ({reason})")
    if kinds & {"InvalidSchema", "InvalidURL", "ProxySchemeUnknown", "LocationParseError"}:
        missing = "; SOCKS needs the Python library PySocks" if "SOCKS" in str(error) else ""
        return ServiceError("unreachable", f"no connection to {way} is possible ({reason}{missing})")
    if "SSLError" in kinds:
        plain = "WRONG_VERSION_NUMBER" in str(error) or "record layer" in str(error).lower()
        hint = "; the server seems to speak plain HTTP on this port" if plain else ""
        return _unsent("tls", f"no encrypted connection to {way} ({reason}{hint})")
    if exchange.is_late or _has_timed_out(error):
        return _unsent("timeout", f"no connection to {way} within {timeout:g} s")
    return _unsent("unreachable", f"no connection to {way} ({reason})")


def _unknown(code: str, message: str) -> FaultError:
    return FaultError(ServiceError(code, message, delivery=Delivery.UNKNOWN))


def _unsent(code: str, message: str) -> FaultError:
    return FaultError(ServiceError(code, message))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those that it wraps: as cause, context, argument or urllib3's `reason`."""
    waiting: list[object] = [error]
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


def _has_timed_out(error: BaseException) -> bool:
    """Return whether the system's own timeout is in the chain; urllib3's types of that name mean other things too."""
    return any(isinstance(each, (TimeoutError, socket.timeout)) for each in _chain(error))


def _has_broken(error: BaseException) -> bool:
    """Return whether the connection ended, and not what came over it was wrong."""
    if any(isinstance(each, ConnectionError) for each in _chain(error)):
        return True
    return isinstance(error, requests.exceptions.ConnectionError) and "HTTPException" not in _kinds(error)


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
