# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every status that a service, a proxy or a gateway may answer with, redirects, and nonsense in Retry-After."""

from __future__ import annotations

from email.utils import formatdate

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import error, head, whole

_PAGE = b"<html><h1>Something went wrong</h1></html>"
_NO_BODY = (204, 304)
_OFTEN = (401, 403, 407, 408, 425, 429, 500, 503)
"""Those that are answered with every kind of body."""
_THROTTLING = (408, 425, 429)
_OTHERS = (201, 202, 205, 206, 226, 300, 400, 402, 404, 405, 409, 410, 411, 412, 413, 414, 415, 417, 418, 421, 422, 423)
_MORE = (426, 428, 431, 451, 499, 501, 502, 504, 505, 507, 508, 511, 520, 525, 530, 599)


def _line(status: int) -> bytes:
    return b"HTTP/1.1 %d Made Up" % status


def answered(status: int, body: bytes | None, *lines: bytes) -> Play:
    """Return a trick that answers with a status and a body, None for the correct one."""

    def play(talk: Talk) -> None:
        if status in _NO_BODY:
            talk.send(head(*lines, status=_line(status)))
        else:
            talk.send(whole(talk.body if body is None else body, *lines, status=_line(status)))
        talk.kept = True

    return play


def redirecting(status: int, location: bytes | None) -> Play:
    """Return a trick that redirects; None is the place that was asked for."""

    def play(talk: Talk) -> None:
        target = talk.request.raw.split(b" ", 2)[1] if location is None else location
        talk.send(whole(_PAGE, b"Location: " + target, status=_line(status)))
        talk.kept = True

    return play


def retry_after(value: bytes) -> Play:
    """Return a trick that holds the client back until then, and for ever."""
    return answered(429, b"", b"Retry-After: " + value)


def _own_clock(now: float) -> Play:
    """Return a trick of a service whose clock is wrong, and which has time in a second."""
    date, then = (formatdate(when, usegmt=True).encode() for when in (now, now + 1))
    return answered(429, b"", b"Date: " + date, b"Retry-After: " + then)


def _bodies(status: int) -> dict[str, Play]:
    return {
        f"{status} with a page": answered(status, _PAGE),
        f"{status} with nothing": answered(status, b""),
        f"{status} with an error": answered(status, error("not_allowed")),
    }


_LOCATIONS: dict[str, bytes | None] = {
    "itself": None,
    "another place": b"http://127.0.0.1:9/elsewhere",
    "another scheme": b"file:///etc/passwd",
    "nonsense": b"http://[::1/\xff\x00",
    "nowhere": b"",
}
_TIMES = {
    "nothing": b"",
    "a negative number": b"-5",
    "a decimal": b"1.5",
    "an exponent": b"1e9",
    "a billion": b"1000000000",
    "400 digits": b"9" * 400,
    "5000 digits": b"9" * 5000,
    "infinity": b"inf",
    "no number": b"nan",
    "digits in eight bits": b"\xb2",
    "Arabic digits": "\N{ARABIC-INDIC DIGIT FIVE}".encode(),
    "half a date": b"Feb : , 0",
    "a comma": b",",
    "a zone that is none": b"Wed, 21 Oct 2015 07:28:00 +99999999",
    "a day that is none": b"Wed, 32 Oct 2015 07:28:00 GMT",
    "a year that is none": b"Wed, 21 Oct 99999 07:28:00 GMT",
    "a date far away": b"Fri, 31 Dec 9999 23:59:59 GMT",
    "a date long ago": b"Mon, 01 Jan 0001 00:00:00 GMT",
    "a date without a zone": b"Wed, 21 Oct 2015 07:28:00",
    "two values": b"1, 2",
    "60 kB": b"1" * 60000,
}
_SLOWED = {f"Retry-After of {name}": retry_after(value) for name, value in _TIMES.items()}
_CLOCKS = {"long ago": 981_173_106.0, "in many years": 4_000_000_000.0}

TRICKS: list[Trick] = [
    *(trick for status in _OFTEN for trick in table("status", _bodies(status), throttles=status in _THROTTLING)),
    *table("status", {f"{status} with a page": answered(status, _PAGE) for status in (*_OTHERS, *_MORE)}),
    *table("status", {f"{status}": answered(status, b"") for status in _NO_BODY}),
    *table("status", {"401 with a challenge": answered(401, _PAGE, b'WWW-Authenticate: Basic realm="\x1b[31m"')}),
    *table(
        "status", {f"{status} with the right answer": answered(status, None) for status in (201, 206)}, credible=True
    ),
    *table(
        "status",
        {
            f"{status} to {name}": redirecting(status, where)
            for status in (302, 307)
            for name, where in _LOCATIONS.items()
        }
        | {f"{status} to itself": redirecting(status, None) for status in (301, 303, 305, 308)},
    ),
    *table("status", _SLOWED, throttles=True),
    *table("status", {"503 with Retry-After": answered(503, b"", b"Retry-After: 1")}),
    *table(
        "status",
        {f"a clock that is {when}": _own_clock(now) for when, now in _CLOCKS.items()},
        throttles=True,
        succeeds=True,
        times=1,
    ),
]
