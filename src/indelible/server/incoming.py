"""What a client sends, taken in whole before anybody reads it: in bounded memory, time and space.

Little is held in memory, more goes to a file without a name in the data folder, which is gone with its last handle.
A body that is beyond its bound is not read further: who reads it hears RequestDataTooBig, so that the page (or the
interface) it was sent to can say so in its own words.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from django.core.exceptions import RequestDataTooBig

from indelible.server.admission import LITTLE_BYTES
from indelible.server.answering import Environ

HELD_BYTES: Final = 65_536  # of one body in memory
QUIET_SECONDS: Final = 20.0  # without a byte
LEAST_RATE: Final = 2_000  # bytes a second, on the whole, once QUIET_SECONDS have gone by
LEFT_FREE_BYTES: Final = 1_000_000_000  # sending must not fill the disk that the record itself needs
MOST_LARGE: Final = 64  # large bodies that are on their way at once
MOST_LARGE_OF_ONE: Final = 16  # of them from one address
DRAINED_BYTES: Final = 4_000_000  # read and thrown away, so that a client that still sends hears the answer
DRAINED_SECONDS: Final = 2.0


class TooSlow(Exception):
    """The client sends too slowly to be waited for."""


class BrokenOff(Exception):
    """The client went away before it had sent everything, or what it sent is no body that we read."""


class NoPlace(Exception):
    """Too many large bodies are on their way."""


class _Beyond(io.RawIOBase):
    """Stands for a body that is beyond its bound."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise RequestDataTooBig


class Body:
    """A body that has come: a file to read, and its length as a header says it."""

    def __init__(self, file: IO[bytes], length: int | None, *, left_over: bool = False) -> None:
        self.file = file
        self.length = "" if length is None else str(length)
        self.left_over = left_over  # the client may still be sending

    def __enter__(self) -> Body:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.file.close()

    async def drain(self, protocol: Any) -> None:
        """Read on a little, once the answer is on its way: who is cut off while sending seldom reads it."""
        pieces, taken = aiter(protocol), 0
        until = asyncio.get_running_loop().time() + DRAINED_SECONDS
        try:
            async with asyncio.timeout_at(until):
                async for piece in pieces:
                    taken += len(piece)
                    if taken > DRAINED_BYTES:
                        return
        except (TimeoutError, RuntimeError):  # the second is the web server's way to say that the client left
            return


class Incoming:
    """Takes bodies in, for one process. Everything here runs in the event loop, so nothing needs a lock."""

    def __init__(self, folder: Path, files: Executor) -> None:
        self._folder = folder
        self._files = files
        self._large: Counter[str] = Counter()  # by client address

    async def take(self, protocol: Any, environ: Environ, ask: Callable[[Environ], Awaitable[int]]) -> Body:
        """Return the body of a request, once it is there. Raises TooSlow, BrokenOff, NoPlace.

        `ask` is awaited once, if the body is larger than LITTLE_BYTES: how many bytes may it have?
        """
        said = _length_of(environ)
        if said == 0 or (said is None and "HTTP_TRANSFER_ENCODING" not in environ):
            return Body(io.BytesIO(), None if said is None else 0)
        if said is not None and said <= LITTLE_BYTES:
            return await self._read(protocol, said, LITTLE_BYTES, None)
        if said is None:
            asked = self._read(protocol, None, LITTLE_BYTES, lambda: self._admit(environ, ask, None))
            return await self._counted(environ, asked)  # it may turn out to be a large one
        most = await self._admit(environ, ask, said)
        if said > most:
            return Body(_beyond(), said, left_over=True)
        return await self._counted(environ, self._read(protocol, said, most, None))

    async def _admit(
        self, environ: Environ, ask: Callable[[Environ], Awaitable[int]], said: int | None
    ) -> int:
        """Return how large this body may be: as its address says, and as the disk has room."""
        client = environ["REMOTE_ADDR"]
        if self._large.total() >= MOST_LARGE or self._large[client] >= MOST_LARGE_OF_ONE:
            raise NoPlace
        free = shutil.disk_usage(self._folder).free - LEFT_FREE_BYTES
        most = min(await ask(environ), max(free, LITTLE_BYTES))
        return most if said is None else min(most, max(free, LITTLE_BYTES))

    async def _counted(self, environ: Environ, reading: Awaitable[Body]) -> Body:
        client = environ["REMOTE_ADDR"]
        self._large[client] += 1
        try:
            return await reading
        finally:
            self._large[client] -= 1
            if not self._large[client]:
                del self._large[client]

    async def _read(
        self, protocol: Any, said: int | None, most: int, ask: Callable[[], Awaitable[int]] | None
    ) -> Body:
        """Read a body into memory or a file, up to `most` bytes, or as many as `ask` says beyond them."""
        loop = asyncio.get_running_loop()
        begun, taken, held = loop.time(), 0, bytearray()
        ended = False
        file: IO[bytes] | None = None
        pieces = aiter(protocol)
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), QUIET_SECONDS)
                except StopAsyncIteration:
                    break
                if (
                    ended
                ):  # the server below gives an empty piece at the end, and another before it for a fault
                    raise BrokenOff
                ended = not piece
                taken += len(piece)
                if taken > most and ask is not None:
                    most, ask = await ask(), None
                if taken > most:
                    _close(file)
                    return Body(_beyond(), taken, left_over=True)
                gone = loop.time() - begun
                if gone > QUIET_SECONDS and taken < gone * LEAST_RATE:
                    raise TooSlow
                held += piece
                if len(held) > HELD_BYTES:
                    file = file or tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - Body closes it
                    await loop.run_in_executor(self._files, file.write, held)
                    held = bytearray()
            if said is not None and taken < said:
                raise BrokenOff
            if file is None:
                return Body(io.BytesIO(held), taken)
            file.write(held)
            file.seek(0)
        except TimeoutError as quiet:
            _close(file)
            raise TooSlow from quiet
        except RuntimeError as gone_away:
            _close(file)
            raise BrokenOff from gone_away
        except BaseException:
            _close(file)
            raise
        return Body(file, taken)


def _beyond() -> IO[bytes]:
    return io.BufferedReader(_Beyond())


def _close(file: IO[bytes] | None) -> None:
    if file is not None:
        file.close()


def _length_of(environ: Environ) -> int | None:
    """Return the length that a request says it has; None where it says none."""
    text = environ.get("CONTENT_LENGTH", "")
    return int(text) if text.isascii() and text.isdigit() else None
