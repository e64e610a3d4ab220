# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `--help` says about the calls and about what was chosen."""

from __future__ import annotations

from pdd_emulator import faults
from pdd_emulator.app import ENDPOINTS
from pdd_emulator.endpoint import Endpoint

CHOICES = """\
chosen, because nothing is known (KNOWN: from documentation or recordings):
  domain/register                 no DNS is queried: a new domain is `domain-activate` until a control path changes it,
                                  a delegated one is `added`; at most 50 domains (KNOWN); for one that the account has
                                  already the answer is its current state; `prohibited` are yandex.* and ya.ru
  domain/registration_status      check_results follow from the status unless a control path sets them; a check each
                                  half an hour; in era 2017 the results are written with spaces, as recorded once
  domain/delete                   everything under the domain is deleted
  domain/logo/set                 `bad_file` for what is no GIF, JPEG or PNG by its type and by its beginning, and for
                                  more than 2 MB (the limits are KNOWN); `no_file` without a file
  dkim/...                        keys are made by the first dkim/enable and kept; nsready is set on a control path, or
                                  follows if the domain is delegated; `bad_secretkey` for anything but yes
  deputy/...                      any well-formed account may be added, `name` or `name@domain` but not of this domain;
                                  `occupied` when repeated, `account_not_found` for a stranger
  email/edit                      empty enabled, birth_date and sex count as not given, other empty texts are kept
  ready                           no after email/add, yes once both names were set by email/edit, or by a control path
  master_admin                    if a control path sets it to no, domain/delete answers `not_master_admin` (KNOWN), and
                                  other changes of the domain `not_allowed`
  connections                     answers of 2800 bytes and more are chunked; // in a path is /
  strict and lenient              without --strict-methods all calls take GET and POST; without --lenient flags are
                                  yes and no only
"""


def epilog() -> str:
    """Return what follows the options in `--help`."""
    calls = "\n".join(f"  {action:31} {_about(endpoint)}" for action, endpoint in sorted(ENDPOINTS.items()))
    return (
        f"calls below /api2/admin/ and /api2/registrar/ (dns/... is not served):\n{calls}\n\n{CHOICES}\n"
        f"control paths: see the beginning of control.py.\n\n{faults.__doc__}"
    )


def _about(endpoint: Endpoint) -> str:
    methods = " or ".join(endpoint.methods)
    return f"{methods}, not for registrars" if endpoint.admin_only else methods
