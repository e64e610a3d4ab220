# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains to report on, and the report that was written on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from ansible_collections.mailops.pdd.plugins.plugin_utils._report_page import write_report

HTML = "{http://www.w3.org/1999/xhtml}"
NO_IMPORTS = {
    "state": "done",
    "progress_percent": 100,
    "total_boxes": 0,
    "done_boxes": 0,
    "complete_boxes": 0,
    "failed_boxes": 0,
    "total_messages": 0,
    "imported_messages": 0,
}


def mailbox(login: str, *, unread: int = 0, new: int = 0, **properties: Any) -> dict[str, Any]:
    """Return a mailbox as pdd_mailbox_info does."""
    return {
        "login": login,
        "uid": 1130000001234567,
        "enabled": True,
        "first_name": "",
        "last_name": "",
        "birth_date": None,
        "sex": "unset",
        "hint_question": "",
        "ready": True,
        "aliases": [],
        "counters": {"unread": unread, "new": new},
        **properties,
    }


def domain(name: str = "example.test", /, **parts: Any) -> dict[str, Any]:
    """Return a domain of which everything was read and in which nothing is; parts replace some of it."""
    details = {"domain": name, "status": "added", "stage": "added", "delegated": False, "language": "en", "aliases": []}
    details |= {"master_admin": True, "dkim_ready": None, "mailboxes_count": 0, "mailboxes_limit": 1000}
    empty: dict[str, Any] = {
        "maillists": [],
        "mailboxes": [],
        "import": NO_IMPORTS,
        "failed_boxes": [],
        "drift": None,
        "errors": [],
    }
    return {"host": name, "domain": name, "details": details, **empty, **parts}


def busy_domain(text: Callable[[], str] = lambda: "a text", name: str = "busy.test") -> dict[str, Any]:
    """Return a domain with something in every place; its texts come from a function."""
    sender, member, listed = text(), text(), text()
    return domain(
        name,
        host=text(),
        details={"status": text(), "delegated": True, "language": text(), "aliases": [text()], "dkim_ready": True},
        maillists=[{"maillist": listed, "subscribers": [sender, member], "senders_on_behalf": [sender]}],
        mailboxes=[mailbox(text(), unread=7, first_name=text(), last_name=text(), ready=False, enabled=False)],
        failed_boxes=[
            {
                "internal_login": text(),
                "external_login": text(),
                "last_error": text(),
                "last_error_count": 3,
                "imported_messages": None,
            }
        ],
        drift={
            "differences": [
                {"object": listed, "subscriber": member, "difference": text()},
                {"object": text(), "subscriber": None, "difference": text()},
            ],
            "unknown": [text()],
        },
        errors=[text()],
        **{"import": {**NO_IMPORTS, "state": text(), "progress_percent": 62, "total_boxes": 4, "failed_boxes": 1}},
    )


def parsed(page: str) -> Element:
    """Parse a page as browsers do; anything that they would have to repair is an error."""
    tree: Element = html5lib.HTMLParser(strict=True).parse(page)
    return tree


def report(*domains: dict[str, Any], **options: Any) -> Element:
    """Write a report and parse it."""
    return parsed(write_report(list(domains), **options))


def words(element: Element) -> str:
    """Return the text of an element as a reader sees it, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def all_words(tree: Element, tag: str) -> list[str]:
    """Return the texts of all elements of one kind."""
    return [words(element) for element in tree.iter(HTML + tag)]


def section(tree: Element, number: int = 1) -> Element:
    """Return the section of the n-th domain."""
    sections = [each for each in tree.iter(f"{HTML}section") if each.get("aria-labelledby") == f"domain-{number}"]
    assert len(sections) == 1
    return sections[0]


def cells(tree: Element, number: int = 1) -> dict[str, str]:
    """Return what the overview says of the n-th domain, by column."""
    row = next(tree.iter(f"{HTML}tbody"))[number - 1]
    labels: Sequence[str] = ["Domain", *(cell.get("data-label", "") for cell in row[1:])]
    return dict(zip(labels, map(words, row), strict=True))


def facts(element: Element) -> dict[str, str]:
    """Return the labelled values in an element."""
    return dict(zip(all_words(element, "dt"), all_words(element, "dd"), strict=True))
