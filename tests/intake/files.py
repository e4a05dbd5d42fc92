"""Small helpers for tests that read files: put bytes in a file, read it through all layers."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path

from indelible.intake.detection import detect
from indelible.intake.limits import Limits
from indelible.intake.opening import open_members
from indelible.intake.pieces import RawRecord, RawReject
from indelible.intake.records import read_raw
from indelible.intake.shapes import Shape


@dataclass
class Seen:
    """What one file gave, its members one after another."""

    records: list[RawRecord] = field(default_factory=list)
    rejects: list[RawReject] = field(default_factory=list)
    pieces: list[RawRecord | RawReject] = field(default_factory=list)  # both, in the file's order
    skipped: dict[str, int] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        return set(self.messages)

    @property
    def values(self) -> list[object]:
        return [record.value for record in self.records]


def read_file(path: Path, name: str = "", limits: Limits | None = None) -> Seen:
    """Open, detect and read a file, as the importer does."""
    seen = Seen()
    with open_members(path, name or path.name, limits) as opened:
        notices = list(opened.notices)
        for member in opened:
            shape = detect(member, limits)
            seen.shapes.append(shape)
            reader = read_raw(member, shape, limits)
            for piece in reader:
                seen.pieces.append(piece)
                if isinstance(piece, RawRecord):
                    seen.records.append(piece)
                else:
                    seen.rejects.append(piece)
            for why, count in reader.skipped.items():
                seen.skipped[why] = seen.skipped.get(why, 0) + count
            notices += member.notices + reader.notices
    seen.messages = {notice.code: notice.message for notice in notices}
    return seen


def read_bytes(folder: Path, data: bytes, name: str = "export.csv", limits: Limits | None = None) -> Seen:
    """Read bytes as if they had been uploaded under a name."""
    path = folder / "upload.part"
    path.write_bytes(data)
    return read_file(path, name, limits)


def truncated_gzip(data: bytes, keep: float) -> bytes:
    """Return gzip data cut off after a part of it."""
    packed = gzip.compress(data, mtime=0)
    return packed[: int(len(packed) * keep)]
