# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of *_maillist_subscriber: subscribe, unsubscribe, and set who may send on behalf of a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from .._core.converge import Outcome, until_visible
from .._core.errors import Ambiguity, ServiceError
from .._core.show import show, show_names
from .._mail.address import Address, raise_problems
from .._mail.models import Maillist
from .._mail.service import BatchService
from .._plan import subscriber_options as options
from .._plan import subscribers as plans
from .._plan.maillists import explain_unlisted
from .._plan.removals import INCOMPLETE_ADVICE, UNWRITTEN_ADVICE, raise_guard
from .._plan.subscriber_options import DesiredList, DesiredSubscribers
from .._plan.subscribers import ListState, SubscriberState, SubscriberStep
from .body import Input, Run, WritingBody
from .memory import Memory, parse_path
from .subscribers import Permissions, read_accounts, read_lists, read_states, verify_counts

# The names of notes, and what is noted.
_READABLE, _GIVEN = "permissions are shown", "permissions"
_YES, _NO = "yes", "no"


class SubscriberBody(WritingBody[DesiredSubscribers, SubscriberState, SubscriberStep]):
    """Mailing lists have these subscribers, and these of them may send on behalf."""

    client: BatchService

    def __init__(self, run: Run, desired: DesiredSubscribers) -> None:
        super().__init__(run, desired)
        self._vanished: set[Address] = set()  # lists that did not exist any more when they were read again
        self._readable: bool | None = None  # whether the service shows permissions, as far as anybody knows

    @staticmethod
    def parse(given: Input) -> DesiredSubscribers:
        """Return what the options say of each list."""
        return options.parse(given.options, given.domain, resolves_aliases=given.capabilities.resolves_aliases)

    def read(self) -> SubscriberState:
        """Read all lists, and the subscribers of those whose subscribers are managed.

        A list that is named must exist, except in check mode: an earlier task may be about to create it.
        """
        lists = self._find_lists()
        desired = self._resolve(lists)
        managed = {address: each for address, each in desired.items() if each.subscribers is not None}
        states, doubts = self._read_states(lists, managed, self._ask_permissions(managed))
        assumed = [address for address in desired if address not in lists]
        if not doubts:
            self._require(states, managed)
        states.update({address: ListState() for address in assumed if address in managed})
        self._warn_of_unaddressed(managed)
        state = SubscriberState(
            lists,
            desired,
            states,
            tuple(assumed),
            tuple(doubts),
            grants_on_subscribe=self.client.capabilities.grants_on_subscribe,
        )
        return self._predict(state) if self.run.check_mode else state

    def plan(self, state: SubscriberState) -> list[SubscriberStep]:
        """Return the steps of all lists, without those that are known to fail."""
        return [step for step in state.plan() if not state.is_strange(step)]

    def guard(self, state: SubscriberState, steps: Sequence[SubscriberStep]) -> None:
        """Stop if listings are incomplete, or if one list would lose too many."""
        raise_guard(state.doubts, advice=UNWRITTEN_ADVICE)
        raise_problems(self._find_outsiders(steps))
        by_list = plans.group_by_list([*steps, *filter(state.is_strange, state.plan())])
        raise_guard(
            problem
            for address, each in state.states.items()
            for problem in plans.check_list(
                address,
                each,
                state.desired[address],
                by_list.get(address, ()),
                self.desired.max_removals_percent,
                resolves_aliases=self.client.capabilities.resolves_aliases,
            )
        )

    def batch(self, steps: Sequence[SubscriberStep]) -> Iterable[Sequence[SubscriberStep]]:
        """Return together what one request can do: subscriptions of one list, if the service takes many."""
        most = self.client.capabilities.subscribers_at_once
        groups: dict[tuple[object, ...], list[SubscriberStep]] = defaultdict(list)
        for step in steps:
            is_single = step.action == "set_can_send_on_behalf"
            groups[step.action, step.maillist, step.subscriber if is_single else None].append(step)
        return [group[start : start + most] for group in groups.values() for start in range(0, len(group), most)]

    def send_together(self, steps: Sequence[SubscriberStep]) -> None:
        """Subscribe or unsubscribe many at once."""
        write = self.client.subscribe_all if steps[0].action == "subscribe" else self.client.unsubscribe_all
        write(steps[0].maillist, [step.subscriber for step in steps])

    def send(self, step: SubscriberStep) -> None:
        """Subscribe or unsubscribe somebody, or set the permission."""
        if step.action == "subscribe":
            self.client.subscribe(step.maillist, step.subscriber, can_send_on_behalf=step.can_send_on_behalf)
        elif step.action == "unsubscribe":
            self.client.unsubscribe(step.maillist, step.subscriber)
        else:
            may_send = bool(step.can_send_on_behalf)
            self.client.set_can_send_on_behalf(step.maillist, step.subscriber, can_send_on_behalf=may_send)

    def find_left(self, state: SubscriberState, steps: Collection[SubscriberStep]) -> Iterable[SubscriberStep]:
        """Read the lists of these steps again, and the permissions of these subscribers."""
        people: dict[Address, set[Address]] = {step.maillist: set() for step in steps}
        for step in steps:
            people[step.maillist].add(step.subscriber)
        asked = self._ask_permissions(state.desired)
        states, doubts = self._read_states(
            read_lists(self.client),
            {address: state.desired[address] for address in people},
            lambda address, subscribers: people[address].intersection(asked(address, subscribers)),
        )
        raise_guard(doubts, advice=INCOMPLETE_ADVICE)
        self._vanished = people.keys() - states.keys()
        left = [step for step in steps if step.maillist in self._vanished]
        found = replace(state, states=states)
        for address in states:
            left += [step for step in found.plan_list(address) if step.subscriber in people[address]]
        return left

    def settle(self, state: SubscriberState, outcome: Outcome[SubscriberStep]) -> None:
        """Add whether the service did not find the list or the subscriber: its code does not say that.

        In check mode this is known before.
        """
        self._remember(outcome.done)
        outcome.failed.update(plans.find_strange(state, self.client.capabilities.missing_code))
        for step, error in outcome.failed.items():
            if error.ambiguity is Ambiguity.MISSING:
                gone = step.maillist if step.maillist in self._vanished else step.subscriber
                outcome.explain(step, f"{gone} does not exist")

    def result(self, state: SubscriberState, outcome: Outcome[SubscriberStep]) -> dict[str, Any]:
        """Return who was added to and removed from each list."""
        done = plans.group_by_list(outcome.done)

        def to_result(address: Address) -> dict[str, Any]:
            maillist = state.lists.get(address, Maillist(address, None, 0))
            is_read = address in state.states
            count = len(state.states[address].subscribers) if is_read else maillist.subscribers_count
            groups = plans.group_steps(done.get(address, ()))
            return {"maillist": address, "uid": maillist.uid, **groups, "subscribers_count": count}

        hidden = {"rights_readable": self._readable} if self.client.capabilities.hides_permissions else {}
        return {
            "maillists": [to_result(address) for address in state.desired],
            "assumed": list(state.assumed),
            **hidden,
        }

    def _find_lists(self) -> dict[Address, Maillist]:
        """Read all lists by address; those that are named are looked for a few times."""
        if self.run.check_mode:
            return self.run.predicted.without_absent(read_lists(self.client))
        named = [each.maillist for each in self.desired.lists if each.maillist is not None]
        lists = until_visible(
            self.client.transport, lambda: read_lists(self.client), lambda found: set(named) - found.keys()
        )
        self._require(lists, named)
        return lists

    def _require(self, lists: Collection[Address], named: Iterable[Address]) -> None:
        """Raise not_found if a list does not exist, except in check mode."""
        missing = [address for address in named if address not in lists]
        if missing and not self.run.check_mode:
            message = f"no such mailing list: {', '.join(missing)}"
            raise ServiceError("not_found", message, advice="Create it with pdd_maillist or y360_maillist first.")

    def _resolve(self, lists: Mapping[Address, Maillist]) -> dict[Address, DesiredList]:
        """Return what is desired by the addresses of lists, with addresses in the place of uids."""
        list_uids = {maillist.uid: maillist.address for maillist in lists.values() if maillist.uid is not None}
        people_uids = {uid for each in self.desired.lists for uid in each.subscriber_uids or ()}
        logins: dict[int, Address] = {}
        if people_uids:
            logins = until_visible(
                self.client.transport,
                lambda: {mailbox.uid: mailbox.login for mailbox in self.client.mailboxes() if mailbox.uid is not None},
                lambda found: people_uids - found.keys(),
            )
        resolved = [options.resolve(each, list_uids, logins, self.client.resolve) for each in self.desired.lists]
        return {each.maillist: each for each in resolved if each.maillist is not None}

    def _read_states(
        self, lists: dict[Address, Maillist], desired: Mapping[Address, DesiredList], permissions: Permissions
    ) -> tuple[dict[Address, ListState], list[str]]:
        """Read the lists that exist, and count their subscribers; returns also what must stop the task."""
        states = read_states(self.client, lists, desired, permissions)
        self._recall(states)

        def is_strict(address: Address) -> bool:
            return self.desired.verify_count and plans.trusts_listing(states[address], desired[address])

        doubts, warnings = verify_counts(self.client, lists, states, permissions, strict=is_strict)
        for warning in warnings if not doubts else ():
            self.run.warn(warning)
        return states, doubts

    def _ask_permissions(self, desired: Mapping[Address, DesiredList]) -> Permissions:
        """Return whose permissions the plan is about, where they are managed: of those who are named.

        If permissions are apart from subscriptions, also of all subscribers: who is removed must not keep one.
        """
        only_subscribers = self.client.capabilities.grants_on_subscribe

        def ask(address: Address, people: Iterable[Address]) -> Iterable[Address]:
            each = desired[address]
            named = set(each.subscribers or ()) if each.manages_permissions else set()
            if only_subscribers:
                return named.intersection(people)
            return named.union(people) if each.manages_permissions else ()

        return ask

    @cached_property
    def _memory(self) -> Memory:
        """What tasks remember of permissions, because the service may not show them."""
        return Memory(
            parse_path(self.desired.state_path),
            self.client.memory_key,
            timeout=self.client.transport.connection.timeout,
            warn=self.run.warn,
            sleep=self.client.transport.sleep,
        )

    def _recall(self, states: Mapping[Address, ListState]) -> None:
        """Add, in place, the permissions that were given, unless the service is known to show them all."""
        permissions = [(address, each) for address, state in states.items() for each in state.permissions]
        if not (permissions and self.client.capabilities.hides_permissions):
            return
        if any(states[address].permissions[each] for address, each in permissions):
            self._readable = True
        else:
            noted = self._memory.recall(_READABLE)
            self._readable = None if not noted else _YES in noted
        given = frozenset() if self._readable else self._memory.recall(_GIVEN)
        for address, each in permissions if given else ():
            if self.client.permission_key(address, each) in given:
                states[address].permissions[each] = True

    def _remember(self, done: Iterable[SubscriberStep]) -> None:
        """Remember which permissions were given and taken, and, after the first one, whether the service shows it."""
        steps = [step for step in done if step.action == "set_can_send_on_behalf"]
        if self.run.check_mode or not (steps and self.client.capabilities.hides_permissions):
            return
        keys = {step: self.client.permission_key(step.maillist, step.subscriber) for step in steps}
        given = {key for step, key in keys.items() if step.can_send_on_behalf}
        self._memory.note(_GIVEN, add=given, remove={*keys.values()} - given)
        first = next((step for step in steps if step.can_send_on_behalf), None)
        if first is None or self._readable is not None:
            return
        try:
            self._readable = self.client.shows_permission(first.maillist, first.subscriber)
        except ServiceError:
            return  # the next task finds out
        self._memory.note(_READABLE, add=[_YES if self._readable else _NO])

    def _find_outsiders(self, steps: Iterable[SubscriberStep]) -> list[str]:
        """Return who must not be subscribed, because the task does not admit those who are outside."""
        if self.desired.admits_outsiders:
            return []
        outsiders = {
            step.subscriber for step in steps if step.action == "subscribe" and self.client.is_outside(step.subscriber)
        }
        reason = "is in no domain of the organization, which outside_subscribers: refuse does not allow"
        return [f"{each} {reason}; 'contacts' makes an external contact" for each in sorted(outsiders)]

    def _warn_of_unaddressed(self, desired: Mapping[Address, DesiredList]) -> None:
        for address, each in desired.items():
            kept = self.client.unaddressed(address) if each.exclusive else ()
            if kept:
                names = show_names(f"{member.kind} {member.name} ({member.id})" for member in kept)
                self.run.warn(f"{show(address)}: members without an address are kept: {names}.")

    def _predict(self, state: SubscriberState) -> SubscriberState:
        """Return the state that a real run would find, with those whom it could not subscribe."""
        expected = self.run.expected
        state = state.without(expected.absent)
        newcomers = state.newcomers(self.run.domain) - (expected.present or frozenset())
        if not (newcomers or state.assumed):
            return state
        lists = dict(state.lists)
        accounts = read_accounts(self.client, lists)
        for maillist in accounts.unlisted:
            if maillist.address in state.assumed and maillist.address not in expected.absent:
                self.run.warn(f"{explain_unlisted(maillist.address)}; it is planned as empty.")
        known = {*accounts.mailboxes, *lists, *(each.address for each in accounts.unlisted)} - expected.absent
        unknown = newcomers.difference(known, accounts.aliases, state.assumed)
        strangers = sorted(unknown - self.client.known_others(unknown))
        if strangers and accounts.shortage:
            self.run.warn(
                f"{accounts.shortage.capitalize()}, so it is unknown whether these exist: {show_names(strangers)}."
            )
        elif strangers and expected.is_known:
            return replace(state, strangers=frozenset(strangers))
        elif strangers:
            self.run.warn(plans.explain_strangers(strangers))
        return state
