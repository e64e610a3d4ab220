# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception for what users are told, and what is known of a request that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus

from .show import escape

# What the user can do about the codes that belong to no service.
_ADVICE = {
    "interrupted": "Run the task again; it does what is left.",
    "unreachable": "Check api_url, the network and the proxy settings.",
    "throttled": "Run the task again later, or with a longer retry_timeout.",
    "timeout": "Run the task again, with a longer timeout if the service is slow.",
    "tls": "Check ca_path, validate_certs and that api_url names the right host.",
    "bad_answer": "Check that api_url is the address of the service, and run the task again.",
    "redirect": "Give the final address as api_url; the token is never sent to another host.",
    "outcome_unknown": "Look at the object before you run the task again.",
    "guard": "Nothing was written. Check the desired state.",
}
_ABOUT_OBJECTS = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
# They hit all objects alike.
_OUTAGES = ("unreachable", "throttled", "timeout", "tls", "bad_answer", "outcome_unknown", "interrupted")


class Delivery(Enum):
    """What became of a request that failed."""

    NOT_SENT = "held back, because the service no longer answers or the task was interrupted"
    REFUSED = "surely not applied"
    UNKNOWN = "perhaps applied"


class Ambiguity(Enum):
    """What a refusal says without saying which object is at fault; the desired state may hold already."""

    TAKEN = "something has the name"
    MISSING = "something that was named does not exist, or is not visible yet"


@dataclass(frozen=True, eq=False)
class _FrozenError(Exception):
    """The attributes of ServiceError. Of a frozen dataclass itself, Python could not set the traceback."""

    code: str
    message: str
    endpoint: str | None = None
    http_status: int | None = None
    advice: str | None = None
    delivery: Delivery = Delivery.REFUSED
    ambiguity: Ambiguity | None = None
    is_temporary: bool = False
    attempt: str | None = None

    def __post_init__(self) -> None:
        """Fill in the advice for one of our own codes."""
        if self.advice is None:
            object.__setattr__(self, "advice", _ADVICE.get(self.code, ""))


class ServiceError(_FrozenError):
    """Something failed, as the user will be told. It does not change; dataclasses.replace() makes another one.

    code: the service's code, or one of ours (invalid_input, not_found, unreachable, timeout, tls, bad_answer, redirect,
    outcome_unknown, guard, stalled, interrupted). message: half a sentence without final stop. endpoint: path below the
    service's root, such as "email/ml/add". advice: None for that of our own codes. is_temporary: the service says that
    it failed itself, for now. attempt: what was tried, such as "create team@example.test".
    """

    def __str__(self) -> str:
        """Return the message."""
        return self.message

    @property
    def is_ambiguous(self) -> bool:
        """Whether only reading shows what the refusal means."""
        return self.ambiguity is not None

    @property
    def is_about_objects(self) -> bool:
        """Whether a write was refused because of an object in it."""
        return self.delivery is Delivery.REFUSED and self.http_status in _ABOUT_OBJECTS

    @property
    def is_outage(self) -> bool:
        """Whether the reason lies in no object, but in the service or the way to it."""
        return self.is_temporary or self.code in _OUTAGES

    def as_dict(self) -> dict[str, object]:
        """Return the shape that every failure of the collection has, as documented under RETURN."""
        return {
            "code": self.code,
            "message": escape(self.message),
            "http_status": self.http_status,
            "endpoint": self.endpoint,
            "advice": self.advice and escape(self.advice),
        }

    def unsettled(self, reason: str, *, advice: str | None = None) -> ServiceError:
        """Return the error of a write of which it cannot be found out whether it was applied."""
        message = f"{self.message}, and {reason}"
        return replace(self, code="outcome_unknown", message=message, advice=advice)

    def sentence(self) -> str:
        """Return what was tried, what came of it, and what to do."""
        message = f"Cannot {self.attempt}: {self.message}" if self.attempt else self.message
        return escape(f"{message}. {self.advice}".rstrip())


class InvalidInputError(ServiceError):
    """The input breaks rules that are known before the first request; problems: one sentence each, without stop."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("invalid_input", "; ".join(problems), advice="Correct the input; nothing was changed.")
        self.problems = list(problems)
