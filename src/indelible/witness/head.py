"""How much of a connection the head of a request may take.

`http.server` bounds each line of a head and their number, which together still lets megabytes in.
"""

from __future__ import annotations

from http.client import HTTPException
from io import BufferedIOBase

MAX_HEAD_BYTES = 16 * 1024


class BoundedHead:
    """Reads lines of a head until `left` bytes are used up, and bodies as asked."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self.left = MAX_HEAD_BYTES

    def readline(self, limit: int = -1) -> bytes:
        """Return the next line of a head. Raises HTTPException, which http.server answers with 431."""
        if self.left <= 0:
            raise HTTPException("the head of the request is too long")
        most = self.left if limit < 0 else min(limit, self.left)
        line = self._file.readline(most)
        self.left -= len(line)
        return line

    def read(self, size: int) -> bytes:
        """Return `size` bytes of a body, fewer where it ends."""
        return self._file.read(size)

    def close(self) -> None:
        """Let go of the connection."""
        self._file.close()

    @property
    def closed(self) -> bool:
        """Whether it was let go."""
        return self._file.closed
