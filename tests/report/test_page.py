# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report says, read from the page that the filter returns."""

from __future__ import annotations

import re
import unicodedata
from itertools import count
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._report import visible
from ansible_collections.mailops.pdd.plugins.plugin_utils._report_input import ReportError
from ansible_collections.mailops.pdd.plugins.plugin_utils._report_page import write_report
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from .conftest import (
    HTML,
    NO_IMPORTS,
    all_words,
    busy_domain,
    cells,
    domain,
    facts,
    mailbox,
    report,
    section,
    words,
)

FRAGMENTS = (
    "<",
    ">",
    "&",
    "&lt;",
    '"',
    "'",
    "`",
    "=",
    "</style>",
    "<!--",
    "-->",
    "]]>",
    "<script>",
    "</bdi>",
    "{{",
    "{%",
)
HOSTILE = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=8).map("".join)


def people(*addresses: str, senders: tuple[str, ...] = (), name: str = "team@example.test") -> dict[str, Any]:
    return {"maillist": name, "subscribers": list(addresses), "senders_on_behalf": list(senders)}


def skeleton(element: Element) -> Any:
    """Return elements and attributes without the texts."""
    return element.tag, element.attrib, [skeleton(child) for child in element]


def folds(tree: Element) -> dict[str, bool]:
    """Return the summary of each part that can be folded up, and whether it is open."""
    return {words(part[0]): "open" in part.attrib for part in tree.iter(f"{HTML}details")}


@settings(max_examples=50, deadline=None)
@given(HOSTILE)
def test_any_text_stays_a_text(text: str) -> None:
    """In every place at once: it can be read there, and the page has the elements and attributes of any other."""
    written: list[str] = []
    numbers = count()

    def numbered() -> str:
        written.append(f"{text}-{next(numbers)}.")
        return written[-1]

    tree = report(busy_domain(numbered), title=numbered(), generated=numbered())
    plain = report(busy_domain((f"x-{number}." for number in count()).__next__), title="x", generated="x")
    assert skeleton(tree) == skeleton(plain)
    shown = "".join(tree.itertext())
    assert [each for each in written if visible(each) not in shown] == []


@given(st.text())
def test_nothing_hides_in_a_text(text: str) -> None:
    """What has no shape or turns the text round stands as its code, all else as it is."""
    shown = visible(text)
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cf", "Cs") and each not in "\n\t"]
    assert re.sub(r"\[U\+([0-9A-F]{4,6})]", lambda code: chr(int(code[1], 16)), shown) == text.replace("\r\n", "\n")


def test_turned_text_and_half_a_character_are_shown() -> None:
    shown = "".join(report(domain(maillists=[people(name="\u202egnp.exe"), people(name="\udcff")])).itertext())
    assert "[U+202E]gnp.exe" in shown
    assert "[U+DCFF]" in shown


def test_text_that_calls_itself_safe_is_not() -> None:
    tree = report(domain(maillists=[people(name=Markup("<i>team</i>"))]))
    assert not list(tree.iter(f"{HTML}i"))


def test_same_input_gives_the_same_page() -> None:
    assert write_report([busy_domain()], generated="now") == write_report([busy_domain()], generated="now")


def test_empty_strings_are_what_was_not_read() -> None:
    parts = ("details", "maillists", "mailboxes", "import", "failed_boxes", "drift")
    empty, null = (write_report([domain(**dict.fromkeys(parts, value))]) for value in ("", None))
    assert empty == null


def test_head() -> None:
    tree = report(domain(), title="Mail at Example", generated="2026-03-01 09:00 UTC")
    assert all_words(tree, "title") == all_words(tree, "h1") == ["Mail at Example"]
    assert "As of 2026-03-01 09:00 UTC" in all_words(tree, "p")
    assert tree.get("lang") == "en"
    assert all_words(report(domain()), "h1") == ["Mail domains"]
    assert not [text for text in all_words(report(domain()), "p") if "As of" in text]


def test_no_domains() -> None:
    assert "No domains." in all_words(report(), "p")


def test_overview() -> None:
    """One row for each domain, in the order given, and the sums above."""
    tree = report(
        busy_domain(),
        domain(maillists=[people("a@example.test")], mailboxes=[mailbox("a@example.test", unread=1200)]),
        domain("xn--e1afmkfd.test", drift={"differences": [], "unknown": ["The signature."]}),
    )
    assert cells(tree, 1) == {
        "Domain": "busy.test",
        "Status": "a text",
        "Problems": "3",
        "Drift": "2 differences",
        "Lists": "1",
        "Mailboxes": "1",
        "Unread": "7",
        "Imports": "62 % 1 failed",
    }
    assert cells(tree, 2) == {
        "Domain": "example.test",
        "Status": "works",
        "Problems": "none",
        "Drift": "not compared",
        "Lists": "1",
        "Mailboxes": "1",
        "Unread": "1,200",
        "Imports": "none",
    }
    assert cells(tree, 3)["Domain"] == "пример.test"
    assert cells(tree, 3)["Drift"] == "none"
    sums = facts(next(tree.iter(f"{HTML}dl")))
    assert sums == {
        "Domains": "3",
        "With problems": "1",
        "With drift": "1",
        "Mailing lists": "2",
        "Mailboxes": "2",
        "Unread messages": "1,207",
    }


def test_what_was_not_read_is_not_nothing() -> None:
    """Neither in the overview nor in the section, nor does it count as 0 in the sums."""
    tree = report({"host": "silent.test", "errors": ["Cannot read silent.test: no answer."]})
    row = cells(tree)
    assert row.pop("Domain") == "silent.test"
    assert row.pop("Problems") == "1"
    assert row.pop("Drift") == "not compared"
    assert set(row.values()) == {"not read"}
    assert all_words(section(tree), "p").count("not read") == 4
    assert facts(next(tree.iter(f"{HTML}dl")))["Mailboxes"] == "not read"
    more = report({"host": "silent.test"}, domain(mailboxes=[mailbox("a@example.test")]))
    assert facts(next(more.iter(f"{HTML}dl")))["Mailboxes"] == "at least 1"


def test_missing_and_null_are_the_same() -> None:
    keys = ("domain", "details", "maillists", "mailboxes", "import", "failed_boxes", "drift", "errors")
    assert write_report([{"host": "silent.test"}]) == write_report([{"host": "silent.test", **dict.fromkeys(keys)}])


def test_empty_domain_says_so_in_words() -> None:
    said = all_words(section(report(domain())), "p")
    assert {"No mailing lists.", "No mailboxes.", "No imports."} <= set(said)
    assert "Not compared: no desired state was given." in said
    assert "No drift." in all_words(section(report(domain(drift={"differences": []}))), "p")


def test_idn_and_inventory_name() -> None:
    """The Unicode form is the heading, with the form that computers use below it."""
    tree = section(report(domain("xn--e1afmkfd.test", host="shop")))
    assert all_words(tree, "h2") == ["пример.test"]
    assert {"Punycode xn--e1afmkfd.test", "Inventory host shop"} <= set(all_words(tree, "p"))
    plain = section(report(domain()))
    assert all_words(plain, "h2") == ["example.test"]
    assert not [text for text in all_words(plain, "p") if text.startswith(("Punycode", "Inventory"))]


@pytest.mark.parametrize("name", ["xn--", "xn--\u00e4.test", "xn--zz--99.test"])
def test_broken_a_label_is_shown_as_it_is(name: str) -> None:
    assert all_words(section(report(domain(name))), "h2") == [name]


def test_details() -> None:
    said = facts(section(report(domain())))
    assert said["Status"] == "works"
    assert said["Name servers"] == "not the service's"
    assert said["Alias domains"] == "none"
    assert said["DKIM"] == "not returned"
    assert said["Mailboxes"] == "0 of at most 1,000"
    assert facts(section(report(domain(details={}))))["Status"] == "not returned"


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"errors": ["Cannot read the lists."]}, "Cannot read the lists."),
        ({"details": {"status": "mx-activate"}}, "The domain is not ready for mail: MX record is missing."),
        ({"details": {"status": "brand-new"}}, "The domain is not ready for mail: brand-new."),
        ({"import": {"state": "pause_cause_of_error"}}, "The import is not going on: paused because of an error."),
        ({"import": {**NO_IMPORTS, "failed_boxes": 2}}, "2 mailboxes could not be imported."),
        ({"failed_boxes": [{"internal_login": "a@example.test"}]}, "1 mailbox could not be imported."),
    ],
)
def test_problems_come_first(parts: dict[str, Any], problem: str) -> None:
    tree = section(report(domain(**parts)))
    assert all_words(tree, "h3")[0] == "Problems"
    assert all_words(tree, "li")[0] == problem


def test_no_problems() -> None:
    assert "Problems" not in all_words(section(report(domain())), "h3")


def test_drift_is_grouped_by_object_and_person() -> None:
    differences = [
        ("team@example.test", "anna@example.test", "is not subscribed"),
        ("old@example.test", None, "is there, but not wanted"),
        ("team@example.test", "boris@example.test", "is not subscribed"),
        ("team@example.test", "anna@example.test", "may not send on behalf"),
    ]
    drift = {
        "differences": [dict(zip(("object", "subscriber", "difference"), each, strict=True)) for each in differences],
        "unknown": ["The signature cannot be read."],
    }
    tree = section(report(domain(drift=drift)))
    unknown = "Not comparable, and not counted as drift"
    assert all_words(tree, "h4") == ["team@example.test", "old@example.test", unknown]
    assert all_words(tree, "li") == [
        "anna@example.test: is not subscribed, may not send on behalf",
        "boris@example.test: is not subscribed",
        "is there, but not wanted",
        "The signature cannot be read.",
    ]
    assert "4 differences from the desired state" in folds(tree)


def test_mailing_lists() -> None:
    """Who may send on behalf is said by a word."""
    lists = [people("anna@example.test", "boris@example.test", senders=("anna@example.test",)), people(name="new")]
    lists.append({"maillist": "unasked", "subscribers": ["anna@example.test"]})
    tree = section(report(domain(maillists=lists)))
    assert all_words(tree, "summary") == [
        "team@example.test 2 members, 1 sender on its behalf",
        "new 0 members, 0 senders on its behalf",
        "unasked 1 member, senders not read",
    ]
    assert all_words(tree, "li") == ["anna@example.test sender", "boris@example.test", "anna@example.test"]
    assert "No members." in all_words(tree, "p")


def test_mailboxes() -> None:
    boxes = [
        mailbox("anna@example.test", unread=1200, new=3, first_name="Anna", last_name="Example"),
        mailbox("boris@example.test", unread=300, enabled=False, ready=False),
        {"login": "vera@example.test"},
    ]
    tree = section(report(domain(mailboxes=boxes)))
    rows = [[words(cell) for cell in row] for row in next(tree.iter(f"{HTML}tbody"))]
    assert rows == [
        ["anna@example.test Anna Example", "enabled", "1,200", "3"],
        ["boris@example.test", "blocked, not ready", "300", "0"],
        ["vera@example.test", "not read", "not read", "not read"],
    ]
    bars = [(each.get("value"), each.get("max")) for each in tree.iter(f"{HTML}meter")]
    assert bars == [("1200", "1200"), ("300", "1200")]
    assert "3 mailboxes not all counters read" in folds(tree)


def test_imports() -> None:
    imports = {**NO_IMPORTS, "state": "in_progress", "progress_percent": 62, "total_boxes": 8, "complete_boxes": 3}
    imports |= {"failed_boxes": 1, "total_messages": 12000, "imported_messages": 7440}
    box = {"internal_login": "anna@example.test", "external_login": "anna@old.test", "last_error": "no such user"}
    boxes = [{**box, "last_error_count": 4, "imported_messages": 2}, {"internal_login": "boris@example.test"}]
    tree = section(report(domain(failed_boxes=boxes, **{"import": imports})))
    assert [each.get("value") for each in tree.iter(f"{HTML}progress")] == ["62"]
    said = facts(tree)
    assert said["State"] == "in progress"
    assert said["Messages"] == "7,440 of 12,000 imported"
    assert said["Failed mailboxes"] == "1"
    rows = [[words(cell) for cell in row] for row in next(tree.iter(f"{HTML}tbody"))]
    assert rows == [
        ["anna@example.test anna@old.test", "no such user 4 times", "2"],
        ["boris@example.test", "not returned", "not read"],
    ]


def test_failed_boxes_that_were_not_read() -> None:
    tree = section(report(domain(failed_boxes=None, **{"import": {**NO_IMPORTS, "failed_boxes": 2}})))
    assert "Which mailboxes failed was not read." in all_words(tree, "p")


def test_what_is_long_is_folded_up() -> None:
    """A list of 10,000 and a domain of 1,000 mailboxes; what is short stays open."""
    crowd = [f"user{number}@example.test" for number in range(10000)]
    boxes = [mailbox(login) for login in crowd[:1000]]
    tree = section(report(domain(maillists=[people(*crowd), people(crowd[0], name="small")], mailboxes=boxes)))
    assert folds(tree) == {
        "team@example.test 10,000 members, 0 senders on its behalf": False,
        "small 1 member, 0 senders on its behalf": True,
        "1,000 mailboxes 0 unread messages": False,
    }
    assert len(all_words(tree, "li")) == 10001
    assert len(all_words(tree, "tr")) == 1001


def test_every_id_stands_once() -> None:
    """However many domains there are, and though two have one name."""
    tree = report(*(domain(f"place{number}.test") for number in range(199)), domain("place0.test"))
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 201
    links = {element.get("href", "") for element in tree.iter(f"{HTML}a")}
    assert links == {f"#{each}" for each in ids}


@pytest.mark.parametrize(
    ("domains", "message"),
    [
        (None, "domains: None is not a list"),
        ("example.test", "domains: 'example.test' is not a list"),
        (["example.test"], "domains[0]: 'example.test' is not a dictionary"),
        ([{}], "domains[0]: the key 'host' is missing"),
        ([{"host": "a.test"}, {"host": 5}], "domains[1].host: 5 is not a string"),
        ([{"host": "a.test", "lists": []}], "domains[0]: 'lists' is none of the keys host, domain, "),
        ([{"host": "a.test", "maillists": {}}], "domains[0].maillists: {} is not a list"),
        ([domain(maillists=[{"maillist": "team"}])], "domains[0].maillists[0]: the key 'subscribers' is missing"),
        ([domain(mailboxes=[{"login": "a", "enabled": "maybe"}])], "enabled: 'maybe' is not a boolean"),
        (
            [domain(mailboxes=[{"login": "a", "counters": {"new": -1}}])],
            "counters.new: -1 is not a number of 0 or more",
        ),
        ([domain(mailboxes=[{"login": "a", "counters": {"new": True}}])], "counters.new: True is not a number of 0"),
        ([domain(drift={"unknown": []})], "domains[0].drift: the key 'differences' is missing"),
        ([domain(errors="none")], "domains[0].errors: 'none' is not a list"),
    ],
)
def test_bad_input_gets_a_sentence(domains: Any, message: str) -> None:
    with pytest.raises(ReportError) as raised:
        write_report(domains)
    assert message in str(raised.value)
    assert len(str(raised.value)) < 250


@pytest.mark.parametrize("option", ["title", "generated"])
def test_options_are_texts(option: str) -> None:
    with pytest.raises(ReportError, match=f"{option}: 5 is not a string"):
        write_report([], **{option: 5})
