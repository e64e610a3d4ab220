# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for `make docs`."""

from __future__ import annotations

project = "mailops.pdd"
author = "the mailops.pdd authors"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx wants this name

extensions = ["sphinx_antsibull_ext"]
nitpicky = True
# Pages of Ansible's own documentation, which antsibull-docs points to. They would have to be looked up in the network.
nitpick_ignore_regex = [
    (
        "std:ref",
        r"action_plugins|ansible_configuration_settings|common_return_values|ansible_collections\.ansible\.builtin\..*",
    ),
    ("std:envvar", r"ANSIBLE_.*"),
]

highlight_language = "yaml+jinja"
html_theme = "alabaster"
html_theme_options = {
    "description": "Mail of Yandex 360 for Business and Yandex.Mail for Domain (PDD)",
    "page_width": "1200px",
    "body_max_width": "none",
}
html_show_sphinx = False
html_copy_source = False
html_use_index = False
