# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which signatures of mailboxes to change (mailbox_signatures)."""

from __future__ import annotations

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._mail.address import Address
from ansible_collections.mailops.pdd.plugins.module_utils._mail.models import SenderSettings, Signature
from ansible_collections.mailops.pdd.plugins.module_utils._plan.mailbox_signatures import (
    DesiredSignature,
    SignatureState,
    plan,
)
from hypothesis import given
from hypothesis import strategies as st

ANNA = Address("anna@example.test")
TEXTS = ("new", "new, as it is stored", "old of this module", "mine", "mine too")
SIGNATURES = st.lists(
    st.builds(Signature, st.sampled_from(TEXTS), st.booleans(), st.sampled_from([(), ("anna@example.test",)])),
    max_size=4,
)


def desired(text: str | None = "new", *, present: bool = True, keep_own: bool = True) -> DesiredSignature:
    """Return what a task says."""
    return DesiredSignature(text, present=present, keep_own=keep_own, logins=None, state_path=None)


def after(signatures: list[Signature], wanted: DesiredSignature) -> tuple[Signature, ...]:
    """Return the signatures that the plan leads to; a second plan does nothing."""

    def is_desired(text: str) -> bool:
        return wanted.text is not None and text in (wanted.text, f"{wanted.text}, as it is stored")

    def is_own(text: str) -> bool:
        return text in TEXTS[1:3]

    state = SignatureState({ANNA: SenderSettings(tuple(signatures), {"fromName": "Anna"})})
    reached = state.after(plan(state.mailboxes, wanted, is_desired=is_desired, is_own=is_own))
    assert plan(reached.mailboxes, wanted, is_desired=is_desired, is_own=is_own) == []
    assert reached.mailboxes[ANNA].others == {"fromName": "Anna"}
    return reached.mailboxes[ANNA].signatures


@given(SIGNATURES, st.booleans())
def test_present(signatures: list[Signature], keep_own: bool) -> None:
    """It is the only default one, and no text of an owner is lost unless it may be."""
    found = after(signatures, desired(keep_own=keep_own))
    [default] = [each for each in found if each.is_default]
    assert default.text in TEXTS[:2]
    own = [each.text for each in signatures if each.text.startswith("mine") and (keep_own or not each.is_default)]
    assert sorted(own) == sorted(each.text for each in found if each.text.startswith("mine")) or found == tuple(
        signatures
    )


@given(SIGNATURES, st.sampled_from([None, "new"]))
def test_absent(signatures: list[Signature], text: str | None) -> None:
    """Nothing of an owner is touched."""
    found = after(signatures, desired(text, present=False))
    assert [each for each in found if each.text.startswith("mine")] == [
        each for each in signatures if each.text.startswith("mine")
    ]
    gone = TEXTS[:2] if text else TEXTS[1:3]
    assert not [each for each in found if each.text in gone]


@pytest.mark.parametrize("text", ["new", "new, as it is stored"])
def test_what_is_right_stays(text: str) -> None:
    signatures = [Signature("mine", is_default=False), Signature(text, is_default=True, emails=("anna@example.test",))]
    assert after(signatures, desired()) == tuple(signatures)


def test_lines_of_the_diff() -> None:
    state = SignatureState({ANNA: SenderSettings((Signature("a", is_default=True), Signature("b", is_default=False)))})
    assert list(state.lines()) == [f'{ANNA}: signature "a"', f'{ANNA}: further signature "b"']
