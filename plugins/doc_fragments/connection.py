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
  validate_certs:
    description: Whether to check the certificate of O(api_url).
    type: bool
    default: true
  ca_path:
    description:
      - A file or directory with the certificates that O(api_url) is checked against.
      - The default is the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE), E(SSL_CERT_FILE), and E(SSL_CERT_DIR) that
        is set, then the certificates that are bundled with the Python library requests.
    type: path
  timeout:
    description:
      - The highest number of seconds that one request may take, from connecting to the last byte of its answer.
      - Resolving the host name of O(api_url) is not included, because only the system's resolver can limit it.
    type: float
    default: 30.0
  retry_timeout:
    description:
      - The number of seconds without any answered request after which the task stops retrying.
      - V(0) turns retries off, except if the service closes a kept connection instead of answering a read.
    type: float
    default: 60.0
  max_connections:
    description:
      - The highest number of requests at the same time.
      - While the service throttles requests, the task sends fewer.
    type: int
    default: 8
requirements:
  - requests >= 2.25
notes:
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY), and E(NO_PROXY). Loopback addresses are never
    reached through a proxy. A SOCKS proxy needs the Python library PySocks.
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
  action:
    description: Whether the module runs in the process of the task on the controller.
    support: full
    details:
      - If the connection is C(local), the module runs in the process of the task, with the Python that runs Ansible.
        Nothing is copied, and no option is in a temporary file.
      - The module runs in a process of its own with another connection, with C(become), C(async), or C(environment),
        if C(ansible_python_interpreter) is set to another Python, if requests cannot be imported by Ansible, or if the
        variable C(mailops_direct) is V(false). The results are the same.
requirements:
  - python >= 3.9
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
