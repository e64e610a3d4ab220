# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets are found in texts of others, however they are dressed (_core/secrets)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._core.secrets import Secrets

SECRET = 'Tr0ub4dor "Größe" Staple'
IN_CLOTHES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "reversed": lambda text: text[::-1],
    "spaced": " ".join,
    "URL": quote,
    "JSON": json.dumps,
    "Python": repr,
    "hex": lambda text: text.encode().hex(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 after a letter": lambda text: base64.b64encode(f":{text}".encode()).decode(),
    "base64 after two letters": lambda text: base64.b64encode(f"x:{text}".encode()).decode(),
    "letters of ASCII": lambda text: re.sub("[^a-z]", "", text.lower()),
    "letters of base64": lambda text: re.sub("[^a-z]", "", base64.b64encode(text.encode()).decode().lower()),
    "half": lambda text: text[len(text) // 2 :],
}


@pytest.mark.parametrize("clothes", IN_CLOTHES)
@pytest.mark.parametrize("frame", ["{}", "cannot read {}: no such thing"])
def test_secret_is_found(clothes: str, frame: str) -> None:
    """Alone and in a sentence."""
    text = frame.format(IN_CLOTHES[clothes](SECRET))
    secrets = Secrets(["another-1", SECRET])
    assert secrets.are_in(text)
    assert secrets.have(text)


@pytest.mark.parametrize("secret", [SECRET, "a1234567", "123456", "", "x" * 1000])
def test_innocent_text_has_none(secret: str) -> None:
    """A secret with few letters does not hide every text that has these."""
    secrets = Secrets([secret])
    for text in ("a filter failed", "unknown_thing", "", "?"):
        assert not secrets.are_in(text)
        assert not secrets.have(text)


def test_short_secret() -> None:
    """A text that quotes must not show it. A code is a word, in which it may stand by chance."""
    secrets = Secrets(["occ"])
    assert secrets.are_in("it was occ")
    assert not secrets.have("occupied_again")
    assert secrets.have("oc")
