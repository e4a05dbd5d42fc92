"""What keeps a witness from starting or from doing what its owner asks. Requests are answered, not raised."""

from __future__ import annotations

from indelible.ledger.errors import LedgerError


class WitnessError(LedgerError):
    """The witness cannot do this. `code` is a key of explanations.toml, `facts` fill its words."""

    def __init__(self, code: str, detail: str, **facts: object) -> None:
        super().__init__(code, detail)
        self.facts = facts
