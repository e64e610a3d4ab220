# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's version, for the User-Agent. A test holds it against galaxy.yml."""

from __future__ import annotations

VERSION = "1.0.0"
