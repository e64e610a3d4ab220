# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules for what is created, and the scopes that calls need (rules, scopes, once)."""

from __future__ import annotations

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._y360.once import Once
from ansible_collections.mailops.pdd.plugins.module_utils._y360.rules import Y360Rules
from ansible_collections.mailops.pdd.plugins.module_utils._y360.scopes import missing_scopes

RULES = Y360Rules()


@pytest.mark.parametrize("login", ["a", "anna", "anna.b", "a-b_c.d", "7", "x" * 40])
def test_good_logins(login: str) -> None:
    assert RULES.login_problem("login", login) is None


@pytest.mark.parametrize("login", ["", "-a", "a-", ".a", "_a", "a..b", "a b", "анна", "x" * 41, "a+b"])
def test_bad_logins(login: str) -> None:
    problem = RULES.login_problem("mailboxes[0].login", login)
    assert problem
    assert problem.startswith("mailboxes[0].login: ")
    assert repr(login) in problem


@pytest.mark.parametrize(("password", "is_good"), [("1234567", False), ("12345678", True), ("пароль" * 2, True)])
def test_passwords(password: str, is_good: bool) -> None:
    """What else is wrong with one, the service says."""
    problem = RULES.password_problem("password", password, "anna", is_new=True)
    assert (problem is None) is is_good
    assert password not in (problem or "")


def test_new_mailboxes_need_names() -> None:
    assert RULES.creation_problem("", "anna", {"first_name": "A", "last_name": "B"}) is None
    problem = RULES.creation_problem("mailboxes[1].", "anna", {"first_name": "", "sex": "female"})
    assert problem == (
        "mailboxes[1].first_name and mailboxes[1].last_name of anna is missing: "
        "a new mailbox needs first_name and last_name"
    )


@pytest.mark.parametrize(("count", "is_good"), [(0, True), (10, True), (11, False)])
def test_aliases(count: int, is_good: bool) -> None:
    assert (RULES.aliases_problem("aliases", "anna", count) is None) is is_good


@pytest.mark.parametrize(
    ("method", "endpoint", "read", "write"),
    [
        ("GET", "directory/v1/org", "directory:read_organization", None),
        ("GET", "v1/directory/organizations/7/users", "directory:read_users", "directory:write_users"),
        ("POST", "directory/v1/org/7/users", None, "directory:write_users"),
        ("DELETE", "directory/v1/org/7/users/1/aliases/x", None, "directory:write_users"),
        ("PATCH", "directory/v2/org/7/groups/1/members/add", None, "directory:write_groups"),
        ("GET", "directory/v1/org/7/domains", "directory:read_domains", "directory:write_domains"),
        ("GET", "v1/directory/organizations/7/departments", "directory:read_departments", None),
        ("POST", "directory/v1/org/7/external_contacts", None, "directory:write_external_contacts"),
    ],
)
def test_scopes_of_the_directory(method: str, endpoint: str, read: str | None, write: str | None) -> None:
    """Writing includes reading."""
    needed = write if method != "GET" else read
    assert missing_scopes(method, endpoint, ["mail:smtp"]) == [needed]
    for enough in filter(None, (needed, write)):
        assert missing_scopes(method, endpoint, [enough]) == []


@pytest.mark.parametrize(
    ("endpoint", "name"),
    [
        ("v1/admin/org/7/mail-lists/1/permissions", "mail_list_permissions"),
        ("admin/v1/org/7/mail/users/1/settings/sender_info", "user_settings"),
        ("admin/v1/org/7/mailboxes/shared", "shared_mailbox_inventory"),
    ],
)
def test_scopes_of_mail(endpoint: str, name: str) -> None:
    """Writing needs both."""
    read, write = f"ya360_admin:mail_read_{name}", f"ya360_admin:mail_write_{name}"
    assert missing_scopes("GET", endpoint, []) == [read]
    assert missing_scopes("GET", endpoint, [read]) == []
    assert missing_scopes("POST", endpoint, []) == [read, write]
    assert missing_scopes("POST", endpoint, [read]) == [write]


def test_unknown_endpoint() -> None:
    assert missing_scopes("GET", "whoami", []) == []


def test_once() -> None:
    """Read when it is needed; taken twice, it is read twice."""
    numbers = iter(range(10))
    value = Once(lambda: next(numbers))
    assert value.peek() is None
    assert (value.get(), value.get(), value.peek(), value.take()) == (0, 0, 0, 0)
    assert (value.take(), value.get()) == (1, 1)
    assert value.take() == 2
    value.reset()
    assert (value.take(), value.get(), value.take()) == (3, 3, 4)
