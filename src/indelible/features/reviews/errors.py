"""What a review can be refused for."""

from __future__ import annotations


class ReviewError(Exception):
    """What was asked cannot be done. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
