# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an answer belongs to the request (echo; docs/api/pdd.md, 1.4 and 2)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._pdd.echo import foreign_echo
from ansible_collections.mailops.pdd.tests.unit.plugins.module_utils.strategies import JSON
from hypothesis import given
from hypothesis import strategies as st

IDN = "xn--bcher-kva.test"
ASKED = {"domain": "example.test", "maillist": "team@example.test", "subscriber": "boris@partner.test"}
OK = {"success": "ok"}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"domain": None, "maillist": 5, "subscriber": []},
        {"domain": "", "maillist": " "},
        {"domain": "EXAMPLE.test", "maillist": "TEAM", "subscriber": "Boris@Partner.TEST"},
        {"domain": "example.test", "maillist": "team@main.test"},
        {"login": "somebody@else.test", "uid": 5},
    ],
)
def test_answers_to_this_request(answer: dict[str, Any]) -> None:
    """In any spelling; an alias domain counts if the answer names the domain."""
    assert foreign_echo(ASKED, {**OK, **answer}) is None


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"domain": "other.test"}, "another domain than example.test"),
        ({"domain": "sub.example.test"}, "another domain"),
        ({"domain": "not valid"}, "another domain"),
        ({"maillist": "news@example.test"}, "another maillist than team@example.test"),
        ({"maillist": "team@main.test"}, "another maillist"),
        ({"domain": "example.test", "maillist": "\u212aeam"}, "another maillist"),
        ({"domain": "example.test", "subscriber": "doris@partner.test"}, "another subscriber than boris@partner.test"),
    ],
)
def test_answers_to_another_request(answer: dict[str, Any], name: str) -> None:
    """Nothing of the answer is quoted."""
    complaint = foreign_echo(ASKED, {**OK, **answer})
    assert complaint
    assert name in complaint
    assert "news" not in complaint


@pytest.mark.parametrize("echo", [IDN, IDN.upper(), "b\u00fccher.test", "B\u00dcCHER.test", "bu\u0308cher.test"])
def test_idn(echo: str) -> None:
    """Sent as A-label, echoed in any form."""
    assert foreign_echo({"domain": IDN, "login": f"anna@{IDN}"}, {"domain": echo, "login": f"anna@{echo}"}) is None


@pytest.mark.parametrize("code", ["not_allowed", "no_such_domain", "bad_domain"])
def test_refused_domain(code: str) -> None:
    """What is echoed of a domain that is not in the account does not matter, but only in a refusal."""
    answer = {"domain": "other.test", "error": code}
    assert foreign_echo(ASKED, {**answer, "success": "error"}) is None
    assert foreign_echo(ASKED, {**answer, "success": "ok"})
    assert foreign_echo(ASKED, {**answer, "success": "error", "error": "blocked"})


def test_request_without_a_domain() -> None:
    """As the signature's and that for all domains: there is nothing to compare."""
    assert foreign_echo({"page": "1"}, {"domain": "other.test", "login": "x"}) is None


@given(st.dictionaries(st.sampled_from([*ASKED, "login", "success", "error"]), JSON))
def test_any_answer(answer: dict[str, Any]) -> None:
    """Nothing makes it fail."""
    complaint = foreign_echo({**ASKED, "login": "anna"}, answer)
    assert complaint is None or complaint.isascii()
