# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keep secrets out of what is shown, in the way of the ansible-core that runs.

Up to 2.21, each module replaces them in its result. Since 2.22, they are registered, and core replaces them wherever it
shows something; its argument validation registers those among the options.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from ansible.module_utils.common import parameters

try:
    from ansible.module_utils import secrets as core_secrets
except ImportError:
    core_secrets = None


def register(secrets: Set[str]) -> None:
    """Have core mask these values, too, if it masks what is registered."""
    if core_secrets:
        core_secrets.register_secrets(secrets)


def mask(result: Mapping[str, Any], secrets: Set[str]) -> dict[str, Any]:
    """Return a result without secrets, if core leaves this to modules."""
    if core_secrets:
        return dict(result)
    masked: dict[str, Any] = parameters.remove_values(result, secrets)
    # As AnsibleModule does it: a secret such as "True" masks no boolean.
    return {**masked, **{key: each for key, each in result.items() if each is None or isinstance(each, bool)}}
