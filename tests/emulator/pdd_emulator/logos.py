# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls on the logo of a domain (docs/api/pdd.md, 2.1)."""

from __future__ import annotations

import hashlib

from pdd_emulator import rules
from pdd_emulator.endpoint import Call, reading, writing
from pdd_emulator.forms import Answer
from pdd_emulator.rules import ApiError
from pdd_emulator.store import Logo


def _check(call: Call) -> Answer:
    return {"logo-url": call.domain.logo_url}


def _set(call: Call) -> Answer:
    """Keep an image. Chosen: a file that is missing, or only the text of a field, has codes of its own."""
    domain = call.managed_domain.name
    upload = call.uploads.get("file")
    if upload is None:
        raise ApiError("bad_file" if "file" in call.params else "no_file")
    rules.check_image(upload.media_type, upload.content)
    call.store.set_logo(domain, Logo(upload.media_type, upload.content), _url(domain, upload.content))
    return {}


def _delete(call: Call) -> Answer:
    call.store.delete_logo(call.managed_domain.name)
    return {}


def _url(domain: str, content: bytes) -> str:
    """Return the address of a logo: another one for each image, and of the documented form."""
    digest = hashlib.sha256(domain.encode() + b"\0" + content).hexdigest()
    return f"https://avatars.yandex.net/get-for-domain/{digest[:40]}/b"


ENDPOINTS = {
    "domain/logo/check": reading(_check),
    "domain/logo/set": writing(_set),
    "domain/logo/del": writing(_delete),
}
