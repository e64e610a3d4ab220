# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier tasks of the same play create and remove. In check mode they have not, so the task has to say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .._mail.address import Address, local_address_problem, parse_list, raise_problems

Value = TypeVar("Value")


@dataclass(frozen=True)
class Expected:
    """Addresses of mailboxes and mailing lists. present: None if the task does not say what it expects."""

    present: frozenset[Address] | None = None
    absent: frozenset[Address] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether what is neither there nor expected is known to be missing."""
        return self.present is not None

    def without_absent(self, objects: Mapping[Address, Value]) -> dict[Address, Value]:
        """Return the objects, by address, without those that will be gone."""
        return {address: each for address, each in objects.items() if address not in self.absent}


def parse_expected(options: Mapping[str, Any], domain: str) -> Expected:
    """Check the options, which not all modules have; raises InvalidInputError with all problems."""
    named = {
        option: parse_list(option, options.get(option) or [], domain)
        for option in ("expected_present", "expected_absent")
    }
    raise_problems(local_address_problem(each, domain) for names in named.values() for each in names)
    present, absent = (frozenset(each.address for each in names) for names in named.values())
    return Expected(None if options.get("expected_present") is None else present, absent)
