# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module keeps to, whatever the service does. Each check yields what is wrong, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pdd_hostile.disguises import revealed
from pdd_hostile.domain import Domain, address
from pdd_hostile.server import HostileServer
from pdd_hostile.tasks import Ended
from pdd_hostile.trick import Trick

MOST_MEGABYTES = 300
LATE = "still runs after"
"""The offence of a task that has not ended in time."""
WAITED = "after it waited in vain for an answer"
"""The offence of a success that lacks something for that reason."""
LONGEST_LINE = 3000
LONGEST_MESSAGE = 6000

SERVICE_CODES = frozenset(
    (
        "unknown",
        "no_token",
        "no_domain",
        "no_ip",
        "bad_domain",
        "prohibited",
        "bad_token",
        "bad_login",
        "bad_passwd",
        "no_auth",
        "not_allowed",
        "blocked",
        "occupied",
        "domain_limit_reached",
        "no_reply",
        "bad_oauth",
        "get_new_token_please",
        "not_master_admin",
        "bad_country",
        "status_none",
        "domains_limit",
        "no_login",
        "no_password",
        "login-empty",
        "passwd-empty",
        "login-toolong",
        "badlogin",
        "login_reserved",
        "passwd-tooshort",
        "passwd-toolong",
        "badpasswd",
        "no_uid_or_login",
        "account_not_found",
        "user_blocked",
        "record_exists",
        "no_such_domain",
        "migrated_to_connect",
        "passwd-likelogin",
    )
)
"""The codes of the service that are known."""
_CODE = re.compile(r"[a-z][a-z_-]{0,29}")
_DOCUMENTED = re.compile(r"V\((\w+)\)")
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_FORGED = re.compile(r"^(ok: \[forged\]|TASK \[Forged\])", re.MULTILINE)
_NOT_SENT = re.compile(r"cannot be sent|not sent|nothing was sent|no connection|never sent", re.IGNORECASE)
_NO_ANSWER = re.compile(r"no (answer|connection)\b.* within \d")
_OBJECT_PARAMS = ("login", "maillist", "int-login")


@dataclass(frozen=True)
class Outcome:
    """A task that has ended, and the return values that its module documents."""

    ended: Ended
    documented: Mapping[str, Any]

    @property
    def result(self) -> dict[str, Any]:
        """What the module returned."""
        return self.ended.result

    @property
    def failed(self) -> bool:
        """Whether the task failed."""
        return bool(self.result.get("failed"))


@dataclass(frozen=True)
class Case(Outcome):
    """A task that has ended, and what it met. right: its result on a correct service, to compare with."""

    trick: Trick
    server: HostileServer
    right: Case | None = None


def general_offences(outcome: Outcome) -> list[str]:
    """Return what is wrong with a task, whatever it met."""
    return [offence for check in _GENERAL for offence in check(outcome)]


def offences(case: Case) -> list[str]:
    """Return all that is wrong with a case."""
    return [*general_offences(case), *(offence for check in _SPECIAL for offence in check(case))]


def _ends_in_time(outcome: Outcome) -> Iterator[str]:
    if outcome.ended.killed:
        yield f"{LATE} {outcome.ended.seconds:.1f} s"


def _stays_small(outcome: Outcome) -> Iterator[str]:
    if outcome.ended.megabytes > MOST_MEGABYTES:
        yield f"takes {outcome.ended.megabytes:.0f} MB"


def _ends_as_ansible_wants(outcome: Outcome) -> Iterator[str]:
    if outcome.ended.killed:
        return
    output = outcome.ended.output + outcome.ended.errors
    if "Traceback" in output or outcome.ended.errors.strip():
        yield f"ends with a traceback: {_last_line(outcome.ended.errors or outcome.ended.output)}"
    elif outcome.ended.status != int(outcome.failed) or ("changed" not in outcome.result and not outcome.failed):
        yield f"ends with status {outcome.ended.status} and {outcome.ended.output[:80]!r}"


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:200]


def _names_a_documented_code(outcome: Outcome) -> Iterator[str]:
    if not outcome.failed:
        return
    described = outcome.documented["error"]["contains"]["code"]["description"]
    ours = set(_DOCUMENTED.findall(described if isinstance(described, str) else " ".join(described)))
    for error in _errors(outcome.result):
        code = error.get("code")
        if not isinstance(code, str):
            yield f"fails without a code: {str(outcome.result.get('msg'))[:100]!r}"
        elif code not in ours | SERVICE_CODES and not _CODE.fullmatch(code):
            yield f"fails with the code {code[:60]!r}"


def _errors(result: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield result.get("error") or {}
    for failure in result.get("failures", ()):
        yield failure.get("error") or {}


def _succeeds_where_it_must(case: Case) -> Iterator[str]:
    if case.trick.succeeds and case.failed:
        yield f"fails though the answer is right: {str(case.result.get('msg'))[:200]!r}"


def _tells_the_truth(case: Case) -> Iterator[str]:
    """Compare a success with what a decent service brings, and a change with what has changed."""
    if not case.result or case.right is None or case.trick.alters:
        return
    if not case.failed and _essence(case.result) != _essence(case.right.result):
        waited = f" {WAITED}" if _NO_ANSWER.search(str(case.result.get("warnings"))) else ""
        yield f"succeeds with something else{waited}: {_difference(case.result, case.right.result)}"
    if not case.failed and case.server.domain != case.right.server.domain:
        yield f"succeeds and leaves {case.server.domain}"
    if case.result.get("changed") and case.server.domain == Domain():
        yield "claims a change where there was none"


_IN_EVERY_RUN = ("requests", "invocation", "warnings")


def _essence(result: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key not in _IN_EVERY_RUN}


def _difference(result: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    keys = [key for key in {**result, **right} if key not in _IN_EVERY_RUN and result.get(key) != right.get(key)]
    return ", ".join(f"{key} {str(result.get(key))[:80]} and not {str(right.get(key))[:80]}" for key in keys)


def _keeps_secrets(outcome: Outcome) -> Iterator[str]:
    secrets = revealed(outcome.ended.output + outcome.ended.errors)
    if secrets:
        yield f"shows the secret {', '.join(secrets)}: {str(outcome.result.get('msg'))[:200]!r}"


def _messages(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a user reads on the terminal, and where it stands."""
    for key in ("msg", "warnings", "error", "failures"):
        for text in _texts(result.get(key)):
            yield key, text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _writes_readable_messages(outcome: Outcome) -> Iterator[str]:
    for key, text in _messages(outcome.result):
        unsafe = sorted(set(_UNSAFE.findall(text)))
        if unsafe:
            yield f"{key} has the characters {unsafe!a}"
        if _FORGED.search(text):
            yield f"{key} has forged lines"
        if len(text) > LONGEST_MESSAGE:
            yield f"{key} has {len(text)} characters"
        elif max(map(len, text.splitlines()), default=0) > LONGEST_LINE:
            yield f"{key} has a line of {max(map(len, text.splitlines()))} characters"


def _does_not_deny_what_was_sent(case: Case) -> Iterator[str]:
    """Yield writes that reached the service, and may have been applied, but are reported as never sent."""
    if case.trick.refuses or case.trick.throttles:
        return
    sent = {_object_of(request.params) for request in case.server.writes}
    for failure in case.result.get("failures", ()):
        if (failure.get("object"), failure.get("subscriber", "")) in sent:
            yield from _denied(failure.get("error") or {}, failure["object"])
    error = case.result.get("error") or {}
    if not case.result.get("failures") and error.get("endpoint") in {request.action for request in case.server.writes}:
        yield from _denied(error, error["endpoint"])


def _denied(error: Mapping[str, Any], what: str) -> Iterator[str]:
    denied = _NOT_SENT.search(str(error.get("message")))
    if denied and error.get("code") != "outcome_unknown":
        yield f"says {denied[0]!r} of {what}, whose write came"


def _object_of(params: Mapping[str, str]) -> tuple[str, str]:
    """Return the addresses that a write is about, as a failure names them: the object, and a subscriber."""
    names = [params[key] for key in _OBJECT_PARAMS if key in params]
    return address(names[0]) if names else "", address(params["subscriber"]) if "subscriber" in params else ""


def _starts_imports_once(case: Case) -> Iterator[str]:
    starts = Counter(
        request.params["int-login"] for request in case.server.writes if request.action == "import/start_one_import"
    )
    counted = case.server.domain.starts if case.trick.throttles else starts
    if any(times > 1 for times in counted.values()):
        yield f"starts imports more than once: {dict(counted)}"


_GENERAL: list[Callable[[Outcome], Iterator[str]]] = [
    _ends_in_time,
    _stays_small,
    _ends_as_ansible_wants,
    _names_a_documented_code,
    _keeps_secrets,
    _writes_readable_messages,
]
_SPECIAL: list[Callable[[Case], Iterator[str]]] = [
    _succeeds_where_it_must,
    _tells_the_truth,
    _does_not_deny_what_was_sent,
    _starts_imports_once,
]
