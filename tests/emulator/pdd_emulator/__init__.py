# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local emulator of the "Yandex.Mail for Domain" (PDD) HTTP API, written from pdd-api.md.

The vendor closed the service in April 2023, so nothing else answers these calls any more. Every decision that the fact
sheet marks as "Chosen for the emulator" is followed; decisions beyond the sheet are stated where they are made.
"""
