"""DER, as much of it as time-stamps need: elements, what lies in them, and how to write one.

A time-stamp library reads the tokens and OpenSSL checks their signatures. What is left to do by hand is to
look at places that the library does not show and to put a certificate set in order; for that it is enough to
walk over elements. Only definite lengths in their shortest form and tags of one byte are taken.
Source: ITU-T X.690 sections 8.1 and 10.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .errors import MalformedInput

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID = 0x02, 0x03, 0x04, 0x06
UTF8_STRING, SEQUENCE, SET, CONTEXT_0 = 0x0C, 0x30, 0x31, 0xA0

_LONGEST_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its tag byte, the bytes in it, and its own bytes from the tag on."""

    tag: int
    content: bytes
    whole: bytes

    def inside(self) -> list[Element]:
        """Return the elements in this one. Raises MalformedInput (`bad-der`) where its content is none."""
        return list(_elements(self.content))


def read_element(data: bytes) -> Element:
    """Return the one element that `data` is. Raises MalformedInput (`bad-der`), also where more follows."""
    elements = list(_elements(data))
    if len(elements) != 1:
        raise MalformedInput("bad-der", f"{len(elements)} elements, not one")
    return elements[0]


def write_element(tag: int, *contents: bytes) -> bytes:
    """Return an element with `contents` behind each other in it."""
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def write_integer(number: int) -> bytes:
    """Return a non-negative INTEGER; a zero byte leads where its first bit would read as a minus."""
    return write_element(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def write_set(elements: Iterable[Element]) -> bytes:
    """Return what a SET of these elements holds: in the order of their bytes, as DER has it."""
    return b"".join(sorted(element.whole for element in elements))


def _elements(data: bytes) -> Iterator[Element]:
    """Yield the elements that `data` consists of."""
    start, end = 0, len(data)
    while start < end:
        content_start, length = _length_at(data, start + 1)
        stop = content_start + length
        if data[start] & 0x1F == 0x1F or stop > end:
            raise MalformedInput("bad-der", f"tag {data[start]:#x} at {start}, {length} of {end} bytes")
        yield Element(data[start], data[content_start:stop], data[start:stop])
        start = stop


def _length_at(data: bytes, place: int) -> tuple[int, int]:
    """Return where the content behind a length begins, and the length."""
    first = data[place] if place < len(data) else 0x80
    if first < 0x80:
        return place + 1, first
    size = first & 0x7F
    coded = data[place + 1 : place + 1 + size]
    length = int.from_bytes(coded, "big")
    # Two spellings of one length would be two spellings of one token.
    if not 1 <= size <= _LONGEST_LENGTH or len(coded) != size or length < 0x80 or coded[0] == 0:
        raise MalformedInput("bad-der", f"a length at {place} that DER does not write")
    return place + 1 + size, length
