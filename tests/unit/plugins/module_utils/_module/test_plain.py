# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results hold plain types only."""

from __future__ import annotations

from enum import IntEnum
from types import MappingProxyType
from typing import Any

import pytest
from ansible_collections.mailops.pdd.plugins.module_utils._module.plain import to_plain


class Address(str):
    """A string that is more than that."""

    __slots__ = ()


class Count(IntEnum):
    """A number that is more than that."""

    ONE = 1


def types(value: Any) -> Any:
    """Return a value with its type, at any depth."""
    if isinstance(value, dict):
        return dict, {types(key): types(each) for key, each in value.items()}
    return (list, [types(each) for each in value]) if isinstance(value, list) else (type(value), value)


def test_subclasses_become_what_they_derive_from() -> None:
    value = {Address("anna"): (Address("a"), Count.ONE, 1.5, True, None, MappingProxyType({"b": [Address("c")]}))}
    plain = to_plain(value)
    assert types(plain) == types({"anna": ["a", 1, 1.5, True, None, {"b": ["c"]}]})


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        to_plain({"a": {1}})
