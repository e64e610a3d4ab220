# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strings of the service that look like templates: nothing runs them, and they come back unchanged.

The strings, the plugins that notice when a template runs, and a play that hands facts on are those of the integration
test, which runs them on each ansible-core.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.plugin_utils._export import unsafe_yaml
from ansible_collections.mailops.pdd.plugins.plugin_utils._report import visible
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ..report.conftest import parsed
from .conftest import ROOT, Ansible, Finished, variables_in

DOMAIN = "example.test"
EXPORT = "mailops.pdd.export"
PROVISION = "mailops.pdd.provision"
TARGET = ROOT / "tests" / "integration" / "targets" / "scenario_untrusted_names"


TEXTS: list[str] = variables_in((TARGET / "vars" / "main.yml").read_text())["untrusted_texts"]
HEADER = "#jinja2: variable_start_string:'<<', variable_end_string:'>>'\n"
FRAGMENTS = ("{{", "}}", "{%", "%}", "{#", "<<", ">>", HEADER, "#jinja2:", "lookup('canary')", "'x'|canary", "\n", ": ")
ANY_TEXT = st.text() | st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=8).map("".join)


class Canary:
    """Runs commands of Ansible, and knows whether a template ran in them."""

    def __init__(self, ansible: Ansible) -> None:
        self.ansible = ansible
        self._trace = ansible.root / "canary"

    def was_run(self) -> bool:
        """Return whether a template ran since the last call."""
        found = self._trace.exists()
        self._trace.unlink(missing_ok=True)
        return found

    def __call__(self, command: str, *arguments: str | Path) -> Finished:
        """Run `ansible-COMMAND`."""
        return self.ansible(
            command,
            *arguments,
            CANARY_FILE=str(self._trace),
            ANSIBLE_LOOKUP_PLUGINS=str(TARGET / "lookup_plugins"),
            ANSIBLE_FILTER_PLUGINS=str(TARGET / "filter_plugins"),
            PDD_TOKEN="MADEUPTOKEN",
        )

    def playbook(self, playbook: str | Path, inventory: Path, *arguments: str) -> Finished:
        """Run `ansible-playbook`, which must succeed."""
        done = self("playbook", "-i", inventory, playbook, *arguments)
        assert done.code == 0, done.output
        return done


@pytest.fixture
def canary(ansible: Ansible) -> Canary:
    return Canary(ansible)


def mailbox(number: int, login: str, name: str) -> dict[str, Any]:
    """Return a mailbox as the service does, with a text in each place for one."""
    texts = {"iname": name, "fname": name, "hintq": name, "birth_date": None, "aliases": [name]}
    return {"login": login, "uid": number, "enabled": "yes", "sex": 0, "ready": "yes", "maillist": "no", **texts}


def answers() -> dict[str, dict[str, Any]]:
    """Return what a service says that has one of the texts in each place, and each text as a name."""
    text = TEXTS[7]
    people = [mailbox(number, f"person{number}@{DOMAIN}", name) for number, name in enumerate(TEXTS, 1)]
    people += [mailbox(900, text, text), mailbox(901, "{{'x'|canary}}", text)]
    people[0]["birth_date"] = text
    lists = [f"team@{DOMAIN}", "{{'x'|canary}}-list", text]
    box = dict.fromkeys(("internal_login", "external_login", "last_error"), text)
    domain = {"name": DOMAIN, "status": text, "stage": text, "aliases": [text]}
    return {
        "domain/domains": {"domains": [domain], "total": 1},
        "domain/details": {"status": text, "stage": text, "delegated": "no", "country": text},
        "email/list": {"accounts": people, "total": len(people)},
        "email/counters": {"counters": {"unread": 1, "new": 1}},
        "email/ml/list": {"maillists": [{"maillist": name, "uid": n, "cnt": 2} for n, name in enumerate(lists, 1000)]},
        "email/ml/subscribers": {"subscribers": [text, "{{'x'|canary}}"]},
        "email/ml/get_can_send_on_behalf": {"can_send_on_behalf": "yes"},
        "import/check_imports": {"import": {"state": text, "failed_boxes": [box], "failed_boxes_count": 1}},
    }


@pytest.fixture
def inventory(ansible: Ansible, httpserver: HTTPServer) -> Path:
    """Write an inventory for the domain of that service."""
    said = answers()

    def answer(request: Request) -> Response:
        return Response(json.dumps({"success": "ok", **said[request.path.split("/", 3)[3]]}))

    httpserver.expect_request(re.compile("/api2/admin/.*"), method="GET").respond_with_handler(answer)
    return ansible.inventory({DOMAIN: {}}, pdd_domain_api_url=httpserver.url_for("").rstrip("/"))


@pytest.fixture
def exported(ansible: Ansible) -> Path:
    """Return the file of the export."""
    return ansible.directory / "host_vars" / f"{DOMAIN}.yml"


@pytest.mark.parametrize("template", ["{{ lookup('canary') }}", "{{ 'x' | canary }}"])
def test_canary_notices_a_template(canary: Canary, template: str) -> None:
    assert canary("adhoc", "localhost", "-m", "debug", "-a", f"msg={template}").code == 0
    assert canary.was_run()
    assert not canary.was_run()


def test_no_playbook_runs_a_text(ansible: Ansible, canary: Canary, inventory: Path, exported: Path) -> None:
    canary.playbook(EXPORT, inventory, "-vvvv", "--diff")
    assert not canary.was_run()
    people = {each["login"]: each for each in variables_in(exported.read_text())["pdd_domain_mailboxes"]}
    for number, text in enumerate(TEXTS, 1):
        person = people[f"person{number}@{DOMAIN}"]
        assert [person[name] for name in ("first_name", "last_name", "hint_question")] == [text] * 3
    assert "birth_date" not in people[f"person1@{DOMAIN}"]
    provisioned = canary.playbook(PROVISION, inventory, "--check", "--diff", "-vvvv", "-e", "pdd_fail_on_drift=true")
    assert not canary.was_run()
    assert provisioned.changed(DOMAIN) == []
    assert provisioned.tasks(DOMAIN)["Manage subscribers and senders on behalf"] == "ok"
    canary.playbook("mailops.pdd.report", inventory, "-vvvv", "--diff")
    assert not canary.was_run()
    page = "".join(parsed((ansible.directory / "pdd_report.html").read_text()).itertext())
    assert [text for text in TEXTS if visible(text) not in page] == []


def test_no_fact_or_filter_runs_a_text(ansible: Ansible, canary: Canary, inventory: Path) -> None:
    """Neither where a play hands them on again and again."""
    canary.playbook(TARGET / "files" / "facts.yml", inventory)
    assert not canary.was_run()
    exported, read, _checked, exports, differences, texts, report = json.loads(
        (ansible.directory / "facts.json").read_text()
    )
    assert exports == [exported]
    assert differences == [report["drift"]]
    assert variables_in(texts[0]) == read
    names = [each["first_name"] for each in read["mailboxes"]]
    assert set(TEXTS) <= set(names)
    before = {each["difference"] for each in report["drift"]["differences"]}
    assert {f"first_name is {text!r}, and should be 'another'" for text in TEXTS} <= before


def test_file_of_1_0_is_rewritten(ansible: Ansible, canary: Canary, inventory: Path, exported: Path) -> None:
    """It is dangerous for provision and report, but not for export."""
    exported.parent.mkdir()
    quoted = (HEADER + "<< lookup('canary') >>").replace("'", "''").replace("\n", "\n\n      ")
    exported.write_text(
        f"# Written by mailops.pdd.export from what the service says of {DOMAIN}.\n---\n"
        f"pdd_domain_mailboxes:\n  - login: person1@{DOMAIN}\n    first_name: '{quoted}'\npdd_domain_maillists: []\n"
    )
    looks = 'grep -rnE ": [\'\\"]#jinja2:" host_vars'
    assert looks in (ROOT / "SECURITY.md").read_text()
    assert ansible.shell(looks).code == 0
    canary("playbook", "-i", inventory, PROVISION, "--check")
    assert canary.was_run()
    done = canary.playbook(EXPORT, inventory, "-vvvv", "--diff")
    assert not canary.was_run()
    assert done.changed(DOMAIN) == ["Write the variables of the host"]
    assert ansible.shell(looks).code == 1
    canary.playbook(PROVISION, inventory, "--check")
    assert not canary.was_run()


def test_name_of_the_domain_stays_in_its_comment(canary: Canary, inventory: Path, exported: Path) -> None:
    canary.playbook(EXPORT, inventory)
    written = exported.read_text()
    canary.playbook(EXPORT, inventory, "-e", json.dumps({"pdd_domain_name": f"\n{DOMAIN}\n"}))
    assert exported.read_text() == written
    for name in (f"{DOMAIN}\npdd_domain_throttle: 1\n#", f"\u2028{DOMAIN}\x85"):
        refused = canary("playbook", "-i", inventory, EXPORT, "-e", json.dumps({"pdd_domain_name": name}))
        assert refused.code == 2
        assert exported.read_text() == written


@settings(
    max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ANY_TEXT, min_size=50, max_size=200), st.dictionaries(ANY_TEXT, ANY_TEXT, min_size=20))
def test_any_text_comes_back(ansible: Ansible, canary: Canary, texts: list[str], keys: dict[str, str]) -> None:
    """Ansible reads from the YAML what was written into it, and runs nothing, keys included."""
    (ansible.directory / "texts.yml").write_text(unsafe_yaml({"texts": [{"inside": texts}, keys]}))
    content = "{{ [texts, texts[1] | dict2items] | to_json }}"
    task = {"ansible.builtin.copy": {"content": content, "dest": "{{ playbook_dir }}/texts.json", "mode": "0600"}}
    play = ansible.write("play.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    assert canary("playbook", play, "-e", "@texts.yml").code == 0
    assert not canary.was_run()
    items = [{"key": key, "value": value} for key, value in keys.items()]
    assert json.loads((ansible.directory / "texts.json").read_text()) == [[{"inside": texts}, keys], items]
