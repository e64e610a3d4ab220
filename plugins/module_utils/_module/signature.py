# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of pdd_signature: set the signature, and remember what was set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._core.converge import Outcome
from .._core.errors import InvalidInputError
from .._mail.service import SignatureService
from .._plan import signature as plans
from .._plan.signature import SIGNATURE, SignatureState, SignatureStep
from .body import Input, Run, WritingBody
from .signature_digests import default_state_path, owner_key, text_digest
from .signature_memory import SignatureMemory


@dataclass(frozen=True)
class DesiredSignature:
    """The text, the file that remembers digests (None if there is none), and whether the text is set in any case."""

    text: str
    state_path: Path | None
    force: bool


class SignatureBody(WritingBody[DesiredSignature, SignatureState, SignatureStep]):
    """The signature of the token's owner is this text."""

    client: SignatureService
    has_one_object = True

    def __init__(self, run: Run, desired: DesiredSignature) -> None:
        super().__init__(run, desired)
        connection = run.client.transport.connection
        self._memory = SignatureMemory(
            desired.state_path,
            owner=owner_key(connection),
            digest=text_digest(connection, desired.text),
            timeout=connection.timeout,
            check_mode=run.check_mode,
            warn=lambda reason: run.warn(_explain_unusable(desired.state_path, reason)),
            sleep=run.client.transport.sleep,
        )

    @staticmethod
    def parse(given: Input) -> DesiredSignature:
        """Return the desired signature."""
        options = given.options
        path = options["state_path"] or ""
        if "\0" in path:
            raise InvalidInputError([f"state_path: {path!r} is no path"])
        state_path = Path(path) if path else default_state_path(os.environ)
        return DesiredSignature(options["signature"], state_path, options["force"])

    def hold(self) -> AbstractContextManager[None]:
        """Keep other tasks from setting the signature meanwhile."""
        return self._memory.turn()

    def read(self) -> SignatureState:
        """Read the file: the service cannot be asked."""
        return SignatureState(self.desired.text, self._memory.recall())

    def plan(self, state: SignatureState) -> list[SignatureStep]:
        """Return whether to set the signature."""
        return plans.plan(state, force=self.desired.force)

    def write(self, state: SignatureState, steps: Sequence[SignatureStep]) -> Outcome[SignatureStep]:
        """Set the signature. The client has repeated what can be repeated."""
        return self.send_once(steps)

    def send(self, step: SignatureStep) -> None:
        """Set the signature, and remember it only if it is set for sure."""
        self._memory.forget()
        self.client.set_signature(self.desired.text)
        self._memory.remember()

    def summarize(self, outcome: Outcome[SignatureStep]) -> str:
        """Return nothing: there is one object."""
        return ""

    def result(self, state: SignatureState, outcome: Outcome[SignatureStep]) -> dict[str, Any]:
        """Return the text, and what was known."""
        return {"signature": self.desired.text, "previously": state.previously}

    def diff(self, before: SignatureState, after: SignatureState) -> dict[str, str]:
        """Return both texts: they belong to no domain, and their lines to one object, so they are not sorted."""
        texts = {"before": f"{before.lines()[0]}\n", "after": f"{after.lines()[0]}\n"}
        return {**texts, "before_header": SIGNATURE, "after_header": SIGNATURE}


def _explain_unusable(path: Path | None, reason: str) -> str:
    subject = f"state_path: {str(path)!r} cannot be used" if path else "state_path has no default"
    return (
        f"{subject}: {reason}. The task does not know which signature is set, and does not remember the one it sets."
        " Set state_path (pdd_domain_signature_state_path in the role pdd_domain) to a file that it can use."
    )
