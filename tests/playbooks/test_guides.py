# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides can be followed: their files are written and their commands run, one after the other as they stand."""

from __future__ import annotations

import re
import shlex
import shutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import yaml
from jinja2 import Template
from pdd_emulator.testing import TOKEN, Emulator
from pdd_source_server import SourceServer
from y360_emulator import testing as y360

from ..conftest import Organization, Service
from ..tables import read_table
from .conftest import ROOT, Ansible, Finished, variables_in

GUIDES = {path.stem: path.read_text() for path in (ROOT / "docs" / "docsite" / "rst").glob("*.rst")}
BLOCK = re.compile(
    r"^\.\. code-block:: (?P<language>\S+)\n(?:   :caption: (?P<caption>.+)\n)?\n(?P<text>(?:   .*\n|\n)+)",
    re.MULTILINE,
)
NOT_RUN = ("ansible-builder build ", "ansible-galaxy collection install ", "make ", "pip ")
"""How commands begin that need the network, change the Python that runs the tests, or do not end."""


@dataclass(frozen=True)
class Block:
    """A block of a guide; the caption of a file is its name."""

    language: str
    caption: str | None
    text: str


def blocks(guide: str) -> Iterator[Block]:
    """Yield the blocks of a guide."""
    for found in BLOCK.finditer(GUIDES[guide]):
        yield Block(found["language"], found["caption"], textwrap.dedent(found["text"]).strip("\n") + "\n")


def commands(start: str) -> set[str]:
    """Return the lines of shell in all guides that begin with a text."""
    shell = [block.text for guide in GUIDES for block in blocks(guide) if block.language == "shell"]
    return {line for text in shell for line in text.splitlines() if line.startswith(start)}


class Reader:
    """Somebody who follows a guide."""

    def __init__(self, guide: str, ansible: Ansible, show: Callable[[str], str]) -> None:
        self._ansible = ansible
        self._show = show
        self._steps = self._follow(guide)
        self._script = ""

    def run(self, part: str) -> Finished:
        """Go on to the next command, which is to have a text in it; returns what came of it."""
        self._script = next(self._steps)
        assert part in self._script.splitlines()[-1]
        return self.again()

    def again(self) -> Finished:
        """Run the same command once more."""
        return self._ansible.shell(self._script)

    def done(self, part: str) -> Finished:
        """Do the same with a command that succeeds."""
        finished = self.run(part)
        assert finished.code == 0, finished.output
        return finished

    def end(self) -> None:
        """Read on to the end, where no command may be left."""
        assert list(self._steps) == []

    def _follow(self, guide: str) -> Iterator[str]:
        """Write the files, and yield each command after the exports before it."""
        exports: list[str] = []
        for block in blocks(guide):
            if block.language != "shell":
                self._keep(block)
                continue
            for line in self._show(block.text).splitlines():
                if line.startswith("export "):
                    exports.append(line)
                elif not line.startswith(NOT_RUN):
                    yield "\n".join([*exports, line])

    def _keep(self, block: Block) -> None:
        if block.caption is None:
            assert block.language == "text"  # what a command shows
            return
        path = self._ansible.directory / self._show(block.caption)
        path.parent.mkdir(exist_ok=True)
        path.write_text(self._show(block.text))


Read = Callable[[str], Reader]


def stand_ins(service: Service, source: SourceServer) -> Callable[[str], str]:
    """Return a function that puts what runs in the place of what a guide makes up."""

    def show(text: str) -> str:
        server = rf"\1server: {source.host}\n\1port: {source.ports['imaps']}"
        text = re.sub(r"^( *)server: old\.example\.test$", server, text, flags=re.MULTILINE)
        text = re.sub(r"(?<!old\.)example\.test", service.domain, text)
        return text.replace("http://127.0.0.1:8025", service.url).replace("EXAMPLETOKEN", TOKEN)

    return show


@pytest.fixture
def read(ansible: Ansible, service: Service, source: SourceServer) -> Iterator[Read]:
    """Return a way to begin a guide. In the end of the test it must have been followed to its end."""
    readers: list[Reader] = []

    def begin(guide: str) -> Reader:
        readers.append(Reader(guide, ansible, stand_ins(service, source)))
        return readers[-1]

    yield begin
    for reader in readers:
        reader.end()


def test_getting_started(read: Read, service: Service) -> None:
    reader = read("guide_getting_started")
    assert reader.done("pdd_domain_info").result["domains"][0]["domain"] == service.domain
    assert reader.done("pdd_mailbox_info").result["mailboxes"] == []
    predicted = reader.done("--check --diff")
    assert service.writes() == []
    done = reader.done("team.yml")
    assert done.changed("localhost") == predicted.changed("localhost") != []
    assert service.maillists == {"team": {"anna": True}}
    assert service.mailboxes["anna"]["iname"] == "Anna"
    assert reader.done("team.yml").changed("localhost") == []


def test_provisioning(read: Read, ansible: Ansible, service: Service) -> None:
    (ansible.directory / ".vault-password").write_text("made-up\n")
    service.add_mailboxes("clara")
    service.add_maillist("old-news")
    service.forget()
    reader = read("guide_provisioning")
    reader.done("encrypt")
    assert TOKEN not in (ansible.directory / "vault.yml").read_text()
    reader.done("mailops.pdd.validate")
    assert service.requests() == []
    predicted = reader.done("--check --diff")
    assert service.writes() == []
    done = reader.done("mailops.pdd.provision")
    assert done.changed(service.domain) == predicted.changed(service.domain) != []
    assert service.maillists == {"everybody": {"anna": True, "boris": False}, "abuse": {"anna": False}}
    assert {login: each["enabled"] for login, each in service.mailboxes.items()} == {"anna": "yes", "boris": "no"}
    assert service.signature == "<br>Example Ltd., 1 Example Street\n"
    for again in ("--tags maillists", "site.yml"):
        assert reader.done(again).changed(service.domain) == []


def test_bulk(read: Read, service: Service) -> None:
    service.add_mailboxes("anna", "boris", "clara")
    service.add_maillist("sales", "anna")
    reader = read("guide_bulk")
    reader.done("--check --diff")
    assert set(service.maillists) == {"sales"}
    reader.done("lists.yml")
    desired = {"everybody": {"anna": True, "boris": False, "clara": False}, "sales": {"boris": False}}
    assert service.maillists == desired
    for name in ("one", "two", "three"):
        service.add_maillist(name)
    assert "exclusive would remove 3 of the 5 mailing lists" in reader.again().output
    reader.done("max_removals_percent=100")
    assert service.maillists == desired


def test_imports(read: Read, service: Service) -> None:
    reader = read("guide_imports")
    reader.done("--check")
    assert service.mailboxes == {}
    reader.done("move.yml")
    assert {login: len(service.api.control(f"messages/{login}")) for login in service.mailboxes} == {
        "anna": 1,
        "boris.example": 2,
    }
    assert reader.done("move.yml").changed("localhost") == []
    assert reader.done("pdd_mailbox_import_info").result["import"]["state"] == "done"
    assert reader.done("login=anna").result["mailboxes"][0]["counters"]["unread"] == 1
    assert reader.done("state=stopped").result["changed"] is False


def test_adopting(ansible: Ansible, source: SourceServer) -> None:
    """On an emulator of its own, since the guide adopts all domains that there are."""
    exported = ansible.directory / "host_vars" / "example.test.yml"
    with Emulator() as emulator:
        service = Service(emulator.api("example.test"))
        service.add_mailboxes("anna", "boris")
        service.add_maillist("team", "anna", "boris", senders=("anna",))
        service.forget()
        reader = Reader("guide_adopting", ansible, stand_ins(service, source))
        assert "|--example.test\n" in reader.done("--graph").output
        reader.done("export")
        assert set(variables_in(exported.read_text())) == {"pdd_domain_mailboxes", "pdd_domain_maillists"}
        assert reader.done("--check --diff").changed("example.test") == []
        reader.done("pdd_export_exclusive=true")
        assert variables_in(exported.read_text())["pdd_domain_maillists_exclusive"] is True
        assert reader.done("--check --diff").changed("example.test") == []
        assert service.writes() == []
        reader.end()


def test_pipelines(read: Read, ansible: Ansible, service: Service) -> None:
    service.add_mailboxes("anna", "boris")
    service.forget()
    reader = read("guide_pipelines")
    reader.done("--check --diff")
    assert service.writes() == []
    reader.done("provision --diff")
    assert list(ansible.directory.glob("kept/**/signatures.json"))
    service.api.ok("email/ml/unsubscribe", {"maillist": "team", "subscriber": "boris"})
    service.forget()
    drift = reader.run("pdd_fail_on_drift")
    assert drift.code == 2
    [shown] = [block.text.strip() for block in blocks("guide_pipelines") if block.language == "text"]
    assert shown.replace("example.test", service.domain) in drift.output
    reader.done("mailops.pdd.report")
    assert "is not subscribed" in (ansible.directory / "report.html").read_text()
    assert service.writes() == []


def test_execution_environments(read: Read, ansible: Ansible, service: Service) -> None:
    """The archive is one of the collection's own files; of the image, all but the building."""
    for name in ("meta", "playbooks", "plugins", "roles"):
        shutil.copytree(ROOT / name, ansible.directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("COPYING", "README.md", "galaxy.yml", "requirements.txt"):
        shutil.copy(ROOT / name, ansible.directory)
    reader = read("guide_execution_environments")
    reader.done("collection build")
    reader.done("provision.yml")
    assert service.maillists == {"team": {}}
    fields = yaml.safe_load((ansible.directory / "credential-input.yml").read_text())["fields"]
    given = dict(zip([field["id"] for field in fields], (TOKEN, service.url), strict=True))
    injected = yaml.safe_load((ansible.directory / "credential-injector.yml").read_text())["env"]
    environment = {name: Template(template).render(given) for name, template in injected.items()}
    assert environment == {"PDD_TOKEN": TOKEN, "PDD_API_URL": service.url}
    assert "--tag" in ansible.shell("ansible-builder build --help").output
    install = "ansible-galaxy collection install -r requirements.yml --offline --force -p found"
    made = ansible.shell(
        f"ansible-builder create && cd context/_build && {install} && ansible-builder introspect found"
    )
    assert made.code == 0, made.output
    assert "requests>=2.25  # from collection mailops.pdd" in made.output


def emulated(organization: Organization) -> Callable[[str], str]:
    """Return a function that puts the emulator in the place of Yandex 360: its token, its URL, and an organization."""
    own = organization.own

    def show(text: str) -> str:
        text = text.replace("=EXAMPLETOKEN", f"={own.token}\nexport Y360_API_URL={own.url}")
        return text.replace("ORGANIZATION=123456", f"ORGANIZATION={own.organization}")

    return show


def test_services(ansible: Ansible) -> None:
    """It has no commands; other tests hold its tables against the code."""
    Reader("guide_services", ansible, str).end()


def test_y360_token(ansible: Ansible, organization: Organization) -> None:
    reader = Reader("guide_y360_token", ansible, emulated(organization))
    domains = reader.done("y360_domain_info").result["domains"]
    assert [each["name"] for each in domains if each["main"]] == [organization.domain]
    assert reader.done("--check --diff").result["created"] == organization.addresses("team")
    assert organization.writes() == []
    reader.end()


def test_y360_moving(ansible: Ansible, source: SourceServer) -> None:
    """From the emulator of one service to that of the other one."""
    with Emulator() as emulator, y360.Emulator() as successor:
        service = Service(emulator.api("example.test"))
        service.add_mailboxes("anna", "boris")
        organization = Organization(successor.api("example.test", organization=123456))
        service.forget()
        old = stand_ins(service, source)

        def show(text: str) -> str:
            text = text.replace("EXAMPLETOKEN360", y360.TOKEN).replace("http://127.0.0.1:8026", organization.url)
            return old(text)

        reader = Reader("guide_y360_moving", ansible, show)
        reader.done("--check --diff")
        refused = reader.run("--check --diff")
        assert refused.code == 2
        assert "Yandex 360 has no hint_question and no hint_answer" in refused.output
        assert "first_name and last_name of boris is missing" in refused.output
        predicted = reader.done("--check --diff")
        assert organization.writes() == []
        done = reader.done("mailops.pdd.provision")
        assert done.changed("example.test") == predicted.changed("example.test") != []
        assert organization.maillists == {"team": {"anna": False, "boris": False}}
        assert reader.done("--check --diff").changed("example.test") == []
        assert service.writes() == []
        reader.end()


@pytest.mark.parametrize(
    ("delete", "codes"),
    [
        ("allowed", {"taken": "conflict"}),
        ("missing", {"taken": "conflict", "deleted": "refused", "reused": "conflict"}),
    ],
)
def test_y360_unchecked(ansible: Ansible, organization: Organization, delete: str, codes: dict[str, str]) -> None:
    """The play shows how the service is, and leaves behind only what that does not delete."""
    organization.own.settings(delete=delete)
    reader = Reader("guide_y360_unchecked", ansible, emulated(organization))
    shown = reader.done("check-service.yml").result["msg"]
    reader.end()
    assert {name: error["code"] for name, error in shown.items() if error != "no error"} == codes
    assert organization.maillists == {}
    assert set(organization.mailboxes) == ({"mailops-check-delete-me"} if delete == "missing" else set())


def test_y360_questions() -> None:
    """They are those of the facts, in their order."""
    facts = (ROOT / "docs" / "api" / "y360.md").read_text().partition("\n## 16. ")[2]
    questions = re.findall(r"^\| ([^|]*\?) \|", facts, re.MULTILINE)
    assert len(questions) > 10
    rows = read_table("guide_y360_unchecked", "Open questions")
    assert [row[0].replace("``", "`") for row in rows] == questions


def test_emulator(ansible: Ansible, source: SourceServer) -> None:
    """On an emulator of its own, since the guide lets it fail."""
    (ansible.directory / "tests").symlink_to(ROOT / "tests")
    with Emulator() as emulator:
        service = Service(emulator.api("example.test"))
        reader = Reader("guide_emulator", ansible, stand_ins(service, source))
        reader.done("faults.yml")
        assert set(service.maillists) == {"team", "news", "sales", "everybody"}
        assert "2 passed" in reader.done("pytest").output
        reader.end()


def test_options_of_the_emulators(ansible: Ansible) -> None:
    options: set[str] = set()
    for package in ("pdd_emulator", "y360_emulator"):
        helped = ansible.shell(f"cd '{Emulator.cwd}' && python -m {package} --help")
        assert helped.code == 0, helped.output
        options.update(re.findall(r"^  (?:-h, )?(--[a-z-]+)", helped.output, re.MULTILINE))
    named = re.findall(r"``(--[a-z-]+)(?: 0)?``", GUIDES["guide_emulator"])
    assert {*named, "--help"} == options


def test_commands_that_are_not_run() -> None:
    """They are the README's, or are run otherwise by a test."""
    emulators = {"emulator": Emulator, "emulator-y360": y360.Emulator}
    for command in commands("make "):
        _make, target, arguments = shlex.split(command)
        with emulators.pop(target)(*re.sub(r"80\d\d", "0", arguments.removeprefix("ARGS=")).split()) as running:
            assert running.url.startswith("http://127.0.0.1:")
    assert emulators == {}
    readme = (ROOT / "README.md").read_text()
    for start in ("pip ", "ansible-galaxy collection install "):
        [line] = commands(start)
        assert line in readme


def test_every_guide_is_followed() -> None:
    """Each is listed and has a test here, and no block of it is overlooked."""
    listed = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text())["sections"]
    assert sorted(name for section in listed for name in section["toctree"]) == sorted(GUIDES)
    followed = re.findall(r"(?:read|Reader)\(\"(\w+)\"", (ROOT / "tests" / "playbooks" / "test_guides.py").read_text())
    assert sorted(followed) == sorted(GUIDES)
    for guide, text in GUIDES.items():
        assert text.count("code-block::") == len(list(blocks(guide)))
        assert not re.search(r"^(?!\.\. ).*::$", text, re.MULTILINE)
