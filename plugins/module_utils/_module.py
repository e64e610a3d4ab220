# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules do: read the common options, check the input, talk to the service, and end the task.

The only place that knows AnsibleModule.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._address import canonical_domain, raise_problems
from ._client import PddClient
from ._converge import AnyStep, Outcome, converge
from ._deps import IMPORT_ERROR
from ._errors import InvalidInputError, PddError
from ._transport import Connection, Transport

Value = TypeVar("Value")
Wanted = TypeVar("Wanted")

DEFAULT_API_URL = "https://pddimp.yandex.ru"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Documented in the documentation fragment `connection`. What the environment gives is looked up by us, because there a
# blank value counts as absent, too.
CONNECTION_SPEC: dict[str, Any] = {
    "domain": {"type": "str"},
    "token": {"type": "str", "no_log": True},
    "oauth_token": {"type": "str", "no_log": True},
    "api_url": {"type": "str"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "timeout": {"type": "float", "default": 30.0},
    "retry_timeout": {"type": "float", "default": 60.0},
    "max_connections": {"type": "int", "default": 8},
}


@dataclass
class Task:
    """What a module works with: the client of the domain, whether nothing may be written, and a way to warn."""

    client: PddClient
    check_mode: bool
    warn: Callable[[str], None]

    @property
    def domain(self) -> str:
        """The domain, as A-label."""
        return self.client.domain

    def apply(
        self,
        steps: Sequence[AnyStep],
        send: Callable[[AnyStep], object],
        plan_again: Callable[[Collection[AnyStep]], Iterable[AnyStep]],
    ) -> Outcome[AnyStep]:
        """Carry a plan out with converge(); in check mode nothing is sent and everything counts as done."""
        if self.check_mode:
            return Outcome(done=list(steps))
        return converge(steps, send=send, plan_again=plan_again, transport=self.client.transport)


@dataclass
class Result:
    """What came of the task.

    before and after: the diff, None where only reading is done. failures: as documented; message: what a user reads if
    there are any.
    """

    values: Mapping[str, Any]
    changed: bool = False
    before: object = None
    after: object = None
    failures: Sequence[Mapping[str, Any]] = ()
    message: str = ""


def run_module(
    *,
    options: Mapping[str, Any],
    wanted: Callable[[Mapping[str, Any], str], Wanted],
    execute: Callable[[Task, Wanted], Result],
    domain: str = "needed",
    **constraints: Any,
) -> None:
    """Run one module and end the process.

    options and constraints: as AnsibleModule takes them. wanted(params, domain) is pure, checks the options, and raises
    InvalidInputError. execute(task, wanted) does the work and raises PddError where it cannot begin. domain: whether
    the option of that name is "needed", "optional" (blank if absent), or "ignored".
    """
    module = AnsibleModule(argument_spec={**CONNECTION_SPEC, **options}, supports_check_mode=True, **constraints)
    if IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=IMPORT_ERROR)
    transport = None
    try:
        connection, name, request = _read_input(module, wanted, domain)
        transport = Transport(connection)
        task = Task(PddClient(transport, name), module.check_mode, module.warn)
        result = execute(task, request)
    except PddError as error:
        changed = transport is not None and transport.written > 0
        module.fail_json(msg=error.sentence(), error=error.as_dict(), changed=changed, failures=[], **_stats(transport))
    _end(module, result, _stats(transport))


def failure_message(outcome: Outcome[Any]) -> str:
    """Say in two sentences how much was done and what failed first; empty if nothing failed."""
    if not outcome.first_error:
        return ""
    failed = {tuple(step.names.values()) for step in outcome.failed}
    done = {tuple(step.names.values()) for step in outcome.done} - failed
    return f"{len(failed)} of {len(failed) + len(done)} failed, {len(done)} done. {outcome.first_error.sentence()}"


def _stats(transport: Transport | None) -> dict[str, Any]:
    return {"requests": transport.stats if transport else {"sent": 0, "retried": 0, "throttled_seconds": 0.0}}


def _end(module: AnsibleModule, result: Result, stats: Mapping[str, Any]) -> None:
    output = {**result.values, "changed": result.changed, "failures": list(result.failures), **stats}
    if module._diff and result.before is not None:
        output["diff"] = {"before": result.before, "after": result.after}
    if not result.failures:
        module.exit_json(**output)
    module.fail_json(msg=result.message, error=result.failures[0]["error"], **output)


def _read_input(
    module: AnsibleModule, wanted: Callable[[Mapping[str, Any], str], Wanted], domain: str
) -> tuple[Connection, str, Wanted]:
    """Check everything that can be checked before the first request; raises InvalidInputError with all problems."""
    problems: list[str] = []
    connection = _checked(problems, lambda: _connection(module))
    name = "" if domain == "ignored" else _checked(problems, lambda: _domain(module.params, needed=domain == "needed"))
    request = None if name is None else _checked(problems, lambda: wanted(module.params, name))
    if connection is None or name is None or request is None:
        raise InvalidInputError(problems)
    return connection, name, request


def _checked(problems: list[str], check: Callable[[], Value]) -> Value | None:
    """Return what a check returns; add its problems and return None if it finds some."""
    try:
        return check()
    except InvalidInputError as error:
        problems += error.problems
        return None


def _option(params: Mapping[str, Any], name: str) -> str | None:
    """Return an option or its environment variable, stripped; blank counts as absent."""
    for value in (params[name], os.environ.get(f"PDD_{name.upper()}")):
        if value and value.strip():
            return str(value).strip()
    return None


def _domain(params: Mapping[str, Any], *, needed: bool) -> str:
    domain = _option(params, "domain")
    if domain is None:
        if not needed:
            return ""
        raise InvalidInputError(["domain is missing: give the option or the environment variable PDD_DOMAIN"])
    try:
        return canonical_domain(domain)
    except ValueError as error:
        raise InvalidInputError([f"domain: {domain!r} is no valid domain name ({error})"]) from None


def _connection(module: AnsibleModule) -> Connection:
    params = module.params
    tokens = {name: _option(params, name) for name in ("token", "oauth_token")}
    api_url = (_option(params, "api_url") or DEFAULT_API_URL).rstrip("/")
    # Core masks the options as they were given; a token is stripped, or comes from the environment. And a password that
    # somebody writes into the URL is refused, but core shows the option.
    user_info = api_url.rpartition("@")[0].rpartition("//")[2]
    module.no_log_values.update(secret for secret in (*tokens.values(), *user_info.split(":")) if secret)
    problems = [
        *(_token_problem(name, token) for name, token in tokens.items()),
        _url_problem(api_url),
        *(_number_problem(params, name) for name in ("timeout", "retry_timeout", "max_connections")),
    ]
    ca_path = params["ca_path"]
    if ca_path and not Path(ca_path).exists():
        problems.append(f"ca_path: {ca_path!r} does not exist")
    raise_problems(problems)
    url = urlsplit(api_url)
    if url.scheme == "http" and url.hostname not in _LOOPBACK:
        module.warn(f"api_url: {api_url} is not encrypted, so the token can be read on the way.")
    return Connection(
        api_url=api_url,
        token=tokens["token"] or "",
        oauth_token=tokens["oauth_token"],
        validate_certs=params["validate_certs"],
        ca_path=ca_path,
        timeout=params["timeout"],
        retry_timeout=params["retry_timeout"],
        max_connections=params["max_connections"],
    )


def _token_problem(name: str, token: str | None) -> str | None:
    """Say what is wrong with a token without showing it, as the HTTP library would."""
    if token is None:
        missing = f"{name} is missing: give the option or the environment variable PDD_{name.upper()}"
        return missing if name == "token" else None
    if not (token.isascii() and token.isprintable()):
        return f"{name} has a character that is not printable ASCII"
    return None


def _url_problem(api_url: str) -> str | None:
    try:
        url = urlsplit(api_url)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        return "api_url: no URL of the form https://host[:port][/path]"
    if "@" in url.netloc:
        return "api_url: no user name or password may stand in the URL"
    if url.query or url.fragment or url.path.endswith(("/admin", "/registrar", "/api2")):
        return f"api_url: {api_url!r} must be the part of the URL before /api2"
    return None


def _number_problem(params: Mapping[str, Any], name: str) -> str | None:
    value, least = params[name], {"timeout": 0.001, "retry_timeout": 0, "max_connections": 1}[name]
    if math.isfinite(value) and value >= least:
        return None
    return f"{name}: {value} is not {'0 or more' if least == 0 else 'more than 0'}"
