"""How the files of `vectors` are made: a module a few topics, each topic a function in `TOPICS`.

A topic's function takes nothing and gives what its file says, from fixed inputs through the ledger. Where
somebody else's answer is known (an RFC's, OpenSSL's), the making compares with it and stops where it differs,
so a file can only come out right. A further topic is a function with `@topic("name")` in a module that
`vectors/generate.py` imports.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Answers = dict[str, Any]

TOPICS: dict[str, Callable[[], Answers]] = {}


def topic(name: str) -> Callable[[Callable[[], Answers]], Callable[[], Answers]]:
    """Register what makes `vectors/<name>.json`."""

    def register(make: Callable[[], Answers]) -> Callable[[], Answers]:
        TOPICS[name] = make
        return make

    return register
