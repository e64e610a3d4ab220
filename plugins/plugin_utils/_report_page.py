# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the report as one HTML page from the templates in the folder report_templates.

Jinja escapes everything here. Ansible's own templating does not: even `{% autoescape %}` does nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ._report import DomainSection, counted
from ._report_input import read_domains, read_string

TEMPLATES = Path(__file__).parent / "report_templates"
OPEN_ROWS = 20
"""The highest number of rows of a table or list that is shown open; longer ones are folded on the screen."""


def write_report(domains: Any, title: Any = "Mail domains", generated: Any = None) -> str:
    """Return the page about domains in the form that the filter takes; raise ReportError."""
    return _render(
        read_domains("domains", domains),
        title=read_string("title", title),
        generated=None if generated is None else read_string("generated", generated),
    )


def _render(domains: Sequence[DomainSection], *, title: str, generated: str | None) -> str:
    """Return the page; the same input gives the same page."""
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=title,
            generated=generated,
            domains=domains,
            maillists=[None if each.maillists is None else len(each.maillists) for each in domains],
            mailboxes=[None if each.mailboxes is None else len(each.mailboxes) for each in domains],
            unread=[each.unread for each in domains],
            drifting=sum(bool(each.drift and each.drift.count) for each in domains),
            troubled=sum(bool(each.problems) for each in domains),
            most_unread=max((each.unread or 0 for each in domains), default=0),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(counted=counted, OPEN_ROWS=OPEN_ROWS)
    return environment
