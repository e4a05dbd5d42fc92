"""Every warning sign, a module each, found by itself: the name of the module is the code of the sign."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from indelible.features.alarms.sign import Sign


@cache
def all_signs() -> Mapping[str, Sign]:
    """Return the signs by their code, in the order of their names."""
    found: dict[str, Sign] = {}
    for module in sorted(one.name for one in pkgutil.iter_modules(__path__)):
        sign: Sign = import_module(f"{__name__}.{module}").SIGN
        if sign.code != module:
            raise RuntimeError(f"the sign of {module} calls itself {sign.code}")
        found[module] = sign
    return MappingProxyType(found)


def sign_of(code: str) -> Sign:
    """Return one sign. Raises KeyError."""
    return all_signs()[code]
