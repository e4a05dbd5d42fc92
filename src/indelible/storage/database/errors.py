"""Every way in which the record says no.

    StorageError
    |-- NotFound             no such logbook, entry, checkpoint or attachment
    |-- AppendRefused        nothing was appended, and nothing will be until somebody acts
    |-- AppendFailed         nothing was appended this time; the same call may be made again
    |-- IdempotencyConflict  the key was used before, with other content
    `-- EntryDiffers         what is stored is not what was sealed

`code` is stable and keys the words for people; `detail` is exact and meant for engineers.
"""

from __future__ import annotations


class StorageError(Exception):
    """A refusal with a stable `code` (kebab-case) and an exact `detail`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class NotFound(StorageError):
    """What was asked for is not here."""


class AppendRefused(StorageError):
    """Appending would sign a second history, or cannot be signed. What arrives has to wait."""


class AppendFailed(StorageError):
    """The commit did not come about (`commit-failed`: disk full, lock not to be had): nothing was recorded.

    `commit-unsure`: the connection broke while committing, so it may have been recorded or not. Calling
    again with the same repeat codes records nothing twice.
    """


class IdempotencyConflict(StorageError):
    """The code of this draft is held for another content. `index` is the entry that holds it."""

    def __init__(self, index: int) -> None:
        super().__init__("repeat-with-other-content", f"entry {index} was recorded under the same key")
        self.index = index


class EntryDiffers(StorageError):
    """An entry is not what the tree says it is. `index` is which one."""

    def __init__(self, index: int, detail: str) -> None:
        super().__init__("entry-differs", f"entry {index}: {detail}")
        self.index = index
