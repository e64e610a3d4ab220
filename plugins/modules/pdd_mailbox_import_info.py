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
  - mailops.pdd.http_options
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
  description: The state of the imports of the domain.
  returned: success
  type: dict
  contains:
    state:
      description: The state of the imports. V(task_just_created), V(in_progress), V(paused), V(pause_cause_of_error),
        V(failed), V(done), or V(removed).
      type: str
    progress_percent:
      description: The progress from 0 to 100.
      type: int
    total_boxes:
      description: The number of mailboxes to import.
      type: int
    done_boxes:
      description: The number of mailboxes that are imported or have failed.
      type: int
    complete_boxes:
      description: The number of mailboxes that are imported.
      type: int
    failed_boxes:
      description: The number of mailboxes that have failed.
      type: int
    total_messages:
      description: The number of messages to import.
      type: int
    imported_messages:
      description: The number of messages that are imported.
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
      description: The reason, as the service returns it.
      type: str
    last_error_count:
      description: The number of times that it failed, or V(none) if the service does not return it.
      type: int
    imported_messages:
      description: The number of messages that were imported before it failed, or V(none) if the service does not return
        it.
      type: int
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

from ..module_utils._module.mailbox_import_info import MailboxImportInfoBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD

MODULE = Module(PDD, MailboxImportInfoBody)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
