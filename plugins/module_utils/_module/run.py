# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules do: check the options, run the body, and return the result.

_module/body.py says what a body is, _module/runtime.py what it gets from Ansible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .._core.errors import InvalidInputError, ServiceError
from .._core.show import escape
from .._core.transport import Connection, Transport
from .._mail.address import parse_domain
from .._plan.expected import Expected, parse_expected
from .arguments import unquoted_problems
from .body import Body, InfoBody, Input, Run, WritingBody
from .plain import to_plain
from .runtime import Runtime
from .services import Service
from .write import Result, carry_out

Value = TypeVar("Value")


@dataclass(frozen=True)
class Module:
    """A module: a body with a service.

    options and constraints: as AnsibleModule takes them, without the options of the connection. domain: whether the
    option of that name is "needed", "optional" (blank if absent), or "ignored".
    """

    service: Service
    body: type[Body[Any]]
    options: Mapping[str, Any] = field(default_factory=dict)
    domain: str = "needed"
    constraints: Mapping[str, Any] = field(default_factory=dict)

    @property
    def argument_spec(self) -> dict[str, Any]:
        """All options."""
        return {**self.service.options, **self.options}

    @property
    def defaults(self) -> dict[str, Any]:
        """The defaults of its own options."""
        return {name: spec.get("default") for name, spec in self.options.items()}


def run(module: Module, runtime: Runtime) -> dict[str, Any]:
    """Run a module, and return its result in plain types, with `failed` and `msg` if it failed.

    Whatever else ends it, such as a timeout of the task, is raised when no request is sent any more.
    """
    result = Result()
    if issubclass(module.body, WritingBody):
        result.values.update(changes=[], failures=[])
    transport = None
    try:
        given = _read_input(module, runtime)
        transport = Transport(given.connection, runtime.is_orphan)
        _run_body(module, runtime, given, transport, result)
        transport.check()  # a worker of Ansible that lost its controller hangs if a result is larger than a pipe
    except KeyboardInterrupt:
        return _failed(result, transport, ServiceError("interrupted", "the task was interrupted"))
    except ServiceError as error:
        return _failed(result, transport, error)
    finally:
        if transport:
            transport.close()
    return _ended(result, transport, runtime)


def _run_body(module: Module, runtime: Runtime, given: _Given, transport: Transport, result: Result) -> None:
    client = module.service.open_client(transport, given.domain, runtime.options)
    if module.domain == "needed":
        client.check_domain()
    desired = given.desired or _read_desired(module, runtime.options, client.domain)
    run_of_body = Run(
        client=client,
        check_mode=runtime.check_mode,
        warn=lambda text: runtime.warn(escape(text)),
        show=runtime.show,
        expected=desired.expected,
    )
    body = module.body.open(run_of_body, desired.of_body)
    try:
        if isinstance(body, WritingBody):
            carry_out(body, result)
        elif isinstance(body, InfoBody):
            result.values.update(body.read())
    finally:
        for remark in run_of_body.client.remarks.sentences():
            run_of_body.warn(remark)


def _failed(result: Result, transport: Transport | None, error: ServiceError) -> dict[str, Any]:
    """Return the result of a task that could not be carried through."""
    known: dict[str, Any] = {key: result.values[key] for key in ("changes", "failures") if key in result.values}
    changed = bool(transport and transport.written)
    output = {**known, "error": error.as_dict(), "changed": changed, **_stats(transport)}
    return _plain({**output, "failed": True, "msg": error.sentence()})


def _ended(result: Result, transport: Transport, runtime: Runtime) -> dict[str, Any]:
    output = {**result.values, "changed": result.changed, **_stats(transport)}
    if runtime.diff_mode and result.diff is not None:
        output["diff"] = result.diff
    if result.failures:
        output |= {"failed": True, "msg": result.message, "error": result.failures[0]["error"]}
    return _plain(output)


def _plain(output: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(output)
    return plain


def _stats(transport: Transport | None) -> dict[str, Any]:
    return {"requests": transport.stats if transport else {"sent": 0, "retried": 0, "throttled_seconds": 0.0}}


@dataclass(frozen=True)
class _Desired:
    """What the options say of the objects of the module, read and checked."""

    of_body: Any
    expected: Expected


@dataclass(frozen=True)
class _Given:
    """The options, read and checked; desired: None if only the client knows the domain."""

    connection: Connection
    domain: str
    desired: _Desired | None


def _read_input(module: Module, runtime: Runtime) -> _Given:
    """Check everything that can be checked before the first request; raises InvalidInputError with all problems."""
    unquoted = unquoted_problems(module.argument_spec, runtime.given)
    problems: list[str] = []
    connection = _checked(problems, lambda: _read_connection(module.service, runtime))
    name = "" if module.domain == "ignored" else _checked(problems, lambda: _read_domain(module, runtime.options))
    waits = module.domain == "needed" and not name
    desired = None if waits else _checked(problems, lambda: _read_desired(module, runtime.options, name or ""))
    # What Ansible has made of a value that is no string is not worth a second sentence.
    problems = [*unquoted.values(), *(each for each in problems if not each.startswith(tuple(unquoted)))]
    if problems or connection is None or name is None:
        raise InvalidInputError(problems)
    return _Given(connection, name, desired)


def _read_desired(module: Module, options: Mapping[str, Any], domain: str) -> _Desired:
    """Return what is desired; raises InvalidInputError with all problems."""
    problems: list[str] = []
    read = Input(options, domain, module.defaults, module.service.rules, module.service.capabilities)
    of_body = _checked(problems, lambda: module.body.parse(read))
    expected = _checked(problems, lambda: parse_expected(options, domain))
    if problems or expected is None:
        raise InvalidInputError(problems)
    return _Desired(of_body, expected)


def _checked(problems: list[str], check: Callable[[], Value]) -> Value | None:
    """Return what a check returns; add its problems and return None if it finds some."""
    try:
        return check()
    except InvalidInputError as error:
        problems += error.problems
        return None


def _read_domain(module: Module, options: Mapping[str, Any]) -> str:
    domain = module.service.read_option(options, "domain")
    if domain is None:
        if module.domain == "optional" or module.service.finds_domain:
            return ""
        variable = f"{module.service.prefix}_DOMAIN"
        raise InvalidInputError([f"domain is missing: give the option or the environment variable {variable}"])
    try:
        return parse_domain(domain)
    except ValueError as error:
        raise InvalidInputError([f"domain: {domain!r} is no valid domain name ({error})"]) from None


def _read_connection(service: Service, runtime: Runtime) -> Connection:
    runtime.hide(service.find_secrets(runtime.options))
    connection = service.read_connection(runtime.options)
    warning = service.find_warning(connection)
    if warning:
        runtime.warn(warning)
    return connection
