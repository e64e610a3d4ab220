# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that the variables of one domain must keep, beyond the form of each value. Pure.

What a module would refuse before its first request is left to the module's own check, so that both cannot disagree.
What only the whole of the variables shows, such as a list that is desired and absent, is found here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ..module_utils._core.errors import InvalidInputError
from ..module_utils._mail.address import Address, parse_domain
from ..module_utils._pdd.connection import read_connection
from ..module_utils._pdd.rules import PddRules
from ..module_utils._plan import imports as import_plans
from ..module_utils._plan import mailboxes as mailbox_plans
from ..module_utils._plan import maillists as maillist_plans
from ..module_utils._plan import subscriber_options
from ._forms import label
from ._variables import KNOWN, MAIN, PREFIX

Values = Mapping[str, Any]
"""The variables of the role by their whole names, in their form."""

_PLACE = re.compile(r"\b(?:mailboxes|maillists?)\[(\d+)\]\.?")
_OPTION = re.compile(r"(?<![\w.'])(?:(retry_failed)|(max_removals_percent)|(verify_count))\b")
_OPTIONS = {name.removeprefix(PREFIX) for name in MAIN}


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return a problem for each name that looks like a variable of the role, and is none."""
    return [
        f"{name} is no variable of the role pdd_domain{_meant(name)}"
        for name in sorted(names)
        if name.startswith(PREFIX) and name not in KNOWN
    ]


def unify(values: Values, domain: str) -> dict[str, Any]:
    """Return the variables with each person once on a list, however often and in whatever spelling he is named."""
    found = dict(values)
    if "pdd_domain_maillists" in found:
        found["pdd_domain_maillists"] = [
            {
                **entry,
                **{key: _once(entry[key], domain) for key in ("subscribers", "senders_on_behalf") if key in entry},
            }
            for entry in found["pdd_domain_maillists"]
        ]
    if "pdd_domain_maillists_absent" in found:
        found["pdd_domain_maillists_absent"] = _once(found["pdd_domain_maillists_absent"], domain)
    return found


def domain_of(values: Values, host: str) -> tuple[str, list[str]]:
    """Return the domain in its canonical form, empty if it has none, and what is wrong with it."""
    name = values.get("pdd_domain_name") or host
    try:
        return parse_domain(name), []
    except ValueError as error:
        advice = "set it, or leave the host out with pdd_hosts"
        return "", [f"pdd_domain_name: '{name}' is no valid domain name ({error}); {advice}"]


def domain_problems(values: Values, domain: str, *, needs_token: bool) -> list[str]:
    """Return what is wrong with the variables of one domain; those that could not be read are missing among them."""
    problems = [*_connection_problems(values, needs_token=needs_token)]
    mailboxes = values.get("pdd_domain_mailboxes", [])
    maillists = values.get("pdd_domain_maillists", [])
    absent = values.get("pdd_domain_maillists_absent", [])
    percent = values.get("pdd_domain_max_removals_percent", 30)
    problems += _problems(
        "pdd_domain_mailboxes", mailboxes, lambda: mailbox_plans.parse(_mailbox_params(mailboxes), domain, PddRules())
    )
    problems += _import_problems(values.get("pdd_domain_imports", []), values, domain)
    problems += _problems(
        "pdd_domain_max_removals_percent", [], lambda: maillist_plans.parse(_maillist_params([], percent), domain)
    )
    problems += _problems(
        "pdd_domain_maillists", maillists, lambda: subscriber_options.parse(_subscriber_params(maillists), domain)
    )
    problems += _problems(
        "pdd_domain_maillists_absent", absent, lambda: maillist_plans.parse(_maillist_params(absent, 30), domain)
    )
    # Contradictions between names that are none would only repeat what was said.
    return problems or list(_contradictions(values, domain))


def in_words_of_the_role(text: str) -> str:
    """Return a module's message with the variables of the role in the place of the options."""
    return _OPTION.sub(lambda found: f"{PREFIX}{_VARIABLES.get(found[0], found[0])}", text)


_VARIABLES = {"retry_failed": "imports_retry_failed"}


# What the modules check


def _problems(variable: str, entries: list[Any], check: Callable[[], object]) -> list[str]:
    """Return what a module's check finds, with the variable and the names of its entries in the place of options."""
    try:
        check()
    except InvalidInputError as error:
        return [f"{variable}: {_named(problem, entries)}" for problem in error.problems]
    return []


def _named(problem: str, entries: list[Any]) -> str:
    def name(found: re.Match[str]) -> str:
        number = int(found[1])
        entry = entries[number] if number < len(entries) else None
        shown = f"'{entry}'" if isinstance(entry, str) else label(entry, number + 1)
        return f"{shown}, " if found[0].endswith(".") else shown

    return in_words_of_the_role(_PLACE.sub(name, problem))


def _connection_problems(values: Values, *, needs_token: bool) -> Iterator[str]:
    names = ("api_url", "validate_certs", "ca_path", "timeout", "retry_timeout", "max_connections")
    params = {name: values.get(PREFIX + name, MAIN[PREFIX + name].get("default")) for name in names}
    params |= {name: values.get(PREFIX + name) for name in ("token", "oauth_token")}
    if not needs_token and not (params["token"] or os.environ.get("PDD_TOKEN", "").strip()):
        params["token"] = "-"  # noqa: S105 - it is not sent
    try:
        read_connection(params)
    except InvalidInputError as error:
        for problem in error.problems:
            yield (PREFIX + problem).replace("give the option", "set it")


def _mailbox_params(entries: list[Any]) -> dict[str, Any]:
    keys = MAIN["pdd_domain_mailboxes"]["options"]
    blank = dict.fromkeys(keys)
    return {
        "mailboxes": [{**blank, "state": "present", **entry} for entry in entries],
        "expected_present": [],
        "update_password": "on_create",
        "state": "present",
        "verify_count": True,
    }


def _import_problems(sources: list[Any], values: Values, domain: str) -> Iterator[str]:
    for source in sources:
        params = {
            "state": "started",
            "port": None,
            "check_settings": True,
            "retry_failed": False,
            "existing": "skip",
            "wait": True,
            "wait_timeout": values.get("pdd_domain_imports_wait_timeout", 1),
            "stall_timeout": 600,
            "poll_interval": 5,
            "progress_path": [],
            "verify_count": True,
            **source,
            "mailboxes": [{"internal_login": None, "internal_password": None, **each} for each in source["mailboxes"]],
        }
        check = _import_check(params, domain)
        for problem in _problems("pdd_domain_imports", source["mailboxes"], check):
            yield problem.replace("pdd_domain_imports: wait_timeout", "pdd_domain_imports_wait_timeout")


def _import_check(params: Mapping[str, Any], domain: str) -> Callable[[], object]:
    return lambda: import_plans.parse(params, domain, {}, PddRules())


def _maillist_params(names: list[str], percent: int) -> dict[str, Any]:
    return {
        "maillist": names,
        "maillist_uid": None,
        "state": "absent",
        "exclusive": False,
        "max_removals_percent": percent,
        "verify_count": True,
    }


def _subscriber_params(entries: list[Any]) -> dict[str, Any]:
    one = ("maillist", "maillist_uid", "subscriber", "subscriber_uid", "can_send_on_behalf", "senders_on_behalf")
    return {
        **dict.fromkeys(one),
        "maillists": [{"subscribers": None, "senders_on_behalf": None, "exclusive": False, **each} for each in entries],
        "exclusive": False,
        "state": "present",
        "max_removals_percent": 30,
        "verify_count": True,
    }


# What only the whole shows


def imported_address(entry: Mapping[str, Any], domain: str) -> Address:
    """Return which mailbox an entry of an import fills."""
    login = entry.get("internal_login") or entry["external_login"].strip().partition("@")[0]
    return Address.parse(login, domain)


def _contradictions(values: Values, domain: str) -> Iterator[str]:
    """Yield what no run could satisfy, or what would change in every run."""
    present, gone = _mailboxes(values, domain)
    imports, doubled = _imports(values, domain)
    absent = {Address.parse(each, domain) for each in values.get("pdd_domain_maillists_absent", [])}
    lists = {Address.parse(each["maillist"], domain): each for each in values.get("pdd_domain_maillists", [])}
    yield from doubled
    both = sorted(each.local for each in lists.keys() & absent)
    if both:
        places = "pdd_domain_maillists and in pdd_domain_maillists_absent"
        yield f"In {places} at the same time: {', '.join(both)}"
    for address in sorted(imports.keys() & gone):
        yield f"pdd_domain_mailboxes, {_quoted(address)}: it is absent, and pdd_domain_imports imports it"
    for address in sorted(lists.keys() & (present | imports.keys())):
        place = "pdd_domain_mailboxes" if address in present else "pdd_domain_imports"
        yield f"{_list(address)}: {place} has a mailbox of this name, and an address has one use"
    for address, entry in lists.items():
        people = {Address.parse(each, domain) for each in entry.get("subscribers", [])}
        for person in sorted(people & gone):
            yield f"{_list(address)}: {_quoted(person)} is subscribed, and absent in pdd_domain_mailboxes"
        for person in sorted((people & absent) - present - imports.keys()):
            yield f"{_list(address)}: {_quoted(person)} is subscribed, and in pdd_domain_maillists_absent"


def _mailboxes(values: Values, domain: str) -> tuple[set[Address], set[Address]]:
    """Return the mailboxes that are to be, and those that are not."""
    found: tuple[set[Address], set[Address]] = (set(), set())
    for entry in values.get("pdd_domain_mailboxes", []):
        found[entry["state"] == "absent"].add(Address.parse(entry["login"], domain))
    return found


def _imports(values: Values, domain: str) -> tuple[dict[Address, str], list[str]]:
    """Return where each mailbox is imported from, and a problem for each that is imported twice."""
    places: dict[Address, str] = {}
    problems = []
    for source in values.get("pdd_domain_imports", []):
        for entry in source["mailboxes"]:
            address, place = imported_address(entry, domain), f"'{entry['external_login']}' on '{source['server']}'"
            if address in places:
                both = f"from {places[address]} and from {place}"
                problems.append(f"pdd_domain_imports, {_quoted(address)}: one mailbox is imported twice, {both}")
            places.setdefault(address, place)
    return places, problems


def _once(addresses: list[str], domain: str) -> list[str]:
    first: dict[Address, str] = {}
    for each in addresses:
        first.setdefault(Address.parse(each, domain), each)
    return list(first.values())


def _list(address: Address) -> str:
    return f"pdd_domain_maillists, {_quoted(address)}"


def _quoted(address: Address) -> str:
    return f"'{address.local}'"


def _meant(name: str) -> str:
    near = get_close_matches(name, sorted(KNOWN), n=1, cutoff=0.6)
    return f"; is {near[0]} meant?" if near else ""
