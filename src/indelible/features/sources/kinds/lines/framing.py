"""Where one message ends and the next begins, in what a connection or a datagram brings.

A connection sends its messages in one of two ways (RFC 6587, section 3.4), and does not say in which:

    octet counting      "47 <13>1 2026-..."    the length in bytes, a blank, the message
    a mark at the end   "<13>1 2026-...\\n"     a line feed; some programs send a zero byte instead

Its first bytes tell: a message begins with "<", never with a figure. With the first mark that comes, the mark of the
connection is settled. Over TLS it should be octet counting (RFC 5425, section 4.3); what senders really do is read
there all the same.

Nothing that was received is passed over in silence: what is too long, breaks off, or cannot be parted comes out as a
frame with the reason (a code) and its beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

KEPT_BYTES: Final = 8_192  # of a message that is too long: enough to tell what it was
LONGEST_COUNT: Final = 9  # figures; longer ones count nothing

TOO_LARGE: Final = "record_too_large"
CUT_OFF: Final = "cut_off_by_sender"
NOT_PARTED: Final = "frame_unreadable"

_COUNT: Final = re.compile(rb"([1-9]\d{0,8}) ")
_COUNT_BEGUN: Final = re.compile(rb"[1-9]\d{0,8}")
_BETWEEN: Final = b"\n\r\x00"  # what some senders put behind a counted message as well


@dataclass(frozen=True, slots=True)
class Frame:
    """One message, or with a `fault` what cannot be one."""

    data: bytes
    fault: str = ""


class Framer:
    """Parts the bytes of one connection into messages of at most `largest` bytes."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._buffer = bytearray()
        self._way: Literal["", "counted", "marked"] = ""
        self._mark = b""
        self._searched = 0  # of the buffer: no mark is in there
        self._passing = 0  # bytes of a counted message that is too long, still to come
        self._passing_line = False  # the same of a marked one, up to its mark
        self.is_lost = False  # nothing more can be parted: the connection is to be closed

    @property
    def is_inside(self) -> bool:
        """Whether a message has begun whose end has not come."""
        return bool(self._buffer) or self._passing > 0 or self._passing_line

    def feed(self, data: bytes) -> list[Frame]:
        """Take more bytes and return the messages that are whole by now."""
        if self.is_lost:
            return []
        self._buffer += data
        if not self._way:
            self._way = _way_of(self._buffer)
        if self._way == "counted":
            return self._counted()
        return self._marked() if self._way else []

    def end(self) -> list[Frame]:
        """Return what the sender left unfinished when the connection ended."""
        left = bytes(self._buffer[:KEPT_BYTES])
        self._buffer.clear()
        return [Frame(left, CUT_OFF)] if left.strip(_BETWEEN) else []

    def _counted(self) -> list[Frame]:
        frames: list[Frame] = []
        buffer, at = self._buffer, 0
        while at < len(buffer):
            if self._passing:
                passed = min(self._passing, len(buffer) - at)
                self._passing -= passed
                at += passed
                continue
            if buffer[at] in _BETWEEN:
                at += 1
                continue
            match = _COUNT.match(buffer, at)
            if match is None:
                if len(buffer) - at <= LONGEST_COUNT and _COUNT_BEGUN.fullmatch(buffer, at):
                    break  # the rest of the count is on its way
                frames.append(Frame(bytes(buffer[at : at + KEPT_BYTES]), NOT_PARTED))
                self.is_lost = True
                at = len(buffer)
                break
            begin, length = match.end(), int(match[1])
            if length > self._largest:
                if len(buffer) - begin < min(length, KEPT_BYTES):
                    break
                frames.append(Frame(bytes(buffer[begin : begin + min(length, KEPT_BYTES)]), TOO_LARGE))
                self._passing, at = length, begin
                continue
            if len(buffer) - begin < length:
                break
            frames.append(Frame(bytes(buffer[begin : begin + length])))
            at = begin + length
        del buffer[:at]
        return frames

    def _marked(self) -> list[Frame]:
        frames: list[Frame] = []
        buffer, at = self._buffer, 0
        while True:
            end = self._next_mark(max(at, self._searched))
            if end < 0:
                break
            line = bytes(buffer[at:end])
            at = self._searched = end + 1
            if self._passing_line:
                self._passing_line = False
            elif len(line) > self._largest:
                frames.append(Frame(line[:KEPT_BYTES], TOO_LARGE))
            else:
                frames.append(Frame(line.removesuffix(b"\r")))
        del buffer[:at]
        self._searched = len(buffer)
        if len(buffer) > self._largest:
            if not self._passing_line:
                frames.append(Frame(bytes(buffer[:KEPT_BYTES]), TOO_LARGE))
            self._passing_line = True
            buffer.clear()
            self._searched = 0
        return frames

    def _next_mark(self, start: int) -> int:
        """Return where the next message ends; settle the mark with the first one. -1 where none has come."""
        if self._mark:
            return self._buffer.find(self._mark, start)
        line_feed, zero = self._buffer.find(b"\n", start), self._buffer.find(b"\x00", start)
        if (
            zero >= 0
            and self._ends_at(zero)
            and (line_feed < 0 or zero < line_feed or not self._ends_at(line_feed))
        ):
            self._mark = b"\x00"
            return zero
        if line_feed >= 0:
            self._mark = b"\n"
        return line_feed

    def _ends_at(self, place: int) -> bool:
        """Whether a message seems to end here: nothing follows, or another message does."""
        return bytes(self._buffer[place + 1 : place + 2]) in (b"", b"<")


def _way_of(buffer: bytearray) -> Literal["", "counted", "marked"]:
    """Return how a connection parts its messages; "" while too little has come to tell."""
    if _COUNT.match(buffer):
        return "counted"
    if len(buffer) <= LONGEST_COUNT and _COUNT_BEGUN.fullmatch(buffer):
        return ""
    return "marked"


def frame_of(datagram: bytes, largest: int) -> Frame | None:
    """Return the one message of a datagram (RFC 5426, section 3.1); None for an empty one."""
    message = datagram.rstrip(_BETWEEN)
    if not message:
        return None
    return Frame(message) if len(message) <= largest else Frame(message[:KEPT_BYTES], TOO_LARGE)
