# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One warning for each kind of oddity (remarks)."""

from __future__ import annotations

from ansible_collections.mailops.pdd.plugins.module_utils._core.remarks import Remarks


def test_one_sentence_for_each_kind() -> None:
    """With each name once."""
    remarks = Remarks()
    assert remarks.sentences() == []
    for name in ("b", "a", "b"):
        remarks.note("Left out", name)
    remarks.note("Replaced", "c")
    assert remarks.sentences() == ["Left out: 'b', 'a'.", "Replaced: 'c'."]


def test_many_names_and_long_ones() -> None:
    """Five are shown, as far as that goes; what a terminal would obey is escaped."""
    remarks = Remarks()
    for number in range(1000):
        remarks.note("Left out", f"list{number}")
    assert remarks.sentences() == ["Left out: 'list0', 'list1', 'list2', 'list3', 'list4' and others."]
    other = Remarks()
    other.note("Left out", "x" * 100_000)
    other.note("Left out", "\x1b[2J\u202e")
    [sentence] = other.sentences()
    assert len(sentence) < 400
    assert sentence.isprintable()
