# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the action of this name, which is all there is: nothing runs elsewhere than on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_domain_input
short_description: Check the variables of a role of the collection
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads all variables of the role P(mailops.pdd.pdd_domain#role), or of the role P(mailops.pdd.y360_domain#role) with
    O(service=yandex360), checks them against the specification of the role
    (C(ansible-doc -t role mailops.pdd.pdd_domain)), and returns them with their defaults. It sends no request.
  - It is the first task of the role. Use it in a play of your own to check the variables before other tasks run.
  - Each variable is templated separately. If one cannot be read or is not valid, the message contains its name, the
    object in it, and the rule, but no value that may be a secret.
  - With O(service=yandex360), variables that are not set are those of the role P(mailops.pdd.pdd_domain#role), except
    the token, the URL, and the path of certificates. Imports, secret questions, and senders on behalf without
    O(mailops.pdd.y360_domain#role:main:y360_domain_allow_undocumented=true) are refused.
  - It refuses names that begin with C(pdd_domain_) or C(y360_domain_) and are no variables of the role, values that
    YAML converts (without quotes, the login C(no) is a boolean, and C(12:30) is a number), invisible characters in
    addresses, and contradictions, for example a mailbox that is V(absent) and subscribed to a mailing list.
  - For the entry points V(main) and V(validate) it also compares the hosts of the play, including those that C(--limit)
    excludes. Two hosts cannot have the same domain of one service, or different signatures for one token. Hosts whose
    variables cannot be read are left out of the comparison.
  - The result is hidden in Ansible's output, because it contains secrets.
options:
  entry_point:
    description: The entry point of the role whose variables are read.
    type: str
    choices: [main, export, report, validate]
    default: main
  hosts:
    description:
      - With V(one), the variables of the host are read.
      - With V(all), they are not. The hosts of the play are compared with each other, and any contradiction fails the
        task. With O(entry_point=report) they are not compared, and the path of the report is returned.
    type: str
    choices: [one, all]
    default: one
  service:
    description:
      - The service whose role is meant.
      - When hosts are compared, each host is on the service that its variable C(mailops_service) names.
    type: str
    choices: [pdd, yandex360]
    default: pdd
    version_added: 1.1.0
attributes:
  action:
    description: Runs on the controller.
    support: full
  check_mode:
    description: Runs in check mode.
    support: full
    details: It only reads.
  diff_mode:
    description: Shows the state before and after with C(--diff).
    support: N/A
    details: It only reads.
  idempotent:
    description: Another run changes nothing.
    support: full
    details: It only reads.
  platform:
    description: The platforms that it can run on.
    support: full
    platforms: all
seealso:
  - plugin: mailops.pdd.pdd_domain_input
    plugin_type: lookup
  - plugin: mailops.pdd.pdd_domain_parts
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check the variables before other tasks run
  mailops.pdd.pdd_domain_input:
    entry_point: validate
  vars:
    pdd_domain_name: example.test
    pdd_domain_maillists:
      - maillist: team
"""

RETURN = r"""
variables:
  description:
    - The variables of the entry point, converted to their types. The keys are their names without C(pdd_domain_) or
      C(y360_domain_).
    - A variable that is not set has its default or V(none). In entries of lists it is left out.
  type: dict
  returned: success, with O(hosts=one)
service:
  description: The service of the role.
  type: str
  returned: success, with O(hosts=one)
twins:
  description: The variables that were taken from the role P(mailops.pdd.pdd_domain#role), without prefix.
  type: list
  elements: str
  returned: success, with O(hosts=one)
signers:
  description:
    - The hosts of which one sets the signature. In the playbook C(mailops.pdd.provision) these are all that share the
      token of this host and want a signature, otherwise it is this host.
  type: list
  elements: str
  returned: success, with O(hosts=one)
fails_on_drift:
  description: Whether the role lists how the domain differs from the variables, and fails if it does.
  type: bool
  returned: success, with O(hosts=one) and O(entry_point=main)
refused:
  description:
    - What the service cannot do. It is an error, unless O(entry_point=main) and RV(nameless) is not empty. Then the
      role reads first which mailboxes are new, to report everything at once.
  type: list
  elements: str
  returned: success, with O(hosts=one) and O(entry_point=main), or with O(entry_point=validate)
ignored:
  description: What the service cannot do and is left out, because
    O(mailops.pdd.y360_domain#role:main:y360_domain_ignore_unsupported=true).
  type: list
  elements: str
  returned: success, with O(hosts=one) and O(entry_point=main), or with O(entry_point=validate)
nameless:
  description: The addresses of mailboxes without the names that the service needs to create them.
  type: list
  elements: str
  returned: success, with O(hosts=one) and O(entry_point=main), or with O(entry_point=validate)
describes:
  description: Whether the variables describe a desired state.
  type: bool
  returned: success, with O(hosts=one)
path:
  description: The file that an export or a report is written to.
  type: str
  returned: success, with O(entry_point=export) and O(hosts=one), or with O(entry_point=report) and O(hosts=all)
directory:
  description: The directory of that file.
  type: str
  returned: success, with O(entry_point=export)
error:
  description: The reason why the variables cannot be used.
  type: dict
  returned: failure
  contains:
    code:
      description: Always V(invalid_input).
      type: str
    message:
      description: All problems with the variables.
      type: str
    http_status:
      description: Always V(none), because no request was sent.
      type: int
    endpoint:
      description: Always V(none), because no request was sent.
      type: str
    advice:
      description: What to do next.
      type: str
"""
