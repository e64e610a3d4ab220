# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of *_domain_info: read the domains of the token's owner."""

from __future__ import annotations

from typing import Any

from .._core.paging import read_whole
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
            domains = {name: self.client.complete_domain(name, domains.get(name))}
        return {"domains": [domains[each].to_result() for each in sorted(domains)]}
