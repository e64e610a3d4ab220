# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the domains of the token's owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from .._core.paging import read_whole
from .._mail.models import Domain
from .run import Result, Task


def wanted_domain(_params: Mapping[str, Any], domain: str) -> str:
    return domain


def execute(task: Task, domain: str) -> Result:
    listing = read_whole(task.client.domains)
    if listing.shortage:
        task.warn(f"{listing.shortage.capitalize()}.")
    domains = {each.name: each for each in listing}
    if domain:
        domains = {domain: read_details(task, domains.get(domain, Domain(name=domain)))}
    return Result(values={"domains": [as_returned(domains[name]) for name in sorted(domains)]})


def read_details(task: Task, domain: Domain) -> Domain:
    """Complete what the listing says of a domain with its details, which are the ones to believe."""
    details = task.client.domain_details()
    return replace(
        domain,
        status=details.status,
        stage=details.stage,
        delegated=domain.delegated if details.delegated is None else details.delegated,
        language=details.language,
    )


def as_returned(domain: Domain) -> dict[str, Any]:
    properties = asdict(domain)
    return {"domain": properties.pop("name"), **properties, "aliases": list(domain.aliases)}
