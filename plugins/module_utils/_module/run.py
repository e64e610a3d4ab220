# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules do: read the options, check them, run the body, and end the task.

The only place that knows AnsibleModule. _module/body.py says what a body is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._core.deps import IMPORT_ERROR
from .._core.errors import InvalidInputError, ServiceError
from .._core.show import escape
from .._core.transport import Connection, Transport
from .._mail.address import parse_domain
from .._plan.expected import Expected, parse_expected
from .arguments import unquoted_problems
from .body import Body, InfoBody, Input, Run, WritingBody
from .no_log import NoLogModule
from .plain import to_plain
from .services import Service
from .write import Result, carry_out

Value = TypeVar("Value")


def run_module(
    service: Service,
    body: type[Body[Any]],
    *,
    options: Mapping[str, Any],
    domain: str = "needed",
    **constraints: Any,
) -> None:
    """Run one module and end the process.

    options and constraints: as AnsibleModule takes them, without the options of the connection. domain: whether the
    option of that name is "needed", "optional" (blank if absent), or "ignored".
    """
    module = NoLogModule(argument_spec={**service.options, **options}, supports_check_mode=True, **constraints)
    if IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=IMPORT_ERROR)
    result = Result()
    if issubclass(body, WritingBody):
        result.values.update(changes=[], failures=[])
    defaults = {name: spec.get("default") for name, spec in options.items()}
    transport = None
    try:
        given = _read_input(module, service, body, domain, defaults)
        transport = Transport(given.connection)
        run = Run(
            client=service.open_client(transport, given.domain),
            check_mode=module.check_mode,
            warn=lambda text: module.warn(escape(text)),
            expected=given.expected,
        )
        try:
            _run_body(body.open(run, given.desired), result)
        finally:
            for remark in run.client.remarks.sentences():
                run.warn(remark)
        transport.check()  # a worker of Ansible that lost its controller hangs if a result is larger than a pipe
    except KeyboardInterrupt:
        _fail(module, result, transport, ServiceError("interrupted", "the task was interrupted"))
    except ServiceError as error:
        _fail(module, result, transport, error)
    _end(module, result, transport)


def _run_body(body: Body[Any], result: Result) -> None:
    if isinstance(body, WritingBody):
        carry_out(body, result)
    elif isinstance(body, InfoBody):
        result.values.update(body.read())


def _fail(module: AnsibleModule, result: Result, transport: Transport | None, error: ServiceError) -> None:
    """End a task that could not be carried through."""
    known: dict[str, Any] = {key: result.values[key] for key in ("changes", "failures") if key in result.values}
    output = {**known, "error": error.as_dict(), **_stats(transport)}
    module.fail_json(msg=error.sentence(), changed=bool(transport and transport.written), **to_plain(output))


def _end(module: AnsibleModule, result: Result, transport: Transport | None) -> None:
    output = {**result.values, "changed": result.changed, **_stats(transport)}
    if module._diff and result.diff is not None:
        output["diff"] = result.diff
    if not result.failures:
        module.exit_json(**to_plain(output))
    module.fail_json(msg=result.message, error=result.failures[0]["error"], **to_plain(output))


def _stats(transport: Transport | None) -> dict[str, Any]:
    return {"requests": transport.stats if transport else {"sent": 0, "retried": 0, "throttled_seconds": 0.0}}


@dataclass(frozen=True)
class _Given:
    """The options, read and checked."""

    connection: Connection
    domain: str
    desired: Any
    expected: Expected


def _read_input(
    module: NoLogModule,
    service: Service,
    body: type[Body[Any]],
    domain: str,
    defaults: Mapping[str, Any],
) -> _Given:
    """Check everything that can be checked before the first request; raises InvalidInputError with all problems."""
    unquoted = unquoted_problems(module.argument_spec, module.given)
    problems: list[str] = []
    connection = _checked(problems, lambda: _read_connection(module, service))
    name = "" if domain == "ignored" else _checked(problems, lambda: _read_domain(module.params, service, domain))
    desired = expected = None
    if name is not None:
        desired = _checked(problems, lambda: body.parse(Input(module.params, name, defaults, service.rules)))
        expected = _checked(problems, lambda: parse_expected(module.params, name))
    # What Ansible has made of a value that is no string is not worth a second sentence.
    problems = [*unquoted.values(), *(each for each in problems if not each.startswith(tuple(unquoted)))]
    if problems or connection is None or name is None or expected is None:
        raise InvalidInputError(problems)
    return _Given(connection, name, desired, expected)


def _checked(problems: list[str], check: Callable[[], Value]) -> Value | None:
    """Return what a check returns; add its problems and return None if it finds some."""
    try:
        return check()
    except InvalidInputError as error:
        problems += error.problems
        return None


def _read_domain(params: Mapping[str, Any], service: Service, need: str) -> str:
    domain = service.read_option(params, "domain")
    if domain is None:
        if need == "optional":
            return ""
        variable = f"{service.prefix}_DOMAIN"
        raise InvalidInputError([f"domain is missing: give the option or the environment variable {variable}"])
    try:
        return parse_domain(domain)
    except ValueError as error:
        raise InvalidInputError([f"domain: {domain!r} is no valid domain name ({error})"]) from None


def _read_connection(module: AnsibleModule, service: Service) -> Connection:
    module.no_log_values.update(service.find_secrets(module.params))  # core masks the options only as they were given
    connection = service.read_connection(module.params)
    warning = service.find_warning(connection)
    if warning:
        module.warn(warning)
    return connection
