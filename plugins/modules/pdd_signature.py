#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_signature
short_description: Set the common signature of Yandex.Mail for Domain (PDD)
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Sets the one signature that the service puts under all outgoing mail of B(all domains) of the token's owner.
  - The service has no way to read the signature. The module remembers a digest of what it set last for this token and
    this O(api_url), and sets the signature only if the digest differs or is missing. A change that somebody else makes,
    or that is made from a machine with another O(state_path), is not noticed; see O(force).
options:
  signature:
    description: The signature, plain text or HTML. An empty text removes it.
    type: str
    required: true
  state_path:
    description:
      - The file that remembers digests, on the machine where the module runs. It holds neither a token nor a text. It
        has the mode C(0600), and folders that do not exist are created with the mode C(0700).
      - If not set, C(mailops.pdd/signatures.json) under E(XDG_STATE_HOME), or under C(.local/state) in the directory
        that E(HOME) names, which must exist.
      - Only a file that this module has written is replaced. Everything else stays as it is, an empty file included. A
        symbolic link is followed to such a file, but not to one that does not exist.
      - If the file cannot be used, the task warns of it, in check mode too, and does not fail. The signature then
        counts as unknown, is set, and is not remembered. If what the file remembers would become wrong and cannot be
        changed, the file is removed.
      - Tasks that run at the same time may share the file. Tasks of the same token and O(api_url) set the signature one
        after the other. A task that waits longer than O(timeout) for another one, or for the lock beside the file
        (its name with C(.lock) appended), warns and sets the signature nevertheless; then none of them remembers it.
    type: path
  force:
    description: Whether the signature is set in any case.
    type: bool
    default: false
  domain:
    description:
      - Accepted, so that it can stand in C(module_defaults), and ignored. The signature belongs to the token's owner.
attributes:
  check_mode:
    support: full
  diff_mode:
    support: partial
    details: The text before is V((different\)) or V((unknown\)), as RV(previously) says, unless it is the same.
  idempotent:
    support: partial
    details: As far as O(state_path) is kept, and nobody else sets the signature. With O(force=true), never.
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.connection.module
seealso:
  - plugin: mailops.pdd.pdd_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Set the signature of all domains of the token's owner
  mailops.pdd.pdd_signature:
    token: "{{ vaulted_pdd_token }}"
    signature: Example Ltd., 1 Example Street

- name: Remember it in a place that the pipeline keeps between runs
  mailops.pdd.pdd_signature:
    token: "{{ vaulted_pdd_token }}"
    signature: |
      <br>Example Ltd.
      <br>1 Example Street
    state_path: /var/lib/example/signatures.json
"""

RETURN = r"""
signature:
  description: The signature.
  returned: success
  type: str
  sample: Example Ltd., 1 Example Street
previously:
  description: What is known of the signature that was set before. One of V(same), V(different) and V(unknown).
  returned: success
  type: str
  sample: unknown
changes:
  description:
    - What was changed, sorted by name.
    - In check mode, and in a task that stops before its first write because of what it has read, such as with the error
      code V(guard), what would be changed.
  returned: always
  type: list
  elements: dict
  sample: [{"kind": "signature", "name": "signature", "action": "update", "previously": "unknown"}]
  contains:
    kind:
      description: Always V(signature).
      type: str
    name:
      description: Always V(signature).
      type: str
    action:
      description: Always V(update).
      type: str
    previously:
      description: As RV(previously).
      type: str
failures:
  description: What could not be done, empty if the task succeeds.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    action:
      description: What was tried, V(update).
      type: str
    object:
      description: Always V(signature).
      type: str
    count:
      description: Always V(1).
      type: int
    error:
      description: As RV(error).
      type: dict
error:
  description: What went wrong, in a task that fails.
  returned: failure
  type: dict
  contains:
    code:
      description: The code of the service, or one of V(invalid_input), V(not_found), V(unreachable), V(timeout),
        V(tls), V(bad_answer), V(redirect), V(outcome_unknown), V(guard), V(stalled),
        V(interrupted).
      type: str
      sample: account_not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, V(none) if there was none.
      type: int
    endpoint:
      description: The part of the API that was called, V(none) if none was.
      type: str
      sample: email/ml/list
    advice:
      description: What to do.
      type: str
requests:
  description: What the task cost the service.
  returned: always
  type: dict
  sample: {"sent": 3, "retried": 0, "throttled_seconds": 0.0}
  contains:
    sent:
      description: How many requests were sent.
      type: int
    retried:
      description: How many of them repeated another one.
      type: int
    throttled_seconds:
      description: For how many seconds the service held the task back.
      type: float
"""

from ..module_utils._module.run import run_module
from ..module_utils._module.services import PDD
from ..module_utils._module.signature import SignatureBody

OPTIONS = {
    "signature": {"type": "str", "required": True},
    "state_path": {"type": "path"},
    "force": {"type": "bool", "default": False},
}


def main() -> None:
    run_module(PDD, SignatureBody, options=OPTIONS, domain="ignored")


if __name__ == "__main__":
    main()
