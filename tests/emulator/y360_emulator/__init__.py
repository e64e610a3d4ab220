# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local emulator of the HTTP API of "Yandex 360 for Business", written from docs/api/y360.md.

Every decision that is marked as "Chosen" there is followed; decisions beyond these are stated where they are made.
"""
