# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection to Yandex 360."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragments mailops.pdd.y360_connection, and its parts .module and .plugin."""

    DOCUMENTATION = r"""
options:
  token:
    description:
      - The OAuth token of an administrator of the organization.
      - The default is the environment variable E(Y360_TOKEN). An empty value is treated as not set, and surrounding
        white space is removed.
      - The token is sent in the header C(Authorization) only. It is never put into a URL, and never shown.
      - Ansible prints what you type literally into a play or into C(-a). Use a vaulted variable or the environment
        variable.
    type: str
  organization:
    description:
      - The ID of the organization.
      - The default is the environment variable E(Y360_ORGANIZATION), then the organization of the token. If the token
        administers none or several, the task fails.
    type: int
  api_url:
    description:
      - The URL of the service, without C(/directory).
      - The default is the environment variable E(Y360_API_URL), then C(https://api360.yandex.net).
    type: str
  cloud_api_url:
    description:
      - The URL of the second host of the service, without C(/v1). Some endpoints exist only there.
      - The default is the environment variable E(Y360_CLOUD_API_URL). If that is not set, it is
        C(https://cloud-api.yandex.net) if O(api_url) has its default, otherwise the value of O(api_url).
    type: str
  max_connections:
    description:
      - The highest number of requests at the same time.
      - While the service throttles requests, the task sends fewer.
    type: int
    default: 4
notes:
  - The collection is tested against an emulator that was written from what is known about the API. Nobody has tested it
    against the service itself.
  - If the service forbids a request, the task asks once which scopes the token has, and names the scope that is
    missing.
"""

    # For modules, which read the environment themselves, on the machine where they run.
    MODULE = r"""
options:
  domain:
    description:
      - The main domain of the organization, as an IDN or in Punycode, in upper or lower case. Another domain is an
        error, because only the main domain has mailboxes and mailing lists.
      - The default is the environment variable E(Y360_DOMAIN), then the main domain. An empty value is treated as not
        set.
    type: str
attributes:
  action_group:
    description: The module takes defaults from C(group/mailops.pdd.y360) in C(module_defaults).
    support: full
    membership:
      - mailops.pdd.y360
"""

    # For plugins, which get the values of the environment from Ansible.
    PLUGIN = r"""
options:
  token:
    env:
      - name: Y360_TOKEN
  organization:
    env:
      - name: Y360_ORGANIZATION
  api_url:
    env:
      - name: Y360_API_URL
  cloud_api_url:
    env:
      - name: Y360_CLOUD_API_URL
"""
