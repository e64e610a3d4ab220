# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the options of pdd_maillist_subscriber say of each list: checked, and in one form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from .._core.errors import ServiceError
from .._mail.address import (
    address_problem,
    canonical_address,
    duplicate_problems,
    local_address_problem,
    numbered,
    raise_problems,
)
from .removals import check_percent

_SUBOPTIONS = ("subscriber", "subscriber_uid", "can_send_on_behalf", "senders_on_behalf")
_ONE_LIST_OPTIONS = ("maillist", "maillist_uid", *_SUBOPTIONS)


@dataclass(frozen=True)
class DesiredList:
    """What the task says of one list; addresses canonical.

    maillist or subscribers are None where the task gives uids instead, until resolve() has put the addresses in; else
    subscribers None means that the list is left alone. can_send_on_behalf is the permission of everybody named, senders
    names those who have it; both None: permissions are left alone.
    """

    maillist: str | None
    subscribers: tuple[str, ...] | None
    can_send_on_behalf: bool | None = None
    senders: frozenset[str] | None = None
    exclusive: bool = False
    present: bool = True
    uid: int | None = None
    subscriber_uids: tuple[int, ...] | None = None

    @property
    def manages_permissions(self) -> bool:
        """Whether permissions are read and set."""
        return self.present and (self.can_send_on_behalf is not None or self.senders is not None)

    def may_send(self, subscriber: str) -> bool | None:
        """Return the desired permission of somebody named; None: left alone."""
        return self.can_send_on_behalf if self.senders is None else subscriber in self.senders


@dataclass(frozen=True)
class DesiredSubscribers:
    """What the task says of all lists, and how removals are guarded."""

    lists: tuple[DesiredList, ...]
    max_removals_percent: int
    verify_count: bool


def parse(options: Mapping[str, Any], domain: str) -> DesiredSubscribers:
    """Check the options of pdd_maillist_subscriber; raises InvalidInputError with all problems."""
    many = options["maillists"] is not None
    problems = _check_many_lists(options, domain) if many else _check_one_list(options, domain)
    raise_problems([check_percent(options["max_removals_percent"]), *problems])
    return DesiredSubscribers(
        lists=_parse_many_lists(options, domain) if many else (_parse_one_list(options, domain),),
        max_removals_percent=options["max_removals_percent"],
        verify_count=options["verify_count"],
    )


def resolve(desired: DesiredList, maillists: Mapping[int, str], logins: Mapping[int, str]) -> DesiredList:
    """Put addresses in the place of uids; raises ServiceError if one is unknown or a sender is no subscriber."""
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
        raise_problems(_find_strangers("senders_on_behalf", desired.senders or (), set(subscribers)))
    return replace(desired, maillist=maillist, subscribers=subscribers)


def _parse_many_lists(options: Mapping[str, Any], domain: str) -> tuple[DesiredList, ...]:
    return tuple(
        DesiredList(
            maillist=canonical_address(entry["maillist"], domain),
            subscribers=_parse_addresses(entry["subscribers"], domain),
            senders=_parse_senders(entry["senders_on_behalf"], domain),
            exclusive=entry["exclusive"],
        )
        for entry in options["maillists"]
    )


def _check_many_lists(options: Mapping[str, Any], domain: str) -> list[str | None]:
    given = [option for option in _ONE_LIST_OPTIONS if options[option] is not None]
    given += ["exclusive"] * options["exclusive"]
    problems: list[str | None] = [f"{option} and maillists exclude each other" for option in given]
    if options["state"] != "present":
        problems.append("state: absent needs the options maillist and subscriber, not maillists")
    names = {f"maillists[{index}].maillist": entry["maillist"] for index, entry in enumerate(options["maillists"])}
    problems += [local_address_problem(place, name, domain) for place, name in names.items()]
    problems += duplicate_problems((place, name, canonical_address(name, domain)) for place, name in names.items())
    for index, entry in enumerate(options["maillists"]):
        problems += _check_people(f"maillists[{index}].", "subscribers", entry, domain)
    return problems


def _parse_one_list(options: Mapping[str, Any], domain: str) -> DesiredList:
    maillist, uids = options["maillist"], options["subscriber_uid"]
    return DesiredList(
        maillist=None if maillist is None else canonical_address(maillist, domain),
        uid=options["maillist_uid"],
        subscribers=_parse_addresses(options["subscriber"], domain),
        subscriber_uids=None if uids is None else tuple(uids),
        can_send_on_behalf=options["can_send_on_behalf"],
        senders=_parse_senders(options["senders_on_behalf"], domain),
        exclusive=options["exclusive"],
        present=options["state"] == "present",
    )


def _check_one_list(options: Mapping[str, Any], domain: str) -> list[str | None]:
    problems: list[str | None] = []
    if options["maillist"] is not None:
        problems.append(local_address_problem("maillist", options["maillist"], domain))
    uids = numbered("subscriber_uid", options["subscriber_uid"] or [])
    problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in uids.items())
    if options["state"] == "absent":
        useless = [option for option in ("can_send_on_behalf", "senders_on_behalf") if options[option] is not None]
        useless += ["exclusive"] * options["exclusive"]
        problems += [f"{option} has a meaning only with state: present" for option in useless]
    return problems + _check_people("", "subscriber", options, domain)


def _check_people(prefix: str, option: str, entry: Mapping[str, Any], domain: str) -> list[str | None]:
    """Check subscribers and senders of one list; prefix: the entry's place, with a final dot."""
    by_uid = entry.get("subscriber_uid") is not None
    if entry[option] is None and entry["exclusive"] and not by_uid:
        return [f"{prefix}exclusive: true needs {option}, else everybody would be removed"]
    people = numbered(f"{prefix}{option}", entry[option] or [])
    senders = numbered(f"{prefix}senders_on_behalf", entry["senders_on_behalf"] or [])
    problems: list[str | None] = []
    for named in (people, senders):
        problems += [address_problem(place, address) for place, address in named.items()]
        problems += duplicate_problems((place, each, canonical_address(each, domain)) for place, each in named.items())
    if by_uid:
        return problems  # resolve() finds senders who are no subscribers
    known = set(_parse_addresses(people.values(), domain) or ())
    for place, each in senders.items():
        problems += _find_strangers(place, [canonical_address(each, domain)], known)
    return problems


def _find_strangers(place: str, senders: Iterable[str], subscribers: Set[str]) -> list[str | None]:
    return [
        f"{place}: {each} is not among the subscribers, only a subscriber can send on behalf"
        for each in senders
        if each not in subscribers
    ]


def _parse_addresses(addresses: Iterable[str] | None, domain: str) -> tuple[str, ...] | None:
    return None if addresses is None else tuple(canonical_address(each, domain) for each in addresses)


def _parse_senders(addresses: Iterable[str] | None, domain: str) -> frozenset[str] | None:
    return None if addresses is None else frozenset(_parse_addresses(addresses, domain) or ())
