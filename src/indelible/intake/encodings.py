"""Which characters the bytes of a text file stand for.

The order is: a byte order mark; then strict UTF-8 over the whole file; then UTF-16 without a mark, by
where its zero bytes lie; then UTF-8 with a few damaged bytes; then Windows-1252, if the high bytes make
sense as such; and only then a guess by charset-normalizer, which is said to be one.

Whatever the encoding, a line can be turned back into exactly the bytes it had: undecodable bytes travel
as lone surrogates (PEP 383) and show as U+FFFD in values.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

if TYPE_CHECKING:
    from indelible.intake.shapes import Shape

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_FEW_BAD_BYTES = 3
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII_BASED = re.compile(
    r"(cp125\d|cp[48]\d\d|iso8859|koi8|mac_|kz1048|tis|shift_jis|euc_|gb|big5|cp932|cp949|johab)"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# Letters of Windows-1252 above ASCII, and its marks that stand beside words, figures or blanks.
_LETTER = rb"[\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff]"
_MARK = rb"[\x80\x82-\x89\x8b\x91-\x99\x9b\xa0-\xbf]"
_HIGH = re.compile(rb"[\x80-\xff]")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LETTER_RUN = re.compile(_LETTER + rb"+")
# Apostrophes, dashes, dots and blanks may well stand inside a word.
_MARK_IN_WORD = re.compile(
    rb"(?<=[A-Za-z])(?![\x92\x96\x97\x99\xa0\xaa\xad\xae\xb4\xb7\xba])" + _MARK + rb"(?=[a-z])"
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec's name, the length of the byte order mark, and the notice to give (or "")."""

    codec: str
    bom: int = 0
    notice: str = ""


@dataclass(slots=True)
class Line:
    """One physical line: its number from 1, its text, its bytes, and what ended it.

    Neither text nor bytes have the line end. The text has no NUL and no lone surrogate; `flags` say so
    where it had. `cut` is true where the line is longer than a record may be: then text and bytes are its
    beginning only.
    """

    number: int
    text: str
    original: bytes
    end: str
    flags: tuple[str, ...] = ()
    cut: bool = False


def detect_encoding(path: Path) -> Encoding:
    """Tell the encoding of a text file; costs one pass over it."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(codec, len(mark))
    if codec := _unmarked_utf16(head):
        return Encoding(codec)
    damage, sound, sample = _utf8_damage(path)
    if not damage:
        return Encoding("utf-8")
    if sound > damage * 4:
        return Encoding("utf-8")
    if _is_windows_1252(sample):
        return Encoding("cp1252", 0, "encoding_windows_1252")
    if damage <= _FEW_BAD_BYTES:
        return Encoding("utf-8")  # too little to guess from: damage, most likely
    return Encoding(_guess(sample), 0, "encoding_guessed")


def _unmarked_utf16(head: bytes) -> str:
    """Return the UTF-16 codec if every second byte of the beginning is mostly zero."""
    half = len(head) // 2
    if half < 2:
        return ""
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.7 and even < 0.1:
        return "utf-16-le"
    if even > 0.7 and odd < 0.1:
        return "utf-16-be"
    return ""


_UTF8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def end_bytes(end: str, codec: str) -> bytes:
    """Return the bytes of a line end in a codec."""
    return end.encode(codec if _is_wide(codec) else "ascii")


def _utf8_damage(path: Path) -> tuple[int, int, bytes]:
    """Count bad bytes and sound sequences of non-ASCII text, and sample the lines that hold high bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    damage = sound = 0
    sample = bytearray()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = decoder.decode(chunk)
            if chunk.isascii():
                continue
            damage += len(_SURROGATE.findall(text))
            sound += len(_UTF8_PAIR.findall(chunk))
            if len(sample) < _SAMPLE:
                lines = (line for line in chunk.split(b"\n") if not line.isascii())
                sample += b"\n".join(lines)[: _SAMPLE - len(sample)]
        damage += len(_SURROGATE.findall(decoder.decode(b"", final=True)))
    return damage, sound, bytes(sample)


def _is_windows_1252(sample: bytes) -> bool:
    """Tell whether high bytes read sensibly as Windows-1252.

    Western text has single accented letters within ASCII words, and its marks (quotes, euro sign, dash)
    beside words and not inside them. Long runs of high letters are another alphabet.
    """
    high = len(_HIGH.findall(sample))
    if not high or _UNDEFINED.search(sample):
        return False
    runs = [len(run) for run in _LETTER_RUN.findall(sample)]
    in_long_runs = sum(length for length in runs if length > 3)
    inside_words = len(_MARK_IN_WORD.findall(sample))
    return in_long_runs <= high * 0.3 and inside_words <= high * 0.1


def _guess(sample: bytes) -> str:
    """Return charset-normalizer's guess if it is an extension of ASCII, or else Latin-1.

    Latin-1 can be read whatever the bytes are; the wide encodings were ruled out before.
    """
    best = from_bytes(sample).best()
    return best.encoding if best and _ASCII_BASED.match(best.encoding) else "latin-1"


def open_text(path: Path, shape: Shape) -> TextIOWrapper:
    """Open a member's text from behind its byte order mark, line ends untouched."""
    file = path.open("rb")
    file.seek(shape.bom)
    return TextIOWrapper(file, encoding=shape.encoding, errors=error_mode(shape.encoding), newline="")


def error_mode(codec: str) -> str:
    """Return how undecodable bytes travel: as lone surrogates that encode back to themselves."""
    return "indelible.wide" if _is_wide(codec) else "surrogateescape"


def _is_wide(codec: str) -> bool:
    return codec.startswith(("utf-16", "utf-32"))


def _wide_error(error: UnicodeError) -> tuple[str | bytes, int]:
    """Let lone surrogates pass, and show half a character (an odd byte at the end) as U+FFFD."""
    try:
        return _SURROGATE_PASS(error)
    except UnicodeError:
        if isinstance(error, UnicodeDecodeError):
            return "\ufffd", error.end
        raise


_SURROGATE_PASS = codecs.lookup_error("surrogatepass")
codecs.register_error("indelible.wide", _wide_error)


def encode_back(text: str, codec: str) -> bytes:
    """Return the bytes that decoded to `text`."""
    return text.encode(codec, error_mode(codec))


def clean_text(text: str) -> tuple[str, tuple[str, ...]]:
    """Return text without NULs and lone surrogates, and the flags that say so."""
    flags: list[str] = []
    if "\x00" in text:
        text = text.replace("\x00", "")
        flags.append("nul_removed")
    if not text.isascii() and _SURROGATE.search(text):
        text = _SURROGATE.sub("\ufffd", text)
        flags.append("bytes_unreadable")
    return text, tuple(flags)


def open_lines(path: Path, shape: Shape, max_bytes: int) -> Iterator[Line]:
    """Read physical lines (ended by LF, CR LF or CR), one at a time.

    A line longer than `max_bytes` comes once, cut; its rest is passed over.
    """
    # Latin-1 maps bytes to characters one to one: lines are split without touching their bytes.
    codec = shape.encoding if _is_wide(shape.encoding) else "latin-1"
    file = path.open("rb")
    file.seek(shape.bom)
    with TextIOWrapper(file, encoding=codec, errors=error_mode(codec), newline="") as source:
        number = 0
        while text := source.readline(max_bytes):
            number += 1
            cut = len(text) >= max_bytes and not text.endswith(("\n", "\r"))
            if cut:
                while (rest := source.readline(_CHUNK)) and not rest.endswith(("\n", "\r")):
                    pass
            yield _line(number, text, shape.encoding, cut)


def _line(number: int, text: str, codec: str, cut: bool) -> Line:
    ended = text.endswith(("\n", "\r"))
    bare = text.rstrip("\r\n") if ended else text
    if _is_wide(codec):
        original = bare.encode(codec, error_mode(codec))
    else:
        original = bare.encode("latin-1")
        bare = original.decode(codec, "surrogateescape")
    clean, flags = clean_text(bare)
    return Line(number, clean, original, text[len(text.rstrip("\r\n")) :] if ended else "", flags, cut)
