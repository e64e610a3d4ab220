# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection, which every module and plugin has, and what modules and plugins have besides."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragments mailops.pdd.connection, and its parts connection.module and connection.plugin."""

    DOCUMENTATION = r"""
options:
  token:
    description:
      - The PDD token of the domain's administrator (in registrar mode, of the registrar).
      - It is sent in the header C(PddToken) only, never in a URL, and never shown.
      - If not set, the environment variable E(PDD_TOKEN) is used. A blank value counts as not set, and surrounding
        white space is removed.
      - What is typed literally into a play or into C(-a) is printed by Ansible itself. Use a vaulted variable or the
        environment.
    type: str
  oauth_token:
    description:
      - The OAuth token of the administrator for whom a registrar acts. If it is set, the registrar's half of the API is
        used.
      - If not set, the environment variable E(PDD_OAUTH_TOKEN) is used.
    type: str
  api_url:
    description:
      - Where the service is, the part of the URL before C(/api2).
      - If not set, the environment variable E(PDD_API_URL) is used, then C(https://pddimp.yandex.ru).
      - The vendor closed C(https://pddimp.yandex.ru) in April 2023. Today this is the URL of a service that answers
        like it did, such as the emulator in the collection's sources.
    type: str
  validate_certs:
    description: Whether the certificate of O(api_url) is checked.
    type: bool
    default: true
  ca_path:
    description:
      - A file or directory of certificates that O(api_url) is checked against.
      - If not set, the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE), E(SSL_CERT_FILE) and E(SSL_CERT_DIR) is used
        that is set, then the certificates that are bundled with the Python library requests.
    type: path
  timeout:
    description: Seconds that one request may take in all, from connecting to the last byte of its answer. Resolving the
      host name of O(api_url) is not included, because only the resolver of the system can limit it.
    type: float
    default: 30.0
  retry_timeout:
    description:
      - Seconds without any answered request after which no further try is made.
      - V(0) means that nothing is tried again.
    type: float
    default: 60.0
  max_connections:
    description:
      - How many requests may be under way at the same time.
      - The number falls by itself while the service throttles requests, and recovers.
    type: int
    default: 8
requirements:
  - requests >= 2.25
notes:
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY) and E(NO_PROXY). Loopback addresses are never
    reached through a proxy. A SOCKS proxy needs the Python library PySocks.
  - The vendor closed the public service in April 2023. The collection is tested against an emulator that was written
    from what is known about it.
"""

    # For modules. What the environment gives is looked up by the module, where it runs.
    MODULE = r"""
options:
  domain:
    description:
      - The mail domain, in any case, as IDN or as A-label (punycode).
      - If not set, the environment variable E(PDD_DOMAIN) is used. A blank value counts as not set.
    type: str
requirements:
  - python >= 3.9
"""

    # For plugins, which Ansible gives the values of the environment.
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
