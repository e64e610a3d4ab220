# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds answers to somebody else's request, as a cache or a proxy may mix them up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.values import to_flag
from .._mail.address import Address, normalize_domain

_ADDRESSES = ("login", "maillist", "subscriber")
# Refusals which mean that the domain is not in the account (docs/api/pdd.md, 3.2): what they echo does not matter.
_DOMAIN_REFUSED = ("not_allowed", "no_such_domain", "bad_domain")


def foreign_echo(params: Mapping[str, str], answer: Mapping[str, Any]) -> str | None:
    """Return half a sentence if an answer names another domain, list, mailbox or subscriber than was asked for.

    The service echoes parameters under the names that they have in the request (docs/api/pdd.md, 1.4 and 2). What is
    missing is not compared. An address may come back in the main domain of an alias domain, provided that the answer
    names the domain that was asked for.
    """
    if to_flag(answer.get("success")) is False and answer.get("error") in _DOMAIN_REFUSED:
        return None
    domain = normalize_domain(params.get("domain", ""))
    echoed = _text(answer, "domain")
    if domain and echoed and normalize_domain(echoed) != domain:
        return _complaint("domain", domain)
    for name in _ADDRESSES:
        asked, echo = params.get(name), _text(answer, name)
        if asked and echo and not _same_address(asked, echo, domain, in_any_domain=bool(echoed)):
            return _complaint(name, asked)
    return None


def _same_address(asked: str, echo: str, domain: str, *, in_any_domain: bool) -> bool:
    first, second = Address.parse(asked, domain), Address.parse(echo, domain)
    return first == second or (in_any_domain and first.local == second.local)


def _complaint(name: str, asked: str) -> str:
    """Return the problem without quoting the answer, which may contain anything, even a password."""
    return f"the answer belongs to another request, because it names another {name} than {asked}"


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    return value.strip() if isinstance(value, str) else ""
