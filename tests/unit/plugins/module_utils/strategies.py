# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of a service that may say anything."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def damaged(draw: st.DrawFn, answer: Any) -> Any:
    """Draw an answer in which some values are replaced and some keys are missing."""
    if draw(st.integers(0, 5)) == 0:
        return draw(JSON)
    if isinstance(answer, dict):
        return {key: draw(damaged(value)) for key, value in answer.items() if draw(st.integers(0, 9))}
    if isinstance(answer, list):
        return [draw(damaged(value)) for value in answer]
    return answer
