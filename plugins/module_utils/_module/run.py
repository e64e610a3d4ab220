# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules do: read the common options, check the input, talk to the service, and end the task.

The only place that knows AnsibleModule.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._core.converge import AnyStep, Outcome, converge
from .._core.deps import IMPORT_ERROR
from .._core.errors import InvalidInputError, PddError
from .._core.show import escape
from .._core.transport import Connection, Transport
from .._mail.address import canonical_domain
from .._pdd.client import PddClient
from .._pdd.connection import encryption_warning, read_connection, read_option, secrets_in
from .no_log import NoLogModule

Value = TypeVar("Value")
Wanted = TypeVar("Wanted")

# Documented in the documentation fragment `connection`.
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
    module = NoLogModule(argument_spec={**CONNECTION_SPEC, **options}, supports_check_mode=True, **constraints)
    if IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=IMPORT_ERROR)
    transport = None
    try:
        connection, name, request = _read_input(module, wanted, domain)
        transport = Transport(connection)
        task = Task(PddClient(transport, name), module.check_mode, lambda text: module.warn(escape(text)))
        try:
            result = execute(task, request)
        finally:
            for remark in task.client.remarks.sentences():
                task.warn(remark)
        transport.check()  # a worker of Ansible that lost its controller hangs if a result is larger than a pipe
    except KeyboardInterrupt:
        _fail(module, transport, PddError("interrupted", "the task was interrupted"))
    except PddError as error:
        _fail(module, transport, error)
    _end(module, result, _stats(transport))


def failure_message(outcome: Outcome[Any]) -> str:
    """Say in two sentences how much was done and what failed first; empty if nothing failed."""
    if not outcome.first_error:
        return ""
    failed = {tuple(step.names.values()) for step in outcome.failed}
    done = {tuple(step.names.values()) for step in outcome.done} - failed
    return f"{len(failed)} of {len(failed) + len(done)} failed, {len(done)} done. {outcome.first_error.sentence()}"


def _fail(module: AnsibleModule, transport: Transport | None, error: PddError) -> None:
    changed = transport is not None and transport.written > 0
    module.fail_json(msg=error.sentence(), error=error.as_dict(), changed=changed, failures=[], **_stats(transport))


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


def _domain(params: Mapping[str, Any], *, needed: bool) -> str:
    domain = read_option(params, "domain")
    if domain is None:
        if not needed:
            return ""
        raise InvalidInputError(["domain is missing: give the option or the environment variable PDD_DOMAIN"])
    try:
        return canonical_domain(domain)
    except ValueError as error:
        raise InvalidInputError([f"domain: {domain!r} is no valid domain name ({error})"]) from None


def _connection(module: AnsibleModule) -> Connection:
    module.no_log_values.update(secrets_in(module.params))  # core masks the options only as they were given
    connection = read_connection(module.params)
    warning = encryption_warning(connection)
    if warning:
        module.warn(warning)
    return connection
