# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who to subscribe, to unsubscribe, and to let send on behalf: pure functions from the current and the wanted state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

from .._core.errors import PddError
from .._mail.address import (
    address_problem,
    canonical_address,
    duplicate_problems,
    local_address_problem,
    local_part,
    numbered,
    raise_problems,
)
from .removals import percent_problem, removal_problem

_ONE_LIST_OPTIONS = (
    "maillist",
    "maillist_uid",
    "subscriber",
    "subscriber_uid",
    "can_send_on_behalf",
    "senders_on_behalf",
)


@dataclass(frozen=True)
class WantedList:
    """What the task says of one list; addresses canonical.

    maillist or subscribers are None where the task gives uids instead, until resolve() has put the addresses in; else
    subscribers None means that the list is left alone. can_send_on_behalf is the right of everybody named, senders
    names those who have it; both None: rights are left alone.
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
    def manages_rights(self) -> bool:
        """Whether rights are read and set."""
        return self.present and (self.can_send_on_behalf is not None or self.senders is not None)

    def may_send(self, subscriber: str) -> bool | None:
        """Return the wanted right of somebody named; None: left alone."""
        return self.can_send_on_behalf if self.senders is None else subscriber in self.senders


@dataclass(frozen=True)
class WantedSubscribers:
    """What the task says of all lists, and how removals are guarded."""

    lists: tuple[WantedList, ...]
    max_removals_percent: int
    verify_count: bool


@dataclass(frozen=True)
class ListState:
    """The subscribers of a list, and their rights to send on behalf as far as they were read."""

    subscribers: tuple[str, ...] = ()
    rights: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class SubscriberStep:
    """Subscribe, unsubscribe, or set the right to send on behalf."""

    action: str
    maillist: str
    subscriber: str
    can_send_on_behalf: bool | None = None

    @property
    def phase(self) -> int:
        """Removals come last, so that a list that changes its people is never empty."""
        return 1 if self.action == "unsubscribe" else 0

    @property
    def names(self) -> dict[str, str]:
        """List and subscriber, for failures."""
        return {"object": self.maillist, "subscriber": self.subscriber}


def wanted_subscribers(params: Mapping[str, Any], domain: str) -> WantedSubscribers:
    """Check the options of pdd_maillist_subscriber; raises InvalidInputError with all problems."""
    many = params["maillists"] is not None
    problems = _many_lists_problems(params, domain) if many else _one_list_problems(params, domain)
    raise_problems([percent_problem(params["max_removals_percent"]), *problems])
    return WantedSubscribers(
        lists=_many_lists(params, domain) if many else (_one_list(params, domain),),
        max_removals_percent=params["max_removals_percent"],
        verify_count=params["verify_count"],
    )


def resolve(wanted: WantedList, maillists: Mapping[int, str], logins: Mapping[int, str]) -> WantedList:
    """Put addresses in the place of uids; raises PddError if one is unknown or a sender is no subscriber."""
    maillist, subscribers = wanted.maillist, wanted.subscribers
    if wanted.uid is not None:
        if wanted.uid not in maillists:
            raise PddError("not_found", f"no mailing list has the uid {wanted.uid}", advice="Check maillist_uid.")
        maillist = maillists[wanted.uid]
    if wanted.subscriber_uids is not None:
        unknown = [str(uid) for uid in wanted.subscriber_uids if uid not in logins]
        if unknown:
            raise PddError("not_found", f"no mailbox has the uid {', '.join(unknown)}", advice="Check subscriber_uid.")
        subscribers = tuple(logins[uid] for uid in wanted.subscriber_uids)
        raise_problems(_stranger_problems("senders_on_behalf", wanted.senders or (), set(subscribers)))
    return replace(wanted, maillist=maillist, subscribers=subscribers)


def plan_list(address: str, state: ListState, wanted: WantedList) -> list[SubscriberStep]:
    """Return the steps from the state of one list to the wanted one."""
    if wanted.subscribers is None:
        return []
    subscribed = set(state.subscribers)
    if not wanted.present:
        return [SubscriberStep("unsubscribe", address, each) for each in wanted.subscribers if each in subscribed]
    steps = []
    for each in wanted.subscribers:
        may_send = wanted.may_send(each)
        if each not in subscribed:
            steps.append(SubscriberStep("subscribe", address, each, may_send))
        elif may_send is not None and state.rights.get(each) != may_send:
            steps.append(SubscriberStep("set_can_send_on_behalf", address, each, may_send))
    if wanted.exclusive:
        unwanted = subscribed - set(wanted.subscribers)
        steps += [SubscriberStep("unsubscribe", address, each) for each in state.subscribers if each in unwanted]
    return steps


def trusts_listing(state: ListState, wanted: WantedList) -> bool:
    """Return whether the plan of one list relies on the listing for subscribers who are missing."""
    if wanted.subscribers is None:
        return False
    return wanted.exclusive or (not wanted.present and not set(wanted.subscribers) <= set(state.subscribers))


def apply_subscriber_steps(state: ListState, steps: Iterable[SubscriberStep]) -> ListState:
    """Return the state of one list as it is after its steps."""
    subscribers = dict.fromkeys(state.subscribers)
    rights = dict(state.rights)
    for step in steps:
        if step.action == "unsubscribe":
            subscribers.pop(step.subscriber, None)
            rights.pop(step.subscriber, None)
            continue
        subscribers.setdefault(step.subscriber)
        if step.can_send_on_behalf is not None:
            rights[step.subscriber] = step.can_send_on_behalf
    return ListState(tuple(subscribers), rights)


def guard_problems(
    address: str, state: ListState, wanted: WantedList, steps: Iterable[SubscriberStep], percent: int
) -> list[str | None]:
    """Say why the plan of one list must not be carried out, if so."""
    steps = list(steps)
    added = {local_part(step.subscriber): step.subscriber for step in steps if step.action == "subscribe"}
    removed = [step.subscriber for step in steps if step.action == "unsubscribe"]
    problems: list[str | None] = [
        f"{address}: exclusive would remove {each} and add {added[local_part(each)]}, which may be the same mailbox "
        "under an alias domain and would then change in every run; write the address as the service has it, "
        "or remove the old one first with state: absent"
        for each in removed
        if local_part(each) in added
    ]
    if wanted.exclusive:
        problems.append(
            removal_problem(
                "subscriber",
                address,
                existing=state.subscribers,
                removed=removed,
                wanted=wanted.subscribers or (),
                percent=percent,
            )
        )
    return problems


def describe(state: ListState, *, rights: bool) -> dict[str, list[str]]:
    """Return one list as a diff shows it: sorted, and with rights only where they are managed."""
    shown = {"subscribers": sorted(state.subscribers)}
    if rights:
        shown["senders_on_behalf"] = sorted(each for each, may_send in state.rights.items() if may_send)
    return shown


def changes(steps: Iterable[SubscriberStep]) -> dict[str, list[str]]:
    """Return what the steps of one list changed, as the module returns it."""
    found: dict[str, list[str]] = {"added": [], "removed": [], "senders_added": [], "senders_removed": []}
    for step in steps:
        if step.action == "subscribe":
            found["added"].append(step.subscriber)
        if step.action == "unsubscribe":
            found["removed"].append(step.subscriber)
        if step.can_send_on_behalf:
            found["senders_added"].append(step.subscriber)
        if step.action == "set_can_send_on_behalf" and not step.can_send_on_behalf:
            found["senders_removed"].append(step.subscriber)
    return {key: sorted(addresses) for key, addresses in found.items()}


def _many_lists(params: Mapping[str, Any], domain: str) -> tuple[WantedList, ...]:
    return tuple(
        WantedList(
            maillist=canonical_address(entry["maillist"], domain),
            subscribers=_canonical(entry["subscribers"], domain),
            senders=_senders(entry["senders_on_behalf"], domain),
            exclusive=entry["exclusive"],
        )
        for entry in params["maillists"]
    )


def _many_lists_problems(params: Mapping[str, Any], domain: str) -> list[str | None]:
    given = [option for option in _ONE_LIST_OPTIONS if params[option] is not None]
    given += ["exclusive"] * params["exclusive"]
    problems: list[str | None] = [f"{option} and maillists exclude each other" for option in given]
    if params["state"] != "present":
        problems.append("state: absent needs the options maillist and subscriber, not maillists")
    names = {f"maillists[{index}].maillist": entry["maillist"] for index, entry in enumerate(params["maillists"])}
    problems += [local_address_problem(place, name, domain) for place, name in names.items()]
    problems += duplicate_problems((place, name, canonical_address(name, domain)) for place, name in names.items())
    for index, entry in enumerate(params["maillists"]):
        problems += _people_problems(f"maillists[{index}].", "subscribers", entry, domain)
    return problems


def _one_list(params: Mapping[str, Any], domain: str) -> WantedList:
    maillist, uids = params["maillist"], params["subscriber_uid"]
    return WantedList(
        maillist=None if maillist is None else canonical_address(maillist, domain),
        uid=params["maillist_uid"],
        subscribers=_canonical(params["subscriber"], domain),
        subscriber_uids=None if uids is None else tuple(uids),
        can_send_on_behalf=params["can_send_on_behalf"],
        senders=_senders(params["senders_on_behalf"], domain),
        exclusive=params["exclusive"],
        present=params["state"] == "present",
    )


def _one_list_problems(params: Mapping[str, Any], domain: str) -> list[str | None]:
    problems: list[str | None] = []
    if params["maillist"] is not None:
        problems.append(local_address_problem("maillist", params["maillist"], domain))
    uids = numbered("subscriber_uid", params["subscriber_uid"] or [])
    problems += duplicate_problems((place, str(uid), str(uid)) for place, uid in uids.items())
    if params["state"] == "absent":
        useless = [option for option in ("can_send_on_behalf", "senders_on_behalf") if params[option] is not None]
        useless += ["exclusive"] * params["exclusive"]
        problems += [f"{option} has a meaning only with state: present" for option in useless]
    return problems + _people_problems("", "subscriber", params, domain)


def _people_problems(prefix: str, option: str, entry: Mapping[str, Any], domain: str) -> list[str | None]:
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
    known = set(_canonical(people.values(), domain) or ())
    for place, each in senders.items():
        problems += _stranger_problems(place, [canonical_address(each, domain)], known)
    return problems


def _stranger_problems(place: str, senders: Iterable[str], subscribers: Set[str]) -> list[str | None]:
    return [
        f"{place}: {each} is not among the subscribers, only a subscriber can send on behalf"
        for each in senders
        if each not in subscribers
    ]


def _canonical(addresses: Iterable[str] | None, domain: str) -> tuple[str, ...] | None:
    return None if addresses is None else tuple(canonical_address(each, domain) for each in addresses)


def _senders(addresses: Iterable[str] | None, domain: str) -> frozenset[str] | None:
    return None if addresses is None else frozenset(_canonical(addresses, domain) or ())
