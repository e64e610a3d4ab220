# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark: what one task costs beside loops over tasks, and beside a bare client that sends the same requests."""
