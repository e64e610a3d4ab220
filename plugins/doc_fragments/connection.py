# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragments mailops.pdd.connection, and its parts connection.module and connection.plugin."""

    DOCUMENTATION = r"""
options:
  token:
    description:
      - The PDD token of the domain's administrator, or of the registrar if O(oauth_token) is set.
      - The default is the environment variable E(PDD_TOKEN). An empty value is treated as not set, and surrounding
        white space is removed.
      - The token is sent in the header C(PddToken) only. It is never put into a URL, and never shown.
      - Ansible prints what you type literally into a play or into C(-a). Use a vaulted variable or the environment
        variable.
    type: str
  oauth_token:
    description:
      - The OAuth token of the domain's administrator, for registrars. If it is set, requests go to the registrar
        endpoints of the API.
      - The default is the environment variable E(PDD_OAUTH_TOKEN).
    type: str
  api_url:
    description:
      - The URL of the service, without C(/api2).
      - The default is the environment variable E(PDD_API_URL), then C(https://pddimp.yandex.ru).
      - The vendor closed C(https://pddimp.yandex.ru) on 1 April 2023. Give the URL of a service with the same API, for
        example of the emulator in the collection's sources.
    type: str
  max_connections:
    description:
      - The highest number of requests at the same time.
      - While the service throttles requests, the task sends fewer.
    type: int
    default: 8
notes:
  - The vendor closed the public service on 1 April 2023. The collection is tested against an emulator that was written
    from what is known about the API.
"""

    # For modules, which read the environment themselves, on the machine where they run.
    MODULE = r"""
options:
  domain:
    description:
      - The mail domain, as an IDN or in Punycode, in upper or lower case.
      - The default is the environment variable E(PDD_DOMAIN). An empty value is treated as not set.
    type: str
attributes:
  action_group:
    description: The module takes defaults from C(group/mailops.pdd.pdd) in C(module_defaults).
    support: full
    membership:
      - mailops.pdd.pdd
"""

    # For plugins, which get the values of the environment from Ansible.
    PLUGIN = r"""
options:
  token:
    env:
      - name: PDD_TOKEN
  oauth_token:
    env:
      - name: PDD_OAUTH_TOKEN
  api_url:
    env:
      - name: PDD_API_URL
"""
