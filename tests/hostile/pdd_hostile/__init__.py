# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that means harm: raw sockets, a table of tricks, and what a module must keep to against all of them.

It shares no code with the collection and none with the emulator.
"""
