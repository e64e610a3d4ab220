# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's state, in SQLite: the schema and every query.

One connection, used by the event loop's thread only. Objects are stored as JSON beside their keys; what is searched for
or counted has tables of its own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from emulator_common.database import Database

from y360_emulator.records import (
    FIRST_EMAIL_ID,
    FIRST_USER,
    Contact,
    Delegated,
    Department,
    DnsRecord,
    Domain,
    Group,
    Organization,
    SharedMailbox,
    Task,
    User,
)

_OBJECTS = {
    "organization": Organization,
    "domain": Domain,
    "user": User,
    "unit": Group,
    "department": Department,
    "contact": Contact,
    "shared": SharedMailbox,
    "delegated": Delegated,
    "task": Task,
    "dns": DnsRecord,
}

_SCHEMA = """
CREATE TABLE token (token TEXT PRIMARY KEY, kind TEXT NOT NULL, login TEXT NOT NULL, scopes TEXT NOT NULL,
    organizations TEXT, expires REAL);
CREATE TABLE client (id TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE sequence (organization INTEGER, name TEXT, value INTEGER NOT NULL, PRIMARY KEY (organization, name));
CREATE TABLE name (organization INTEGER, name TEXT, kind TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (organization, name));
CREATE TABLE member (
    position INTEGER PRIMARY KEY AUTOINCREMENT, organization INTEGER NOT NULL, unit INTEGER NOT NULL,
    kind TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (organization, unit, kind, id));
CREATE INDEX member_id ON member (organization, kind, id);
CREATE TABLE permission (
    position INTEGER PRIMARY KEY AUTOINCREMENT, organization INTEGER NOT NULL, list INTEGER NOT NULL,
    role TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL, UNIQUE (organization, list, role, kind, id));
CREATE TABLE actor (
    organization INTEGER, resource INTEGER, id INTEGER, roles TEXT NOT NULL,
    PRIMARY KEY (organization, resource, id));
""" + "".join(
    f"CREATE TABLE {name} (organization INTEGER, id, data TEXT NOT NULL, PRIMARY KEY (organization, id));\n"
    for name in _OBJECTS
)

LARGEST = (1 << 63) - 1


class Record(Protocol):
    """An object that belongs to an organization."""

    @property
    def organization(self) -> int:
        """The organization."""

    @property
    def id(self) -> Any:
        """The ID within it."""


R = TypeVar("R", bound=Record)


class Token(NamedTuple):
    """A token: `kind` is owner, admin, or exchanged; `organizations` is None for all; `expires` is a Unix time."""

    token: str
    kind: str
    login: str
    scopes: Sequence[str]
    organizations: Sequence[int] | None
    expires: float | None


class Name(NamedTuple):
    """What a local part belongs to: `kind` is user, group, department, or shared_mailbox."""

    kind: str
    id: int


class Member(NamedTuple):
    """A direct member of a group."""

    kind: str
    id: str


class Permission(NamedTuple):
    """A role on a mailing list, and the subject that has it."""

    role: str
    kind: str
    id: int


class Table(Generic[R]):
    """The objects of one kind."""

    def __init__(self, db: sqlite3.Connection, name: str, record: type[R], order: str = "id") -> None:
        self._db = db
        self._name = name
        self._record = record
        self._order = order

    def get(self, organization: int, number: int | str) -> R | None:
        """Return an object. No number that SQLite cannot take is the ID of one."""
        if isinstance(number, int) and number > LARGEST:
            return None
        rows = self._run("SELECT data FROM {table} WHERE organization = ? AND id = ?", organization, number)
        return next(self._read(rows), None)

    def page(self, organization: int, *, offset: int = 0, limit: int = -1, hidden: Iterable[int | str] = ()) -> list[R]:
        """Return some of an organization's objects (all by default) but the hidden ones."""
        statement = (
            "SELECT data FROM {table} WHERE organization = ? AND id NOT IN (SELECT value FROM json_each(?))"
            " ORDER BY {order} LIMIT ? OFFSET ?"
        )
        return [*self._read(self._run(statement, organization, json.dumps([*hidden]), limit, offset))]

    def having(self, organization: int, field: str, value: int | str) -> list[R]:
        """Return an organization's objects that have a value in a field."""
        statement = "SELECT data FROM {table} WHERE organization = ? AND json_extract(data, ?) = ? ORDER BY {order}"
        return [*self._read(self._run(statement, organization, f"$.{field}", value))]

    def everywhere(self) -> list[R]:
        """Return the objects of all organizations."""
        return [*self._read(self._run("SELECT data FROM {table} ORDER BY {order}"))]

    def count(self, organization: int, *, hidden: Iterable[int | str] = ()) -> int:
        """Return the number of an organization's objects but the hidden ones."""
        statement = "SELECT count(*) FROM {table} WHERE organization = ? AND id NOT IN (SELECT value FROM json_each(?))"
        return int(self._run(statement, organization, json.dumps([*hidden])).fetchone()[0])

    def put(self, record: R) -> R:
        """Create or change an object, and return it."""
        statement = (
            "INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT (organization, id) DO UPDATE SET data = excluded.data"
        )
        self._run(statement, record.organization, record.id, _dumped(record))
        return record

    def delete(self, record: R) -> None:
        """Delete an object."""
        self._run("DELETE FROM {table} WHERE organization = ? AND id = ?", record.organization, record.id)

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self._db.execute(statement.format(table=self._name, order=self._order), values)

    def _read(self, rows: Iterable[Any]) -> Iterator[R]:
        return (self._record(**json.loads(row[0])) for row in rows)


class Store(Database):
    """All queries on one state."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file, (_SCHEMA,))
        self.organizations = Table(self._db, "organization", Organization)
        self.domains = Table(self._db, "domain", Domain, "rowid")
        self.users = Table(self._db, "user", User)
        self.groups = Table(self._db, "unit", Group)
        self.departments = Table(self._db, "department", Department)
        self.contacts = Table(self._db, "contact", Contact)
        self.shared = Table(self._db, "shared", SharedMailbox)
        self.delegated = Table(self._db, "delegated", Delegated)
        self.tasks = Table(self._db, "task", Task)
        self.dns = Table(self._db, "dns", DnsRecord)

    def forget_organization(self, organization: int) -> None:
        """Delete an organization with everything in it."""
        statement = "DELETE FROM {table} WHERE organization = ?"
        for table in (*_OBJECTS, "sequence", "name", "member", "permission", "actor"):
            self._db.execute(statement.format(table=table), (organization,))

    # Tokens and clients

    def put_token(self, token: Token) -> None:
        """Create or replace a token."""
        organizations = None if token.organizations is None else json.dumps([*token.organizations])
        values = (token.token, token.kind, token.login, json.dumps([*token.scopes]), organizations, token.expires)
        self._db.execute("INSERT OR REPLACE INTO token VALUES (?, ?, ?, ?, ?, ?)", values)

    def token(self, text: str) -> Token | None:
        """Return a token."""
        row = self._db.execute("SELECT * FROM token WHERE token = ?", (text,)).fetchone()
        if row is None:
            return None
        token, kind, login, scopes, organizations, expires = tuple(row)
        known = json.loads(organizations) if organizations else None
        return Token(token, kind, login, json.loads(scopes), known, expires)

    def delete_token(self, text: str) -> None:
        """Delete a token."""
        self._db.execute("DELETE FROM token WHERE token = ?", (text,))

    def has_tokens(self) -> bool:
        """Return whether there is any token."""
        return self._number("SELECT count(*) FROM token") > 0

    def put_client(self, client: str, secret: str) -> None:
        """Create or change an application that can ask for tokens."""
        self._db.execute("INSERT OR REPLACE INTO client VALUES (?, ?)", (client, secret))

    def secret(self, client: str) -> str | None:
        """Return the secret of an application."""
        row = self._db.execute("SELECT secret FROM client WHERE id = ?", (client,)).fetchone()
        return row[0] if row else None

    # Sequences

    def next_user(self) -> int:
        """Return the ID of a new user or shared mailbox."""
        return FIRST_USER + self._next(0, "user")

    def next_email_id(self) -> int:
        """Return a new ID of an address of a group or department."""
        return FIRST_EMAIL_ID + self._next(0, "email")

    def next_contact(self) -> str:
        """Return the ID of a new external contact."""
        return f"6a1b{self._next(0, 'contact'):020x}"

    def next_number(self, organization: int, name: str) -> int:
        """Return the next number of a sequence of an organization."""
        return self._next(organization, name)

    def skip_to(self, organization: int, name: str, value: int) -> None:
        """Let a sequence go on after a number, unless it has passed it."""
        self._db.execute(
            "INSERT INTO sequence VALUES (?, ?, ?)"
            " ON CONFLICT (organization, name) DO UPDATE SET value = max(value, excluded.value)",
            (organization, name, value),
        )

    def _next(self, organization: int, name: str) -> int:
        return self._number(
            "INSERT INTO sequence VALUES (?, ?, 1)"
            " ON CONFLICT (organization, name) DO UPDATE SET value = value + 1 RETURNING value",
            organization,
            name,
        )

    # Names

    def owner_of(self, organization: int, name: str) -> Name | None:
        """Return what a local part belongs to."""
        row = self._db.execute(
            "SELECT kind, id FROM name WHERE organization = ? AND name = ?", (organization, name.lower())
        ).fetchone()
        return Name(*row) if row else None

    def take_name(self, organization: int, name: str, owner: Name) -> None:
        """Give a local part that is free to somebody."""
        self._db.execute("INSERT INTO name VALUES (?, ?, ?, ?)", (organization, name.lower(), *owner))

    def free_name(self, organization: int, name: str) -> None:
        """Make a local part free."""
        self._db.execute("DELETE FROM name WHERE organization = ? AND name = ?", (organization, name.lower()))

    def free_names_of(self, organization: int, owner: Name) -> None:
        """Make all local parts of an object free."""
        self._db.execute("DELETE FROM name WHERE organization = ? AND kind = ? AND id = ?", (organization, *owner))

    # Members

    def members(self, organization: int, group: int) -> list[Member]:
        """Return the direct members of a group in the order in which they were added."""
        rows = self._db.execute(
            "SELECT kind, id FROM member WHERE organization = ? AND unit = ? ORDER BY position", (organization, group)
        )
        return [Member(*row) for row in rows]

    def count_members(self, organization: int, group: int) -> int:
        """Return the number of direct members of a group."""
        return self._number("SELECT count(*) FROM member WHERE organization = ? AND unit = ?", organization, group)

    def groups_of(self, organization: int, member: Member) -> list[int]:
        """Return the groups that have a direct member."""
        rows = self._db.execute(
            "SELECT unit FROM member WHERE organization = ? AND kind = ? AND id = ? ORDER BY unit",
            (organization, *member),
        )
        return [row[0] for row in rows]

    def add_member(self, organization: int, group: int, member: Member) -> bool:
        """Add a direct member, and return whether it was none yet."""
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO member (organization, unit, kind, id) VALUES (?, ?, ?, ?)",
            (organization, group, *member),
        )
        return cursor.rowcount > 0

    def remove_member(self, organization: int, group: int, member: Member) -> bool:
        """Remove a direct member, and return whether it was one."""
        cursor = self._db.execute(
            "DELETE FROM member WHERE organization = ? AND unit = ? AND kind = ? AND id = ?",
            (organization, group, *member),
        )
        return cursor.rowcount > 0

    def clear_members(self, organization: int, group: int) -> None:
        """Remove all members of a group."""
        self._db.execute("DELETE FROM member WHERE organization = ? AND unit = ?", (organization, group))

    def remove_from_groups(self, organization: int, member: Member) -> None:
        """Remove a member from all groups."""
        self._db.execute("DELETE FROM member WHERE organization = ? AND kind = ? AND id = ?", (organization, *member))

    # Permissions of mailing lists

    def permissions(self, organization: int, email_id: int) -> list[Permission]:
        """Return the permissions on a list in the order in which they were given."""
        rows = self._db.execute(
            "SELECT role, kind, id FROM permission WHERE organization = ? AND list = ? ORDER BY position",
            (organization, email_id),
        )
        return [Permission(*row) for row in rows]

    def grant(self, organization: int, email_id: int, permission: Permission) -> None:
        """Give a permission, which may be there already."""
        self._db.execute(
            "INSERT OR IGNORE INTO permission (organization, list, role, kind, id) VALUES (?, ?, ?, ?, ?)",
            (organization, email_id, *permission),
        )

    def revoke(self, organization: int, email_id: int, permission: Permission) -> None:
        """Take a permission away, which need not be there."""
        self._db.execute(
            "DELETE FROM permission WHERE organization = ? AND list = ? AND role = ? AND kind = ? AND id = ?",
            (organization, email_id, *permission),
        )

    def revoke_kind(self, organization: int, email_id: int, role: str, kind: str) -> None:
        """Take a role away from all subjects of a kind."""
        self._db.execute(
            "DELETE FROM permission WHERE organization = ? AND list = ? AND role = ? AND kind = ?",
            (organization, email_id, role, kind),
        )

    def revoke_list(self, organization: int, email_id: int) -> None:
        """Take all permissions on a list away."""
        self._db.execute("DELETE FROM permission WHERE organization = ? AND list = ?", (organization, email_id))

    def revoke_subject(self, organization: int, kind: str, number: int) -> None:
        """Take all permissions of a subject away."""
        self._db.execute(
            "DELETE FROM permission WHERE organization = ? AND kind = ? AND id = ?", (organization, kind, number)
        )

    # Actors of shared and delegated mailboxes

    def actors(self, organization: int, resource: int) -> dict[int, list[str]]:
        """Return the roles of each actor of a mailbox."""
        rows = self._db.execute(
            "SELECT id, roles FROM actor WHERE organization = ? AND resource = ? ORDER BY id", (organization, resource)
        )
        return {row[0]: json.loads(row[1]) for row in rows}

    def resources(self, organization: int, actor: int) -> dict[int, list[str]]:
        """Return the roles that an actor has on each mailbox."""
        rows = self._db.execute(
            "SELECT resource, roles FROM actor WHERE organization = ? AND id = ? ORDER BY resource",
            (organization, actor),
        )
        return {row[0]: json.loads(row[1]) for row in rows}

    def set_roles(self, organization: int, resource: int, actor: int, roles: Sequence[str]) -> None:
        """Give an actor these roles on a mailbox and no others."""
        self._db.execute(
            "DELETE FROM actor WHERE organization = ? AND resource = ? AND id = ?", (organization, resource, actor)
        )
        if roles:
            values = (organization, resource, actor, json.dumps([*roles]))
            self._db.execute("INSERT INTO actor VALUES (?, ?, ?, ?)", values)

    def forget_actor(self, organization: int, actor: int) -> None:
        """Take all roles of an actor away."""
        self._db.execute("DELETE FROM actor WHERE organization = ? AND id = ?", (organization, actor))

    def forget_resource(self, organization: int, resource: int) -> None:
        """Take all roles on a mailbox away."""
        self._db.execute("DELETE FROM actor WHERE organization = ? AND resource = ?", (organization, resource))


def _dumped(record: Any) -> str:
    return json.dumps(asdict(record))
