# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as users get it: built, installed, and run far from the checkout with what the README asks for."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from pdd_emulator.testing import TOKEN

from ..conftest import Service
from .conftest import ROOT, Ansible, Finished

PROGRAMS = ROOT / ".venv" / "user" / "bin"
"""Where `make` installs what the README asks for, ansible-runner, and nothing else."""


class User:
    """Somebody with a home and a directory to work in, who has installed the collection."""

    def __init__(self, home: Path, directory: Path) -> None:
        self.home = home
        self.directory = directory

    def __call__(self, program: str, *arguments: str | Path, **environment: str) -> Finished:
        """Run a program of Ansible; nothing of the environment of the tests is left."""
        finished = subprocess.run(
            [PROGRAMS / program, *arguments],
            cwd=self.directory,
            env={
                "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
                "ANSIBLE_NOCOLOR": "1",
                "HOME": str(self.home),
                "LC_ALL": "C.UTF-8",
                "PATH": f"{PROGRAMS}:/usr/bin:/bin",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=240,
        )
        return Finished(finished.returncode, finished.stdout)

    def done(self, program: str, *arguments: str | Path, **environment: str) -> Finished:
        """Run a program, which is to succeed without showing the token."""
        finished = self(program, *arguments, **environment)
        assert finished.code == 0, finished.output
        assert TOKEN not in finished.output
        return finished

    def write(self, name: str, content: Any) -> Path:
        """Write a file of YAML (JSON is YAML); returns its path."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
        return path


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `ansible-galaxy collection build` makes of the checkout."""
    builder = Ansible(tmp_path_factory.mktemp("build"))
    built = builder("galaxy", "collection", "build", ROOT, "--output-path", builder.directory)
    assert built.code == 0, built.output
    [archive] = builder.directory.glob("mailops-pdd-*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def home(artefact: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home in which nothing is but the installed collection."""
    assert PROGRAMS.is_dir(), "`make .venv/user.stamp` installs Ansible for this test"
    user = User(tmp_path_factory.mktemp("home"), artefact.parent)
    user.done("ansible-galaxy", "collection", "install", "--offline", artefact)
    return user.home


@pytest.fixture
def user(home: Path, tmp_path: Path) -> User:
    """Return somebody who works in an empty directory."""
    return User(home, tmp_path)


def domains(user: User, *services: Service) -> Path:
    """Write an inventory of domains with a signature and a list each, one at a time; returns its path."""
    lists = [{"maillist": "team", "subscribers": ["anna"], "senders_on_behalf": ["anna"]}]
    for service in services:
        service.add_mailboxes("anna")
    variables = {
        "pdd_domain_api_url": services[0].url,
        "pdd_domain_maillists": lists,
        "pdd_domain_signature": "Example Ltd.",
        "pdd_domain_throttle": 1,
        "pdd_domain_token": "{{ vaulted_pdd_token }}",
    }
    return user.write("inventory.yml", {"all": {"hosts": {each.domain: {} for each in services}, "vars": variables}})


def test_checkout(artefact: Path, tmp_path: Path) -> None:
    """Install as the README says: from the checkout, without building an artefact first."""
    user = User(tmp_path, tmp_path)
    user.done("ansible-galaxy", "collection", "install", "--offline", ROOT)
    [installed] = tmp_path.glob(".ansible/collections/ansible_collections/mailops/pdd/FILES.json")
    with tarfile.open(artefact) as archive:
        member = archive.extractfile("FILES.json")
        assert member
        assert json.loads(installed.read_text()) == json.load(member)


def test_playbook(user: User, service: Service, second_service: Service) -> None:
    """Provision one of two domains, first its lists only, with the token in a vault."""
    inventory = domains(user, service, second_service)
    password = user.write("password", "made-up-vault-password")
    vault = user.write("vault.yml", {"vaulted_pdd_token": TOKEN})
    user.done("ansible-vault", "encrypt", "--vault-password-file", password, vault)
    assert TOKEN not in vault.read_text()
    options = ("-i", inventory, "-e", f"@{vault}", "--vault-password-file", password)
    limited = user.done(
        "ansible-playbook", *options, "mailops.pdd.provision", "--limit", service.domain, "--tags", "maillists"
    )
    assert set(limited.recap) == {service.domain}
    assert service.maillists == {"team": {"anna": True}}
    assert second_service.maillists == {}
    assert "domain/settings/setsign" not in service.calls()
    whole = user.done("ansible-playbook", *options, "mailops.pdd.provision", "--diff")
    assert service.signature == "Example Ltd."
    assert second_service.maillists == {"team": {"anna": True}}
    assert set(whole.recap) == {service.domain, second_service.domain}
    again = user.done("ansible-playbook", *options, "mailops.pdd.provision")
    assert [counts["changed"] for counts in again.recap.values()] == [0, 0]


def test_role_and_action_group(user: User, service: Service) -> None:
    """Run a play of one's own: its token is a vaulted string, its tasks take their connection from the group."""
    password = user.write("password", "made-up-vault-password")
    name = "vaulted_pdd_token"
    vaulted = user.done("ansible-vault", "encrypt_string", "--vault-password-file", password, TOKEN, "--name", name)
    variables = user.directory / "vault.yml"
    variables.write_text(vaulted.output[vaulted.output.index(name) :].replace("Encryption successful\n", ""))
    inventory = domains(user, service)
    task = {"name": "A list", "mailops.pdd.pdd_maillist": {"maillist": "news"}}
    defaults = {"api_url": service.url, "domain": service.domain, "token": f"{{{{ {name} }}}}"}
    play = {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {"group/mailops.pdd.pdd": defaults},
        "vars_files": [str(variables)],
        "roles": ["mailops.pdd.pdd_domain"],
        "tasks": [task],
    }
    user.done("ansible-playbook", "-i", inventory, "--vault-password-file", password, user.write("play.yml", [play]))
    assert service.maillists == {"news": {}, "team": {"anna": True}}


def test_ad_hoc_command(user: User, service: Service, home: Path) -> None:
    """Manage a list with the connection in the environment, and read the documentation."""
    environment = {"PDD_TOKEN": TOKEN, "PDD_API_URL": service.url, "PDD_DOMAIN": service.domain}
    python = f"ansible_python_interpreter={PROGRAMS / 'python'}"
    options = ("localhost", "-m", "mailops.pdd.pdd_maillist", "-a", "maillist=team", "-e", python)
    assert user.done("ansible", *options, **environment).result["created"] == service.addresses("team")
    assert service.maillists == {"team": {}}
    shown = user.done("ansible-doc", "mailops.pdd.pdd_maillist")
    assert str(home) in shown.output
    assert str(ROOT) not in shown.output


def test_ansible_runner(user: User, service: Service) -> None:
    """Provision through ansible-runner, which has its inventory and its variables in folders of their own."""
    domains(user, service).rename(user.write("inventory/hosts.yml", {}))
    user.write("env/extravars", {"vaulted_pdd_token": "{{ lookup('ansible.builtin.env', 'PDD_TOKEN') }}"})
    user.write("env/envvars", {"PDD_TOKEN": TOKEN})
    done = user.done("ansible-runner", "run", user.directory, "-p", "mailops.pdd.provision")
    assert done.recap[service.domain]["failed"] == 0
    assert service.maillists == {"team": {"anna": True}}
    [status] = user.directory.glob("artifacts/*/status")
    assert status.read_text() == "successful"
