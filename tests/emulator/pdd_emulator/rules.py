# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules for domains, names, passwords and other parameters (docs/api/pdd.md, 1.5 to 1.7). Pure functions.

Each rule returns the value in its stored form or raises `ApiError` with the code of the first broken rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LOGIN_MAX = 30
PASSWORD_MIN = 6
PASSWORD_MAX_ADD = 20  # docs/api/pdd.md, 3.5: 20 for add, 30 for edit
PASSWORD_MAX_EDIT = 30
COUNTRIES = frozenset({"ru", "en", "ua", "tr", "by", "az", "ro", "ge", "kz"})
CHECK_RESULTS = frozenset(
    {
        "ok",
        "no-cname,no-file",
        "bad-cname,bad-file",
        "bad-cname,no-file",
        "no-cname,bad-file",
        "domain-not-found",
        "occupied",
        "mx-wrong",
        "mx-not-found",
    }
)
DOMAINS_MAX = 50
PROHIBITED_DOMAINS = (
    "ya.ru",
    "yandex.by",
    "yandex.com",
    "yandex.com.tr",
    "yandex.kz",
    "yandex.ru",
    "yandex.ua",
)
"""Chosen: the vendor's own, with all below them."""
IMAGE_SIGNATURES = {
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
}
IMAGE_MAX = 2 * 1024 * 1024
RESERVED_LOGINS = frozenset({"abuse", "postmaster"})
IMAP_METHODS = frozenset({"imap", "imap4"})
POP_METHODS = frozenset({"pop", "pop3"})

_DOMAIN_MAX = 253
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LOGIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PASSWORD = re.compile(r"[A-Za-z0-9!@#$%^&*()_\-+:;,.]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,9}")
_UID = re.compile(r"[0-9]{1,18}")
_SERVER = re.compile(r"[A-Za-z0-9:._-]{1,253}")

_FLAGS = frozenset({"enabled", "can_send_on_behalf", "ssl", "secretkey"})
_FLAG_FORMS = {"true": "yes", "1": "yes", "false": "no", "0": "no"}


class ApiError(Exception):
    """An error the API reports; `code` is the value of the answer's key `error`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SourceServer:
    """The source server of an import: the four settings parameters of docs/api/pdd.md, 2.4."""

    method: str
    server: str
    port: int
    ssl: bool

    def form(self) -> dict[str, str | int]:
        """Return the settings as answers echo them."""
        return {"method": self.method, "server": self.server, "port": self.port, "ssl": flag(self.ssl)}

    def account(self, login: str) -> str:
        """Name a source account: by protocol and host, not by port, because imap and imaps show the same messages."""
        protocol = "imap" if self.method in IMAP_METHODS else "pop3"
        return f"{protocol}://{self.server.lower()}/{login}"


def flag(value: bool) -> str:
    """Return the API's string for a flag."""
    return "yes" if value else "no"


def a_label(domain: str) -> str:
    """Return a domain name as lower-case A-labels.

    Raises `bad_domain` for what is no RFC name. Chosen: a single label is none.
    """
    if len(domain) > _DOMAIN_MAX:
        raise ApiError("bad_domain")
    try:
        name = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ApiError("bad_domain") from None
    if len(name) > _DOMAIN_MAX or not _DOMAIN.fullmatch(name):
        raise ApiError("bad_domain")
    return name


def new_domain(text: str) -> str:
    """Check the name of a domain that is to be connected. Raises `bad_domain`, `prohibited`."""
    name = a_label(text)
    if any(f".{name}".endswith(f".{prohibited}") for prohibited in PROHIBITED_DOMAINS):
        raise ApiError("prohibited")
    return name


def country(text: str) -> str:
    """Check the language code of the mail interface."""
    if text not in COUNTRIES:
        raise ApiError("bad_country")
    return text


def check_image(media_type: str, content: bytes) -> None:
    """Check a logo: GIF, JPEG or PNG, at most 2 MB. Chosen: its beginning and its declared type agree."""
    if len(content) > IMAGE_MAX or not content.startswith(IMAGE_SIGNATURES.get(media_type, ())):
        raise ApiError("bad_file")


def deputy(text: str, domain: str) -> str:
    """Check the account of a new deputy, `name` or `name@any-domain-but-this`, and return it in lower case.

    It must be an account of its own, not one of the domain (docs/api/pdd.md, 1.6). Chosen: both forms, kept as given.
    """
    if not text:
        raise ApiError("login-empty")
    name, at, host = text.partition("@")
    if len(name) > LOGIN_MAX:
        raise ApiError("login-toolong")
    if not _LOGIN.fullmatch(name) or (at and not _other_domain(host, domain)):
        raise ApiError("badlogin")
    return text.lower()


def new_name(text: str | None, domain: str, *, missing: str) -> str:
    """Check the name of a new mailbox or list, `name` or `name@domain`, and return it bare and in lower case."""
    if text is None:
        raise ApiError(missing)
    if not text:
        raise ApiError("login-empty")
    name, at, host = text.partition("@")
    if len(name) > LOGIN_MAX:
        raise ApiError("login-toolong")
    if not _LOGIN.fullmatch(name) or (at and not _same_domain(host, domain)):
        raise ApiError("badlogin")
    return name.lower()


def new_login(text: str | None, domain: str) -> str:
    """Check the name of a new mailbox; the reserved names are for mailing lists only (docs/api/pdd.md, 1.6)."""
    login = new_name(text, domain, missing="no_login")
    if login in RESERVED_LOGINS:
        raise ApiError("login_reserved")
    return login


def existing_name(text: str, domain: str) -> str:
    """Return the bare name of `name` or `name@domain`. Raises `account_not_found` for an address elsewhere."""
    name, at, host = text.partition("@")
    if at and not _same_domain(host, domain):
        raise ApiError("account_not_found")
    return name.lower()


def alias(text: str, domain: str) -> str:
    """Check an alias of a mailbox, `name` or `name@any-domain`, and return its address. Raises `badlogin`."""
    name, at, host = text.partition("@")
    if not _LOGIN.fullmatch(name):
        raise ApiError("badlogin")
    return f"{name.lower()}@{a_label(host) if at else domain}"


def existing_uid(text: str) -> int:
    """Return a uid as a number. Chosen: what is no number is simply the uid of no account."""
    if not _UID.fullmatch(text):
        raise ApiError("account_not_found")
    return int(text)


def new_password(text: str | None, login: str) -> str:
    """Check the password of a new mailbox named `login`."""
    if text is None:
        raise ApiError("no_password")
    if not text:
        raise ApiError("passwd-empty")
    check_password(text, PASSWORD_MAX_ADD)
    check_unlike_login(text, login)
    return text


def changed_password(text: str) -> str:
    """Check the new password of a mailbox, except for `check_unlike_login`.

    Chosen: an empty one is too short; `passwd-empty` is known of `email/add` only (docs/api/pdd.md, 1.5).
    """
    check_password(text, PASSWORD_MAX_EDIT)
    return text


def check_password(password: str, longest: int) -> None:
    """Check the length and the characters of a password."""
    if len(password) < PASSWORD_MIN:
        raise ApiError("passwd-tooshort")
    if len(password) > longest:
        raise ApiError("passwd-toolong")
    if not _PASSWORD.fullmatch(password):
        raise ApiError("badpasswd")


def check_unlike_login(password: str, login: str) -> None:
    """Check that a password differs from the user name."""
    if password.lower() == login:
        raise ApiError("passwd-likelogin")


def required(params: Mapping[str, str], parameter: str) -> str:
    """Return a parameter, which may be empty. Raises `no_<parameter>` if it is absent."""
    if parameter not in params:
        raise ApiError(f"no_{parameter}")
    return params[parameter]


def yes_or_no(text: str, parameter: str) -> bool:
    """Read a flag parameter. Raises `bad_<parameter>` for anything but `yes` and `no`."""
    if text not in {"yes", "no"}:
        raise ApiError(f"bad_{parameter}")
    return text == "yes"


def only_yes(text: str, parameter: str) -> bool:
    """Read a parameter whose only value is `yes`. Raises `bad_<parameter>` for others."""
    if text != "yes":
        raise ApiError(f"bad_{parameter}")
    return True


def birth_date(text: str) -> str:
    """Check a date, `YYYY-MM-DD`."""
    if not _DATE.fullmatch(text):
        raise ApiError("bad_birth_date")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ApiError("bad_birth_date") from None


def sex(text: str) -> int:
    """Read a sex: 0 not set, 1 male, 2 female."""
    if text not in {"0", "1", "2"}:
        raise ApiError("bad_sex")
    return int(text)


def lenient(params: Mapping[str, str]) -> dict[str, str]:
    """Return parameters with the documented forms of what some clients send (docs/api/pdd.md, 3.2a)."""
    return {name: _documented_form(name, text) for name, text in params.items()}


def _documented_form(name: str, text: str) -> str:
    if name == "method":
        return text.lower()
    return _FLAG_FORMS.get(text.lower(), text) if name in _FLAGS else text


def small_number(text: str | None, default: int) -> int:
    """Read a page number or size. Chosen: what is no number of at most nine digits counts as not given."""
    if text is None or not _SMALL_NUMBER.fullmatch(text):
        return default
    return int(text)


def paging(params: Mapping[str, str], *, default: int, most: int) -> tuple[int, int]:
    """Read `page` and `on_page`, clamped (docs/api/pdd.md, 1.7)."""
    page = max(1, small_number(params.get("page"), 1))
    on_page = min(most, max(1, small_number(params.get("on_page"), default)))
    return page, on_page


def source_server(params: Mapping[str, str]) -> SourceServer:
    """Read the settings of an import. Chosen: one after the other, each first for absence, then for its value."""
    method = required(params, "method")
    if method not in IMAP_METHODS | POP_METHODS:
        raise ApiError("bad_method")
    server = required(params, "server")
    if not _SERVER.fullmatch(server):
        raise ApiError("bad_server")
    port = small_number(required(params, "port"), 0)
    if not 1 <= port <= 65535:
        raise ApiError("bad_port")
    return SourceServer(method, server, port, yes_or_no(required(params, "ssl"), "ssl"))


def _other_domain(host: str, domain: str) -> bool:
    try:
        return a_label(host) != domain
    except ApiError:
        return False


def _same_domain(host: str, domain: str) -> bool:
    try:
        return a_label(host) == domain
    except ApiError:
        return False
