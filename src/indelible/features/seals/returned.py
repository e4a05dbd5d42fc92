"""Reading what came back: a whole mail, a note, the text of a scanned code, words, a receipt of an entry, a pack.

What people paste went through mail programs and scanners, which quote lines, break them, turn line ends into
spaces and the long dash into a short one. A seal is found all the same, and written anew in its one spelling; what
then decides is the signature and the tree, so reading generously risks nothing. Nothing here is believed.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.utils import getaddresses
from typing import Final

from indelible.ledger import proof_file
from indelible.ledger.errors import MalformedInput
from indelible.ledger.notes import parse_note

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_PARTS: Final = 100
MAX_NOTES: Final = 10
ZIP: Final = b"PK\x03\x04"

_QUOTED = re.compile(r"^[ \t]*(?:[>|][ \t]?)+", re.MULTILINE)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_HEADER = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+", re.DOTALL)
_SEAL = re.compile(
    r"(?<!\S)(?P<origin>[A-Za-z0-9][A-Za-z0-9.:/_~%@-]{0,254})\s+(?P<size>0|[1-9][0-9]{0,18})\s+"
    r"(?P<root>[A-Za-z0-9+/]{43}=)(?!\S)"
)
# The em dash, what programs put in its place, and what is left of it in a wrong encoding.
_DASH = "(?:\u2014|\u2013|--?|\u00e2\u20ac\u201d|\u00e2\u0080\u0094|\ufffd+)"
_LOG_LINE = re.compile(
    rf"(?<!\S){_DASH}\s+(?P<name>\S{{1,255}})\s+(?P<code>(?:[A-Za-z0-9+/]\s*){{91}}=)(?!\S)"
)
_OTHER_LINE = re.compile(
    rf"(?<!\S){_DASH}\s+(?P<name>\S{{1,255}})\s+(?P<code>[A-Za-z0-9+/]{{8,}}={{0,2}})(?!\S)"
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What was found in something that came back. Which of it is set tells what it is."""

    is_pack: bool = False
    proof: bytes = b""  # a receipt of one entry, as it stands
    notes: tuple[str, ...] = ()  # seals: signed notes, or the three lines alone where no signature came along
    text: str = ""  # everything readable, for words
    addresses: frozenset[str] = field(default_factory=frozenset)  # of a mail: who sent it, who got it


def read_returned(data: bytes) -> Returned:
    """Return what is in `data`. Never raises: where nothing is found, `text` alone is set."""
    if data.startswith(ZIP):
        return Returned(is_pack=True)
    if data.lstrip().startswith(proof_file.FIRST_LINE.encode()):
        return _proof(data.lstrip().replace(b"\r\n", b"\n"))
    try:
        mail = _mail(data)
        parts = list(_texts(mail)) if mail else []
    except RecursionError:  # parts within parts without end, as no mail program makes them
        mail = None
    if mail is None:
        text = _decoded(data)
        return Returned(notes=tuple(find_notes(text)), text=text)
    for part in parts:
        if part.lstrip().startswith(proof_file.FIRST_LINE):
            return _proof(part.lstrip().encode(), _addresses(mail))
    notes = dict.fromkeys(note for part in parts for note in find_notes(part))
    return Returned(notes=tuple(notes)[:MAX_NOTES], text="\n".join(parts), addresses=_addresses(mail))


def _proof(data: bytes, addresses: frozenset[str] = frozenset()) -> Returned:
    """Return the receipt of one entry, and the seal that it leads to: all behind its first empty line."""
    seal = _decoded(data.partition(b"\n\n")[2])
    return Returned(proof=data, notes=tuple(find_notes(seal)), addresses=addresses)


def find_notes(text: str) -> list[str]:
    """Return every seal in a text, each once, in its one spelling: with the signature lines that follow it."""
    plain = _INVISIBLE.sub("", _QUOTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    found = list(_SEAL.finditer(plain))
    notes: dict[str, str] = {}
    for place, match in enumerate(found[:MAX_NOTES]):
        end = found[place + 1].start() if place + 1 < len(found) else len(plain)
        body = f"{match['origin']}\n{match['size']}\n{match['root']}\n"
        lines = _signatures(plain[match.end() : end])
        note = f"{body}\n{''.join(lines)}" if lines else body
        if len(note) > len(notes.get(body, "")):
            notes[body] = note
    return list(notes.values())


def _signatures(text: str) -> list[str]:
    """Return the signature lines in what follows a seal, each as it was written before it was sent about."""
    lines: dict[str, None] = {}
    for pattern in (_LOG_LINE, _OTHER_LINE):
        for match in pattern.finditer(text):
            line = f"\u2014 {match['name']} {''.join(match['code'].split())}\n"
            try:
                parse_note(f"-\n\n{line}")
            except MalformedInput:
                continue
            lines[line] = None
    return list(lines)


def _mail(data: bytes) -> Message | None:
    """Return the mail that `data` is, with its headers; None where it is none."""
    head = _HEADER.match(data.replace(b"\r\n", b"\n"))
    if head is None or not re.search(
        rb"^(?:content-type|mime-version|message-id):", head[0], re.IGNORECASE | re.MULTILINE
    ):
        return None
    return email.message_from_bytes(data, policy=email.policy.compat32)


def _texts(mail: Message) -> Iterator[str]:
    """Yield the text of each part that can be read: bodies, and attached files such as seal.txt."""
    for place, part in enumerate(mail.walk()):
        if place >= MAX_PARTS:
            return
        if part.is_multipart() or part.get_content_maintype() not in ("text", "application"):
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield _decoded(payload)


def _addresses(mail: Message) -> frozenset[str]:
    said = [str(value) for name in ("From", "To", "Cc", "Reply-To") for value in mail.get_all(name, [])]
    return frozenset(address.lower() for _name, address in getaddresses(said) if "@" in address)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
