# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of pdd_domain_info: read the domains of the token's owner."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from .._core.paging import read_whole
from .._mail.models import Domain
from .body import InfoBody, Input


class DomainInfoBody(InfoBody[str]):
    """Reads one domain, or all of them if the desired one is blank."""

    @staticmethod
    def parse(given: Input) -> str:
        """Return the domain."""
        return given.domain

    def read(self) -> dict[str, Any]:
        """Read the listing, and the details of one domain."""
        listing = read_whole(self.client.domains)
        if listing.shortage:
            self.run.warn(f"{listing.shortage.capitalize()}.")
        domains = {each.name: each for each in listing}
        name = self.desired
        if name:
            domains = {name: self._complete(domains.get(name, Domain(name=name)))}
        return {"domains": [_to_result(domains[each]) for each in sorted(domains)]}

    def _complete(self, domain: Domain) -> Domain:
        """Complete what the listing says of a domain with its details, which are the ones to believe."""
        details = self.client.domain_details()
        return replace(
            domain,
            status=details.status,
            stage=details.stage,
            delegated=domain.delegated if details.delegated is None else details.delegated,
            language=details.language,
        )


def _to_result(domain: Domain) -> dict[str, Any]:
    properties = asdict(domain)
    return {"domain": properties.pop("name"), **properties, "aliases": list(domain.aliases)}
