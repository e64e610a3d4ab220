# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the roles pdd_domain and y360_domain: one table for each, of their names, types, defaults and kinds.

Everything that the controller does with them follows from it. The argument specs of the roles, their defaults and the
documentation say the same in prose, and a test compares them.

The keys are the names without the prefix of the role. An entry is an argument spec of Ansible with one more key. `kind`
says what a string is:
    address  a name or an address: compared in NFC, without invisible and full-width characters
    account  a login on another server, which may have any form, but no invisible characters
    text     what people read: kept in NFC
    date     a date, which YAML may have read as one
    path     a file of the user, relative to his inventory
    html     a signature, which may be empty
A string without a kind is kept as it is, and so is what has no_log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..module_utils._module.services import PDD, Y360, Service
from ..module_utils._pdd.dialect import DEFAULT_API_URL as PDD_API_URL
from ..module_utils._y360.dialect import DEFAULT_API_URL as Y360_API_URL

Spec = Mapping[str, Mapping[str, Any]]

_SECRET = {"type": "str", "no_log": True}
_ADDRESS = {"type": "str", "kind": "address"}
_ADDRESSES = {"type": "list", "elements": "str", "kind": "address"}
_TEXT = {"type": "str", "kind": "text"}
_PATH = {"type": "str", "kind": "path"}
_NO = {"type": "bool", "default": False}
_YES = {"type": "bool", "default": True}

_IMPORTED: Spec = {
    "external_login": {"type": "str", "kind": "account", "required": True},
    "external_password": {**_SECRET, "required": True},
    "internal_login": _ADDRESS,
    "internal_password": _SECRET,
}

_SOURCE: Spec = {
    "server": {"type": "str", "required": True},
    "method": {"type": "str", "choices": ["imap", "imap4", "pop", "pop3"], "default": "imap"},
    "ssl": _YES,
    "port": {"type": "int"},
    "mailboxes": {"type": "list", "elements": "dict", "required": True, "options": _IMPORTED},
}

_MAILBOX: Spec = {
    "login": {**_ADDRESS, "required": True},
    "password": _SECRET,
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create"},
    "first_name": _TEXT,
    "last_name": _TEXT,
    "birth_date": {"type": "str", "kind": "date"},
    "sex": {"type": "str", "choices": ["male", "female", "unset"]},
    "hint_question": _TEXT,
    "hint_answer": _SECRET,
    "enabled": {"type": "bool"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

_Y360_MAILBOX: Spec = {
    **_MAILBOX,
    "middle_name": _TEXT,
    "position": _TEXT,
    "aliases": _ADDRESSES,
    "password_change_required": {"type": "bool"},
}

_MAILLIST: Spec = {
    "maillist": {**_ADDRESS, "required": True},
    "subscribers": _ADDRESSES,
    "senders_on_behalf": _ADDRESSES,
    "exclusive": _NO,
}

_IMPORTS: Spec = {"imports": {"type": "list", "elements": "dict", "default": [], "options": _SOURCE}}

# The variables that both roles have.
_CONNECTION: Spec = {
    "name": _ADDRESS,
    "validate_certs": _YES,
    "timeout": {"type": "float", "default": 30},
    "retry_timeout": {"type": "float", "default": 60},
    "max_connections": {"type": "int", "default": 8},
    "throttle": {"type": "int", "default": 0},
}
_SHARED: Spec = {
    **_CONNECTION,
    "signature": {"type": "str", "kind": "html"},
    "mailboxes": {"type": "list", "elements": "dict", "default": [], "options": _MAILBOX},
    "maillists": {"type": "list", "elements": "dict", "default": [], "options": _MAILLIST},
    "maillists_exclusive": _NO,
    "maillists_absent": {**_ADDRESSES, "default": []},
    "max_removals_percent": {"type": "int", "default": 30},
    "verify_count": _YES,
}
# Variables of the same name that each role has for itself: what belongs to one service is never sent to the other.
_OWN_CONNECTION: Spec = {"token": _SECRET, "api_url": {"type": "str"}, "ca_path": _PATH}
_EXPORT: Spec = {"export_dir": {**_PATH, "required": True}, "export_exclusive": _NO}

_PDD_CONNECTION: Spec = {**_OWN_CONNECTION, "oauth_token": _SECRET}
_Y360_CONNECTION: Spec = {**_OWN_CONNECTION, "organization": {"type": "int"}, "cloud_api_url": {"type": "str"}}


@dataclass(frozen=True)
class Role:
    """A role that provisions a domain on one service.

    name: also the prefix of its variables, with an underscore. service_name: what the host variable mailops_service
    says. title: what messages call the service. connection: the variables that all entry points take. main, export: the
    variables of these entry points. twin: the role from which `shared` variables are taken that are not set. lacks:
    variables of the twin for what this service cannot do. identity: the variables that say which domain a host is, and
    those that say whose. parts: the tasks, in their order.
    """

    name: str
    service_name: str
    title: str
    service: Service
    default_api_url: str
    connection: tuple[str, ...]
    main: Spec
    export: Spec
    identity: tuple[tuple[str, ...], tuple[str, ...]]
    parts: tuple[str, ...]
    twin: Role | None = None
    shared: frozenset[str] = frozenset()
    lacks: Spec = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What the names of the variables begin with."""
        return f"{self.name}_"

    @property
    def entry_points(self) -> Mapping[str, Spec]:
        """The variables that each entry point takes."""
        return {"main": self.main, "export": self.export, "report": self.main, "validate": self.main}

    @property
    def own_names(self) -> set[str]:
        """Return all names with the prefix that mean something: variables, and what the role itself sets."""
        return {self.prefix + name for name in (*self.main, *self.export, "input", "report", "drift")}

    @property
    def known_names(self) -> set[str]:
        """The own names, and those of the twin."""
        return self.own_names | (self.twin.own_names if self.twin else set())

    def documented(self, entry_point: str) -> dict[str, Mapping[str, Any]]:
        """Return the variables of an entry point as they are documented: a shared one has the default of its twin."""
        return {
            self.prefix + name: {
                key: value for key, value in option.items() if key != "default" or name not in self.shared
            }
            for name, option in self.entry_points[entry_point].items()
        }


@dataclass(frozen=True)
class Names:
    """What the variables of a role are called in messages: as the user typed them, who may have set those of the twin.

    twins: the names without prefix of the variables that are taken from the twin.
    """

    role: Role
    twins: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> str:
        """Return the whole name of a variable."""
        is_of_twin = self.role.twin and name in (*self.twins, *self.role.lacks)
        role = self.role.twin if self.role.twin and is_of_twin else self.role
        return role.prefix + name


PDD_DOMAIN = Role(
    name="pdd_domain",
    service_name="pdd",
    title="PDD",
    service=PDD,
    default_api_url=PDD_API_URL,
    connection=(*_CONNECTION, *_PDD_CONNECTION),
    main={
        **_SHARED,
        **_PDD_CONNECTION,
        "signature_state_path": _PATH,
        "sets_signature": _YES,
        **_IMPORTS,
        "imports_wait": _NO,
        "imports_wait_timeout": {"type": "int", "default": 3600},
        "imports_retry_failed": _NO,
        "imports_existing": {"type": "str", "choices": ["skip", "import"], "default": "skip"},
    },
    export={**_CONNECTION, **_PDD_CONNECTION, **_EXPORT},
    identity=(("name", "api_url", "signature", "sets_signature"), ("token", "oauth_token")),
    parts=(
        *("removals", "freed", "signature", "imports", "mailboxes"),
        *("absent", "maillists", "subscribers", "wait"),
    ),
)
Y360_DOMAIN = Role(
    name="y360_domain",
    service_name="yandex360",
    title="Yandex 360",
    service=Y360,
    default_api_url=Y360_API_URL,
    connection=(*_CONNECTION, *_Y360_CONNECTION),
    main={
        **_SHARED,
        **_Y360_CONNECTION,
        "mailboxes": {**_SHARED["mailboxes"], "options": _Y360_MAILBOX},
        "outside_subscribers": {"type": "str", "choices": ["refuse", "contacts"], "default": "refuse"},
        "allow_undocumented": _NO,
        "ignore_unsupported": _NO,
        "state_path": _PATH,
    },
    export={**_CONNECTION, **_Y360_CONNECTION, **_EXPORT},
    identity=(("name", "api_url"), ()),
    parts=("removals", "freed", "mailboxes", "absent", "maillists", "subscribers", "signature"),
    twin=PDD_DOMAIN,
    shared=frozenset(_SHARED),
    lacks=_IMPORTS,
)

ROLES: Mapping[str, Role] = {role.service_name: role for role in (PDD_DOMAIN, Y360_DOMAIN)}
"""The roles by what the host variable mailops_service says."""
VARIABLES: Spec = {role.prefix + name: option for role in ROLES.values() for name, option in role.main.items()}
"""The variables of all roles, among them all secrets that no message may show."""
TOKENS = ("PDD_TOKEN", "PDD_OAUTH_TOKEN", "Y360_TOKEN")
"""The environment variables with secrets."""
