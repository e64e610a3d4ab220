# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are hardly HTTP."""

from __future__ import annotations

from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.wire import head, ok, whole


def status_line(line: bytes) -> Play:
    """Return a trick that sends the correct answer under such a status line."""
    return lambda talk: talk.send(whole(talk.body, status=line))


def header(*lines: bytes) -> Play:
    """Return a trick that adds such lines to the headers of the correct answer."""
    return lambda talk: talk.send(whole(talk.body, *lines))


def raw(*data: bytes) -> Play:
    """Return a trick that sends nothing but these bytes."""
    return lambda talk: talk.send(*data)


def _line_ends(end: bytes) -> Play:
    return lambda talk: talk.send(whole(talk.body).replace(b"\r\n", end, 4))


def _no_headers(talk: Talk) -> None:
    talk.send(talk.body)


def _second_answer(talk: Talk) -> None:
    """Send one that the next request on this connection must not take for its own."""
    talk.send(whole(talk.body, b"Connection: keep-alive"), whole(ok()))
    talk.kept = True


def _switching(talk: Talk) -> None:
    talk.send(head(b"Upgrade: websocket", b"Connection: Upgrade", status=b"HTTP/1.1 101 Switching Protocols"))
    talk.hold()


TRICKS: list[Trick] = [
    *table(
        "framing",
        {
            "HTTP/1.0": status_line(b"HTTP/1.0 200 OK"),
            "no reason": status_line(b"HTTP/1.1 200"),
            "100 Continue before": lambda talk: talk.send(b"HTTP/1.1 100 Continue\r\n\r\n", whole(talk.body)),
            "two answers for one request": _second_answer,
            "fifty headers": header(*(b"X-Header-%d: 1" % number for number in range(50))),
        },
        succeeds=True,
    ),
    *table(
        "framing",
        {
            "nothing": raw(),
            "an empty line": raw(b"\r\n"),
            "only empty lines": raw(b"\r\n" * 1000),
            "a NUL": raw(b"\x00"),
            "a banner of SSH": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "a banner of SMTP": raw(b"220 mail.example.test ESMTP\r\n"),
            "a frame of HTTP/2": raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
            "an alert of TLS": raw(b"\x15\x03\x03\x00\x02\x02\x28"),
            "random bytes": raw(bytes(range(255, -1, -1)) * 4),
            "headers that do not end": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"),
            "switching protocols": _switching,
        },
    ),
    *table(
        "framing",
        {
            "HTTP/0.9": _no_headers,
            "HTTP/2.0": status_line(b"HTTP/2.0 200 OK"),
            "HTTP/9.9": status_line(b"HTTP/9.9 200 OK"),
            "HTTP/1": status_line(b"HTTP/1 200 OK"),
            "http/1.1": status_line(b"http/1.1 200 OK"),
            "HTTP/1.1.1": status_line(b"HTTP/1.1.1 200 OK"),
            "ICY": status_line(b"ICY 200 OK"),
            "status 0": status_line(b"HTTP/1.1 0 Nothing"),
            "status 000": status_line(b"HTTP/1.1 000 Nothing"),
            "status 99": status_line(b"HTTP/1.1 99 Low"),
            "status 999": status_line(b"HTTP/1.1 999 High"),
            "status 1000": status_line(b"HTTP/1.1 1000 Higher"),
            "status -200": status_line(b"HTTP/1.1 -200 Low"),
            "status +200": status_line(b"HTTP/1.1 +200 OK"),
            "status 2_0_0": status_line(b"HTTP/1.1 2_0_0 OK"),
            "status 200.0": status_line(b"HTTP/1.1 200.0 OK"),
            "status of Arabic digits": status_line("HTTP/1.1 ٢٠٠ OK".encode()),
            "status of many digits": status_line(b"HTTP/1.1 " + b"2" * 5000 + b" OK"),
            "status a word": status_line(b"HTTP/1.1 fine"),
            "status missing": status_line(b"HTTP/1.1"),
            "status line of two spaces": status_line(b"HTTP/1.1  200  OK"),
            "status line empty": status_line(b""),
            "reason in eight bits": status_line(b"HTTP/1.1 200 \xff\xfe"),
            "reason with a NUL": status_line(b"HTTP/1.1 200 O\x00K"),
            "reason of 60 kB": status_line(b"HTTP/1.1 200 " + b"x" * 60000),
            "reason of 70 kB": status_line(b"HTTP/1.1 200 " + b"x" * 70000),
            "header without a colon": header(b"no colon"),
            "header without a name": header(b": 1"),
            "header that is a colon": header(b":"),
            "header with a space before the colon": header(b"Content-Length : 5"),
            "header with a tab": header(b"\tX: 1"),
            "header that is folded": header(b"X-Folded: 1\r\n 2"),
            "Content-Type that is folded": header(b"Content-Type: application/\r\n json"),
            "header with a NUL": header(b"X-Null: \x00"),
            "header with CR": header(b"X-CR: 1\rX-More: 2"),
            "header in eight bits": header(b"X-Bits: \xff\xfe\x80"),
            "header name in eight bits": header(b"X-\xff: 1"),
            "header of 70 kB": header(b"X-Long: " + b"x" * 70000),
            "header name of 70 kB": header(b"x" * 70000 + b": 1"),
            "five hundred headers": header(*(b"X-Header-%d: 1" % number for number in range(500))),
            "first header begins with a space": lambda talk: talk.send(
                b"HTTP/1.1 200 OK\r\n X: 1\r\nContent-Length: %d\r\n\r\n" % len(talk.body), talk.body
            ),
            "lines ended by LF": _line_ends(b"\n"),
            "lines ended by CR": _line_ends(b"\r"),
            "lines ended by LF CR": _line_ends(b"\n\r"),
            "text before the status line": lambda talk: talk.send(b"hello\r\n", whole(talk.body)),
            "charset unknown": header(b"Content-Type: application/json; charset=made-up"),
            "charset a NUL": header(b"Content-Type: application/json; charset=\x00"),
            "cookie without end": header(b"Set-Cookie: " + b"x=y; " * 10000),
            "early hints": lambda talk: talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", whole(talk.body)),
            "multipart": header(b"Content-Type: multipart/mixed; boundary=x"),
            "Keep-Alive of nonsense": header(b"Keep-Alive: timeout=-1, max=x", b"Connection: keep-alive, close, \xff"),
        },
        credible=True,
    ),
]
