"""Why a whole file could not be read.

One class, told apart by its code: the code is stable and is what people can read out over the
telephone; `detail` is for engineers; `facts` fill the gaps of the text that people see. A fault of
one record is no error but a `RawReject` (records.py), and a remark about a file that was read is a
`Notice` (notices.py).
"""

from __future__ import annotations


class IntakeError(Exception):
    """A file was refused as a whole; nothing of it was read."""

    def __init__(self, code: str, detail: str = "", **facts: str | int) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.facts: dict[str, str | int] = dict(facts)
