"""Why something cannot be done to a run."""

from __future__ import annotations


class RunError(Exception):
    """It cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Barred(RunError):
    """This person may not. Trying it all the same is recorded."""
