# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which signatures of mailboxes to change, where each mailbox has its own: pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .._mail.address import Address
from .._mail.models import SenderSettings, Signature
from .changes import Change
from .diff import property_line

Matches = Callable[[str], bool]


@dataclass(frozen=True)
class DesiredSignature:
    """What the task says. text: None to remove what was set last. logins: None for all mailboxes that are enabled."""

    text: str | None
    present: bool
    keep_own: bool
    logins: tuple[Address, ...] | None
    state_path: str | None


@dataclass(frozen=True)
class SignatureStep:
    """Change the signatures of one mailbox, to these."""

    login: Address
    settings: SenderSettings = field(compare=False)
    before: str | None = field(default=None, compare=False)
    action: str = "update"
    phase: int = 0

    @property
    def names(self) -> dict[str, str]:
        """The mailbox, for failures."""
        return {"object": self.login}

    @property
    def changes(self) -> list[Change]:
        """The default signature."""
        after = self.settings.default
        return [Change("signature", self.login, self.action, property="signature", before=self.before, after=after)]


@dataclass(frozen=True)
class SignatureState:
    """The signatures of each mailbox that the task is about."""

    mailboxes: Mapping[Address, SenderSettings]

    def after(self, steps: Iterable[SignatureStep]) -> SignatureState:
        """Return the state after steps."""
        return replace(self, mailboxes={**self.mailboxes, **{step.login: step.settings for step in steps}})

    def lines(self) -> Iterator[str]:
        """Yield the lines of the diff: all signatures of each mailbox."""
        for login, settings in self.mailboxes.items():
            for each in settings.signatures:
                yield property_line(login, "signature" if each.is_default else "further signature", each.text)


def plan(
    mailboxes: Mapping[Address, SenderSettings], desired: DesiredSignature, *, is_desired: Matches, is_own: Matches
) -> list[SignatureStep]:
    """Return which mailboxes to change.

    is_desired: whether a text is the desired one, as the service may have stored it. is_own: whether a text is one that
    this module has set.
    """
    steps = []
    for login, settings in mailboxes.items():
        make = _with_desired if desired.present else _without
        signatures = make(settings.signatures, desired, is_desired, is_own)
        if signatures != settings.signatures:
            steps.append(SignatureStep(login, replace(settings, signatures=signatures), settings.default))
    return steps


def _with_desired(
    signatures: tuple[Signature, ...], desired: DesiredSignature, is_desired: Matches, is_own: Matches
) -> tuple[Signature, ...]:
    """Return the signatures with the desired one as the only default one."""
    defaults = [each for each in signatures if each.is_default]
    if len(defaults) == 1 and is_desired(defaults[0].text):
        return signatures
    found = next((each for each in signatures if is_desired(each.text)), None)
    first = replace(found, is_default=True) if found else Signature(desired.text or "", is_default=True)
    others = [each for each in signatures if not (is_desired(each.text) or is_own(each.text))]
    if not desired.keep_own:
        others = [each for each in others if not each.is_default]
    return (first, *(replace(each, is_default=False) for each in others))


def _without(
    signatures: tuple[Signature, ...], desired: DesiredSignature, is_desired: Matches, is_own: Matches
) -> tuple[Signature, ...]:
    """Return the signatures without the given one, else without those that this module has set."""
    goes = is_own if desired.text is None else is_desired
    return tuple(each for each in signatures if not goes(each.text))
