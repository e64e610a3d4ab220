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
  - Sets the signature under all outgoing mail of B(all domains) of the token's owner.
  - The signature cannot be read from the service. The module keeps a digest of the last signature that it set with this
    token at this O(api_url), and sets the signature only if the digest differs or is missing.
  - A change by somebody else, or from a machine with another O(state_path), is not detected. Use O(force) in that case.
options:
  signature:
    description: The signature, as plain text or HTML. An empty string removes the signature.
    type: str
    required: true
  state_path:
    description:
      - The file with the digests, on the machine where the module runs. It contains neither tokens nor signatures.
      - The default is C(mailops.pdd/signatures.json) in E(XDG_STATE_HOME), or in C(.local/state) of the directory
        E(HOME), which must exist.
      - The file is created with the mode C(0600), and missing directories with the mode C(0700).
      - Only a file that this module has written is replaced. All other files are left alone, including empty files. A
        symbolic link is followed only if it points to an existing file.
      - If the file cannot be used, the task warns, also in check mode, and does not fail. It then sets the signature,
        and does not store the digest. If an outdated digest cannot be replaced, the file is removed.
      - Concurrent tasks can share the file. Tasks with the same token and O(api_url) set the signature one after the
        other. A task that waits longer than O(timeout) for another one, or for the lock file (the name with C(.lock)
        appended), warns and sets the signature. None of these tasks then stores a digest.
    type: path
  force:
    description: Whether to set the signature even if the digest is the same.
    type: bool
    default: false
  domain:
    description:
      - Ignored, because the signature belongs to the token's owner. The option exists so that C(module_defaults) can
        set it for all modules.
attributes:
  check_mode:
    support: full
  diff_mode:
    support: partial
    details: The text before is V((different\)) or V((unknown\)), as RV(previously) says, unless it is the same.
  idempotent:
    support: partial
    details: As long as the file O(state_path) is kept, and nobody else sets the signature. Not with O(force=true).
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.http_options
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

- name: Keep the digest in a directory that survives between runs of a pipeline
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
  description: How the previous signature compares with this one. V(same), V(different), or V(unknown).
  returned: success
  type: str
  sample: unknown
changes:
  description:
    - The changes of the task, sorted by name.
    - In check mode, and if the task fails before it changes anything because of what it has read (for example with the
      error code V(guard)), these are the planned changes.
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
      description: How the previous signature compares with this one, with the same values as RV(previously).
      type: str
failures:
  description:
    - The changes that failed. All other changes were made. The next run makes only those that are left.
    - Empty if the task succeeds.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    action:
      description: The action that failed. Always V(update).
      type: str
    object:
      description: Always V(signature).
      type: str
    count:
      description: The number of failures that this entry stands for, usually V(1). If the service stops answering,
        one entry stands for all failures of the same action with the same reason, and RV(failures[].object) contains
        the first object.
      type: int
    error:
      description: The reason, with the same keys as RV(error).
      type: dict
error:
  description: The reason why the task failed. If several changes failed, the reason of the first.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The error code of the service, for example V(account_not_found), or a code of this collection.
        - The options are wrong, or an object in them does not exist - V(invalid_input), V(not_found).
        - A guard stopped the task before it changed anything - V(guard).
        - The request failed - V(unreachable), V(timeout), V(tls), V(redirect), V(bad_answer), V(interrupted).
        - It is not known whether a change was made - V(outcome_unknown).
        - Imports failed, or took too long - V(failed), V(removed), V(stalled), V(timeout).
      type: str
      sample: account_not_found
    message:
      description: What happened.
      type: str
    http_status:
      description: The HTTP status of the answer, or V(none) if there was no answer.
      type: int
    endpoint:
      description: The endpoint of the API that was called, or V(none) if none was called.
      type: str
      sample: email/ml/list
    advice:
      description: What to do next.
      type: str
requests:
  description: The requests that the task sent to the service.
  returned: always
  type: dict
  sample: {"sent": 3, "retried": 0, "throttled_seconds": 0.0}
  contains:
    sent:
      description: The number of requests.
      type: int
    retried:
      description: The number of requests among them that were retries.
      type: int
    throttled_seconds:
      description: The number of seconds that the task waited because the service throttled it.
      type: float
"""

from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD
from ..module_utils._module.signature import SignatureBody

OPTIONS = {
    "signature": {"type": "str", "required": True},
    "state_path": {"type": "path"},
    "force": {"type": "bool", "default": False},
}
MODULE = Module(PDD, SignatureBody, OPTIONS, domain="ignored")


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
