# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who to subscribe, to unsubscribe, and to let send on behalf: pure functions from the current to the desired state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .._core.errors import ServiceError
from .._core.show import show_names
from .._mail.address import Address
from .._mail.models import Maillist
from .changes import Change
from .diff import line
from .removals import check_removals
from .subscriber_options import DesiredList


@dataclass(frozen=True)
class ListState:
    """The subscribers of a list, and their permissions to send on behalf as far as they were read."""

    subscribers: tuple[Address, ...] = ()
    permissions: dict[Address, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class SubscriberStep:
    """Subscribe, unsubscribe, or set the permission to send on behalf."""

    action: str
    maillist: Address
    subscriber: Address
    can_send_on_behalf: bool | None = None

    @property
    def phase(self) -> int:
        """Removals come last, so that a list that changes its people is never empty."""
        return 1 if self.action == "unsubscribe" else 0

    @property
    def names(self) -> dict[str, str]:
        """List and subscriber, for failures."""
        return {"object": self.maillist, "subscriber": self.subscriber}

    @property
    def changes(self) -> list[Change]:
        """The subscription, and the permission as far as it is more than a part of it."""
        changes = []
        if self.action != "set_can_send_on_behalf":
            action = "remove" if self.action == "unsubscribe" else "add"
            changes.append(Change("subscriber", self.maillist, action, self.subscriber))
        if self.can_send_on_behalf or self.action == "set_can_send_on_behalf":
            action = "add" if self.can_send_on_behalf else "remove"
            changes.append(Change("sender", self.maillist, action, self.subscriber))
        return changes


@dataclass(frozen=True)
class SubscriberState:
    """What was read, by the addresses of lists.

    lists: all that exist. desired: what the task says, with addresses in the place of uids. states: the subscribers of
    the lists whose subscribers are managed. assumed: lists that do not exist yet, and count as empty. doubts: why
    somebody who is missing may be subscribed, if that must stop the task. strangers: addresses that cannot be
    subscribed, as far as that is known. grants_on_subscribe: as Capabilities says; otherwise a permission that was not
    read is one that is not there.
    """

    lists: Mapping[Address, Maillist]
    desired: Mapping[Address, DesiredList]
    states: Mapping[Address, ListState]
    assumed: tuple[Address, ...] = ()
    doubts: tuple[str, ...] = ()
    strangers: frozenset[Address] = frozenset()
    grants_on_subscribe: bool = True

    def plan(self) -> list[SubscriberStep]:
        """Return the steps to the desired state, also those that are known to fail."""
        return [step for address in self.states for step in self.plan_list(address)]

    def plan_list(self, address: Address) -> list[SubscriberStep]:
        """Return the steps of one list."""
        return plan(address, self.states[address], self.desired[address], grants_on_subscribe=self.grants_on_subscribe)

    def is_strange(self, step: SubscriberStep) -> bool:
        """Return whether a step is known to fail."""
        return step.action == "subscribe" and step.subscriber in self.strangers

    def newcomers(self, domain: str) -> set[Address]:
        """Return who in a domain is to be subscribed."""
        return {step.subscriber for step in self.plan() if step.action == "subscribe" and step.subscriber.is_in(domain)}

    def without(self, addresses: Collection[Address]) -> SubscriberState:
        """Return the state when these mailboxes and lists are gone, and their subscriptions with them."""
        if not addresses:
            return self
        return replace(self, states={address: _without(each, addresses) for address, each in self.states.items()})

    def after(self, steps: Iterable[SubscriberStep]) -> SubscriberState:
        """Return the state after steps."""
        by_list = group_by_list(steps)
        states = {address: apply_steps(state, by_list.get(address, ())) for address, state in self.states.items()}
        return replace(self, states=states)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the diff: who is on the lists, with permissions as far as they are known."""
        words = {True: ", may send", False: ", may not send", None: ""}
        for address, state in self.states.items():
            for each in state.subscribers:
                yield line(address, each + words[state.permissions.get(each)])


def find_strange(state: SubscriberState, code: str) -> dict[SubscriberStep, ServiceError]:
    """Return the failures of those who are known not to exist; code: of these."""
    return {
        step: ServiceError(
            code,
            f"{step.subscriber} does not exist",
            advice="Check the address, and create it first.",
            attempt=f"subscribe {step.subscriber} to {step.maillist}",
        )
        for step in state.plan()
        if state.is_strange(step)
    }


def explain_strangers(addresses: Iterable[str]) -> str:
    """Return the warning that a real run may fail."""
    return (
        f"No mailbox, mailing list or alias has the address {show_names(addresses)}. The run will fail, unless an "
        "earlier task of the play creates it. If expected_present says what these create, a check run fails as well."
    )


def plan(
    address: Address, state: ListState, desired: DesiredList, *, grants_on_subscribe: bool = True
) -> list[SubscriberStep]:
    """Return the steps from the state of one list to the desired one.

    If permissions are granted afterwards, that of a new subscriber is planned when he is subscribed.
    """
    if desired.subscribers is None:
        return []
    subscribed = set(state.subscribers)
    if not desired.present:
        return [SubscriberStep("unsubscribe", address, each) for each in desired.subscribers if each in subscribed]
    steps = []
    unread = None if grants_on_subscribe else False
    for each in desired.subscribers:
        may_send = desired.may_send(each)
        if each not in subscribed:
            steps.append(SubscriberStep("subscribe", address, each, may_send if grants_on_subscribe else None))
        elif may_send is not None and state.permissions.get(each, unread) != may_send:
            steps.append(SubscriberStep("set_can_send_on_behalf", address, each, may_send))
    if desired.exclusive:
        unwanted = subscribed - set(desired.subscribers)
        if not grants_on_subscribe and desired.manages_permissions:  # they would stay
            senders = [each for each in state.subscribers if each in unwanted and state.permissions.get(each)]
            steps += [
                SubscriberStep("set_can_send_on_behalf", address, each, can_send_on_behalf=False) for each in senders
            ]
        steps += [SubscriberStep("unsubscribe", address, each) for each in state.subscribers if each in unwanted]
    return steps


def _without(state: ListState, addresses: Collection[Address]) -> ListState:
    return ListState(
        tuple(each for each in state.subscribers if each not in addresses),
        {each: may_send for each, may_send in state.permissions.items() if each not in addresses},
    )


def trusts_listing(state: ListState, desired: DesiredList) -> bool:
    """Return whether the plan of one list relies on the listing for subscribers who are missing."""
    if desired.subscribers is None:
        return False
    return desired.exclusive or (not desired.present and not set(desired.subscribers) <= set(state.subscribers))


def apply_steps(state: ListState, steps: Iterable[SubscriberStep]) -> ListState:
    """Return the state of one list as it is after its steps."""
    subscribers = dict.fromkeys(state.subscribers)
    permissions = dict(state.permissions)
    for step in steps:
        if step.action == "unsubscribe":
            subscribers.pop(step.subscriber, None)
            permissions.pop(step.subscriber, None)
            continue
        subscribers.setdefault(step.subscriber)
        if step.can_send_on_behalf is not None:
            permissions[step.subscriber] = step.can_send_on_behalf
    return ListState(tuple(subscribers), permissions)


def check_list(
    address: Address,
    state: ListState,
    desired: DesiredList,
    steps: Sequence[SubscriberStep],
    percent: int,
    *,
    resolves_aliases: bool = False,
) -> list[str | None]:
    """Return why the plan of one list must not be carried out, if so. resolves_aliases: no address is an alias."""
    added = (
        {}
        if resolves_aliases
        else {step.subscriber.local: step.subscriber for step in steps if step.action == "subscribe"}
    )
    removed = [step.subscriber for step in steps if step.action == "unsubscribe"]
    problems: list[str | None] = [
        f"{address}: exclusive would remove {each} and add {added[each.local]}, which may be the same mailbox "
        "under an alias domain and would then change in every run; write the address as the service has it, "
        "or remove the old one first with state: absent"
        for each in removed
        if each.local in added
    ]
    if desired.exclusive:
        problems.append(
            check_removals(
                "subscriber",
                address,
                existing=state.subscribers,
                removed=removed,
                kept=desired.subscribers or (),
                percent=percent,
            )
        )
    return problems


def to_result(state: ListState, *, permissions: bool) -> dict[str, list[Address]]:
    """Return one list as pdd_maillist_info returns it: sorted, and with permissions only if they were asked for."""
    shown = {"subscribers": sorted(state.subscribers)}
    if permissions:
        shown["senders_on_behalf"] = sorted(each for each, may_send in state.permissions.items() if may_send)
    return shown


def group_by_list(steps: Iterable[SubscriberStep]) -> Mapping[Address, list[SubscriberStep]]:
    """Return steps by the addresses of their lists."""
    by_list = defaultdict(list)
    for step in steps:
        by_list[step.maillist].append(step)
    return by_list


def group_steps(steps: Iterable[SubscriberStep]) -> dict[str, list[Address]]:
    """Return who is added and removed by the steps of one list, as the module returns it."""
    found: dict[str, list[Address]] = {"added": [], "removed": [], "senders_added": [], "senders_removed": []}
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
