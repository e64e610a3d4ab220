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
  - Has the service copy one or many mailboxes from an IMAP or POP3 server. The service creates each mailbox and copies
    its mail in the background.
  - Into a mailbox that exists nothing is imported, unless O(existing) says so. If its import failed, the task fails
    and says so, see O(retry_failed).
  - Or stops all imports of the domain.
options:
  server:
    description: Host name or IP address of the source server. Needed with O(state=started). An IDN is sent in Punycode.
    type: str
  method:
    description: The protocol of the source server. V(imap4) and V(pop) are other names of V(imap) and V(pop3).
    type: str
    choices: [imap, imap4, pop, pop3]
    default: imap
  ssl:
    description: Whether the service connects to the source server with TLS.
    type: bool
    default: true
  port:
    description:
      - The port of the source server, 1 to 65535.
      - If not set, 993 for IMAP with TLS, 143 without, 995 for POP3 with TLS, 110 without.
    type: int
  external_login:
    description: The account on the source server.
    type: str
    aliases: [ext_login]
  external_password:
    description: Its password.
    type: str
    aliases: [ext_passwd]
  internal_login:
    description:
      - The mailbox of the domain, as name or as address.
      - If not set, O(external_login) up to the C(@), in lower case.
      - Latin letters, digits, hyphens and dots, at most 30 characters, beginning with a letter and ending with a letter
        or digit. V(abuse) and V(postmaster) are reserved.
    type: str
    aliases: [int_login]
  internal_password:
    description:
      - The password of the new mailbox. If not set, O(external_password).
      - '6 to 20 characters, different from the login. Latin letters, digits, and any of
        V(! @ # $ % ^ & * ( \) _ - + : ; , .) are allowed.'
    type: str
    aliases: [int_passwd]
  mailboxes:
    description: Many mailboxes in one task, instead of the four options above.
    type: list
    elements: dict
    suboptions:
      external_login:
        description: As O(external_login).
        type: str
        required: true
        aliases: [ext_login]
      external_password:
        description: As O(external_password).
        type: str
        required: true
        aliases: [ext_passwd]
      internal_login:
        description: As O(internal_login).
        type: str
        aliases: [int_login]
      internal_password:
        description: As O(internal_password).
        type: str
        aliases: [int_passwd]
  check_settings:
    description:
      - Whether the service is asked first if it reaches the source server, provided that anything will start. In check
        mode, too.
      - Without that, the service tries again for ever when the source server does not answer, and reports no error.
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
      - Whether imports that failed earlier are started again.
      - One that failed with another O(external_password) is started again in any case, if the service says which
        password that was.
    type: bool
    default: false
  wait:
    description:
      - Whether the task waits until the imports are done, those included that an earlier run began. Not in check mode.
      - While it waits, the task shows on the terminal how far the imports are, whenever that changes. The attribute
        C(action) says when it can.
      - Interrupting the task leaves the imports running.
    type: bool
    default: false
  progress_path:
    description:
      - Files, on the machine where the module runs, to which the task appends lines while it waits. A file that does
        not exist is created, and one that exists keeps what it holds.
      - The first line says how long the task waits at most, and that interrupting leaves the imports running. Then
        there is one for every change, with the percentage, the messages, and the mailboxes that are done and that
        failed.
      - The lines do not say which domain they are about, so give each task a file of its own.
      - Only regular files are written. A symbolic link is not followed, and nothing is written to a device, a named
        pipe or a socket.
      - The task warns of a file that cannot be written, and goes on without it.
      - What the terminal shows does not depend on this option.
    type: list
    elements: path
    default: []
  wait_timeout:
    description: Seconds to wait at most.
    type: int
    default: 3600
  stall_timeout:
    description: Seconds without a new message or mailbox after which waiting ends with an error.
    type: int
    default: 600
  poll_interval:
    description: Seconds between two looks at the imports while waiting.
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
      - V(started) imports the mailboxes that do not exist yet.
      - V(stopped) stops B(all) imports of the domain, so it takes no option but those of the connection.
    type: str
    choices: [started, stopped]
    default: started
attributes:
  action:
    description: Whether a part of the module runs on the controller.
    support: partial
    details:
      - While the task waits, its progress is shown on standard error, each line with the name of the inventory host,
        and stands in the log that E(ANSIBLE_LOG_PATH) names. This needs a local connection, and is left out in check
        mode and with C(become), C(async) and C(no_log).
      - The task does the same without it. O(progress_path) does not need it.
  async:
    description: Whether the task can run in the background.
    support: full
    details: Then only O(progress_path) says how far it is.
  check_mode:
    support: full
    details: The source server is checked as in a real run, since that is only a read.
  diff_mode:
    support: full
  idempotent:
    support: full
    details: With O(existing=import), never.
extends_documentation_fragment:
  - mailops.pdd.attributes
  - mailops.pdd.connection
  - mailops.pdd.connection.module
notes:
  - Ansible masks passwords in the output of the tasks that carry them, by replacing equal text, also where that is part
    of a login. M(mailops.pdd.pdd_mailbox_info) shows logins as they are.
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
  description: Addresses of the mailboxes whose import was (in check mode, would be) started now.
  returned: success
  type: list
  elements: str
  sample: ["anna@example.test"]
existing:
  description: Addresses of the mailboxes that the task names and that existed before.
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
  description: The imports of the domain, as they were read last; V(none) if they were not read.
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
changes:
  description:
    - What was changed, sorted by name.
    - In check mode, and in a task that stops before its first write because of what it has read, such as with the error
      code V(guard), what would be changed.
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
    - What could not be done. Everything else was done, and the next run does only this.
    - Empty if the task succeeds.
  returned: always
  type: list
  elements: dict
  sample: []
  contains:
    action:
      description: What was tried.
      type: str
    object:
      description: The address of the mailbox, or the domain where waiting failed.
      type: str
    count:
      description: Always V(1), except where the service no longer answered. Then one entry stands for all that failed
        for the same reason, and RV(failures[].object) names the first.
      type: int
    error:
      description: As RV(error).
      type: dict
error:
  description: What went wrong, in a task that fails; with more than one failure, the first of them.
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

from typing import Any

from ..module_utils._module.mailbox_import import MailboxImportBody
from ..module_utils._module.run import run_module
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
    "wait": {"type": "bool", "default": False},
    "progress_path": {"type": "list", "elements": "path", "default": []},
    "wait_timeout": {"type": "int", "default": 3600},
    "stall_timeout": {"type": "int", "default": 600},
    "poll_interval": {"type": "int", "default": 5},
    "expected_present": {"type": "list", "elements": "str"},
    "expected_absent": {"type": "list", "elements": "str"},
    "state": {"type": "str", "choices": ["started", "stopped"], "default": "started"},
}


def main() -> None:
    run_module(
        PDD,
        MailboxImportBody,
        options=OPTIONS,
        required_if=[("state", "started", ["server"])],
        required_together=[("external_login", "external_password")],
        required_by={"internal_login": ["external_login"], "internal_password": ["external_login"]},
        mutually_exclusive=[("external_login", "mailboxes")],
    )


if __name__ == "__main__":
    main()
