# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was sent comes back: tokens and passwords, in every dress and in every place."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_plus

from pdd_hostile.disguises import DISGUISES, SECRETS
from pdd_hostile.trick import Play, Talk, Trick, table
from pdd_hostile.tricks.bodies import exchanged
from pdd_hostile.wire import error, head, to_json, whole

Echo = Callable[[str], bytes]


def secret_of(talk: Talk) -> str:
    """Return one of the secrets of a request: another one each time, the passwords before the token."""
    sent = talk.request.raw.decode()
    found = [secret for secret in SECRETS.values() if secret in sent or quote_plus(secret) in sent]
    return found[-1 - (talk.number - 1) % len(found)]


def echoing(answer: Echo, disguise: Callable[[str], str] = str) -> Play:
    """Return a trick that answers with a secret of the request."""
    return lambda talk: talk.send(answer(disguise(secret_of(talk))))


def refused(code: str) -> bytes:
    """Refuse with a code."""
    return whole(error(code))


def import_refused(code: str) -> bytes:
    """Answer that an import was not started, with a reason."""
    return whole(to_json({"success": "ok", "import_list": [{"started": "no", "error": code}]}))


def _fields(talk: Talk) -> None:
    exchanged(str, secret_of(talk))(talk)


def _everything(talk: Talk) -> None:
    talk.send(whole(error(talk.request.raw.decode())))


_PLACES: dict[str, Echo] = {
    "list of codes": lambda secret: whole(to_json({"success": "error", "error": [secret]})),
    "key": lambda secret: whole(to_json({secret: secret, "success": "error"})),
    "success": lambda secret: whole(to_json({"success": secret})),
    "page": lambda secret: whole(f"<html>{secret}</html>".encode()),
    "text that is no JSON": lambda secret: whole(secret.encode()),
    "page of a bad gateway": lambda secret: whole(secret.encode(), status=b"HTTP/1.1 502 Bad Gateway"),
    "page that was not found": lambda secret: whole(secret.encode(), status=b"HTTP/1.1 404 Not Found"),
    "reason": lambda secret: whole(b"{}", status=b"HTTP/1.1 403 " + secret.encode()),
    "reason of a failure": lambda secret: whole(b"", status=b"HTTP/1.1 500 " + secret.encode()),
    "status": lambda secret: head(status=b"HTTP/1.1 " + secret.encode()),
    "status line": lambda secret: head(status=secret.encode()),
    "version": lambda secret: head(status=secret.encode() + b" 200 OK"),
    "header": lambda secret: whole(b"{}", b"X-Echo: " + secret.encode()),
    "header without a colon": lambda secret: whole(b"{}", secret.encode()),
    "length": lambda secret: head(b"Content-Length: " + secret.encode()) + b"{}",
    "chunk size": lambda secret: head(b"Transfer-Encoding: chunked") + secret.encode() + b"\r\n",
    "encoding": lambda secret: whole(b"{}", b"Content-Encoding: " + secret.encode()),
    "charset": lambda secret: whole(b"\xff", b"Content-Type: text/html; charset=" + secret.encode()),
    "redirect": lambda secret: whole(
        b"", b"Location: http://127.0.0.1:9/" + secret.encode(), status=b"HTTP/1.1 302 Found"
    ),
    "Retry-After": lambda secret: whole(
        b"", b"Retry-After: " + secret.encode(), status=b"HTTP/1.1 429 Too Many Requests"
    ),
    "challenge": lambda secret: whole(
        b"", b"WWW-Authenticate: Basic realm=" + secret.encode(), status=b"HTTP/1.1 401 Unauthorized"
    ),
    "JSON that breaks off": lambda secret: whole(b'{"success": "ok", "x": "' + secret.encode()),
}

TRICKS: list[Trick] = [
    *table("echo", {f"code: {name}": echoing(refused, disguise) for name, disguise in DISGUISES.items()}),
    *table(
        "echo",
        {f"import: {name}": echoing(import_refused, disguise) for name, disguise in DISGUISES.items()},
        alters=True,
    ),
    *table("echo", {name: echoing(answer) for name, answer in _PLACES.items() if name != "Retry-After"}),
    *table("echo", {"Retry-After": echoing(_PLACES["Retry-After"])}, throttles=True),
    *table("echo", {"all fields": _fields}, credible=True, alters=True),
    *table("echo", {"the whole request as code": _everything}),
]
