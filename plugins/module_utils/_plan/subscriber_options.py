# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the options of *_maillist_subscriber say of each list: checked, and in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ServiceError
from .._mail.address import (
    Address,
    Named,
    address_problem,
    duplicate_problems,
    local_address_problem,
    numbered,
    parse_list,
    parse_named,
    raise_problems,
)
from .removals import check_percent

_SUBOPTIONS = ("subscriber", "subscriber_uid", "can_send_on_behalf", "senders_on_behalf")
_ONE_LIST_OPTIONS = ("maillist", "maillist_uid", *_SUBOPTIONS)


@dataclass(frozen=True)
class DesiredList:
    """What the task says of one list.

    maillist or subscribers are None where the task gives uids instead, until resolve() has put the addresses in; else
    subscribers None means that the list is left alone. can_send_on_behalf is the permission of everybody named, senders
    names those who have it; both None: permissions are left alone.
    """

    maillist: Address | None
    subscribers: tuple[Address, ...] | None
    can_send_on_behalf: bool | None = None
    senders: frozenset[Address] | None = None
    exclusive: bool = False
    present: bool = True
    uid: int | None = None
    subscriber_uids: tuple[int, ...] | None = None

    @property
    def manages_permissions(self) -> bool:
        """Whether permissions are read and set."""
        return self.present and (self.can_send_on_behalf is not None or self.senders is not None)

    def may_send(self, subscriber: Address) -> bool | None:
        """Return the desired permission of somebody named; None: left alone."""
        return self.can_send_on_behalf if self.senders is None else subscriber in self.senders


@dataclass(frozen=True)
class DesiredSubscribers:
    """What the task says of all lists, and how removals are guarded."""

    lists: tuple[DesiredList, ...]
    max_removals_percent: int
    verify_count: bool
    admits_outsiders: bool = False
    state_path: str | None = None


def parse(options: Mapping[str, Any], domain: str, *, resolves_aliases: bool = False) -> DesiredSubscribers:
    """Check the options of *_maillist_subscriber; raises InvalidInputError with all problems.

    resolves_aliases: only resolve() can tell whether a sender is a subscriber, since both may be aliases.
    """
    if options["maillists"] is None:
        entries = [_parse_entry("", "subscriber", options, domain)]
        problems = _check_one_list(entries[0], domain)
    else:
        entries = [
            _parse_entry(f"maillists[{index}].", "subscribers", each, domain)
            for index, each in enumerate(options["maillists"])
        ]
        problems = _check_many_lists(options, entries, domain)
    for entry in entries:
        problems += _check_people(entry, resolves_aliases=resolves_aliases)
        problems += (undocumented_problem(options, f"{entry.place}{name}") for name in entry.permissions)
    raise_problems([check_percent(options["max_removals_percent"]), *problems])
    return DesiredSubscribers(
        lists=tuple(_to_desired(entry) for entry in entries),
        max_removals_percent=options["max_removals_percent"],
        verify_count=options["verify_count"],
        admits_outsiders=options.get("outside_subscribers") == "contacts",
        state_path=options.get("state_path"),
    )


def undocumented_problem(options: Mapping[str, Any], option: str) -> str | None:
    """Return that an option is not allowed, if a service has it only by a call that its vendor does not document."""
    if options.get("allow_undocumented", True):
        return None
    return (
        f"{option} needs allow_undocumented: true, because the vendor does not document the permission to send on "
        "behalf of a list, and it is unknown whether the service has it"
    )


def resolve(
    desired: DesiredList,
    maillists: Mapping[int, Address],
    logins: Mapping[int, Address],
    alias: Callable[[Address], Address] = lambda address: address,
) -> DesiredList:
    """Put addresses in the place of uids, and by alias() main ones in the place of aliases.

    Raises ServiceError if a uid is unknown, or a sender is no subscriber.
    """
    maillist, subscribers = desired.maillist, desired.subscribers
    if desired.uid is not None:
        if desired.uid not in maillists:
            raise ServiceError("not_found", f"no mailing list has the uid {desired.uid}", advice="Check maillist_uid.")
        maillist = maillists[desired.uid]
    if desired.subscriber_uids is not None:
        unknown = [str(uid) for uid in desired.subscriber_uids if uid not in logins]
        if unknown:
            raise ServiceError(
                "not_found", f"no mailbox has the uid {', '.join(unknown)}", advice="Check subscriber_uid."
            )
        subscribers = tuple(logins[uid] for uid in desired.subscriber_uids)
    subscribers = None if subscribers is None else tuple(dict.fromkeys(map(alias, subscribers)))
    senders = None if desired.senders is None else frozenset(map(alias, desired.senders))
    raise_problems(_find_strangers("senders_on_behalf", sorted(senders or ()), set(subscribers or ())))
    return replace(desired, maillist=maillist, subscribers=subscribers, senders=senders)


@dataclass(frozen=True)
class _Entry:
    """What the options say of one list, and the addresses in it.

    place: where it stands, with a final dot. option: the name of that with the subscribers.
    """

    place: str
    option: str
    options: Mapping[str, Any]
    maillist: Named | None
    subscribers: list[Named] | None
    senders: list[Named] | None

    @property
    def permissions(self) -> list[str]:
        """The options about permissions that are given."""
        return [name for name in ("can_send_on_behalf", "senders_on_behalf") if self.options.get(name) is not None]


def _parse_entry(place: str, option: str, options: Mapping[str, Any], domain: str) -> _Entry:
    def parse_all(name: str) -> list[Named] | None:
        return None if options[name] is None else parse_list(f"{place}{name}", options[name], domain)

    maillist = options["maillist"]
    return _Entry(
        place=place,
        option=option,
        options=options,
        maillist=None if maillist is None else parse_named(f"{place}maillist", maillist, domain),
        subscribers=parse_all(option),
        senders=parse_all("senders_on_behalf"),
    )


def _to_desired(entry: _Entry) -> DesiredList:
    uids = entry.options.get("subscriber_uid")
    return DesiredList(
        maillist=entry.maillist and entry.maillist.address,
        uid=entry.options.get("maillist_uid"),
        subscribers=None if entry.subscribers is None else tuple(each.address for each in entry.subscribers),
        subscriber_uids=None if uids is None else tuple(uids),
        can_send_on_behalf=entry.options.get("can_send_on_behalf"),
        senders=None if entry.senders is None else frozenset(each.address for each in entry.senders),
        exclusive=entry.options["exclusive"],
        present=entry.options.get("state", "present") == "present",
    )


def _check_many_lists(options: Mapping[str, Any], entries: Iterable[_Entry], domain: str) -> list[str | None]:
    given = [option for option in _ONE_LIST_OPTIONS if options[option] is not None]
    given += ["exclusive"] * options["exclusive"]
    problems: list[str | None] = [f"{option} and maillists exclude each other" for option in given]
    if options["state"] != "present":
        problems.append("state: absent needs the options maillist and subscriber, not maillists")
    names = [entry.maillist for entry in entries if entry.maillist]
    problems += [local_address_problem(name, domain) for name in names]
    return problems + duplicate_problems(names)


def _check_one_list(entry: _Entry, domain: str) -> list[str | None]:
    options = entry.options
    problems: list[str | None] = [local_address_problem(entry.maillist, domain)] if entry.maillist else []
    uids = numbered("subscriber_uid", options["subscriber_uid"] or [])
    problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in uids.items())
    if options["state"] == "absent":
        useless = [option for option in ("can_send_on_behalf", "senders_on_behalf") if options[option] is not None]
        useless += ["exclusive"] * options["exclusive"]
        problems += [f"{option} has a meaning only with state: present" for option in useless]
    return problems


def _check_people(entry: _Entry, *, resolves_aliases: bool) -> list[str | None]:
    """Check subscribers and senders of one list."""
    by_uid = entry.options.get("subscriber_uid") is not None
    if entry.subscribers is None and entry.options["exclusive"] and not by_uid:
        return [f"{entry.place}exclusive: true needs {entry.option}, else everybody would be removed"]
    people, senders = entry.subscribers or [], entry.senders or []
    problems: list[str | None] = []
    for names in (people, senders):
        problems += [address_problem(each.place, each.written) for each in names]
        problems += duplicate_problems(names)
    if by_uid or resolves_aliases:
        return problems  # resolve() finds senders who are no subscribers
    known = {each.address for each in people}
    for each in senders:
        problems += _find_strangers(each.place, [each.address], known)
    return problems


def _find_strangers(place: str, senders: Iterable[Address], subscribers: Set[Address]) -> list[str | None]:
    return [
        f"{place}: {each} is not among the subscribers, only a subscriber can send on behalf"
        for each in senders
        if each not in subscribers
    ]
