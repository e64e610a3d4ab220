# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the variables of the role pdd_domain for the plugins that pass them to its tasks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..plugin_utils._input import read_input

_SPECS = Path(__file__).parents[2] / "roles" / "pdd_domain" / "meta" / "argument_specs.yml"
_PREFIX = "pdd_domain_"


def read_domain(
    entry_point: str, variables: Mapping[str, Any], template: Callable[[list[Any]], list[Any]]
) -> dict[str, Any]:
    """Return the variables of an entry point of the role, checked and converted; raise InvalidInputError.

    Their names lack the prefix that they share.
    """
    tokens = [os.environ[name] for name in ("PDD_TOKEN", "PDD_OAUTH_TOKEN") if name in os.environ]
    found = read_input(_spec(entry_point), variables, template, others=_spec("main"), hidden=tokens)
    return {name.removeprefix(_PREFIX): value for name, value in found.items()}


@cache
def _spec(entry_point: str) -> dict[str, Any]:
    """Return the documented argument spec, with paths as strings: the module, which may run elsewhere, checks them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    options = yaml.load(_SPECS.read_bytes(), loader)["argument_specs"][entry_point]["options"]  # noqa: S506
    return {name: {**option, "type": "str"} if option["type"] == "path" else option for name, option in options.items()}
