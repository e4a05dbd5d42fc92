"""Pages of packs as somebody left them who had the pack alone, or the log's key as well."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256

from indelible.ledger.notes import sign_note
from indelible.ledger.packs import manifest as names
from indelible.ledger.packs.lines import Line
from tests.ledger.packs import book as log
from tests.ledger.packs.making import Made
from tests.ledger.packs.zips import Parts, signed_again
from tests.verifier.opening import inside, page_of


@dataclass(frozen=True)
class Tampering:
    """A change of the files in a page, with the heading and a finding that have to come."""

    change: Callable[[Parts], None]
    code: str
    heading: str = "This pack was altered"


def edit(name: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    """Return a change of one file."""

    def change(parts: Parts) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)

    return change


def resize(name: str, old: bytes, new: bytes) -> Callable[[Parts], None]:
    """Return a change of the first number that stands where a pattern says."""

    def change(parts: Parts) -> None:
        parts[name], found = re.subn(old, new, parts[name], count=1)
        assert found

    return change


def lines(act: Callable[[list[bytes]], list[bytes]]) -> Callable[[Parts], None]:
    """Return a change of the lines of the entries."""

    def change(parts: Parts) -> None:
        parts[names.ENTRIES_NAME] = b"".join(act(parts[names.ENTRIES_NAME].splitlines(keepends=True)))

    return change


def hide_actor(parts: Parts) -> None:
    """Hide who did it in the first entry, as if that had been asked for."""

    def act(all_: list[bytes]) -> list[bytes]:
        line = Line.parse(all_[0])
        opened = tuple(text for text in line.open if json.loads(text)[1] != "actor")
        return [replace(line, open=opened, closed={"actor": "withheld"}).text.encode(), *all_[1:]]

    lines(act)(parts)


def swap_files(parts: Parts) -> None:
    """Exchange two attached files."""
    one, other = sorted(name for name in parts if name.startswith(names.ATTACHMENTS_FOLDER))[:2]
    parts[one], parts[other] = parts[other], parts[one]


def other_key(parts: Parts) -> None:
    """Put a stranger's key in place of the log's."""
    old = json.loads(parts[names.KEYS_NAME])["keys"][0]
    edit(names.KEYS_NAME, old.encode(), log.STRANGER.verifier.text.encode())(parts)


TAMPERED = {
    "a-byte-of-a-detail": Tampering(
        edit(names.ENTRIES_NAME, rb"Invoice \\\"0", rb"Invoice \\\"9"), "detail-differs"
    ),
    "an-entry-removed": Tampering(lines(lambda all_: all_[:2] + all_[3:]), "tree-differs"),
    "entries-reordered": Tampering(lines(lambda all_: [all_[1], all_[0], *all_[2:]]), "entry-twice"),
    "attached-files-swapped": Tampering(swap_files, "attachment-differs"),
    "another-size-of-the-seal": Tampering(
        resize(names.CHECKPOINT_NAME, rb"(?<=main\n)[0-9]+", b"7"),
        "checkpoint-signature",
    ),
    "another-key": Tampering(other_key, "checkpoint-signature"),
    "a-sentence-edited": Tampering(
        edit(names.MANIFEST_NAME, b"Everything of", b"Whatever is of"), "claims-differ"
    ),
    "a-count-edited": Tampering(edit(names.MANIFEST_NAME, b'"seals":3', b'"seals":2'), "counts-differ"),
    "a-false-redaction": Tampering(hide_actor, "withhold-differs"),
    "an-old-seal-altered": Tampering(
        lambda parts: parts.update(
            {
                names.SEALS_NAME: re.sub(
                    rb"indelible/main\\n[0-9]+", rb"indelible/main\\n3", parts[names.SEALS_NAME], count=1
                )
            }
        ),
        "seal-signature",
    ),
    "the-table-of-another-pack": Tampering(
        lambda parts: edit(
            names.MANIFEST_NAME,
            sha256(parts[names.TABLE_NAME]).hexdigest().encode(),
            sha256(b"another").hexdigest().encode(),
        )(parts),
        "table-differs",
    ),
    "no-seal": Tampering(
        lambda parts: parts.pop(names.CHECKPOINT_NAME) and None, "file-missing", "This pack is damaged"
    ),
    "a-newer-format": Tampering(
        edit(names.MANIFEST_NAME, b'"v":1}', b'"v":2}'), "format-unknown", "This pack is of a newer kind"
    ),
    "a-list-that-cannot-be-read": Tampering(
        edit(names.MANIFEST_NAME, b"{", b"["), "manifest-damaged", "This pack is damaged"
    ),
}


def tampered_page(made: Made, change: Callable[[Parts], None]) -> bytes:
    """Return the page as an outsider leaves it: files changed, the note as it was."""
    manifest = names.inner(made.parts[names.MANIFEST_NAME])
    note = sign_note(names.pack_note_text(log.ORIGIN, manifest), [log.KEY])
    parts = {**made.parts, names.MANIFEST_NAME: manifest}
    change(parts)
    return page_of(parts[names.MANIFEST_NAME], note, inside(parts))


def resealed(made: Made, change: Callable[[Parts], None]) -> bytes:
    """Return the page as whoever holds the log's key can make it: changed, and the list signed anew."""
    parts = dict(made.parts)
    change(parts)
    return signed_again(parts, log.KEY)[names.PAGE_NAME]
