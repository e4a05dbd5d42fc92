"""A sentence cut into its smallest pieces, each with its place in what was typed.

Words, numbers, amounts, dates, quoted text, qualifiers (`who:maria`) and the like. Which words mean what is the
lexicon's matter (`lexicon`), how they stand together the grammar's (`grammar`). Nothing typed is lost: what is
none of these is a piece of its own kind, so that it can be named as not understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from indelible.events.folding import fold

PieceKind = Literal[
    "word", "number", "quoted", "qualifier", "id", "kind", "email", "date", "clock", "wild", "mark", "other"
]

QUALIFIERS: Final = ("who", "about", "what", "when", "source", "outcome", "flag", "rule")

_PIECE: Final = re.compile(
    r"""
      (?P<qualifier>\b[A-Za-z_]+:(?:"(?:[^"]|"")*"?|[^\s",;]+(?:,[^\s",;]+)*))
    | (?P<quoted>"(?:[^"]|"")*"|“[^”]*”|„[^“”]*[“”])
    | (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<date>\d{4}-\d{2}-\d{2}(?:[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?(?![\w-]))
    | (?P<clock>\d{1,2}:\d{2}(?:\s?[ap]\.?m\b\.?)?(?![\w:])|\d{1,2}\s?[ap]\.?m\b\.?)
    | (?P<wild>[^\W_]+\*)
    | (?P<kind>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+|[a-z]+_[a-z0-9_]+)
    | (?P<number>[-−]?(?:[0-9]{1,3}(?:[\x20\u00a0\u202f][0-9]{3})+(?![0-9])|[0-9]+(?:[.,'’][0-9]{3})*)(?:[.,][0-9]+)?
        (?:\s?(?:thousand|million|mio|bn)\b|[kKmM]\b)?(?![\w/-]|[.,]\w))
    | (?P<id>(?=[^\W_]*[-/#.]?[^\W_/.#-]*\d)[^\W_]+(?:[-/#._][^\W_]+)*|\#\d+)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*['’]?)
    | (?P<compare><=|>=|!=|[<>=≥≤])
    | (?P<mark>[,.;?!:()&/€$£¥₹])
    | (?P<other>[^\s])
    """,
    re.VERBOSE,
)
_ORDINAL: Final = re.compile(r"\d{1,2}(?:st|nd|rd|th)\Z", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(r"['’](?:s)?\Z")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a sentence. `key` is how it is looked up: folded, and without a possessive ending."""

    kind: PieceKind
    text: str
    start: int
    end: int
    key: str
    possessive: bool = False
    joined: bool = False  # whether a hyphen or nothing at all stands before it

    @property
    def value(self) -> str:
        """What is quoted, without its quotation marks; else the text."""
        if self.kind != "quoted":
            return self.text
        return self.text[1:-1].replace('""', '"') if self.text[0] == '"' else self.text[1:-1]

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[:1].isupper()


def pieces_of(text: str) -> list[Piece]:
    """Return the pieces of a sentence, in order."""
    pieces: list[Piece] = []
    last = 0
    for match in _PIECE.finditer(text):
        kind, said = str(match.lastgroup), match[0]
        start, end = match.span()
        if kind == "other" and said in "-–—*" and pieces:
            # A hyphen parts words as a blank does; alone it may stand for "to" between two times.
            if text[start - 1 : start].isspace() or text[end : end + 1].isspace():
                pieces.append(Piece("mark", said, start, end, "-"))
            last = end
            continue
        if kind == "qualifier" and said.partition(":")[0].lower() not in QUALIFIERS:
            name = said.partition(":")[0]
            pieces.append(Piece("word", name, start, start + len(name), fold(name).strip()))
            pieces.extend(_moved(pieces_of(said[len(name) :]), start + len(name)))
            last = end
            continue
        if kind == "compare":
            kind = "mark"
        if kind == "word":
            possessive = bool(_POSSESSIVE.search(said)) and said[-1] in "'’s"
            key = fold(_POSSESSIVE.sub("", said) if possessive else said).replace(" ", "")
            if not possessive:
                key = fold(said.replace("'", "").replace("’", "")).replace(" ", "")
        elif kind == "id" and _ORDINAL.match(said):
            possessive, key = False, said.lower()
        else:
            possessive, key = False, said
            if kind in ("quoted", "qualifier", "wild"):
                key = ""  # what is quoted is a name or a value, never a word
            elif kind not in ("mark", "other"):
                key = " ".join(fold(said).split())
        piece_kind: PieceKind = kind  # type: ignore[assignment]
        pieces.append(Piece(piece_kind, said, start, end, key, possessive, start == last and bool(pieces)))
        last = end
    return pieces


def _moved(pieces: list[Piece], by: int) -> list[Piece]:
    return [
        Piece(one.kind, one.text, one.start + by, one.end + by, one.key, one.possessive, one.joined)
        for one in pieces
    ]
