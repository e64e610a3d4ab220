# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of the report, as plays use it."""

from __future__ import annotations

from typing import Any

from ..report.conftest import all_words, domain, parsed, section
from .conftest import Ansible

HOSTILE = ("{{ 1 + 1 }}", "{% raw %}", "{# gone #}", "<script>alert(1)</script>", "\"quoted' & \\n", "!unsafe |")


def play(tasks: list[dict[str, Any]], **variables: Any) -> list[dict[str, Any]]:
    """Return a play on the machine itself."""
    where = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    return [{**where, "vars": variables, "tasks": tasks}]


def write(name: str, page: str) -> dict[str, Any]:
    """Return a task that writes a page into the directory of the test."""
    return {"ansible.builtin.copy": {"content": page, "dest": f"{{{{ playbook_dir }}}}/{name}", "mode": "0600"}}


def test_what_comes_from_outside_stays_text(ansible: Ansible) -> None:
    """Templates in it too, also where the page is kept in a variable or a fact before it is written."""
    lists = [{"maillist": name, "subscribers": [name], "senders_on_behalf": []} for name in HOSTILE]
    answer = ansible.write("answer.json", [domain(maillists=lists)])
    tasks: list[dict[str, Any]] = [
        {"ansible.builtin.command": f"cat '{answer}'", "register": "answer"},
        {"ansible.builtin.set_fact": {"fact": "{{ page }}"}},
        write("direct.html", "{{ domains | mailops.pdd.pdd_report(title=domains[0].maillists[0].maillist) }}"),
        write("variable.html", "{{ page }}"),
        write("fact.html", "{{ fact }}"),
    ]
    page = "{{ domains | mailops.pdd.pdd_report(domains[0].maillists[0].maillist) }}"
    done = ansible(
        "playbook", ansible.write("play.yml", play(tasks, domains="{{ answer.stdout | from_json }}", page=page))
    )
    assert done.code == 0, done.output
    pages = [(ansible.directory / name).read_text() for name in ("direct.html", "variable.html", "fact.html")]
    assert pages[0] == pages[1] == pages[2]
    tree = parsed(pages[0])
    assert all_words(tree, "title") == [HOSTILE[0]]
    assert all_words(section(tree), "li") == list(HOSTILE)


def test_bad_input_gets_a_sentence(ansible: Ansible) -> None:
    tasks = [write("report.html", "{{ [{'host': 'example.test', 'lists': []}] | mailops.pdd.pdd_report }}")]
    failed = ansible("playbook", ansible.write("play.yml", play(tasks)))
    assert failed.code == 2
    assert "pdd_report cannot write the report: domains[0]: 'lists' is none of the keys host, " in failed.output
    assert "Traceback" not in failed.output
