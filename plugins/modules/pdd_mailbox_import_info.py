#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_mailbox_import_info
short_description: Read the imports of a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads the progress of the imports of a domain, and the mailboxes whose import failed. Passwords are never returned.
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.attributes.info
  - mailops.pdd.connection
  - mailops.pdd.connection.module
notes:
  - If the service counts more failed mailboxes than it lists, they are read again. If some are still missing, the task
    warns.
seealso:
  - module: mailops.pdd.pdd_mailbox_import
  - plugin: mailops.pdd.pdd_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the progress of the imports
  mailops.pdd.pdd_mailbox_import_info:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
  register: result

- name: Show the mailboxes whose import failed
  ansible.builtin.debug:
    var: result.failed_boxes
"""

RETURN = r"""
import:
  description: The imports of the domain.
  returned: success
  type: dict
  contains:
    state:
      description: One of V(task_just_created), V(in_progress), V(paused), V(pause_cause_of_error), V(failed), V(done)
        and V(removed).
      type: str
    progress_percent:
      description: How much is done, 0 to 100.
      type: int
    total_boxes:
      description: Mailboxes to import.
      type: int
    done_boxes:
      description: Mailboxes that were dealt with.
      type: int
    complete_boxes:
      description: Mailboxes that were imported.
      type: int
    failed_boxes:
      description: Mailboxes whose import failed.
      type: int
    total_messages:
      description: Messages to import.
      type: int
    imported_messages:
      description: Messages that were imported.
      type: int
failed_boxes:
  description: The mailboxes whose import failed, sorted by address.
  returned: success
  type: list
  elements: dict
  contains:
    internal_login:
      description: The address of the mailbox.
      type: str
    external_login:
      description: The account on the source server.
      type: str
    last_error:
      description: What the service says of the failure.
      type: str
    last_error_count:
      description: How often it happened; V(none) if the service does not say.
      type: int
    imported_messages:
      description: How many messages were imported before; V(none) if the service does not say.
      type: int
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

from ..module_utils._module.mailbox_import_info import MailboxImportInfoBody
from ..module_utils._module.run import run_module
from ..module_utils._module.services import PDD


def main() -> None:
    run_module(PDD, MailboxImportInfoBody, options={})


if __name__ == "__main__":
    main()
