# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare hosts with each other: one domain is one host, and one token has one signature. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._rules import domain_of
from ._variables import Names

_MOST = 3
"""So many hosts are listed at most for each signature."""


@dataclass(frozen=True)
class Identity:
    """Which domain a host is, who owns it, and which signature it sets, None if it sets none.

    variable: the one that the domain is set in. service: which of both, and its URL.
    """

    host: str
    domain: str
    variable: str
    service: str
    owner: tuple[str, ...]
    signature: str | None


@dataclass(frozen=True)
class Verdict:
    """What a comparison found: problems, those of each host, and the hosts that set a signature, by their owner."""

    problems: list[str]
    by_host: Mapping[str, list[str]]
    owners: list[list[str]]

    def signers(self, host: str) -> list[str]:
        """Return the hosts that have the same signature to set as this one, which is one of them."""
        return next((hosts for hosts in self.owners if host in hosts), [])


def identity(host: str, values: Mapping[str, Any], names: Names) -> Identity:
    """Return the identity of a host; values: the variables of Role.identity, without what is not set."""
    role = names.role
    given = {**dict.fromkeys((*role.identity[0], *role.identity[1])), **values}
    domain, _problems = domain_of(given, host, names)
    api_url = role.service.read_option(given, "api_url") or role.default_api_url
    service = f"{role.service_name} {api_url.lower().rstrip('/')}"
    return Identity(
        host=host,
        domain=domain,
        variable=names["name"],
        service=service,
        owner=(service, *(role.service.read_option(given, name) or "" for name in role.identity[1])),
        signature=values.get("signature") if values.get("sets_signature", True) else None,
    )


def compare(hosts: Iterable[Identity]) -> Verdict:
    """Return how hosts contradict each other; each of those that do has the problem."""
    identities = list(hosts)
    by_host: dict[str, list[str]] = {}
    problems = []
    for message, conflicting in (*_same_domains(identities), *_two_signatures(identities)):
        problems.append(message)
        for each in conflicting:
            by_host.setdefault(each.host, []).append(message)
    signing = [each for each in identities if each.signature is not None]
    owners = _grouped((each.owner, each) for each in signing)
    return Verdict(problems, by_host, [[each.host for each in hosts] for hosts in owners.values()])


def _same_domains(identities: list[Identity]) -> Iterator[tuple[str, list[Identity]]]:
    domains = _grouped(((each.service, each.domain), each) for each in identities if each.domain)
    for (_service, domain), hosts in domains.items():
        if len(hosts) > 1:
            rule = f"one domain is one host, but these hosts all name {domain}"
            yield f"{hosts[0].variable}: {rule}: {_names(hosts)}", hosts


def _two_signatures(identities: list[Identity]) -> Iterator[tuple[str, list[Identity]]]:
    for hosts in _grouped((each.owner, each) for each in identities if each.signature is not None).values():
        signatures = _grouped((each.signature, each) for each in hosts).values()
        if len(signatures) > 1:
            message = "One token has one signature, but these hosts share a token and have different ones in"
            shown = " against ".join(_names(each) for each in list(signatures)[:_MOST])
            more = f" against {len(signatures) - _MOST} more" if len(signatures) > _MOST else ""
            yield f"{message} pdd_domain_signature: {shown}{more}", hosts


def _grouped(pairs: Iterable[tuple[Any, Identity]]) -> dict[Any, list[Identity]]:
    groups: dict[Hashable, list[Identity]] = {}
    for key, each in pairs:
        groups.setdefault(key, []).append(each)
    return groups


def _names(hosts: list[Identity]) -> str:
    more = f" and {len(hosts) - _MOST} more" if len(hosts) > _MOST else ""
    return ", ".join(each.host for each in hosts[:_MOST]) + more
