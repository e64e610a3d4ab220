# Copyright: (c) 2026, the mailops.pdd authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adds to an error what was tried."""

from __future__ import annotations

import functools
import inspect
import string
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from .errors import ServiceError
from .show import show

Method = TypeVar("Method", bound=Callable[..., Any])


class _Phrase(string.Formatter):
    """Fills in names that the service may have chosen."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return a value as messages show it."""
        return show(super().format_field(value, format_spec))


def attempts(phrase: str) -> Callable[[Method], Method]:
    """Add to the errors of a method what it attempts; the phrase names its arguments, none of which is a secret."""

    def decorate(method: Method) -> Method:
        signature = inspect.signature(method)

        @functools.wraps(method)
        def attempt(*args: object, **kwargs: object) -> object:
            try:
                return method(*args, **kwargs)
            except ServiceError as error:
                attempted = _Phrase().vformat(phrase, (), signature.bind(*args, **kwargs).arguments)
                raise replace(error, attempt=attempted) from None

        return cast("Method", attempt)

    return decorate
