#!/usr/bin/python
# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_mailbox_import
short_description: Import mailboxes from another mail server into a Yandex.Mail for Domain (PDD) domain
version_added: 1.0.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Makes the service import mailboxes from an IMAP or POP3 server, or stops all imports of the domain.
  - The service creates each mailbox, and copies its mail in the background.
  - Nothing is imported into a mailbox that exists, unless O(existing=import). If its import failed, the task fails,
    unless O(retry_failed) is set.
options:
  server:
    description:
      - The host name or IP address of the source server. An IDN is sent in Punycode.
      - Required with O(state=started).
    type: str
  method:
    description: The protocol of the source server. V(imap4) and V(pop) are aliases of V(imap) and V(pop3).
    type: str
    choices: [imap, imap4, pop, pop3]
    default: imap
  ssl:
    description: Whether the service connects to the source server with TLS.
    type: bool
    default: true
  port:
    description:
      - The port of the source server, from 1 to 65535.
      - The default is 993 for IMAP with TLS, 143 for IMAP without, 995 for POP3 with TLS, and 110 for POP3 without.
    type: int
  external_login:
    description: The account on the source server.
    type: str
    aliases: [ext_login]
  external_password:
    description: The password of the account on the source server.
    type: str
    aliases: [ext_passwd]
  internal_login: &internal_login
    description:
      - The new mailbox, as name or as address of the domain.
      - The default is the account on the source server up to the C(@), in lower case.
      - The name has at most 30 Latin letters, digits, hyphens, and dots. It begins with a letter, and ends with a
        letter or digit. V(abuse) and V(postmaster) are reserved for mailing lists.
    type: str
    aliases: [int_login]
  internal_password: &internal_password
    description:
      - The password of the new mailbox.
      - The default is the password of the account on the source server.
      - '6 to 20 characters, different from the login. Latin letters, digits, and any of
        V(! @ # $ % ^ & * ( \) _ - + : ; , .) are allowed.'
    type: str
    aliases: [int_passwd]
  mailboxes:
    description:
      - The mailboxes, to import many of them in one task.
      - Mutually exclusive with O(external_login), O(external_password), O(internal_login), and O(internal_password).
    type: list
    elements: dict
    suboptions:
      external_login:
        description: The account on the source server.
        type: str
        required: true
        aliases: [ext_login]
      external_password:
        description: The password of the account on the source server.
        type: str
        required: true
        aliases: [ext_passwd]
      internal_login: *internal_login
      internal_password: *internal_password
  check_settings:
    description:
      - Whether the service tests the connection to the source server before an import starts, also in check mode.
      - Without this test, the service retries an unreachable server for a long time, and reports no error.
    type: bool
    default: true
  existing:
    description:
      - What is done about a mailbox that exists.
      - With V(skip), nothing is imported into it, and the task warns of it. The service lists no mailboxes of finished
        imports, so the task also warns of a mailbox that an earlier run has imported. Leave it out of the task when its
        mail is there.
      - With V(import), its mail is copied as well, once in each run, so that the task is changed in each run. This
        fills accounts that were created beforehand, and fills them up until the move is complete. What the service
        does about messages that it has copied before is not known.
    type: str
    choices: [skip, import]
    default: skip
    version_added: 1.1.0
  retry_failed:
    description:
      - Whether to start failed imports again.
      - An import that failed with another O(external_password) is always started again, if the service returns that
        password.
    type: bool
    default: false
  verify_count:
    description:
      - Whether the listing of mailboxes must be complete before an import is started. Otherwise, a mailbox that exists
        but is not listed counts as new, and its mail is imported a second time.
      - If the service counts more mailboxes than it lists, they are read again. If mailboxes are still missing, and one
        of the task is not listed, the task fails before it starts anything.
      - With V(false), the task warns instead.
    type: bool
    default: true
    version_added: 1.1.0
  wait:
    description:
      - Whether to wait until the imports are done, including those that an earlier run started. Ignored in check mode.
      - If the module runs in the process of the task (see the attribute C(action)), and C(no_log) is not set, the
        progress is shown on standard error whenever it changes, and written to the log file of E(ANSIBLE_LOG_PATH).
        Each line contains the name of the inventory host.
      - If the task is interrupted, the imports continue.
    type: bool
    default: false
  progress_path:
    description:
      - Files to which the task appends its progress while it waits, on the machine where the module runs.
      - The first line contains the time limit. One line follows for every change, with the percentage, the messages,
        and the mailboxes that are done and that have failed.
      - The lines do not contain the domain. Use a different file for each task.
      - A file that does not exist is created. Only regular files are written; symbolic links are not followed.
      - If a file cannot be written, the task warns and continues.
    type: list
    elements: path
    default: []
  wait_timeout:
    description: The highest number of seconds to wait.
    type: int
    default: 3600
  stall_timeout:
    description: The number of seconds without a new message or mailbox after which waiting fails.
    type: int
    default: 600
  poll_interval:
    description: The number of seconds between two requests for the progress.
    type: int
    default: 5
  expected_present:
    description:
      - Mailboxes that earlier tasks of the same play import, as names or addresses. The task does not warn that they
        exist.
    type: list
    elements: str
    version_added: 1.1.0
  expected_absent:
    description:
      - Mailboxes and mailing lists that earlier tasks of the same play remove, as names or addresses. It has an effect
        in check mode only, where they are still there, and count as removed.
    type: list
    elements: str
    version_added: 1.1.0
  state:
    description:
      - V(started) imports the mailboxes that do not exist.
      - V(stopped) stops B(all) imports of the domain. Only O(domain) and the options of the connection can be combined
        with it.
    type: str
    choices: [started, stopped]
    default: started
attributes:
  async:
    description: Whether the task can run in the background.
    support: full
    details: The progress is then available in the files of O(progress_path) only.
  check_mode:
    support: full
    details: The connection to the source server is tested as in a real run, because the test changes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: With O(existing=import), never.
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.http_options
  - mailops.pdd.connection.module
  - mailops.pdd.passwords
seealso:
  - module: mailops.pdd.pdd_domain_info
  - module: mailops.pdd.pdd_mailbox
  - module: mailops.pdd.pdd_mailbox_import_info
  - module: mailops.pdd.pdd_mailbox_info
  - plugin: mailops.pdd.pdd_drift
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Import one mailbox and wait for its mail
  mailops.pdd.pdd_mailbox_import:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    server: old.example.test
    external_login: anna@old.example.test
    external_password: "{{ vaulted_password_anna }}"
    internal_login: anna
    wait: true

- name: Import many mailboxes over POP3, with new passwords
  mailops.pdd.pdd_mailbox_import:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    server: old.example.test
    method: pop3
    mailboxes:
      - external_login: anna
        external_password: "{{ vaulted_password_anna }}"
        internal_password: "{{ vaulted_new_password_anna }}"
      - external_login: boris
        external_password: "{{ vaulted_password_boris }}"
        internal_password: "{{ vaulted_new_password_boris }}"

- name: Fill mailboxes that were created beforehand, again and again until the move
  mailops.pdd.pdd_mailbox_import:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    server: old.example.test
    external_login: anna
    external_password: "{{ vaulted_password_anna }}"
    existing: import

- name: Stop all imports of the domain
  mailops.pdd.pdd_mailbox_import:
    domain: example.test
    token: "{{ vaulted_pdd_token }}"
    state: stopped
"""

RETURN = r"""
imported:
  description: The addresses of the mailboxes whose import was started, or in check mode would be started.
  returned: success
  type: list
  elements: str
  sample: ["anna@example.test"]
existing:
  description: The addresses of the mailboxes of the task that existed before.
  returned: success
  type: list
  elements: str
  sample: []
skipped_existing:
  description: Addresses of those of them into which nothing was imported.
  returned: success
  type: list
  elements: str
  sample: []
  version_added: 1.1.0
starts:
  description:
    - By the address of each mailbox that the task names, whether its import was (in check mode, would be) started now.
    - Unlike other values, this is right even if Ansible masks a part of the addresses, because a password equals it.
  returned: success
  type: dict
  sample: {"anna@example.test": true}
  version_added: 1.1.0
import:
  description: The last known state of the imports of the domain, or V(none) if it was not read.
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
changes:
  description:
    - The changes of the task, sorted by name.
    - In check mode, and if the task fails before it changes anything because of what it has read (for example with the
      error code V(guard)), these are the planned changes.
  returned: always
  type: list
  elements: dict
  sample: [{"kind": "import", "name": "anna@example.test", "action": "start"}]
  contains:
    kind:
      description: Always V(import).
      type: str
    name:
      description: The address of the mailbox, or the domain if all its imports are stopped.
      type: str
    action:
      description: V(start), or V(remove) if all imports are stopped.
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
      description: The action that failed. V(start), V(stop), V(wait), or V(import) if the service could not copy the
        mail.
      type: str
    object:
      description: The address of the mailbox, or the domain with V(stop) and V(wait).
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

from typing import Any

from ..module_utils._module.mailbox_import import MailboxImportBody
from ..module_utils._module.process import run_module
from ..module_utils._module.run import Module
from ..module_utils._module.services import PDD

BOX: dict[str, dict[str, Any]] = {
    "external_login": {"type": "str", "aliases": ["ext_login"]},
    "external_password": {"type": "str", "no_log": True, "aliases": ["ext_passwd"]},
    "internal_login": {"type": "str", "aliases": ["int_login"]},
    "internal_password": {"type": "str", "no_log": True, "aliases": ["int_passwd"]},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "server": {"type": "str"},
    "method": {"type": "str", "choices": ["imap", "imap4", "pop", "pop3"], "default": "imap"},
    "ssl": {"type": "bool", "default": True},
    "port": {"type": "int"},
    **BOX,
    "mailboxes": {
        "type": "list",
        "elements": "dict",
        "options": {
            **BOX,
            "external_login": {**BOX["external_login"], "required": True},
            "external_password": {**BOX["external_password"], "required": True},
        },
    },
    "check_settings": {"type": "bool", "default": True},
    "existing": {"type": "str", "choices": ["skip", "import"], "default": "skip"},
    "retry_failed": {"type": "bool", "default": False},
    "verify_count": {"type": "bool", "default": True},
    "wait": {"type": "bool", "default": False},
    "progress_path": {"type": "list", "elements": "path", "default": []},
    "wait_timeout": {"type": "int", "default": 3600},
    "stall_timeout": {"type": "int", "default": 600},
    "poll_interval": {"type": "int", "default": 5},
    "expected_present": {"type": "list", "elements": "str"},
    "expected_absent": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["started", "stopped"], "default": "started"},
}
MODULE = Module(
    PDD,
    MailboxImportBody,
    OPTIONS,
    constraints={
        "required_if": [("state", "started", ["server"])],
        "required_together": [("external_login", "external_password")],
        "required_by": {"internal_login": ["external_login"], "internal_password": ["external_login"]},
        "mutually_exclusive": [("external_login", "mailboxes")],
    },
)


def main() -> None:
    run_module(MODULE)


if __name__ == "__main__":
    main()
