# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each task of a role works with, and what became of them. Pure.

A part that fails does not keep the others from being done. What needs an object that could not be created is left out,
and named in the end. If the service cannot be reached, or refuses the token, every other part would fail for the same
reason, each after its own timeout: then they are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ..module_utils._mail.address import Address, parse_domain
from ._placeholders import without_secrets
from ._rules import imported_address, in_words_of_the_role
from ._variables import Names

Result = Mapping[str, Any]

_HOPELESS = frozenset(
    {
        *("unreachable", "timeout", "tls", "redirect", "interrupted"),
        *("bad_token", "no_auth", "no_token", "bad_oauth", "get_new_token_please", "unauthorized"),
    }
)
"""Codes of errors that every further request would meet."""
_MOST = 10
"""So many names are shown at most."""


class Parts:
    """The arguments of the tasks of one domain, each from what the tasks before it have returned.

    variables: those of the role, without their prefix. results: what the tasks returned, by the names in Role.parts;
    those that did not run are missing or empty, loops have `results`. `existing` has the mailboxes that were there.
    all_parts: whether no tags leave some of them out.
    """

    def __init__(
        self, variables: Mapping[str, Any], results: Mapping[str, Any], names: Names, *, all_parts: bool = True
    ) -> None:
        self._variables = variables
        self._all_parts = all_parts
        self._names = names
        self._order = names.role.parts
        self._have_run = {part for part in self._order if results.get(part)}
        self._results = {part: list(_flat(results.get(part))) for part in self._order}
        self._existing = results.get("existing") or {}
        self._domain = parse_domain(variables["name"])
        self._skipped: list[str] = []

    def as_dict(self, *, signs: bool, checks: bool) -> dict[str, Any]:
        """Return the arguments by part, and in `failure` what could not be done, empty if everything was.

        signs: whether this host is the one to set the signature. checks: whether nothing is sent.
        """
        variables = self._variables
        signature = variables["signature"] if signs and variables.get("sets_signature", True) else None
        rules = self._names.role.service.rules
        arguments: dict[str, Callable[[], Any]] = {
            "removals": self._removals,
            "freed": lambda: self._freed,
            "signature": lambda: [] if signature is None else [signature],
            "imports": lambda: variables.get("imports", []),
            "mailboxes": lambda: [without_secrets(each, rules) if checks else each for each in self._mailboxes()],
            "absent": lambda: [each for each in variables["maillists_absent"] if each not in self._freed],
            "maillists": lambda: [each["maillist"] for each in variables["maillists"]],
            "subscribers": self._subscribers,
            "wait": self._wait,
        }
        given = {part: [] if self._is_hopeless(part) else arguments[part]() for part in self._order}
        exclusive = variables["maillists_exclusive"] and not self._is_hopeless("maillists")
        return {
            **given,
            "exclusive": exclusive,
            "imported": sorted(map(str, self._united({"imports": self._imported - self._not_imported}))),
            "made": sorted(map(str, self._made)),
            "made_mailboxes": sorted(map(str, self._made_mailboxes)),
            "gone_mailboxes": sorted(map(str, self._gone_mailboxes)),
            "freed_addresses": sorted(map(str, self._freed_addresses)),
            "removed": sorted(map(str, self._removed)),
            "failure": self._failure(),
        }

    def find_refused(self, refused: Iterable[str], nameless: Iterable[str]) -> list[str]:
        """Return what keeps the role from beginning. refused: what is known. nameless: mailboxes without names.

        These are refused if they are new.
        """
        there = {self._address(each["login"]) for each in self._existing.get("mailboxes", ())}
        entries = {self._address(each["login"]): each for each in self._present}
        new = [entries[address] for address in map(self._address, nameless) if address not in there]
        rules, variable = self._names.role.service.rules, self._names["mailboxes"]
        return [*refused, *(f"{variable}: {rules.creation_problem('', each['login'], each)}" for each in new)]

    def _removals(self) -> list[Any]:
        """Return the mailboxes to delete, with nothing else of their entries."""
        return [{"login": each, "state": "absent"} for each in self._absent]

    @cached_property
    def _freed(self) -> list[str]:
        """The lists to delete first, because a mailbox gets their address.

        If the desired lists are the only ones, that can be any list with the name of a mailbox to create, unless tags
        may leave out the part that creates it.
        """
        absent = {each: self._address(each) for each in self._variables["maillists_absent"]}
        needed = self._imported | set(self._present_addresses)
        named = [each for each, address in absent.items() if address in needed]
        if not (self._variables["maillists_exclusive"] and self._all_parts):
            return named
        return [*named, *sorted(map(str, (self._imported | self._created) - set(absent.values())))]

    def _mailboxes(self) -> list[Any]:
        lost = self._not_imported
        self._skip(
            "manage", (each["login"] for each in self._present if self._address(each["login"]) in lost), "imported"
        )
        return [each for each in self._present if self._address(each["login"]) not in lost]

    def _subscribers(self) -> list[Any]:
        lists = [each for each in self._variables["maillists"] if self._address(each["maillist"]) not in self._no_lists]
        return [self._without_missing(each) for each in lists]

    def _without_missing(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a list without people who are known not to be there.

        It is then not exclusive: it is not known whether one of them has another address there that would be removed.
        """
        missing = self._not_imported | self._not_created
        people = [each for each in entry.get("subscribers", ()) if self._address(each) in missing]
        if not people:
            return entry
        self._skip(f"subscribe to {entry['maillist']}", people, "created")
        kept = {
            key: [each for each in entry[key] if self._address(each) not in missing]
            for key in ("subscribers", "senders_on_behalf")
            if key in entry
        }
        return {**entry, **kept, "exclusive": False}

    def _wait(self) -> list[Any]:
        """Return the sources with the mailboxes whose imports may run: to wait for others would start them again."""
        if not self._variables.get("imports_wait"):
            return []
        started = [
            {
                **source,
                "mailboxes": [
                    each for each in source["mailboxes"] if imported_address(each, self._domain) not in self._no_waits
                ],
            }
            for source in self._variables["imports"]
        ]
        return [source for source in started if source["mailboxes"]]

    @cached_property
    def _present(self) -> list[Any]:
        return [each for each in self._variables["mailboxes"] if each["state"] == "present"]

    @cached_property
    def _absent(self) -> list[str]:
        return [each["login"] for each in self._variables["mailboxes"] if each["state"] == "absent"]

    @cached_property
    def _present_addresses(self) -> list[Address]:
        return [self._address(each["login"]) for each in self._present]

    @cached_property
    def _created(self) -> set[Address]:
        """The mailboxes that are created if they do not exist."""
        return {self._address(each["login"]) for each in self._present if each.get("password") is not None}

    @cached_property
    def _imported(self) -> set[Address]:
        return {
            imported_address(each, self._domain)
            for source in self._variables.get("imports", ())
            for each in source["mailboxes"]
        }

    @cached_property
    def _made(self) -> set[Address]:
        """The addresses that the tasks before the last ones create; not those of parts that tags have skipped."""
        lists = {self._address(each["maillist"]) for each in self._variables["maillists"]}
        by_part = {
            "imports": self._imported - self._not_imported,
            "mailboxes": self._created - self._not_created,
            "maillists": lists,
        }
        return self._united(by_part)

    @cached_property
    def _made_mailboxes(self) -> set[Address]:
        """The mailboxes that the tasks create, without those that are blocked at once."""
        blocked = {self._address(each["login"]) for each in self._present if each.get("enabled") is False}
        return self._united({"mailboxes": self._created - self._not_created - blocked})

    @cached_property
    def _gone_mailboxes(self) -> set[Address]:
        """The mailboxes that the tasks remove or block."""
        blocked = [self._address(each["login"]) for each in self._present if each.get("enabled") is False]
        return self._united({"removals": map(self._address, self._absent), "mailboxes": blocked})

    @cached_property
    def _freed_addresses(self) -> set[Address]:
        """The addresses that the first tasks remove; not those of parts that tags have skipped.

        Of the lists only those that were there: the others may be mailboxes.
        """
        deleted = (self._address(each) for result in self._results["freed"] for each in result.get("deleted", ()))
        return self._united({"removals": map(self._address, self._absent)}) | set(deleted)

    @cached_property
    def _removed(self) -> set[Address]:
        """The addresses that the tasks before the last ones remove."""
        absent = map(self._address, self._variables["maillists_absent"])
        return self._freed_addresses | self._united({"absent": absent})

    @cached_property
    def _not_imported(self) -> set[Address]:
        """The mailboxes that are not there because their import did not begin."""
        return self._no_waits - self._failed("imports", "import")

    @cached_property
    def _no_waits(self) -> set[Address]:
        """The mailboxes whose import failed, or could not be tried."""
        results = self._results.get("imports", [])
        found = self._failed("imports", "start") | self._failed("imports", "import")
        for source, result in zip(self._variables.get("imports", ()), results, strict=False):
            if result.get("failed") and not result.get("failures"):
                found |= {imported_address(each, self._domain) for each in source["mailboxes"]}
        there = {self._address(each) for result in results for each in result.get("existing", ())}
        return found - (there - self._failed("imports", "import"))

    @cached_property
    def _not_created(self) -> set[Address]:
        return self._failed("mailboxes", "create")

    @cached_property
    def _no_lists(self) -> set[Address]:
        """The lists that are not there: the service refused them, or a guard kept all of them from being made."""
        planned = {
            self._address(change["name"])
            for result in self._results["maillists"]
            if result.get("failed") and not result.get("failures")
            for change in result.get("changes", ())
            if change.get("kind") == "maillist" and change.get("action") == "create"
        }
        lost = self._failed("maillists", "create") | planned
        self._skip("manage the subscribers of", (each.local for each in sorted(lost)), "created")
        return lost

    def _failed(self, part: str, action: str) -> set[Address]:
        """Return the objects of the failures of a part."""
        return {
            self._address(failure["object"])
            for result in self._results.get(part, ())
            for failure in result.get("failures", ())
            if failure.get("action") == action and failure.get("object")
        }

    def _united(self, by_part: Mapping[str, Iterable[Address]]) -> set[Address]:
        """Return the addresses of the parts that have run, also of those that had nothing to do."""
        return {address for part, addresses in by_part.items() if part in self._have_run for address in addresses}

    def _is_hopeless(self, part: str) -> bool:
        """Return whether an earlier part has failed in a way in which this one would, too."""
        earlier = self._order[: self._order.index(part)]
        return any(
            (result.get("error") or {}).get("code") in _HOPELESS for each in earlier for result in self._results[each]
        )

    def _skip(self, action: str, names: Iterable[str], verb: str) -> None:
        found = list(names)
        if found:
            sentence = f"Not tried to {action} {_listed(found)}, which could not be {verb}."
            self._skipped += [sentence] if sentence not in self._skipped else []

    def _failure(self) -> str:
        """Return all that could not be done, in the order of the tasks."""
        messages: dict[str, None] = {}
        for part in self._order:
            for result in self._results[part]:
                if result.get("failed"):
                    messages[in_words_of_the_role(str(result.get("msg") or "a task failed"), self._names)] = None
        if not messages:
            return ""
        return " ".join([*messages, *self._skipped])

    def _address(self, name: str) -> Address:
        return Address.parse(name, self._domain)


def _flat(result: Any) -> Iterator[Result]:
    """Yield the results of a task: of a loop, those of its rounds; a failed loop without rounds is one itself."""
    if not isinstance(result, Mapping) or result.get("skipped"):
        return
    if result.get("results"):
        yield from result["results"]
    else:
        yield result


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
