"""What can go wrong with a way out."""

from __future__ import annotations


class NotSent(Exception):
    """A message did not go. `code` is a key of explanations.toml; `detail` is for engineers, and holds no secret.

    `for_good` where trying again is of no use before a person has changed something.
    """

    def __init__(self, code: str, detail: str = "", *, for_good: bool = False) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail[:300]
        self.for_good = for_good
