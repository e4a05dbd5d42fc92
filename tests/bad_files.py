"""Files that nobody should send, each with what it must come to. For the command line and for the pages."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from dataclasses import dataclass
from functools import cache

COLUMNS = "id,time,user,action,object,result\n"
ROWS = [f"b-{n},2026-03-01T09:00:{n:02d}Z,user{n}@example.com,update,doc {n},ok\n" for n in range(20)]
TABLE = COLUMNS + "".join(ROWS)


@dataclass(frozen=True)
class Bad:
    """One bad file: `code` where it is refused as a whole, else how many records it gives of how many."""

    name: str
    data: bytes
    code: str = ""
    recorded: int = 0
    read: int = 0


@cache
def bad_files() -> tuple[Bad, ...]:
    """Return the bad inputs that the product must meet with words."""
    # Stored, not deflated: so where it is cut is where the text ends, with every version of zlib.
    packed = gzip.compress(TABLE.encode(), 0, mtime=0)
    whole_rows = packed.index(b"b-9,")
    return (
        Bad("empty.csv", b"", "empty_file"),
        Bad("blank.csv", b"\n \n\n", "empty_file"),
        Bad("pdf.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "unsupported_type"),
        Bad("bomb.zip", _zip(bytes(100 << 20)), "expansion_too_large"),
        Bad("bomb.csv.gz", _bomb(), "expansion_too_large"),
        Bad("promise.zip", _promise(10 * 10**9), "expansion_too_large"),
        Bad("nothing-left.csv.gz", packed[:12], "damaged_archive"),
        Bad("deep.json", b"[" * 100_000 + b"]" * 100_000, "nested_too_deep"),
        Bad("deep-objects.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested_too_deep"),
        Bad("header-only.csv", COLUMNS.encode()),
        Bad("cut.csv.gz", packed[: whole_rows + 20], recorded=9, read=10),
        Bad("nul.csv", _with_nul(), recorded=20, read=20),
        Bad("surrogate.jsonl", _with_surrogate(), recorded=20, read=20),
    )


def _zip(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", data)
    return buffer.getvalue()


def _bomb() -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write(COLUMNS.encode())
        for _ in range(60):
            file.write(bytes(1 << 20))
    return buffer.getvalue()


def _promise(size: int) -> bytes:
    """Return a small zip whose directory promises `size` bytes, in the 64 bit form."""
    whole = _zip(TABLE.encode())
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    record = bytearray(whole[start:end])
    more = struct.pack("<HHQ", 1, 8, size)
    record[24:28] = b"\xff" * 4
    record[30:32] = struct.pack("<H", len(more))
    record += more
    tail = bytearray(whole[end:])
    tail[12:16] = struct.pack("<L", len(record))
    return whole[:start] + bytes(record) + bytes(tail)


def _with_nul() -> bytes:
    return TABLE.replace("b-", "n-").replace("doc 7", "doc \0 7").encode()


def _with_surrogate() -> bytes:
    events = [
        {"id": f"s-{n}", "time": f"2026-03-01T09:00:{n:02d}Z", "user": f"user{n}", "action": "update"}
        for n in range(20)
    ]
    lines = [json.dumps(event) for event in events]
    lines[3] = lines[3].replace("user3", "us\\ud800er")
    return ("\n".join(lines) + "\n").encode()
