# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The codes with which the service refuses, what they mean, and which text may be quoted as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .._core.errors import Ambiguity, ServiceError
from .._core.secrets import Secrets
from .._core.show import show

# What the codes mean, and what the user can do (docs/api/pdd.md, 1.5).
_MEANINGS = {
    "unknown": ("a temporary failure of the service", "Run the task again later."),
    "bad_token": ("the PDD token is wrong", "Check the option token or the environment variable PDD_TOKEN."),
    "no_auth": ("the service saw no token", "Check that no proxy removes the header PddToken or Authorization."),
    "no_token": ("the service saw no token", "Check that no proxy removes the header PddToken."),
    "bad_oauth": ("the OAuth token is wrong", "Check the option oauth_token or the variable PDD_OAUTH_TOKEN."),
    "get_new_token_please": ("the PDD token is of an old kind", "Have a new token issued."),
    "not_allowed": (
        "the token's owner may not do this",
        "Check the domain, and that the token is its administrator's.",
    ),
    "no_such_domain": ("the domain is not in this account", "Check the option domain and whose token is used."),
    "bad_domain": ("the domain is unknown or no valid name", "Check the option domain."),
    "prohibited": ("the domain name is on the service's forbidden list", "Ask the service's support."),
    "blocked": ("the domain is blocked, for instance for spam", "Ask the service's support."),
    "occupied": ("the name is taken already", "Choose another name, or remove what has it."),
    "no_reply": ("the service cannot connect to the source server", "Check server, port, method and ssl."),
    "account_not_found": ("no such mailbox or mailing list", "Check the address, and create it first."),
    "user_blocked": ("the mailbox is blocked", "Unblock the mailbox first."),
    "login_reserved": ("the name is kept for the service", "Only a mailing list can have this name."),
    "badlogin": ("the name has a character that is not allowed", "Use Latin letters, digits, hyphens and dots."),
    "login-toolong": ("the name is longer than 30 characters", "Choose a shorter name."),
    "login-empty": ("the name is empty", "Give a name."),
    "passwd-tooshort": ("the password is shorter than 6 characters", "Choose a longer password."),
    "passwd-toolong": ("the password is too long", "Choose a password of 6 to 20 characters."),
    "passwd-likelogin": ("the password equals the name", "Choose another password."),
    "badpasswd": ("the service refuses the password", "Choose another password."),
    "passwd-empty": ("the password is empty", "Give a password."),
    "no such user registered": ("no such mailbox", "Check the address."),
    "no import info on this user": ("no import of this mailbox is known", "Check the address."),
}

# These refusals do not say which object is at fault, or mean that the desired state holds already.
_AMBIGUOUS = {"occupied": Ambiguity.TAKEN, "account_not_found": Ambiguity.MISSING}
_TEMPORARY = "unknown"
# What a code that is not known may look like to be quoted: a secret rarely does, and never if it is compared.
_NEW_CODE = re.compile(r"[a-z][a-z_-]{0,29}")


def refusal(answer: str, endpoint: str, http_status: int, secrets: Iterable[str] = ()) -> ServiceError:
    """Turn the service's `error` into an exception.

    The text may be a list of codes with commas; the last counts (docs/api/pdd.md, 1.4). A code that is not known is
    quoted only if it looks like one, and is no piece of a secret that was sent.
    """
    codes = [code.strip() for code in answer.rstrip(", ").split(",")]
    unknown = [code for code in codes if code not in _MEANINGS]
    if unknown and not _are_new_codes(unknown, secrets):
        message = "the service answered an error without a readable code"
        return ServiceError("bad_answer", message, endpoint=endpoint, http_status=http_status)
    code = codes[-1]
    meaning, advice = _MEANINGS.get(code, (None, None))
    return ServiceError(
        code,
        f"the service answered '{show(answer)}'" + (f" ({meaning})" if meaning else ""),
        endpoint=endpoint,
        http_status=http_status,
        advice=advice,
        ambiguity=_AMBIGUOUS.get(code),
        is_temporary=code == _TEMPORARY,
    )


def _are_new_codes(codes: Sequence[str], secrets: Iterable[str]) -> bool:
    """Return whether all of these may be quoted: each by itself, and all of them read as one."""
    if not all(_NEW_CODE.fullmatch(code) for code in codes):
        return False
    found = Secrets(secrets)
    return not any(found.have(text) for text in [*codes, "".join(codes)])
