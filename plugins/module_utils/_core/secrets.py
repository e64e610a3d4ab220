# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds secrets in texts of others, in any case, spacing and usual encoding."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

# A piece of a secret that is as long as this does not stand in a text by chance.
_PIECE = 5


class Secrets:
    """Secrets that must not be quoted, as somebody may send them back."""

    def __init__(self, secrets: Iterable[str]) -> None:
        bare = {_bare(text) for secret in secrets for text in _encoded(secret)} - {""}
        self._short = {form for form in bare if len(form) < _PIECE}
        self._forms = bare | {re.sub(others, "", form) for form in bare for others in ("[^a-z0-9]", "[^a-z]")}
        self._pieces = {piece for form in self._forms for piece in _pieces(form)}

    def are_in(self, text: str) -> bool:
        """Return whether a text has a piece of a secret in it, or a whole one that is shorter."""
        bare = _bare(text)
        return self._share_a_piece(bare) or any(form in bare for form in self._short)

    def have(self, text: str) -> bool:
        """Return whether a text has a piece of a secret in it, or is a shorter piece itself."""
        bare = _bare(text)
        return self._share_a_piece(bare) or (0 < len(bare) < _PIECE and any(bare in form for form in self._forms))

    def _share_a_piece(self, bare: str) -> bool:
        return not self._pieces.isdisjoint(_pieces(bare))


def _encoded(secret: str) -> Iterator[str]:
    content = secret.encode(errors="surrogatepass")
    yield from (secret, secret[::-1], quote(content, safe=""), json.dumps(secret), repr(secret), content.hex())
    yield base64.b64encode(content).decode()
    for before in (b"x", b"xx"):  # where it begins decides how it looks in base64
        yield base64.b64encode(before + content).decode()[4:-4]


def _bare(text: str) -> str:
    """Return the letters and digits of a text."""
    return "".join(filter(str.isalnum, text)).casefold()


def _pieces(bare: str) -> Iterator[str]:
    return (bare[start : start + _PIECE] for start in range(len(bare) - _PIECE + 1))
