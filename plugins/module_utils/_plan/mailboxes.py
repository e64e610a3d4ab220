# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which mailboxes to create, to change and to delete: pure functions from the current and the wanted state."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from .._core.errors import PddError
from .._core.show import show
from .._mail.address import (
    canonical_address,
    duplicate_problems,
    local_address_problem,
    local_part,
    raise_problems,
)
from .._mail.models import Mailbox
from .._mail.rules import Rules

_PROPERTIES = ("first_name", "last_name", "birth_date", "sex", "hint_question", "enabled")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class WantedMailbox:
    """What the task says of one mailbox.

    place: where it says so, with a final dot. properties: only those given. imported: an import of the same play
    creates it. verifies_count: it is not taken for deleted where the service counts more than it lists.
    """

    place: str
    login: str
    present: bool
    properties: Mapping[str, Any]
    password: str | None
    renews_password: bool
    hint_answer: str | None
    imported: bool
    verifies_count: bool = True

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
    """Create, update or delete one mailbox. properties: names of what an update sends, `password` among them."""

    action: str
    login: str
    properties: tuple[str, ...] = ()

    @property
    def phase(self) -> int:
        """All at the same time: no two steps that are sent together have the same mailbox."""
        return 0

    @property
    def names(self) -> dict[str, str]:
        """The mailbox, for failures."""
        return {"object": self.login}


def wanted_mailboxes(params: Mapping[str, Any], domain: str, rules: Rules) -> tuple[WantedMailbox, ...]:
    """Check the options of pdd_mailbox; raises InvalidInputError with all problems."""
    entries = _entries(params)
    imported = {canonical_address(login, domain) for login in params["imported"] or []}
    verifies = params["verify_count"]
    wanted = [_wanted(place, entry, domain, imported, verifies_count=verifies) for place, entry in entries.items()]
    problems: list[str | None] = []
    if params["mailboxes"] is not None and params["state"] != "present":
        problems.append("state: absent must stand in the entries of mailboxes, since it deletes their mail")
    for each, entry in zip(wanted, entries.values()):
        problems += _problems(each, entry["login"], domain, rules)
    problems += duplicate_problems(
        (f"{each.place}login", entry["login"], each.login) for each, entry in zip(wanted, entries.values())
    )
    raise_problems(problems)
    return tuple(wanted)


def blank_mailbox(login: str, uid: int | None = None) -> Mailbox:
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


def plan_existence(current: Mapping[str, Mailbox], wanted: Iterable[WantedMailbox]) -> list[MailboxStep]:
    """Return which mailboxes to create and to delete; an address that a mailing list has is left to it."""
    steps = []
    for each in wanted:
        mailbox = current.get(each.login)
        if each.present and mailbox is None and each.password is not None:
            steps.append(MailboxStep("create", each.login))
        if not each.present and mailbox and not mailbox.is_maillist:
            steps.append(MailboxStep("delete", each.login))
    return steps


def doubtful_removals(current: Collection[str], wanted: Iterable[WantedMailbox]) -> list[str]:
    """Return the mailboxes that would be taken for deleted because they are not listed, although the listing is short.

    current: the addresses listed.
    """
    return [each.login for each in wanted if not each.present and each.verifies_count and each.login not in current]


def plan_updates(
    current: Mapping[str, Mailbox], wanted: Iterable[WantedMailbox], created: Iterable[str]
) -> list[MailboxStep]:
    """Return which properties of existing mailboxes to change; created: those that have their password already."""
    fresh = set(created)
    steps = []
    for each in wanted:
        mailbox = current.get(each.login)
        if not each.present or mailbox is None or mailbox.is_maillist:
            continue
        names = [name for name, value in each.settable.items() if getattr(mailbox, name) != value]
        if each.renews_password and each.password is not None and each.login not in fresh:
            names.append("password")
        if names:
            steps.append(MailboxStep("update", each.login, tuple(names)))
    return steps


def apply_mailbox_steps(
    current: Mapping[str, Mailbox], steps: Iterable[MailboxStep], wanted: Mapping[str, WantedMailbox]
) -> dict[str, Mailbox]:
    """Return the mailboxes as they are after the steps."""
    mailboxes = dict(current)
    for step in steps:
        if step.action == "create":
            mailboxes[step.login] = blank_mailbox(step.login)
        elif step.action == "delete":
            mailboxes.pop(step.login, None)
        else:
            changes = {name: wanted[step.login].properties[name] for name in step.properties if name != "password"}
            mailboxes[step.login] = replace(mailboxes[step.login], **changes)
    return mailboxes


def new_password_problems(
    steps: Iterable[MailboxStep], wanted: Mapping[str, WantedMailbox], rules: Rules
) -> list[str | None]:
    """Say which passwords are too long for a new mailbox; for one that exists they may be longer."""
    created = [wanted[step.login] for step in steps if step.action == "create"]
    return [
        rules.password_problem(f"{each.place}password", each.password or "", local_part(each.login), is_new=True)
        for each in created
    ]


def unanswered_questions(current: Mapping[str, Mailbox], wanted: Iterable[WantedMailbox]) -> list[str]:
    """Say which questions would have to be set although the task does not know the answer, which nobody can read."""
    return [
        f"{each.place}hint_question of {local_part(each.login)} is '{show(current[each.login].hint_question)}' "
        f"at the service; to set {each.properties['hint_question']!r}, give {each.place}hint_answer, too"
        for each in wanted
        if each.present
        and each.hint_answer is None
        and each.login in current
        and not current[each.login].is_maillist
        and each.properties.get("hint_question") not in (None, current[each.login].hint_question)
    ]


def taken_addresses(current: Mapping[str, Mailbox], wanted: Iterable[WantedMailbox]) -> dict[MailboxStep, PddError]:
    """Describe mailboxes that cannot be because a mailing list has their address."""
    return {
        MailboxStep("create", each.login): PddError(
            "occupied",
            f"{each.login} is a mailing list",
            advice="Choose another name, or remove what has it.",
            attempt=f"create the mailbox {each.login}",
        )
        for each in wanted
        if each.present and each.login in current and current[each.login].is_maillist
    }


def describe(mailboxes: Mapping[str, Mailbox], steps: Sequence[MailboxStep], wanted: Iterable[WantedMailbox]) -> object:
    """Return the mailboxes of the task as a diff shows them: what the task says of them, and no password."""
    renewed = {step.login for step in steps if "password" in step.properties}
    shown: dict[str, object] = {}
    for each in wanted:
        if each.login not in mailboxes or mailboxes[each.login].is_maillist:
            continue
        properties = {name: getattr(mailboxes[each.login], name) for name in each.properties}
        shown[each.login] = {**properties, "password": "(set anew)"} if each.login in renewed else properties
    return {"mailboxes": shown}


def property_changes(
    before: Mapping[str, Mailbox], steps: Iterable[MailboxStep], wanted: Mapping[str, WantedMailbox]
) -> list[dict[str, Any]]:
    """Return the properties that updates set, as the module returns them; a password is named, but not shown."""
    return [
        {
            "login": step.login,
            "property": name,
            "before": getattr(before[step.login], name, None),
            "after": wanted[step.login].properties.get(name),
        }
        for step in sorted(steps, key=lambda each: each.login)
        for name in step.properties
    ]


def as_returned(mailbox: Mailbox) -> dict[str, Any]:
    """Return a mailbox as modules return it."""
    properties = asdict(mailbox)
    del properties["is_maillist"]
    return {**properties, "aliases": list(mailbox.aliases)}


def _entries(params: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the mailboxes by their place, with a final dot."""
    if params["mailboxes"] is None:
        return {"": params}
    default = params["update_password"]
    return {
        f"mailboxes[{index}].": {**entry, "update_password": entry["update_password"] or default}
        for index, entry in enumerate(params["mailboxes"])
    }


def _wanted(
    place: str, entry: Mapping[str, Any], domain: str, imported: Collection[str], *, verifies_count: bool
) -> WantedMailbox:
    login = canonical_address(entry["login"], domain)
    return WantedMailbox(
        place=place,
        login=login,
        present=entry["state"] == "present",
        properties={name: entry[name] for name in _PROPERTIES if entry[name] is not None},
        password=entry["password"],
        renews_password=entry["update_password"] == "always",  # noqa: S105 - no password
        hint_answer=entry["hint_answer"],
        imported=login in imported,
        verifies_count=verifies_count,
    )


def _problems(wanted: WantedMailbox, written: str, domain: str, rules: Rules) -> list[str | None]:
    place, login = wanted.place, local_part(wanted.login)
    foreign = local_address_problem(f"{place}login", written, domain)
    if foreign or not wanted.present:
        return [foreign]
    problems: list[str | None] = []
    if wanted.password is not None:
        problems.append(rules.login_problem(f"{place}login", login))
        problems.append(rules.password_problem(f"{place}password", wanted.password, login))
    else:
        problems.append(rules.reserved_problem(f"{place}login", login))
    birth_date = wanted.properties.get("birth_date")
    if birth_date is not None and not is_date(birth_date):
        problems.append(f"{place}birth_date of {login}: {birth_date!r} is no date of the form YYYY-MM-DD")
    if wanted.hint_answer is not None and "hint_question" not in wanted.properties:
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
