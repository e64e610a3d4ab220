# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailboxes to create, to change and to delete: pure functions from the current and the desired state."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.errors import ServiceError
from .._core.show import show
from .._mail.address import (
    Address,
    Named,
    duplicate_problems,
    local_address_problem,
    parse_list,
    raise_problems,
)
from .._mail.models import Mailbox
from .._mail.rules import Rules
from .._mail.service import Capabilities
from .changes import Change
from .diff import line, property_line
from .expected import Expected

# Those of all services. A service has options for its own ones only (Capabilities.properties).
_PROPERTIES = ("first_name", "last_name", "middle_name", "birth_date", "sex", "position", "hint_question", "enabled")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class DesiredMailbox:
    """What the task says of one mailbox.

    place: where it says so, with a final dot. properties: only those given. verifies_count: it is not taken for deleted
    where the service counts more than it lists. aliases: all that it is to have, None if they are left alone.
    password_change_required: its owner must change the password that is set.
    """

    place: str
    login: Address
    present: bool
    properties: Mapping[str, Any]
    password: str | None
    renews_password: bool
    hint_answer: str | None
    verifies_count: bool = True
    aliases: tuple[Address, ...] | None = None
    password_change_required: bool | None = None

    @property
    def credentials(self) -> dict[str, Any]:
        """What goes with a password that is set."""
        required = self.password_change_required
        return {} if required is None else {"password_change_required": required}

    @property
    def settable(self) -> dict[str, Any]:
        """The properties without a question whose answer is not known: that is only compared."""
        return {
            name: value
            for name, value in self.properties.items()
            if name != "hint_question" or self.hint_answer is not None
        }


@dataclass(frozen=True)
class MailboxStep:
    """Create, update or delete one mailbox.

    properties: names of what it sends, `password` among them. updates: the same with their values. alias: the one that
    an update of `aliases` adds, or removes if is_removal.
    """

    action: str
    login: Address
    properties: tuple[str, ...] = ()
    updates: tuple[Change, ...] = field(default=(), compare=False)
    alias: Address | None = None
    is_removal: bool = False

    @property
    def phase(self) -> int:
        """Aliases are added last, when no other mailbox has them any more."""
        return 1 if self.alias and not self.is_removal else 0

    @property
    def names(self) -> dict[str, str]:
        """The mailbox, for failures."""
        return {"object": self.login}

    @property
    def changes(self) -> Sequence[Change]:
        """The mailbox, or each property that is updated."""
        if self.action == "update":
            return self.updates
        return [Change("mailbox", self.login, self.action), *self.updates]


@dataclass(frozen=True)
class MailboxState:
    """The domain's accounts by address, and what the task says of some of them.

    created: new mailboxes. renewed: those whose password was set anew. doubts: why a mailbox
    that is missing may be there, if that must stop the task.
    """

    accounts: Mapping[Address, Mailbox]
    desired: tuple[DesiredMailbox, ...]
    created: frozenset[Address] = frozenset()
    renewed: frozenset[Address] = frozenset()
    doubts: tuple[str, ...] = ()

    @property
    def fresh(self) -> frozenset[Address]:
        """Mailboxes that have their password already."""
        return self.created | self.renewed

    def after(self, steps: Iterable[MailboxStep]) -> MailboxState:
        """Return the state after steps."""
        steps = list(steps)
        desired = {each.login: each for each in self.desired}
        return replace(
            self,
            accounts=apply_steps(self.accounts, steps, desired),
            created=self.created.union(step.login for step in steps if step.action == "create"),
            renewed=self.renewed.union(step.login for step in steps if "password" in step.properties),
        )

    def lines(self) -> Iterator[str]:
        """Yield the lines of the diff: the mailboxes, what the task says of them, and no password."""
        for each in self.desired:
            mailbox = self.accounts.get(each.login)
            if mailbox is None or mailbox.is_maillist:
                continue
            yield line(each.login, "mailbox")
            for name in each.properties:
                yield property_line(each.login, name, getattr(mailbox, name))
            if each.aliases is not None:
                yield property_line(each.login, "aliases", mailbox.aliases)
            if each.login in self.renewed:
                yield line(each.login, "password (set anew)")


def parse(options: Mapping[str, Any], domain: str, rules: Rules) -> tuple[DesiredMailbox, ...]:
    """Check the options of pdd_mailbox; raises InvalidInputError with all problems."""
    entries = _entries(options)
    verifies = options["verify_count"]
    desired = [_parse_entry(place, entry, domain, verifies_count=verifies) for place, entry in entries.items()]
    problems: list[str | None] = []
    if options["mailboxes"] is not None and options["state"] != "present":
        problems.append("state: absent must stand in the entries of mailboxes, since it deletes their mail")
    names = [Named(f"{each.place}login", entry["login"], each.login) for each, entry in zip(desired, entries.values())]
    aliases: list[Named] = []
    for each, name in zip(desired, names):
        problems += _check_entry(each, name, domain, rules)
        own = parse_list(f"{each.place}aliases", entries[each.place].get("aliases") or (), domain)
        problems += (local_address_problem(alias, domain) for alias in own)
        problems.append(rules.aliases_problem(f"{each.place}aliases", each.login.local, len(own)))
        aliases += own if each.present else ()
    problems += duplicate_problems(names)
    present = [name for each, name in zip(desired, names) if each.present]
    problems += (problem for problem in duplicate_problems([*present, *aliases]) if problem not in problems)
    raise_problems(problems)
    return tuple(desired)


def make_blank(login: Address, uid: int | None = None) -> Mailbox:
    """Return a mailbox as the service creates it."""
    return Mailbox(
        login=login,
        uid=uid,
        enabled=True,
        first_name="",
        last_name="",
        birth_date=None,
        sex="unset",
        hint_question="",
        ready=False,
        aliases=(),
        is_maillist=False,
    )


def with_expected(
    current: Mapping[Address, Mailbox], desired: Iterable[DesiredMailbox], expected: Expected
) -> dict[Address, Mailbox]:
    """Return the accounts as earlier tasks of the play will have left them, as far as the task is about them."""
    accounts = expected.without_absent(current)
    for each in desired:
        if each.present and each.login in (expected.present or ()):
            accounts.setdefault(each.login, make_blank(each.login))
    return accounts


def plan_existence(
    current: Mapping[Address, Mailbox], desired: Collection[DesiredMailbox], creation_properties: Collection[str] = ()
) -> list[MailboxStep]:
    """Return which mailboxes to create and to delete; an address that something else has is left to it.

    creation_properties: what a mailbox is created with.
    """
    steps = []
    holders = _find_holders(current, desired)
    for each in desired:
        mailbox = current.get(each.login)
        if each.present and mailbox is None and each.password is not None and each.login not in holders:
            names = tuple(name for name in each.properties if name in creation_properties)
            updates = tuple(_to_change(each, name, getattr(make_blank(each.login), name)) for name in names)
            steps.append(MailboxStep("create", each.login, names, updates))
        if not each.present and mailbox and not mailbox.is_maillist:
            steps.append(MailboxStep("delete", each.login))
    return steps


def find_doubtful_removals(current: Collection[Address], desired: Iterable[DesiredMailbox]) -> list[Address]:
    """Return the mailboxes that would be taken for deleted because they are not listed, although the listing is short.

    current: the addresses listed.
    """
    return [each.login for each in desired if not each.present and each.verifies_count and each.login not in current]


def plan_updates(
    current: Mapping[Address, Mailbox], desired: Iterable[DesiredMailbox], fresh: Collection[Address]
) -> list[MailboxStep]:
    """Return which properties of existing mailboxes to change; fresh: those that have their password already."""
    steps = []
    for each in desired:
        mailbox = current.get(each.login)
        if not each.present or mailbox is None or mailbox.is_maillist:
            continue
        names = [name for name, value in each.settable.items() if getattr(mailbox, name) != value]
        if each.renews_password and each.password is not None and each.login not in fresh:
            names.append("password")
        if names:
            updates = (_to_change(each, name, getattr(mailbox, name, None)) for name in names)
            steps.append(MailboxStep("update", each.login, tuple(names), tuple(updates)))
    return steps


def plan_aliases(current: Mapping[Address, Mailbox], desired: Collection[DesiredMailbox]) -> list[MailboxStep]:
    """Return which aliases of existing mailboxes to remove and to add; one that something else has is left to it."""
    steps = []
    conflicts = _find_alias_conflicts(current, desired)
    for each in desired:
        mailbox = current.get(each.login)
        if not each.present or mailbox is None or mailbox.is_maillist or each.aliases is None:
            continue
        steps += [
            _to_alias_step(each.login, alias, is_removal=True) for alias in mailbox.aliases if alias not in each.aliases
        ]
        missing = [alias for alias in each.aliases if alias not in mailbox.aliases]
        steps += [_to_alias_step(each.login, alias) for alias in missing if (each.login, alias) not in conflicts]
    return steps


def _to_alias_step(login: Address, alias: Address, *, is_removal: bool = False) -> MailboxStep:
    before, after = (alias, None) if is_removal else (None, alias)
    change = Change("mailbox", login, "update", property="aliases", before=before, after=after)
    return MailboxStep("update", login, ("aliases",), (change,), alias, is_removal)


def make_disabled(login: Address) -> MailboxStep:
    """Return the step that has blocked a mailbox, which was to be deleted."""
    change = Change("mailbox", login, "update", property="enabled", before=True, after=False)
    return MailboxStep("update", login, ("enabled",), (change,))


def _find_holders(current: Mapping[Address, Mailbox], desired: Iterable[DesiredMailbox]) -> dict[Address, Address]:
    """Return which mailboxes have an alias, by the alias, and are to keep it."""
    by_login = {each.login: each for each in desired}
    holders = {}
    for login, mailbox in current.items():
        each = by_login.get(login)
        for alias in mailbox.aliases:
            if each is None or (each.present and (each.aliases is None or alias in each.aliases)):
                holders[alias] = login
    return holders


def _find_alias_conflicts(
    current: Mapping[Address, Mailbox], desired: Collection[DesiredMailbox]
) -> dict[tuple[Address, Address], str]:
    """Return what else has an alias that is to be added, by mailbox and alias."""
    holders = _find_holders(current, desired)
    conflicts = {}
    for each in desired:
        there = current[each.login].aliases if each.login in current else ()
        added = [alias for alias in each.aliases or () if each.present and alias not in there]
        for alias in added:
            if holders.get(alias, each.login) != each.login:
                conflicts[each.login, alias] = f"{alias} is an alias of {holders[alias]}"
            elif alias in current:
                kind = "mailing list" if current[alias].is_maillist else "mailbox"
                conflicts[each.login, alias] = f"{alias} is a {kind}"
    return conflicts


def apply_steps(
    current: Mapping[Address, Mailbox], steps: Iterable[MailboxStep], desired: Mapping[Address, DesiredMailbox]
) -> dict[Address, Mailbox]:
    """Return the mailboxes as they are after the steps."""
    mailboxes = dict(current)
    for step in steps:
        if step.action == "create":
            values = {name: desired[step.login].properties[name] for name in step.properties}
            mailboxes[step.login] = replace(make_blank(step.login), **values)
        elif step.alias:
            mailbox = mailboxes.get(step.login) or make_blank(step.login)
            others = {alias for alias in mailbox.aliases if alias != step.alias}
            aliases = others if step.is_removal else others | {step.alias}
            mailboxes[step.login] = replace(mailbox, aliases=tuple(sorted(aliases)))
        elif step.action == "delete":
            mailboxes.pop(step.login, None)
        else:
            values = {
                **desired[step.login].properties,
                **{each.property: each.after for each in step.updates if each.property},
            }
            changes = {name: values[name] for name in step.properties if name != "password"}
            mailbox = mailboxes.get(step.login) or make_blank(step.login)  # somebody else may have created it
            mailboxes[step.login] = replace(mailbox, **changes)
    return mailboxes


def check_new(
    steps: Iterable[MailboxStep], desired: Mapping[Address, DesiredMailbox], rules: Rules
) -> list[str | None]:
    """Return which properties new mailboxes lack, and which passwords only a mailbox that exists can have."""
    created = [desired[step.login] for step in steps if step.action == "create"]
    problems = [rules.creation_problem(each.place, each.login.local, each.properties) for each in created]
    return problems + [
        rules.password_problem(f"{each.place}password", each.password or "", each.login.local, is_new=True)
        for each in created
    ]


def find_unanswered_questions(current: Mapping[Address, Mailbox], desired: Iterable[DesiredMailbox]) -> list[str]:
    """Return which questions would have to be set although the task does not know the answer, which nobody can read."""
    return [
        f"{each.place}hint_question of {each.login.local} is '{show(current[each.login].hint_question)}' "
        f"at the service; to set {each.properties['hint_question']!r}, give {each.place}hint_answer, too"
        for each in desired
        if each.present
        and each.hint_answer is None
        and each.login in current
        and not current[each.login].is_maillist
        and each.properties.get("hint_question") not in (None, current[each.login].hint_question)
    ]


def find_taken(
    current: Mapping[Address, Mailbox], desired: Collection[DesiredMailbox], code: str
) -> dict[MailboxStep, ServiceError]:
    """Return the failures of mailboxes and aliases that cannot be because something else has their address.

    code: of these.
    """
    holders = _find_holders(current, desired)
    reasons = {}
    for each in desired:
        if each.present and each.login in current and current[each.login].is_maillist:
            reasons[each.login] = f"{each.login} is a mailing list"
        elif each.present and each.password is not None and each.login not in current and each.login in holders:
            reasons[each.login] = f"{each.login} is an alias of {holders[each.login]}"
    attempts = {MailboxStep("create", login): f"create the mailbox {login}" for login in reasons}
    failures = {step: (attempt, reasons[step.login]) for step, attempt in attempts.items()}
    for (login, alias), reason in _find_alias_conflicts(current, desired).items():
        if login in current and not current[login].is_maillist:
            failures[_to_alias_step(login, alias)] = (f"give the mailbox {login} the alias {alias}", reason)
    advice = "Choose another name, or remove what has it."
    return {
        step: ServiceError(code, reason, advice=advice, attempt=attempt) for step, (attempt, reason) in failures.items()
    }


def to_result(mailbox: Mailbox, capabilities: Capabilities) -> dict[str, Any]:
    """Return a mailbox as modules return it, with the properties that mailboxes of the service have."""
    return {
        "login": mailbox.login,
        "uid": mailbox.uid,
        **{name: getattr(mailbox, name) for name in capabilities.properties},
        "ready": mailbox.ready if capabilities.has_ready else mailbox.enabled,
        "aliases": list(mailbox.aliases),
    }


def _to_change(desired: DesiredMailbox, name: str, before: object) -> Change:
    after = desired.properties.get(name)
    return Change("mailbox", desired.login, "update", property=name, before=before, after=after)


def _entries(options: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the mailboxes by their place, with a final dot."""
    if options["mailboxes"] is None:
        return {"": options}
    default = options["update_password"]
    return {
        f"mailboxes[{index}].": {**entry, "update_password": entry["update_password"] or default}
        for index, entry in enumerate(options["mailboxes"])
    }


def _parse_entry(place: str, entry: Mapping[str, Any], domain: str, *, verifies_count: bool) -> DesiredMailbox:
    aliases = entry.get("aliases")
    return DesiredMailbox(
        place=place,
        login=Address.parse(entry["login"], domain),
        present=entry["state"] == "present",
        properties={name: entry[name] for name in _PROPERTIES if entry.get(name) is not None},
        password=entry["password"],
        renews_password=entry["update_password"] == "always",  # noqa: S105 - no password
        hint_answer=entry.get("hint_answer"),
        verifies_count=verifies_count,
        aliases=None if aliases is None else tuple(sorted(Address.parse(each, domain) for each in aliases)),
        password_change_required=entry.get("password_change_required"),
    )


def _check_entry(desired: DesiredMailbox, name: Named, domain: str, rules: Rules) -> list[str | None]:
    place, login = desired.place, desired.login.local
    foreign = local_address_problem(name, domain)
    if foreign or not desired.present:
        return [foreign]
    problems: list[str | None] = []
    if desired.password is not None:
        problems.append(rules.login_problem(f"{place}login", login))
        problems.append(rules.password_problem(f"{place}password", desired.password, login))
    else:
        problems.append(rules.reserved_problem(f"{place}login", login))
    birth_date = desired.properties.get("birth_date")
    if birth_date is not None and not is_date(birth_date):
        problems.append(f"{place}birth_date of {login}: {birth_date!r} is no date of the form YYYY-MM-DD")
    if desired.password_change_required is not None and desired.password is None:
        problems.append(f"{place}password_change_required of {login} has a meaning only with {place}password")
    if desired.hint_answer is not None and "hint_question" not in desired.properties:
        problems.append(f"{place}hint_answer of {login} has a meaning only with {place}hint_question")
    return problems


def is_date(text: str) -> bool:
    """Return whether a string is a date of the form YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
