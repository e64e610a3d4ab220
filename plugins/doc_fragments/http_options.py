# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the connection that are the same for all services."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation fragment mailops.pdd.http_options."""

    DOCUMENTATION = r"""
options:
  validate_certs:
    description: Whether to check the certificates of the service.
    type: bool
    default: true
  ca_path:
    description:
      - A file or directory with the certificates that those of the service are checked against.
      - The default is the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE), E(SSL_CERT_FILE), and E(SSL_CERT_DIR) that
        is set, then the certificates that are bundled with the Python library requests.
    type: path
  timeout:
    description:
      - The highest number of seconds that one request may take, from connecting to the last byte of its answer.
      - Resolving the host name of the service is not included, because only the system's resolver can limit it.
    type: float
    default: 30.0
  retry_timeout:
    description:
      - The number of seconds without any answered request after which the task stops retrying.
      - V(0) turns retries off, except if the service closes a kept connection instead of answering a read.
    type: float
    default: 60.0
requirements:
  - requests >= 2.25
notes:
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY), and E(NO_PROXY). Loopback addresses are never
    reached through a proxy. A SOCKS proxy needs the Python library PySocks.
"""
