# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of y360_signature: the signature of each mailbox, where each has its own."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from typing import Any

from .._core.converge import Outcome
from .._core.errors import ServiceError
from .._core.paging import read_whole
from .._mail.address import Address, parse_local_list, raise_problems
from .._mail.models import SenderSettings
from .._mail.service import MailboxSignatureService
from .._plan import mailbox_signatures as plans
from .._plan.mailbox_signatures import DesiredSignature, SignatureState, SignatureStep
from .body import Input, Run, WritingBody
from .memory import Memory, digest, parse_path

# The name of the notes about all texts that were set, and the beginning of that about one text as it is stored.
_SET, _STORED = "signatures", "stored "


class MailboxSignatureBody(WritingBody[DesiredSignature, SignatureState, SignatureStep]):
    """Mailboxes have this signature as their default one, or do not have it.

    The service may store another text than it is sent. So what it stored is remembered, as a digest.
    """

    client: MailboxSignatureService

    def __init__(self, run: Run, desired: DesiredSignature) -> None:
        super().__init__(run, desired)
        self._memory = Memory(
            parse_path(desired.state_path),
            self.client.memory_key,
            timeout=self.client.transport.connection.timeout,
            warn=run.warn,
            sleep=self.client.transport.sleep,
        )
        self._text = None if desired.text is None else digest(desired.text)
        self._own = self._memory.recall(_SET)
        self._stored = self._memory.recall(f"{_STORED}{self._text}") | {self._text}
        self._lock = threading.Lock()

    @staticmethod
    def parse(given: Input) -> DesiredSignature:
        """Return the desired signature, and whose it is."""
        options = given.options
        parse_path(options["state_path"])
        logins, problems = parse_local_list("login", options["login"] or [], given.domain)
        raise_problems(problems)
        return DesiredSignature(
            text=options["signature"],
            present=options["state"] == "present",
            keep_own=options["keep_own"],
            logins=None if options["login"] is None else logins,
            state_path=options["state_path"],
        )

    def read(self) -> SignatureState:
        """Read the signatures of all mailboxes that the task is about. New ones have none."""
        listing = read_whole(self.client.mailboxes)
        if listing.shortage:
            self.run.warn(f"Mailboxes may be missing: {listing.shortage}.")
        expected = self.run.predicted
        there = expected.without_absent({each.login: each for each in listing})
        new = set(expected.present or ()) - there.keys()
        if self.desired.logins is None:
            named = [login for login, each in there.items() if each.enabled] + sorted(new)
        else:
            named = list(dict.fromkeys(map(self.client.resolve, self.desired.logins)))
            self._require(login for login in named if login not in there and login not in new)
        settings = self._read([login for login in named if login in there])
        return SignatureState({login: settings.get(login, SenderSettings()) for login in named})

    def plan(self, state: SignatureState) -> list[SignatureStep]:
        """Return which mailboxes to change."""
        return plans.plan(state.mailboxes, self.desired, is_desired=self._is_desired, is_own=self._is_own)

    def send(self, step: SignatureStep) -> None:
        """Set the signatures of one mailbox, and remember the text as it was stored."""
        stored = self.client.set_sender_settings(step.login, step.settings)
        if self.desired.present and stored.default is not None:
            self._note(stored.default)

    def find_left(self, state: SignatureState, steps: Collection[SignatureStep]) -> Iterable[SignatureStep]:
        """Read the signatures of these mailboxes again. A new default one is the desired one, as it was stored."""
        found = self._read([step.login for step in steps])
        for login, settings in found.items() if self.desired.present else ():
            if settings.default is not None and settings.default != state.mailboxes[login].default:
                self._note(settings.default)
        return self.plan(SignatureState(found))

    def result(self, state: SignatureState, outcome: Outcome[SignatureStep]) -> dict[str, Any]:
        """Return the text, and whose signature was changed."""
        return {"signature": self.desired.text, "changed_mailboxes": sorted(step.login for step in outcome.done)}

    def _read(self, logins: Collection[Address]) -> dict[Address, SenderSettings]:
        return dict(zip(logins, self.client.transport.read_all(self.client.sender_settings, logins)))

    def _require(self, missing: Iterable[Address]) -> None:
        logins = ", ".join(missing)
        if logins and (self.run.expected.is_known or not self.run.check_mode):
            raise ServiceError("not_found", f"no such mailbox: {logins}", advice="Check login.")

    def _is_desired(self, text: str) -> bool:
        return text == self.desired.text or digest(text) in self._stored

    def _is_own(self, text: str) -> bool:
        return digest(text) in self._own

    def _note(self, text: str) -> None:
        """Remember the desired text as the service stored it, once."""
        stored = digest(text)
        with self._lock:
            if stored in self._stored and stored in self._own:
                return
            self._own |= {stored}
            self._stored |= {stored}
            self._memory.note(_SET, add=[stored])
            if stored != self._text:
                self._memory.note(f"{_STORED}{self._text}", add=[stored])
