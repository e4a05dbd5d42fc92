"""Topic: evidence packs, in the pieces of which a checker is built."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from indelible.ledger import canonical
from indelible.ledger.entries import disclosures, prepare, seal
from indelible.ledger.hashing import leaf_hash
from indelible.ledger.keys import SigningKey
from indelible.ledger.notes import sign_note
from indelible.ledger.packs.claims import Claims
from indelible.ledger.packs.details import open_line
from indelible.ledger.packs.lines import Line
from indelible.ledger.packs.manifest import (
    PAGE_NAME,
    FileItem,
    attachment_name,
    claims_digest,
    inner,
    manifest_text,
    pack_note_text,
)
from indelible.ledger.packs.table import Columns
from indelible.ledger.packs.tree import part_of_tree, root_of_part
from indelible.ledger.strict import write_base64
from indelible.ledger.tree import Tree, root_of_leaves
from vectors.making import Answers, topic

ORIGIN = "log-3f9ac2d41b70.indelible/main"
KEY = SigningKey.from_seed(ORIGIN, bytes(range(32)))
CLAIMS: dict[str, Any] = {
    "name": "00112233aabbccdd",
    "origin": ORIGIN,
    "organisation": "Łukasz & Söhne",
    "kind": "whole",
    "question": {"words": "Everything of AccountsPro in March", "code": "source:AccountsPro when:2025-03"},
    "sequences": ["sources/7"],
    "period": {"by": "recorded", "from": "2025-03-01T00:00:00Z", "until": "2025-04-01T00:00:00Z"},
    "zone": "Europe/Warsaw",
    "withhold": [{"field": "actor", "reason": "Protects a person"}],
    "asked": 2,
    "made_at": "2025-04-02T09:30:00Z",
    "software": "indelible 0.1.0",
}
SELECTIONS = {
    1: [[], [0]],
    2: [[0], [1], [0, 1]],
    7: [[], [6], [0, 3, 6], [2, 3], list(range(7))],
    8: [[7], [3, 4]],
    260: [[0, 255, 256, 259], list(range(100, 140)), [259]],
}


class _Leaves:
    """The hashes of made-up leaves, as a HashReader."""

    def __init__(self, size: int) -> None:
        self.hashes_of = [leaf_hash(b"leaf %d" % index) for index in range(size)]
        tree = Tree.empty()
        self._tiles = {(tile.level, tile.index): tile.hashes for tile in tree.append(self.hashes_of)}
        self._tiles |= {(level, size >> 8 * (level + 1)): tail for level, tail in enumerate(tree.tails)}

    def hashes(self, level: int, index: int) -> bytes:
        return self._tiles[level, index]


@topic("packs")
def packs() -> Answers:
    return {
        "origin": "Pieces of the evidence pack, docs/formats/pack.md. Leaf i of a tree is the text `leaf <i>`.",
        "trees": [_tree(size, indexes) for size, all_of_it in SELECTIONS.items() for indexes in all_of_it],
        "claims": {
            "claims": CLAIMS,
            "canonical": canonical.encode(CLAIMS).decode(),
            "digest": claims_digest(CLAIMS),
        },
        "manifest": _manifest(),
        "attachment_names": [
            {"index": index, "place": place, "name": name, "path": attachment_name(index, place, name)}
            for index, place, name in [
                (0, 0, "delivery note 4711.pdf"),
                (42_816, 3, "../../Größe/maß\u0000.txt"),
                (7, 12, ""),
                (1, 0, "x" * 90 + ".csv"),
            ]
        ],
        "lines": _lines(),
        "table": _table(),
    }


def _tree(size: int, indexes: list[int]) -> Answers:
    leaves = _Leaves(size)
    part = list(part_of_tree(indexes, size, leaves))
    root = root_of_part(size, [(index, leaves.hashes_of[index]) for index in indexes], part)
    assert root == root_of_leaves(leaves.hashes_of)
    return {
        "size": size,
        "indexes": indexes,
        "hashes": [write_base64(one) for one in part],
        "root": write_base64(root),
    }


def _manifest() -> Answers:
    files = [
        FileItem(name, len(data), sha256(data).hexdigest())
        for name, data in {PAGE_NAME: b"a page", "proof/tree.txt": b"", "2 Cover.pdf": b"a cover"}.items()
    ]
    counts = {
        "asked": 2,
        "attachments": 0,
        "closed": {"repeats": 1, "unasked": 2, "withheld": 2, "erased": 0},
        "entries": 4,
        "seals": 0,
        "stamps": 0,
    }
    manifest = manifest_text(CLAIMS, counts, files, {"size": 9, "words": ["word"] * 12})
    text = pack_note_text(ORIGIN, manifest)
    return {
        "manifest": manifest.decode(),
        "inner": inner(manifest).decode(),
        "note_text": text,
        "inner_note_text": pack_note_text(ORIGIN, inner(manifest)),
        "key": KEY.verifier.text,
        "note": sign_note(text, [KEY]),
    }


def _entry(index: int, content: dict[str, object], closed: dict[str, str], role: str) -> Line:
    secret = sha256(b"pack vector %d" % index).digest()
    sealed = seal(prepare([content], [secret]), [{}], f"2025-03-0{index + 1}T10:00:00.000000Z")[0]
    texts = disclosures(sealed.content, sealed.secret)
    opened = tuple(text for name, text in sorted(texts.items()) if name not in closed)
    return Line(index, sealed.data.decode(), opened, closed, role)


def _made() -> list[Line]:
    """Return lines in which everything occurs that a table has to spell."""
    return [
        _entry(
            0,
            {
                "action": {"said": "=HYPERLINK(1)", "verb": "change"},
                "actor": {"name": "Maria"},
                "extra": {"memo": 'two\nlines, "quoted"', "note": None, "𝄞": "beyond"},
                "numbers/sources/7": 1,
                "reason": "-5 percent",
                "targets/0": {"id": "INV-1", "kind": "invoice"},
            },
            {"actor": "withheld"},
            "asked",
        ),
        _entry(
            1,
            {
                "action": "a text where others have objects",
                "actor": {"name": "Maria"},
                "extra": {"deep": [{"b": 1, "a": [True, None, -3]}]},
                "numbers/sources/7": 2,
                "original": {"text": "Maria did it"},
                "targets/10": {"id": "@here"},
                "targets/2": {"kind": "payment"},
            },
            {"actor": "withheld", "original": "repeats", "targets/2": "erased:3"},
            "asked",
        ),
        _entry(2, {"numbers/sources/7": 3, "outcome": "success"}, {"outcome": "unasked"}, "edge"),
    ]


def _lines() -> list[Answers]:
    """Return lines, and what is wrong with how each accounts for its details."""
    claims = Claims.parse(CLAIMS)
    good = _made()
    first = good[0]
    changed = {
        "as made": good[0],
        "erased, repeated, withheld": good[1],
        "an edge": good[2],
        "a detail left out": _with(first, open=first.open[1:]),
        "a detail twice": _with(first, open=(first.open[0], *first.open)),
        "open and closed": _with(first, closed={**first.closed, "action": "repeats"}),
        "another value": _with(first, open=(first.open[0].replace("change", "delete"), *first.open[1:])),
        "a reason that is none": _with(first, closed={"actor": "hidden"}),
        "unasked where all is asked": _with(first, closed={"actor": "unasked"}),
        "erased by an earlier entry": _with(first, closed={"actor": "erased:0"}),
        "a field that is not there": _with(first, closed={**first.closed, "context": "withheld"}),
        "a running number closed": _with(
            first,
            open=tuple(text for text in first.open if "numbers/" not in text),
            closed={**first.closed, "numbers/sources/7": "withheld"},
        ),
    }
    return [
        {
            "case": case,
            "line": line.text,
            "findings": [
                {"code": code, "field": field} for code, field in sorted(open_line(line, claims)[1], key=str)
            ],
        }
        for case, line in changed.items()
    ]


def _with(line: Line, **changes: Any) -> Line:
    values = {"open": line.open, "closed": line.closed, **changes}
    return Line(line.index, line.leaf, values["open"], values["closed"], line.role)


def _table() -> Answers:
    lines = _made()
    columns = Columns()
    for line in lines:
        columns.add(line)
    rows = [columns.row(line) for line in lines if line.role == "asked"]
    return {"lines": [line.text for line in lines], "table": "".join([columns.header(), *rows])}
