# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules that the variables of one domain must keep, beyond the form of each value. Pure.

names: what the variables are called in messages.

What a module would refuse before its first request is left to the module's own check, so that both cannot disagree.
What only the whole of the variables shows, such as a list that is desired and absent, is found here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any

from ..module_utils._core.errors import InvalidInputError
from ..module_utils._mail.address import Address, parse_domain
from ..module_utils._plan import imports as import_plans
from ..module_utils._plan import mailboxes as mailbox_plans
from ..module_utils._plan import maillists as maillist_plans
from ..module_utils._plan import subscriber_options
from ._forms import label
from ._variables import Names, Role

Values = Mapping[str, Any]
"""The variables of the role by their names without prefix, in their form."""

_HINTS = ("hint_question", "hint_answer")
_OPTION_NAME = re.compile(r"\w+")
_PLACE = re.compile(r"\b(?:mailboxes|maillists?)\[(\d+)\]\.?")
_VARIABLES = {
    "retry_failed": "imports_retry_failed",
    **{name: name for name in ("max_removals_percent", "verify_count", "outside_subscribers", "allow_undocumented")},
}
"""The variables that stand for options of modules."""
_OPTION = re.compile(rf"(?<![\w.'])(?:{'|'.join(_VARIABLES)})\b")


def unknown_variables(role: Role, given: Iterable[str]) -> list[str]:
    """Return a problem for each name that looks like a variable of the role, or of its twin, and is none."""
    roles = [role, *([role.twin] if role.twin else [])]
    return [
        f"{name} is no variable of the role {each.name}{_meant(name, role)}"
        for name in sorted(given)
        for each in roles
        if name.startswith(each.prefix) and name not in each.own_names
    ]


def unify(values: Values, domain: str) -> dict[str, Any]:
    """Return the variables with each person once on a list, however often and in whatever spelling he is named."""
    found = dict(values)
    if "maillists" in found:
        found["maillists"] = [
            {
                **entry,
                **{key: _once(entry[key], domain) for key in ("subscribers", "senders_on_behalf") if key in entry},
            }
            for entry in found["maillists"]
        ]
    if "maillists_absent" in found:
        found["maillists_absent"] = _once(found["maillists_absent"], domain)
    return found


def domain_of(values: Values, host: str, names: Names) -> tuple[str, list[str]]:
    """Return the domain in its canonical form, empty if it has none, and what is wrong with it."""
    name = values.get("name") or host
    try:
        return parse_domain(name), []
    except ValueError as error:
        advice = "set it, or leave the host out with pdd_hosts"
        return "", [f"{names['name']}: '{name}' is no valid domain name ({error}); {advice}"]


def domain_problems(values: Values, domain: str, names: Names, *, needs_token: bool) -> list[str]:
    """Return what is wrong with the variables of one domain; those that could not be read are missing among them."""
    problems = [*_connection_problems(values, names, needs_token=needs_token)]
    mailboxes, maillists, absent = (values.get(name, []) for name in ("mailboxes", "maillists", "maillists_absent"))
    percent = values.get("max_removals_percent", 30)
    service = names.role.service
    checks: list[tuple[str, list[Any], Callable[[], object]]] = [
        (
            "mailboxes",
            mailboxes,
            lambda: mailbox_plans.parse(_mailbox_params(mailboxes, names.role), domain, service.rules),
        ),
        *_import_checks(values, domain, names.role),
        ("max_removals_percent", [], lambda: maillist_plans.parse(_maillist_params([], percent), domain)),
        (
            "maillists",
            maillists,
            lambda: subscriber_options.parse(
                _subscriber_params(maillists), domain, resolves_aliases=service.capabilities.resolves_aliases
            ),
        ),
        ("maillists_absent", absent, lambda: maillist_plans.parse(_maillist_params(absent, 30), domain)),
    ]
    for name, entries, check in checks:
        problems += _problems(name, entries, check, names)
    # Contradictions between names that are none would only repeat what was said.
    return problems or list(_contradictions(values, domain, names))


def unsupported_problems(values: Values, names: Names) -> list[str]:
    """Return what the service does not have, and `ignore_unsupported` leaves out."""
    role, title = names.role, names.role.title
    if values.get("ignore_unsupported"):
        advice = "left out"
    else:
        advice = f"remove it, or set {role.prefix}ignore_unsupported: true to leave it out"
    problems = [f"{names[name]}: {title} has no {name}; {advice}" for name in role.lacks if values.get(name)]
    if "hint_question" not in role.service.capabilities.properties:
        entries = enumerate(values.get("mailboxes", []), 1)
        problems += [
            f"{names['mailboxes']}, {label(entry, number)}: {title} has no {' and no '.join(hints)}; {advice}"
            for number, entry in entries
            if (hints := [hint for hint in _HINTS if hint in entry])
        ]
    return problems


def undocumented_problems(values: Values, names: Names) -> list[str]:
    """Return which lists have senders that only a call can set that the vendor does not document."""
    if values.get("allow_undocumented", True):
        return []
    return [
        f"{names['maillists']}, {label(entry, number)}: senders_on_behalf needs {names['allow_undocumented']}: true, "
        "because the vendor does not document the permission to send on behalf of a list"
        for number, entry in enumerate(values.get("maillists", []), 1)
        if entry.get("senders_on_behalf")
    ]


def supported(values: Values, role: Role) -> dict[str, Any]:
    """Return the variables without what the service does not have, and without empty lists of undocumented senders."""
    found = {name: value for name, value in values.items() if name not in role.lacks}
    if "hint_question" not in role.service.capabilities.properties:
        found["mailboxes"] = [_without(entry, _HINTS) for entry in values.get("mailboxes", [])]
    if not values.get("allow_undocumented", True):
        found["maillists"] = [_without(entry, ("senders_on_behalf",)) for entry in values.get("maillists", [])]
    return found


def nameless(values: Values, domain: str, role: Role) -> list[Address]:
    """Return the mailboxes that the service does not create as they are described: they lack names."""
    return [
        Address.parse(entry["login"], domain)
        for entry in values.get("mailboxes", [])
        if entry["state"] == "present"
        and entry.get("password") is not None
        and role.service.rules.creation_problem("", entry["login"], entry)
    ]


def _without(entry: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in keys}


def in_words_of_the_role(text: str, names: Names) -> str:
    """Return a module's message with the variables of the role in the place of the options."""
    return _OPTION.sub(lambda found: names[_VARIABLES[found[0]]], text)


# What the modules check


def _problems(variable: str, entries: list[Any], check: Callable[[], object], names: Names) -> list[str]:
    """Return what a module's check finds, with the variable and the names of its entries in the place of options."""
    try:
        check()
    except InvalidInputError as error:
        found = [f"{names[variable]}: {_named(problem, entries, names)}" for problem in error.problems]
        return [each.replace(f"{names['imports']}: wait_timeout", names["imports_wait_timeout"]) for each in found]
    return []


def _named(problem: str, entries: list[Any], names: Names) -> str:
    def name(found: re.Match[str]) -> str:
        number = int(found[1])
        entry = entries[number] if number < len(entries) else None
        shown = f"'{entry}'" if isinstance(entry, str) else label(entry, number + 1)
        return f"{shown}, " if found[0].endswith(".") else shown

    return in_words_of_the_role(_PLACE.sub(name, problem), names)


def _connection_problems(values: Values, names: Names, *, needs_token: bool) -> Iterator[str]:
    role = names.role
    params = {name: values.get(name, role.main[name].get("default")) for name in role.connection}
    if not needs_token and not role.service.read_option(params, "token"):
        params["token"] = "-"  # noqa: S105 - it is not sent
    try:
        role.service.read_connection(params)
    except InvalidInputError as error:
        for problem in error.problems:
            option, rest = _OPTION_NAME.match(problem), _OPTION_NAME.sub("", problem, count=1)
            whole = names[option[0]] if option else ""
            yield f"{whole}{rest}".replace("give the option", "set it")


def _mailbox_params(entries: list[Any], role: Role) -> dict[str, Any]:
    blank = dict.fromkeys(role.main["mailboxes"]["options"])
    return {
        "mailboxes": [{**blank, "state": "present", **entry} for entry in entries],
        "expected_present": [],
        "update_password": "on_create",
        "state": "present",
        "verify_count": True,
    }


def _import_checks(values: Values, domain: str, role: Role) -> Iterator[tuple[str, list[Any], Callable[[], object]]]:
    for source in values.get("imports", ()) if role.service.capabilities.can_import else ():
        params = {
            "state": "started",
            "port": None,
            "check_settings": True,
            "retry_failed": False,
            "existing": "skip",
            "wait": True,
            "wait_timeout": values.get("imports_wait_timeout", 1),
            "stall_timeout": 600,
            "poll_interval": 5,
            "progress_path": [],
            "verify_count": True,
            **source,
            "mailboxes": [{"internal_login": None, "internal_password": None, **each} for each in source["mailboxes"]],
        }
        yield "imports", source["mailboxes"], partial(import_plans.parse, params, domain, {}, role.service.rules)


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


def _contradictions(values: Values, domain: str, names: Names) -> Iterator[str]:
    """Yield what no run could satisfy, or what would change in every run."""
    present, gone = _mailboxes(values, domain)
    imports, doubled = _imports(values, domain, names)
    absent = {Address.parse(each, domain) for each in values.get("maillists_absent", [])}
    lists = {Address.parse(each["maillist"], domain): each for each in values.get("maillists", [])}
    yield from doubled
    both = sorted(each.local for each in lists.keys() & absent)
    if both:
        places = f"{names['maillists']} and in {names['maillists_absent']}"
        yield f"In {places} at the same time: {', '.join(both)}"
    for address in sorted(imports.keys() & gone):
        yield f"{names['mailboxes']}, {_quoted(address)}: it is absent, and {names['imports']} imports it"
    for address in sorted(lists.keys() & (present | imports.keys())):
        place = names["mailboxes" if address in present else "imports"]
        rule = f"{place} has a mailbox of this name, and an address has one use"
        yield f"{names['maillists']}, {_quoted(address)}: {rule}"
    for address, entry in lists.items():
        maillist = f"{names['maillists']}, {_quoted(address)}"
        people = {Address.parse(each, domain) for each in entry.get("subscribers", [])}
        for person in sorted(people & gone):
            yield f"{maillist}: {_quoted(person)} is subscribed, and absent in {names['mailboxes']}"
        for person in sorted((people & absent) - present - imports.keys()):
            yield f"{maillist}: {_quoted(person)} is subscribed, and in {names['maillists_absent']}"


def _mailboxes(values: Values, domain: str) -> tuple[set[Address], set[Address]]:
    """Return the mailboxes that are to be, and those that are not."""
    found: tuple[set[Address], set[Address]] = (set(), set())
    for entry in values.get("mailboxes", []):
        found[entry["state"] == "absent"].add(Address.parse(entry["login"], domain))
    return found


def _imports(values: Values, domain: str, names: Names) -> tuple[dict[Address, str], list[str]]:
    """Return where each mailbox is imported from, and a problem for each that is imported twice."""
    places: dict[Address, str] = {}
    problems = []
    for source in values.get("imports", []):
        for entry in source["mailboxes"]:
            address, place = imported_address(entry, domain), f"'{entry['external_login']}' on '{source['server']}'"
            if address in places:
                both = f"from {places[address]} and from {place}"
                problems.append(f"{names['imports']}, {_quoted(address)}: one mailbox is imported twice, {both}")
            places.setdefault(address, place)
    return places, problems


def _once(addresses: list[str], domain: str) -> list[str]:
    first: dict[Address, str] = {}
    for each in addresses:
        first.setdefault(Address.parse(each, domain), each)
    return list(first.values())


def _quoted(address: Address) -> str:
    return f"'{address.local}'"


def _meant(name: str, role: Role) -> str:
    near = get_close_matches(name, sorted(role.known_names), n=1, cutoff=0.6)
    return f"; is {near[0]} meant?" if near else ""
