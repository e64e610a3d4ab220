# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local emulator of the "Yandex.Mail for Domain" (PDD) HTTP API, written from docs/api/pdd.md.

The vendor closed the service in April 2023, so nothing else answers these calls any more. Every decision that is
marked as "Chosen" there is followed; decisions beyond these are stated where they are made.
"""
