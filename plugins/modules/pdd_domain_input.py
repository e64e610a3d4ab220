# Copyright: (c) 2026, the mailops.pdd authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The documentation of the action of this name, which is all there is: nothing runs elsewhere than on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: pdd_domain_input
short_description: Check the variables of the role pdd_domain
version_added: 1.1.0
author:
  - The mailops.pdd authors (!UNKNOWN)
description:
  - Reads all variables of the role P(mailops.pdd.pdd_domain#role), checks them against what
    C(ansible-doc -t role mailops.pdd.pdd_domain) shows, and returns them with their defaults. It sends no request.
  - The first task of the role does this. In a play of your own, use it to check the variables before anything is done.
  - Each variable is templated by itself. A message names the variable that cannot be read or does not fit, the object
    in it, and the rule. No message shows a value that may be a secret.
  - It refuses names that begin with C(pdd_domain_) and are no variable of the role, values that YAML has made of
    something else (the login C(no) is a truth value without quotes, and C(12:30) a number), characters in addresses
    that cannot be seen, and what contradicts itself, such as a mailbox that is V(absent) and on a mailing list.
  - For the entry points V(main) and V(validate) it also compares the hosts of the play, those that C(--limit) leaves
    out included. Two hosts cannot name the same domain of one service, nor want different signatures for one token. A
    host whose variables cannot be read takes no part.
  - What is returned is hidden in the output, since secrets are in it.
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
attributes:
  action:
    description: Runs on the controller.
    support: full
  check_mode:
    description: Runs in check mode.
    support: full
    details: It changes nothing.
  diff_mode:
    description: Shows what is changed with C(--diff).
    support: N/A
    details: It changes nothing.
  idempotent:
    description: Running it again changes nothing.
    support: full
    details: It changes nothing.
  platform:
    description: Where it can be used.
    support: full
    platforms: all
seealso:
  - plugin: mailops.pdd.pdd_domain_input
    plugin_type: lookup
  - plugin: mailops.pdd.pdd_domain_parts
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Check the variables before anything is done
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
    - The variables of the entry point, by their names without C(pdd_domain_), converted to their types. What is not
      set is its default, or V(none); in entries it is left out.
  type: dict
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
  description: Why the variables cannot be used.
  type: dict
  returned: failure
  contains:
    code:
      description: V(invalid_input).
      type: str
    message:
      description: All problems.
      type: str
    http_status:
      description: V(none), since nothing was sent.
      type: int
    endpoint:
      description: V(none), since nothing was sent.
      type: str
    advice:
      description: What to do.
      type: str
"""
