# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of scopes in the guide about tokens: what they list is enough, and nothing in them is too much."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._y360.scopes import missing_scopes

from ..conftest import Y360_MODULES, Organization
from ..tables import read_table
from .conftest import Runner

GUIDE = "guide_y360_token"
NEW = {"password": "Made-Up-Pass-2", "first_name": "Clara", "last_name": "Example"}
OPTIONS: dict[str, dict[str, Any]] = {
    "y360_mailbox": {
        "mailboxes": [{"login": "clara", **NEW, "aliases": ["c"]}, {"login": "anna", "state": "absent"}],
    },
    "y360_maillist": {"maillist": ["team", "news"], "exclusive": True, "max_removals_percent": 100},
    "y360_maillist_info": {"maillist": ["team"]},
    "y360_maillist_subscriber": {"maillist": "team", "subscribers": ["anna"], "exclusive": True},
    "y360_signature": {"signature": "<div>Example</div>"},
}
"""What each module is to change or to read; others need no options."""
SUBSCRIBERS = "y360_maillist_subscriber"
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "directory:read_organization": ("y360_domain_info", {"organization": None}),
    "directory:read_departments": (SUBSCRIBERS, {"maillist": "team", "subscribers": ["sales"]}),
    "ya360_admin:mail_read_shared_mailbox_inventory": (SUBSCRIBERS, {"maillist": "team", "subscribers": ["support"]}),
    "directory:read_external_contacts": ("y360_maillist_info", {"maillist": ["outside"]}),
    "directory:write_external_contacts": (
        SUBSCRIBERS,
        {"maillist": "team", "subscribers": ["new@elsewhere.test"], "outside_subscribers": "contacts"},
    ),
    "ya360_admin:mail_read_mail_list_permissions": (
        "y360_maillist_info",
        {"senders_on_behalf": True, "allow_undocumented": True},
    ),
    "ya360_admin:mail_write_mail_list_permissions": (
        SUBSCRIBERS,
        {"maillist": "team", "subscribers": ["boris"], "can_send_on_behalf": True, "allow_undocumented": True},
    ),
}


def scopes_in(cell: str) -> set[str]:
    """Return the scopes that a cell lists."""
    return set(re.findall(r"``(\S+)``", cell))


SCOPES = {
    re.findall(r"mailops\.pdd\.(\w+)#module", name)[0]: (scopes_in(reading), scopes_in(writing))
    for name, reading, writing in read_table(GUIDE, "Scopes of each module")
}
SOMETIMES = {scope for cell, _case in read_table(GUIDE, "Scopes for some cases") for scope in scopes_in(cell)}


@pytest.fixture
def inhabited(organization: Organization) -> Organization:
    """Return an organization with mailboxes and lists, and with subscribers of other kinds."""
    own, v1 = organization.own, "/directory/v1/org/{o}"
    organization.add_mailboxes("anna", "boris")
    organization.add_maillist("team", "boris")
    organization.add_maillist("old")
    own.ok("POST", f"{v1}/departments", {"name": "Sales", "parentId": 1, "label": "sales"})
    own.ok("PUT", "/admin/v1/org/{o}/mailboxes/shared", {"email": organization.address("support"), "name": "Support"})
    person = {"firstName": "O", "lastName": "S", "emails": [{"email": "out@elsewhere.test", "main": True}]}
    contact = own.ok("POST", f"{v1}/external_contacts", person)["id"]
    own.add_members(own.add_group("outside")["id"], externalContactIds=[contact])
    organization.forget()
    return organization


def needed(organization: Organization) -> set[str]:
    """Return the scopes that the client takes to be needed for what was asked for; writing includes reading."""
    scopes = {
        scope
        for request in organization.requests()
        for scope in missing_scopes(request["method"], request["path"].lstrip("/"), ())
    }
    included = {scope.replace("write_", "read_") for scope in scopes if scope.startswith("directory:write_")}
    return scopes - included


def test_every_module_has_a_row() -> None:
    assert sorted(SCOPES) == Y360_MODULES
    assert [module for module, (_reading, writing) in sorted(SCOPES.items()) if not writing] == [
        module for module in Y360_MODULES if module.endswith("_info")
    ]
    assert set(CASES) == SOMETIMES


@pytest.mark.parametrize("module", Y360_MODULES)
def test_scopes_of_a_module(run360: Runner, inhabited: Organization, module: str) -> None:
    """With those of its row, a module works, in check mode only with those to read; it asks for all of them."""
    reading, writing = SCOPES[module]
    options = OPTIONS.get(module, {})
    token = inhabited.own.put_token(f"made-up-{module}", scopes=sorted(reading)).token
    inhabited.forget()
    assert "msg" not in run360(module, check=True, token=token, **options)
    assert needed(inhabited) == reading
    if writing:
        inhabited.own.put_token(token, scopes=sorted(reading | writing))
        inhabited.forget()
        result = run360(module, token=token, **options)
        assert "msg" not in result
        assert result["changed"]
        assert writing <= needed(inhabited) <= reading | writing


@pytest.mark.parametrize("scope", sorted(CASES))
def test_scope_for_some_cases(run360: Runner, inhabited: Organization, scope: str) -> None:
    """Without it, the module fails and names it; with it, the module works."""
    module, options = CASES[scope]
    scopes = set().union(*SCOPES[module]) | SOMETIMES
    fewer = scopes - {scope, scope.replace("directory:read_", "directory:write_")}  # writing includes reading
    own = {"organizations": [inhabited.own.organization]}
    token = inhabited.own.put_token("made-up-poor", scopes=sorted(fewer), **own).token
    assert f"the token lacks the scope {scope}" in run360(module, token=token, **options)["msg"]
    inhabited.own.put_token(token, scopes=sorted(scopes))
    assert "msg" not in run360(module, token=token, **options)
